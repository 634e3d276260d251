"""What one donor gives to all organisations, with its rank at each; imports `_money` only.

`funding.position` answers for one organisation and year; this answers for all of them at once, and
the tests hold the two against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scorelib.errors import UsageError
from scorelib.scoring._money import amounts

if TYPE_CHECKING:
    import pandas as pd

    from scorelib.scoring._money import Basis

__all__ = ["overview", "sums"]

GIVEN = ("assessed", "unearmarked", "earmarked")
_KEY = ["organisation", "year"]


def overview(contributions: pd.DataFrame, donor: str, basis: Basis = "voluntary") -> pd.DataFrame:
    """Return what one government gave to each organisation in each year, and where that ranks it.

    Parameters
    ----------
    contributions
        Rows of ``contributions`` of all organisations and all donors: ranks need them. Amounts of
        one organisation are in one currency.
    donor
        Id of the government.
    basis
        What ``amount``, ``rank`` and ``share`` count; see `funding.amounts`.

    Returns
    -------
    DataFrame
        One row per organisation and year in which the donor has a row, in their order:
        ``organisation``, ``year``, ``currency``, ``assessed``, ``unearmarked``, ``earmarked``,
        ``given`` (all three; NaN for none), ``amount`` (NaN for none on this basis), ``rank``
        (missing for none; equal amounts share the lowest number), ``share`` (fraction of what all
        governments gave on this basis; NaN unless that is more than 0),
        ``donors`` (governments that were ranked) and ``core``
        (unearmarked as a fraction of voluntary contributions; NaN unless these are more than 0 and
        neither of the two is negative, since a refund would make it more than all or less than none).

    Raises
    ------
    UsageError
        The amounts of an organisation in a year are in several currencies, or an unknown basis.
    """
    rows = contributions[contributions["donor_kind"] == "government"].copy()
    rows["amount"] = amounts(rows, basis)
    mixed = rows.groupby(_KEY)["currency"].nunique().gt(1)
    if mixed.any():
        organisation, year = mixed[mixed].index[0]
        raise UsageError(
            f"the contributions to {organisation} in {year} are in several currencies; convert them first"
        )
    summed = rows.groupby([*_KEY, "donor", "currency"], as_index=False)[[*GIVEN, "amount"]].sum(min_count=1)
    within = summed.groupby(_KEY)["amount"]
    whole = within.transform("sum")
    summed["rank"] = within.rank(method="min", ascending=False).astype("Int64")
    summed["share"] = (summed["amount"] / whole).where(whole > 0)
    summed["donors"] = within.transform("count").astype("int64")
    own = summed[summed["donor"] == donor].copy()
    own["given"] = own[list(GIVEN)].sum(axis=1, min_count=1)
    own["core"] = _core(own["unearmarked"].fillna(0.0), own["earmarked"].fillna(0.0))
    columns = [*_KEY, "currency", *GIVEN, "given", "amount", "rank", "share", "donors", "core"]
    return own[columns].sort_values(_KEY, kind="stable").reset_index(drop=True)


def sums(given: pd.DataFrame) -> pd.DataFrame:
    """Return what a donor gave to all organisations together.

    Parameters
    ----------
    given
        What `overview` returned, all of it in one currency.

    Returns
    -------
    DataFrame
        One row per year: ``year``, ``assessed``, ``unearmarked``, ``earmarked``, ``given`` (all
        three), ``organisations`` (to which something was given) and ``core`` as in `overview`.

    Raises
    ------
    UsageError
        The amounts are in several currencies.
    """
    if given["currency"].nunique() > 1:
        raise UsageError("amounts in several currencies have no sum; convert them first")
    by_year = given.groupby("year")
    whole = by_year[[*GIVEN, "given"]].sum()
    whole["organisations"] = by_year["given"].count()
    whole["core"] = _core(whole["unearmarked"], whole["earmarked"])
    return whole.reset_index()


def _core(free: pd.Series[float], tied: pd.Series[float]) -> pd.Series[float]:
    both = free + tied
    return (free / both).where((free >= 0) & (tied >= 0) & (both > 0))
