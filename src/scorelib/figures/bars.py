"""Lying bars in which kinds of money stand behind each other, with names before and totals behind.

Imports the theme and parts; knows nothing of organisations or donors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from scorelib.figures.parts import millions, unit
from scorelib.figures.theme import INK, KINDS, MUTED, PAPER, SIZE, WIDTH, at, canvas, rows, written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scorelib.figures.stack import Series
    from scorelib.language import Language

__all__ = ["Bar", "bars"]

STEP, THICK, TOP, RIGHT = 27, 17, 30, 66
LETTER = 7.4
"""Pixels of a letter of the body size, at most on average."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its amounts by kind in units of a currency, and what they come to."""

    name: str
    amounts: Mapping[str, float]
    total: float


def bars(lang: Language, series: Sequence[Series], given: Sequence[Bar], currency: str) -> dict[str, Any]:
    """The bars in the order in which they are given.

    Parameters
    ----------
    lang
        Language of numbers.
    series
        The kinds, from the axis outwards.
    given
        The bars. Negative amounts, which are refunds, hang to the left of the axis.
    currency
        ISO code.
    """
    segments = [each for place, bar in enumerate(given) for each in _segments(lang, series, place, bar)]
    left = 16 + min(240, round(LETTER * max((len(bar.name) for bar in given), default=1)))
    low = min([0.0, *(each["start"] for each in segments), *(each["end"] for each in segments)])
    high = max([1.0, *(each["start"] for each in segments), *(each["end"] for each in segments)])
    x_scale = alt.Scale(domain=[low, high], nice=False)
    y_scale = alt.Scale(domain=[-0.5, len(given) - 0.5], nice=False, reverse=True)
    y = alt.Y("place:Q", axis=None, scale=y_scale)
    names = [{"place": place, "name": bar.name} for place, bar in enumerate(given)]
    ends = [
        {
            "place": place,
            "end": max([0.0, *(each["end"] for each in segments if each["place"] == place)]),
            "label": millions(lang, bar.total),
        }
        for place, bar in enumerate(given)
    ]
    base = alt.Chart(rows(segments))
    layers: list[alt.Chart] = [
        base.mark_bar(height=THICK, stroke=PAPER, strokeWidth=1).encode(
            y=y,
            x=alt.X("start:Q", axis=None, scale=x_scale),
            x2=alt.X2("end:Q"),
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(
                    domain=[each.kind for each in series], range=[KINDS[each.kind] for each in series]
                ),
            ),
            tooltip=[
                alt.Tooltip("bar:N", title=" "),
                alt.Tooltip("name:N", title=lang.label("figures.column.kind")),
                alt.Tooltip("label:N", title=unit(lang, currency)),
            ],
        ),
        written(alt.Chart(rows(names)), "name", align="left", color=INK, fontSize=SIZE["body"]).encode(
            y=y, x=at("x", 4 - left)
        ),
        written(alt.Chart(rows(ends)), "label", align="left", dx=6, color=INK, fontSize=SIZE["body"]).encode(
            y=y, x=alt.X("end:Q", axis=None, scale=x_scale)
        ),
    ]
    place = 0.0
    for each in series:
        layers += [
            alt.Chart(rows([{"kind": each.kind}]))
            .mark_square(size=110, opacity=1, color=KINDS[each.kind])
            .encode(x=at("x", place + 6), y=at("y", -16)),
            written(
                alt.Chart(rows([{"text": each.label}])),
                "text",
                align="left",
                color=MUTED,
                fontSize=SIZE["small"],
            ).encode(x=at("x", place + 16), y=at("y", -16)),
        ]
        place += 34 + LETTER * len(each.label)
    return canvas(layers, (WIDTH - left - RIGHT, STEP * max(1, len(given))), (left, RIGHT, TOP, 4))


def _segments(lang: Language, series: Sequence[Series], place: int, bar: Bar) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    up = down = 0.0
    for each in series:
        amount = bar.amounts.get(each.kind)
        if amount is None or pd.isna(amount) or amount == 0:
            continue
        value = round(float(amount) / 1e6, 6)
        start = up if value > 0 else down
        end = round(start + value, 6)
        up, down = (end, down) if value > 0 else (up, end)
        found.append(
            {
                "place": place,
                "bar": bar.name,
                "kind": each.kind,
                "name": each.label,
                "start": start,
                "end": end,
                "label": millions(lang, amount),
            }
        )
    return found
