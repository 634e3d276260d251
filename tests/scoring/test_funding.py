from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from scorelib.errors import UsageError
from scorelib.scoring.funding import (
    BASES,
    Basis,
    amounts,
    currency,
    donor_table,
    multi_year_mean,
    position,
    ranking,
    trend,
)

NONE = math.nan
relaxed = settings(deadline=None, max_examples=60)
bases = st.sampled_from(sorted(BASES))


def given_by(
    donor: str,
    year: int = 2023,
    *,
    assessed: float = NONE,
    unearmarked: float = NONE,
    earmarked: float = NONE,
    other: float = NONE,
    kind: str = "government",
    unit: str = "USD",
) -> dict[str, Any]:
    return {
        "organisation": "iom",
        "year": year,
        "donor": donor,
        "donor_kind": kind,
        "assessed": assessed,
        "unearmarked": unearmarked,
        "earmarked": earmarked,
        "other": other,
        "currency": unit,
    }


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(given_by("NL")))


CODES = ["NL", "DE", "US", "GB", "CA", "NO"]
MONEY = st.one_of(
    st.just(NONE),
    st.sampled_from([0.0, 10.0, 10.1]),
    st.floats(-1e9, 1e9).map(lambda value: round(value, 2)),
)


@st.composite
def contributions(draw: st.DrawFn) -> pd.DataFrame:
    rows = []
    for donor in [*CODES, "european-union"]:
        for year in (2021, 2022, 2023):
            if draw(st.booleans()):
                found = given_by(donor, year)
                found |= {kind: draw(MONEY) for kind in ("assessed", "unearmarked", "earmarked")}
                found["donor_kind"] = "government" if donor in CODES else "european-union"
                rows.append(found)
    return table(*rows)


# The basis


@pytest.mark.parametrize(
    ("basis", "expected"),
    [
        ("voluntary", 110),
        ("total", 111),
        ("assessed", 1),
        ("unearmarked", 10),
        ("earmarked", 100),
    ],
)
def test_a_basis_says_which_contributions_count(basis: Basis, expected: float) -> None:
    one = table(given_by("NL", assessed=1, unearmarked=10, earmarked=100, other=1000))
    assert list(amounts(one, basis)) == [expected]


def test_revenue_from_other_activities_is_no_contribution() -> None:
    one = table(given_by("NL", other=1000))
    assert amounts(one, "total").isna().all()
    assert ranking(one, 2023, "total").empty


def test_nothing_booked_is_not_zero() -> None:
    two = table(given_by("NL", assessed=1), given_by("DE", assessed=1, earmarked=0))
    assert list(amounts(two, "voluntary").isna()) == [True, False]
    assert list(ranking(two, 2023, "voluntary")["donor"]) == ["DE"]


def test_amounts_keep_the_index_of_the_rows() -> None:
    two = table(given_by("NL", earmarked=1), given_by("DE", earmarked=2)).set_index(pd.Index([7, 3]))
    assert amounts(two, "total").to_dict() == {7: 1, 3: 2}


def test_an_unknown_basis_is_refused() -> None:
    with pytest.raises(UsageError, match="choose one of voluntary, total"):
        amounts(table(given_by("NL")), "core")  # type: ignore[arg-type]


# Ranks


def test_equal_amounts_share_the_lowest_rank_and_stand_by_id() -> None:
    found = ranking(
        table(
            given_by("US", earmarked=5),
            given_by("NL", earmarked=3),
            given_by("DE", earmarked=3),
            given_by("CA", earmarked=1),
        ),
        2023,
        "voluntary",
    )
    assert list(found["rank"]) == [1, 2, 2, 4]
    assert list(found["donor"]) == ["US", "DE", "NL", "CA"]
    assert list(found["share"]) == [5 / 12, 0.25, 0.25, 1 / 12]


def test_refunds_stay_in_the_ranking_and_come_last() -> None:
    found = ranking(
        table(given_by("NL", earmarked=-2), given_by("DE", earmarked=0), given_by("US", earmarked=6)),
        2023,
        "voluntary",
    )
    assert list(found["donor"]) == ["US", "DE", "NL"]
    assert list(found["share"]) == [1.5, 0.0, -0.5]


def test_a_share_of_nothing_is_missing() -> None:
    refunds = table(given_by("NL", earmarked=-2), given_by("DE", earmarked=2))
    assert ranking(refunds, 2023, "voluntary")["share"].isna().all()


