"""Who funds an organisation, with how much, and at which rank; always on a named basis.

Imports `errors`, `_money` and `revenue`, whose functions it hands on. Only governments are ranked:
the European Union, other organisations, foundations and companies are not donors of the same kind.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from scorelib.errors import UsageError
from scorelib.scoring._money import (
    BASES,
    KINDS,
    Basis,
    Kind,
    amounts,
    currency,
    grouped,
    numbers,
    of_one_kind,
    select,
    share,
    table_of,
    total,
)
from scorelib.scoring.revenue import (
    FundingCompact,
    Growth,
    Share,
    earmarked_share,
    funding_compact,
    funding_compact_by_year,
    growth,
    revenue_by_kind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

__all__ = [
    "BASES",
    "KINDS",
    "Basis",
    "FundingCompact",
    "Growth",
    "Kind",
    "MultiYearMean",
    "Position",
    "Share",
    "amounts",
    "currency",
    "donor_table",
    "earmarked_share",
    "funding_compact",
    "funding_compact_by_year",
    "growth",
    "multi_year_mean",
    "places",
    "position",
    "positions",
    "ranking",
    "revenue_by_kind",
    "trend",
]


@dataclass(frozen=True, slots=True)
class Position:
    """Where one government stands among those that contributed.

    Parameters
    ----------
    rank
        1 for the largest; governments with equal amounts share the lowest rank number.
    amount
        In units of the currency.
    share
        Fraction of the governments' total; NaN unless that is more than 0.
    donors
        Number of governments that were ranked.
    """

    rank: int
    amount: float
    share: float
    donors: int


@dataclass(frozen=True, slots=True)
class MultiYearMean:
    """Mean amount per year over several years.

    Parameters
    ----------
    amount
        In units of the currency, per year.
    first, last
        Calendar years, inclusive.
    booked
        In how many of these years the donor has an amount; the others count as 0.
    """

    amount: float
    first: int
    last: int
    booked: int


class _Ranked(NamedTuple):
    rank: int
    donor: str
    amount: float
    share: float


def ranking(contributions: pd.DataFrame, year: int, basis: Basis) -> pd.DataFrame:
    """Rank the governments that contributed in a year.

    Parameters
    ----------
    contributions
        Rows of ``contributions`` of one organisation, amounts in units of their currency.
    year
        Calendar year.
    basis
        What counts; see `amounts`. A government without an amount of these kinds is not ranked.

    Returns
    -------
    DataFrame
        One row per government, the largest first, equal amounts by donor id: ``rank`` (equal
        amounts share the lowest number: 1, 2, 2, 4), ``donor``, ``amount``, ``share`` (fraction of
        the governments' total; NaN unless that is more than 0). Negative amounts (refunds,
        corrections) stay, at the end, and are in the total.

    Raises
    ------
    UsageError
        Several organisations or currencies, or an unknown basis.
    """
    ranked = _rankings(contributions, [year], basis)[year]
    return table_of({"rank": "int64", "donor": "str", "amount": "float64", "share": "float64"}, ranked)


def _rankings(contributions: pd.DataFrame, years: Sequence[int], basis: Basis) -> dict[int, list[_Ranked]]:
    """Of each year the governments, the largest first; all years at once, so in one currency."""
    governments = contributions["donor_kind"] == "government"
    rows = of_one_kind(contributions[governments & contributions["year"].isin(list(years))])
    keys = zip(rows["year"].tolist(), rows["donor"].tolist(), strict=True)
    sums: dict[int, list[tuple[float, str]]] = {year: [] for year in years}
    for (year, donor), found in grouped(keys, amounts(rows, basis).tolist()).items():
        sums[year].append((math.fsum(found), donor))
    return {year: _ranked(sorted(each, key=_largest_first)) for year, each in sums.items()}


def _ranked(ordered: list[tuple[float, str]]) -> list[_Ranked]:
    whole = math.fsum(amount for amount, _ in ordered)
    ranked: list[_Ranked] = []
    for number, (amount, donor) in enumerate(ordered, start=1):
        rank = ranked[-1].rank if ranked and ranked[-1].amount == amount else number
        ranked.append(_Ranked(rank, donor, amount, share(amount, whole)))
    return ranked


def position(contributions: pd.DataFrame, donor: str, year: int, basis: Basis) -> Position | None:
    """Return rank, amount and share of one government in a year.

    Parameters
    ----------
    contributions, year, basis
        As for `ranking`.
    donor
        Id of the government.

    Returns
    -------
    Position or None
        None when the donor has no amount on this basis, or is not a government.

    Raises
    ------
    UsageError
        As for `ranking`.
    """
    return _position(_rankings(contributions, [year], basis)[year], donor)


def _position(ranked: list[_Ranked], donor: str) -> Position | None:
    for each in ranked:
        if each.donor == donor:
            return Position(each.rank, each.amount, each.share, len(ranked))
    return None


def places(contributions: pd.DataFrame, donor: str, basis: Basis) -> dict[int, Position]:
    """Return rank, amount and share of one government in each year in which it has them, as `position` does.

    All years are ranked in one pass, and so have to be in one currency; parameters and errors are
    otherwise those of `position`.
    """
    years = sorted({int(year) for year in contributions["year"].tolist()})
    rankings = _rankings(contributions, years, basis)
    found = {year: _position(rankings[year], donor) for year in years}
    return {year: place for year, place in found.items() if place is not None}


def positions(contributions: pd.DataFrame, year: int, basis: Basis) -> dict[str, Position]:
    """Return rank, amount and share of every government that contributed in a year.

    Parameters and errors are those of `ranking`; the largest comes first.
    """
    ranked = _rankings(contributions, [year], basis)[year]
    return {each.donor: Position(each.rank, each.amount, each.share, len(ranked)) for each in ranked}


def donor_table(
    contributions: pd.DataFrame,
    years: Iterable[int],
    basis: Basis,
    *,
    donor: str = "NL",
    top: int = 3,
) -> pd.DataFrame:
    """Return the table of largest donors: per year the top, one named donor, the total.

    Parameters
    ----------
    contributions, basis
        As for `ranking`.
    years
        Calendar years, in the order in which they should stand.
    donor
        Id of the government that stands in the table whatever its rank; once, if it is in the top.
    top
        How many of the largest governments, 0 or more. Where equal amounts straddle the limit,
        the first by id are in.

    Returns
    -------
    DataFrame
        ``year``, ``kind`` (``donor`` or ``total``), ``rank`` (missing for a total), ``donor``
        (missing for a total), ``amount`` in units of the currency. Every year ends in the total of
        all governments on this basis; its amount is missing when the year has no data.

    Raises
    ------
    UsageError
        As for `ranking`, also when the currency changes from one year to another; `top` negative.
    """
    if top < 0:
        raise UsageError(f"cannot show {top} donors; ask for 0 or more")
    years = list(years)
    rankings = _rankings(contributions, years, basis)
    found: list[tuple[int, str, int | None, str | None, float | None]] = []
    for year in years:
        ranked = rankings[year]
        found += [
            (year, "donor", each.rank, each.donor, each.amount)
            for number, each in enumerate(ranked)
            if number < top or each.donor == donor
        ]
        whole = math.fsum(each.amount for each in ranked) if ranked else None
        found.append((year, "total", None, None, whole))
    types = {"year": "int64", "kind": "str", "rank": "Int64", "donor": "str", "amount": "float64"}
    return table_of(types, found)


def trend(contributions: pd.DataFrame, donor: str, *, basis: Basis = "voluntary") -> pd.DataFrame:
    """Return what one donor contributed in every year of the table, and its rank.

    Parameters
    ----------
    contributions
        Rows of ``contributions`` of one organisation, of all donors: ranks need them.
    donor
        Id of any donor; only a government has a rank.
    basis
        What ``amount``, ``rank`` and ``share`` count; see `amounts`.

    Returns
    -------
    DataFrame
        One row per calendar year from the first to the last in the table, also where the donor has
        nothing, so that a line breaks there: ``year``, ``unearmarked``, ``earmarked``,
        ``assessed``, ``amount`` (units of the currency, NaN for none), ``rank`` (missing for none)
        and ``share`` of the governments' total (a fraction).

    Raises
    ------
    UsageError
        Several organisations or currencies, or an unknown basis.
    """
    there = of_one_kind(contributions)["year"]
    years = range(int(there.min()), int(there.max()) + 1) if len(there) else range(0)
    rankings = _rankings(contributions, years, basis)
    places = [_position(rankings[year], donor) for year in years]
    own = contributions[contributions["donor"] == donor]
    booked = own["year"].tolist()
    kinds = {
        **{kind: numbers(own, kind).tolist() for kind in ("unearmarked", "earmarked", "assessed")},
        "amount": amounts(own, basis).tolist(),
    }
    sums = [
        {year: math.fsum(each) for year, each in grouped(booked, values).items()} for values in kinds.values()
    ]
    found = [
        (year, *(each.get(year) for each in sums), place and place.rank, place and place.share)
        for year, place in zip(years, places, strict=True)
    ]
    types = {"year": "int64", **dict.fromkeys(kinds, "float64"), "rank": "Int64", "share": "float64"}
    return table_of(types, found)


def multi_year_mean(
    contributions: pd.DataFrame, donor: str, basis: Basis, last: int, *, years: int = 3
) -> MultiYearMean | None:
    """Return a donor's mean amount per year, where one year alone would mislead.

    Core contributions are at times booked for several years at once, so that the years read -14.7,
    30.9, 110.6 and 0.0 (UNDP, the Netherlands, 2021-2024, in USD million; UN CEB).

    Parameters
    ----------
    contributions
        Rows of ``contributions`` of one organisation, of all donors.
    donor
        Id of the donor.
    basis
        What counts; see `amounts`.
    last
        Last calendar year.
    years
        Number of years, 1 or more.

    Returns
    -------
    MultiYearMean or None
        A year in which others have rows and the donor has no amount counts as 0. None when the
        table lacks one of the years altogether, or the donor has no amount in any of them.

    Raises
    ------
    UsageError
        Several organisations or currencies, an unknown basis, or fewer than one year.
    """
    if years < 1:
        raise UsageError(f"cannot take a mean over {years} years; give 1 or more")
    first = last - years + 1
    rows = select(contributions, range(first, last + 1))
    own = rows[rows["donor"] == donor]
    found = amounts(own, basis)
    booked = own.loc[found.notna(), "year"].nunique()
    if not booked or rows["year"].nunique() < years:
        return None
    return MultiYearMean(total(found) / years, first, last, booked)


def _largest_first(item: tuple[float, str]) -> tuple[float, str]:
    amount, donor = item
    return -amount, donor
