"""Charts of our own are made without checks; what comes out is what Altair makes with them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd
import pytest
from altair.utils.schemapi import SchemaValidationError

from scorelib import figures
from scorelib.document.nodes import Figure
from scorelib.figures import theme
from scorelib.figures.layers import as_dict, unchecked

if TYPE_CHECKING:
    from collections.abc import Callable

    from scorelib.data.scorecard import Scorecard

    Show = Callable[[str, str], dict[str, object]]

ROWS = {"values": [{"a": 1, "b": "x"}]}


def by_altair(layer: alt.Chart) -> dict[str, object]:
    with alt.data_transformers.enable(consolidate_datasets=False):
        inner = {"top_level": False, "pre_transform": False, "datasets": {}}
        made: dict[str, object] = layer.to_dict(context=inner)
    return made


@pytest.mark.parametrize("organisation", ["voorbeeld", "iom", "undp"])
def test_every_figure_is_byte_for_byte_what_altair_makes_of_its_layers(
    card: Callable[[str, str], Scorecard], show: Show, organisation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    layers = []

    def slowly(layer: alt.Chart) -> dict[str, object]:
        layers.append(layer)
        return by_altair(layer)

    monkeypatch.setattr(theme, "as_dict", slowly)
    for name, quick in show(organisation, "nl").items():
        if isinstance(quick, Figure):
            slow = getattr(figures, name)(card(organisation, "nl"))
            assert json.dumps(quick.spec) == json.dumps(slow.spec)
    assert len(layers) > 20


CHART = alt.Chart(ROWS)
SORTED = alt.Y("b:N", sort=["x", "y"], scale=alt.Scale(domain=("x", "y")))
RED = alt.value("red")


@pytest.mark.parametrize(
    "layer",
    [
        CHART.mark_bar(tooltip=None).encode(x="sum(a):Q", x2="b:Q", tooltip=["a:Q", alt.Tooltip("b:N")]),
        CHART.mark_text().encode(text=alt.TextDatum("t"), color=RED, y=alt.value(3)),
        CHART.mark_line().encode(x=alt.X("a:Q", axis=None)).transform_filter("datum.a > 0"),
        CHART.mark_rule().encode(x=alt.X(field="a", type="quantitative"), y=SORTED),
        CHART.mark_bar().encode(color=alt.condition("datum.a > 1", RED, alt.value("blue"))),
        CHART.mark_bar().encode(color=alt.when("datum.a > 1").then("a:Q").otherwise(RED)),
        CHART.mark_bar().add_params(alt.param(name="p", value=1)),
        alt.Chart(ROWS, width=3).mark_point(),
        alt.Chart(pd.DataFrame(ROWS["values"])).mark_bar().encode(x="a", y="b"),
        alt.Chart().mark_bar().encode(x=alt.datum(3)),
        alt.Chart("data.csv").mark_bar().encode(x="a:Q"),
    ],
)
def test_any_layer_is_what_altair_makes_of_it(layer: alt.Chart) -> None:
    assert json.dumps(as_dict(layer)) == json.dumps(by_altair(layer))


def test_charts_of_others_are_checked_before_and_after_one_of_ours() -> None:
    wrong: Any = "no such type"

    @unchecked
    def ours() -> alt.Scale:
        return alt.Scale(type=wrong)

    @unchecked
    def failing() -> None:
        raise RuntimeError

    assert ours().to_dict(validate=False) == {"type": wrong}
    with pytest.raises(RuntimeError):
        failing()
    with pytest.raises(SchemaValidationError):
        alt.Scale(type=wrong)
