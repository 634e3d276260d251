"""Texts held against each other: two languages of a chapter, and two chapters; imports readings.

Chapters of two languages are compared block by block where they have the same blocks. One number left
over on each side is a contradiction; a number that the other language has nowhere is a warning.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from scorelib.prose.lint.findings import diagnostic, quoted
from scorelib.prose.lint.numerals import Interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scorelib.errors import Diagnostic
    from scorelib.prose.lint.claim import Claim
    from scorelib.prose.lint.context import Context
    from scorelib.prose.lint.reading import Read, Reading
    from scorelib.prose.lint.source import Place

__all__ = ["between_chapters", "between_languages"]


@dataclass(frozen=True)
class _Item:
    """A number or a year, wherever it is from."""

    kind: str
    unit: str
    interval: Interval
    context: Context
    first: int
    last: int
    typed: bool
    """Whether a person wrote it in digits."""

    @property
    def place(self) -> Place:
        start, _ = self.context.span(self.first, self.last)
        return self.context.source.place(start)

    @property
    def shown(self) -> str:
        start, end = self.context.span(self.first, self.last)
        return " ".join(self.context.source.text[start:end].split())

    def meets(self, other: _Item) -> bool:
        """Whether the two may be the same number."""
        same_unit = self.unit == other.unit or not (self.unit and other.unit)
        return self.kind == other.kind and same_unit and self.interval.meets(other.interval)


def _items(sentences: Iterable[Read]) -> list[_Item]:
    found = []
    for read in sentences:
        context = read.context
        for each in context.quantities:
            typed = not (each.computed or each.spelled)
            kind = "count" if each.kind == "score" else each.kind
            found.append(_Item(kind, each.unit, each.interval, context, each.first, each.last, typed))
        for year in (*context.marks.years, *context.titled):
            typed = context.tokens[year.first].kind == "number" or year.day is not None
            for value in {year.start, year.end}:
                exact = Interval(Decimal(value), Decimal(value))
                found.append(_Item("year", "", exact, context, year.first, year.last, typed))
    return found


def between_languages(one: Reading, two: Reading) -> Iterator[Diagnostic]:
    """Where two languages of a chapter give different numbers."""
    everywhere = {id(one): _items(one.sentences), id(two): _items(two.sentences)}
    missing: list[tuple[_Item, Reading]] = []
    for mine, theirs in _pairs(one, two):
        left = [item for item in mine if item.typed and not _occurs(item, everywhere[id(two)])]
        right = [item for item in theirs if item.typed and not _occurs(item, everywhere[id(one)])]
        for kind in sorted({item.kind for item in [*left, *right]}):
            lone = [[item for item in side if item.kind == kind] for side in (left, right)]
            if len(lone[0]) == len(lone[1]) == 1:
                yield _conflict(lone[0][0], lone[1][0], one, two)
            else:
                missing += [(item, two) for item in lone[0]] + [(item, one) for item in lone[1]]
    for item, other in missing:
        yield _absent(item, other)


def _pairs(one: Reading, two: Reading) -> Iterator[tuple[list[_Item], list[_Item]]]:
    """The numbers of both texts block by block; of the whole chapter where the blocks differ."""
    kinds = [[block.kind for block in reading.source.blocks] for reading in (one, two)]
    if kinds[0] != kinds[1]:
        yield _items(one.sentences), _items(two.sentences)
        return
    blocks = [_by_block(one), _by_block(two)]
    for number in sorted({*blocks[0], *blocks[1]}):
        yield _items(blocks[0].get(number, ())), _items(blocks[1].get(number, ()))


def _by_block(reading: Reading) -> dict[int, list[Read]]:
    found: dict[int, list[Read]] = defaultdict(list)
    for read in reading.sentences:
        found[read.block].append(read)
    return found


def _occurs(item: _Item, others: Iterable[_Item]) -> bool:
    return any(item.meets(other) for other in others)


def _conflict(one: _Item, two: _Item, first: Reading, second: Reading) -> Diagnostic:
    codes = [reading.setting.language.code for reading in (first, second)]
    problem = (
        f"contradicts ‘{one.shown}’ in the same place of the text in {codes[0]} ({one.place}): "
        f"the text in {codes[1]} has another number"
    )
    remedy = f"correct one of the two, or accept it: <!-- accept: {two.shown} — source, date -->"
    span = (two.first, two.last)
    return diagnostic(
        two.context, span, "contradiction", problem=problem, remedy=remedy, related=[str(one.place)]
    )


def _absent(item: _Item, other: Reading) -> Diagnostic:
    problem = f"stands nowhere in the same chapter in {other.setting.language.code} ({other.source.file})"
    remedy = "add it there, or take it out here"
    span = (item.first, item.last)
    return diagnostic(
        item.context, span, "language", problem=problem, remedy=remedy, related=[other.source.file]
    )


def between_chapters(readings: Sequence[Reading]) -> Iterator[Diagnostic]:
    """Numbers of one language that the data do not know, given differently in two places."""
    said: dict[object, list[Claim]] = defaultdict(list)
    for reading in readings:
        for read in reading.sentences:
            for verdict in read.verdicts:
                key = _key(verdict.claim) if verdict.state == "unknown" else None
                if key is not None:
                    said[key].append(verdict.claim)
    for claims in said.values():
        for one, two in itertools.pairwise(claims):
            if one.context is not two.context and not one.interval.meets(two.interval):
                yield _differing(one, two)


def _key(claim: Claim) -> object:
    """What a number is of, so far that two with the same key must agree; None if that is unclear."""
    if claim.measures:
        return claim.measures[0] if claim.firm else None
    context, quantity = claim.context, claim.quantity
    start = context.tokens[0].start
    names = frozenset(
        token.text
        for token in context.tokens
        if token.kind == "word" and token.start > start and token.text[0].isupper() and len(token.text) > 3
    )
    noun = context.text(quantity.last)
    years = frozenset((year.start, year.end) for year in context.marks.years) or claim.year
    return (quantity.kind, quantity.unit, noun[:5], names, years) if names and noun.isalpha() else None


def _differing(one: Claim, two: Claim) -> Diagnostic:
    start, _ = one.context.span(one.quantity.first, one.quantity.last)
    place = one.context.source.place(start)
    problem = f"contradicts ‘{quoted(one)}’, which is said of the same at {place}"
    remedy = f"correct one of the two, or accept it: <!-- accept: {quoted(two)} — source, date -->"
    span = (two.quantity.first, two.quantity.last)
    return diagnostic(
        two.context, span, "contradiction", problem=problem, remedy=remedy, related=[str(place)]
    )
