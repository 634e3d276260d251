"""Figures of the assessment and of relevance: honest without scores, readable without colour."""

from __future__ import annotations

import dataclasses
import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from scorelib import figures
from scorelib.document.nodes import Callout, Figure, Paragraph, Table, plain
from scorelib.figures.key import outline
from scorelib.figures.ratings import rate
from scorelib.figures.theme import BANDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from scorelib.data.scorecard import Scorecard

    Show = Callable[[str, str], dict[str, Any]]
    Values = Callable[[Figure], list[dict[str, Any]]]
    Card = Callable[[str, str], Scorecard]

WHEELS = ["wheel", "results"]


def cells(table: Table | None) -> list[list[str]]:
    assert table is not None
    return [[plain(cell) for cell in row.cells] for row in table.rows]


def said(notice: Callout) -> str:
    (paragraph,) = notice.children
    assert isinstance(paragraph, Paragraph)
    return plain(paragraph.children)


@pytest.mark.parametrize("name", WHEELS)
@pytest.mark.parametrize("organisation", ["voorbeeld", "iom"])
def test_the_wheel_holds_the_scores_of_its_table(
    show: Show, values: Values, name: str, organisation: str
) -> None:
    figure = show(organisation, "nl")[name]
    sectors = {(row["name"], row["title"], row["score"]) for row in values(figure) if "start" in row}
    assert sectors == {(row[0], row[1], row[2]) for row in cells(figure.data)}


def test_the_wheel_shows_kpi_1_to_8_and_results_the_others(show: Show) -> None:
    shown = show("voorbeeld", "en")
    kpis = {name: [row[0] for row in cells(shown[name].data) if row[0].startswith("KPI")] for name in WHEELS}
    assert kpis["wheel"] == [f"KPI {number}" for number in range(1, 9)]
    assert kpis["results"] == [f"KPI {number}" for number in range(9, 13)]


def test_sectors_go_round_once_without_touching_twice(show: Show, values: Values) -> None:
    for name in WHEELS:
        sectors = [row for row in values(show("voorbeeld", "nl")[name]) if "start" in row]
        for level in ("kpi", "mi"):
            ring = sorted((row["start"], row["end"]) for row in sectors if row["level"] == level)
            assert all(one[1] <= other[0] + 1e-4 for one, other in itertools.pairwise(ring))
            assert ring[-1][1] <= 6.2832


def test_every_scored_sector_prints_its_number_and_the_mark_of_its_band(show: Show, values: Values) -> None:
    for name in WHEELS:
        rows = values(show("voorbeeld", "en")[name])
        printed = [row["text"] for row in rows if "text" in row]
        for each in (row for row in rows if "start" in row):
            assert each["score"] in printed
            assert printed.count(each["mark"]) > 1 or not each["mark"]
            assert (each["code"] if each["level"] == "mi" else each["name"]) in printed


def test_a_wheel_without_scores_is_empty_and_says_why(show: Show, values: Values) -> None:
    for lang, word in (("nl", "scores"), ("en", "scores")):
        for name in WHEELS:
            figure = show("iom", lang)[name]
            assert word in figure.caption
            assert word in figure.alt
            sectors = [row for row in values(figure) if "start" in row]
            assert {row["state"] for row in sectors} == {"none"}
            assert {row["score"] for row in sectors} == {"–"}
            assert any(word in row["text"] for row in values(figure) if "text" in row)
            assert not any(colour in json.dumps(figure.spec) for colour in BANDS.values())


def test_no_evidence_and_not_applicable_differ_without_colour(show: Show, values: Values) -> None:
    looks = {state: outline(state) for state in ("N/E", "N/A", "none")}
    assert "strokeDash" in looks["N/E"]
    assert looks["N/A"]["fillOpacity"] > 0 == looks["N/E"]["fillOpacity"]
    assert len({json.dumps(look) for look in looks.values()}) == 3
    rows = values(show("voorbeeld", "nl")["wheel"])
    printed = [row["text"] for row in rows if "text" in row]
    assert printed.count("N/E") == 2  # one sector, and the key
    assert printed.count("N/A") == 2
    states = {row[0]: row[2:4] for row in cells(show("voorbeeld", "nl")["wheel"].data)}
    assert ["N/E", "Geen bewijs"] in states.values()
    assert ["N/A", "Niet van toepassing"] in states.values()


