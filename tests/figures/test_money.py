"""Figures of money: the same numbers everywhere, ranks of governments only, nothing hidden."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

import pytest

from scorelib import figures
from scorelib.document.nodes import Callout, Figure, Paragraph, Table, plain
from scorelib.scoring import funding

if TYPE_CHECKING:
    from collections.abc import Callable

    from scorelib.data.scorecard import Scorecard

    Show = Callable[[str, str], dict[str, Any]]
    Values = Callable[[Figure], list[dict[str, Any]]]
    Card = Callable[[str, str], Scorecard]

ORGANISATIONS = ["voorbeeld", "iom", "undp"]


def texts(table: Table) -> list[list[str]]:
    return [[plain(cell) for cell in row.cells] for row in table.rows]


def cells(figure: Figure) -> list[list[str]]:
    assert figure.data is not None
    return texts(figure.data)


def test_the_donor_table_of_iom_is_that_of_the_published_card(show: Show) -> None:
    table = show("iom", "nl")["donor_table"]
    rows = texts(table)
    assert [row[0] for row in rows if len(row) == 1] == ["2023", "2022", "2021"]
    assert rows[1:6] == [
        ["1", "Verenigde Staten", "1.387,6"],
        ["2", "Duitsland", "278,9"],
        ["3", "Canada", "214,0"],
        ["6", "Nederland", "62,2"],
        ["", "Totaal van alle overheden", rows[5][2]],
    ]
    assert [row.kind for row in table.rows[:6]] == ["group", "body", "body", "body", "highlight", "total"]
    assert table.columns[2].title == "USD mln."
    assert "vrijwillige bijdragen" in table.caption


def test_the_donor_table_takes_the_years_it_is_given(card: Card) -> None:
    table = figures.donor_table(card("iom", "en"), [2019])
    assert isinstance(table, Table)
    assert texts(table)[0] == ["2019"]
    assert sum(row.kind == "group" for row in table.rows) == 1


@pytest.mark.parametrize("organisation", ORGANISATIONS)
def test_the_european_union_is_not_among_ranked_donors(card: Card, show: Show, organisation: str) -> None:
    given = card(organisation, "en")["contributions"]
    names = card(organisation, "en")["donors"].set_index("id")["name_en"]
    others = set(given.loc[given["donor_kind"] != "government", "donor"]) - set(
        given.loc[given["donor_kind"] == "government", "donor"]
    )
    assert (given["donor_kind"] == "european-union").any()
    shown = {row[1] for row in cells(show(organisation, "en")["donors"])}
    shown |= {row[1] for row in texts(show(organisation, "en")["donor_table"]) if len(row) > 1}
    assert shown.isdisjoint({names[each] for each in others})


@pytest.mark.parametrize("organisation", ORGANISATIONS)
def test_the_donor_chart_and_its_table_hold_the_same_numbers(
    show: Show, values: Values, organisation: str
) -> None:
    figure = show(organisation, "nl")["donors"]
    drawn = {(row["rank"], row["donor"], row["label"]) for row in values(figure)}
    assert drawn == {(row[0], row[1], row[2]) for row in cells(figure)}


def test_the_netherlands_stands_at_its_rank_apart_from_the_ten_largest(card: Card, values: Values) -> None:
    whole = card("iom", "nl")
    given = whole["contributions"]
    own = (given["donor"] == "NL") & (given["year"] == 2023)
    given.loc[own, ["unearmarked", "earmarked"]] = [0.0, 1000.0]
    small = dataclasses.replace(whole, tables={**whole.tables, "contributions": given})
    figure = figures.donors(small)
    assert isinstance(figure, Figure)
    rows = cells(figure)
    assert len(rows) == 11
    assert rows[-1][1] == "Nederland"
    assert int(rows[-1][0]) > 11
    places = sorted({row["place"] for row in values(figure)})
    assert places[-1] - places[-2] > 1


def test_alt_text_of_donors_names_each_with_rank_and_amount(show: Show) -> None:
    alt = show("iom", "nl")["donors"].alt
    assert "6. Nederland, USD\xa062,2\xa0mln." in alt
    assert "1. Verenigde Staten, USD\xa01,39\xa0mld." in alt
    for row in cells(show("iom", "nl")["donors"]):
        assert f"{row[0]}. {row[1]}, " in alt


@pytest.mark.parametrize("organisation", ORGANISATIONS)
@pytest.mark.parametrize("name", ["trend", "revenue"])
def test_stacks_hold_the_numbers_of_their_table(
    show: Show, values: Values, organisation: str, name: str
) -> None:
    figure = show(organisation, "en")[name]
    assert figure.data is not None
    titles = [column.title for column in figure.data.columns]
    table = {(row[0], title): cell for row in cells(figure) for title, cell in zip(titles, row, strict=True)}
    segments = [row for row in values(figure) if "start" in row]
    assert segments
    for each in segments:
        assert table[str(each["year"]), each["name"]] == each["label"]
        assert each["label"] == f"{each['end'] - each['start']:,.1f}".replace("-", "−")


def test_refunds_hang_below_zero(show: Show, values: Values) -> None:
    below = [row for row in values(show("undp", "nl")["trend"]) if row.get("end", 0) < 0]
    assert [(row["year"], row["name"], row["label"]) for row in below] == [(2021, "Ongeoormerkt", "−14,7")]


def test_the_trend_prints_the_rank_of_every_year(show: Show, values: Values) -> None:
    figure = show("iom", "en")["trend"]
    ranks = [row[-1] for row in cells(figure)]
    assert ranks[-3:] == ["6th", "8th", "6th"]
    printed = [row["text"] for row in values(figure) if "text" in row]
    assert all(rank in printed for rank in ranks)
    assert figure.alt.count("rank") == len(ranks) + 1


def test_years_after_the_data_year_are_not_shown(card: Card, show: Show) -> None:
    assert card("undp", "nl")["contributions"]["year"].max() > 2022
    for name in ("trend", "revenue", "earmarked"):
        assert cells(show("undp", "nl")[name])[-1][0] == "2022"


@pytest.mark.parametrize("organisation", ORGANISATIONS)
def test_alt_text_of_revenue_and_shares_holds_every_year(show: Show, organisation: str) -> None:
    shown = show(organisation, "nl")
    for row in cells(shown["revenue"]):
        assert f"{row[0]}: {row[-1]}" in shown["revenue"].alt
    for row in cells(shown["earmarked"]):
        for share in row[1:]:
            assert f"{row[0]}: {share}" in shown["earmarked"].alt


def test_shares_are_those_of_scoring_and_held_against_30_percent(card: Card, show: Show) -> None:
    figure = show("iom", "en")["earmarked"]
    found = funding.funding_compact(card("iom", "en")["revenue"], 2023)
    assert found is not None
    assert cells(figure)[-1][1] == f"{found.share:.1%}"
    assert "30%" in figure.caption
    assert "30%" in figure.alt


def test_a_share_that_a_refund_puts_below_zero_is_shown_as_such(show: Show, values: Values) -> None:
    figure = show("undp", "nl")["earmarked"]
    lost = [row for row in values(figure) if row.get("year") == 2021 and row.get("line") == "dutch"]
    assert lost
    assert all(row["share"] is None for row in lost)
    assert any(row.get("text") == "−16,3%" for row in values(figure))
    assert "2021: −16,3%" in figure.alt


@pytest.mark.parametrize("name", ["donor_table", "donors", "trend", "revenue", "earmarked"])
def test_without_amounts_a_notice_says_so(card: Card, name: str) -> None:
    whole = card("iom", "nl")
    empty = {key: whole[key].iloc[:0] for key in ("contributions", "revenue")}
    notice = getattr(figures, name)(dataclasses.replace(whole, tables={**whole.tables, **empty}))
    assert isinstance(notice, Callout)
    (paragraph,) = notice.children
    assert isinstance(paragraph, Paragraph)
    assert "IOM" in plain(paragraph.children)


def test_numbers_are_dutch_in_dutch_and_english_in_english(show: Show) -> None:
    dutch, english = cells(show("iom", "nl")["donors"])[0], cells(show("iom", "en")["donors"])[0]
    assert (dutch[2], english[2]) == ("1.387,6", "1,387.6")
    assert not re.search(r"\d,\d\d\d", " ".join(dutch))
