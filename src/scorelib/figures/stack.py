"""Stacked bars over the years, with direct labels, that can go below zero.

Imports the theme and parts; knows nothing of donors or revenue.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from scorelib.figures.layers import unchecked
from scorelib.figures.parts import millions, spread, unit
from scorelib.figures.theme import (
    INK,
    KINDS,
    MUTED,
    PAPER,
    SIZE,
    WIDTH,
    at,
    canvas,
    rows,
    ticks,
    value_axis,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scorelib.language import Language

__all__ = ["Series", "stacked"]

LEFT, RIGHT, TOP, HEIGHT = 52, 160, 34, 260


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of money in a stack: its column and its name; the theme has its colour."""

    kind: str
    label: str


@unchecked
def stacked(
    lang: Language,
    series: Sequence[Series],
    amounts: Mapping[int, Mapping[str, float]],
    currency: str,
    *,
    decimals: int,
    notes: tuple[str, Mapping[int, str]] | None = None,
) -> dict[str, Any]:
    """Bars of one year each, in which the kinds stand on each other.

    Parameters
    ----------
    lang
        Language of numbers.
    series
        The kinds, from the axis outwards.
    amounts
        Per year the amount of each kind in units of `currency`; NaN or absent for none. Negative
        amounts hang below zero: taken off the positive ones, they would be hidden.
    currency
        ISO code.
    decimals
        Of the totals above the bars, in millions.
    notes
        A word, and a text per year that stands below the year, such as a rank.

    Returns
    -------
    dict
        640 px wide over all. The name and last amount of each kind stand beside the last bar.
    """
    segments = [each for year in amounts for each in _segments(lang, series, year, amounts[year])]
    edges = [each[side] for each in segments for side in ("start", "end")]
    marks = ticks(min(edges, default=0.0), max(edges, default=0.0))
    y_scale = alt.Scale(domain=[marks[0], marks[-1]], nice=False)
    x_scale = alt.Scale(domain=sorted(amounts), paddingInner=0.28, paddingOuter=0.14)
    plot = WIDTH - LEFT - RIGHT
    whole = unit(lang, currency)
    x = alt.X("year:O", axis=None, scale=x_scale)
    axis = value_axis(marks, [lang.number(mark, 0 if marks[-1] > 5 else 1) for mark in marks])
    bars = (
        alt.Chart(rows(segments))
        .mark_bar(stroke=PAPER, strokeWidth=1)
        .encode(
            x=x,
            y=alt.Y("start:Q", axis=axis, scale=y_scale),
            y2=alt.Y2("end:Q"),
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(
                    domain=[each.kind for each in series],
                    range=[KINDS[each.kind] for each in series],
                ),
            ),
            tooltip=[
                alt.Tooltip("year:O", title=lang.label("figures.column.year")),
                alt.Tooltip("name:N", title=lang.label("figures.column.kind")),
                alt.Tooltip("label:N", title=whole),
            ],
        )
    )
    below = TOP + HEIGHT + (62 if notes else 30)
    layers = [
        bars,
        _zero(y_scale),
        *_totals(lang, segments, amounts, decimals=decimals, x=x, y_scale=y_scale),
        _under(sorted(amounts), {year: str(year) for year in amounts}, x, 18, INK),
        _one_text(whole, -LEFT + 4, -22, MUTED),
        *_names(lang, series, segments, last=max(amounts), domain=(marks[0], marks[-1]), plot=plot),
    ]
    if notes:
        layers += [
            _under(sorted(amounts), notes[1], x, 42, MUTED),
            _one_text(notes[0], -LEFT + 4, HEIGHT + 42, MUTED),
        ]
    return canvas(layers, (plot, HEIGHT), (LEFT, RIGHT, TOP, below - TOP - HEIGHT))


