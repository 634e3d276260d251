"""How every chart looks: colours, type, numbers on axes, and the specification that travels.

Imports altair, layers and the language only; knows no data and no scorecard.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, Literal

import altair as alt

from scorelib.figures.layers import as_dict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scorelib.language import Language

__all__ = [
    "BANDS",
    "DUTCH",
    "GRID",
    "INK",
    "KINDS",
    "MARKS",
    "MUTED",
    "OTHERS",
    "PAPER",
    "SIZE",
    "WIDTH",
    "at",
    "canvas",
    "config",
    "ink_on",
    "rows",
    "spec",
    "ticks",
    "value_axis",
    "written",
]

INK = "#1b1f24"
MUTED = "#57606a"
GRID = "#d8dee4"
PAPER = "#ffffff"
"""Text, lines and separators use these four and no other: the HTML writer turns exactly these into
variables of the page, so that a chart follows dark mode."""

ON_DEEP = "#fdfdfd"
ON_BRIGHT = "#000001"
"""Text on top of a data colour. Data colours stay as they are in dark mode, so the text on them
must stay too: it is a hair off white and black on purpose, and not one of the four."""

BANDS = {
    "highly-satisfactory": "#2468b0",
    "satisfactory": "#3f9c8d",
    "unsatisfactory": "#c4831c",
    "highly-unsatisfactory": "#bd3a2b",
}
MARKS = {
    "highly-satisfactory": "++",
    "satisfactory": "+",
    "unsatisfactory": "−",
    "highly-unsatisfactory": "−−",
}
"""What says the band without colour."""

KINDS = {
    "earmarked": "#c4781c",
    "unearmarked": "#2468b0",
    "assessed": "#4aa18f",
    "other": "#67707c",
}
"""Kinds of money, in the order in which they are stacked from the axis outwards."""

DUTCH = "#8559c4"
OTHERS = "#67707c"
"""The Netherlands, and everybody else. All data colours keep 3:1 against white and #161b22, and
stay apart for readers who do not see red, green or blue (tests/figures/test_theme.py measures)."""

WIDTH = 640
"""Pixels over all, axes and labels with it; printed 16 cm wide, a pixel is 0.25 mm."""

SIZE = {"small": 11.5, "body": 12.5, "strong": 13.5}
"""Type sizes in pixels: 11.5 px is 8 points on A4."""

FONT = "Open Sans"

# XML forbids these, and vl-convert aborts its whole process on them.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# The same in JSON, which writes some of them with a backslash.
_SUSPECT = re.compile(r"\\[bfru]|[\x7f\ud800-\udfff\ufffe\uffff]")

_BRIGHT = 0.175  # relative luminance from which black text has 4.5:1, and below which white has


def config() -> dict[str, Any]:
    """The Vega-Lite configuration that all charts share.

    Returns
    -------
    dict
        A new one each time, of plain JSON values.
    """
    return {
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "domain": False,
            "ticks": False,
            "grid": False,
            "gridColor": GRID,
            "gridWidth": 1,
            "labelColor": MUTED,
            "labelFont": FONT,
            "labelFontSize": SIZE["small"],
            "labelPadding": 6,
            "labelLimit": 0,
            "title": None,
        },
        "text": {"font": FONT, "fontSize": SIZE["small"], "color": INK, "limit": 0},
        "rule": {"color": GRID},
        "legend": {"disable": True},
    }


def rows(values: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Rows of a chart as inline data: no random names, no reference to a file.

    A dictionary, not an `altair.Data`: that one checks every row against the schema when it is made.
    """
    return {"values": list(values)}


_CHANNELS: dict[str, Callable[[float], Any]] = {
    "x": alt.XValue,
    "y": alt.YValue,
    "x2": alt.X2Value,
    "y2": alt.Y2Value,
}


