"""What the assessment found: the wheel of indicators, their order by score, and their table.

Imports ratings, the theme and parts; computes no score, renders nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from scorelib.document.nodes import Callout, Column, Figure, Row, Table
from scorelib.figures import sectors
from scorelib.figures.key import height as key_height
from scorelib.figures.key import key
from scorelib.figures.layers import unchecked
from scorelib.figures.parts import assessment_name, cell, figure, joined, missing, row, table, wrapped
from scorelib.figures.ratings import rate
from scorelib.figures.theme import (
    BANDS,
    GRID,
    INK,
    MARKS,
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
from scorelib.prose.origins import origins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scorelib.data.scorecard import Scorecard
    from scorelib.figures.parts import Kind
    from scorelib.figures.ratings import Ratings, Shown

__all__ = ["indicator_table", "indicators", "results", "wheel"]

AREAS = (
    "strategic-management",
    "operational-management",
    "relationship-management",
    "performance-management",
)
"""The areas of organisational performance; the fifth, results, has a figure of its own."""

TITLES, RIGHT, SCALE = 352, 66, 30
TITLE_WIDTH, LINE, GAP = 47, 15, 6


def wheel(card: Scorecard) -> Figure | Callout:
    """Organisational performance: its KPIs around the centre, their micro-indicators outside.

    Returns
    -------
    Figure or Callout
        ``fig-wheel``: the framework in outlines when the data hold no scores, and then caption and
        alternative text say so; a notice when there is no assessment.
    """
    return _around(card, "wheel", AREAS)


def results(card: Scorecard) -> Figure | Callout:
    """Results: the remaining KPIs, as the sibling of `wheel`.

    Returns
    -------
    Figure or Callout
        ``fig-results``; otherwise as for `wheel`.
    """
    return _around(card, "results", ("results",))


def _around(card: Scorecard, name: str, areas: Sequence[str]) -> Figure | Callout:
    ratings, lang = rate(card), card.language
    kpis = [kpi for kpi in ratings.kpis() if kpi.area in areas] if ratings else []
    if ratings is None or not kpis:
        return _no_assessment(card)
    label = lang.label
    shown = [each for kpi in kpis for each in (kpi, *ratings.parts(kpi.code))]
    scored = any(each.state != "none" for each in shown)
    wording = name if scored else f"{name}_empty"
    words = sectors.Words(
        centre=label(f"figures.{wording}.centre"),
        areas={area: label(f"figures.area.{area}") for area in areas},
        no_evidence=label("figures.state.no_evidence"),
        not_applicable=label("figures.state.not_applicable"),
        indicator=label("figures.column.indicator"),
        title=label("figures.column.title"),
        score=label("figures.column.score"),
        band=label("figures.column.band"),
        confidence=label("figures.column.confidence"),
        coverage=label("figures.column.coverage"),
    )
    return figure(
        card,
        name,
        sectors.drawn(ratings, kpis, words),
        wording=wording,
        alt_text=(_wheel_alt(card, name, ratings, kpis) if scored else _empty_alt(card, name, kpis, shown)),
        columns=_columns(card),
        body=[_indicator_row(card, each) for each in shown],
        source=ratings.source,
        assessment=assessment_name(card),
        organisation=card.organisation.abbreviation,
    )


def _wheel_alt(card: Scorecard, name: str, ratings: Ratings, kpis: Sequence[Shown]) -> str:
    lang = card.language
    parts = [part for kpi in kpis for part in ratings.parts(kpi.code)]
    listed = joined(_one(kpi) for kpi in kpis)
    counts = joined(
        f"{band.title}: {sum(part.band == band.band for part in parts)}" for band in ratings.bands
    )
    return lang.label(
        f"figures.{name}.alt",
        organisation=card.organisation.abbreviation,
        kpis=listed,
        parts=len(parts),
        bands=counts,
        no_evidence=sum(part.state == "N/E" for part in parts),
        not_applicable=sum(part.state == "N/A" for part in parts),
    )


def _empty_alt(card: Scorecard, name: str, kpis: Sequence[Shown], shown: Sequence[Shown]) -> str:
    return card.language.label(
        f"figures.{name}_empty.alt",
        organisation=card.organisation.abbreviation,
        kpis=len(kpis),
        parts=len(shown) - len(kpis),
    )


def _one(each: Shown) -> str:
    """An indicator in a sentence: KPI 3 2,75 (satisfactory)."""
    rating = f" ({each.band_title.lower()})" if each.band else ""
    return f"{each.name} {each.printed}{rating}"


def indicators(card: Scorecard) -> Figure | Callout:
    """The KPIs in the order of their scores, with the bands behind them.

    Returns
    -------
    Figure or Callout
        ``fig-indicators``; a notice when there is no assessment, or it has no scores in the data.
    """
    ratings, lang = rate(card), card.language
    if ratings is None:
        return _no_assessment(card)
    kpis = [kpi for kpi in ratings.kpis() if kpi.score is not None]
    if not kpis:
        return missing(card, "scores", assessment=assessment_name(card))
    # Sorting is stable: equal scores stay in the order of the framework.
    ordered = sorted(kpis, key=lambda kpi: -(kpi.score or 0.0))
    first, last = ordered[0], ordered[-1]
    left_out = [kpi for kpi in ratings.kpis() if kpi.score is None]
    named = {
        "strongest": f"{first.name} ({first.printed})",
        "weakest": f"{last.name} ({last.printed})",
    }
    return figure(
        card,
        "indicators",
        _dots(card, ratings, ordered),
        alt_text=lang.label(
            "figures.indicators.alt",
            organisation=card.organisation.abbreviation,
            kpis=joined(_one(kpi) for kpi in ordered),
            strongest=f"{first.name}, {first.title}",
            weakest=f"{last.name}, {last.title}",
        ),
        columns=_columns(card),
        body=[_indicator_row(card, kpi, "body") for kpi in (*ordered, *left_out)],
        source=ratings.source,
        organisation=card.organisation.abbreviation,
        **named,
    )


@unchecked
def _dots(card: Scorecard, ratings: Ratings, ordered: Sequence[Shown]) -> dict[str, Any]:
    label = card.language.label
    plot, edge = WIDTH - TITLES - RIGHT, 0.0
    kpis: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for kpi in ordered:
        lines = wrapped(kpi.title, TITLE_WIDTH).count("\n") + 1
        middle = edge + max(2, lines) * LINE / 2 + GAP
        edge = 2 * middle - edge
        kpis.append(_dot(kpi, middle) | {"top": middle - (lines - 1) * LINE / 2})
        parts += [_dot(part, middle) for part in ratings.parts(kpi.code) if part.score is not None]
    kpis[0]["note"] = label("figures.indicators.strongest")
    if len(kpis) > 1:
        kpis[-1]["note"] = label("figures.indicators.weakest")
    x = alt.Scale(domain=[0, 4], nice=False)
    y = alt.Scale(domain=[0, edge], nice=False, reverse=True)
    columns = ("name", "title", "printed", "rating", "confidence", "coverage")
    titles = ("indicator", "title", "score", "band", "confidence", "coverage")
    tooltip = [
        alt.Tooltip(f"{column}:N", title=label(f"figures.column.{title}"))
        for column, title in zip(columns, titles, strict=True)
    ]

    def placed(data: Sequence[dict[str, Any]], row: str = "row") -> alt.Chart:
        return alt.Chart(rows(data)).encode(
            x=alt.X("score:Q", axis=None, scale=x), y=alt.Y(f"{row}:Q", axis=None, scale=y)
        )

    def text(row: str, left: int, column: str, **look: Any) -> alt.Chart:
        look = {"fontSize": SIZE["body"], "color": INK, "lineHeight": LINE} | look
        return written(placed(kpis, row), column, align="left", **look).encode(x=at("x", left))

    layers = [
        *_bands(card, ratings, x, round(edge)),
        placed(kpis).mark_rule(color=GRID).encode(x=at("x", 0), x2=at("x2", plot)),
        placed(parts).mark_tick(color=OTHERS, height=12, thickness=2, opacity=1).encode(tooltip=tooltip),
        *(
            placed([each for each in kpis if each["band"] == band])
            .mark_circle(size=190, opacity=1, color=colour, stroke=PAPER, strokeWidth=1.5)
            .encode(tooltip=tooltip)
            for band, colour in ({"": OTHERS} | BANDS).items()
            if any(each["band"] == band for each in kpis)
        ),
        text("row", 4 - TITLES, "name", fontWeight="bold"),
        text("top", 52 - TITLES, "short", fontSize=SIZE["small"]),
        text("row", plot + 10, "value"),
        text("row", plot + 10, "note", color=MUTED, fontSize=SIZE["small"], dy=LINE),
        *key(ratings.bands, [], 4 - TITLES, edge + SCALE),
    ]
    return canvas(layers, (plot, round(edge)), (TITLES, RIGHT, 22, SCALE + key_height(len(ratings.bands))))


def _dot(each: Shown, middle: float) -> dict[str, Any]:
    return {
        "row": middle,
        "name": each.name,
        "title": each.title,
        "short": wrapped(each.title, TITLE_WIDTH),
        "score": each.score,
        "printed": each.printed,
        "value": f"{each.printed} {each.mark}".strip(),
        "note": "",
        "band": each.band,
        "rating": each.band_title,
        "confidence": each.confidence,
        "coverage": each.coverage,
    }


def _bands(card: Scorecard, ratings: Ratings, x: alt.Scale, height: int) -> list[alt.Chart]:
    """The bands behind the dots, each with its mark above it and its limits below."""
    layers: list[alt.Chart] = []
    edges = [band.minimum for band in ratings.bands]
    limits = [0.0, 4.0, *(edge for edge in edges if edge > 0)]
    for number, band in enumerate(ratings.bands):
        # Printed bands leave gaps of 0.01; a picture has none.
        high = edges[number - 1] if number else band.maximum
        box = alt.Chart(rows([{"low": band.minimum, "high": high}]))
        mark = rows([{"middle": (band.minimum + high) / 2, "text": MARKS.get(band.band, "")}])
        layers += [
            box.mark_rect(color=BANDS.get(band.band, OTHERS), opacity=0.13).encode(
                x=alt.X("low:Q", axis=None, scale=x),
                x2=alt.X2("high:Q"),
                y=at("y", 0),
                y2=at("y2", height),
            ),
            alt.Chart(mark)
            .mark_text(baseline="middle", color=INK, fontWeight="bold", fontSize=SIZE["body"])
            .encode(x=alt.X("middle:Q", axis=None, scale=x), y=at("y", -10), text=alt.Text("text:N")),
        ]
    texts = [{"limit": each, "text": card.language.number(each, 2 if each % 1 else 0)} for each in limits]
    layers.append(
        alt.Chart(rows(texts))
        .mark_text(baseline="middle", color=MUTED, fontSize=SIZE["small"])
        .encode(x=alt.X("limit:Q", axis=None, scale=x), y=at("y", height + 12), text=alt.Text("text:N"))
    )
    return layers


def indicator_table(card: Scorecard) -> Table | Callout:
    """Every indicator with its score, band, coverage and confidence.

    Returns
    -------
    Table or Callout
        ``tbl-indicators``; a notice when there is no assessment, or it has no scores in the data.
    """
    ratings = rate(card)
    if ratings is None:
        return _no_assessment(card)
    if not ratings.scored:
        return missing(card, "scores", assessment=assessment_name(card))
    body: list[Row] = []
    for kpi in ratings.kpis():
        body.append(_indicator_row(card, kpi, "highlight"))
        body += [_indicator_row(card, part) for part in ratings.parts(kpi.code)]
    caption = card.language.label(
        "figures.indicator_table.caption",
        organisation=card.organisation.abbreviation,
        assessment=assessment_name(card),
    )
    return table("tbl-indicators", caption, _columns(card), body, ratings.source)


def _columns(card: Scorecard) -> list[Column]:
    label = card.language.label
    return [
        Column(label("figures.column.indicator")),
        Column(label("figures.column.title")),
        Column(label("figures.column.score"), "decimal"),
        Column(label("figures.column.band")),
        Column(label("figures.column.coverage")),
        Column(label("figures.column.confidence")),
    ]


def _indicator_row(card: Scorecard, each: Shown, kind: Kind | None = None) -> Row:
    wanted = kind or ("highlight" if each.level == "kpi" else "body")
    rating = f"{each.mark} {each.band_title}".strip()
    title = origins(card).indicator(each.code)
    return row(
        [
            cell(each.name, title),
            cell(each.title, title),
            each.printed,
            rating,
            each.coverage,
            each.confidence,
        ],
        wanted,
        origins(card).score(each.code, each.band) or title,
    )


def _no_assessment(card: Scorecard) -> Callout:
    if card.assessment is None:
        return missing(card, "assessment", organisation=card.organisation.abbreviation)
    return missing(
        card,
        "framework",
        assessment=assessment_name(card),
        framework=card.assessment.framework,
    )
