// Shows the report in a frame, and the new one in its place when there is one.
"use strict";
(() => {
  const frame = document.querySelector("iframe");
  const status = document.getElementById("status");
  const words = { waiting: "waiting", making: "making …", lost: "the preview has ended; start it again with the same command" };
  let version = 0;
  let place = 0;

  const say = (state, text) => {
    status.dataset.state = state;
    status.textContent = text || words[state];
    status.title = status.textContent;
  };

  frame.addEventListener("load", () => {
    const shown = frame.contentWindow;
    // The report leads to itself in another language: that has a frame of its own.
    const folder = shown.location.pathname.replace(/[^/]*$/, "");
    if (version && shown.location.protocol === "http:" && folder !== location.pathname.replace(/[^/]*$/, "")) {
      location.replace(folder);
      return;
    }
    const error = shown.document.body.classList.contains("error");
    if (!error) {
      shown.scrollTo({ top: place, behavior: "instant" });
      shown.addEventListener("scroll", () => { place = shown.scrollY; }, { passive: true });
    }
    document.title = `${error ? "▲ " : ""}${frame.dataset.title}`;
    frame.dataset.shown = String(version);
  });

  const events = new EventSource("events");
  events.addEventListener("message", (event) => {
    const news = JSON.parse(event.data);
    say(news.state, news.text);
    if (news.version !== version) {
      version = news.version;
      frame.contentWindow.location.replace("index.html");
    }
  });
  events.addEventListener("error", () => say("lost"));
})();
