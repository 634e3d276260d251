"""How relevant an organisation is to Dutch policy: the card's table, and the same as a chart.

Imports scoring, the theme and parts; rates nothing itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from scorelib.document.nodes import Callout, Column, Figure, Row, Table
from scorelib.figures.layers import unchecked
from scorelib.figures.parts import cell, figure, joined, missing, row, source_line, table, wrapped
from scorelib.figures.theme import (
    GRID,
    INK,
    MUTED,
    SIZE,
    WIDTH,
    at,
    canvas,
    rows,
    written,
)
from scorelib.prose.origins import origins
from scorelib.scoring.relevance import WORDS, rated
from scorelib.scoring.rows import records

if TYPE_CHECKING:
    from scorelib.data.scorecard import Scorecard

__all__ = ["relevance", "relevance_chart"]

LEFT, RIGHT, TOP, ROW, LINE = 270, 14, 34, 38, 15
DOT = "#2468b0"


def relevance(card: Scorecard) -> Table | Callout:
    """Every policy priority with its rating, in the order of the ministry's card.

    Returns
    -------
    Table or Callout
        ``tbl-relevance``; a notice when nothing was rated.
    """
    found, lang = _rated(card), card.language
    if not found:
        return _nothing(card)
    return table(
        "tbl-relevance",
        lang.label("figures.relevance_table.caption", **_fields(card)),
        _columns(card),
        [_theme_row(card, each) for each in found],
        source_line(card, card["relevance"]["source"]),
    )


def relevance_chart(card: Scorecard) -> Figure | Callout:
    """The policy priorities on the scale of four words, the most relevant first.

    Returns
    -------
    Figure or Callout
        ``fig-relevance``; a notice when nothing was rated.
    """
    found, lang = _rated(card), card.language
    if not found:
        return _nothing(card)
    # Sorting is stable: what is rated alike stays in the order of the card; unrated goes last.
    ordered = sorted(found, key=lambda each: -each["step"])
    per_word = joined(
        f"{lang.label(f'rating.{word}')}: {', '.join(names)}"
        for word in WORDS
        if (names := [each["title"] for each in ordered if each["rating"] == word])
    )
    return figure(
        card,
        "relevance",
        _chart(card, ordered),
        alt_text=lang.label(
            "figures.relevance.alt",
            count=len(ordered),
            highly=sum(each["rating"] == WORDS[0] for each in ordered),
            words=per_word,
            **_fields(card),
        ),
        columns=_columns(card),
        body=[_theme_row(card, each) for each in ordered],
        source=source_line(card, card["relevance"]["source"]),
        **_fields(card),
    )


def _theme_row(card: Scorecard, each: dict[str, Any]) -> Row:
    title = origins(card).theme(each["theme"])
    return row([cell(each["title"], title), each["word"]], origin=origins(card).relevance(each["theme"]))


@unchecked
def _chart(card: Scorecard, ordered: list[dict[str, Any]]) -> dict[str, Any]:
    lang, steps = card.language, len(WORDS)
    plot, height = WIDTH - LEFT - RIGHT, ROW * len(ordered)
    x_scale = alt.Scale(domain=[-0.5, steps - 0.5], nice=False)
    y_scale = alt.Scale(domain=[0, len(ordered)], nice=False, reverse=True)
    for number, each in enumerate(ordered):
        each["row"] = number + 0.5
        each["top"] = each["row"] - each["short"].count("\n") * LINE / 2 / ROW

    def placed(data: list[dict[str, Any]]) -> alt.Chart:
        return alt.Chart(rows(data)).encode(
            x=alt.X("step:Q", axis=None, scale=x_scale), y=alt.Y("row:Q", axis=None, scale=y_scale)
        )

    scale = [
        {"step": place, "text": lang.label(f"rating.{word}"), "row": 0.0}
        for place, word in enumerate(reversed(WORDS))
    ]
    empty = [
        {"step": place, "row": each["row"]}
        for each in ordered
        for place in range(steps)
        if place != each["step"]
    ]
    known = [each for each in ordered if each["step"] >= 0]
    unknown = [each for each in ordered if each["step"] < 0]
    tooltip = [
        alt.Tooltip("title:N", title=lang.label("figures.column.theme")),
        alt.Tooltip("word:N", title=lang.label("figures.column.rating")),
    ]
    layers = [
        placed(ordered).mark_rule(color=GRID).encode(x=at("x", 38), x2=at("x2", plot - 38)),
        placed(empty).mark_circle(size=34, opacity=1, color=GRID),
        placed(known).mark_circle(size=210, opacity=1, color=DOT).encode(tooltip=tooltip),
        written(
            placed(ordered),
            "short",
            align="left",
            lineHeight=LINE,
            color=INK,
            fontSize=SIZE["body"],
        ).encode(x=at("x", 4 - LEFT), y=alt.Y("top:Q", axis=None, scale=y_scale)),
        written(placed(scale), "text", color=MUTED, fontSize=SIZE["small"]).encode(y=at("y", -16)),
    ]
    if unknown:
        layers.append(
            written(placed(unknown), "word", color=MUTED, fontSize=SIZE["small"]).encode(x=at("x", plot / 2))
        )
    return canvas(layers, (plot, height), (LEFT, RIGHT, TOP, 4))


def _rated(card: Scorecard) -> list[dict[str, Any]]:
    """Themes with their word and its place on the scale, from 0; -1 for what was not rated."""
    if card["relevance"].empty:
        return []
    lang = card.language
    found: list[dict[str, Any]] = []
    for each in records(rated(card["relevance"], card["themes"])):
        known = pd.notna(each["rating"])
        title = lang.pick(each, "title")
        found.append(
            {
                "theme": str(each["theme"]),
                "title": title,
                "short": wrapped(title, 38),
                "rating": str(each["rating"]) if known else "",
                "word": lang.label(f"rating.{each['rating']}" if known else "figures.not_rated"),
                "step": len(WORDS) - 1 - WORDS.index(each["rating"]) if known else -1,
            }
        )
    return found


def _fields(card: Scorecard) -> dict[str, Any]:
    return {"organisation": card.organisation.abbreviation, "year": card.year}


def _columns(card: Scorecard) -> list[Column]:
    label = card.language.label
    return [Column(label("figures.column.theme")), Column(label("figures.column.rating"))]


def _nothing(card: Scorecard) -> Callout:
    return missing(card, "relevance", **_fields(card))
