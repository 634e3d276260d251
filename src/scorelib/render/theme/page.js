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

  // Where a number comes from, on demand. Without a script its link leads to a list at the end.
  const island = document.getElementById("origin-data");
  const known = window.scorelibOrigins || (island ? JSON.parse(island.textContent) : null);
  if (known) {
    const note = document.createElement("div");
    note.className = "origin";
    note.setAttribute("role", "status");
    document.body.append(note);
    let beside = null;
    let table = null;
    let opener = null;
    const put = () => {
      if (!beside) return;
      const at = beside.getBoundingClientRect();
      const own = note.getBoundingClientRect();
      const below = at.bottom + 8 + own.height <= innerHeight;
      note.style.top = Math.max(8, below ? at.bottom + 8 : at.top - own.height - 8) + "px";
      note.style.left = Math.max(8, Math.min(at.left, document.documentElement.clientWidth - own.width - 8)) + "px";
    };
    const hide = () => { beside = null; note.replaceChildren(); };
    const say = (kind, text) => {
      const line = document.createElement("p");
      line.className = kind;
      line.textContent = text;
      note.append(line);
    };
    // A row has the numbers of its cells' origins; the last is for all that follow, "-" for none.
    const originOf = (element) => {
      const listed = (element.closest("[data-o]") || note).dataset.o;
      if (!listed) return null;
      const numbers = listed.split(" ");
      return known.origins[numbers[Math.min(element.cellIndex || 0, numbers.length - 1)]];
    };
    const show = (element, value, help) => {
      beside = element;
      note.replaceChildren();
      if (value) say("what", value);
      const origin = originOf(element);
      if (origin) {
        const [how, columns, places] = origin;
        say("how", known.words[how] + (columns ? " (" + columns + ")" : ""));
        for (const [rows, ...sources] of places) {
          say("rows", rows);
          for (const source of sources) say("source", known.source + ": " + known.sources[source]);
        }
      } else say("how", known.none);
      if (help) say("help", known.help);
      put();
    };
    // A table's link stands beside it: a grid may hold rows alone.
    const tableOf = (link) => {
      const next = link.classList.contains("all") ? link.parentElement.nextElementSibling : null;
      return next instanceof HTMLTableElement ? next : null;
    };
    const cells = () => [...table.querySelectorAll("tbody td, tbody th")];
    const pick = (cell) => {
      for (const each of cells()) each.tabIndex = each === cell ? 0 : -1;
      cell.focus();
      show(cell, cell.textContent.trim(), true);
    };
    const leave = (back) => {
      if (table) {
        for (const each of cells()) each.removeAttribute("tabindex");
        table.removeAttribute("role");
        table.classList.remove("picking");
        opener.setAttribute("aria-expanded", "false");
      }
      table = null;
      hide();
      if (back && opener) opener.focus();
      opener = null;
    };
    const enter = (link) => {
      leave();
      opener = link;
      table = tableOf(link);
      table.setAttribute("role", "grid");
      table.classList.add("picking");
      link.setAttribute("aria-expanded", "true");
      pick(cells().find(originOf) || cells()[0]);
    };
    const steps = {
      ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0],
      Home: [0, -Infinity], End: [0, Infinity], PageUp: [-10, 0], PageDown: [10, 0],
    };
    const move = (cell, [down, right]) => {
      const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
      const within = (number, count) => Math.max(0, Math.min(number, count - 1));
      const row = rows[within(rows.indexOf(cell.parentElement) + down, rows.length)];
      pick(row.cells[within(cell.cellIndex + right, row.cells.length)]);
    };
    const open = (link) => {
      const within = tableOf(link);
      if (within && within === table) return leave(true);
      if (within) return enter(link);
      const again = beside === link;
      leave();
      if (!again) show(link, link.classList.contains("all") ? "" : link.textContent.trim());
    };
    for (const link of document.querySelectorAll("a.o")) {
      // What leads to the list without a script opens a note with it.
      link.setAttribute("role", "button");
      if (tableOf(link)) link.setAttribute("aria-expanded", "false");
      link.addEventListener("click", (event) => { event.preventDefault(); open(link); });
      link.addEventListener("keydown", (event) => {
        if (event.key === " ") { event.preventDefault(); open(link); }
      });
    }
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && (beside || table)) return leave(true);
      const cell = event.target instanceof Element ? event.target.closest("td, th") : null;
      if (table && cell && table.contains(cell) && steps[event.key]) {
        event.preventDefault();
        move(cell, steps[event.key]);
      }
    });
    addEventListener("click", (event) => {
      const on = event.target instanceof Element ? event.target : null;
      if (!on || on.closest("a.o") || note.contains(on)) return;
      const cell = table && on.closest("tbody td, tbody th");
      if (cell && table.contains(cell)) pick(cell);
      else leave();
    });
    addEventListener("focusin", (event) => {
      const on = event.target;
      if (table ? !table.contains(on) : beside && on !== beside) leave();
    });
    addEventListener("scroll", put, { passive: true, capture: true });
    addEventListener("resize", put);
  }

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
