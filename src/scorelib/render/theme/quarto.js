(() => {
  "use strict";
  // Charts become interactive once they come into view; until then, and without a script, the picture
  // that is already in the page stands. Its text in words stays on the drawing that replaces it.
  const draw = async (holder) => {
    const picture = document.getElementById(holder.dataset.figure)?.querySelector("img");
    if (!picture) return;
    const live = document.createElement("div");
    live.className = "scorecard-live";
    live.setAttribute("role", "img");
    live.setAttribute("aria-label", picture.alt || picture.getAttribute("aria-label") || "");
    const plot = document.createElement("div");
    plot.setAttribute("aria-hidden", "true");
    live.append(plot);
    picture.before(live);
    try {
      await window.scorelibEmbed(plot, JSON.parse(holder.textContent), {
        actions: false, ast: true, renderer: "svg", defaultStyle: false,
        tooltip: { disableDefaultStyle: true, theme: "" },
      });
      const svg = plot.querySelector("svg");
      if (svg) { svg.setAttribute("width", "100%"); svg.removeAttribute("height"); }
      picture.hidden = true;
    } catch (error) {
      live.remove();
      console.error(error);
    }
  };
  addEventListener("load", () => {
    if (typeof window.scorelibEmbed !== "function" || !("IntersectionObserver" in window)) return;
    const holders = new Map();
    const observer = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        observer.unobserve(entry.target);
        draw(holders.get(entry.target));
      }
    }, { rootMargin: "200px" });
    for (const holder of document.querySelectorAll("script.scorecard-chart")) {
      const figure = document.getElementById(holder.dataset.figure);
      if (!figure) continue;
      holders.set(figure, holder);
      observer.observe(figure);
    }
  });
})();
