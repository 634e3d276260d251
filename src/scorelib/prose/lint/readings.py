"""Other ways to read a number in its sentence, before it is said to contradict; imports claims.

Attribution by nearness goes wrong in long sentences. So a number is held against every measure that
the names, years and kinds of its sentence allow, except where a word stands directly beside it.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from scorelib.prose.lint.measures import Measure
from scorelib.prose.lint.subjects import Reading, Subjects
from scorelib.prose.lint.years import Calendar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scorelib.prose.lint.claim import Claim

__all__ = ["alternatives"]

BESIDE = 1.5
"""A word nearer than this belongs to a number beyond doubt."""
WHOLES = {"income": "revenue", "contributions": "contributions"}


def alternatives(claim: Claim) -> Iterator[Measure]:
    """What else a number may be, in its sentence."""
    finder = _Finder(claim)
    match claim.role:
        case "level" | "sum" | "difference":
            yield from finder.levels()
        case "growth":
            yield from finder.growths()
        case "share":
            yield from finder.shares()
        case "rank":
            yield from finder.ranks()


class _Finder:
    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.context = claim.context
        self.quantity = claim.quantity
        self.subjects = Subjects(claim.context, claim.donors)
        self.calendar = Calendar(claim.context, claim.year)
        self.organisation = claim.measures[0].organisation

    def years(self) -> list[int]:
        """Years that the number may be of; its own alone, if that stands beside it."""
        found = [(cost, year) for cost, first, year in self.calendar.mentions(self.quantity) if first == year]
        if found and found[0][0] <= BESIDE:
            return [found[0][1]]
        own = [measure.year for measure in self.claim.measures]
        return list(dict.fromkeys([*own, *(year for _, year in found)]))

    def kinds(self) -> list[str]:
        """Kinds that the number may be of."""
        words = self.subjects.kind_words(self.quantity)
        if words and words[0].cost <= 0.5:
            return [str(words[0].value)]
        own = [measure.kind for measure in self.claim.measures]
        return list(dict.fromkeys([*own, *(str(each.value) for each in words), *self.subjects.both_bases()]))

    def readings(self) -> Iterator[Reading]:
        """Whose money the number may be."""
        context = self.context
        near = self.subjects.donor_cost(self.quantity)
        donors = [str(tag.value) for tag in context.donors]
        if near <= BESIDE and not self.subjects.is_compared(self.quantity):
            donors = list(self.subjects.donors(self.quantity))
        for kind in self.kinds():
            for donor in dict.fromkeys([*donors, *self.subjects.topic]):
                yield Reading(self.organisation, "donor", donor, kind)
            if near <= BESIDE:
                continue
            if context.has("governments"):
                yield Reading(self.organisation, "governments", "", kind)
            if context.has("income", "revenue", "receive", "budget", "contributions"):
                yield Reading(self.organisation, "organisation", "", kind)
        if near > BESIDE and context.has("income", "revenue", "receive"):
            yield Reading(self.organisation, "organisation", "", "")

    def levels(self) -> Iterator[Measure]:
        for each, year in itertools.product(self.readings(), self.years()):
            yield Measure("level", each.organisation, each.of, each.donor, (year,), each.kind)

    def growths(self) -> Iterator[Measure]:
        found = self.calendar.mentions(self.quantity)
        years = sorted({year for _, first, last in found for year in (first, last)})
        ends = [year for year in years if year not in self.calendar.bases]
        spans = [*itertools.combinations(years, 2), *((year - 1, year) for year in ends)]
        for each, span in itertools.product(self.readings(), spans):
            yield Measure("growth", each.organisation, each.of, each.donor, span, each.kind)

    def shares(self) -> Iterator[Measure]:
        wholes = [of for kind, of in WHOLES.items() if self.context.has(kind)]
        if "contributions" in wholes:
            wholes.append("voluntary contributions")
        kinds = [kind for kind in self.kinds() if kind not in ("total", "")]
        for measure, year in itertools.product(self.claim.measures, self.years()):
            yield replace(measure, years=(year,))
        for kind, whole, year in itertools.product(kinds, wholes, self.years()):
            yield Measure("share", self.organisation, years=(year,), kind=kind, whole=whole)

    def ranks(self) -> Iterator[Measure]:
        donors = self._donors()
        for donor, kind, year in itertools.product(donors, self.kinds(), self.years()):
            if kind:
                yield Measure("rank", self.organisation, "donor", donor, (year,), kind)

    def _donors(self) -> list[str]:
        if self.subjects.donor_cost(self.quantity) <= BESIDE:
            return list(self.subjects.donors(self.quantity))
        return list(dict.fromkeys(str(tag.value) for tag in self.context.donors))
