"""Amounts are converted by rates of a table alone, and each row says by which."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from scorelib.errors import UsageError
from scorelib.scoring._money import KINDS
from scorelib.scoring.funding import ranking
from scorelib.scoring.rates import USED, convert, one_currency, used


def rates(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=USED)


def amounts(*rows: tuple[str, int, str, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"organisation": "x", "donor": donor, "donor_kind": "government", "year": year, "currency": code}
            | dict.fromkeys(KINDS, math.nan)
            | {"earmarked": amount}
            for donor, year, code, amount in rows
        ]
    )


AVERAGE = ("EUR", "USD", "2023", 1.25, "bank")


def test_amounts_in_another_currency_are_converted_and_say_by_which_rate() -> None:
    done = convert(amounts(("NL", 2023, "EUR", 8), ("US", 2023, "USD", 9)), "USD", rates(AVERAGE))
    assert done["earmarked"].tolist() == [10, 9]
    assert done["assessed"].isna().all()
    assert done["currency"].tolist() == ["USD", "USD"]
    assert used(done).to_dict("records") == [dict(zip(USED, AVERAGE, strict=True))]


def test_rates_that_are_missing_are_named_all_at_once() -> None:
    table = amounts(
        ("NL", 2021, "EUR", 1), ("NL", 2022, "EUR", 1), ("GB", 2023, "GBP", 1), ("NL", 2023, "EUR", 1)
    )
    with pytest.raises(UsageError) as error:
        convert(table, "USD", rates(AVERAGE))
    assert str(error.value) == (
        "there is no rate into USD for EUR 2021, EUR 2022, GBP 2023; add a row with its source to "
        "data/exchange_rates.csv for each"
    )


def test_the_average_of_a_year_goes_before_its_days_and_the_last_day_before_the_others() -> None:
    days = [("EUR", "USD", "2022-12-31", 4.0, "bank"), ("EUR", "USD", "2022-06-30", 2.0, "bank")]
    table = amounts(("NL", 2022, "EUR", 1))
    assert convert(table, "USD", rates(*days))["earmarked"].tolist() == [4]
    assert convert(table, "USD", rates(*reversed(days)))["earmarked"].tolist() == [4]
    average = ("EUR", "USD", "2022", 3.0, "bank")
    for order in ([average, *days], [*days, average]):
        assert convert(table, "USD", rates(*order))["earmarked"].tolist() == [3]


def test_no_rate_is_turned_round_chained_or_taken_from_another_year() -> None:
    table = amounts(("NL", 2023, "EUR", 1))
    for wrong in (
        ("USD", "EUR", "2023", 0.8, "bank"),
        ("EUR", "USD", "2022", 1.25, "bank"),
        ("EUR", "GBP", "2023", 1.25, "bank"),
        ("EUR", "USD", "2023", 0.0, "bank"),
    ):
        with pytest.raises(UsageError, match="no rate into USD for EUR 2023"):
            convert(table, "USD", rates(wrong))


def test_a_table_in_one_currency_stays_in_it() -> None:
    table = amounts(("NL", 2023, "EUR", 1))
    assert_frame_equal(one_currency(table, rates(AVERAGE)), table)
    assert used(table).empty


def test_what_cannot_be_converted_is_not_mixed_either() -> None:
    table = amounts(("NL", 2023, "EUR", 1), ("GB", 2023, "GBP", 1))
    done = one_currency(table, rates(AVERAGE))
    assert done["currency"].tolist() == ["USD", "GBP"]
    with pytest.raises(
        UsageError, match=r"more than one currency \(GBP, USD\); add a rate for each to data/exchange_rates"
    ):
        ranking(done, 2023, "voluntary")


@given(st.lists(st.tuples(st.sampled_from(["EUR", "USD", "GBP"]), st.floats(-1e9, 1e9)), max_size=8))
@settings(deadline=None)
def test_converting_keeps_every_row_and_multiplies_it_by_its_rate(rows: list[tuple[str, float]]) -> None:
    table = (
        amounts(*(("NL", 2023, code, amount) for code, amount in rows))
        if rows
        else amounts(("NL", 2023, "USD", 0))
    )
    known = {"EUR": 1.25, "USD": 1.0, "GBP": 1.5}
    given_rates = rates(
        *((code, "USD", "2023", rate, "bank") for code, rate in known.items() if code != "USD")
    )
    done = convert(table, "USD", given_rates)
    wanted = [amount * known[code] for code, amount in rows]
    assert done["earmarked"].tolist() == (wanted or [0])
    assert len(done) == len(table)
