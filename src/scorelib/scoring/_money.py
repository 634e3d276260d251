"""What every calculation with amounts needs: bases, exact sums, refusals; imports `errors` only."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

import numpy as np
import pandas as pd

from scorelib.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "BASES",
    "KINDS",
    "Basis",
    "Kind",
    "amounts",
    "currency",
    "grouped",
    "numbers",
    "of_one_kind",
    "reaches",
    "select",
    "share",
    "table_of",
    "total",
]

Basis = Literal["voluntary", "total", "assessed", "unearmarked", "earmarked"]
Kind = Literal["assessed", "unearmarked", "earmarked", "other"]
Key = TypeVar("Key")

KINDS: tuple[Kind, ...] = get_args(Kind)
"""The columns of amounts in ``contributions`` and ``revenue``."""

BASES: dict[Basis, tuple[Kind, ...]] = {
    "voluntary": ("unearmarked", "earmarked"),
    "total": ("assessed", "unearmarked", "earmarked"),
    "assessed": ("assessed",),
    "unearmarked": ("unearmarked",),
    "earmarked": ("earmarked",),
}
"""Which columns a basis adds up. ``other`` is in none: it is revenue, not a contribution."""


def amounts(contributions: pd.DataFrame, basis: Basis) -> pd.Series[float]:
    """Return what each row contributes on a basis.

    Parameters
    ----------
    contributions
        Rows of ``contributions`` (or ``revenue``), amounts in units of their currency.
    basis
        ``voluntary`` is unearmarked and earmarked; ``total`` adds assessed contributions. Revenue
        from other activities is in neither.

    Returns
    -------
    Series
        One amount (float) per row, with the index of `contributions`; NaN where the row has no
        amount of these kinds at all, which is not the same as 0.

    Raises
    ------
    UsageError
        The basis is none of the five.

    Notes
    -----
    On ``voluntary`` the donor tables of Ministerie van Buitenlandse Zaken, Scorekaart IOM 2024, are
    reproduced from UN CEB data: every rank of 2021-2023, which no other basis does.
    """
    if basis not in BASES:
        raise UsageError(f"{basis!r} is no basis; choose one of {', '.join(BASES)}")
    # Column by column: pandas' own sum over rows takes five times as long on tables of this size.
    columns = [numbers(contributions, kind) for kind in BASES[basis]]
    known = [~np.isnan(column) for column in columns]
    added = sum((np.where(there, column, 0.0) for there, column in zip(known, columns, strict=True)), 0.0)
    return pd.Series(np.where(np.any(known, axis=0), added, np.nan), index=contributions.index)


def numbers(table: pd.DataFrame, column: str) -> np.ndarray[tuple[int], np.dtype[np.floating]]:
    """Return a column of amounts as bare numbers, NaN for none."""
    return table[column].astype("float64").to_numpy()


def grouped(keys: Iterable[Key], values: Iterable[float]) -> dict[Key, list[float]]:
    """Collect the values of each key, in their order; NaN is no value.

    One pass in plain Python: on tables of this size pandas takes longer to cut out one year than
    this takes for all of them.
    """
    found: dict[Key, list[float]] = {}
    for key, value in zip(keys, values, strict=True):
        if not math.isnan(value):
            found.setdefault(key, []).append(value)
    return found


def table_of(types: Mapping[str, str], rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    """Rows as a table whose columns have these types.

    Column by column: made of rows and then converted, a table takes five times as long.
    """
    columns: Iterable[Sequence[object]] = zip(*rows, strict=True) if rows else [()] * len(types)
    made = zip(types.items(), columns, strict=True)
    return pd.DataFrame({name: pd.Series(list(column), dtype=kind) for (name, kind), column in made})


def currency(table: pd.DataFrame) -> str | None:
    """Return the one currency of some rows; None when there are no rows.

    Raises
    ------
    UsageError
        The rows have several currencies: their amounts cannot be added or ranked.
    """
    return _one(table, "currency", "add a rate for each to data/exchange_rates.csv, or convert them")


def select(table: pd.DataFrame, years: Iterable[int]) -> pd.DataFrame:
    """Return the rows of some years, of one organisation and in one currency, or refuse.

    Raises
    ------
    UsageError
        The rows are of several organisations or in several currencies.
    """
    return of_one_kind(table[table["year"].isin(list(years))])


def of_one_kind(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows as they are, or refuse as `select` does."""
    _one(rows, "organisation", "give the rows of one organisation")
    currency(rows)
    return rows


def total(values: Iterable[float]) -> float:
    """Add amounts up, correctly rounded: the order of the rows changes no bit. NaN adds nothing."""
    return math.fsum(value for value in values if not math.isnan(value))


def share(part: float, whole: float) -> float:
    """Return part / whole as a fraction; NaN unless the whole is more than 0."""
    return part / whole if whole > 0 else math.nan


def reaches(part: float, whole: float, mark: Fraction) -> bool | None:
    """Whether part / whole is at least a mark, exactly; None unless the whole is more than 0."""
    return Fraction(part) >= mark * Fraction(whole) if whole > 0 else None


def _one(rows: pd.DataFrame, column: str, remedy: str) -> str | None:
    values = sorted(rows[column].unique())
    if len(values) > 1:
        years = sorted(rows["year"].unique())
        when = f"{years[0]}" if len(years) == 1 else f"{years[0]}-{years[-1]}"
        raise UsageError(f"amounts of {when} have more than one {column} ({', '.join(values)}); {remedy}")
    return str(values[0]) if values else None
