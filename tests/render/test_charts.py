"""Charts are drawn alike whatever fonts the drawing process knows, if they leave room by themselves."""

from __future__ import annotations

from typing import Any

import pytest

from scorelib.data.scorecard import load_scorecard
from scorelib.document.nodes import Figure
from scorelib.figures import indicators, wheel
from scorelib.render.charts import ChartDrawer

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
