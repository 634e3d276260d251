"""Years, dates and codes in a sentence: numbers that count nothing; imports words and tokens alone."""

from __future__ import annotations

import contextlib
import datetime
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scorelib.prose.lint.tokens import Token
    from scorelib.prose.lint.words import Tag, Words

__all__ = ["Code", "Marks", "Tags", "Year", "marks"]

YEAR = re.compile(r"19[4-9][0-9]|20[0-9]{2}|2100")
DASHES = {"-", "–", "/", "‐", "‑"}


@dataclass(frozen=True, slots=True)
class Year:
    """A year or a run of years, and the day or month that it is part of, if it is."""

    start: int
    end: int
    first: int
    last: int
    """Tokens, one beyond the last."""
    day: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """The number of an indicator, such as 7 in *KPI 7*."""

    code: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Marks:
    """What was found, and the tokens that are part of it."""

    years: tuple[Year, ...]
    codes: tuple[Code, ...]
    used: frozenset[int]


class Tags:
    """The tags of a sentence, by what they are and where they begin or end."""

    def __init__(self, tags: Sequence[Tag]) -> None:
        self.begins: dict[tuple[str, int], Tag] = {}
        self.ends: dict[tuple[str, int], Tag] = {}
        self._kinds: dict[str, list[Tag]] = {}
        for tag in tags:
            kind, _, first, last = tag
            # Of two that begin or end at the same place, the longer one counts.
            if (other := self.begins.get((kind, first))) is None or other.last <= last:
                self.begins[kind, first] = tag
            if (other := self.ends.get((kind, last))) is None or other.first >= first:
                self.ends[kind, last] = tag
            self._kinds.setdefault(kind, []).append(tag)

    def of(self, *kinds: str) -> Iterator[Tag]:
        """The tags of some kinds, in order."""
        found = [self._kinds[kind] for kind in kinds if kind in self._kinds]
        if len(found) == 1:
            return iter(found[0])
        return iter(sorted((tag for tags in found for tag in tags), key=lambda tag: tag.first))

    def at(self, kind: str, token: int) -> Tag | None:
        """The longest tag of a kind that begins at a token."""
        return self.begins.get((kind, token))

    def until(self, kind: str, token: int) -> Tag | None:
        """The longest tag of a kind that ends before a token."""
        return self.ends.get((kind, token))


def marks(tokens: Sequence[Token], tags: Tags, language: Words) -> Marks:
    """The years, dates and codes of a sentence."""
    reader = _Reader(tokens, tags, language)
    reader.codes()
    reader.dates()
    reader.years()
    return Marks(tuple(reader.found), tuple(reader.code), frozenset(reader.used))


