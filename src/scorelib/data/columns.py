"""A table as columns of numbers and of coded texts, for tables of a million rows; no pandas.

Imports numpy, the standard library, errors and the rest of this room. The rows of a package's table
are read and judged by `read` and `check`; here they are read faster, to be compared and counted.
Each record is cut by the standard library's strict reader: faster ones pass over ragged rows in silence.
"""

from __future__ import annotations

import contextlib
import csv
import gc
import re
from array import array
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from scorelib.data.cells import BEYOND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

__all__ = [
    "Columns",
    "Cut",
    "Floats",
    "Ints",
    "Text",
    "cut",
    "decimal",
    "factor",
    "grouped",
    "reader",
    "repeated",
    "show_number",
    "show_numbers",
]

Floats: TypeAlias = "NDArray[np.float64]"
Ints: TypeAlias = "NDArray[Any]"

CHUNK = 5_000
"""Records that are cut at once: enough to be quick, few enough to stay in a processor's cache."""
PLAIN = re.compile(r"(?:(?:[+-]?+(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++))?+\n)*+")
"""Cells of a column, a line each, that are all numbers with a decimal point, or empty."""


@dataclass(frozen=True, slots=True)
class Text:
    """A column of texts: each different text once, and per row which of them."""

    codes: Ints
    values: tuple[str, ...]

    @classmethod
    def constant(cls, text: str, rows: int) -> Text:
        """One text in every row."""
        return cls(np.zeros(rows, dtype=np.int32), (text,))

    @classmethod
    def of(cls, texts: Sequence[str]) -> Text:
        """A column of texts as they stand."""
        index = {text: code for code, text in enumerate(dict.fromkeys(texts))}
        return cls(np.array([index[text] for text in texts], dtype=np.int32), tuple(index))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> str:
        return self.values[int(self.codes[row])]

    def take(self, rows: Any) -> Text:
        """Some of its rows, by a mask or by their numbers."""
        return Text(self.codes[rows], self.values)

    def used(self) -> list[str]:
        """Texts that stand in some row, in the order of their codes."""
        there = np.bincount(self.codes, minlength=len(self.values)) > 0
        return [self.values[code] for code in np.flatnonzero(there)]

    def first(self, text: str) -> int:
        """First row in which a text stands."""
        return int(np.argmax(self.codes == self.values.index(text)))

    def count(self, text: str) -> int:
        """Number of rows in which a text stands."""
        return int(np.count_nonzero(self.codes == self.values.index(text)))

    def where(self, holds: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Rows whose text is of a kind; each different text is asked about once."""
        if not self.values:
            return np.zeros(len(self.codes), dtype=np.bool_)
        return np.array([holds(text) for text in self.values], dtype=np.bool_)[self.codes]

    def into(self, become: Callable[[str], str]) -> Text:
        """The column with each text turned into another."""
        turned = [become(text) for text in self.values]
        index = {text: code for code, text in enumerate(dict.fromkeys(turned))}
        if not turned:
            return self
        return Text(np.array([index[text] for text in turned], dtype=np.int32)[self.codes], tuple(index))

    def cells(self) -> list[str]:
        """The text of each row."""
        return [self.values[code] for code in self.codes.tolist()]


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows as columns, and the line on which each begins."""

    text: dict[str, Text]
    numbers: dict[str, Floats]
    lines: Ints

    def __len__(self) -> int:
        return len(self.lines)

    def take(self, rows: Any) -> Columns:
        """Some of its rows, by a mask or by their numbers."""
        return Columns(
            {name: column.take(rows) for name, column in self.text.items()},
            {name: column[rows] for name, column in self.numbers.items()},
            self.lines[rows],
        )


class _Index(dict[str, int]):
    """Gives each new text the next number; one look-up a cell is all that coding costs."""

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number


@dataclass
class _Coder:
    """Codes a column, chunk after chunk."""

    index: _Index = field(default_factory=_Index)
    codes: array[int] = field(default_factory=lambda: array("i"))

    def add(self, cells: Sequence[str]) -> None:
        self.codes.extend(map(self.index.__getitem__, cells))

    def done(self) -> Text:
        return Text(np.frombuffer(self.codes, dtype=np.int32), tuple(self.index))


@dataclass
class Cut:
    """What came of cutting a file: its columns, and records that are empty or ragged."""

    columns: Columns
    records: int
    empty: int = 0
    ragged: list[tuple[int, int]] = field(default_factory=list)
    """The line of each record that is too short or too long, and how many cells it has."""
    broken: list[int] = field(default_factory=list)
    """The line of each record with a line break within a cell."""


def cut(
    reader: Any,
    header: Sequence[str],
    text: Sequence[str],
    numbers: Sequence[str],
    read_numbers: Callable[[str, Sequence[str], Sequence[int]], Floats],
    *,
    first: int,
    by_record: bool = False,
) -> Cut:
    """Cut the records below a header into columns.

    Parameters
    ----------
    reader
        A ``csv.reader`` that has read the header.
    header
        Names of all columns, each once.
    text, numbers
        Columns to keep, as texts and as numbers; the others are passed over.
    read_numbers
        Turns cells of a column, with the line of each, into numbers; NaN for an empty cell.
    first
        The line on which the first record begins.
    by_record
        Number the records, not the lines: rows of a sheet.

    Raises
    ------
    csv.Error
        If a record is no CSV.
    """
    at = {name: index for index, name in enumerate(header)}
    coders = {name: _Coder() for name in text}
    # Arrays that grow in place: a list of parts would take the memory twice when it is put together.
    floats = {name: array("d") for name in numbers}
    lines = array("i")
    done = Cut(Columns({}, {}, np.zeros(0, dtype=np.int32)), 0)
    with _uncollected():
        for rows, places in _chunks(reader, done, len(header), first, by_record=by_record):
            columns = list(zip(*rows, strict=True)) if rows else [()] * len(header)
            for name, coder in coders.items():
                coder.add(columns[at[name]])
            for name, read in floats.items():
                read.frombytes(read_numbers(name, columns[at[name]], places).tobytes())
            lines.extend(places)
    done.columns = Columns(
        {name: coder.done() for name, coder in coders.items()},
        {name: np.frombuffer(read, dtype=np.float64) for name, read in floats.items()},
        np.frombuffer(lines, dtype=np.int32),
    )
    return done


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector of cycles out: a million short-lived lists would call it all the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _chunks(
    reader: Any, done: Cut, width: int, first: int, *, by_record: bool
) -> Iterator[tuple[list[list[str]], Sequence[int]]]:
    """Records of the right width, a chunk at a time, each with its line; the others are told apart."""
    line, before = first, reader.line_num
    blank = [""] * width
    while rows := list(islice(reader, CHUNK)):
        spanned = reader.line_num - before
        before = reader.line_num
        places: Sequence[int] = range(line, line + len(rows))
        if not by_record and spanned != len(rows):
            places = _places(rows, line, done)
            line += spanned
        else:
            line += len(rows)
        done.records += len(rows)
        if set(map(len, rows)) != {width} or blank in rows:
            kept = []
            for row, place in zip(rows, places, strict=True):
                if not any(row):
                    done.empty += 1
                elif len(row) != width:
                    done.ragged.append((place, len(row)))
                else:
                    kept.append((row, place))
            rows, places = [row for row, _ in kept], [place for _, place in kept]
        yield rows, places


def _places(rows: list[list[str]], line: int, done: Cut) -> list[int]:
    """The line on which each record begins, where some have line breaks within a cell."""
    places = []
    for row in rows:
        places.append(line)
        breaks = sum(len(BREAK.findall(cell)) for cell in row)
        if breaks:
            done.broken.append(line)
        line += 1 + breaks
    return places


BREAK = re.compile(r"\r\n|\r|\n")


def decimal(cells: Sequence[str]) -> Floats | None:
    """Cells as numbers with a decimal point, NaN for an empty one; None if one of them is no such number."""
    joined = "\n".join(cells)
    if cells and not PLAIN.fullmatch(joined + "\n"):
        return None
    nan = float("nan")
    try:
        read = np.array([float(cell) if cell else nan for cell in cells], dtype=np.float64)
    except ValueError:
        # A line break within a cell.
        return None
    return None if (np.abs(read) >= BEYOND).any() else read


def show_number(number: float) -> str:
    """A number as a cell holds it: no exponent, no ``.0``, empty for none."""
    if number != number:  # noqa: PLR0124 - NaN, and math.isnan takes five times as long
        return ""
    if number.is_integer() and abs(number) < 1e16:
        return str(int(number))
    text = repr(number)
    return text if "e" not in text else f"{number:.12f}".rstrip("0").rstrip(".")


def grouped(key: Ints) -> tuple[Ints, Ints]:
    """Per different number the first row that has it, in order; and per row the place of its number."""
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    begins = np.ones(len(key), dtype=np.bool_)
    begins[1:] = ordered[1:] != ordered[:-1]
    group = np.empty(len(key), dtype=np.int32)
    group[order] = np.cumsum(begins, dtype=np.int32) - 1
    return order[begins], group


def repeated(key: Ints) -> bool:
    """Whether some number is there twice."""
    ordered = np.sort(key)
    return bool((ordered[1:] == ordered[:-1]).any())


def show_numbers(numbers: Floats) -> list[str]:
    """Numbers as cells hold them."""
    if np.isnan(numbers).all():
        return [""] * len(numbers)
    shown = "\n".join([*map(repr, numbers.tolist()), ""])
    if "e" in shown or "-0.0\n" in shown:
        return [show_number(number) for number in numbers.tolist()]
    return shown.replace(".0\n", "\n").replace("nan\n", "\n").split("\n")[:-1]


def factor(columns: Sequence[Text | Ints], rows: int) -> Ints:
    """One number per row, equal where all columns are equal, ordered as the columns' codes are."""
    key = np.zeros(rows, dtype=np.int64)
    size = 1
    for column in columns:
        codes = column.codes if isinstance(column, Text) else column
        span = len(column.values) if isinstance(column, Text) else (int(codes.max()) + 1 if rows else 1)
        if size * max(span, 1) >= 2**62:
            unique, key = np.unique(key, return_inverse=True)
            size = len(unique)
        key = key * max(span, 1) + codes
        size *= max(span, 1)
    return key


def reader(lines: Any, delimiter: str = ",") -> Any:
    """The strict reader that `cut` wants."""
    return csv.reader(lines, strict=True, delimiter=delimiter)
