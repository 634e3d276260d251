"""The numbers that a text may ask for by name, as it prints them; imports `known`, `origins`; draws nothing.

A text says ``{{ usd("NL", 2023) }}`` and gets the number in the language and style of the report.
What the data do not hold is an error that names what there is: a text never prints a blank.
"""

from __future__ import annotations

import datetime
import functools
import re
from typing import TYPE_CHECKING, Any, NoReturn, get_args

from scorelib.document.origin import Told
from scorelib.errors import UsageError
from scorelib.prose.known import known
from scorelib.prose.origins import origins
from scorelib.scoring.funding import BASES, Basis, Position
from scorelib.scoring.revenue import Denominator
from scorelib.scoring.rows import records

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from scorelib.data.scorecard import Scorecard
    from scorelib.prose.known import Known

__all__ = ["names"]

MARKUP = re.compile(r"([\\`*_\[\]<>#^~|@])")


@functools.lru_cache(maxsize=4)
def names(card: Scorecard) -> Mapping[str, Any]:
    """Everything a text of this scorecard may use between ``{{`` and ``}}``.

    ==========================================  ==========================================
    name                                        gives
    ==========================================  ==========================================
    ``usd(donor, year, basis="voluntary")``     what a donor contributed
    ``rank(donor, year, basis="voluntary")``    its rank among governments
    ``share(donor, year, basis="voluntary")``   its share of what governments contributed
    ``revenue(year, kind=None)``                all revenue, or one kind of it
    ``growth(first, last)``                     change of all revenue
    ``earmarked_share(year, of)``               of ``contributions`` or of ``revenue``
    ``fact(name)``                              a fact, by its id
    ``fact_date(name)``                         the date at which it held
    ``score(code)``                             the score of an indicator
    ``band(code)``                              the rating that goes with its score
    ``rating(theme)``                           relevance to a policy priority
    ``name``                                    the organisation's name
    ``abbreviation``                            its abbreviation
    ``year``                                    the year of the scorecard
    ``data_year``                               the last year of contributions shown
    ==========================================  ==========================================
    """
    numbers = known(card)
    return {
        **_given(card, numbers),
        **_received(card, numbers),
        **_facts(card, numbers),
        **_ratings(card, numbers),
        "name": MARKUP.sub(r"\\\1", card.organisation.name),
        "abbreviation": MARKUP.sub(r"\\\1", card.organisation.abbreviation),
        "year": card.year,
        "data_year": card.data_year,
    }


def _given(card: Scorecard, numbers: Known) -> Mapping[str, Callable[..., str]]:
    tongue, rows = card.language, origins(card)

    def position(donor: str, year: int, basis: Basis) -> Position:
        if basis not in BASES:
            _missing(f"basis {basis!r}", BASES)
        found = numbers.position(donor, year, basis)
        if found is None:
            message = (
                f"{donor} has no {basis} contribution to {card.organisation.id} in {year}; "
                "look in data/contributions.csv"
            )
            raise UsageError(message)
        return found

    def usd(donor: str, year: int, basis: Basis = "voluntary") -> str:
        amount = tongue.money(position(donor, year, basis).amount, numbers.given_in or "USD")
        return Told(amount, rows.given(donor, year, basis))

    def rank(donor: str, year: int, basis: Basis = "voluntary") -> str:
        return Told(tongue.ordinal(position(donor, year, basis).rank), rows.rank(year, basis))

    def share(donor: str, year: int, basis: Basis = "voluntary") -> str:
        return Told(tongue.percent(position(donor, year, basis).share, 1), rows.share(year, basis))

    return {"usd": usd, "rank": rank, "share": share}