def test_nothing_without_a_score_has_a_band(card: Card) -> None:
    found = rate(card("voorbeeld", "nl"))
    assert found is not None
    for each in found.shown:
        assert bool(each.band) == (each.score is not None) == bool(each.mark)


def test_indicators_stand_in_the_order_of_their_scores(show: Show, values: Values) -> None:
    figure = show("voorbeeld", "en")["indicators"]
    scores = [float(row[2]) for row in cells(figure.data)]
    assert scores == sorted(scores, reverse=True)
    first, last = cells(figure.data)[0], cells(figure.data)[-1]
    for row in (first, last):
        assert f"{row[0]} ({row[2]})" in figure.caption
        assert f"{row[0]}, {row[1]}" in figure.alt
    notes = {row["name"]: row["note"] for row in values(figure) if row.get("note")}
    assert notes == {first[0]: "strongest", last[0]: "weakest"}
    for row in cells(figure.data):
        assert f"{row[0]} {row[2]}" in figure.alt


def test_coverage_and_confidence_stand_beside_every_mean(show: Show) -> None:
    table = show("voorbeeld", "nl")["indicator_table"]
    rows = {row[0]: row for row in cells(table)}
    assert len(rows) == 69
    assert rows["KPI 8"][4] == "6 van 7"
    assert rows["MI 1.1"][5] == "Hoog"


def test_an_assessment_without_scores_gives_no_order_and_no_table(show: Show) -> None:
    for name in ("indicators", "indicator_table"):
        notice = show("iom", "en")[name]
        assert isinstance(notice, Callout)
        assert "not in the data" in said(notice)


def test_a_framework_that_is_not_in_the_data_is_named(card: Card) -> None:
    whole = card("iom", "nl")
    assert whole.assessment is not None
    other = dataclasses.replace(whole, assessment=dataclasses.replace(whole.assessment, framework="9.9"))
    notice = figures.wheel(other)
    assert isinstance(notice, Callout)
    assert "9.9" in said(notice)


def test_titles_that_were_not_checked_say_so(show: Show) -> None:
    assert "niet getoetst" in show("iom", "nl")["wheel"].source
    assert "not checked" in show("iom", "en")["wheel"].source


def test_relevance_is_the_cards_table_and_the_same_as_a_chart(show: Show, values: Values) -> None:
    shown = show("iom", "nl")
    table, figure = cells(shown["relevance"]), shown["relevance_chart"]
    assert table[0] == ["Migratie en opvang in de regio", "Zeer relevant"]
    assert sorted(table) == sorted(cells(figure.data))
    drawn = {(row["title"], row["word"]) for row in values(figure) if "word" in row}
    assert drawn == {(row[0], row[1]) for row in table}
    for theme, word in table:
        assert theme in figure.alt
        assert word in figure.alt


def test_the_chart_of_relevance_goes_from_most_to_least(show: Show) -> None:
    words = [row[1] for row in cells(show("voorbeeld", "en")["relevance_chart"].data)]
    scale = ["Highly relevant", "Relevant", "Slightly relevant", "Not relevant"]
    assert [scale.index(word) for word in words] == sorted(scale.index(word) for word in words)


def test_a_theme_that_was_not_rated_is_not_called_not_relevant(card: Card) -> None:
    whole = card("iom", "nl")
    rows = whole["relevance"]
    fewer = dataclasses.replace(
        whole, tables={**whole.tables, "relevance": rows[rows["theme"] != "water"].reset_index(drop=True)}
    )
    chart = figures.relevance_chart(fewer)
    assert isinstance(chart, Figure)
    assert cells(chart.data)[-1] == ["Water", "Niet beoordeeld"]
