"""Amounts of one currency in another, with dated rates; imports `errors` and `_money`, reads no file.

Nothing is converted but by a rate of a table, and the rows say by which: a rate is a figure too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from scorelib.errors import UsageError
from scorelib.scoring._money import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["COMMON", "USED", "convert", "converted", "one_currency", "used"]

COMMON = "USD"
"""The currency of most publishers; what amounts in several currencies are converted into."""
USED = ["currency", "base", "period", "rate", "source"]
"""Columns of a table of rates."""


def convert(table: pd.DataFrame, currency: str, rates: pd.DataFrame) -> pd.DataFrame:
    """Convert all amounts of a table into one currency.

    Parameters
    ----------
    table
        Rows of ``contributions`` or ``revenue``.
    currency
        ISO 4217 code.
    rates
        Rows of ``exchange_rates``. Of a year, its average is used if there is one, else its last day.

    Returns
    -------
    DataFrame
        The same rows in `currency`, with five more columns for `used`: what each was converted with.

    Raises
    ------
    UsageError
        If a rate is missing; all that are missing are named.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": [2023], "currency": ["EUR"], **dict.fromkeys(KINDS, 2.0)})
    >>> rates = pd.DataFrame([("EUR", "USD", "2023", 1.25, "bank")], columns=USED)
    >>> convert(rows, "USD", rates)["assessed"].tolist()
    [2.5]
    """
    done = _converted(table, currency, rates)
    lacking = done[done["currency"] != currency]
    if len(lacking):
        pairs = sorted(
            {(str(code), int(year)) for code, year in zip(lacking["currency"], lacking["year"], strict=True)}
        )
        named = ", ".join(f"{code} {year}" for code, year in pairs)
        message = (
            f"there is no rate into {currency} for {named}; add a row with its source to "
            "data/exchange_rates.csv for each"
        )
        raise UsageError(message)
    return done


def one_currency(table: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Convert the amounts of a table that has several currencies into `COMMON`, where there are rates.

    A table in one currency stays as it is, whichever that is. Rows for which there is no rate keep
    their currency; a calculation that would mix them with others refuses.
    """
    return table if table["currency"].nunique() < 2 else _converted(table, COMMON, rates)


def converted(table: pd.DataFrame) -> bool:
    """Whether amounts of a table may have been converted: most never are."""
    return "rate_period" in table


def used(table: pd.DataFrame) -> pd.DataFrame:
    """The rates that rows were converted with, each once: the columns of `USED`, in order."""
    if not converted(table):
        return pd.DataFrame(columns=USED)
    rows = table[table["rate_period"].notna()]
    found = pd.DataFrame(
        {
            "currency": rows["rate_from"],
            "base": rows["currency"],
            "period": rows["rate_period"],
            "rate": rows["rate"],
            "source": rows["rate_source"],
        }
    )
    return found.drop_duplicates().sort_values(["currency", "period"], ignore_index=True)


def _converted(table: pd.DataFrame, currency: str, rates: pd.DataFrame) -> pd.DataFrame:
    known = _by_year(rates[rates["base"] == currency].itertuples(index=False))
    done = table.copy()
    for kind in KINDS:
        done[kind] = done[kind].astype("float64")
    for name in ("rate_from", "rate_period", "rate_source"):
        done[name] = pd.Series([None] * len(done), index=done.index, dtype="object")
    done["rate"] = float("nan")
    pairs = {(code, year) for code, year in zip(done["currency"], done["year"], strict=True)}
    for code, year in pairs:
        found = known.get((str(code), int(year)))
        if code == currency or found is None:
            continue
        period, rate, source = found
        rows = (done["currency"] == code) & (done["year"] == year)
        done.loc[rows, list(KINDS)] *= rate
        done.loc[rows, ["rate_from", "rate_period", "rate_source"]] = [code, period, source]
        done.loc[rows, "rate"] = rate
    done.loc[done["rate_period"].notna(), "currency"] = currency
    return done


def _by_year(rates: Iterable[object]) -> dict[tuple[str, int], tuple[str, float, str]]:
    """Per currency and year the rate to use: the year's average, or that of its last day."""
    best: dict[tuple[str, int], tuple[str, float, str]] = {}
    for each in rates:
        period, rate = str(each.period), float(each.rate)  # type: ignore[attr-defined]  # a row of the table
        if rate <= 0:
            continue
        key = (str(each.currency), int(period[:4]))  # type: ignore[attr-defined]  # as above
        before = best.get(key)
        average = len(period) == 4
        if before is None or average or (len(before[0]) > 4 and before[0] < period):
            best[key] = (period, rate, str(each.source))  # type: ignore[attr-defined]  # as above
    return best
