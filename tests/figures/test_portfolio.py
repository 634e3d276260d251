"""All organisations together, and one over the years: what is added up, ranked and never compared."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from scorelib.data.portfolio import Portfolio, load_portfolio
from scorelib.data.scorecard import load_scorecard
from scorelib.document.nodes import Callout, Figure, Panel, Table, plain
from scorelib.figures import across, overtime
from scorelib.figures import portfolio as money
from scorelib.scoring.cycle import due

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module", params=["nl", "en"])
def portfolio(request: pytest.FixtureRequest, root: Path) -> Portfolio:
    return load_portfolio(lang=request.param, project=root)


def cells(table: Table) -> list[list[str]]:
    return [[plain(cell) for cell in row.cells] for row in table.rows]


def test_what_is_made_up_is_in_no_sum_of_money(portfolio: Portfolio) -> None:
    table = money.contributions(portfolio)
    assert isinstance(table, Table)
    names = [row[0] for row in cells(table)]
    assert "IOM" in names
    assert "VOORBEELD" not in names
    rows = portfolio["contributions"]
    own = rows[(rows["donor"] == "NL") & (rows["year"] == 2023) & (rows["organisation"] != "voorbeeld")]
    total = own[["assessed", "unearmarked", "earmarked"]].sum().sum() / 1e6
    assert cells(table)[-1][4] == portfolio.language.number(float(total), 1)
    assert isinstance(money.key(portfolio), Panel)


def test_the_donor_of_iom_is_sixth_with_the_same_amount_as_in_its_scorecard(portfolio: Portfolio) -> None:
    table = money.ranks(portfolio)
    assert isinstance(table, Table)
    own = next(row for row in cells(table) if row[0] == "IOM")
    assert own[-1] == f"{portfolio.language.number(62.18, 1)} (6)"


def test_every_figure_describes_itself_and_has_its_data(portfolio: Portfolio) -> None:
    for made in (money.years(portfolio), money.largest(portfolio), across.relevance(portfolio)):
        assert isinstance(made, Figure)
        assert len(made.alt) > 60
        assert "{" not in made.alt + made.caption
        assert made.data is not None
        assert made.data.rows


def test_a_word_of_relevance_is_never_told_by_colour_alone(portfolio: Portfolio) -> None:
    made = across.relevance(portfolio)
    assert isinstance(made, Figure)
    text = json.dumps(made.spec, ensure_ascii=False)
    assert all(mark in text for mark in ("●●●", "○"))


def test_assessments_stand_by_framework_and_made_up_ones_say_so(portfolio: Portfolio) -> None:
    table = across.assessments(portfolio)
    assert isinstance(table, Table)
    groups = [plain(row.cells[0]) for row in table.rows if row.kind == "group"]
    assert [each.split()[-1] for each in groups] == ["3.0", "3.1"]
    assert all("(" in row[0] for row in cells(table) if row[0].startswith("VOORBEELD"))
    assert isinstance(across.due(portfolio), Table)


@pytest.mark.parametrize(
    ("year", "state"), [(2027, "recent"), (2028, "due"), (2029, "due"), (2030, "overdue")]
)
def test_a_next_assessment_may_be_expected_after_four_to_five_years(year: int, state: str) -> None:
    assert due(2024, year).state == state


def test_a_project_without_anything_to_show_says_so(portfolio: Portfolio) -> None:
    tables = {name: frame.iloc[:0] for name, frame in portfolio.tables.items()}
    empty = Portfolio(portfolio.language, portfolio.project, tables)
    for show in (money.key, money.years, money.largest, money.contributions, money.ranks, across.relevance,
                 across.assessments, across.due):  # fmt: skip
        assert isinstance(show(empty), Callout), show.__name__


# --- one organisation over the years --------------------------------------------------------------


def lines(spec: dict[str, Any]) -> list[tuple[float, float]]:
    """Where each line between two scores begins and ends, from left to right."""
    return [
        (value["x"], value["x2"])
        for layer in spec["layer"]
        for value in layer.get("data", {}).get("values", [])
        if {"x2", "y2"} <= set(value)
    ]


def test_no_line_crosses_a_change_of_methodology(root: Path) -> None:
    card = load_scorecard("voorbeeld", 2024, project=root)
    assert [each.assessment.framework for each in overtime.scored(card)] == ["3.0", "3.1", "3.1"]
    made = overtime.history(card)
    assert isinstance(made, Figure)
    drawn = lines(made.spec)
    assert drawn
    dates = [
        value["x"]
        for layer in made.spec["layer"]
        for value in layer.get("data", {}).get("values", [])
        if "year" in value and "text" in value
    ]
    first, second, third = sorted(set(dates))
    assert set(drawn) == {(second, third)}
    assert first < second
    assert "3.0" in made.caption
    assert "Nieuwe methode: 3.1" in json.dumps(made.spec, ensure_ascii=False)


def test_an_assessment_without_scores_has_no_course(root: Path) -> None:
    assert isinstance(overtime.history(load_scorecard("iom", 2024, project=root)), Callout)


def test_ranks_over_the_years_are_those_of_the_report(root: Path) -> None:
    made = overtime.ranks(load_scorecard("iom", 2024, lang="en", project=root))
    assert isinstance(made, Figure)
    assert made.data is not None
    assert cells(made.data)[-1][:2] == ["2023", "6th"]
