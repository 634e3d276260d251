(() => {
  "use strict";
  // On a narrow screen the contents would be all that a reader sees first; wide, they are always open.
  const wide = matchMedia("(min-width: 64rem)");
  const contents = document.querySelector(".contents details");
  const fold = () => {
    contents.open = wide.matches;
    contents.firstElementChild.tabIndex = wide.matches ? -1 : 0;
  };
  fold();
  wide.addEventListener("change", fold);

  // Contents that follow the reader.
  const links = new Map();
  for (const link of document.querySelectorAll(".contents a")) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  const mark = () => {
    let current = null;
    for (const heading of links.keys()) {
      if (heading.getBoundingClientRect().top < window.innerHeight * 0.3) current = heading;
    }
    for (const [heading, link] of links) {
      if (heading === current) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; mark(); });
  }, { passive: true });
  mark();

  // Data of a figure to the clipboard, as a spreadsheet takes it.
  for (const button of document.querySelectorAll("button.copy")) {
    const label = button.textContent;
    button.addEventListener("click", async () => {
      const rows = [...button.parentElement.querySelectorAll("tr")];
      const text = rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim()).join("\t")).join("\n");
      await navigator.clipboard.writeText(text);
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = label; }, 2000);
    });
  }

  // Charts become interactive once they come into view; until then, and without a script, the
  // drawing that is already in the page stands.
  if (typeof scorelibEmbed !== "function" || !("IntersectionObserver" in window)) return;
  const names = { "#1b1f24": "ink", "#57606a": "muted", "#d8dee4": "grid", "#ffffff": "paper" };
  const recolour = (root) => {
    for (const node of root.querySelectorAll("[fill],[stroke]")) {
      const fill = names[(node.getAttribute("fill") || "").toLowerCase()];
      const line = names[(node.getAttribute("stroke") || "").toLowerCase()];
      if (fill) node.classList.add(fill + "-fill");
      if (line) node.classList.add(line + "-line");
    }
  };
  const draw = async (figure) => {
    const plot = figure.querySelector(".plot");
    const live = document.createElement("div");
    live.className = "live";
    // The plot around it carries the description; its parts would only repeat it, mark by mark.
    live.setAttribute("aria-hidden", "true");
    plot.append(live);
    try {
      // A page of the site has them in a file beside it.
      const beside = (window.scorelibSpecs || {})[figure.id];
      const spec = beside || JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
      await scorelibEmbed(live, spec, {
        actions: false, ast: true, renderer: "svg", defaultStyle: false,
        tooltip: { disableDefaultStyle: true, theme: "" },
      });
      recolour(live);
      const svg = live.querySelector("svg");
      if (svg) { svg.setAttribute("width", "100%"); svg.removeAttribute("height"); }
      plot.classList.add("drawn");
    } catch (error) {
      live.remove();
      console.error(error);
    }
  };
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      observer.unobserve(entry.target);
      draw(entry.target);
    }
  }, { rootMargin: "200px" });
  for (const figure of document.querySelectorAll("figure")) observer.observe(figure);
})();
