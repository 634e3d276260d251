"""The geometry of the wheel: sectors, labels and key, as one Altair chart.

Imports the theme, ratings and parts; knows no scorecard, and words nothing itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt

from scorelib.figures.key import height as key_height
from scorelib.figures.key import key, outline
from scorelib.figures.layers import unchecked
from scorelib.figures.parts import wrapped
from scorelib.figures.theme import (
    BANDS,
    INK,
    MUTED,
    PAPER,
    SIZE,
    WIDTH,
    canvas,
    ink_on,
    rows,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scorelib.figures.ratings import Ratings, Shown

__all__ = ["Words", "drawn"]

NARROW = 25  # pixels that a score takes; in a narrower sector the mark alone is printed
TIGHT, LINE = 11.0, 15
AREA_GAP = 0.045  # radians between performance areas, so that they read as groups


@dataclass(frozen=True, slots=True)
class _Rings:
    """Radii in pixels, from the centre outwards; `score` and `mark` are where texts stand."""

    centre: float
    inner: float
    mark: float
    score: float
    outer: float
    codes: float


LARGE = _Rings(62, 138, 165, 216, 238, 254)
SMALL = _Rings(52, 116, 139, 166, 186, 202)
FEW = 16
"""Up to so many micro-indicators a smaller wheel has room for its texts."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the wheel says, in the report's language."""

    centre: str
    areas: Mapping[str, str]
    no_evidence: str
    not_applicable: str
    indicator: str
    title: str
    score: str
    band: str
    confidence: str
    coverage: str


@unchecked
def drawn(ratings: Ratings, kpis: Sequence[Shown], words: Words) -> dict[str, Any]:
    """The wheel of some key performance indicators.

    Parameters
    ----------
    ratings
        The assessment, for micro-indicators and bands.
    kpis
        The key performance indicators around the centre, clockwise from the top.
    words
        Its texts.

    Returns
    -------
    dict
        640 px wide, with the key below it. Sectors are as wide as their micro-indicators are many.
    """
    parts = sum(len(ratings.parts(kpi.code)) for kpi in kpis)
    rings = SMALL if parts <= FEW else LARGE
    sectors = _sectors(ratings, kpis, rings)
    known = any(each["state"] != "none" for each in sectors)
    without = [("N/E", words.no_evidence), ("N/A", words.not_applicable)]
    radius = rings.codes + 14
    below = key_height(len(ratings.bands) + len(without)) if known else 2
    # Arcs turn around the middle of the plot, so the key stands below it, in the padding.
    height = round(2 * radius)
    frame = _Frame(
        alt.Scale(domain=[0, WIDTH], nice=False, zero=False),
        alt.Scale(domain=[0, height], nice=False, zero=False, reverse=True),
        (WIDTH / 2, height / 2),
    )
    middle = frame.middle
    layers = [
        *_arcs(sectors, words, rings.outer),
        *_inside(sectors, frame, rings),
        frame.text(
            [{"x": middle[0], "y": middle[1], "text": wrapped(words.centre, 14)}],
            fontSize=SIZE["strong"],
            fontWeight="bold",
        ),
        *_areas(sectors, words, frame),
        *(key(ratings.bands, without, 4, height) if known else []),
    ]
    return canvas(layers, (WIDTH, height), (0, 0, 2, below))


@dataclass(frozen=True, slots=True)
class _Frame:
    """Pixel coordinates from the top left, for everything that is not an arc."""

    x: alt.Scale
    y: alt.Scale
    middle: tuple[float, float]

    def at(self, angle: float, radius: float) -> dict[str, float]:
        """A point by its angle, clockwise from the top, and its distance from the centre."""
        return {
            "x": round(self.middle[0] + radius * math.sin(angle), 2),
            "y": round(self.middle[1] - radius * math.cos(angle), 2),
        }

    def placed(self, data: Sequence[dict[str, Any]]) -> alt.Chart:
        return alt.Chart(rows(data)).encode(
            x=alt.X("x:Q", axis=None, scale=self.x), y=alt.Y("y:Q", axis=None, scale=self.y)
        )

    def text(self, data: Sequence[dict[str, Any]], **options: Any) -> alt.Chart:
        """Text in the middle of its point; Vega would hang lines after the first one below it."""
        settings: dict[str, Any] = {"align": "center", "color": INK, "lineHeight": LINE}
        shifted = [
            each | {"y": round(each["y"] - each["text"].count("\n") * LINE / 2, 2)}
            if "baseline" not in options
            else each
            for each in data
        ]
        return written(self.placed(shifted), "text", **settings | options)


def _sectors(ratings: Ratings, kpis: Sequence[Shown], rings: _Rings) -> list[dict[str, Any]]:
    """Angles and radii of every sector, KPIs and micro-indicators."""
    spans = [max(1, len(ratings.parts(kpi.code))) for kpi in kpis]
    areas = [kpi.area for kpi in kpis]
    breaks = [number for number in range(len(kpis)) if areas[number] != areas[number - 1]]
    step = (2 * math.pi - AREA_GAP * len(breaks)) / sum(spans)
    found: list[dict[str, Any]] = []
    angle = 0.0
    for number, (kpi, span) in enumerate(zip(kpis, spans, strict=True)):
        angle += AREA_GAP / 2 if number in breaks else 0
        found.append(_sector(kpi, angle, angle + span * step, (rings.centre, rings.inner)))
        for place, part in enumerate(ratings.parts(kpi.code)):
            start = angle + place * step
            found.append(_sector(part, start, start + step, (rings.inner, rings.outer)))
        angle += span * step
        angle += AREA_GAP / 2 if (number + 1) % len(kpis) in breaks else 0
    return found


