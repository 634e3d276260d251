"""Reads one table, from CSV or a workbook, into cast rows; standard library and errors only.

What is wrong is collected, cell by cell, never raised. Line numbers are those an editor shows: the
line on which a row begins, with the header as line 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scorelib.data.cells import Fault, cast, shown
from scorelib.data.csvfile import UnreadableError, must_be_a_file, open_csv
from scorelib.errors import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scorelib.data.csvfile import CsvFile
    from scorelib.data.package import Package, Table
    from scorelib.data.sheets import BrokenSheetError

__all__ = ["Rows", "read_rows", "records"]

TOLD = 1000
"""Findings of a table that are told; a file of a million wrong rows is wrong in one way."""
UNREAD = {"file", "encoding", "csv", "header"}
"""Rules that are broken where a table was not read to its end."""
MOST = 10
"""Cells that one message names."""


@dataclass
class Rows:
    """The rows of a table that could be read, the line of each, and what is wrong.

    A cell that cannot be read is None in its row; one that breaks a rule keeps its value, so that keys
    find it. `raw` holds the text of each cell, `where` says which rows were kept, `untold`
    counts what is wrong beyond what anyone would read.
    """

    table: Table
    rows: list[dict[str, Any]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    raw: list[list[str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    untold: int = 0
    where: Mapping[str, str] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether every row was read; what is missing from a table that was not, says nothing."""
        return not {finding.rule for finding in self.findings} & UNREAD

    def find(self, line: int, column: str, value: str, fault: Fault) -> None:
        """Add a finding at a place of this table."""
        if len(self.findings) >= TOLD and fault.rule not in UNREAD:
            self.untold += 1
            return
        self.findings.append(
            Finding(self.table.place, line, column, value, fault.problem, fault.remedy, fault.rule)
        )


def read_rows(package: Package, table: Table, where: Mapping[str, str] | None = None) -> Rows:
    """Read a table.

    Parameters
    ----------
    package
        The package that the table is of.
    table
        The table.
    where
        Keep only rows whose cells in these columns are exactly these texts; rows that are left out
        are not cast, and what is wrong in them is not told.

    Raises
    ------
    UsageError
        If the table is a workbook and the package that reads those is not installed.
    """
    where = where or {}
    if table.sheet:
        return _read(table, where, _workbook(package.folder / table.path, table.sheet))
    try:
        file = open_csv(package.folder / table.path)
    except UnreadableError as error:
        out = Rows(table, where=where)
        out.find(error.line, "", "", error.fault)
        return out
    key = (table, tuple(where.items()))
    if key not in file.made:
        file.remember(key, _read(table, where, file.records(), file))
    kept: Rows = file.made[key]
    # Rules between tables add findings to what they are given; the rows themselves nobody changes.
    return replace(kept, findings=list(kept.findings))


def _read(
    table: Table,
    where: Mapping[str, str],
    records: Iterator[tuple[int, list[str]]],
    file: CsvFile | None = None,
) -> Rows:
    out = Rows(table, where=where)
    try:
        _, header = next(records, (1, []))
        if not _header(header, out):
            return out
        at = {name: index for index, name in enumerate(header)}
        wanted = [(at[name], value) for name, value in where.items()]
        if len(wanted) == 1 and file is not None:
            records = file.only(*wanted[0])
        elif wanted:
            records = (
                (line, cells)
                for line, cells in records
                if all(index < len(cells) and cells[index] == value for index, value in wanted)
            )
        _rows(records, out)
    except UnreadableError as error:
        out.find(error.line, "", "", error.fault)
    return out


def records(package: Package, table: Table) -> Iterator[tuple[int, list[str]]]:
    """Records of a table as they stand, below its header, each with the line on which it begins.

    A table that cannot be read ends where it cannot; `read_rows` says what is wrong with it.
    """
    try:
        path = package.folder / table.path
        rows = _workbook(path, table.sheet) if table.sheet else open_csv(path).records()
        next(rows, None)
        yield from rows
    except UnreadableError:
        return


