from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorelib.errors import UsageError
from scorelib.scoring.revenue import (
    earmarked_share,
    funding_compact,
    funding_compact_by_year,
    growth,
    revenue_by_kind,
)

NONE = math.nan
Year = tuple[int, float, float, float, float]

# IOM, in USD: UN CEB Financial Statistics.
IOM: list[Year] = [
    (2019, 52_927_963.04, 28_547_116.87, 1_847_929_031.47, 197_665_475.3),
    (2022, 58_564_840.0, 33_248_178.0, 2_735_455_603.0, 158_454_525.0),
]


def revenue(*years: Year, unit: str = "USD") -> pd.DataFrame:
    columns = ["year", "assessed", "unearmarked", "earmarked", "other"]
    return pd.DataFrame(years, columns=columns).assign(organisation="iom", currency=unit)


def contributions(*rows: tuple[int, str, float, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["year", "donor", "unearmarked", "earmarked"])
    return table.assign(organisation="iom", currency="USD", assessed=NONE, other=NONE)


def test_an_earmarked_share_names_its_denominator() -> None:
    of_contributions = earmarked_share(revenue(*IOM), 2022)
    of_revenue = earmarked_share(revenue(*IOM), 2022, of="revenue")
    assert of_contributions is not None
    assert of_revenue is not None
    assert round(of_contributions.share, 3) == 0.968
    assert round(of_revenue.share, 3) == 0.916
    assert (of_contributions.of, of_revenue.of) == ("contributions", "revenue")
    assert of_contributions.part == of_revenue.part == 2_735_455_603


def test_an_earmarked_share_adds_up_all_who_gave() -> None:
    found = earmarked_share(contributions((2023, "NL", 1, 2), (2023, "gates", NONE, 1)), 2023)
    assert found is not None
    assert (found.part, found.whole, found.share) == (3, 4, 0.75)


def test_a_total_is_the_same_to_the_last_bit_in_any_order() -> None:
    for sizes in ((0.1, 0.2, 0.3), (0.3, 0.2, 0.1)):
        rows = contributions(*((2023, f"donor-{size}", NONE, size) for size in sizes))
        found = earmarked_share(rows, 2023)
        assert found is not None
        assert found.part == 0.6


def test_a_year_without_data_has_no_share_and_no_growth() -> None:
    assert earmarked_share(revenue(*IOM), 2020) is None
    assert growth(revenue(*IOM), 2019, 2020) is None
    assert funding_compact(revenue(*IOM), 2020) is None


def test_the_share_of_nothing_is_missing() -> None:
    found = earmarked_share(revenue((2023, NONE, -1, 1, NONE)), 2023)
    assert found is not None
    assert math.isnan(found.share)


def test_growth_is_that_of_all_revenue() -> None:
    found = growth(revenue(*IOM), 2019, 2022)
    assert found is not None
    assert round(found.rate, 3) == 0.404  # the published card says 140%
    assert round(found.start / 1e9, 3) == 2.127
    assert round(found.end / 1e9, 3) == 2.986


def test_growth_from_nothing_is_missing() -> None:
    found = growth(revenue((2019, 0, 0, 0, 0), (2022, 1, 0, 0, 0)), 2019, 2022)
    assert found is not None
    assert math.isnan(found.rate)


def test_revenue_by_kind_has_a_row_for_each_amount() -> None:
    found = revenue_by_kind(revenue((2023, 1, NONE, 3, 0), (2022, NONE, 2, NONE, NONE)))
    assert found.to_dict("records") == [
        {"year": 2022, "kind": "unearmarked", "amount": 2, "share": 1},
        {"year": 2023, "kind": "assessed", "amount": 1, "share": 0.25},
        {"year": 2023, "kind": "earmarked", "amount": 3, "share": 0.75},
        {"year": 2023, "kind": "other", "amount": 0, "share": 0},
    ]
    assert revenue_by_kind(revenue()).empty


@pytest.mark.parametrize(("unearmarked", "met"), [(29.99, False), (30, True), (30.01, True)])
def test_the_funding_compact_asks_for_thirty_percent_or_more(unearmarked: float, met: bool) -> None:  # noqa: FBT001
    found = funding_compact(revenue((2023, 500, unearmarked, 100 - unearmarked, 500)), 2023)
    assert found is not None
    assert found.met is met
    assert found.voluntary == 100
    assert found.mark == 0.3


def test_the_funding_compact_is_held_against_one_donor_too() -> None:
    rows = contributions((2023, "NL", 3, 7), (2023, "US", NONE, 90), (2023, "DE", NONE, NONE))
    whole, dutch, american = (
        funding_compact(rows, 2023),
        *(funding_compact(rows, 2023, donor=d) for d in ("NL", "US")),
    )
    assert whole is not None
    assert dutch is not None
    assert american is not None
    assert (whole.share, whole.met) == (0.03, False)
    assert (dutch.share, dutch.met) == (0.3, True)
    assert (american.share, american.met) == (0, False)
    assert funding_compact(rows, 2023, donor="DE") is None


def test_years_held_against_the_funding_compact_together_say_what_each_says_alone() -> None:
    rows = contributions(
        (2021, "NL", -10, 20), (2022, "US", 1, 1), (2023, "NL", 0.1, 0.2), (2023, "NL", 0.2, NONE)
    )
    for donor in (None, "NL", "DE"):
        alone = [funding_compact(rows, year, donor=donor) for year in range(2020, 2025)]
        assert funding_compact_by_year(rows, range(2020, 2025), donor=donor) == alone


def test_years_may_differ_in_currency_where_one_year_may_not() -> None:
    euros, dollars = revenue((2022, 1, 2, 3, 4), unit="EUR"), revenue((2023, 1, 3, 3, 4))
    found = funding_compact_by_year(pd.concat([euros, dollars]), [2022, 2023])
    assert [each and each.share for each in found] == [0.4, 0.5]
    mixed = pd.concat([euros, dollars.assign(year=2022)])
    with pytest.raises(UsageError, match="more than one currency"):
        funding_compact_by_year(mixed, [2022])


def test_the_funding_compact_over_several_years_evens_out_lumps() -> None:
    rows = contributions((2021, "NL", -10, 20), (2022, "NL", 60, 10), (2023, "US", 1, 1))
    refund = funding_compact(rows, 2021, donor="NL")
    assert refund is not None
    assert (refund.share, refund.met) == (-1, False)
    found = funding_compact(rows, 2023, donor="NL", years=3)
    assert found is not None
    assert (found.first, found.last, found.unearmarked, found.voluntary) == (2021, 2023, 50, 80)
    assert funding_compact(rows, 2023, donor="NL", years=4) is None
    with pytest.raises(UsageError, match="1 or more"):
        funding_compact(rows, 2023, years=0)


def test_nothing_voluntary_neither_meets_nor_misses_the_mark() -> None:
    found = funding_compact(revenue((2023, 1, -1, 1, NONE)), 2023)
    assert found is not None
    assert math.isnan(found.share)
    assert found.met is None


AMOUNT = st.floats(0, 1e9).map(lambda value: round(value, 2))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(AMOUNT, AMOUNT, AMOUNT, AMOUNT), min_size=1, max_size=1))
def test_shares_lie_between_nothing_and_all(
    amounts: list[tuple[float, float, float, float]],
) -> None:
    table = revenue((2023, *amounts[0]))
    for of in ("contributions", "revenue"):
        found = earmarked_share(table, 2023, of=of)
        assert found is not None
        assert math.isnan(found.share) or 0 <= found.share <= 1


def test_an_exchange_rate_is_no_growth() -> None:
    changed = pd.concat([revenue(IOM[0]), revenue(IOM[1], unit="EUR")])
    with pytest.raises(UsageError, match="more than one currency"):
        growth(changed, 2019, 2022)
    with pytest.raises(UsageError, match="more than one currency"):
        revenue_by_kind(changed)


def test_another_denominator_is_refused() -> None:
    with pytest.raises(UsageError, match="no denominator"):
        earmarked_share(revenue(*IOM), 2022, of="voluntary")  # type: ignore[arg-type]
