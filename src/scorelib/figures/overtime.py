"""One organisation over the years: the rank of the Netherlands, and assessments with their breaks.

Imports scoring, the theme and parts. Where `scoring.comparison` refuses, because the methodology
changed, no line is drawn: a break is, with its name.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from scorelib.document.nodes import Callout, Column, Figure, Row, Text
from scorelib.errors import UsageError
from scorelib.figures.layers import unchecked
from scorelib.figures.parts import (
    DASH,
    NETHERLANDS,
    amounts_source,
    figure,
    joined,
    missing,
    row,
    source_line,
    spread,
)
from scorelib.figures.theme import (
    BANDS,
    DUTCH,
    GRID,
    INK,
    MUTED,
    OTHERS,
    PAPER,
    SIZE,
    WIDTH,
    at,
    canvas,
    rows,
    written,
)
from scorelib.prose.currency import in_one_currency
from scorelib.scoring import funding as scoring
from scorelib.scoring.comparison import Assessment, compare
from scorelib.scoring.mopan import score_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scorelib.data.scorecard import Scorecard
    from scorelib.scoring.funding import Basis

__all__ = ["Scored", "history", "ranks", "scored"]

LEFT, RIGHT, TOP, HEIGHT, BELOW = 30, 64, 40, 330, 46
GAP = 14
"""Pixels between the names of two indicators."""


@dataclass(frozen=True, eq=False)
class Scored:
    """An assessment with scores: its year, its indicators as scored, and the bands of its framework."""

    assessment: Assessment
    year: int
    published: str
    bands: pd.DataFrame
    source: str

    @property
    def kpis(self) -> list[dict[str, Any]]:
        """Key performance indicators with a score, in the order of the framework."""
        tree = self.assessment.tree
        found = tree[(tree["level"] == "kpi") & (tree["state"] == "scored")].to_dict("records")
        return [{str(key): value for key, value in each.items()} for each in found]


def scored(card: Scorecard) -> list[Scored]:
    """The organisation's assessments that have scores and a year, the earliest first."""
    frameworks, bands, scores = (card[name] for name in ("frameworks", "bands", "scores"))
    found = []
    for each in card["assessments"].to_dict("records"):
        own = scores[scores["assessment"] == each["id"]]
        framework = frameworks[frameworks["framework"] == each["framework"]]
        if own.empty or framework.empty or not each["published"]:
            continue
        limits = bands[bands["framework"] == each["framework"]]
        tree = score_tree(framework, own, limits)
        assessment = Assessment(str(each["id"]), str(each["organisation"]), str(each["framework"]), tree)
        published = str(each["published"])
        found.append(Scored(assessment, int(published[:4]), published, limits, str(each["source"])))
    return sorted(found, key=lambda each: (each.published, each.assessment.id))


def comparable(one: Scored, other: Scored) -> bool:
    """Whether the scores of two assessments may stand on one line."""
    try:
        compare(one.assessment, other.assessment)
    except UsageError:
        return False
    return True


def history(card: Scorecard, found: Sequence[Scored] | None = None) -> Figure | Callout:
    """The scores of the key performance indicators in every assessment, with breaks between methodologies.

    Parameters
    ----------
    card
        Any scorecard of the organisation.
    found
        What `scored` gives for it, where that is known already.

    Returns
    -------
    Figure or Callout
        ``fig-history``; a notice when no assessment has scores in the data.
    """
    found, lang = scored(card) if found is None else found, card.language
    if not found:
        return missing(card, "history", organisation=card.organisation.abbreviation)
    breaks = [(one, other) for one, other in itertools.pairwise(found) if not comparable(one, other)]
    named = joined(
        lang.label(
            "figures.history.break",
            before=one.assessment.framework, after=other.assessment.framework, year=other.year,
        )
        for one, other in breaks
    )  # fmt: skip
    body: list[Row] = []
    for each in found:
        title = lang.label("figures.history.one", year=each.year, framework=each.assessment.framework)
        body.append(Row(((Text(title),),), "group"))
        body += [
            row([kpi["code"], lang.pick(kpi, "title"), lang.number(kpi["printed"], 2), _band(card, kpi)])
            for kpi in each.kpis
        ]
    return figure(
        card,
        "history",
        _history(card, found),
        wording="history" if breaks else "history_unbroken",
        alt_text=lang.label(
            "figures.history.alt",
            organisation=card.organisation.abbreviation,
            breaks=named or lang.label("figures.history.unbroken"),
            assessments=joined(
                lang.label("figures.history.one", year=each.year, framework=each.assessment.framework)
                + " "
                + ", ".join(f"KPI {kpi['code']} {lang.number(kpi['printed'], 2)}" for kpi in each.kpis)
                for each in found
            ),
        ),
        columns=[
            Column("KPI", "right"),
            Column(lang.label("figures.column.title")),
            Column(lang.label("figures.column.score"), "decimal"),
            Column(lang.label("figures.column.band")),
        ],
        body=body,
        source=source_line(card, [*(each.source for each in found), *card["frameworks"]["source"]]),
        organisation=card.organisation.abbreviation,
        breaks=named,
    )


