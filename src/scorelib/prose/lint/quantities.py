"""Quantities in a sentence: amounts, percentages, ranks, counts, scores; imports the lower modules here.

A quantity is a number with its unit and the interval that its printed form stands for. What it is a
quantity of is for `claims` to say.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from scorelib.prose.lint.numerals import Hedge, Interval, Numeral, hedged, numeral

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from scorelib.prose.lint.marks import Marks, Tags
    from scorelib.prose.lint.tokens import Token
    from scorelib.prose.lint.words import Words

__all__ = ["Kind", "Quantity", "quantities"]

Kind = Literal["amount", "percent", "points", "rank", "count", "score"]

SEPARATORS = {",", ";", "-", "–", "/"}
TOLERANCE = Decimal("1.5")
"""In hundredths, to either side of a fraction or a factor that is written as a word."""
OF_NEEDED = ("derde", "vijfde", "tiende", "third", "fifth", "tenth", "thirds", "half")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a sentence.

    Parameters
    ----------
    kind
        What sort of number.
    value
        As printed, in units: 62200000 for USD 62,2 mln.; in hundredths for percentages.
    interval
        Where the true value lies if the text is right.
    unit
        Code of the currency; empty where none is named, and for other kinds.
    first, last
        Its tokens, one beyond the last; without its hedge.
    hedge
        What widens the interval, if anything does.
    spelled
        Whether it is written in letters.
    factor
        Whether it is growth by nature, such as *doubled*.
    foreign
        Whether it is written in the style of the other language.
    ranged
        Whether two numbers make one quantity, such as *40 to 50 million*.
    computed
        What stands in its placeholder, if it has one.
    """

    kind: Kind
    value: Decimal
    interval: Interval
    unit: str
    first: int
    last: int
    hedge: Hedge = ""
    spelled: bool = False
    factor: bool = False
    foreign: bool = False
    ranged: bool = False
    computed: str = ""


@dataclass
class _Number:
    """A number that has yet to find its unit."""

    first: int
    last: int
    numeral: Numeral
    spelled: bool = False
    ordinal: bool = False
    scale: int | None = None
    currency: str = ""
    percent: str = ""
    negative: bool = False

    @property
    def measured(self) -> bool:
        return self.scale is not None or bool(self.currency or self.percent)


def quantities(tokens: Sequence[Token], tags: Tags, marked: Marks, language: Words) -> list[Quantity]:
    """The quantities of a sentence, in order, but for its placeholders."""
    scanner = _Scanner(tokens, tags, marked, language)
    words = scanner.words()
    numbers = scanner.numbers()
    scanner.share_units(numbers)
    found = [*words, *scanner.joined(numbers), *scanner.largest()]
    return sorted(found, key=lambda quantity: quantity.first)


