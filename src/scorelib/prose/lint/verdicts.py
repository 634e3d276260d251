"""Claims held against the data: whether they agree, differ or have nothing to agree with."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, get_args

from scorelib.prose.lint.measures import Datum, Measure, lookup
from scorelib.prose.lint.readings import alternatives
from scorelib.scoring.funding import Basis

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scorelib.prose.lint.claim import Claim
    from scorelib.prose.lint.context import Setting

__all__ = ["State", "Verdict", "judge"]

State = Literal["computed", "agrees", "differs", "old", "unnamed", "unknown", "nothing"]
"""Right by construction; agrees; differs; agrees with an older year alone; a share of no named whole;
a number that no data are known for; a number that claims nothing."""

FAR_OFF = Decimal("1.25")
"""How many times a number may be what it is *more than* where its meaning is doubtful."""
TELLING = 1000
"""The least count that agrees with a fact by more than chance."""
DONOR = "NL"
"""The donor that a report is written for."""
OLDER = 6
"""Years back in which an undated number is looked for."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A claim, what became of it, and the data that it was held against."""

    claim: Claim
    state: State
    data: tuple[tuple[Measure, Datum], ...] = ()


def judge(claim: Claim, setting: Setting) -> Verdict:
    """Hold a claim against the data."""
    if claim.quantity.computed:
        return Verdict(claim, "computed")
    data = tuple(_found(claim.measures, setting))
    if claim.unnamed and data:
        return Verdict(claim, "agrees" if _all(claim, data) else "unnamed", data)
    agreeing = tuple(each for each in data if claim.interval.holds(each[1].value))
    if agreeing and (_all(claim, data) or not claim.every):
        return Verdict(claim, "agrees", agreeing)
    doubtful = claim.firm or claim.role == "difference"
    plain = replace(claim, interval=claim.quantity.interval) if claim.role == "difference" else claim
    plain = replace(plain, interval=plain.interval.within(claim.quantity.value, FAR_OFF))
    if data and doubtful and (other := tuple(_agreeing(plain, alternatives(claim), setting))):
        return Verdict(claim, "agrees", other)
    if data and claim.firm:
        older = () if claim.dated else tuple(_older(claim, setting))
        return Verdict(claim, "old", older) if older else Verdict(claim, "differs", data)
    if backing := tuple(_agreeing(claim, claim.backing, setting)):
        return Verdict(claim, "agrees", backing)
    if claim.quantity.kind in ("count", "percent") and claim.quantity.spelled:
        return Verdict(claim, "nothing")
    open_to_any = not claim.firm and claim.role in ("level", "sum", "count")
    if open_to_any and (loose := tuple(_loose(claim, setting))):
        return Verdict(claim, "agrees", loose)
    return Verdict(claim, "unknown", data)


def _all(claim: Claim, data: Iterable[tuple[Measure, Datum]]) -> bool:
    return all(claim.interval.holds(datum.value) for _, datum in data)


def _found(measures: Iterable[Measure], setting: Setting) -> Iterable[tuple[Measure, Datum]]:
    for measure in measures:
        known = setting.of(measure.organisation)
        datum = lookup(measure, known) if known is not None else None
        if datum is not None:
            yield measure, datum


def _agreeing(claim: Claim, measures: Iterable[Measure], setting: Setting) -> Iterable[tuple[Measure, Datum]]:
    unit = claim.quantity.unit
    for measure, datum in _found(measures, setting):
        if claim.interval.holds(datum.value) and (datum.unit == unit or not (datum.unit and unit)):
            yield measure, datum


def _older(claim: Claim, setting: Setting) -> Iterable[tuple[Measure, Datum]]:
    """Data of earlier years that an undated claim agrees with."""
    for measure, back in itertools.product(claim.measures, range(1, OLDER)):
        if len(measure.years) != 1:
            continue
        earlier = replace(measure, years=(measure.year - back,))
        yield from _agreeing(claim, [earlier], setting)


def _loose(claim: Claim, setting: Setting) -> Iterable[tuple[Measure, Datum]]:
    """Any amount of the data that a number of unclear meaning agrees with, or a large count."""
    quantity, known = claim.quantity, setting.known
    if quantity.kind == "count" and quantity.value >= TELLING:
        counts = [name for name, row in known.facts.items() if row["unit"] == "count"]
        facts = [Measure("fact", known.organisation, name=name) for name in counts]
        yield from _agreeing(claim, facts, setting)
    if quantity.kind != "amount" or quantity.unit not in ("", known.given_in, known.received_in):
        return
    context = claim.context
    years = {year.start for year in context.marks.years} or {setting.data_year, setting.data_year - 1}
    donors = {str(tag.value) for tag in context.donors} | {*claim.donors, DONOR}
    own = known.organisation
    for year in sorted(years):
        measures = [Measure("level", own, years=(year,), kind=kind) for kind in ("", *get_args(Basis))]
        for kind in get_args(Basis):
            measures.append(Measure("level", own, "governments", "", (year,), kind))
            measures += [Measure("level", own, "donor", donor, (year,), kind) for donor in sorted(donors)]
        yield from _agreeing(claim, measures, setting)
