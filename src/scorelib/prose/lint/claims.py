"""Claims: what each number in a sentence is said to be a number of; imports context and below.

A claim is a quantity with its possible measures. It is *firm* when the words leave no doubt which data
it must agree with; otherwise a number that agrees with nothing is only unbacked.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from scorelib.prose.lint.context import FAR
from scorelib.prose.lint.facts import facts_about
from scorelib.prose.lint.measures import Measure
from scorelib.prose.lint.numerals import Interval
from scorelib.prose.lint.shares import shares
from scorelib.prose.lint.subjects import LOOSE, Subject, Subjects
from scorelib.prose.lint.years import Calendar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scorelib.prose.lint.context import Context
    from scorelib.prose.lint.quantities import Quantity

__all__ = ["Claim", "Topic", "claims"]

Role = Literal["level", "sum", "difference", "growth", "share", "points", "rank", "count", "score", "part"]


LEAST = 1000
"""The least amount that can be one of the data; less stands in comparisons."""
GAP = 20
"""Distance within which *the gap* says that an amount is between two others."""
HIGHEST = 4
"""Of the scale of scores, whose ends a text may name."""
BEFORE = 6
"""Years back in which the start of a change may lie that has no year of its own."""
OVER_YEARS: tuple[Literal["sum", "mean"], ...] = ("sum", "mean")


@dataclass(frozen=True, slots=True)
class Claim:
    """A number and what it may be a number of.

    Parameters
    ----------
    quantity, context
        The number and its sentence.
    interval
        Where the datum must lie; negative for a decline.
    role
        What the number does in its sentence.
    measures
        What it may be, the likeliest first.
    backing
        What it may also agree with, though it need not.
    firm
        Whether it must agree with one of them.
    every
        Whether all of them must lie in the interval: *between 60 and 67 million a year*.
    dated
        Whether text says of which year it is.
    unnamed
        Whether it is a share whose whole is not named, or not clearly.
    year, donors
        What its block had spoken of before.
    """

    quantity: Quantity
    context: Context
    interval: Interval
    role: Role
    measures: tuple[Measure, ...] = ()
    backing: tuple[Measure, ...] = ()
    firm: bool = False
    every: bool = False
    dated: bool = True
    unnamed: bool = False
    year: int | None = None
    donors: tuple[str, ...] = ()


@dataclass
class Topic:
    """What a block has spoken of so far: its last year, donors, and claims by their roles."""

    year: int | None = None
    last: dict[str, Claim] = field(default_factory=dict)
    _donors: tuple[str, ...] = ()
    _skipped: list[Callable[[], tuple[str, ...]]] = field(default_factory=list)

    @property
    def donors(self) -> tuple[str, ...]:
        """The donors that were named last; sentences without numbers are read only when it matters."""
        while self._skipped:
            if named := self._skipped.pop()():
                self._donors = named
                self._skipped.clear()
        return self._donors

    def skip(self, donors: Callable[[], tuple[str, ...]]) -> None:
        """Pass over a sentence without numbers; `donors` tells whom it names."""
        self._skipped.append(donors)

    def note(self, context: Context, found: list[Claim]) -> None:
        """Remember what a sentence said."""
        single = [year for year in context.marks.years if year.start == year.end]
        if single:
            self.year = single[-1].start
        elif moved := Calendar(context, self.year).moved():
            self.year = moved
        if context.donors:
            self._donors = tuple(dict.fromkeys(tag.value for tag in context.donors))
            self._skipped.clear()
        for claim in found:
            if claim.measures and claim.firm:
                self.last[claim.quantity.kind] = claim


def claims(context: Context, topic: Topic) -> list[Claim]:
    """The claims of a sentence, one for each of its numbers that claims anything."""
    builder = _Builder(context, topic)
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
    def __init__(self, context: Context, topic: Topic) -> None:
        self.context = context
        self.topic = topic
        self.calendar = Calendar(context, topic.year)
        self.setting = context.setting

    @cached_property
    def subjects(self) -> Subjects:
        """Made when it is asked for: whom a text spoke of before matters to few numbers."""
        return Subjects(self.context, self.topic.donors)

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
        match quantity.kind:
            case "amount":
                return self._amount(quantity)
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

    # --- amounts --------------------------------------------------------------------------------

    def _amount(self, quantity: Quantity) -> Claim | None:
        interval = quantity.interval
        if self._is_difference(quantity):
            return self._difference(quantity)
        of_each = self.context.before_hedge(quantity, "every")
        if of_each or self.context.nearest(quantity, "gap") <= GAP:
            return None if of_each else Claim(quantity, self.context, interval, "difference")
        years = self.calendar.years(quantity)
        role: Role = "sum" if self._is_sum(quantity) else "level"
        several = self.subjects.several(quantity, years.last, together=role == "sum")
        subject = Subject(several, firm=True) if several else self.subjects.subject(quantity)
        if subject is None or not self._in_currency(quantity) or abs(quantity.value) < LEAST:
            return Claim(quantity, self.context, interval, role, dated=years.dated)
        if years.first != years.last:
            return self._over_years(quantity, subject, years.first, years.last)
        measures = tuple(
            Measure("level", each.organisation, each.of, each.donor, (years.last,), each.kind)
            for each in subject.readings
        )
        firm = subject.firm and (role == "level" or bool(several))
        return Claim(quantity, self.context, interval, role, measures, firm=firm, dated=years.dated)

    def _is_sum(self, quantity: Quantity) -> bool:
        """Whether *together* or *in total* belongs to a number."""
        context = self.context
        opens = context.opens(quantity)
        if any(context.tags.until("sum", index) for index in (opens, opens - 1)):
            return True
        tag = context.tags.at("sum", quantity.last)
        return tag is not None and not any(each.first == tag.last for each in context.quantities)

    def _in_currency(self, quantity: Quantity) -> bool:
        known = self.setting.known
        return quantity.unit in ("", known.given_in, known.received_in)

    def _over_years(self, quantity: Quantity, subject: Subject, first: int, last: int) -> Claim:
        """A number for a run of years: their sum, their mean, or each of them."""
        yearly = quantity.ranged or (self.context.has("yearly") and not self.context.has("mean", "sum"))
        measures: list[Measure] = []
        for each in subject.readings:
            base = Measure("level", each.organisation, each.of, each.donor, (first, last), each.kind)
            if yearly:
                measures += [replace(base, years=(year,)) for year in range(first, last + 1)]
                break
            measures += [replace(base, statistic=statistic) for statistic in OVER_YEARS]
        return Claim(
            quantity,
            self.context,
            quantity.interval,
            "level",
            tuple(measures),
            firm=subject.firm,
            every=yearly,
        )

    def _is_difference(self, quantity: Quantity) -> bool:
        context = self.context
        if any(context.tags.at(kind, quantity.last) for kind in ("more", "less")):
            return True
        return self.context.before_hedge(quantity, "by") and context.nearest(quantity, "up", "down") <= 8

    def _difference(self, quantity: Quantity) -> Claim:
        years = self.calendar.span(quantity)
        subject = self.subjects.subject(quantity)
        measures: tuple[Measure, ...] = ()
        if subject is not None and years is not None and self._in_currency(quantity):
            span = (years.first, years.last)
            measures = tuple(
                Measure("difference", each.organisation, each.of, each.donor, span, each.kind)
                for each in subject.readings
            )
        interval = self._directed(quantity)
        return Claim(quantity, self.context, interval, "difference", measures)

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

    def _sizes_change(self, quantity: Quantity) -> bool:
        """Whether a percentage stands in brackets behind a change: *by USD 27.5 million (61%)*."""
        opens = self.context.opens(quantity)
        return self.context.text(opens - 1) == "(" and any(
            each.last == opens - 1 and each.kind == "amount" and self._is_difference(each)
            for each in self.context.quantities
        )

    def _directed(self, quantity: Quantity) -> Interval:
        """The interval with the sign of its direction."""
        if quantity.factor or not self.subjects.declines(quantity):
            return quantity.interval
        return Interval(-quantity.interval.high, -quantity.interval.low)

    def _growth(self, quantity: Quantity) -> Claim:
        interval = self._directed(quantity)
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
        if any(context.tags.at("rank", index) for index in following):
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