def _band(card: Scorecard, kpi: dict[str, Any]) -> str:
    return card.language.pick(kpi, "band") if isinstance(kpi["band"], str) else DASH


@unchecked
def _history(card: Scorecard, found: Sequence[Scored]) -> dict[str, Any]:
    lang, plot = card.language, WIDTH - LEFT - RIGHT
    # A break takes the room of a column, so that what stands beside it is seen to be apart.
    places: list[float] = []
    for number, each in enumerate(found):
        step = 0.0 if not number else 1.0 if comparable(found[number - 1], each) else 1.6
        places.append(round((places[-1] if places else 0.5) + step, 3))
    end = places[-1] + 0.5
    x_scale = alt.Scale(domain=[0, end], nice=False)
    y_scale = alt.Scale(domain=[0, 4], nice=False)
    x, y = alt.X("x:Q", axis=None, scale=x_scale), alt.Y("score:Q", axis=None, scale=y_scale)
    x2, y2 = alt.X2("x2:Q"), alt.Y2("y2:Q")
    levels = [{"score": level, "text": lang.number(level)} for level in range(5)]
    layers: list[alt.Chart] = [
        alt.Chart(rows(levels)).mark_rule(color=GRID).encode(y=y, x=at("x", 0), x2=at("x2", plot)),
        written(alt.Chart(rows(levels)), "text", align="right", color=MUTED).encode(x=at("x", -8), y=y),
    ]
    dots: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    for number, each in enumerate(found):
        own = {kpi["code"]: kpi for kpi in each.kpis}
        follows = number + 1 < len(found) and comparable(each, found[number + 1])
        after = {kpi["code"]: kpi for kpi in found[number + 1].kpis} if follows else {}
        dots += [_dot(card, each, kpi, places[number]) for kpi in own.values()]
        lines += [
            {"x": places[number], "score": kpi["score"], "x2": places[number + 1], "y2": after[code]["score"]}
            for code, kpi in own.items()
            if code in after
        ]
        if not follows:
            wanted = [HEIGHT * (1 - kpi["score"] / 4) for kpi in own.values()]
            tops = spread(wanted, GAP, 6, HEIGHT - 6)
            names += [
                {"x": places[number], "score": round(4 - 4 * top / HEIGHT, 4), "text": f"KPI {code}"}
                for code, top in zip(own, tops, strict=True)
            ]
    layers.append(
        alt.Chart(rows(lines)).mark_rule(color=OTHERS, strokeWidth=1.5).encode(x=x, y=y, x2=x2, y2=y2)
    )
    for band, colour in ({"": OTHERS} | BANDS).items():
        own_dots = [dot for dot in dots if dot["band"] == band]
        if own_dots:
            layers.append(
                alt.Chart(rows(own_dots))
                .mark_circle(size=110, opacity=1, color=colour, stroke=PAPER, strokeWidth=1)
                .encode(x=x, y=y, tooltip=_tooltip(card))
            )
    layers += [
        written(
            alt.Chart(rows(names)), "text", align="left", dx=12, color=INK, fontSize=SIZE["small"]
        ).encode(x=x, y=y),
        *_columns(card, found, places, x),
        *_breaks(card, found, places, x),
    ]
    return canvas(layers, (plot, HEIGHT), (LEFT, RIGHT, TOP, BELOW))


def _dot(card: Scorecard, each: Scored, kpi: dict[str, Any], place: float) -> dict[str, Any]:
    return {
        "x": place,
        "score": kpi["score"],
        "name": f"KPI {kpi['code']}",
        "title": card.language.pick(kpi, "title"),
        "printed": card.language.number(kpi["printed"], 2),
        "band": kpi["band"] if isinstance(kpi["band"], str) else "",
        "word": _band(card, kpi),
        "year": str(each.year),
    }


def _tooltip(card: Scorecard) -> list[alt.Tooltip]:
    label = card.language.label
    titles = {"year": "year", "name": "indicator", "title": "title", "printed": "score", "word": "band"}
    return [
        alt.Tooltip(f"{name}:N", title=label(f"figures.column.{title}")) for name, title in titles.items()
    ]


def _columns(card: Scorecard, found: Sequence[Scored], places: Sequence[float], x: alt.X) -> list[alt.Chart]:
    """The year and the framework below each assessment."""
    label = card.language.label
    heads = [
        {
            "x": place,
            "year": str(each.year),
            "text": label("portfolio.framework", framework=each.assessment.framework),
        }
        for each, place in zip(found, places, strict=True)
    ]
    return [
        written(alt.Chart(rows(heads)), "year", color=INK, fontWeight="bold").encode(
            x=x, y=at("y", HEIGHT + 16)
        ),
        written(alt.Chart(rows(heads)), "text", color=MUTED, fontSize=SIZE["small"]).encode(
            x=x, y=at("y", HEIGHT + 34)
        ),
    ]


