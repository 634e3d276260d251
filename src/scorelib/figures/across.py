"""What `portfolio.ipynb` shows of policy and assessments: who is relevant to what, who was assessed how.

Imports scoring, the theme and parts. Nothing here adds up or ranks ratings: words have no sum, and
scores of different organisations are not to be compared.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import altair as alt

from scorelib.document.nodes import Callout, Column, Figure, Paragraph, Row, Table, Text
from scorelib.figures.parts import DASH, figure, joined, missing, row, source_line, table, wrapped
from scorelib.figures.theme import GRID, INK, MUTED, PAPER, SIZE, WIDTH, at, canvas, rows, written
from scorelib.scoring.cycle import due as due_of
from scorelib.scoring.relevance import WORDS

if TYPE_CHECKING:
    from scorelib.data.portfolio import Portfolio

__all__ = ["assessments", "caution", "due", "relevance"]

LEFT, ROW, HEAD, LINE, FOOT = 176, 30, 78, 13, 34
LETTER = 6.9
"""Pixels of a letter, at most on average."""
SHADES = {
    "highly-relevant": "#1f5fa5",
    "relevant": "#6f9fd0",
    "slightly-relevant": "#c5d9ee",
    "not-relevant": PAPER,
}
MARKS = {"highly-relevant": "●●●", "relevant": "●●", "slightly-relevant": "●", "not-relevant": "○"}
"""What says the word without colour; the legend and the table below the chart have the words."""
ON = {"highly-relevant": "#fdfdfd", "relevant": "#000001", "slightly-relevant": "#000001"}


def relevance(portfolio: Portfolio) -> Figure | Callout:
    """Which organisation is how relevant to which policy priority, by its latest scorecard."""
    lang = portfolio.language
    ratings = portfolio["relevance"]
    themes = portfolio["themes"].sort_values("position", kind="stable").to_dict("records")
    if ratings.empty or not themes:
        return missing(portfolio, "matrix")
    names = _names(portfolio)
    latest = ratings.groupby("organisation")["year"].max().to_dict()
    rated: dict[str, dict[str, str]] = {}
    for each in ratings.to_dict("records"):
        if each["year"] == latest[each["organisation"]]:
            rated.setdefault(str(each["organisation"]), {})[str(each["theme"])] = str(each["rating"])
    ordered = sorted(rated, key=lambda name: names[name].casefold())
    word = {each: lang.label(f"rating.{each}") for each in WORDS} | {"": lang.label("figures.not_rated")}
    shown = {name: [rated[name].get(str(theme["id"]), "") for theme in themes] for name in ordered}
    titles = [lang.pick(theme, "title") for theme in themes]  # type: ignore[arg-type]
    label = {name: _dated(names[name], latest[name]) for name in ordered}

    def first(place: int) -> list[str]:
        return [names[name] for name in ordered if shown[name][place] == WORDS[0]]

    return figure(
        portfolio,
        "matrix",
        _matrix([(label[name], shown[name]) for name in ordered], titles, word),
        alt_text=lang.label(
            "figures.matrix.alt",
            organisations=len(ordered),
            themes=len(themes),
            highly=joined(
                f"{title}: {', '.join(first(place)) or DASH}" for place, title in enumerate(titles)
            ),
        ),
        columns=[Column(lang.label("portfolio.organisation")), *(Column(title) for title in titles)],
        body=[row([label[name], *(word[each] for each in shown[name])]) for name in ordered],
        source=source_line(portfolio, ratings["source"]),
    )


def _matrix(given: list[tuple[str, list[str]]], titles: list[str], word: dict[str, str]) -> dict[str, Any]:
    left = min(LEFT, 14 + round(LETTER * max(len(name) for name, _ in given)))
    plot, height = WIDTH - left, ROW * len(given)
    # A column is as wide as the longest word of its title asks; a word is not broken.
    edges = [0.0]
    for title in titles:
        edges.append(edges[-1] + 2 + max(5, *(len(each) for each in title.split())))
    across = alt.Scale(domain=[0, edges[-1]], nice=False)
    down = alt.Scale(domain=[0, max(1, len(given))], nice=False, reverse=True)
    middles = [(first + second) / 2 for first, second in itertools.pairwise(edges)]
    cells = [
        {
            "x": middles[place],
            "x1": edges[place] + 0.3,
            "x2": edges[place + 1] - 0.3,
            "y": line + 0.5,
            "y1": line + 0.06,
            "y2": line + 0.94,
            "rating": rating,
            "mark": MARKS.get(rating, DASH),
            "word": word[rating],
            "name": name,
            "theme": titles[place],
        }
        for line, (name, ratings) in enumerate(given)
        for place, rating in enumerate(ratings)
    ]
    tooltip = [alt.Tooltip(f"{column}:N", title=" ") for column in ("name", "theme", "word")]

    def placed(data: list[dict[str, Any]], x: str = "x", y: str = "y") -> alt.Chart:
        return alt.Chart(rows(data)).encode(
            x=alt.X(f"{x}:Q", axis=None, scale=across), y=alt.Y(f"{y}:Q", axis=None, scale=down)
        )

    layers: list[alt.Chart] = []
    for rating in (*WORDS, ""):
        own = [each for each in cells if each["rating"] == rating]
        if own:
            look: dict[str, Any] = {"color": SHADES.get(rating, PAPER), "stroke": GRID, "strokeWidth": 1}
            layers += [
                placed(own, "x1", "y1").mark_rect(**look).encode(x2="x2:Q", y2="y2:Q", tooltip=tooltip),
                written(placed(own), "mark", color=ON.get(rating, INK), fontSize=SIZE["small"]),
            ]
    heads = [
        (middle, wrapped(title, max(9, round(after - before - 1))))
        for middle, title, (before, after) in zip(middles, titles, itertools.pairwise(edges), strict=True)
    ]
    for lines in sorted({text.count("\n") for _, text in heads}):
        own = [{"x": x, "y": 0, "text": text} for x, text in heads if text.count("\n") == lines]
        # Vega hangs further lines below the first; the last one is to stand on the matrix.
        layers.append(
            written(placed(own), "text", color=INK, fontSize=SIZE["small"], lineHeight=LINE).encode(
                y=at("y", -10 - lines * LINE)
            )
        )
    names = [{"y": line + 0.5, "text": name} for line, (name, _) in enumerate(given)]
    layers.append(
        written(
            alt.Chart(rows(names)).encode(y=alt.Y("y:Q", axis=None, scale=down)),
            "text",
            align="left",
            color=INK,
        ).encode(x=at("x", 4 - left))
    )
    legend = [f"{MARKS.get(rating, DASH)} {word[rating]}" for rating in (*WORDS, "")]
    layers.append(
        written(alt.Chart(rows([{"text": "  ·  ".join(legend)}])), "text", align="left", color=MUTED).encode(
            x=at("x", 4 - left), y=at("y", height + 22)
        )
    )
    return canvas(layers, (plot, height), (left, 0, HEAD, FOOT))


def caution(portfolio: Portfolio) -> Callout:
    """What a reader must know before looking from one organisation to another."""
    label = portfolio.language.label
    text = (Text(label("portfolio.caution.text")),)
    return Callout("warning", label("portfolio.caution.title"), (Paragraph(text),))


def assessments(portfolio: Portfolio) -> Table | Callout:
    """Which assessments there are, by framework, and how much of each is in the data."""
    lang = portfolio.language
    given = portfolio["assessments"]
    if given.empty:
        return missing(portfolio, "assessments")
    names, scored = _names(portfolio), portfolio["scores"]["assessment"].value_counts()
    body: list[Row] = []
    for framework, own in sorted(given.groupby("framework"), key=lambda each: str(each[0])):
        body.append(Row(((Text(lang.label("portfolio.framework", framework=framework)),),), "group"))
        ordered = own.sort_values(["published", "organisation"], na_position="last", kind="stable")
        for each in ordered.to_dict("records"):
            known = int(scored.get(each["id"], 0))
            body.append(
                row(
                    [
                        names[str(each["organisation"])],
                        lang.month(str(each["published"])) if each["published"] else DASH,
                        str(each["period"] or DASH),
                        lang.number(known) if known else lang.label("portfolio.assessments.none"),
                    ]
                )
            )
    return table(
        "tbl-assessments",
        lang.label("portfolio.assessments.caption"),
        [
            Column(lang.label("portfolio.organisation")),
            Column(lang.label("portfolio.assessments.published")),
            Column(lang.label("portfolio.assessments.period")),
            Column(lang.label("portfolio.assessments.scores"), "right"),
        ],
        body,
        source_line(portfolio, given["source"]),
    )


def due(portfolio: Portfolio) -> Table | Callout:
    """How old the last assessment of each organisation is, and when a next one may be expected."""
    lang, cards = portfolio.language, portfolio["scorecards"]
    date = portfolio.data_date
    if cards.empty or date is None:
        return missing(portfolio, "due")
    names, given = _names(portfolio), portfolio["assessments"]
    dated = given[given["published"].notna()]
    last = {
        str(name): int(str(year)[:4])
        for name, year in dated.groupby("organisation")["published"].max().items()
    }
    # The oldest first; what was never assessed, as far as the data go, at the end.
    ordered = sorted(
        set(cards["organisation"]), key=lambda name: (last.get(name, 9999), names[name].casefold())
    )
    body = []
    for name in ordered:
        if name in last:
            found = due_of(last[name], date.year)
            cells = [
                str(last[name]), lang.number(found.age), f"{found.first}–{found.last}",
                lang.label(f"portfolio.due.{found.state}"),
            ]  # fmt: skip
        else:
            cells = [DASH, DASH, DASH, lang.label("portfolio.due.none")]
        body.append(row([names[name], *cells]))
    return table(
        "tbl-due",
        lang.label("portfolio.due.caption", year=date.year),
        [
            Column(lang.label("portfolio.organisation")),
            Column(lang.label("portfolio.due.last"), "right"),
            Column(lang.label("portfolio.due.age"), "right"),
            Column(lang.label("portfolio.due.next"), "right"),
            Column(lang.label("document.status")),
        ],
        body,
        source_line(portfolio, given["source"]),
    )


def _dated(name: str, year: object) -> str:
    """A name with a year, before the remark that it is made up."""
    first, bracket, rest = name.partition(" (")
    return f"{first} {year}{bracket}{rest}"


def _names(portfolio: Portfolio) -> dict[str, str]:
    """Abbreviations by id; those of organisations that are made up say so."""
    fictional = portfolio.language.label("site.find.fictional").lower()
    return {
        str(each["id"]): f"{each['abbreviation']}{f' ({fictional})' if each['fictional'] else ''}"
        for each in portfolio["organisations"].to_dict("records")
    }
