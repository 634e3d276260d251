"""The look of charts: colours everyone can tell apart, numbers in the report's language."""

from __future__ import annotations

import itertools
import json

import altair as alt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorelib.figures import theme
from scorelib.figures.parts import spread
from scorelib.language import language

# Machado, Oliveira and Fernandes (2009), severity 1.0: what the three kinds of dichromats see.
SEEN = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "no green": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "no blue": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
DATA = sorted({*theme.BANDS.values(), *theme.KINDS.values(), theme.DUTCH, theme.OTHERS})


def linear(colour: str) -> list[float]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def contrast(one: str, other: str) -> float:
    light = [
        sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear(c), strict=True)) for c in (one, other)
    ]
    return (max(light) + 0.05) / (min(light) + 0.05)


def lab(rgb: list[float]) -> list[float]:
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.9505, 1.0, 1.089)
    xyz = [sum(m * min(1, max(0, p)) for m, p in zip(row, rgb, strict=True)) for row in rows]
    x, y, z = (
        part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116
        for part in (value / w for value, w in zip(xyz, white, strict=True))
    )
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]


def apart(one: str, other: str, eye: str) -> float:
    seen = [
        lab([sum(m * p for m, p in zip(row, linear(colour), strict=True)) for row in SEEN[eye]])
        for colour in (one, other)
    ]
    return float(sum((a - b) ** 2 for a, b in zip(*seen, strict=True)) ** 0.5)


@pytest.mark.parametrize("colour", DATA)
@pytest.mark.parametrize("page", ["#ffffff", "#161b22"])
def test_data_colours_stand_out_from_a_light_and_a_dark_page(colour: str, page: str) -> None:
    assert contrast(colour, page) >= 3


@pytest.mark.parametrize("colour", DATA)
def test_text_on_a_data_colour_can_be_read_and_does_not_follow_dark_mode(colour: str) -> None:
    tone = theme.ink_on(colour)
    assert contrast(colour, tone) >= 4.5
    assert tone not in {theme.INK, theme.MUTED, theme.GRID, theme.PAPER}


@pytest.mark.parametrize("eye", SEEN)
@pytest.mark.parametrize("palette", [theme.BANDS, theme.KINDS], ids=["bands", "kinds"])
def test_colours_of_one_chart_stay_apart_for_every_eye(palette: dict[str, str], eye: str) -> None:
    # A difference of 2.3 is just noticeable; neighbours also have a line and a label between them.
    for one, other in itertools.combinations(palette.values(), 2):
        assert apart(one, other, eye) > 12


def test_a_band_has_a_mark_of_its_own() -> None:
    assert len(set(theme.MARKS.values())) == len(theme.BANDS)


def test_type_is_legible_on_a4() -> None:
    assert min(theme.SIZE.values()) >= 11
    assert theme.config()["axis"]["labelFontSize"] >= 11


def test_a_spec_holds_no_character_that_kills_the_renderer() -> None:
    data = theme.rows([{"text": "a\x00\x07\x0b\ufffe\uffff\ud800b\n\tc"}])
    chart = theme.canvas([theme.written(alt.Chart(data), "text")], (600, 40), (40, 0, 0, 0))
    made = json.dumps(theme.spec(chart, language("nl"), "x\x00y"), ensure_ascii=False)
    assert r"ab\n\tc" in made
    assert '"xy"' in made


def test_layers_make_what_altair_would_make_of_them() -> None:
    points = alt.Chart(theme.rows([{"a": 1}])).mark_point().encode(x="a:Q", color=alt.value("red"))
    layers = [points, theme.written(alt.Chart(theme.rows([{"text": "y"}])), "text")]
    sides = {"left": 40, "right": 1, "top": 2, "bottom": 3}
    with alt.data_transformers.enable(consolidate_datasets=False):
        made = alt.layer(*layers, width=600, height=40, padding=sides, autosize={"type": "none"}).to_dict()
    ours = theme.canvas(layers, (600, 40), (40, 1, 2, 3))
    assert ours == {key: value for key, value in made.items() if key != "config"}


def test_a_spec_has_no_background_and_no_number_that_is_none() -> None:
    data = theme.rows([{"share": float("nan")}, {"share": float("inf")}])
    chart = theme.canvas([alt.Chart(data).mark_point()], (600, 40), (40, 0, 0, 0))
    made = theme.spec(chart, language("en"), "x")
    json.dumps(made, allow_nan=False)
    assert made["background"] is None


@given(st.integers(-(10**12), 10**12), st.floats(0.01, 1e12))
def test_ticks_span_the_data_and_hold_zero(low: float, size: float) -> None:
    found = theme.ticks(low, low + size)
    assert 0 in found
    assert found[0] <= low + 1e-9 * size
    assert found[-1] >= low + size - 1e-9 * (abs(low) + size)
    assert 2 <= len(found) <= 9


@given(st.lists(st.floats(0, 200), min_size=1, max_size=8))
def test_labels_are_moved_apart_and_keep_their_order(wanted: list[float]) -> None:
    placed = spread(wanted, 19, 6, 260)
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    ordered = [placed[index] for index in order]
    assert all(b - a >= 18.98 for a, b in itertools.pairwise(ordered))
    assert all(6 <= each <= 260 for each in placed)


def test_an_axis_prints_quotes_as_they_are() -> None:
    axis = theme.value_axis([0, 1], ["0", "o'clock \\"]).to_dict()
    assert axis["labelExpr"] == "datum.value === 0 ? '0' : datum.value === 1 ? 'o\\'clock \\\\' : ''"