def _workbook(path: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Rows of a sheet, with its values written as a CSV file would hold them."""
    import tempfile  # noqa: PLC0415 - not needed for tables in CSV

    from scorelib.data.sheets import BrokenSheetError, sheet_rows  # noqa: PLC0415

    must_be_a_file(path)
    with tempfile.TemporaryDirectory() as folder:
        try:
            yield from enumerate(sheet_rows(path, sheet, Path(folder)), 1)
        except BrokenSheetError as error:
            raise UnreadableError(error.line, Fault(*_told(error), "file")) from None


def _told(error: BrokenSheetError) -> tuple[str, str]:
    """What is wrong with a sheet, in one line, and what to do."""
    if not error.cells:
        return f"the sheet cannot be read ({error.problem})", error.remedy
    more = f" and {len(error.cells) - MOST} more" if len(error.cells) > MOST else ""
    return f"{error.problem} ({', '.join(error.cells[:MOST])}{more})", error.remedy


def _header(header: list[str], out: Rows) -> bool:
    """Whether the first line names exactly the columns that the package describes, in order."""
    names = [column.name for column in out.table.fields]
    if not any(header):
        out.find(
            1, "", "", Fault("there is no header", f"the first line must be: {','.join(names)}", "header")
        )
        return False
    for position, name in enumerate(names):
        given = header[position] if position < len(header) else None
        if given is None:
            out.find(
                1,
                name,
                "",
                Fault("this column is missing", f"the first line must be: {','.join(names)}", "header"),
            )
        elif given != name:
            fault = Fault(
                f"column {position + 1} must be {name}",
                f"the first line must be: {','.join(names)}",
                "header",
            )
            out.find(1, name, given, fault)
    for given in header[len(names) :][:MOST]:
        out.find(
            1,
            "",
            given,
            Fault("this column is not described", "delete it, or describe it in datapackage.json", "header"),
        )
    return not any(finding.rule == "header" for finding in out.findings)


def _rows(records: Iterator[tuple[int, list[str]]], out: Rows) -> None:
    """Cast records into rows; of those before one that cannot be read, too."""
    taken: list[tuple[int, list[str]]] = []
    try:
        taken.extend(records)
    finally:
        if not _clean_rows(taken, out):
            for line, cells in taken:
                _row(line, cells, out)


def _clean_rows(records: list[tuple[int, list[str]]], out: Rows) -> bool:
    """Cast records in which nothing is wrong, column by column; whether that is so.

    Most cells of a column are the same few texts, and each text is cast once. Where anything is
    wrong nothing is kept, and `_row` says what it is.
    """
    fields = out.table.fields
    width = len(fields)
    if not all(len(cells) == width and any(cells) for _, cells in records):
        return False
    columns = []
    for column, texts in zip(fields, zip(*(cells for _, cells in records), strict=True), strict=False):
        values: dict[str, Any] = {}
        for text in dict.fromkeys(texts):
            values[text] = value = cast(text, column, out.table.missing)
            if isinstance(value, Fault):
                return False
        columns.append([values[text] for text in texts])
    names = [column.name for column in fields]
    out.rows += [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    out.lines += [line for line, _ in records]
    out.raw += [cells for _, cells in records]
    return True


def _row(line: int, cells: list[str], out: Rows) -> None:
    fields = out.table.fields
    if not any(cells):
        out.find(line, "", "", Fault("the row is empty", "delete it", "blank-row"))
        return
    for column in fields[len(cells) :]:
        out.find(
            line,
            column.name,
            "",
            Fault("the row ends before this cell", "add what is missing, or commas", "missing-cell"),
        )
    for number, extra in enumerate(cells[len(fields) :][:MOST], 1):
        beyond = len(cells) - len(fields) - number
        fault = Fault(
            "a cell beyond the last column" + (f", and {beyond:,} more" if number == MOST and beyond else ""),
            'delete it; put a text with a comma between "quotes"',
            "extra-cell",
        )
        out.find(line, "", shown(extra), fault)
    row: dict[str, Any] = dict.fromkeys(column.name for column in fields)
    for column, text in zip(fields, cells, strict=False):
        value = cast(text, column, out.table.missing)
        if isinstance(value, Fault):
            out.find(line, column.name, shown(text), value)
            value = value.value
        row[column.name] = value
    out.rows.append(row)
    out.lines.append(line)
    out.raw.append(cells)