class _Scanner:
    def __init__(self, tokens: Sequence[Token], tags: Tags, marked: Marks, language: Words) -> None:
        self.tokens = tokens
        self.tags = tags
        self.language = language
        self.used = set(marked.used)

    def text(self, index: int) -> str:
        return self.tokens[index].lower if 0 <= index < len(self.tokens) else ""

    def attached(self, index: int) -> bool:
        """Whether a token stands directly against the one before it."""
        return 0 < index < len(self.tokens) and self.tokens[index].start == self.tokens[index - 1].end

    # --- words that are quantities by themselves ------------------------------------------------

    def words(self) -> list[Quantity]:
        """Fractions and factors: *a quarter of*, *doubled*."""
        found = []
        tags = sorted(self.tags.of("fraction", "factor"), key=lambda tag: tag.first - tag.last)
        for tag in tags:
            span = set(range(tag.first, tag.last))
            if span & self.used or (tag.kind == "fraction" and not self.is_fraction(tag.last)):
                continue
            self.used |= span
            fraction: Fraction = tag.value
            value = Decimal(fraction.numerator) / Decimal(fraction.denominator)
            hedge = self.hedge(tag.first) or self.hedge_after(tag.last)
            # Twice is 1.95 to 2.05 times.
            half = TOLERANCE if tag.kind == "fraction" else (100 + value) / 20
            interval = hedged(value, half, hedge)
            if tag.kind == "factor" and hedge in ("over", "under"):
                edge = (100 + value) * Decimal("0.15")
                interval = hedged(value, edge / 2, hedge)
            found.append(
                Quantity(
                    kind="percent",
                    value=value,
                    interval=interval,
                    unit="",
                    first=tag.first,
                    last=tag.last,
                    hedge=hedge,
                    spelled=True,
                    factor=tag.kind == "factor",
                )
            )
        return found

    def is_fraction(self, last: int) -> bool:
        """Whether *a third* is a part of something, and no third party."""
        if self.text(last - 1) not in OF_NEEDED:
            return True
        return self.text(last) in {"van", "of"}

    def largest(self) -> list[Quantity]:
        """*The largest donor*: the first, if no number says otherwise."""
        found = []
        for tag in self.tags.of("largest"):
            before = range(max(0, tag.first - 4), tag.first)
            several = any(self.tags.at("several", index) for index in before)
            if several or tag.first - 1 in self.used or self.tags.at("rank", tag.first - 1):
                continue
            one = Decimal(1)
            found.append(Quantity("rank", one, Interval(one, one), "", tag.first, tag.last, spelled=True))
        return found

    # --- numbers ----------------------------------------------------------------------------------

    def numbers(self) -> list[_Number]:
        """Numbers in digits and in letters, each with the unit that stands beside it."""
        found = []
        for index, token in enumerate(self.tokens):
            if index in self.used:
                continue
            number = None
            if token.kind == "number":
                number = self.digits(index)
            elif token.kind == "word":
                number = self.letters(index)
            if number is not None:
                self.unit(number)
                self.used.update(range(number.first, number.last))
                found.append(number)
        return found

    def digits(self, index: int) -> _Number | None:
        value = numeral(self.tokens[index].text, self.language)
        if value is None:
            return None
        before = self.tokens[index - 1] if index else None
        glued = before is not None and before.kind == "word" and self.attached(index)
        if (glued and not self.tags.until("currency", index)) or self.enumerates(index):
            return None
        number = _Number(index, index + 1, value)
        if self.attached(index + 1):
            following = self.text(index + 1)
            compound = following in {"-", "‑", "‐"} and self.attached(index + 2) and self.is_word(index + 2)
            if following in self.language.suffixes:
                number.ordinal, number.last = True, index + 2
            elif compound or (self.is_word(index + 1) and not self.measure(index + 1)):
                return None
        return number

    def enumerates(self, index: int) -> bool:
        """Whether a number counts off what follows: *1) policy, 2) money*."""
        before = [token.text for token in self.tokens[:index]]
        return (
            self.text(index + 1) == ")"
            and self.attached(index + 1)
            and before.count("(") <= before.count(")")
        )

    def measure(self, index: int) -> bool:
        """Whether a token is a unit that may be written against its number."""
        return self.text(index) in {"%", "€", "$", *self.language.scales}

    def is_number(self, index: int) -> bool:
        return index < len(self.tokens) and self.tokens[index].kind == "number"

    def is_word(self, index: int) -> bool:
        return index < len(self.tokens) and self.tokens[index].kind == "word"

    def letters(self, index: int) -> _Number | None:
        word = self.text(index)
        if word in self.language.numbers:
            value = self.language.numbers[word]
            if value == 1 and self.text(index + 1) not in self.language.scales:
                return None
            return _Number(index, index + 1, Numeral(Decimal(value), 0), spelled=True)
        stem = word.partition("-")[0]
        if word in self.language.ordinals or (stem in self.language.ordinals and "-" in word):
            value = self.language.ordinals[stem]
            return _Number(index, index + 1, Numeral(Decimal(value), 0), spelled=True, ordinal=True)
        return None

    def unit(self, number: _Number) -> None:
        """Take the scale, currency or sign for hundredths beside a number."""
        if number.ordinal:
            return
        if self.text(number.last) in self.language.scales:
            number.scale = self.language.scales[self.text(number.last)]
            number.last += 1
            stop = self.text(number.last) == "." and self.attached(number.last)
            if stop and number.last + 1 < len(self.tokens):
                number.last += 1
        for kind in ("points", "percent"):
            if number.scale is None and (tag := self.tags.at(kind, number.last)):
                number.percent, number.last = kind, tag.last
                return
        first = number.first
        if self.text(first - 1) in {"-", "−", "–"} and not self.attached(first - 1) and self.attached(first):
            number.negative, number.first = True, first - 1
        tag = self.tags.until("currency", number.first)
        if tag and not set(range(tag.first, tag.last)) & self.used:
            number.currency, number.first = tag.value, tag.first
        elif (tag := self.tags.at("currency", number.last)) and not self.is_number(tag.last):
            number.currency, number.last = tag.value, tag.last

    def between(self, one: _Number, two: _Number) -> list[str]:
        """The tokens between two numbers."""
        return [self.text(index) for index in range(one.last, two.first)]

    def share_units(self, numbers: list[_Number]) -> None:
        """Give the numbers of a row the unit at its end: *40, 50 and 60 million*."""
        for one, two in reversed(list(itertools.pairwise(numbers))):
            if one.ordinal or two.ordinal or not two.measured or not self.is_row(one, two):
                continue
            if one.scale is None and not one.percent and one.numeral.value < 1000 and not two.percent:
                one.scale = two.scale
            if not one.measured and two.percent and not one.spelled:
                one.percent = two.percent
            one.currency = one.currency or two.currency
        for one, two in itertools.pairwise(numbers):
            if one.currency and two.scale is not None and not two.currency and self.is_row(one, two):
                two.currency = one.currency

    def is_row(self, one: _Number, two: _Number) -> bool:
        """Whether nothing but separators stands between two numbers."""
        gap = range(one.last, two.first)
        linked = all(
            self.text(index) in SEPARATORS
            or any(self.tags.at(kind, index) for kind in ("conjunction", "to", "dash"))
            for index in gap
        )
        return bool(gap) and linked and len(gap) <= 2

    def joined(self, numbers: list[_Number]) -> list[Quantity]:
        """Quantities of numbers, two of them being one where they are the ends of a range."""
        found: list[Quantity] = []
        skip = False
        for number, following in itertools.zip_longest(numbers, numbers[1:]):
            if skip:
                skip = False
                continue
            quantity = self.quantity(number)
            if following is not None and self.is_range(number, following):
                other = self.quantity(following)
                if quantity and other and quantity.kind == other.kind and quantity.value < other.value:
                    whole = Interval(quantity.interval.low, other.interval.high)
                    quantity = replace(quantity, interval=whole, last=other.last, ranged=True)
                    skip = True
            if quantity is not None:
                found.append(quantity)
        return found

    def is_range(self, one: _Number, two: _Number) -> bool:
        gap = range(one.last, two.first)
        if len(gap) != 1 or one.ordinal or two.ordinal:
            return False
        if self.tags.at("conjunction", one.last):
            return self.tags.until("between", one.first) is not None
        if self.tags.at("dash", one.last):
            return self.tags.until("from", one.first) is None
        return False

    def quantity(self, number: _Number) -> Quantity | None:
        """A number with its unit as a quantity; None for what counts nothing."""
        kind = self.kind(number)
        if kind is None:
            return None
        factor = Decimal(10) ** (number.scale or 0)
        value = number.numeral.value * factor * (-1 if number.negative else 1)
        half = number.numeral.half() * factor
        if kind == "rank" or (kind == "count" and number.spelled):
            half = Decimal(0)
        hedge = self.hedge(number.first)
        return Quantity(
            kind=kind,
            value=value,
            interval=hedged(value, half, hedge),
            unit=number.currency,
            first=number.first,
            last=number.last,
            hedge=hedge,
            spelled=number.spelled,
            foreign=number.numeral.foreign,
        )

    def kind(self, number: _Number) -> Kind | None:
        if number.ordinal or self.tags.until("rank_number", number.first):
            return "rank"
        if number.percent:
            return "points" if number.percent == "points" else "percent"
        if number.currency:
            return "amount"
        if number.scale is not None:
            counted = self.is_word(number.last) and self.text(number.last) not in self.language.ignored
            return "count" if counted and self.text(number.last).endswith(("en", "s", "people")) else "amount"
        if number.numeral.place < 0:
            return "score"
        return "count"

    def hedge_after(self, last: int) -> Hedge:
        """What widens a factor from behind: *verdrievoudigde ruimschoots*."""
        tag = self.tags.at("hedge", last)
        return "over" if tag and tag.value == "over" and tag.last - tag.first == 1 else ""

    def hedge(self, first: int) -> Hedge:
        """What widens a quantity that begins at a token; words that add nothing are passed over."""
        while True:
            tag = self.tags.until("hedge", first)
            if tag is None:
                return ""
            if tag.value != "plain" and not self.tags.until("sum", first):
                hedge: Hedge = tag.value
                return hedge
            first = tag.first
