"""Claims of amounts: levels, sums, means and differences; imports claim and what it rests on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from scorelib.prose.lint.claim import Claim
from scorelib.prose.lint.measures import Measure
from scorelib.prose.lint.subjects import Subject

if TYPE_CHECKING:
    from scorelib.prose.lint.claim import Role, Sentence
    from scorelib.prose.lint.context import Context
    from scorelib.prose.lint.quantities import Quantity

__all__ = ["amount", "is_difference"]

LEAST = 1000
"""The least amount that can be one of the data; less stands in comparisons."""
GAP = 20
"""Distance within which *the gap* says that an amount is between two others."""
OVER_YEARS: tuple[Literal["sum", "mean"], ...] = ("sum", "mean")


def amount(quantity: Quantity, sentence: Sentence) -> Claim | None:
    """What an amount is said to be; None for one that is a part of a rate, such as *for every dollar*."""
    return _Reader(sentence).amount(quantity)


def is_difference(quantity: Quantity, context: Context) -> bool:
    """Whether a number says by how much something changed or differs: *USD 2 million more*."""
    if any(context.tags.at(kind, quantity.last) for kind in ("more", "less")):
        return True
    # As in *nam toe met*: the particle stands before the number, the verb far off.
    particle = context.has("take") and context.nearest(quantity, "particle_up", "particle_down") <= 2
    changes = particle or context.nearest(quantity, "up", "down") <= 8
    return context.before_hedge(quantity, "by") and changes


class _Reader:
    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.context = sentence.context
        self.subjects = sentence.subjects
        self.calendar = sentence.calendar

    def amount(self, quantity: Quantity) -> Claim | None:
        interval = quantity.interval
        if is_difference(quantity, self.context):
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
        if (role == "sum" or self.context.has("mean")) and (listed := self.calendar.listed()):
            years = listed
        if years.first != years.last:
            return self._over_years(quantity, subject, years.first, years.last)
        measures = tuple(
            Measure("level", each.organisation, each.of, each.donor, (years.last,), each.kind)
            for each in subject.readings
        )
        together = bool(several) or any(each.of == "governments" for each in subject.readings)
        firm = subject.firm and (role == "level" or together)
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
        known = self.sentence.setting.known
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
        interval = self.sentence.directed(quantity)
        firm = bool(measures) and subject is not None and subject.firm
        return Claim(quantity, self.context, interval, "difference", measures, firm=firm)