def test_only_governments_are_ranked_and_counted_in_the_total() -> None:
    rows = table(
        given_by("european-union", earmarked=100, kind="european-union"),
        given_by("gates", earmarked=100, kind="foundation"),
        given_by("NL", earmarked=1),
    )
    found = ranking(rows, 2023, "voluntary")
    assert found.to_dict("records") == [{"rank": 1, "donor": "NL", "amount": 1, "share": 1}]
    assert position(rows, "european-union", 2023, "voluntary") is None
    assert list(donor_table(rows, [2023], "total")["amount"]) == [1, 1]


@relaxed
@given(contributions(), bases, st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_nothing(rows: pd.DataFrame, basis: Basis, seed: int) -> None:
    shuffled = rows.sample(frac=1, random_state=seed)
    years = [2021, 2022, 2023]
    for one, two in (
        (ranking(rows, 2023, basis), ranking(shuffled, 2023, basis)),
        (donor_table(rows, years, basis), donor_table(shuffled, years, basis)),
        (trend(rows, "NL", basis=basis), trend(shuffled, "NL", basis=basis)),
    ):
        assert_frame_equal(one, two, check_exact=True)
    assert multi_year_mean(rows, "NL", basis, 2023) == multi_year_mean(shuffled, "NL", basis, 2023)


@relaxed
@given(contributions(), bases)
def test_a_rank_is_one_more_than_the_number_of_larger_donors(rows: pd.DataFrame, basis: Basis) -> None:
    found = ranking(rows, 2023, basis)
    for row in found.to_dict("records"):
        assert row["rank"] == 1 + sum(found["amount"] > row["amount"])
    assert not set(found["donor"]) - set(CODES)
    assert found["amount"].is_monotonic_decreasing


@relaxed
@given(contributions(), bases)
def test_shares_add_up_to_one_or_are_all_missing(rows: pd.DataFrame, basis: Basis) -> None:
    found = ranking(rows, 2023, basis)
    if math.fsum(found["amount"]) > 0:
        whole = math.fsum(found["amount"])
        assert math.fsum(found["share"] * whole) == pytest.approx(whole, abs=1e-3)
    else:
        assert found["share"].isna().all()


@relaxed
@given(contributions(), bases, st.sampled_from(CODES))
def test_a_position_is_a_row_of_the_ranking(rows: pd.DataFrame, basis: Basis, donor: str) -> None:
    found = position(rows, donor, 2023, basis)
    table_ = ranking(rows, 2023, basis)
    if found is None:
        assert donor not in set(table_["donor"])
    else:
        (row,) = table_[table_["donor"] == donor].to_dict("records")
        assert (found.rank, found.amount) == (row["rank"], row["amount"])
        assert 1 <= found.rank <= found.donors == len(table_)


def test_a_donor_without_a_row_has_no_position() -> None:
    assert position(table(given_by("DE", earmarked=1)), "NL", 2023, "voluntary") is None
    assert position(table(), "NL", 2023, "voluntary") is None


# The donor table


def donors(year: int = 2023) -> list[dict[str, Any]]:
    sizes = {"US": 50, "DE": 40, "CA": 30, "GB": 20, "NL": 10}
    return [given_by(donor, year, earmarked=size) for donor, size in sizes.items()]


def test_the_donor_table_shows_the_largest_the_named_one_and_the_total() -> None:
    found = donor_table(table(*donors()), [2023], "voluntary")
    assert list(found["donor"].fillna("")) == ["US", "DE", "CA", "NL", ""]
    assert list(found["rank"].fillna(0)) == [1, 2, 3, 5, 0]
    assert list(found["kind"]) == ["donor"] * 4 + ["total"]
    assert list(found["amount"]) == [50, 40, 30, 10, 150]


def test_a_named_donor_within_the_top_stands_there_once() -> None:
    found = donor_table(table(*donors()), [2023], "voluntary", donor="DE", top=2)
    assert list(found["donor"].fillna("")) == ["US", "DE", ""]


def test_years_stand_in_the_order_asked_for_and_a_year_without_data_is_seen() -> None:
    found = donor_table(table(*donors(2022), *donors(2023)), [2023, 2022, 2021], "total", top=1)
    assert list(found["year"]) == [2023, 2023, 2023, 2022, 2022, 2022, 2021]
    assert list(found["amount"].isna()) == [False] * 6 + [True]


def test_fewer_than_no_donors_are_refused() -> None:
    with pytest.raises(UsageError, match="0 or more"):
        donor_table(table(*donors()), [2023], "total", top=-1)


# One donor over the years


def test_a_trend_has_every_year_and_breaks_where_there_is_nothing() -> None:
    rows = table(
        given_by("NL", 2020, assessed=1, unearmarked=2, earmarked=3),
        given_by("DE", 2020, earmarked=9),
        given_by("DE", 2021, earmarked=9),
        given_by("NL", 2023, assessed=1),
    )
    found = trend(rows, "NL")
    assert list(found["year"]) == [2020, 2021, 2022, 2023]
    assert list(found["amount"].fillna(-1)) == [5, -1, -1, -1]
    assert list(found["assessed"].fillna(-1)) == [1, -1, -1, 1]
    assert list(found["rank"].fillna(0)) == [2, 0, 0, 0]
    assert list(trend(rows, "NL", basis="total")["rank"].fillna(0)) == [2, 0, 0, 1]


def test_the_trend_of_the_european_union_has_amounts_and_no_rank() -> None:
    rows = table(given_by("european-union", earmarked=7, kind="european-union"), given_by("NL", earmarked=1))
    found = trend(rows, "european-union")
    assert list(found["amount"]) == [7]
    assert found["rank"].isna().all()


def test_a_trend_of_nothing_is_empty() -> None:
    assert trend(table(), "NL").empty


def test_core_booked_in_lumps_is_shown_as_a_mean() -> None:
    # UNDP, the Netherlands, unearmarked, in USD million: UN CEB.
    lumps = {2021: -14.7, 2022: 30.9, 2023: 110.6, 2024: 0.0}
    rows = table(*(given_by("NL", year, unearmarked=lump) for year, lump in lumps.items()))
    found = multi_year_mean(rows, "NL", "unearmarked", 2024, years=4)
    assert found is not None
    assert found.amount == pytest.approx(31.7)
    assert (found.first, found.last, found.booked) == (2021, 2024, 4)


def test_a_year_without_a_booking_counts_as_zero_but_a_year_without_data_does_not() -> None:
    rows = table(
        given_by("DE", 2021, unearmarked=1),
        given_by("NL", 2022, unearmarked=30),
        given_by("DE", 2023, unearmarked=1),
    )
    found = multi_year_mean(rows, "NL", "unearmarked", 2023)
    assert found is not None
    assert (found.amount, found.booked) == (10, 1)
    assert multi_year_mean(rows, "NL", "unearmarked", 2023, years=4) is None
    assert multi_year_mean(rows, "GB", "unearmarked", 2023) is None
    with pytest.raises(UsageError, match="1 or more"):
        multi_year_mean(rows, "NL", "unearmarked", 2023, years=0)


# What is refused


def test_amounts_in_two_currencies_are_neither_added_nor_ranked() -> None:
    mixed = table(given_by("NL", earmarked=1, unit="EUR"), given_by("US", earmarked=1))
    for calculate in (
        lambda: ranking(mixed, 2023, "voluntary"),
        lambda: position(mixed, "NL", 2023, "voluntary"),
        lambda: donor_table(mixed, [2023], "voluntary"),
        lambda: trend(mixed, "NL"),
        lambda: multi_year_mean(mixed, "NL", "voluntary", 2023, years=1),
        lambda: currency(mixed),
    ):
        with pytest.raises(UsageError, match=r"more than one currency \(EUR, USD\)"):
            calculate()


def test_a_table_over_years_has_one_currency() -> None:
    changed = table(given_by("NL", 2022, earmarked=1, unit="EUR"), given_by("NL", 2023, earmarked=1))
    assert len(ranking(changed, 2023, "voluntary")) == 1
    with pytest.raises(UsageError, match="amounts of 2022-2023 have more than one currency"):
        donor_table(changed, [2022, 2023], "voluntary")


def test_organisations_are_not_added_up_by_accident() -> None:
    two = table(given_by("NL", earmarked=1), given_by("US", earmarked=1))
    two["organisation"] = ["iom", "undp"]
    with pytest.raises(UsageError, match=r"more than one organisation \(iom, undp\)"):
        ranking(two, 2023, "voluntary")


def test_the_currency_of_the_amounts_is_known() -> None:
    assert currency(table(given_by("NL", unit="EUR"))) == "EUR"
    assert currency(table()) is None