class _Reader:
    def __init__(self, tokens: Sequence[Token], tags: Tags, language: Words) -> None:
        self.tokens = tokens
        self.tags = tags
        self.language = language
        self.used: set[int] = set()
        self.found: list[Year] = []
        self.code: list[Code] = []

    def text(self, index: int) -> str:
        return self.tokens[index].lower if 0 <= index < len(self.tokens) else ""

    def measures(self, index: int) -> bool:
        """Whether a unit stands at a token, so that what is before it is a quantity."""
        if tag := self.tags.at("currency", index):
            # "in 2023 USD 60": the currency is that of the next number.
            return not (tag.last < len(self.tokens) and self.tokens[tag.last].kind == "number")
        units = ("percent", "points")
        return self.text(index) in self.language.scales or any(self.tags.at(unit, index) for unit in units)

    def codes(self) -> None:
        for tag in self.tags.of("code"):
            at = tag.last
            while at < len(self.tokens) and self.tokens[at].kind == "number" and not self.measures(at + 1):
                self.used.add(at)
                if self.tags.at("indicator", tag.first):
                    self.code.append(Code(self.tokens[at].text, at, at + 1))
                following = self.separator(at + 1)
                if following == at + 1:
                    break
                at = following

    def separator(self, index: int) -> int:
        """The token beyond a comma, a dash, *en*, *van* or *tot en met*; the same if there is none."""
        if self.text(index) in {",", "van", "of", *DASHES}:
            return index + 1
        for kind in ("conjunction", "through"):
            if tag := self.tags.at(kind, index):
                return tag.last
        return index

    def number(self, index: int, least: int, most: int) -> int | None:
        """The value of a short whole number at a token."""
        text = self.text(index)
        if index in self.used or not re.fullmatch(r"[0-9]{1,4}", text):
            return None
        return int(text) if least <= int(text) <= most else None

    def dates(self) -> None:
        for index, token in enumerate(self.tokens):
            month = self.language.months.get(token.lower) if token.kind == "word" else None
            if month is None:
                if token.kind == "number":
                    self.numeric_date(index)
                continue
            day = self.number(index - 1, 1, 31)
            year = self.number(index + 1, 1945, 2100)
            if year is not None:
                self.date(index - (day is not None), index + 2, year, month, day)
            elif day is not None:
                self.used.add(index - 1)

    def numeric_date(self, index: int) -> None:
        """A date written 2023-10-30 or 30-10-2023."""
        if [self.text(index + 1), self.text(index + 3)] not in (["-", "-"], ["/", "/"]):
            return
        parts = [self.number(index + step, 1, 2100) for step in (0, 2, 4)]
        year, month, day = parts if (parts[0] or 0) > 1900 else reversed(parts)
        if year and month and day and year > 1900:
            self.date(index, index + 5, year, month, day)

    def date(self, first: int, last: int, year: int, month: int, day: int | None) -> None:
        exact = None
        with contextlib.suppress(ValueError):
            exact = datetime.date(year, month, day or 1)
        self.found.append(Year(year, year, first, last, exact))
        self.used.update(range(first, last))

    def years(self) -> None:
        for index in range(len(self.tokens)):
            if not self.is_year(index):
                continue
            first = int(self.text(index))
            last, end = first, index + 1
            beyond = self.range_to(index + 1)
            if beyond is not None and self.is_year(beyond) and int(self.text(beyond)) > first:
                last, end = int(self.text(beyond)), beyond + 1
            elif self.text(index + 1) == "/" and self.number(index + 2, 0, 99) == (first + 1) % 100:
                last, end = first + 1, index + 3
            begun = index
            if (
                last == first
                and (tag := self.tags.until("years_to", index))
                and (count := self.count(tag.first - 1))
            ):
                first, begun = last - count + 1, tag.first - 1
            self.found.append(Year(first, last, begun, end))
            self.used.update(range(begun, end))
        self.found.sort(key=lambda year: year.first)

    def count(self, index: int) -> int:
        """How many years a number in digits or letters is; 0 for none."""
        word = self.text(index)
        return int(word) if re.fullmatch("[0-9]{1,2}", word) else self.language.numbers.get(word, 0)

    def range_to(self, index: int) -> int | None:
        """The token at which the second year of a run would stand."""
        if self.text(index) in DASHES:
            return index + 1
        first = index - 1
        if tag := self.tags.at("through", index):
            # "van 2019 tot 2022" is a run; in "in 2019 tot" the word belongs to what follows.
            begun = self.tags.until("from", first) or tag.last - tag.first > 1
            return tag.last if begun else None
        if (tag := self.tags.at("conjunction", index)) and self.tags.until("between", first):
            return tag.last
        return None

    def is_year(self, index: int) -> bool:
        if not 0 <= index < len(self.tokens) or index in self.used:
            return False
        token = self.tokens[index]
        if token.kind != "number" or not YEAR.fullmatch(token.text):
            return False
        following = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
        attached = following is not None and following.start == token.end and following.kind == "word"
        before = self.tags.until("currency", index)
        return not (attached or before or self.measures(index + 1))
