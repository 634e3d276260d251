"""Charts are drawn alike whatever fonts the drawing process knows, if they leave room by themselves."""

from __future__ import annotations

from typing import Any

import pytest

from scorelib.data.scorecard import load_scorecard
from scorelib.document.nodes import Figure
from scorelib.figures import indicators, wheel
from scorelib.render.charts import ChartDrawer, drawable

MEASURED: dict[str, Any] = {
    "mark": "bar",
    "data": {"values": [{"a": "a long label", "b": 1}]},
    "encoding": {"y": {"field": "a", "type": "nominal"}, "x": {"field": "b", "type": "quantitative"}},
    "config": {"font": "Open Sans"},
}


@pytest.mark.parametrize("figure", [wheel, indicators])
def test_a_figure_of_ours_is_the_same_with_and_without_the_font(figure: Any) -> None:
    shown = figure(load_scorecard("voorbeeld", 2024))
    assert isinstance(shown, Figure)
    with ChartDrawer() as drawer:
        before = drawer.draw(shown.spec, "x")
        # A chart that measures its labels has the process learn the font.
        drawer.draw(MEASURED, "y")
        assert drawer.draw(shown.spec, "x") == before


def test_a_chart_that_measures_its_labels_knows_the_font() -> None:
    with ChartDrawer() as drawer:
        first = drawer.draw(MEASURED, "y")
        drawer.draw({**MEASURED, "autosize": {"type": "none"}}, "z")
        assert drawer.draw(MEASURED, "y") == first
    bold = {**MEASURED, "config": {"font": "Nonesuch"}}
    with ChartDrawer() as drawer:
        assert drawer.draw(bold, "y") != first


def test_a_chart_that_was_begun_is_drawn_once_however_often_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bytes] = []
    reply = ChartDrawer._reply

    def counted(drawer: ChartDrawer, line: bytes) -> tuple[bytes, str]:
        asked.append(line)
        return reply(drawer, line)

    monkeypatch.setattr(ChartDrawer, "_reply", counted)
    other = {**MEASURED, "mark": "point"}
    with ChartDrawer() as drawer:
        for spec in (MEASURED, other, MEASURED):
            drawer.begin(spec)
        drawn = [drawer.draw(spec, "x") for spec in (other, MEASURED, MEASURED)]
        assert len(asked) == 2
        assert drawn[1] == drawn[2] != drawn[0]
        drawer.begin(other)
        drawer.forget()
        assert drawer.draw(other, "x") == drawn[0]


@pytest.mark.parametrize("label", ["\x00nul", "\x08back", "\ud800half", "\ufffenone", "\\u0000 as it stands"])
def test_a_label_that_no_drawing_can_hold_loses_only_what_it_cannot(label: str) -> None:
    spec = {**MEASURED, "data": {"values": [{"a": f"{label} end", "b": 1}]}}
    with ChartDrawer() as drawer:
        svg = drawer.draw(spec, "x")
    assert drawable(f"{label} end") in svg