def canvas(
    layers: Sequence[alt.Chart], size: tuple[int, int], padding: tuple[int, int, int, int]
) -> dict[str, Any]:
    """Layers on one plot, 640 pixels wide with what stands around it, as a specification.

    Parameters
    ----------
    layers
        From back to front.
    size
        Width and height of the plot itself.
    padding
        Room at the left, right, top and bottom, for labels. It is given, not measured: then two
        machines with other fonts make the same picture.

    Notes
    -----
    `altair.layer` copies every layer deeply, twice, to find parameters and data that they share. Ours
    share none, and a report has 160 layers.
    """
    return {
        "$schema": alt.SCHEMA_URL,
        "layer": [as_dict(layer) for layer in layers],
        "width": size[0],
        "height": size[1],
        "padding": dict(zip(("left", "right", "top", "bottom"), padding, strict=True)),
        "autosize": {"type": "none"},
    }


def at(channel: Literal["x", "y", "x2", "y2"], pixel: float) -> Any:
    """A fixed place in pixels from the top left of the plot, for ``encode(x=at("x", 4))``.

    `altair.value` would do, but then Altair looks up and checks the channel at each use, which
    takes as long as drawing it.
    """
    return _CHANNELS[channel](pixel)


def written(base: alt.Chart, column: str, **look: Any) -> alt.Chart:
    """The text of a column at the points of a chart, in the middle of its line."""
    settings = {"baseline": "middle", "lineBreak": "\n"} | look
    made: alt.Chart = base.mark_text(**settings).encode(text=alt.Text(f"{column}:N"))
    return made


def spec(chart: Mapping[str, Any], lang: Language, description: str) -> dict[str, Any]:
    """The Vega-Lite specification of a chart, ready to travel.

    Parameters
    ----------
    chart
        What `canvas` made.
    lang
        Language of its texts.
    description
        Its alternative text, which assistive technology reads on the interactive chart.

    Returns
    -------
    dict
        Plain JSON values, the same each time: inline data, no NaN, no character that XML forbids,
        no address but ``$schema``.

    Notes
    -----
    Numbers that a reader sees are formatted beforehand, by Babel, and stand in the data as text:
    D3 has its own idea of a locale, and knows no true minus sign.
    """
    # Checking a chart against the schema takes longer than making it; the tests do that.
    made = dict(chart)
    # Altair's schema refuses a background of null, which Vega-Lite takes for none at all; a colour
    # named "transparent" would put a rectangle into the SVG.
    made["background"] = None
    made["config"] = config()
    made["description"] = description
    made["usermeta"] = {"lang": lang.tag, "embedOptions": {"actions": False, "renderer": "svg"}}
    try:
        text = json.dumps(made, ensure_ascii=False, allow_nan=False)
    except ValueError:  # a number that is none
        return {key: _clean(value) for key, value in made.items()}
    # Nearly every chart is clean, and one look at it as a whole takes a fifth of one at each part.
    return {key: _clean(value) for key, value in made.items()} if _SUSPECT.search(text) else made


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _FORBIDDEN.sub("", value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {_clean(key): _clean(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(part) for part in value]
    return value


def ink_on(colour: str) -> str:
    """The colour of text on a data colour, with a contrast of at least 4.5:1."""
    return ON_BRIGHT if _luminance(colour) >= _BRIGHT else ON_DEEP


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def ticks(low: float, high: float, *, most: int = 7) -> list[float]:
    """Round values that span a range, 0 among them, so that a bar begins on a line.

    Examples
    --------
    >>> ticks(-3, 118)
    [-20.0, 0.0, 20.0, 40.0, 60.0, 80.0, 100.0, 120.0]
    """
    low, high = min(low, 0.0), max(high, 0.0)
    span = high - low or 1.0
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next(power * factor for factor in (1, 2, 5, 10, 20, 50) if span / (power * factor) <= most - 1)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(index * step, 10) for index in range(first, max(last, first + 1) + 1)]


def value_axis(values: Sequence[float], labels: Sequence[str]) -> alt.Axis:
    """An axis that prints these texts at these values.

    The texts stand in an expression, as a chain of choices: Vega's interpreter, which runs under a
    strict Content-Security-Policy, knows those.
    """
    chain = "''"
    for value, label in reversed(list(zip(values, labels, strict=True))):
        text = label.replace("\\", "\\\\").replace("'", "\\'")
        chain = f"datum.value === {value:g} ? '{text}' : {chain}"
    # Without a count as high as this, Vega halves the values it is given, the zero among them.
    return alt.Axis(
        values=list(values), labelExpr=chain, grid=True, tickCount=len(values), labelOverlap=False
    )
