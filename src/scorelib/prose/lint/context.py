"""A sentence with what surrounds each of its numbers: names, years, words; imports the modules below.

A number belongs to the nearest name, year or word of a kind. Distance counts tokens, and more where a
comma, a bracket, *en* or another number stands between.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from scorelib.prose.lint.computed import called, computed
from scorelib.prose.lint.marks import Marks, Tags, Year, marks
from scorelib.prose.lint.numerals import Interval
from scorelib.prose.lint.quantities import Quantity, quantities
from scorelib.prose.lint.tables import head_of, in_cells
from scorelib.prose.lint.tokens import tokens
from scorelib.prose.lint.words import Tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from scorelib.prose.known import Known
    from scorelib.prose.lint.measures import Measure
    from scorelib.prose.lint.names import Names
    from scorelib.prose.lint.source import Block, Source
    from scorelib.prose.lint.tokens import Token
    from scorelib.prose.lint.words import Words

__all__ = ["Context", "Near", "Setting", "read_sentence"]

FAR = 10_000
COSTS = {",": 3, "(": 2, ")": 2, ";": 6, ":": 2, "–": 4, "—": 4, "|": 8}


@dataclass(frozen=True)
class Setting:
    """The report that a text is part of.

    Parameters
    ----------
    known
        What the data hold about its organisation.
    others
        What they hold about another organisation, by its id; None where they hold nothing.
    language, names
        Of the text.
    basis
        On which the report ranks donors.
    year, data_year, data_date
        Of the report, of its contributions, of its data.
    """

    known: Known
    others: Callable[[str], Known | None]
    language: Words
    names: Names
    basis: str
    year: int
    data_year: int
    data_date: date

    def of(self, organisation: str) -> Known | None:
        """What the data hold about an organisation."""
        return self.known if organisation == self.known.organisation else self.others(organisation)


class Near(NamedTuple):
    """Something that a number may belong to, and how far off it is."""

    cost: float
    value: object
    first: int
    last: int


@dataclass(frozen=True)
class Context:
    """A sentence, read.

    Parameters
    ----------
    source, block, start, end
        Where it stands: offsets within the block.
    tokens, tags, marks
        What it is made of.
    quantities
        Its numbers, in order, with those of placeholders.
    measured
        What the placeholders among them are, by their first tokens.
    donors, organisations
        Names in it.
    titled
        Years in titles of another language; they date the title and nothing else.
    """

    source: Source
    block: Block
    start: int
    end: int
    tokens: tuple[Token, ...]
    tags: Tags
    marks: Marks
    quantities: tuple[Quantity, ...]
    measured: dict[int, Measure]
    donors: tuple[Tag, ...]
    organisations: tuple[Tag, ...]
    setting: Setting = field(repr=False)
    titled: tuple[Year, ...] = ()

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Offsets in the file of a run of tokens."""
        return self.block.start + self.tokens[first].start, self.block.start + self.tokens[last - 1].end

    def text(self, index: int) -> str:
        """A token in small letters; empty beyond the ends."""
        return self.tokens[index].lower if 0 <= index < len(self.tokens) else ""

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words in small letters."""
        return frozenset(token.lower for token in self.tokens if token.kind == "word")

    @cached_property
    def stems(self) -> frozenset[str]:
        """How its longer words begin."""
        return frozenset(word[:5] for word in self.words if len(word) >= 5)

    @cached_property
    def _sums(self) -> list[float]:
        """Cost of all tokens before each one."""
        starts = {quantity.first for quantity in self.quantities}
        costs: list[float] = []
        for index, token in enumerate(self.tokens):
            contrast = self.tags.at("contrast", index) and not self.tags.at("hedge", index)
            onward = self.tags.at("to", index) and starts & {index + 1, index + 2, index + 3}
            if contrast:
                cost = 6
            elif onward or self.tags.at("which", index):
                cost = 4
            else:
                cost = 3 if self.tags.at("conjunction", index) else COSTS.get(token.lower, 1)
            costs.append(cost + (3 if index in starts else 0))
        return [0, *itertools.accumulate(costs)]

    def cost(self, quantity: Quantity, first: int, last: int) -> float:
        """How far a run of tokens is from a number; what stands before it is a little nearer."""
        if last <= quantity.first:
            return self._sums[quantity.first] - self._sums[last]
        if first >= quantity.last:
            return self._sums[first] - self._sums[quantity.last] + 0.25
        return 0

    def near(self, quantity: Quantity, tags: Iterable[Tag]) -> list[Near]:
        """Tags by their distance from a number, the nearest first."""
        found = [
            Near(self.cost(quantity, tag.first, tag.last), tag.value, tag.first, tag.last) for tag in tags
        ]
        return sorted(found, key=lambda near: (near.cost, near.first))

    def nearest(self, quantity: Quantity, *kinds: str) -> float:
        """Distance of the nearest word of some kinds; `FAR` if there is none."""
        return min((self.cost(quantity, tag.first, tag.last) for tag in self.tags.of(*kinds)), default=FAR)

    def has(self, *kinds: str) -> bool:
        """Whether the sentence has a word of some kinds."""
        return next(self.tags.of(*kinds), None) is not None

    def before(self, kind: str, first: int, within: int = 1) -> bool:
        """Whether a word of a kind ends at most `within` tokens before one."""
        return any(self.tags.until(kind, index) for index in range(first, first - within, -1))

    # --- words beside a number ------------------------------------------------------------------

    def opens(self, quantity: Quantity) -> int:
        """The first token of a number with its hedge."""
        first = quantity.first
        while (tag := self.tags.until("hedge", first)) and not self.tags.until("sum", first):
            if tag.value == "plain" and self.tags.until("of", first):
                return first
            first = tag.first
        return first

    def before_hedge(self, quantity: Quantity, kind: str) -> bool:
        """Whether a word of a kind stands directly before a number and its hedge."""
        return self.tags.until(kind, self.opens(quantity)) is not None

    def beside(self, quantity: Quantity, kind: str, within: int) -> bool:
        """Whether a word of a kind stands directly before or after a number."""
        start = self.opens(quantity)
        before = any(self.tags.until(kind, index) for index in range(start, start - within, -1))
        return before or any(
            self.tags.at(kind, index) for index in range(quantity.last, quantity.last + within)
        )

    def is_start(self, quantity: Quantity) -> bool:
        """Whether a number is where a change began: *from the 10th to the 14th*."""
        return self.before_hedge(quantity, "from") and any(
            other.kind == quantity.kind and other.first > quantity.first and self.before_hedge(other, "to")
            for other in self.quantities
        )

    def is_end(self, quantity: Quantity) -> bool:
        """Whether a number is where a change led: *from the 10th to the 14th*."""
        return self.before_hedge(quantity, "to") and any(
            other.kind == quantity.kind and other.first < quantity.first and self.before_hedge(other, "from")
            for other in self.quantities
        )


def read_sentence(source: Source, block: Block, start: int, end: int, setting: Setting) -> Context:
    """Read a sentence of a block."""
    found = tokens(block.text, start, end)
    tags = Tags(setting.language.tags([token.lower for token in found]))
    marked = marks(found, tags, setting.language)
    named = setting.names.find(found)
    numbers = quantities(found, tags, marked, setting.language)
    above: list[Year] = []
    if block.kind == "row" and block.header is not None and block.header.kind == "row":
        numbers, above = in_cells(block.text, found, numbers, head_of(block.header, setting.language))
    holes = _Holes(source, block, found, setting)
    titled = tuple(year for year in marked.years if _in_title(year, source, block, found))
    years = [year for year in marked.years if year not in titled]
    marked = Marks((*years, *above, *holes.years), marked.codes, marked.used)
    return Context(
        source=source,
        block=block,
        start=start,
        end=end,
        tokens=found,
        tags=tags,
        marks=marked,
        quantities=tuple(sorted([*numbers, *holes.quantities], key=lambda each: each.first)),
        measured=holes.measured,
        donors=tuple(tag for tag in named if tag.kind == "donor"),
        organisations=(*(tag for tag in named if tag.kind == "organisation"), *holes.organisations),
        setting=setting,
        titled=titled,
    )


def _in_title(year: Year, source: Source, block: Block, found: Sequence[Token]) -> bool:
    """Whether a year stands among words of another language."""
    at = block.start + found[year.first].start
    return any(first <= at < last for first, last in source.foreign)


class _Holes:
    """The placeholders of a sentence: numbers, years and names."""

    def __init__(self, source: Source, block: Block, found: Sequence[Token], setting: Setting) -> None:
        self.quantities: list[Quantity] = []
        self.measured: dict[int, Measure] = {}
        self.years: list[Year] = []
        self.organisations: list[Tag] = []
        for index, token in enumerate(found):
            if token.kind == "hole":
                self._read(source.holes.get(block.start + token.start, ""), index, setting)

    def _read(self, expression: str, index: int, setting: Setting) -> None:
        call = called(expression)
        name = call.name if call and call.bare else ""
        if name in ("year", "data_year"):
            year = setting.year if name == "year" else setting.data_year
            self.years.append(Year(year, year, index, index + 1))
        elif name in ("name", "abbreviation"):
            own = setting.known.organisation
            self.organisations.append(Tag("organisation", own, index, index + 1))
        elif result := computed(expression, setting.known):
            exact = Interval(result.value, result.value)
            self.quantities.append(
                Quantity(result.kind, result.value, exact, result.unit, index, index + 1, computed=expression)
            )
            self.measured[index] = result.measure
