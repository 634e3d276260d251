"""Reads CSV files, each once as long as it stays as it is, and finds the rows of one key quickly.

Standard library only. A process that makes many reports, or that kernels are forked from, reads a
file of 60,000 rows once and then hands out the few hundred rows of an organisation.
"""

from __future__ import annotations

import csv
import functools
import io
import stat
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scorelib.data.cells import Fault
from scorelib.data.workbook import OLE, ZIP

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator
    from pathlib import Path

__all__ = [
    "FIELD_LIMIT",
    "MISSING",
    "CsvFile",
    "Stamp",
    "UnreadableError",
    "must_be_a_file",
    "open_csv",
    "stamp",
]

FIELD_LIMIT = 1_000_000
"""Characters that one cell may hold; beyond it a file is broken, most often by a stray quote."""

LARGEST = 1 << 28
"""Bytes of a table; beyond it something other than a table was meant."""

ROWS, CELLS = 3_000_000, 50_000_000
"""Line ends and commas of a table; what is read of it takes memory by their number."""

MISSING = Fault("the file is missing", "put it back, or take its table out of datapackage.json", "file")

KEPT = 64
"""How many files a process keeps; a data package has some twenty tables."""

REMEMBERED = 4
"""Things made of a file that are kept with it: rows of an organisation serve its other languages."""

SETTLED = 200_000_000
"""Nanoseconds after a change in which a second one may leave the same times: clocks of files tick."""

Stamp = tuple[int, int, int, int]
"""What tells that a file is still the same: size, times of change in ns, inode."""


class UnreadableError(Exception):
    """A file cannot be read any further; holds the line and the fault."""

    def __init__(self, line: int, fault: Fault) -> None:
        super().__init__(line, fault)
        self.line = line
        self.fault = fault


def stamp(path: Path) -> Stamp:
    """What tells that a file is still the same.

    Raises
    ------
    OSError
        If there is none, or it may not be looked at.
    """
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def must_be_a_file(path: Path) -> None:
    """See that there is a file, of a size that a table can have: a pipe is waited for, a device never ends.

    Raises
    ------
    UnreadableError
        If it is missing, may not be looked at, is no file or is too large.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        raise UnreadableError(0, MISSING) from None
    except OSError as error:
        fault = Fault(f"it cannot be read ({error.strerror})", "look at its rights", "file")
        raise UnreadableError(0, fault) from None
    if not stat.S_ISREG(found.st_mode):
        fault = Fault("it is no file", "put a file there, not a folder, a pipe or a device", "file")
        raise UnreadableError(0, fault)
    if found.st_size > LARGEST:
        remedy = f"give a file of at most {LARGEST:,} bytes"
        raise UnreadableError(0, Fault(f"it has {found.st_size:,} bytes", remedy, "file"))


def open_csv(path: Path) -> CsvFile:
    """The file, from memory if it has not changed since it was last read.

    Raises
    ------
    UnreadableError
        If it is missing, is no file, is too large, may not be read or is not UTF-8.
    """
    must_be_a_file(path)
    try:
        now = stamp(path)
        if abs(time.time_ns() - now[2]) < SETTLED:
            return _read(path)
        return _kept(path, now)
    except FileNotFoundError:
        raise UnreadableError(0, MISSING) from None
    except OSError as error:
        fault = Fault(f"it cannot be read ({error.strerror})", "look at its rights", "file")
        raise UnreadableError(0, fault) from None


@functools.lru_cache(maxsize=KEPT)
def _kept(path: Path, _: Stamp) -> CsvFile:
    return _read(path)


def _read(path: Path) -> CsvFile:
    content = path.read_bytes()
    if content.startswith((OLE, ZIP)):
        remedy = "save the sheet as CSV UTF-8; or as .xlsx, and name that as its path in datapackage.json"
        raise UnreadableError(0, Fault("it is a workbook, or packed", remedy, "file"))
    if content.count(b"\n") > ROWS or content.count(b",") > CELLS:
        problem = f"it has more than {ROWS:,} lines, or {CELLS:,} cells"
        raise UnreadableError(0, Fault(problem, "split it, or look for what repeats in it", "file"))
    try:
        return CsvFile(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        fault = Fault("it is not UTF-8 here", "save the file as UTF-8 (in Excel: CSV UTF-8)", "encoding")
        raise UnreadableError(line, fault) from None


@dataclass(frozen=True, slots=True)
class _Run:
    """Lines that follow each other and have the same key; `first` is the number of the first."""

    first: int
    text: str


class CsvFile:
    """The text of a CSV file and, where its lines are its records, an index of them."""

    def __init__(self, text: str) -> None:
        self.text = text
        # Within quotes a line end or a comma is text, and a lone carriage return is an error.
        self.plain = '"' not in text and "\r" not in text
        self._runs: dict[int, dict[str, list[_Run]]] = {}
        self.made: dict[Hashable, Any] = {}
        """What readers have made of it and want to find again; the last few, see `remember`."""

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """All records, the header too, each with the line on which it begins.

        Raises
        ------
        UnreadableError
            If it is no CSV from somewhere on.
        """
        return _records(self.text, 1)

    def only(self, column: int, value: str) -> Iterator[tuple[int, list[str]]]:
        """The records, without the header, that have a value in a column.

        Raises
        ------
        UnreadableError
            If the file, or of a plain one these records, are no CSV from somewhere on.
        """
        if not self.plain:
            rows = self.records()
            next(rows, None)
            yield from (row for row in rows if column < len(row[1]) and row[1][column] == value)
            return
        for run in self.runs(column).get(value, ()):
            yield from _records(run.text, run.first)

    def remember(self, key: Hashable, made: Any) -> None:
        """Keep what a reader has made of this file for the next one that asks."""
        while len(self.made) >= REMEMBERED:
            del self.made[next(iter(self.made))]
        self.made[key] = made

    def runs(self, column: int) -> dict[str, list[_Run]]:
        """The lines below the header of a plain file by their cell in a column, in their order.

        A line that ends before the column belongs to the key of no text.
        """
        if column not in self._runs:
            found: dict[str, list[_Run]] = {}
            previous: str | None = None
            first, lines = 0, list[str]()
            body = self.text.split("\n")[1:]
            if body and not body[-1]:
                body.pop()
            for number, line in enumerate(body, 2):
                cells = line.split(",", column + 1)
                key = cells[column] if column < len(cells) else ""
                if key != previous:
                    if previous is not None:
                        found.setdefault(previous, []).append(_Run(first, "\n".join(lines)))
                    previous, first, lines = key, number, []
                lines.append(line)
            if previous is not None:
                found.setdefault(previous, []).append(_Run(first, "\n".join(lines)))
            self._runs[column] = found
        return self._runs[column]


def _records(text: str, first: int) -> Iterator[tuple[int, list[str]]]:
    previous = csv.field_size_limit(FIELD_LIMIT)
    # Lines end where an editor ends them: a U+2028 within a cell ends none.
    reader = csv.reader(io.StringIO(text, newline="\n"), strict=True)
    begins = first
    try:
        for cells in reader:
            yield begins, cells
            begins = first + reader.line_num
    except csv.Error as error:
        fault = Fault(
            f"it is no CSV from here on ({error})",
            "look for a quote that is not closed, or a line that does not end as the others do",
            "csv",
        )
        raise UnreadableError(begins, fault) from None
    finally:
        csv.field_size_limit(previous)