def _sector(each: Shown, start: float, end: float, ring: tuple[float, float]) -> dict[str, Any]:
    return {
        "code": each.code,
        "name": each.name,
        "level": each.level,
        "area": each.area,
        "title": each.title,
        "state": each.state,
        "score": each.printed,
        "band": each.band,
        "mark": each.mark,
        "rating": each.band_title,
        "confidence": each.confidence,
        "coverage": each.coverage,
        "start": round(start, 5),
        "end": round(end, 5),
        "near": ring[0],
        "far": ring[1],
    }


def _arcs(sectors: Sequence[dict[str, Any]], words: Words, outer: float) -> list[alt.Chart]:
    """One layer per look: a band's colour, or an outline that says there is no score."""
    looks: list[tuple[list[dict[str, Any]], dict[str, Any]]] = [
        (
            [each for each in sectors if each["band"] == band],
            {"fill": colour, "stroke": PAPER, "strokeWidth": 1.5},
        )
        for band, colour in BANDS.items()
    ]
    looks += [
        ([each for each in sectors if not each["band"] and each["state"] == state], outline(state))
        for state in ("N/E", "N/A", "none", "scored")
    ]
    return [_arc(data, look, words, outer) for data, look in looks if data]


def _arc(data: list[dict[str, Any]], look: dict[str, Any], words: Words, outer: float) -> alt.Chart:
    angles = alt.Scale(domain=[0, 6.28319], range=[0, 6.28319], nice=False, zero=False)
    radii = alt.Scale(domain=[0, outer], range=[0, outer], nice=False, zero=False, type="linear")
    made: alt.Chart = (
        alt.Chart(rows(data))
        .mark_arc(**look)
        .encode(
            theta=alt.Theta("start:Q", scale=angles, stack=None),
            theta2=alt.Theta2("end:Q"),
            radius=alt.Radius("near:Q", scale=radii, stack=None),
            radius2=alt.Radius2("far:Q"),
            tooltip=[
                alt.Tooltip("name:N", title=words.indicator),
                alt.Tooltip("title:N", title=words.title),
                alt.Tooltip("score:N", title=words.score),
                alt.Tooltip("rating:N", title=words.band),
                alt.Tooltip("confidence:N", title=words.confidence),
                alt.Tooltip("coverage:N", title=words.coverage),
            ],
        )
    )
    return made


def _inside(sectors: Sequence[dict[str, Any]], frame: _Frame, rings: _Rings) -> list[alt.Chart]:
    """Codes, scores and marks; on a colour in the tone that can be read on it."""
    texts: dict[tuple[str, float, str], list[dict[str, Any]]] = {}

    def put(each: dict[str, Any], tone: str, size: float, weight: str = "normal") -> None:
        texts.setdefault((tone, size, weight), []).append(each)

    for each in sectors:
        tone = ink_on(BANDS[each["band"]]) if each["band"] else MUTED
        angle, known = (each["start"] + each["end"]) / 2, each["state"] != "none"
        if each["level"] == "kpi":
            place = frame.at(angle, (rings.centre + rings.inner) / 2 + 4)
            lines = [part for part in (each["score"], each["mark"]) if part] if known else []
            top = place["y"] - LINE * len(lines) / 2
            put(place | {"y": top, "text": each["name"]}, tone, SIZE["body"], "bold")
            for number, line in enumerate(lines, 1):
                put(place | {"y": top + LINE * number, "text": line}, tone, SIZE["body"])
            continue
        middle = (rings.inner + rings.outer) / 2
        code = frame.at(angle, rings.codes if known else middle) | {"text": each["code"]}
        put(code, INK, SIZE["small"])
        if each["mark"]:
            # Score and mark stand behind each other, not below: at three o'clock a sector is low.
            wide = (each["end"] - each["start"]) * rings.score >= NARROW
            put(frame.at(angle, rings.mark) | {"text": each["mark"]}, tone, SIZE["small"])
            if wide:
                put(frame.at(angle, rings.score) | {"text": each["score"]}, tone, TIGHT)
        elif known:
            put(frame.at(angle, middle) | {"text": each["score"]}, tone, TIGHT)
    return [
        frame.text(data, color=tone, fontSize=size, fontWeight=weight)
        for (tone, size, weight), data in texts.items()
    ]


def _areas(sectors: Sequence[dict[str, Any]], words: Words, frame: _Frame) -> list[alt.Chart]:
    """The performance areas, outside the wheel where their sectors are."""
    layers: list[alt.Chart] = []
    names = list(dict.fromkeys(each["area"] for each in sectors))
    if len(names) == 1:  # the centre already says it
        return layers
    for area in names:
        own = [each for each in sectors if each["area"] == area]
        angle = (min(each["start"] for each in own) + max(each["end"] for each in own)) / 2
        right, top = math.sin(angle) >= 0, math.cos(angle) >= 0
        text = {
            "x": WIDTH - 4.0 if right else 4.0,
            "y": 18.0 if top else 2 * frame.middle[1] - 18,
            "text": wrapped(words.areas[area], 14),
        }
        layers.append(
            frame.text(
                [text],
                align="right" if right else "left",
                baseline="top" if top else "bottom",
                color=MUTED,
                fontSize=SIZE["body"],
            )
        )
    return layers