def _segments(
    lang: Language, series: Sequence[Series], year: int, amounts: Mapping[str, float]
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    up = down = 0.0
    for each in series:
        amount = amounts.get(each.kind)
        if amount is None or pd.isna(amount) or amount == 0:
            continue
        value = round(amount / 1e6, 6)
        start = up if value > 0 else down
        end = round(start + value, 6)
        up, down = (end, down) if value > 0 else (up, end)
        found.append(
            {
                "year": int(year),
                "kind": each.kind,
                "name": each.label,
                "start": start,
                "end": end,
                "label": millions(lang, amount),
            }
        )
    return found


def _zero(y_scale: alt.Scale) -> alt.Chart:
    base = alt.Chart(rows([{"zero": 0}]))
    made: alt.Chart = base.mark_rule(color=MUTED).encode(y=alt.Y("zero:Q", scale=y_scale))
    return made


def _totals(
    lang: Language,
    segments: Sequence[dict[str, Any]],
    amounts: Mapping[int, Mapping[str, float]],
    *,
    decimals: int,
    x: alt.X,
    y_scale: alt.Scale,
) -> list[alt.Chart]:
    tops = []
    for year in amounts:
        own = [each for each in segments if each["year"] == year]
        known = [value for value in amounts[year].values() if pd.notna(value)]
        if own:
            tops.append(
                {
                    "year": int(year),
                    "top": max(0.0, *(each["end"] for each in own)),
                    "label": millions(lang, math.fsum(known), decimals),
                }
            )
    base = alt.Chart(rows(tops)).encode(x=x, y=alt.Y("top:Q", scale=y_scale), text=alt.Text("label:N"))
    look: dict[str, Any] = {"baseline": "bottom", "dy": -3, "fontSize": SIZE["small"]}
    # A halo of the page's colour keeps the grid from striking the figures through.
    halo = base.mark_text(**look, color=PAPER, stroke=PAPER, strokeWidth=4)
    return [halo, base.mark_text(**look, color=INK)]


def _under(years: Sequence[int], texts: Mapping[int, str], x: alt.X, down: int, colour: str) -> alt.Chart:
    data = rows([{"year": int(year), "text": texts[year]} for year in years])
    made: alt.Chart = written(alt.Chart(data), "text", color=colour).encode(x=x, y=at("y", HEIGHT + down))
    return made


def _one_text(text: str, x: float, y: float, colour: str) -> alt.Chart:
    base = alt.Chart(rows([{"text": text}])).encode(x=at("x", x), y=at("y", y))
    return written(base, "text", align="left", color=colour)


def _names(
    lang: Language,
    series: Sequence[Series],
    segments: Sequence[dict[str, Any]],
    *,
    last: int,
    domain: tuple[float, float],
    plot: int,
) -> list[alt.Chart]:
    """The kinds by name beside the last bar, moved apart where slices are thin."""
    there = {each.kind for each in series} & {each["kind"] for each in segments}
    now = {each["kind"]: each for each in segments if each["year"] == last}
    wanted: list[float] = []
    level = 0.0
    for each in series:
        own = now.get(each.kind)
        level = (own["start"] + own["end"]) / 2 if own else level
        wanted.append(HEIGHT * (domain[1] - level) / (domain[1] - domain[0]))
    shown = [each for each in series if each.kind in there]
    places = spread(
        [place for each, place in zip(series, wanted, strict=True) if each.kind in there],
        gap=19,
        low=6,
        high=HEIGHT - 6,
    )
    layers: list[alt.Chart] = []
    for each, place in zip(shown, places, strict=True):
        amount = now[each.kind]["label"] if each.kind in now else lang.number(0, 1)
        text = f"{each.label} {amount}"
        layers += [
            alt.Chart(rows([{"kind": each.kind}]))
            .mark_square(size=110, opacity=1, color=KINDS[each.kind])
            .encode(x=at("x", plot + 10), y=at("y", place)),
            _one_text(text, plot + 21, place, INK),
        ]
    return layers
