(() => {
  "use strict";
  const { organisations, themes, text, frameworks } = JSON.parse(document.getElementById("given").textContent);
  const tag = document.documentElement.lang;
  const form = document.getElementById("choose");
  const said = document.getElementById("said");
  const result = document.getElementById("result");
  const selects = [1, 2, 3, 4].map((n) => document.getElementById("o" + n));
  const yearSelect = document.getElementById("y");
  const byId = new Map(organisations.map((each) => [each.id, each]));

  // --- parts of a page: every text goes in as text -------------------------------------------------
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const SVG = "http://www.w3.org/2000/svg";
  const draw = (name, attributes = {}, ...children) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const numbers = (digits) => new Intl.NumberFormat(tag, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const [whole, tenth, hundredth] = [0, 1, 2].map(numbers);
  const DASH = "–";
  const minus = (shown) => shown.replace(/^-/, "−");
  const has = (value) => value !== null && value !== undefined;
  const percent = (share) => (has(share) ? minus(whole.format(share * 100)) + "%" : DASH);
  const millions = (amount, currency) =>
    has(amount) ? (currency ? currency + " " : "") + minus(tenth.format(amount / 1e6)) : DASH;

  const table = (id, caption, chosen, rows, source) => {
    const head = make("tr", {}, make("td", {}), ...chosen.map((each) => make("th", { scope: "col" }, each.name)));
    const body = rows.map(([name, ...cells]) =>
      make("tr", {}, make("th", { scope: "row" }, name), ...cells.map((cell) => make("td", {}, cell))));
    const captioned = make("caption", {}, make("span", { class: "caption" }, caption));
    if (source) captioned.firstChild.append(make("span", { class: "source" }, text.source + ": " + source));
    return make("div", { class: "table", tabindex: "0", role: "group", "aria-label": caption },
      make("table", { id }, captioned, make("thead", {}, head), make("tbody", {}, ...body)));
  };
  const callout = (title, line) =>
    make("aside", { class: "callout warning", role: "note" },
      make("p", { class: "callout-title" }, title), make("p", {}, line));
  const section = (id, title, ...children) => [make("h2", { id }, title), ...children];

  // --- what is compared ----------------------------------------------------------------------------
  const AMOUNTS = ["assessed", "unearmarked", "earmarked"];
  const oneCurrency = (chosen) => new Set(chosen.map((each) => each.currency).filter(Boolean)).size < 2;

  const money = (chosen, year) => {
    const same = oneCurrency(chosen);
    const of = (each, place) => (each.money[year] || [])[place];
    const unit = same ? chosen[0].currency + " " + text.million : text.million;
    const amount = (each, value) => millions(value, same ? "" : each.currency);
    const kinds = AMOUNTS.map((kind, place) =>
      [`${text[kind]} (${unit})`, ...chosen.map((each) => amount(each, of(each, place)))]);
    const rows = [
      ...kinds,
      [`${text.voluntary} (${unit})`, ...chosen.map((each) => amount(each, of(each, 3)))],
      [text.core, ...chosen.map((each) => percent(of(each, 7)))],
      [text.rank, ...chosen.map((each) => {
        const rank = of(each, 4);
        return has(rank) ? text.rankOf.replace("{r}", whole.format(rank)).replace("{n}", whole.format(of(each, 6))) : DASH;
      })],
      [text.share, ...chosen.map((each) => percent(of(each, 5)))],
      [`${text.revenue} (${unit})`, ...chosen.map((each) => amount(each, each.revenue[year]))],
    ];
    return section("money", text.moneyTitle.replace("{y}", year),
      table("tbl-money", text.moneyCaption.replace("{y}", year), chosen, rows, text.moneySource),
      ...course(chosen, same));
  };

  const course = (chosen, same) => {
    const years = [...new Set(chosen.flatMap((each) => Object.keys(each.money)))].map(Number).sort((a, b) => a - b);
    if (!years.length) return [];
    const shown = (each, year) => {
      const found = each.money[year] || [];
      const amount = millions(found[3], same ? "" : each.currency);
      return has(found[4]) ? `${amount} (${whole.format(found[4])})` : amount;
    };
    const rows = years.slice().reverse().map((year) => [String(year), ...chosen.map((each) => shown(each, year))]);
    const parts = [table("tbl-course", text.courseCaption, chosen, rows, text.moneySource)];
    if (same) parts.unshift(chart(chosen, years));
    return parts;
  };

  // Voluntary contributions as lines: told apart by dashes and names as well as by colour.
  const chart = (chosen, years) => {
    const right = 20 + 7.5 * Math.max(...chosen.map((each) => each.name.length));
    const [width, height, left, top, bottom] = [640, 260, 52, 14, 26];
    const value = (each, year) => (each.money[year] || [])[3];
    const values = chosen.flatMap((each) => years.map((year) => value(each, year))).filter(has).map((amount) => amount / 1e6);
    const high = Math.max(1, ...values), low = Math.min(0, ...values);
    const power = 10 ** Math.floor(Math.log10((high - low) / 4));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => (high - low) / each <= 6);
    const ceiling = Math.ceil(high / step) * step, floor = Math.floor(low / step) * step;
    const x = (year) => left + ((year - years[0]) / Math.max(1, years.at(-1) - years[0])) * (width - left - right);
    const y = (amount) => top + (1 - (amount - floor) / (ceiling - floor)) * (height - top - bottom);
    const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true", focusable: "false" });
    for (let mark = floor; mark <= ceiling + step / 2; mark += step) {
      svg.append(draw("line", { x1: left, x2: width - right, y1: y(mark), y2: y(mark), class: "grid-line" }));
      svg.append(draw("text", { x: left - 8, y: y(mark) + 4, "text-anchor": "end", class: "muted-fill" }, minus(whole.format(mark))));
    }
    for (const year of years) svg.append(draw("text", { x: x(year), y: height - 6, "text-anchor": "middle", class: "muted-fill" }, String(year)));
    const ends = [];
    chosen.forEach((each, place) => {
      const points = years.filter((year) => has(value(each, year))).map((year) => [x(year), y(value(each, year) / 1e6), year]);
      // A year without an amount breaks the line.
      const path = points.map(([px, py, year], n) => `${n && points[n - 1][2] === year - 1 ? "L" : "M"}${px.toFixed(1)},${py.toFixed(1)}`).join("");
      svg.append(draw("path", { d: path, class: "series s" + (place + 1) }));
      for (const [px, py] of points) svg.append(draw("circle", { cx: px.toFixed(1), cy: py.toFixed(1), r: 3, class: "dot s" + (place + 1) }));
      if (points.length) ends.push({ name: each.name, wanted: points.at(-1)[1], at: points.at(-1)[0], place });
    });
    ends.sort((a, b) => a.wanted - b.wanted);
    let free = top;
    for (const end of ends) {
      const at = Math.max(end.wanted, free);
      free = at + 16;
      svg.append(draw("text", { x: end.at + 8, y: at + 4, class: "name s" + (end.place + 1) }, end.name));
    }
    return make("figure", { id: "fig-course" },
      make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": text.chart },
        make("div", { class: "plot", role: "img", "aria-label": text.chartAlt }, svg)),
      make("figcaption", {}, text.chart + ` (${chosen[0].currency} ${text.million})`));
  };

  const relevance = (chosen) => {
    const rated = chosen.filter((each) => each.relevance);
    if (!rated.length) return section("relevance", text.relevanceTitle, make("p", {}, text.noRelevance));
    const rows = themes.map((theme, place) =>
      [theme, ...chosen.map((each) => (each.relevance ? each.relevance.words[place] : DASH))]);
    rows.unshift([text.scorecard, ...chosen.map((each) => (each.relevance ? String(each.relevance.year) : DASH))]);
    return section("relevance", text.relevanceTitle, table("tbl-relevance", text.relevanceCaption, chosen, rows));
  };

  const facts = (chosen) => {
    const all = [...new Set(chosen.flatMap((each) => each.facts.map(([name]) => name)))];
    const known = (name) => chosen.filter((each) => find(each, name)).length;
    const find = (each, name) => each.facts.find(([label]) => label === name);
    // What several of them have comes first; sorting keeps the order otherwise.
    const labels = all.sort((a, b) => known(b) - known(a));
    if (!labels.length) return section("facts", text.factsTitle, make("p", {}, text.noFacts));
    const rows = labels.map((name) => [name, ...chosen.map((each) => {
      const found = find(each, name);
      return found ? `${found[1]} (${found[2]})` : DASH;
    })]);
    return section("facts", text.factsTitle, table("tbl-facts", text.factsCaption, chosen, rows));
  };

  // Scores stand side by side only where scorelib itself would compare them: in one group.
  const scores = (chosen) => {
    const parts = [callout(text.cautionTitle, text.caution)];
    const groups = new Map();
    for (const each of chosen) {
      for (const found of each.assessments) {
        if (!groups.has(found.group)) groups.set(found.group, new Map());
        groups.get(found.group).set(each, found);
      }
    }
    let shown = 0;
    for (const [group, found] of [...groups].sort(([a], [b]) => a - b)) {
      if (found.size < 2) continue;
      shown += 1;
      const { framework, indicators } = frameworks[group];
      const those = [...found.keys()];
      const rows = indicators.map(([code, title]) => [`KPI ${code} ${title}`, ...those.map((each) => {
        const score = found.get(each).scores[code];
        return score ? `${hundredth.format(score[0])} ${score[2]} ${score[1]}`.trim() : DASH;
      })]);
      rows.unshift([text.assessedIn, ...those.map((each) => String(found.get(each).year))]);
      parts.push(table("tbl-scores-" + group, text.scoresCaption.replace("{f}", framework), those, rows));
    }
    for (const each of chosen) {
      const alone = each.assessments.filter((found) => groups.get(found.group).size < 2);
      const named = alone.map((found) => `${frameworks[found.group].framework} (${found.year})`).join(", ");
      if (named) parts.push(make("p", {}, text.alone.replace("{o}", each.name).replace("{f}", named)));
      if (!each.assessments.length) parts.push(make("p", {}, text.unscored.replace("{o}", each.name)));
    }
    if (!shown) parts.splice(1, 0, make("p", {}, make("strong", {}, text.nothingSideBySide)));
    return section("scores", text.scoresTitle, ...parts);
  };

  // --- the choice, which the address keeps --------------------------------------------------------
  const chosenNow = () => {
    const ids = [...new Set(selects.map((select) => select.value).filter(Boolean))];
    return ids.map((id) => byId.get(id));
  };
  const show = () => {
    const chosen = chosenNow();
    result.replaceChildren();
    if (chosen.length < 2) {
      said.textContent = text.chooseTwo;
      return;
    }
    said.textContent = text.showing.replace("{o}", chosen.map((each) => each.name).join(", "));
    if (chosen.some((each) => each.fictional)) result.append(callout(text.attention, text.fictional));
    result.append(...money(chosen, yearSelect.value), ...relevance(chosen), ...facts(chosen), ...scores(chosen));
  };
  const keep = () => {
    const ids = selects.map((select) => select.value).filter(Boolean);
    history.replaceState(null, "", `#o=${ids.join(",")}&y=${yearSelect.value}`);
  };
  const take = () => {
    const kept = new URLSearchParams(location.hash.slice(1));
    const ids = (kept.get("o") || "").split(",").filter((id) => byId.has(id));
    selects.forEach((select, place) => { select.value = ids[place] || ""; });
    if ([...yearSelect.options].some((option) => option.value === kept.get("y"))) yearSelect.value = kept.get("y");
  };
  const change = () => { show(); keep(); };
  for (const select of [...selects, yearSelect]) select.addEventListener("change", change);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", () => { if (location.hash.startsWith("#o=")) { take(); show(); } });
  const copy = document.getElementById("copy");
  const label = copy.textContent;
  copy.addEventListener("click", async () => {
    keep();
    await navigator.clipboard.writeText(location.href);
    copy.textContent = copy.dataset.copied;
    setTimeout(() => { copy.textContent = label; }, 2000);
  });
  form.hidden = false;
  take();
  show();
  document.documentElement.dataset.ready = "compare";
})();
