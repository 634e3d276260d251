"""Opens a publisher's file, CSV or Excel, and cuts it into columns; imports `columns`, `numbers`, `sheets`.

What a file is follows from its bytes, not from its name. A layout that is not known is refused with
what was expected and what was found; a ragged row, a stray quote or a byte that is no text is told with
its place. Nothing is passed over but columns that a layout names.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import hashlib
import io
import re
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scorelib.data.characters import runs, unfit
from scorelib.data.columns import Cut, cut, reader
from scorelib.data.sheets import address, sheet_as_csv
from scorelib.data.sources.numbers import Numbers
from scorelib.data.workbook import OLE, ZIP, compound
from scorelib.errors import DataError, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from scorelib.data.columns import Columns
    from scorelib.data.sources.numbers import Style

__all__ = ["Layout", "Read", "SourceFile", "open_source", "read_source"]

BLOCK = 1 << 20
LARGEST = 4 << 30
"""Bytes of a file; beyond it something other than a table was meant."""
DELIMITERS = ",;\t|"
BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
SHOWN = 100
"""Places of one kind of fault that are told; beyond that they are counted."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was looked at: what it is and its hash."""

    path: Path
    sha256: str
    encoding: str = "utf-8-sig"
    sheet: str = ""
    twin: Path | None = None
    """The sheet of a workbook as CSV."""
    unclear: frozenset[tuple[int, int]] = frozenset()
    """Cells, by line and column, that hold a text which could be either of two numbers."""
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the file, as sources and messages name it."""
        return self.path.name

    def finding(self, line: int, column: str, position: int, value: str, *words: str) -> Finding:
        """A finding at a place of this file; the last three words are problem, remedy, rule."""
        problem, remedy, rule = words
        if not self.sheet:
            return Finding(self.name, line, column, value, problem, remedy, rule)
        cell = address(self.sheet, line, position) if line else self.sheet
        return Finding(self.name, 0, cell, value, problem, remedy, rule)


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns of a kind of file: our name of each, and what it is called there."""

    title: str
    text: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, tuple[str, ...]]
    ignored: frozenset[str] = frozenset()
    """Columns that may be there and are not read."""
    others: bool = False
    """Whether any other column may be there."""
    optional: frozenset[str] = frozenset()
    """Ours that need not be there."""
    exact: bool = False
    """Whether capitals tell columns apart: SDMX has both ``DONOR`` and ``Donor``."""
    breaks: bool = False
    """Whether a cell may hold line breaks."""
    header: int = 1
    """The line of the header; what stands above it is passed over."""

    def match(self, header: Sequence[str]) -> dict[str, int] | None:
        """Position of each of our columns, or None if this is another layout."""
        folded = [self._fold(name) for name in header]
        if len(set(folded)) < len(folded) and not self.others:
            return None
        at = {}
        for name, spellings in {**self.text, **self.numbers}.items():
            found = [index for index, given in enumerate(folded) if given in map(self._fold, spellings)]
            if len(found) > 1 or (not found and name not in self.optional):
                return None
            at.update(dict.fromkeys([name] if found else [], *found))
        known = {folded[index] for index in at.values()} | {self._fold(name) for name in self.ignored}
        return at if self.others or known >= set(folded) else None

    def expected(self) -> str:
        """The columns as a message lists them."""
        columns = {**self.text, **self.numbers}
        return ", ".join(spellings[0] for name, spellings in columns.items() if name not in self.optional)

    def _fold(self, name: str) -> str:
        return name.strip() if self.exact else name.strip().casefold()


@dataclass
class Read:
    """What stands in a file: its columns by our names, and what was told apart while reading."""

    file: SourceFile
    layout: Layout
    positions: Mapping[str, int]
    columns: Columns
    records: int
    empty: int
    notes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unread: set[tuple[str, int]] = field(default_factory=set)
    """Column and line of cells that are no number and have been told."""

    def find(self, row: int, column: str, value: str, *words: str) -> None:
        """Add a finding at a row of `columns`; the last three words are problem, remedy, rule."""
        line = int(self.columns.lines[row])
        position = self.positions.get(column, 0)
        self.findings.append(self.file.finding(line, column, position, value, *words))