def _breaks(card: Scorecard, found: Sequence[Scored], places: Sequence[float], x: alt.X) -> list[alt.Chart]:
    """A dashed line where the methodology changed, and its name above."""
    marks = [
        {
            "x": round(place + (after - place) * 0.72, 3),
            "text": card.language.label("figures.history.mark", framework=other.assessment.framework),
        }
        for one, other, place, after in zip(found, found[1:], places, places[1:], strict=False)
        if not comparable(one, other)
    ]
    if not marks:
        return []
    base = alt.Chart(rows(marks))
    return [
        base.mark_rule(color=MUTED, strokeWidth=2, strokeDash=[6, 4]).encode(
            x=x, y=at("y", -12), y2=at("y2", HEIGHT + 8)
        ),
        written(base, "text", color=INK, fontWeight="bold", fontSize=SIZE["small"]).encode(
            x=x, y=at("y", -24)
        ),
    ]


def ranks(card: Scorecard) -> Figure | Callout:
    """The rank of the Netherlands among governments, year by year; the first stands on top.

    Returns
    -------
    Figure or Callout
        ``fig-ranks``; a notice when it has no rank in any year.
    """
    given, lang = in_one_currency(card, "contributions"), card.language
    given = given[given["year"] <= card.data_year]
    basis: Basis = "total" if card.basis == "total" else "voluntary"
    places = scoring.places(given, NETHERLANDS, basis)
    if not places:
        return missing(card, "dutch", organisation=card.organisation.abbreviation)
    own = given[given["donor"] == NETHERLANDS]
    return figure(
        card,
        "ranks",
        _ranks(card, {year: place.rank for year, place in places.items()}),
        alt_text=lang.label(
            "figures.ranks.alt",
            organisation=card.organisation.abbreviation,
            years=joined(f"{year}: {lang.ordinal(place.rank)}" for year, place in places.items()),
        ),
        columns=[
            Column(lang.label("figures.column.year")),
            Column(lang.label("figures.column.rank"), "right"),
            Column(lang.label("figures.ranks.donors"), "right"),
            Column(lang.label("figures.column.share"), "right"),
        ],
        body=[
            row(
                [
                    str(year),
                    lang.ordinal(place.rank),
                    str(place.donors),
                    DASH if pd.isna(place.share) else lang.percent(place.share, 1),
                ]
            )
            for year, place in places.items()
        ],
        source=amounts_source(card, own),
        organisation=card.organisation.abbreviation,
        basis=lang.label(f"basis.{card.basis}"),
    )


@unchecked
def _ranks(card: Scorecard, found: dict[int, int]) -> dict[str, Any]:
    lang, height, left = card.language, 170, 24
    first, last = min(found), max(found)
    x = alt.X("year:Q", axis=None, scale=alt.Scale(domain=[first - 0.5, last + 0.5], nice=False))
    low = max(found.values()) + 1
    y = alt.Y("rank:Q", axis=None, scale=alt.Scale(domain=[0.4, low], nice=False, reverse=True))
    x2, y2 = alt.X2("x2:Q"), alt.Y2("y2:Q")
    dots = [{"year": year, "rank": rank, "text": lang.ordinal(rank)} for year, rank in found.items()]
    lines = [
        {"year": year, "rank": rank, "x2": year + 1, "y2": found[year + 1]}
        for year, rank in found.items()
        if year + 1 in found
    ]
    years = [{"year": year, "text": str(year)} for year in range(first, last + 1)]
    base = alt.Chart(rows(dots))
    layers = [
        alt.Chart(rows([{"rank": 1}]))
        .mark_rule(color=GRID)
        .encode(y=y, x=at("x", 0), x2=at("x2", WIDTH - left)),
        alt.Chart(rows(lines)).mark_rule(color=DUTCH, strokeWidth=2).encode(x=x, y=y, x2=x2, y2=y2),
        base.mark_circle(size=80, opacity=1, color=DUTCH, stroke=PAPER, strokeWidth=1).encode(
            x=x, y=y,
            tooltip=[
                alt.Tooltip("year:Q", title=lang.label("figures.column.year"), format="d"),
                alt.Tooltip("text:N", title=lang.label("figures.column.rank")),
            ],
        ),
        written(base, "text", dy=-13, color=INK, fontSize=SIZE["small"]).encode(x=x, y=y),
        written(alt.Chart(rows(years)), "text", color=MUTED, fontSize=SIZE["small"]).encode(
            x=x, y=at("y", height + 14)
        ),
    ]  # fmt: skip
    return canvas(layers, (WIDTH - left, height), (left, 0, 16, 26))
