"""How an organisation is funded: by kind, earmarked or free, growing or not; imports no look.

Imports `errors` and `_money`. Every share here names its denominator: "97% earmarked" of the
contributions and "92%" of all revenue can both be right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from scorelib.errors import UsageError
from scorelib.scoring._money import (
    BASES,
    KINDS,
    grouped,
    numbers,
    of_one_kind,
    reaches,
    select,
    share,
    table_of,
    total,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

__all__ = [
    "MARK",
    "Denominator",
    "FundingCompact",
    "Growth",
    "Share",
    "earmarked_share",
    "funding_compact",
    "funding_compact_by_year",
    "growth",
    "revenue_by_kind",
]

Denominator = Literal["contributions", "revenue"]

MARK = Fraction(3, 10)
"""Unearmarked share of voluntary funding that the Funding Compact asks for: at least 30%."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its denominator.

    Parameters
    ----------
    share
        `part` / `whole` as a fraction (0.968); NaN unless `whole` is more than 0.
    part, whole
        Amounts in units of the currency.
    of
        What `whole` is.
    """

    share: float
    part: float
    whole: float
    of: Denominator


@dataclass(frozen=True, slots=True)
class Growth:
    """Change of all revenue between two years.

    Parameters
    ----------
    rate
        (`end` - `start`) / `start` as a fraction (0.40 is +40%); NaN unless `start` is more than 0.
    start, end
        Amounts in units of the currency.
    first, last
        Calendar years.
    """

    rate: float
    start: float
    end: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class FundingCompact:
    """Unearmarked funding held against the mark of the Funding Compact.

    Parameters
    ----------
    share
        `unearmarked` / `voluntary` as a fraction; NaN unless `voluntary` is more than 0. Below 0
        or above 1 when one of the two kinds is negative (refunds, corrections).
    unearmarked, voluntary
        Amounts in units of the currency, summed over the years.
    first, last
        Calendar years, inclusive.
    met
        Whether the share is at least `mark`; None unless `voluntary` is more than 0.
    mark
        0.3.
    """

    share: float
    unearmarked: float
    voluntary: float
    first: int
    last: int
    met: bool | None
    mark: float = float(MARK)


def earmarked_share(table: pd.DataFrame, year: int, *, of: Denominator = "contributions") -> Share | None:
    """Return the earmarked share of an organisation's funding in a year.

    Parameters
    ----------
    table
        Rows of ``revenue`` or of ``contributions`` of one organisation; all rows of the year are
        added up, whoever gave.
    year
        Calendar year.
    of
        The denominator: ``contributions`` is assessed, unearmarked and earmarked; ``revenue`` adds
        revenue from other activities.

    Returns
    -------
    Share or None
        None when the year has no row.

    Raises
    ------
    UsageError
        Several organisations or currencies, or another denominator.

    Notes
    -----
    Source: definition of the kinds of revenue in UN CEB Financial Statistics. For IOM in 2022 they
    give 96.8% of contributions and 91.6% of revenue.
    """
    rows = select(table, [year])
    if of not in ("contributions", "revenue"):
        raise UsageError(f"{of!r} is no denominator; choose contributions or revenue")
    if rows.empty:
        return None
    kinds = BASES["total"] if of == "contributions" else KINDS
    part = total(rows["earmarked"])
    whole = total(value for kind in kinds for value in rows[kind])
    return Share(share(part, whole), part, whole, of)


def growth(revenue: pd.DataFrame, first: int, last: int) -> Growth | None:
    """Return how much all revenue of an organisation changed between two years.

    Parameters
    ----------
    revenue
        Rows of ``revenue`` of one organisation.
    first, last
        Calendar years; the change runs from `first` to `last`.

    Returns
    -------
    Growth or None
        None when one of the years has no row.

    Raises
    ------
    UsageError
        Several organisations, or two currencies: an exchange rate is no growth.
    """
    rows = select(revenue, [first, last])
    if not {first, last} <= set(rows["year"]):
        return None
    start, end = (
        total(value for kind in KINDS for value in rows.loc[rows["year"] == year, kind])
        for year in (first, last)
    )
    return Growth(share(total([end, -start]), start), start, end, first, last)


def revenue_by_kind(revenue: pd.DataFrame) -> pd.DataFrame:
    """Return revenue in long form, for a chart of the composition over the years.

    Parameters
    ----------
    revenue
        Rows of ``revenue`` of one organisation.

    Returns
    -------
    DataFrame
        Per year one row for each kind that has an amount: ``year``, ``kind`` (``assessed``,
        ``unearmarked``, ``earmarked``, ``other``, in that order), ``amount`` in units of the
        currency, ``share`` of that year's revenue (a fraction; NaN unless it is more than 0).

    Raises
    ------
    UsageError
        Several organisations or currencies.
    """
    rows = of_one_kind(revenue)
    years = rows["year"].tolist()
    kinds = {kind: grouped(years, numbers(rows, kind).tolist()) for kind in KINDS}
    found: list[tuple[int, str, float, float]] = []
    for year in sorted(set(years)):
        sums = {kind: math.fsum(each[year]) for kind, each in kinds.items() if year in each}
        whole = math.fsum(sums.values())
        found += [(year, kind, amount, share(amount, whole)) for kind, amount in sums.items()]
    types = {"year": "int64", "kind": "str", "amount": "float64", "share": "float64"}
    return table_of(types, found)


def funding_compact(
    table: pd.DataFrame, year: int, *, donor: str | None = None, years: int = 1
) -> FundingCompact | None:
    """Hold the unearmarked share of voluntary funding against the Funding Compact's 30%.

    Parameters
    ----------
    table
        Rows of ``revenue`` or ``contributions`` of one organisation; ``contributions`` when a
        donor is given.
    year
        Last calendar year.
    donor
        Id of a donor; without one, all funding of the organisation.
    years
        Number of years up to and including `year` that are added up, 1 or more. One year says
        little about a donor that books its core contributions for several years at once.

    Returns
    -------
    FundingCompact or None
        None when there is no voluntary amount in these years, or the table lacks one of them.

    Raises
    ------
    UsageError
        Several organisations or currencies, or fewer than one year.

    Notes
    -----
    Source: "minstens 30% ongeoormerkte financiering", Ministerie van Buitenlandse Zaken, Scorekaart
    IOM 2024. The compact itself (United Nations, A/74/73/Add.1) means the funding of development
    activities; that is from memory, not checked, and these tables do not tell activities apart.
    """
    if years < 1:
        raise UsageError(f"cannot add up {years} years; give 1 or more")
    first = year - years + 1
    rows = select(table, range(first, year + 1))
    complete = rows["year"].nunique() == years
    if donor is not None:
        rows = rows[rows["donor"] == donor]
    given = [amount for kind in BASES["voluntary"] for amount in numbers(rows, kind).tolist()]
    return _held(numbers(rows, "unearmarked").tolist(), given, first, year) if complete else None


def funding_compact_by_year(
    table: pd.DataFrame, years: Sequence[int], *, donor: str | None = None
) -> list[FundingCompact | None]:
    """Hold each of some years by itself against the Funding Compact's 30%.

    Parameters
    ----------
    table, donor
        As for `funding_compact`.
    years
        Calendar years.

    Returns
    -------
    list
        What `funding_compact` says of each year, in the order of `years`.

    Raises
    ------
    UsageError
        Several organisations or currencies in one year. A share has no currency, so one year may
        differ in it from another.
    """
    rows = table[table["year"].isin(list(years))]
    if rows["currency"].nunique() > 1 or rows["organisation"].nunique() > 1:
        return [funding_compact(table, year, donor=donor) for year in years]
    if donor is not None:
        rows = rows[rows["donor"] == donor]
    booked = rows["year"].tolist()
    free, bound = (grouped(booked, numbers(rows, kind).tolist()) for kind in BASES["voluntary"])
    return [_held(free.get(year, []), free.get(year, []) + bound.get(year, []), year, year) for year in years]


def _held(free: Iterable[float], given: Iterable[float], first: int, last: int) -> FundingCompact | None:
    known = [amount for amount in given if not math.isnan(amount)]
    if not known:
        return None
    part, whole = total(free), math.fsum(known)
    return FundingCompact(share(part, whole), part, whole, first, last, reaches(part, whole, MARK))