def open_source(path: Path, folder: Path, *, sheet: str = "") -> SourceFile:
    """Look at a file: what it is, its hash and how its text is written.

    Parameters
    ----------
    path
        The file; a link to a file is followed.
    folder
        A folder for what must be written on the way.
    sheet
        The sheet of a workbook; may be left out if there is one alone.

    Raises
    ------
    DataError
        If it is no file, too large, or neither CSV nor Excel.
    """
    # It is written into the table of sources.
    if problem := unfit(path.name) or ("a break of lines" if re.search(r"[\r\n]", path.name) else None):
        raise _refused(path, f"its name has {problem}", "give the file another name")
    if runs(path.name):
        raise _refused(path, "a spreadsheet would run its name as a formula", "give the file another name")
    digest, start, zeros, valid = _looked_at(path)
    if start.startswith(OLE):
        raise _refused(path, *compound(path))
    if start.startswith(ZIP):
        twin = sheet_as_csv(path, sheet, folder)
        return SourceFile(path, digest, "utf-8", twin.sheet, twin.path, twin.unclear, twin.notes)
    encoding = next((name for bom, name in BOMS.items() if start.startswith(bom)), "")
    if encoding:
        return SourceFile(path, digest, encoding, notes=("it is written in UTF-16",))
    if not start:
        raise _refused(path, "it is empty", "download it again")
    if zeros:
        raise _refused(path, "it holds bytes 0, so it is no text", "save it as CSV UTF-8, or as .xlsx")
    if valid:
        return SourceFile(path, digest)
    note = "it is not UTF-8 and was read as Windows-1252: look at the names with accents in it"
    return SourceFile(path, digest, "cp1252", notes=(note,))


def _refused(path: Path, problem: str, remedy: str) -> DataError:
    return DataError([Finding(path.name, 0, "", "", problem, remedy, "file")])