def _received(card: Scorecard, numbers: Known) -> Mapping[str, Callable[..., str]]:
    tongue, rows = card.language, origins(card)

    def all_revenue(year: int, kind: str | None = None) -> str:
        if kind is not None and kind not in {*get_args(Basis), "other"}:
            _missing(f"kind {kind!r}", [*get_args(Basis), "other"])
        amount = numbers.revenue(year, kind or "")
        if amount is None:
            _missing(f"revenue of {year}", numbers.revenue_years)
        return Told(tongue.money(amount, numbers.received_in or "USD"), rows.received(year, kind or ""))

    def growth(first: int, last: int) -> str:
        change = numbers.growth(first, last)
        if change is None:
            message = f"there is no revenue of both {first} and {last}; look in data/revenue.csv"
            raise UsageError(message)
        return Told(tongue.percent(change.rate), rows.growth(first, last))

    def earmarked_share(year: int, of: Denominator) -> str:
        if of not in get_args(Denominator):
            _missing(f"denominator {of!r}", get_args(Denominator))
        found = numbers.earmarked_share(year, of)
        if found is None:
            message = f"there is no revenue of {year}; look in data/revenue.csv"
            raise UsageError(message)
        return Told(tongue.percent(found.share), rows.part(year, of))

    return {"revenue": all_revenue, "growth": growth, "earmarked_share": earmarked_share}


def _facts(card: Scorecard, numbers: Known) -> Mapping[str, Callable[[str], str]]:
    def row(name: str) -> Mapping[Any, Any]:
        if name not in numbers.facts:
            _missing(f"fact {name!r}", numbers.facts)
        return numbers.facts[name]

    def fact(name: str) -> str:
        return Told(fact_value(card, row(name)), origins(card).fact(name))

    def fact_date(name: str) -> str:
        day = row(name)["as_of"]
        text = card.language.date(day) if isinstance(day, datetime.date) else ""
        return Told(text, origins(card).fact_date(name))

    return {"fact": fact, "fact_date": fact_date}


def fact_value(card: Scorecard, row: Mapping[Any, Any]) -> str:
    """The value of a row of ``facts``, written in its unit."""
    value = float(row["value"])
    match row["unit"]:
        case "percent":
            return card.language.percent(value / 100, 0 if value.is_integer() else 1)
        case "count":
            return card.language.number(value, 0 if value.is_integer() else 1)
    return card.language.money(value, str(row["unit"]))


def _ratings(card: Scorecard, numbers: Known) -> Mapping[str, Callable[[str], str]]:
    relevance = {str(row["theme"]): str(row["rating"]) for row in records(card["relevance"])}

    def rating(theme: str) -> str:
        if theme not in relevance:
            _missing(f"rating of theme {theme!r}", relevance)
        return Told(card.language.label(f"rating.{relevance[theme]}"), origins(card).relevance(theme))

    def indicator(code: str) -> Mapping[Any, Any]:
        tree(card)
        row = numbers.indicators.get(str(code))
        if row is None or row["state"] != "scored":
            scored = [name for name, each in numbers.indicators.items() if each["state"] == "scored"]
            _missing(f"score of indicator {code!r}", scored)
        return row

    def score(code: str) -> str:
        return Told(card.language.number(indicator(code)["printed"], 2), origins(card).score(str(code)))

    def band(code: str) -> str:
        row = indicator(code)
        text = row[f"band_{card.language.code}"] if f"band_{card.language.code}" in row else row["band"]
        return Told(str(text), origins(card).score(str(code), str(row["band"])))

    return {"score": score, "band": band, "rating": rating}


def tree(card: Scorecard) -> pd.DataFrame:
    """The scored indicator tree of a scorecard's assessment; not to be changed, since others read it too."""
    if card.assessment is None:
        message = (
            f"{card.organisation.id} {card.year} rests on no assessment; give it one in data/scorecards.csv"
        )
        raise UsageError(message)
    return known(card).tree


def _missing(what: str, there: Any) -> NoReturn:
    names = ", ".join(str(name) for name in there) or "none at all"
    message = f"the data have no {what}; there are: {names}"
    raise UsageError(message)
