"""What a number can be a number of, and what the data hold for it; imports `known` alone.

A measure names subject, years, kind and denominator. Looking it up gives a datum: the value, in the
units of the quantity (hundredths for shares and growth), with the place that it comes from.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, cast

from scorelib.scoring.funding import BASES

if TYPE_CHECKING:
    from collections.abc import Callable

    from scorelib.prose.known import Known
    from scorelib.scoring.funding import Basis

__all__ = ["Datum", "Measure", "lookup", "written"]

Statistic = Literal[
    "level", "sum", "mean", "difference", "growth", "rank", "share", "donors", "fact", "score"
]
Subject = Literal["donor", "organisation", "governments"]

MILLION, BILLION = 1_000_000, 1_000_000_000


@dataclass(frozen=True, slots=True)
class Measure:
    """What a number is said to be.

    Parameters
    ----------
    statistic
        Which number of it: a level, a growth, a rank …
    organisation
        Id of the organisation that it is about.
    subject
        Whose money it is: one donor's, all governments', or what the organisation received.
    donor
        Id of the donor, if it is one donor's; ids with commas for several together.
    years
        The year; first and last for a growth, a sum or a mean.
    kind
        Kind or basis of the money; empty for all revenue.
    whole
        What a share is a share of.
    name
        Id of a fact, or code of an indicator.
    """

    statistic: Statistic
    organisation: str
    subject: Subject = "organisation"
    donor: str = ""
    years: tuple[int, ...] = ()
    kind: str = ""
    whole: str = ""
    name: str = ""

    @property
    def year(self) -> int:
        """The last of its years; 0 if it has none."""
        return self.years[-1] if self.years else 0


@dataclass(frozen=True, slots=True)
class Datum:
    """A number of the data.

    Parameters
    ----------
    value
        In units; in hundredths for shares and growth.
    unit
        Currency of an amount.
    says
        What it is, in words.
    place
        File and row that it comes from.
    placeholder
        What a text may write instead of the number; empty if nothing prints it.
    """

    value: Decimal
    unit: str
    says: str
    place: str
    placeholder: str = ""


def written(value: Decimal, statistic: str, unit: str = "") -> str:
    """A value as messages show it."""
    if statistic in ("growth", "share"):
        return f"{value:.1f}%"
    number = float(value)
    if not math.isfinite(number):
        return "any"
    if abs(number) >= MILLION:
        scale, word = (BILLION, "billion") if abs(number) >= BILLION else (MILLION, "million")
        return f"{unit} {number / scale:,.2f} {word}".strip()
    shown = f"{number:,.2f}".removesuffix(".00")
    return f"{unit} {shown}".strip()


def lookup(measure: Measure, known: Known) -> Datum | None:
    """What the data hold for a measure; None where they hold nothing."""
    return _LOOKUPS[measure.statistic](measure, known)


def _exact(value: float | None) -> Decimal | None:
    return None if value is None or not math.isfinite(value) else Decimal(repr(float(value)))


def _amount(measure: Measure, known: Known, year: int) -> float | None:
    """The level in one year; None for a kind that nobody gives, such as all revenue."""
    if measure.subject != "organisation" and measure.kind not in BASES:
        return None
    if measure.subject == "donor":
        basis = cast("Basis", measure.kind)
        found = [known.contribution(donor, year, basis) for donor in measure.donor.split(",")]
        given = [amount for amount in found if amount is not None]
        return math.fsum(given) if len(given) == len(found) else None
    if measure.subject == "governments":
        together = known.governments(year, cast("Basis", measure.kind))
        return together.amount if together else None
    return known.revenue(year, measure.kind)


def _name(measure: Measure) -> str:
    """The subject and kind of a measure, in words."""
    if measure.subject == "organisation":
        kind = f"{measure.kind} " if measure.kind else "all "
        return f"{kind}revenue of {measure.organisation}"
    who = measure.donor if measure.subject == "donor" else "all governments"
    return f"{measure.kind} contribution of {who} to {measure.organisation}"


def _place(measure: Measure, known: Known, year: int) -> str:
    if measure.subject == "donor" and (line := known.contribution_line(measure.donor, year)):
        return f"data/contributions.csv:{line}"
    table = "revenue" if measure.subject == "organisation" else "contributions"
    return f"data/{table}.csv"


def _call(measure: Measure, *, share: bool = False) -> str:
    """How a text asks for a level."""
    if measure.subject == "donor" and "," not in measure.donor:
        basis = "" if measure.kind == "voluntary" else f', "{measure.kind}"'
        name = "share" if share else "usd"
        return f'{{{{ {name}("{measure.donor}", {measure.year}{basis}) }}}}'
    if measure.subject == "organisation":
        kind = f', "{measure.kind}"' if measure.kind else ""
        return f"{{{{ revenue({measure.year}{kind}) }}}}"
    return ""


def _unit(measure: Measure, known: Known) -> str:
    return known.received_in if measure.subject == "organisation" else known.given_in


def _level(measure: Measure, known: Known) -> Datum | None:
    value = _exact(_amount(measure, known, measure.year))
    if value is None:
        return None
    says = f"{_name(measure)} in {measure.year}"
    return Datum(value, _unit(measure, known), says, _place(measure, known, measure.year), _call(measure))


def _over_years(measure: Measure, known: Known) -> Datum | None:
    first, last = measure.years[0], measure.years[-1]
    found = [_amount(measure, known, year) for year in range(first, last + 1)]
    values = [value for value in found if value is not None]
    if len(values) < len(found):
        return None
    total = math.fsum(values)
    value = _exact(total if measure.statistic == "sum" else total / len(values))
    word = "sum" if measure.statistic == "sum" else "mean"
    says = f"{word} of {_name(measure)} in {first}-{last}"
    return None if value is None else Datum(value, _unit(measure, known), says, _place(measure, known, last))


def _change(measure: Measure, known: Known) -> Datum | None:
    first, last = measure.years[0], measure.years[-1]
    before, after = _amount(measure, known, first), _amount(measure, known, last)
    if before is None or after is None:
        return None
    if measure.statistic == "difference":
        value, says = _exact(math.fsum([after, -before])), "change"
    else:
        value = _exact(math.fsum([after, -before]) / before * 100) if before > 0 else None
        says = "growth"
    if value is None:
        return None
    says = f"{says} of {_name(measure)}"
    whole_revenue = measure.subject == "organisation" and not measure.kind and measure.statistic == "growth"
    says = f"{says} from {first} to {last}"
    call = f"{{{{ growth({first}, {last}) }}}}" if whole_revenue else ""
    return Datum(value, _unit(measure, known), says, _place(measure, known, last), call)


def _rank(measure: Measure, known: Known) -> Datum | None:
    found = known.position(measure.donor, measure.year, cast("Basis", measure.kind))
    if found is None:
        return None
    says = f"rank of {measure.donor} among {found.donors} governments in {measure.year} ({measure.kind})"
    basis = "" if measure.kind == "voluntary" else f', "{measure.kind}"'
    call = f'{{{{ rank("{measure.donor}", {measure.year}{basis}) }}}}'
    return Datum(Decimal(found.rank), "", says, _place(measure, known, measure.year), call)


def _share(measure: Measure, known: Known) -> Datum | None:
    part = _amount(measure, known, measure.year)
    whole = _whole(measure, known)
    if part is None or whole is None or whole <= 0:
        return None
    value = _exact(part / whole * 100)
    of = {"revenue": "all revenue", "contributions": "assessed and voluntary contributions"}
    says = f"{_name(measure)} in {measure.year} as a share of {of.get(measure.whole, measure.whole)}"
    call = ""
    if measure.subject == "donor" and measure.whole.endswith("of all governments"):
        call = _call(measure, share=True)
    elif measure.kind == "earmarked" and measure.whole in of and measure.subject == "organisation":
        call = f'{{{{ earmarked_share({measure.year}, of="{measure.whole}") }}}}'
    return None if value is None else Datum(value, "", says, _place(measure, known, measure.year), call)


def _whole(measure: Measure, known: Known) -> float | None:
    year = measure.year
    match measure.whole:
        case "revenue":
            return known.revenue(year)
        case "contributions":
            return known.revenue(year, "total")
        case "voluntary contributions":
            return known.revenue(year, "voluntary")
    basis = measure.whole.partition(" ")[0]
    if measure.whole.endswith("of all governments"):
        found = known.governments(year, cast("Basis", basis))
        return found.amount if found else None
    return known.contribution(measure.donor, year, cast("Basis", basis))


def _donors(measure: Measure, known: Known) -> Datum | None:
    found = known.governments(measure.year, cast("Basis", measure.kind))
    if found is None:
        return None
    says = f"number of governments with {measure.kind} contributions to {measure.organisation}"
    return Datum(Decimal(found.donors), "", f"{says} in {measure.year}", "data/contributions.csv")


def _fact(measure: Measure, known: Known) -> Datum | None:
    row: dict[Any, Any] = known.facts[measure.name]
    value = _exact(float(row["value"]))
    day = row["as_of"]
    dated = f" (as of {day.isoformat()})" if isinstance(day, datetime.date) else ""
    unit = str(row["unit"])
    says = f"fact {measure.name}{dated}"
    call = f'{{{{ fact("{measure.name}") }}}}'
    place = f"data/facts.csv:{row['line']}"
    return None if value is None else Datum(value, unit if len(unit) == 3 else "", says, place, call)


def _score(measure: Measure, known: Known) -> Datum | None:
    row = known.indicators.get(measure.name)
    if row is None or row["state"] != "scored":
        return None
    value = _exact(float(row["printed"]))
    says = f"score of indicator {measure.name} in {known.assessment}"
    call = f'{{{{ score("{measure.name}") }}}}'
    return None if value is None else Datum(value, "", says, "data/scores.csv", call)


_LOOKUPS: dict[Statistic, Callable[[Measure, Known], Datum | None]] = {
    "level": _level,
    "sum": _over_years,
    "mean": _over_years,
    "difference": _change,
    "growth": _change,
    "rank": _rank,
    "share": _share,
    "donors": _donors,
    "fact": _fact,
    "score": _score,
}