def _looked_at(path: Path) -> tuple[str, bytes, bool, bool]:
    """Hash, first bytes, whether there are bytes 0, whether all is UTF-8; or a refusal."""
    try:
        mode = path.stat()
        if not stat.S_ISREG(mode.st_mode):
            raise _refused(path, "it is no file", "name a file, not a folder or a device")
        if mode.st_size > LARGEST:
            remedy = f"give a file of at most {LARGEST:,} bytes"
            raise _refused(path, f"it has {mode.st_size:,} bytes", remedy)
        return _hashed(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refused(path, f"it cannot be read ({reason})", "look at its name and its rights") from None


def _hashed(path: Path) -> tuple[str, bytes, bool, bool]:
    """SHA-256, first bytes, whether there are bytes 0, whether all is UTF-8; in one pass."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    start, zeros, valid = b"", False, True
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            start = start or block[:8]
            digest.update(block)
            zeros = zeros or b"\x00" in block
            if valid:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    valid = False
    if valid:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            valid = False
    return digest.hexdigest(), start, zeros, valid


def read_source(file: SourceFile, layouts: Sequence[Layout], style: Style | None = None) -> Read:
    """Cut a file into columns.

    Parameters
    ----------
    file
        The file.
    layouts
        Layouts that are known; the first that fits is read.
    style
        How its numbers are written; found from the numbers themselves if not given.

    Raises
    ------
    DataError
        If its layout is none of these, or it cannot be read to its end. Cells that are no number are
        findings of what is given back.
    """
    with _decoding(file):
        delimiter, layout, header = _header(file, layouts)
    styles: tuple[Style, ...] = (style,) if style else ("english", "dutch")
    if style is None and delimiter != ",":
        styles = ("dutch", "english")
    tries: list[tuple[Cut, Numbers]] = []
    for each in styles:
        numbers = Numbers(each, typed=bool(file.sheet))
        with _decoding(file):
            tries.append((_cut(file, layout, header, delimiter, numbers), numbers))
        if not numbers.faulty:
            break
    done, numbers = min(tries, key=lambda each: each[1].faulty)
    positions = layout.match(header) or {}
    read = Read(file, layout, positions, done.columns, done.records, done.empty, [*file.notes])
    _tell(read, done, numbers, header)
    if style is None and not numbers.faulty and not numbers.telling and numbers.unclear and delimiter != ",":
        name, line, cell = numbers.unclear
        problem = "this could be either of two numbers, and no other cell tells which"
        remedy = "say how numbers are written: --numbers english (1,234.5) or --numbers dutch (1.234,5)"
        read.findings.append(file.finding(line, name, positions[name], cell, problem, remedy, "number"))
    return read


def _tell(read: Read, done: Cut, numbers: Numbers, header: Sequence[str]) -> None:
    """Say what was found while cutting: rows and cells that are wrong, and notes."""
    file, layout = read.file, read.layout
    for line, cells in done.ragged[:SHOWN]:
        problem = f"the row has {cells} cells, the header {len(header)}"
        remedy = "look for a comma or a quote too many, or a row that was cut off"
        read.findings.append(file.finding(line, "", 0, "", problem, remedy, "ragged-row"))
    for line in () if layout.breaks else done.broken[:SHOWN]:
        problem = "a cell of this row holds a line break, so it may have swallowed other rows"
        remedy = "look for a quote that is not closed"
        read.findings.append(file.finding(line, "", 0, "", problem, remedy, "line-break"))
    read.unread |= {(name, line) for name, line, _ in numbers.faults}
    for name, line, cell in numbers.faults[:SHOWN]:
        words = _mistake(cell, numbers.style)
        read.findings.append(file.finding(line, name, read.positions[name], cell, *words, "number"))
    for line, position in sorted(file.unclear)[:SHOWN]:
        name = next((name for name in layout.numbers if read.positions.get(name) == position), "")
        if name:
            problem = "this is a text that could be either of two numbers"
            remedy = "make it a number in the workbook"
            read.findings.append(file.finding(line, name, position, "", problem, remedy, "number"))
    for count, what in ((numbers.faulty, "cells that are no number"), (len(done.ragged), "ragged rows")):
        if count > SHOWN:
            told = f"{count:,} {what} in all; the first {SHOWN} are listed"
            remedy = "mend what makes them, then import again"
            read.findings.append(Finding(file.name, 0, "", "", told, remedy, "many"))
    read.notes += _notes(numbers)


def _notes(numbers: Numbers) -> Iterator[str]:
    if numbers.grouped:
        yield f"{numbers.grouped:,} numbers had thousands separators"
    if numbers.style == "dutch" and numbers.telling:
        yield "numbers were read with a decimal comma"
    if numbers.exponents:
        counted = f"{numbers.exponents:,} numbers were in scientific notation"
        yield f"{counted}: a spreadsheet may have rounded them"


def _mistake(cell: str, style: Style) -> tuple[str, str]:
    if cell[:1] in {"=", "@"} or (cell[:1] in {"+", "-"} and cell[1:2].isalpha()):
        return "this is a formula, not a number", "put its result in its place"
    shown = "1,234.5" if style == "english" else "1.234,5"
    return "this is no number", f"numbers are read as {shown} here; mend the cell, or give --numbers"


@contextlib.contextmanager
def _decoding(file: SourceFile) -> Iterator[None]:
    """Turn what can go wrong while reading into what a user is told."""
    try:
        yield
    except UnicodeError:
        shown = {"cp1252": "neither UTF-8 nor Windows-1252", "utf-16": "no whole UTF-16"}
        problem = f"it is {shown.get(file.encoding, 'no UTF-8')}"
        raise _refused(file.path, problem, "save it as CSV UTF-8") from None
    except csv.Error as error:
        problem = f"it is no CSV from some row on ({error})"
        raise _refused(
            file.path, problem, "look for a quote that is not closed, or that is doubled"
        ) from None
    except OSError as error:
        raise _refused(file.path, f"it cannot be read ({error.strerror})", "look at its rights") from None


def _lines(file: SourceFile) -> Any:
    path = file.twin or file.path
    return path.open(encoding=file.encoding, newline="")


def _cut(file: SourceFile, layout: Layout, header: Sequence[str], delimiter: str, numbers: Numbers) -> Cut:
    with _lines(file) as stream:
        records = reader(stream, delimiter)
        _skip(records, layout.header, by_record=bool(file.sheet))
        start = layout.header if file.sheet else records.line_num
        at = layout.match(header) or {}
        names = [f"\0{index}" for index in range(len(header))]
        for name, index in at.items():
            names[index] = name
        text = [name for name in layout.text if name in at]
        wanted = [name for name in layout.numbers if name in at]
        return cut(records, names, text, wanted, numbers, first=start + 1, by_record=bool(file.sheet))


def _skip(records: Any, lines: int, *, by_record: bool) -> list[str]:
    """Go past the header, and give it back; a first line ``sep=;`` is Excel's, not the file's."""
    header: list[str] = []
    for number, row in enumerate(records, 1):
        header = row
        if not by_record and number == 1 and SEP.fullmatch("".join(row)):
            lines += 1
            continue
        if (number if by_record else records.line_num) >= lines:
            break
    return header


SEP = re.compile(r"sep=.?")


def _header(file: SourceFile, layouts: Sequence[Layout]) -> tuple[str, Layout, list[str]]:
    """The delimiter, the layout and the header of a file."""
    found: dict[tuple[str, int], list[str]] = {}
    for delimiter in "," if file.sheet else DELIMITERS:
        for layout in layouts:
            with _lines(file) as stream, contextlib.suppress(csv.Error):
                head = io.StringIO(stream.read(BLOCK), newline="")
                header = _skip(reader(head, delimiter), layout.header, by_record=bool(file.sheet))
                found[delimiter, layout.header] = header
                if layout.match(header) is not None:
                    return delimiter, layout, header
    header = max(found.values(), key=len, default=[])
    raise DataError([_unknown(file, layouts, header)])


def _unknown(file: SourceFile, layouts: Sequence[Layout], header: list[str]) -> Finding:
    names = [name.strip() for name in header]
    twice = sorted({name for name in names if names.count(name) > 1})
    shown = ", ".join(name[:40] for name in names[:60]) or "nothing"
    problem = f"the columns are of no layout that is known; found: {shown}"
    if twice:
        problem = f"columns have the same name: {', '.join(name[:40] for name in twice)}; found: {shown}"
    expected = "; or ".join(f"{layout.title}: {layout.expected()}" for layout in layouts)
    remedy = f"expected {expected}"
    return file.finding(layouts[0].header, "", 0, "", problem, remedy, "layout")
