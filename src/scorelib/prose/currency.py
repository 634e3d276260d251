"""Amounts of a scorecard in one currency, and the sentence that says by which rates.

Imports scoring, data and language; draws nothing. Reports and texts read amounts here, so that no
number of theirs mixes currencies and each that was converted has its rate and date in print.
"""

from __future__ import annotations

import datetime
import functools
from typing import TYPE_CHECKING

import pandas as pd

from scorelib.scoring.rates import COMMON, converted, one_currency, used

if TYPE_CHECKING:
    from scorelib.data.portfolio import Portfolio
    from scorelib.data.scorecard import Scorecard

__all__ = ["all_in_one_currency", "common_currency", "in_one_currency", "rates_line"]

FICTIONAL = "fictional"
"""The source of what is made up."""


def in_one_currency(card: Scorecard, table: str) -> pd.DataFrame:
    """A table of amounts, converted where its rows are in several currencies.

    Rates that are made up convert the amounts of organisations that are made up, and no others.
    """
    return _converted(card, table).copy(deep=False)


@functools.lru_cache(maxsize=8)
def _converted(card: Scorecard, table: str) -> pd.DataFrame:
    """The same for all who ask; who changes it changes a copy (pandas copies what is written to)."""
    rows = card[table]
    if rows["currency"].nunique() < 2:
        return rows
    rates = card["exchange_rates"]
    return one_currency(rows, rates if card.organisation.fictional else rates[rates["source"] != FICTIONAL])


def all_in_one_currency(portfolio: Portfolio, table: str) -> pd.DataFrame:
    """A table of amounts of all organisations, each organisation's in one currency.

    Rates are used as by `in_one_currency`.
    """
    rows = portfolio[table]
    counted = rows.groupby("organisation")["currency"].nunique()
    mixed = set(counted[counted > 1].index)
    if not mixed:
        return rows
    organisations, rates = portfolio["organisations"], portfolio["exchange_rates"]
    fictional = set(organisations[organisations["fictional"]]["id"])
    parts = [
        rows[~rows["organisation"].isin(mixed)],
        *(
            one_currency(
                rows[rows["organisation"] == name],
                rates if name in fictional else rates[rates["source"] != FICTIONAL],
            )
            for name in sorted(mixed)
        ),
    ]
    return pd.concat(parts)


def common_currency(portfolio: Portfolio, rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Amounts of many organisations in the one currency in which they can be added up.

    Gives the rows, and the organisations left out because there is no rate for some of theirs.
    """
    rates = portfolio["exchange_rates"]
    done = one_currency(rows, rates[rates["source"] != FICTIONAL])
    if done["currency"].nunique() < 2:
        return done, []
    left_out = sorted(set(done[done["currency"] != COMMON]["organisation"]))
    return done[~done["organisation"].isin(left_out)], left_out


def rates_line(card: Scorecard, rows: pd.DataFrame) -> str:
    """The sentence that names the rates by which rows were converted, with their dates; empty for none."""
    found = used(rows) if converted(rows) else None
    if found is None or found.empty:
        return ""
    lang = card.language
    listed = []
    for each in found.to_dict("records"):
        average = len(each["period"]) == 4
        period = each["period"] if average else lang.date(datetime.date.fromisoformat(each["period"]))
        key = f"figures.rates.{'average' if average else 'day'}"
        rate = lang.number(each["rate"], 4)
        listed.append(lang.label(key, currency=each["currency"], rate=rate, period=period))
    return lang.label("figures.rates.note", base=found["base"].iloc[0], rates="; ".join(listed))
