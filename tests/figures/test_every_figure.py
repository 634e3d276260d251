"""What holds for every figure, whatever it shows."""

from __future__ import annotations

import dataclasses
import json
import re
import string
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import altair as alt
import pytest

from scorelib import figures
from scorelib.document.nodes import Callout, Cover, Figure, Panel, Paragraph, Table, from_json, plain, to_json
from scorelib.figures import theme
from scorelib.language import available, language

if TYPE_CHECKING:
    from collections.abc import Callable

    from scorelib.data.scorecard import Scorecard

    Show = Callable[[str, str], dict[str, Any]]

RENDER = """
import json, sys, vl_convert
for spec in json.load(sys.stdin):
    print(json.dumps(vl_convert.vegalite_to_svg(spec)))
"""


def test_every_figure_says_what_it_shows_and_differs_from_its_caption(every: list[Figure]) -> None:
    assert len(every) >= 20
    for figure in every:
        assert figure.caption
        assert figure.alt
        assert figure.alt != figure.caption
        assert figure.alt.endswith(".")
        assert ".." not in figure.alt
        assert re.search(r"\d", figure.alt)
        assert figure.spec["description"] == figure.alt


def test_every_figure_has_its_data_and_its_source(every: list[Figure]) -> None:
    for figure in every:
        assert figure.data is not None
        assert figure.data.id == f"{figure.id}-data"
        assert figure.data.rows
        assert figure.source
        assert all(len(row.cells) == len(figure.data.columns) for row in figure.data.rows)


def test_every_figure_is_640_pixels_wide(every: list[Figure]) -> None:
    for figure in every:
        padding = figure.spec["padding"]
        assert figure.spec["width"] + padding["left"] + padding["right"] == theme.WIDTH


def test_a_spec_is_plain_json_without_any_address_but_the_schema(every: list[Figure]) -> None:
    for figure in every:
        text = json.dumps(figure.spec, allow_nan=False)
        assert re.findall(r"https?://[^\"]*", text) == [figure.spec["$schema"]]
        assert '"datasets"' not in text
        assert "container" not in text
        assert "NaN" not in text


@pytest.mark.parametrize("organisation", ["voorbeeld", "undp"])
def test_every_spec_is_valid_vega_lite(show: Show, organisation: str) -> None:
    for figure in show(organisation, "nl").values():
        if isinstance(figure, Figure):
            # Vega-Lite takes a background of null, though its schema does not list it.
            alt.LayerChart.from_dict(figure.spec | {"background": "white"}, validate=True)


def test_every_tick_of_an_axis_is_drawn(every: list[Figure]) -> None:
    # Vega halves the values of an axis that are more than its count of ticks.
    axes = [
        layer["encoding"]["y"]["axis"]
        for figure in every
        if figure.id in {"fig-trend", "fig-revenue", "fig-earmarked"}
        for layer in figure.spec["layer"]
        if (layer["encoding"].get("y") or {}).get("axis")
    ]
    assert axes
    assert all(axis["tickCount"] == len(axis["values"]) for axis in axes)


def test_columns_of_chart_data_have_plain_names(
    every: list[Figure], values: Callable[[Figure], list[dict[str, Any]]]
) -> None:
    for figure in every:
        for row in values(figure):
            assert all(re.fullmatch(r"[a-z][a-z0-9]*", name) for name in row), figure.id


def test_text_and_lines_are_ink_muted_grid_or_paper(every: list[Figure]) -> None:
    known = {theme.INK, theme.MUTED, theme.GRID, theme.PAPER, theme.ON_DEEP, theme.ON_BRIGHT}
    known |= {*theme.BANDS.values(), *theme.KINDS.values(), theme.DUTCH, theme.OTHERS}
    for figure in every:
        assert set(re.findall(r"#[0-9a-f]{6}\b", json.dumps(figure.spec))) <= known


@pytest.mark.parametrize("name", figures.__all__)
def test_two_calls_give_the_same_json(card: Callable[[str, str], Scorecard], show: Show, name: str) -> None:
    again = getattr(figures, name)(card("voorbeeld", "nl"))
    assert json.dumps(to_json(again)) == json.dumps(to_json(show("voorbeeld", "nl")[name]))


@pytest.mark.parametrize("organisation", ["voorbeeld", "iom", "undp"])
def test_everything_survives_the_journey_through_a_notebook(show: Show, organisation: str) -> None:
    for part in show(organisation, "nl").values():
        assert from_json(json.loads(json.dumps(to_json(part)))) == part


def test_every_function_shows_the_same_kind_of_thing_in_both_languages(show: Show) -> None:
    for organisation in ("voorbeeld", "iom", "undp"):
        dutch, english = show(organisation, "nl"), show(organisation, "en")
        for name, part in dutch.items():
            assert type(part) is type(english[name])
            if isinstance(part, Figure):
                assert part.alt != english[name].alt


def test_ids_are_what_texts_refer_to(show: Show) -> None:
    found = {part.id for part in show("voorbeeld", "nl").values() if isinstance(part, Figure | Table)}
    assert found == {
        "fig-donors", "fig-trend", "fig-revenue", "fig-earmarked", "fig-wheel", "fig-results",
        "fig-indicators", "fig-relevance", "tbl-donors", "tbl-indicators", "tbl-relevance",
        "tbl-sources",
    }  # fmt: skip


def test_every_language_has_the_same_labels_with_the_same_fields() -> None:
    def fields(code: str) -> dict[str, set[str | None]]:
        return {
            key: {field for _, field, _, _ in string.Formatter().parse(text) if field}
            for key, text in language(code).labels.items()
            if key.startswith("figures.")
        }

    first, *others = (fields(code) for code in available())
    assert all(other == first for other in others)


def test_every_chart_can_be_drawn_and_no_text_in_it_is_undefined(every: list[Figure]) -> None:
    # In a process of its own: vl-convert cannot be forked after use, and may abort.
    specs = json.dumps([figure.spec for figure in every])
    done = subprocess.run(
        [sys.executable, "-c", RENDER], input=specs, capture_output=True, text=True, check=True, timeout=60
    )
    drawn = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(drawn) == len(every)
    for svg in drawn:
        assert 'width="640"' in svg
        assert not re.search(r">(undefined|null|NaN)<", svg)


def test_a_text_with_forbidden_characters_is_drawn_without_them(
    card: Callable[[str, str], Scorecard],
) -> None:
    whole = card("iom", "nl")
    donors = whole["donors"]
    donors.loc[donors["id"] == "DE", "name_nl"] = "Duits\x00\x07land <script> {{ $5 @x"
    changed = dataclasses.replace(whole, tables={**whole.tables, "donors": donors})
    shown = figures.donors(changed)
    assert isinstance(shown, Figure)
    text = json.dumps(shown.spec)
    assert "Duitsland <script> {{ $5 @x" in text
    assert "\\u0000" not in text


def test_a_draft_without_assessment_facts_or_relevance_says_so(show: Show) -> None:
    draft = show("undp", "nl")
    for name in (
        "wheel", "results", "indicators", "indicator_table", "relevance", "relevance_chart", "facts",
    ):  # fmt: skip
        notice = draft[name]
        assert isinstance(notice, Callout), name
        (paragraph,) = notice.children
        assert isinstance(paragraph, Paragraph)
        assert "UNDP" in plain(paragraph.children)
    for name in ("donors", "trend", "revenue", "earmarked"):
        assert isinstance(draft[name], Figure)
    assert isinstance(draft["donor_table"], Table)
    assert isinstance(draft["summary"], Panel)
    assert isinstance(draft["cover"], Cover)
