"""Where a number comes from, as a short line that travels with it; imports nodes.

A text of a document may carry an origin: how the number was worked out, from which columns, and the
rows that it rests on, as in ``rank unearmarked+earmarked contributions:2-61``. Rows are counted as a
spreadsheet counts them in the report's own ``data.zip``, whose tables hold the rows of its
organisation alone: so rows of other organisations never move them. In Markdown, where texts pass on
their way, an origin hides in characters that no text needs.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scorelib.document.nodes import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "FIRST_ROW",
    "Origin",
    "Told",
    "cut",
    "marked",
    "parts",
    "private",
    "spans",
    "stopped_once",
    "unmarked",
]

FIRST_ROW = 2
"""The number of the first row below the header."""

PLANE = 0xF0000
OPEN, MIDDLE, CLOSE = "\U00100000", "\U00100001", "\U00100002"
PRIVATE = re.compile("[\U000f0000-\U0010ffff]")
PRIVATE_IN_URL = re.compile(r"%F(?:3%B|4%8)[0-9A-F]%[89AB][0-9A-F]%[89AB][0-9A-F]", re.IGNORECASE)
TWICE = re.compile(rf"\.{CLOSE}\.(?!\.)")
MARK = re.compile(f"{OPEN}([\U000f0000-\U000fffff]+){MIDDLE}([^{OPEN}{CLOSE}]*){CLOSE}")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a number comes from.

    Parameters
    ----------
    how
        Name of how it was worked out: a label ``origin.how`` of the language.
    columns
        The columns of the first table that count, in its own words; empty where that says nothing.
    rows
        Tables with their rows, as ``2-61,64``.
    """

    how: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, line: str) -> Origin:
        """Read what `__str__` wrote.

        Examples
        --------
        >>> Origin.parse("sum earmarked revenue:2-4,9").rows
        (('revenue', '2-4,9'),)
        """
        return _parsed(line)

    def __str__(self) -> str:
        places = "".join(f" {table}:{rows}" for table, rows in self.rows)
        return f"{self.how} {'+'.join(self.columns) or '-'}{places}"


@functools.lru_cache(maxsize=4096)
def _parsed(line: str) -> Origin:
    how, columns, *places = line.split(" ")
    pairs = (place.partition(":") for place in places)
    return Origin(
        how, tuple(columns.split("+")) if columns != "-" else (), tuple((t, rows) for t, _, rows in pairs)
    )


def spans(rows: Iterable[int]) -> str:
    """Rows as a reader writes them.

    Examples
    --------
    >>> spans([5, 2, 3, 4, 9])
    '2-5,9'
    """
    found: list[list[int]] = []
    for row in sorted(set(rows)):
        if found and row == found[-1][1] + 1:
            found[-1][1] = row
        else:
            found.append([row, row])
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in found)


def cut(rows: str) -> Iterator[int]:
    """The rows of what `spans` wrote."""
    for part in filter(None, rows.split(",")):
        low, _, high = part.partition("-")
        yield from range(int(low), int(high or low) + 1)


class Told(str):
    """A number as a text prints it, which knows its origin; otherwise a string like any other."""

    __slots__ = ("origin",)
    origin: str

    def __new__(cls, text: str, origin: str) -> Told:
        """A text with its origin."""
        told = super().__new__(cls, text)
        told.origin = origin
        return told


# --- in Markdown ------------------------------------------------------------------------------


def marked(text: str, origin: str) -> str:
    """A text of Markdown with its origin around it."""
    hidden = "".join(chr(PLANE + ord(char)) for char in origin)
    return f"{OPEN}{hidden}{MIDDLE}{text}{CLOSE}"


def unmarked(text: str) -> str:
    """The text alone: nothing that is hidden stays, in an address neither."""
    return PRIVATE_IN_URL.sub("", PRIVATE.sub("", text))


def stopped_once(text: str) -> str:
    """A text in which a number that ends in the full stop of an abbreviation ends its sentence with it."""
    return TWICE.sub(rf".{CLOSE}", text)


def private(text: str) -> str:
    """A text from outside, in which marks of ours and what no page can hold are characters unknown."""
    return PRIVATE.sub("\N{REPLACEMENT CHARACTER}", shown(text))


def parts(text: str) -> Iterator[tuple[str, str]]:
    """A text in pieces, each with its origin or none."""
    at = 0
    for found in MARK.finditer(text):
        yield unmarked(text[at : found.start()]), ""
        yield unmarked(found[2]), "".join(chr(ord(char) - PLANE) for char in found[1])
        at = found.end()
    yield unmarked(text[at:]), ""
