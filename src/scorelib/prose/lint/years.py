"""Of which year a number is, or between which years a change lies; imports context."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from scorelib.prose.lint.context import Context
    from scorelib.prose.lint.quantities import Quantity
    from scorelib.prose.lint.words import Tag

__all__ = ["Calendar", "Years"]

STEPS = {"previous": -1, "next": 1, "same": 0}
BASE = 5
"""How much farther off a year is that only serves as a comparison: *than in 2022*."""


class Years(NamedTuple):
    """First and last year, and whether the text names them."""

    first: int
    last: int
    dated: bool


@dataclass(frozen=True)
class Calendar:
    """Finds the years of the numbers of a sentence.

    Parameters
    ----------
    context
        The sentence.
    year
        The year that the block spoke of last.
    """

    context: Context
    year: int | None

    def steps(self) -> list[int]:
        """By how many years *a year earlier* and the like lead away from the year spoken of."""
        return [step for _, step in self._steps()]

    def moved(self) -> int | None:
        """The year that *a year earlier* and the like lead to from the one spoken of."""
        if self.year is None:
            return None
        steps = self.steps()
        return self.year + steps[-1] if steps else None

    def _steps(self) -> list[tuple[Tag, int]]:
        """Words that lead from one year to another, with how many years: *two years later*."""
        context = self.context
        numbers = context.setting.language.numbers
        found = [(tag, step) for kind, step in STEPS.items() for tag in context.tags.of(kind)]
        for kind, sign in (("later", 1), ("earlier", -1)):
            for tag in context.tags.of(kind):
                word = context.text(tag.first - 1)
                count = int(word) if re.fullmatch("[0-9]{1,2}", word) else numbers.get(word, 1)
                found.append((tag, sign * count))
        return sorted(found, key=lambda each: each[0].first)

    @property
    def bases(self) -> set[int]:
        """Years that something is compared with."""
        return {year.end for year in self.context.marks.years if self._is_base(year.first)}

    def _is_base(self, first: int) -> bool:
        """Whether the year at a token is what something is compared with: *than in 2022*."""
        return self.context.tags.until("since", first) is not None

    def mentions(self, quantity: Quantity) -> list[tuple[float, int, int]]:
        """Years that a number may be of, each with its distance, first and last; the nearest first."""
        context = self.context
        found = [(year.first, year.last, year.start, year.end) for year in context.marks.years]
        for tag, step in self._steps():
            anchor = self._anchor(tag.first)
            if anchor is not None:
                first = tag.first - (abs(step) > 1)
                found.append((first, tag.last, anchor + step, anchor + step))
        return sorted(
            (context.cost(quantity, first, last) + BASE * self._is_base(first), start, end)
            for first, last, start, end in found
        )

    def _anchor(self, token: int) -> int | None:
        """The year spoken of last before a token."""
        before = [year.end for year in self.context.marks.years if year.last <= token]
        return before[-1] if before else self.year

    def years(self, quantity: Quantity) -> Years:
        """The year that a number is of; a run of years has a first and a last."""
        listed = self._respectively(quantity)
        if listed is not None:
            return Years(listed, listed, dated=True)
        if mentions := self.mentions(quantity):
            _, first, last = mentions[0]
            if first != last and self.context.is_start(quantity):
                return Years(first, first, dated=True)
            if first != last and self.context.is_end(quantity):
                return Years(last, last, dated=True)
            return Years(first, last, dated=True)
        if self.year is not None:
            return Years(self.year, self.year, dated=True)
        default = self.context.setting.data_year
        return Years(default, default, dated=False)

    def dates_apart(self, quantity: Quantity) -> bool:
        """Whether the start of a change has no year of its own: *from 60 to 62 million in 2023*."""
        context = self.context
        runs = any(year.start != year.end for year in context.marks.years)
        if runs or not context.is_start(quantity):
            return False
        following = [each.first for each in context.quantities if each.first > quantity.first]
        own = range(quantity.last, min(following))
        beside = any(year.first in own or year.last == quantity.first for year in context.marks.years)
        return not beside

    def _respectively(self, quantity: Quantity) -> int | None:
        """The year of a number in *in 2021, 2022 and 2023 … respectively*."""
        if not self.context.has("respectively"):
            return None
        alike = [each for each in self.context.quantities if each.kind == quantity.kind]
        single = [year for year in self.context.marks.years if year.start == year.end]
        return single[alike.index(quantity)].start if len(alike) == len(single) else None

    def listed(self) -> Years | None:
        """The first and last of years that follow each other: *in 2021, 2022 and 2023*."""
        context = self.context
        years = [year for year in context.marks.years if year.start == year.end]
        if len(years) < 2 or len(years) != len(context.marks.years):
            return None
        for one, two in itertools.pairwise(years):
            between = range(one.last, two.first)
            joined = all(context.text(i) == "," or context.tags.at("conjunction", i) for i in between)
            if two.start != one.start + 1 or not joined or not between:
                return None
        return Years(years[0].start, years[-1].start, dated=True)

    def span(self, quantity: Quantity) -> Years | None:
        """The two years that a change lies between; None if the text leaves them open."""
        context = self.context
        runs = [year for year in context.marks.years if year.start != year.end]
        if runs:
            nearest = min(runs, key=lambda year: context.cost(quantity, year.first, year.last))
            return Years(nearest.start, nearest.end, dated=True)
        ordered = sorted(context.marks.years, key=lambda year: context.cost(quantity, year.first, year.last))
        singles = list(dict.fromkeys(year.start for year in ordered))
        if len(singles) >= 2:
            return Years(min(singles[:2]), max(singles[:2]), dated=True)
        if not singles:
            moved = self.moved()
            if moved is not None and self.year is not None:
                return Years(min(moved, self.year), max(moved, self.year), dated=True)
            return None
        year = singles[0]
        if self._is_base(ordered[0].first):
            other = self.year if self.year is not None and self.year > year else None
            return Years(year, other or context.setting.data_year, dated=True)
        return Years(year - 1, year, dated=True)
