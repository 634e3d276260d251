(() => {
  "use strict";
  const form = document.getElementById("find");
  const table = document.getElementById("entries");
  const body = table.tBodies[0];
  const count = document.getElementById("count");
  const empty = document.getElementById("empty");
  const input = document.getElementById("q");
  const selects = [...form.querySelectorAll("select")];
  // Letters without their marks, so that "cote d'ivoire" finds what it means.
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const rows = [...body.rows].map((row) => ({
    row, text: plain(row.cells[0].textContent + " " + row.dataset.q + " " + row.cells[1].textContent + " " + row.cells[6].textContent),
    kind: row.dataset.k, year: row.dataset.y, status: row.dataset.s, ratings: row.dataset.r,
  }));

  // What each filter asks of a row. Ratings are a digit for each theme: 4 is the most relevant, 0 not rated.
  const passes = (entry, chosen) =>
    (!chosen.kind || entry.kind === chosen.kind) &&
    (!chosen.year || entry.year === chosen.year) &&
    (!chosen.status || entry.status === chosen.status) &&
    rated(entry.ratings, chosen.theme, chosen.relevance);
  const rated = (ratings, theme, least) => {
    if (theme === "" && !least) return true;
    const from = Number(least || 1);
    if (theme !== "") return Number(ratings[Number(theme)] || 0) >= from;
    for (const digit of ratings) if (Number(digit) >= from) return true;
    return false;
  };

  const state = () => {
    const chosen = { q: input.value.trim() };
    for (const select of selects) chosen[select.id.slice(2)] = select.value;
    return chosen;
  };
  const show = () => {
    const chosen = state();
    const words = plain(chosen.q).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const entry of rows) {
      const fits = words.every((word) => entry.text.includes(word)) && passes(entry, chosen);
      if (entry.row.hidden === fits) entry.row.hidden = !fits;
      if (fits) shown += 1;
    }
    const text = shown === 0 ? count.dataset.none : shown === rows.length ? count.dataset.all : count.dataset.some;
    count.textContent = text.replace("%s", String(shown)).replace("%n", String(rows.length));
    empty.hidden = shown > 0;
    table.parentElement.hidden = shown === 0;
    return chosen;
  };
  // The address keeps the choice, so that it can be sent to somebody, or come back to.
  const keep = (chosen) => {
    const kept = new URLSearchParams(Object.entries(chosen).filter(([, value]) => value !== ""));
    const hash = kept.toString();
    history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
  };
  const take = () => {
    const kept = new URLSearchParams(location.hash.slice(1));
    input.value = kept.get("q") || "";
    for (const select of selects) {
      const value = kept.get(select.id.slice(2)) || "";
      select.value = [...select.options].some((option) => option.value === value) ? value : "";
    }
  };
  let later = 0;
  const change = () => {
    const chosen = show();
    clearTimeout(later);
    later = setTimeout(() => keep(chosen), 300);
  };
  const clear = () => {
    form.reset();
    change();
    input.focus();
  };
  input.addEventListener("input", change);
  for (const select of selects) select.addEventListener("change", change);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("clear").addEventListener("click", clear);
  document.getElementById("again").addEventListener("click", clear);
  addEventListener("hashchange", () => { if (location.hash !== "#content") { take(); show(); } });

  // A column is sorted by its heading; a second time the other way round; unknown values stay last.
  const value = (cell) => {
    if (!cell.classList.contains("right")) return cell.textContent.trim();
    const raw = cell.dataset.v ?? (cell.textContent.match(/\d+/) || [""])[0];
    return raw === "" ? null : Number(raw);
  };
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
  const heads = [...table.tHead.rows[0].cells];
  const sort = (column, way) => {
    const keyed = rows.map((entry) => ({ entry, key: value(entry.row.cells[column]) }));
    keyed.sort((a, b) => {
      if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
      return way * (typeof a.key === "number" ? a.key - b.key : collator.compare(a.key, b.key));
    });
    body.append(...keyed.map(({ entry }) => entry.row));
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(head.querySelector(".name"));
    head.append(button);
    button.addEventListener("click", () => {
      // Amounts from the largest down, everything else, ranks among it, from the first up.
      const first = column === 2 || column === 4 || column === 5 ? "descending" : "ascending";
      const other = first === "ascending" ? "descending" : "ascending";
      const way = head.getAttribute("aria-sort") === first ? other : first;
      for (const each of heads) each.setAttribute("aria-sort", each === head ? way : "none");
      sort(column, way === "ascending" ? 1 : -1);
    });
  });
  // A slash goes to the search field, unless somebody is typing one.
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(input|select|textarea)$/i.test(document.activeElement.tagName)) return;
    event.preventDefault();
    input.focus();
  });
  form.hidden = false;
  take();
  show();
  document.documentElement.dataset.ready = "find";
})();
