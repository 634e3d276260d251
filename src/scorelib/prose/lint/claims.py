"""Claims of a sentence: what each of its numbers is said to be a number of; imports claim and below."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from scorelib.prose.lint.amounts import amount, is_difference
from scorelib.prose.lint.claim import Claim, Sentence
from scorelib.prose.lint.context import FAR
from scorelib.prose.lint.facts import facts_about
from scorelib.prose.lint.measures import Measure
from scorelib.prose.lint.shares import shares
from scorelib.prose.lint.subjects import LOOSE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scorelib.prose.lint.claim import Role, Topic
    from scorelib.prose.lint.context import Context
    from scorelib.prose.lint.quantities import Quantity
    from scorelib.prose.lint.subjects import Subjects

__all__ = ["claims"]

TARGET = 6
"""Distance within which *the norm* says that a percentage is asked for."""
DENIED = 2
"""Tokens before a word of change, and half those behind it, within which *not* denies it."""
HIGHEST = 4
"""Of the scale of scores, whose ends a text may name."""
BEFORE = 6
"""Years back in which the start of a change may lie that has no year of its own."""


def claims(context: Context, topic: Topic) -> list[Claim]:
    """The claims of a sentence, one for each of its numbers that claims anything."""
    builder = _Builder(Sentence(context, topic))
    found = [
        claim if quantity.computed else replace(claim, year=topic.year, donors=topic.donors)
        for quantity in context.quantities
        if (claim := builder.claim(quantity))
    ]
    topic.note(context, found)
    return found


def _earlier(measures: Iterable[Measure]) -> Iterator[Measure]:
    """The same of each of the years before, the nearest first."""
    for back, measure in itertools.product(range(1, BEFORE), measures):
        yield replace(measure, years=(measure.year - back,)) if len(measure.years) == 1 else measure


class _Builder:
    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.context = sentence.context
        self.topic = sentence.topic
        self.calendar = sentence.calendar
        self.setting = sentence.setting

    @property
    def subjects(self) -> Subjects:
        return self.sentence.subjects

    def claim(self, quantity: Quantity) -> Claim | None:
        measure = self.context.measured.get(quantity.first)
        if measure is not None:
            return self._computed(quantity, measure)
        claim = self._dispatch(quantity)
        if claim is None:
            return None
        facts = facts_about(quantity, self.context)
        named = tuple(Measure("fact", self.setting.known.organisation, name=each.name) for each in facts)
        if facts and facts[0].strong and claim.role not in ("rank", "score"):
            return replace(claim, measures=named, firm=True, unnamed=False, every=False, dated=True)
        if not claim.measures:
            claim = self._inherited(claim) or claim
        elif self.calendar.dates_apart(quantity):
            claim = replace(claim, measures=tuple(_earlier(claim.measures)))
        return replace(claim, backing=() if claim.role in ("growth", "rank", "score") else named)

    def _computed(self, quantity: Quantity, measure: Measure) -> Claim:
        role: Role = "level"
        if measure.statistic in ("growth", "share", "rank", "score"):
            role = measure.statistic
        elif quantity.kind == "count":
            role = "count"
        return Claim(quantity, self.context, quantity.interval, role, (measure,), firm=True)

    def _dispatch(self, quantity: Quantity) -> Claim | None:
        if quantity.factor and self._is_denied(quantity):
            return None
        match quantity.kind:
            case "amount":
                return amount(quantity, self.sentence)
            case "percent":
                if self._grows(quantity):
                    return self._growth(quantity)
                return self._share(quantity)
            case "points":
                return Claim(quantity, self.context, quantity.interval, "points")
            case "rank":
                return self._rank(quantity)
            case "score":
                return self._score(quantity)
        return self._count(quantity)

    def _inherited(self, claim: Claim) -> Claim | None:
        """A claim that goes on from the sentence before: *een jaar eerder was dat 2,9%*."""
        last = self.topic.last.get(claim.quantity.kind)
        words = ("pronoun", "previous", "next", "same", "earlier", "later", "kind", "share")
        if last is None or last.role != claim.role or not self.context.has(*words):
            return None
        years = self.calendar.years(claim.quantity)
        if not years.dated or any(len(measure.years) != 1 for measure in last.measures):
            return None
        measures = tuple(replace(measure, years=(years.last,)) for measure in last.measures)
        kinds = self.subjects.kinds(claim.quantity, within=LOOSE, default=())
        if claim.quantity.kind == "amount" and kinds:
            measures = tuple(replace(last.measures[0], years=(years.last,), kind=kind) for kind in kinds)
        return replace(claim, measures=measures, firm=True, unnamed=False)

    # --- growth ---------------------------------------------------------------------------------

    def _grows(self, quantity: Quantity) -> bool:
        if quantity.factor:
            return True
        context = self.context
        if any(context.tags.at(kind, quantity.last) for kind in ("more", "less")):
            return True
        if self.subjects.level_of_change(quantity):
            return False
        near = self.subjects.direction_cost(quantity)
        if near >= FAR or self.subjects.follows_of(quantity):
            return False
        if self.context.before_hedge(quantity, "by") or self._sizes_change(quantity):
            return True
        return near <= (8 if self.context.before_hedge(quantity, "of") else 3)

    def _is_denied(self, quantity: Quantity) -> bool:
        """Whether a change did not happen: *verdubbelde de steun niet*, *did not double*."""
        near = range(quantity.first - DENIED, quantity.last + 2 * DENIED)
        return any(self.context.tags.at("not", index) for index in near)

    def _sizes_change(self, quantity: Quantity) -> bool:
        """Whether a percentage stands in brackets behind a change: *by USD 27.5 million (61%)*."""
        opens = self.context.opens(quantity)
        return self.context.text(opens - 1) == "(" and any(
            each.last == opens - 1 and each.kind == "amount" and is_difference(each, self.context)
            for each in self.context.quantities
        )

    def _growth(self, quantity: Quantity) -> Claim:
        interval = self.sentence.directed(quantity)
        years = self.calendar.span(quantity)
        subject = self.subjects.subject(quantity)
        if subject is None or years is None:
            return Claim(quantity, self.context, interval, "growth")
        span = (years.first, years.last)
        measures = tuple(
            Measure("growth", each.organisation, each.of, each.donor, span, each.kind)
            for each in subject.readings
        )
        firm = subject.firm and years.dated
        return Claim(quantity, self.context, interval, "growth", measures, firm=firm, dated=years.dated)

    # --- shares ---------------------------------------------------------------------------------

    def _share(self, quantity: Quantity) -> Claim:
        if self._is_target(quantity):
            return Claim(quantity, self.context, quantity.interval, "share")
        years = self.calendar.years(quantity)
        found = shares(quantity, self.context, self.subjects, years.last)
        return Claim(
            quantity,
            self.context,
            quantity.interval,
            "part" if found.of_amounts else "share",
            found.measures,
            firm=found.firm,
            dated=years.dated,
            unnamed=found.unnamed,
        )

    def _is_target(self, quantity: Quantity) -> bool:
        """Whether a percentage is what is asked for, not what was: *the norm is 30%*."""
        near = self.context.nearest(quantity, "target")
        others = [each for each in self.context.quantities if each.kind == "percent" and each is not quantity]
        return near <= TARGET and all(self.context.nearest(each, "target") >= near for each in others)

    # --- ranks, counts, scores ------------------------------------------------------------------

    def _rank(self, quantity: Quantity) -> Claim | None:
        if not self._is_rank(quantity):
            return None
        years = self.calendar.years(quantity)
        donors = self.subjects.donors(quantity) or self.topic.donors
        kinds = self.subjects.kinds(quantity, within=4, default=self.subjects.both_bases())
        organisation = self.setting.known.organisation
        measures = tuple(
            Measure("rank", organisation, "donor", donor, (years.last,), kind)
            for donor, kind in itertools.product(donors, kinds)
        )
        return Claim(
            quantity,
            self.context,
            quantity.interval,
            "rank",
            measures,
            firm=bool(donors),
            dated=years.dated,
        )

    def _is_rank(self, quantity: Quantity) -> bool:
        context = self.context
        if context.block.kind == "row":
            return bool(context.donors)
        following = range(quantity.last, quantity.last + 2)
        if any(context.tags.at("rank", index) for index in following) or self.subjects.in_brackets(quantity):
            return True
        if any(context.tags.at("rank", index) for index in range(quantity.first, quantity.last)):
            return True
        if context.before("rank_verb", quantity.first, within=2) or context.before(
            "rank_number", quantity.first
        ):
            return bool(context.donors)
        # "van de 6e plaats in 2021 naar de 8e in 2022"
        digits = not quantity.spelled and context.has("rank")
        others = [each for each in context.quantities if each.kind == "rank" and each is not quantity]
        return digits and bool(others)

    def _count(self, quantity: Quantity) -> Claim | None:
        context = self.context
        if quantity.value <= HIGHEST and context.has("score"):
            return None
        claim = Claim(quantity, context, quantity.interval, "count")
        following = range(quantity.last, quantity.last + 2)
        counted = any(context.tags.at("donors", index) for index in following)
        if not counted or not (context.has("contribute", "kind")):
            return claim
        years = self.calendar.years(quantity)
        kinds = self.subjects.kinds(quantity, within=20, default=self.subjects.both_bases())
        organisation = self.setting.known.organisation
        measures = tuple(
            Measure("donors", organisation, "governments", "", (years.last,), kind) for kind in kinds
        )
        governments = any(context.tags.at("governments", index) for index in following)
        firm = governments and years.dated and context.has("kind")
        return replace(claim, measures=measures, firm=firm, dated=years.dated)

    def _score(self, quantity: Quantity) -> Claim:
        codes = sorted(
            self.context.marks.codes,
            key=lambda code: self.context.cost(quantity, code.first, code.last),
        )
        measures = tuple(
            Measure("score", self.setting.known.organisation, name=code.code) for code in codes[:1]
        )
        return Claim(quantity, self.context, quantity.interval, "score", measures, firm=bool(measures))
