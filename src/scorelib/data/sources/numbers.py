"""Numbers as publishers write them, with thousands separators or decimal commas; imports `columns`.

A column is read in one style or not at all. Whether ``1.234`` is one and a bit or a thousand and more
follows from the other cells, or is asked of whoever imports; it is never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from scorelib.data.columns import decimal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scorelib.data.columns import Floats

__all__ = ["Numbers", "Style", "read_number"]

Style = Literal["english", "dutch"]
"""``1,234.5`` or ``1.234,5``."""

ENGLISH = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,2})?")
DUTCH = re.compile(r"[+-]?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)?(?:,[0-9]*)?(?:[eE][+-]?[0-9]{1,2})?")
STYLES: dict[Style, re.Pattern[str]] = {"english": ENGLISH, "dutch": DUTCH}
OTHER: dict[Style, Style] = {"english": "dutch", "dutch": "english"}
COLUMN: dict[Style, re.Pattern[str]] = {
    "english": re.compile(r"(?:(?:-?+(?:[0-9]{1,3}+(?:,[0-9]{3})++|[0-9]++)(?:\.[0-9]++)?+)?+\n)*+"),
    "dutch": re.compile(r"(?:(?:-?+(?:[0-9]{1,3}+(?:\.[0-9]{3})++(?![0-9])|[0-9]++)(?:,[0-9]++)?+)?+\n)*+"),
}
"""A whole column at once, without the forms that are rare."""
SEPARATOR: dict[Style, str] = {"english": ",", "dutch": "."}
TO_PLAIN: dict[Style, dict[int, str | None]] = {
    "english": {ord(","): None},
    "dutch": {ord("."): None, ord(","): "."},
}
SPACES = re.compile(r"(?<=[0-9])[ \u00a0\u202f](?=[0-9]{3}(?![0-9]))")
"""A space of any kind between groups of three digits."""
LARGE = re.compile("[eE][+]?[0-9]")
"""An exponent that a spreadsheet gives large numbers."""
LIMIT = 1000
"""Cells that are kept as wrong; beyond that they are counted."""


def read_number(cell: str, style: Style) -> float | None:
    """A cell as a number in a style; None if it is none.

    Takes spaces around it and between groups of digits, a minus sign as typesetters write it, a
    negative amount in parentheses as bookkeepers do, and an exponent.
    """
    text = SPACES.sub("", cell.strip().replace("\N{MINUS SIGN}", "-"))
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    if not STYLES[style].fullmatch(text) or not any(sign.isdigit() for sign in text):
        return None
    try:
        number = float(text.translate(TO_PLAIN[style]))
    except ValueError:
        return None
    return number if abs(number) != float("inf") else None


@dataclass
class Numbers:
    """Reads the columns of numbers of one file in one style, and keeps what cannot be read."""

    style: Style
    typed: bool = False
    """Whether a cell with a decimal point is a number of a sheet, however its texts are written."""
    faults: list[tuple[str, int, str]] = field(default_factory=list)
    """Column, line and text of cells that are no number in this style."""
    faulty: int = 0
    grouped: int = 0
    """Cells with thousands separators."""
    exponents: int = 0
    """Cells such as 1.23E+08."""
    telling: bool = False
    """Whether some cell cannot be a number in the other style."""
    unclear: tuple[str, int, str] | None = None
    """The first cell that means another number in the other style."""

    def __call__(self, name: str, cells: Sequence[str], lines: Sequence[int]) -> Floats:
        """Read the cells of a column; NaN for an empty one and for one that is no number."""
        joined = "\n".join(cells)
        if not self.typed:
            self._compare(name, cells, lines, joined)
        plain = decimal(cells) if self.typed or self.style == "english" or "." not in joined else None
        if plain is not None:
            return plain
        if not self.typed and COLUMN[self.style].fullmatch(joined + "\n"):
            separator = SEPARATOR[self.style]
            self.grouped += sum(separator in cell for cell in cells) if separator in joined else 0
            read = decimal(joined.translate(TO_PLAIN[self.style]).split("\n"))
            if read is not None and len(read) == len(cells):
                return read
        return self._slowly(name, cells, lines)

    def _slowly(self, name: str, cells: Sequence[str], lines: Sequence[int]) -> Floats:
        read = np.full(len(cells), np.nan)
        for row, cell in enumerate(cells):
            if not cell.strip():
                continue
            number = self._read(cell)
            if number is None:
                self.faulty += 1
                if len(self.faults) < LIMIT:
                    self.faults.append((name, lines[row], cell))
                continue
            read[row] = number
            self.grouped += SEPARATOR[self.style] in cell
            self.exponents += bool(LARGE.search(cell))
        return read

    def _read(self, cell: str) -> float | None:
        own = decimal([cell]) if self.typed else None
        return read_number(cell, self.style) if own is None else float(own[0])

    def _compare(self, name: str, cells: Sequence[str], lines: Sequence[int], joined: str) -> None:
        """Note whether the cells could be numbers in the other style, and other ones at that."""
        if self.telling or ("," not in joined and "." not in joined):
            return
        other = OTHER[self.style]
        for row, cell in enumerate(cells):
            if "," not in cell and "." not in cell:
                continue
            number, second = read_number(cell, self.style), read_number(cell, other)
            if number is not None and second is None:
                self.telling = True
                return
            if self.unclear is None and number is not None and number != second:
                self.unclear = (name, lines[row], cell)
