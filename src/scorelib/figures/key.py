"""The key of ratings below a chart: mark, colour, name and span of each band; N/E and N/A.

Imports the theme and, for types, ratings; places everything in pixels, so it needs no scale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from scorelib.figures.theme import (
    BANDS,
    INK,
    MARKS,
    MUTED,
    at,
    ink_on,
    rows,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scorelib.figures.ratings import Band

__all__ = ["height", "key", "outline"]

LINE, COLUMN, PER_LINE = 22, 214, 3


def height(entries: int) -> int:
    """How many pixels a key of so many entries takes."""
    return LINE * -(-entries // PER_LINE) + 4


def key(bands: Sequence[Band], without: Sequence[tuple[str, str]], x: float, y: float) -> list[alt.Chart]:
    """The key, three entries to a line, downwards first.

    Parameters
    ----------
    bands
        The bands, best first.
    without
        What else there is: N/E or N/A, and what it means.
    x, y
        Where its top left corner is, in pixels from that of the plot.
    """
    entries = [(each.band, MARKS.get(each.band, ""), f"{each.title} {each.span}") for each in bands]
    entries += [(state, state, meaning) for state, meaning in without]
    lines = -(-len(entries) // PER_LINE)
    layers: list[alt.Chart] = []
    for number, (name, mark, text) in enumerate(entries):
        left, middle = x + COLUMN * (number // lines), y + LINE * (number % lines) + 11
        colour = BANDS.get(name)
        look: dict[str, Any] = {"fill": colour} if colour else outline(name)
        layers += [
            alt.Chart(rows([{"text": text}]))
            .mark_rect(**look)
            .encode(
                x=at("x", left),
                x2=at("x2", left + 30),
                y=at("y", middle - 8),
                y2=at("y2", middle + 8),
            ),
            _text(mark, left + 15, middle, "center", ink_on(colour) if colour else MUTED),
            _text(text, left + 37, middle, "left", INK),
        ]
    return layers


def outline(state: str) -> dict[str, Any]:
    """How a place without a band looks: dashed without evidence, shaded when not applicable."""
    look: dict[str, Any] = {"fill": MUTED, "fillOpacity": 0, "stroke": MUTED, "strokeWidth": 1}
    if state == "N/E":
        return look | {"strokeWidth": 1.5, "strokeDash": [3, 3]}
    return look | {"fillOpacity": 0.16, "strokeWidth": 0} if state == "N/A" else look


def _text(text: str, x: float, y: float, align: Any, colour: str) -> alt.Chart:
    base = alt.Chart(rows([{"text": text}])).encode(x=at("x", x), y=at("y", y))
    return written(base, "text", align=align, color=colour)
