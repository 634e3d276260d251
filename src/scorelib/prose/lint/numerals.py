"""Numbers as they are printed, and the interval that each stands for; imports words alone.

USD 62,2 mln. says that the amount lies between 62.15 and 62.25 million. A hedge widens that to one
side: *ruim 60* is 60 or a little more, *bijna 60* a little less.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from scorelib.prose.lint.words import Words

__all__ = ["INFINITE", "Hedge", "Interval", "Numeral", "hedged", "numeral"]

Hedge = Literal["", "over", "under", "about", "least", "most"]

INFINITE = Decimal("Infinity")
SPACE = r"[\u00a0\u2007\u2009\u202f]"
SPACED = re.compile(SPACE)
SPACED_GROUPS = re.compile(rf"[0-9]{{1,3}}(?:{SPACE}[0-9]{{3}})+(?:[.,][0-9]+)?")
TWICE = Decimal("1.1")
"""Times half a unit by which a number may be off that was rounded from a rounded one: 28.646, 28.65, 28.7."""
LONGEST = 30
"""Digits of the longest number that is read as one."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both inclusive."""

    low: Decimal
    high: Decimal

    def holds(self, value: Decimal) -> bool:
        """Whether a value is in it."""
        return self.low <= value <= self.high

    def within(self, value: Decimal, factor: Decimal) -> Interval:
        """The same without its infinite ends: at most so many times a value, or that part of it."""
        far = abs(value) * (factor - 1)
        low = self.low if self.low.is_finite() else value - far
        return Interval(low, self.high if self.high.is_finite() else value + far)

    def meets(self, other: Interval) -> bool:
        """Whether the two have a value in common."""
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as printed.

    Parameters
    ----------
    value
        The number.
    place
        Power of ten of its last digit: -1 for 62,2; 0 for 60.
    foreign
        Whether it is written in the style of the other language, such as 62.2 in Dutch.
    """

    value: Decimal
    place: int
    foreign: bool = False

    def half(self) -> Decimal:
        """Half a unit of the last digit that was meant.

        Groups of zeros at the end of a whole number are taken as rounding, but never more than the
        second digit is: 32.000 is 31.500 to 32.500, and 4.000 is 3.950 to 4.050.
        """
        place = self.place
        if place == 0 and self.value:
            digits = str(abs(self.value).to_integral_value())
            zeros = len(digits) - len(digits.rstrip("0"))
            place = max(0, min(zeros // 3 * 3, len(digits) - 2))
        return Decimal(5).scaleb(place - 1)


def numeral(text: str, language: Words) -> Numeral | None:
    """The number that digits with their separators stand for; None if it is no number, but a code."""
    if len(text) > LONGEST:
        return None
    bare = SPACED.sub("", text)
    if bare != text and not SPACED_GROUPS.fullmatch(text):
        return None
    for group, pattern, foreign in (
        (language.group, _pattern(language.group, language.decimal), False),
        (language.decimal, _pattern(language.decimal, language.group), True),
    ):
        if found := pattern.fullmatch(bare):
            decimals = found["decimals"] or ""
            whole = found["whole"].replace(group, "")
            return Numeral(Decimal(f"{whole}.{decimals}" if decimals else whole), -len(decimals), foreign)
    return None


@functools.cache
def _pattern(group: str, decimal: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<whole>[0-9]{{1,3}}(?:{re.escape(group)}[0-9]{{3}})+|[0-9]+)"
        rf"(?:{re.escape(decimal)}(?P<decimals>[0-9]+))?"
    )


def hedged(value: Decimal, half: Decimal, hedge: Hedge) -> Interval:
    """The interval of a printed number.

    Parameters
    ----------
    value
        As printed.
    half
        Half a unit of its last digit.
    hedge
        What stands before it.
    """
    size = abs(value)
    # A unit is not much of 60, but all of 1; so *bijna 4%* may be 3.2%, *bijna 3 miljard* not 2.1.
    wide = max(size / 10, min(2 * half, size / 4))
    match hedge:
        case "over":
            return Interval(value, value + wide)
        case "under":
            return Interval(value - wide, value)
        case "about":
            around = max(half, size / 20)
            return Interval(value - around, value + around)
        case "least":
            return Interval(value, INFINITE)
        case "most":
            return Interval(-INFINITE, value)
    margin = half * TWICE
    return Interval(value - margin, value + margin)
