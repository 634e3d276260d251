"""What a claim is, and what the text before it had spoken of; imports context and the modules it rests on.

A claim is a quantity with its possible measures. It is *firm* when the words leave no doubt which data
it must agree with; otherwise a number that agrees with nothing is only unbacked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from scorelib.prose.lint.numerals import Interval
from scorelib.prose.lint.subjects import Subjects
from scorelib.prose.lint.years import Calendar

if TYPE_CHECKING:
    from collections.abc import Callable

    from scorelib.prose.lint.context import Context, Setting
    from scorelib.prose.lint.measures import Measure
    from scorelib.prose.lint.quantities import Quantity

__all__ = ["Claim", "Role", "Sentence", "Topic"]

Role = Literal["level", "sum", "difference", "growth", "share", "points", "rank", "count", "score", "part"]


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


@dataclass
class Sentence:
    """A sentence in its block, with what finds the years and the money of its numbers."""

    context: Context
    topic: Topic

    @property
    def setting(self) -> Setting:
        """The report that it is in."""
        return self.context.setting

    @cached_property
    def calendar(self) -> Calendar:
        """Finds years."""
        return Calendar(self.context, self.topic.year)

    @cached_property
    def subjects(self) -> Subjects:
        """Made when it is asked for: whom a text spoke of before matters to few numbers."""
        return Subjects(self.context, self.topic.donors)

    def directed(self, quantity: Quantity) -> Interval:
        """The interval of a change with the sign of its direction."""
        if quantity.factor or not self.subjects.declines(quantity):
            return quantity.interval
        return Interval(-quantity.interval.high, -quantity.interval.low)
