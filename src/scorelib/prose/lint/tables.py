"""Numbers in a table that was typed by hand: their unit and year stand in its head; imports quantities.

*(amounts in USD million)* above a table or in its header gives the unit of its bare numbers, and a
year above a column is the year of what stands in it. *6. Netherlands* is a rank.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from scorelib.prose.lint.marks import Tags, Year, marks
from scorelib.prose.lint.numerals import Interval
from scorelib.prose.lint.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scorelib.prose.lint.quantities import Quantity
    from scorelib.prose.lint.source import Block
    from scorelib.prose.lint.tokens import Token
    from scorelib.prose.lint.words import Words

__all__ = ["Head", "head_of", "in_cells"]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a table.

    Parameters
    ----------
    currency, scale
        Unit of its bare numbers; empty and 0 where none is given.
    years
        Year of each column, 0 for none.
    """

    currency: str
    scale: int
    years: tuple[int, ...]


@functools.lru_cache(maxsize=64)
def head_of(header: Block, language: Words) -> Head:
    """What the header of a table and the text before it say of its numbers."""
    currency, scale = "", 0
    for block in (header, header.header):
        if block is None or currency:
            continue
        found = tokens(block.text, 0, len(block.text))
        tags = Tags(language.tags([token.lower for token in found]))
        tag = next(tags.of("currency"), None)
        if tag is not None:
            currency = str(tag.value)
            scale = max((language.scales.get(token.lower, 0) for token in found), default=0)
    years = []
    for start, end in _cells(header.text):
        found = tokens(header.text, start, end)
        tags = Tags(language.tags([token.lower for token in found]))
        dated = [year.start for year in marks(found, tags, language).years if year.start == year.end]
        years.append(dated[0] if len(dated) == 1 else 0)
    return Head(currency, scale, tuple(years))


def _cells(text: str) -> list[tuple[int, int]]:
    """Where the cells of a row begin and end."""
    edges = [-1, *(index for index, character in enumerate(text) if character == "|"), len(text)]
    cells = [(first + 1, last) for first, last in itertools.pairwise(edges)]
    # A row mostly begins and ends with a bar.
    if cells and not text[slice(*cells[0])].strip():
        cells = cells[1:]
    if cells and not text[slice(*cells[-1])].strip():
        cells = cells[:-1]
    return cells


def in_cells(
    text: str, found: Sequence[Token], numbers: Sequence[Quantity], head: Head
) -> tuple[list[Quantity], list[Year]]:
    """The numbers of a row with their units and ranks, and the years of their columns."""
    cells = _cells(text)
    out, years = [], []
    for number in numbers:
        at = found[number.first].start
        column = next((index for index, (start, end) in enumerate(cells) if start <= at < end), -1)
        if 0 <= column < len(head.years) and head.years[column]:
            year = head.years[column]
            years.append(Year(year, year, number.first, number.first))
        out.append(_read(number, found, head))
    return out, years


def _read(number: Quantity, found: Sequence[Token], head: Head) -> Quantity:
    if number.kind not in ("count", "score") or number.spelled or number.computed:
        return number
    following = [token.lower for token in found[number.last : number.last + 2]]
    if number.kind == "count" and following[:1] == ["."] and following[1:] not in ([], ["|"]):
        exact = Interval(number.value, number.value)
        return replace(number, kind="rank", interval=exact, last=number.last + 1)
    alone = following[:1] in ([], ["|"])
    if not head.currency or not alone:
        return number
    factor = Decimal(10) ** head.scale
    interval = Interval(number.interval.low * factor, number.interval.high * factor)
    return replace(number, kind="amount", value=number.value * factor, interval=interval, unit=head.currency)
