"""Leads a number of a report to its rows: finds where it stands, and what stands behind it.

Imports document and language. It reads the report's own files, the executed notebook and the rows in
``data.zip``, so it answers for the report as it is, and looks in the project only for where a row
stands now.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scorelib.data.package import Package
from scorelib.document.ledger import cell_origin
from scorelib.document.nodes import Figure, Heading, Item, Panel, Table, Text, plain
from scorelib.document.origin import FIRST_ROW, Origin, cut
from scorelib.errors import DataError, UsageError
from scorelib.language import language
from scorelib.prose.texts import read_file
from scorelib.trust.reading import read_document, read_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from scorelib.build.report import Report
    from scorelib.document.nodes import Document
    from scorelib.language import Language

__all__ = ["Line", "Trail", "trace"]

NUMBER = re.compile(r"[−-]?\d[\d.,\u00a0\u202f]*\d|[−-]?\d")
_DECIMAL = re.compile(r"-?\d+(?:\.\d+)?")
ROWS = 3_000_000
"""Rows that a number may rest on: as many as a table may have."""
MOST = 5
"""Rows of a table that are shown; a rank rests on a hundred."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its number in ``data.zip``, its line in the project now, what it says, its source."""

    table: str
    row: int
    line: int
    values: Mapping[str, str]
    source: str


@dataclass(frozen=True, slots=True)
class Trail:
    """One place of a report where a number stands, and what it rests on.

    Parameters
    ----------
    text
        What stands there.
    place
        Where, in words.
    how
        How it was worked out, in words; empty for what somebody typed.
    columns
        The columns that count.
    rows
        Rows of each table, as ``2-61``.
    lines
        The first of these rows.
    exact
        Whether it is the number that was asked for, or one that rounds to it.
    """

    text: str
    place: str
    how: str
    columns: tuple[str, ...] = ()
    rows: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    exact: bool = True


@dataclass(frozen=True, slots=True)
class _Shown:
    text: str
    place: str
    origin: str


def trace(project: Path, report: Report, wanted: str) -> list[Trail]:
    """Where a number of a report comes from, one trail for each place and origin.

    Parameters
    ----------
    project
        The folder that holds ``data/`` and ``reports/``.
    report
        A report that is made.
    wanted
        The number as the report has it, or shorter (``62`` for 62,2); or a word of it.

    Raises
    ------
    UsageError
        If the report is not made.
    """
    folder = project / "reports" / str(report)
    tongue = language(report.lang)
    shown = list(dict.fromkeys(_everything(_document(folder, report, tongue), project, report)))
    data = _Data(project, folder)
    exact = [each for each in shown if _reads(each.text, wanted, tongue)]
    chosen = exact or [each for each in shown if _rounds(each.text, wanted, tongue)]
    # What the data give comes before what was typed, which may be anything.
    chosen.sort(key=lambda each: not each.origin)
    return [data.trail(each, exact=bool(exact)) for each in chosen]


def _document(folder: Path, report: Report, tongue: Language) -> Document:
    try:
        return read_document(folder / "notebook.ipynb", tongue)
    except FileNotFoundError:
        command = f"scorelib build {report.organisation} --year {report.year} --lang {report.lang}"
        message = f"{report} is not made; make it with: {command}"
        raise UsageError(message) from None


# --- what stands where ------------------------------------------------------------------------


def _everything(document: Document, project: Path, report: Report) -> Iterator[_Shown]:
    for item in document.cover.facts:
        yield _Shown(item.value, f"the cover, {item.label}", item.origin)
    place = "the cover"
    for block in document.blocks:
        if isinstance(block, Heading) and block.number:
            place = f"section {block.number} {plain(block.children)}"
        if isinstance(block, Figure):
            yield from _cells(block.data, f"figure {block.number}, its data") if block.data else ()
        elif isinstance(block, Table):
            yield from _cells(block, f"table {block.number}" if block.number else place)
        elif isinstance(block, Panel):
            yield from (_Shown(item.value, f"{place}, {item.label}", item.origin) for item in block.items)
        else:
            yield from _told(block, place)
    for note in document.notes:
        yield from _told(note, f"footnote {note.number}")
    yield from _typed(project, report)


def _cells(table: Table, place: str) -> Iterator[_Shown]:
    group = ""
    for row in table.rows:
        if row.kind == "group":
            group = f"{plain(row.cells[0])}, "
            continue
        names = [plain(cell) for cell in row.cells]
        title = next((name for name in names[:2] if name and not name[0].isdigit()), names[0])
        for column, cell in zip(table.columns, row.cells, strict=True):
            origin = cell_origin(row, cell)
            if origin:
                yield _Shown(plain(cell), f"{place}: {group}{title}, {column.title}", origin)


def _told(value: Any, place: str) -> Iterator[_Shown]:
    if isinstance(value, Text | Item):
        if value.origin:
            yield _Shown(value.text if isinstance(value, Text) else value.value, place, value.origin)
    elif isinstance(value, tuple):
        for part in value:
            yield from _told(part, place)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _told(getattr(value, name), place)


def _typed(project: Path, report: Report) -> Iterator[_Shown]:
    """Numbers that stand in the texts themselves."""
    root = project / "data" / "texts"
    own = root / report.organisation / str(report.year) / report.lang
    for path in (*sorted((root / "common" / report.lang).glob("*.md")), *sorted(own.glob("*.md"))):
        shown = path.relative_to(project).as_posix()
        try:
            text = read_file(path, shown)
        except DataError:
            # What is wrong with it, `scorelib check` says.
            continue
        for number, line in enumerate(text.splitlines(), 1):
            plainly = re.sub(r"\{\{.*?\}\}|<!--.*?-->|\{#.*?\}|\[\^.*?\]", " ", line)
            for found in NUMBER.finditer(plainly):
                yield _Shown(found[0], f"{shown}:{number}", "")


# --- whether it is what was asked for ---------------------------------------------------------


def _reads(text: str, wanted: str, tongue: Language) -> bool:
    """Whether a text is, or has in it, exactly what was asked for."""
    one, other = (_folded(each) for each in (text, wanted))
    if one == other:
        return True
    if not NUMBER.search(wanted):
        return other in one
    asked = _values(wanted, tongue)
    rest = _folded(NUMBER.sub("", wanted))
    there = _values(text, tongue)
    return bool(asked) and asked[0] in there and all(word in one for word in rest.split())


def _rounds(text: str, wanted: str, tongue: Language) -> bool:
    """Whether a number of a text rounds to the one that was asked for."""
    asked = _values(wanted, tongue)
    rest = _folded(NUMBER.sub("", wanted))
    if not asked or not all(word in _folded(text) for word in rest.split()):
        return False
    step = Decimal(1).scaleb(int(asked[0].as_tuple().exponent))
    return any(each.quantize(step, ROUND_HALF_UP) == asked[0] for each in _values(text, tongue))


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("\N{MINUS SIGN}", "-").split())


def _values(text: str, tongue: Language) -> list[Decimal]:
    """The numbers of a text, as its language writes them."""
    comma = tongue.number(0.5, 1)[1]
    found = []
    for each in NUMBER.findall(text):
        digits = re.sub(r"[\s\u00a0\u202f]", "", each).replace("\N{MINUS SIGN}", "-")
        other = "." if comma == "," else ","
        # Thousands come in threes; any other point is a decimal one, whatever the language.
        grouped = re.fullmatch(
            rf"-?\d{{1,3}}(?:{re.escape(other)}\d{{3}})+(?:{re.escape(comma)}\d+)?", digits
        )
        digits = digits.replace(other, "") if grouped else digits
        try:
            found.append(Decimal(digits.replace(",", ".")))
        except InvalidOperation:
            continue
    return found


# --- what stands behind it --------------------------------------------------------------------


class _Data:
    """The rows of a report, and where they stand in the project now."""

    def __init__(self, project: Path, folder: Path) -> None:
        self.project = project
        self._folder = folder
        self._tables = read_tables(folder / "data.zip")
        self._places: dict[str, dict[tuple[str, ...], int]] = {}

    @cached_property
    def _sources(self) -> dict[str, dict[str, str]]:
        return {row.get("id", ""): row for row in self._tables.get("sources", ())}

    @cached_property
    def _files(self) -> dict[str, Path]:
        package = Package.load(self.project / "data")
        return {
            name: package.folder / table.path for name, table in package.tables.items() if not table.sheet
        }

    def trail(self, shown: _Shown, *, exact: bool) -> Trail:
        """What a text rests on."""
        if not shown.origin:
            return Trail(shown.text, shown.place, "", exact=exact)
        try:
            origin = Origin.parse(shown.origin)
            how = language("en").label(f"origin.how.{origin.how}")
            if sum(_count(rows) for _, rows in origin.rows) > ROWS:
                raise ValueError  # noqa: TRY301 - told below
        except (ValueError, KeyError):
            notebook = self._folder / "notebook.ipynb"
            words = f"{shown.text!r} is said to be from {shown.origin[:60]!r}, which are no rows"
            message = f"{notebook}: {words}; build the report again with --force"
            raise UsageError(message) from None
        lines = [line for table, rows in origin.rows for line in self._lines(table, rows, origin.columns)]
        return Trail(shown.text, shown.place, how, origin.columns, dict(origin.rows), tuple(lines), exact)

    def _lines(self, table: str, rows: str, columns: Sequence[str]) -> Iterator[Line]:
        """The rows of a table; of many, those with the largest amounts, which say most."""
        known = self._tables.get(table, [])
        numbers = [row for row in cut(rows) if row - FIRST_ROW < len(known)]
        if len(numbers) > MOST:
            numbers.sort(key=lambda row: -_total(known[row - FIRST_ROW], columns))
        for row in numbers[:MOST]:
            values = known[row - FIRST_ROW]
            yield Line(table, row, self._line(table, values), values, self._source(table, values))

    def _source(self, table: str, values: Mapping[str, str]) -> str:
        found = values if table == "sources" else self._sources.get(values.get("source", ""), {})
        dates = [found.get("edition", ""), f"read {found['retrieved']}" if found.get("retrieved") else ""]
        dated = "; ".join(filter(None, dates))
        name = ", ".join(filter(None, (found.get("publisher"), found.get("title"))))
        return f"{name} ({dated})" if dated else name

    def _line(self, table: str, values: Mapping[str, str]) -> int:
        """The line of the project's table with the same row; 0 if it is not there any more."""
        if table not in self._places:
            self._places[table] = self._positions(table, list(values))
        return self._places[table].get(_key(list(values.values())), 0)

    def _positions(self, table: str, columns: Sequence[str]) -> dict[tuple[str, ...], int]:
        path = self._files.get(table)
        if path is None or not path.exists():
            return {}
        found: dict[tuple[str, ...], int] = {}
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = next(reader, [])
            if header != list(columns):
                return {}
            before = reader.line_num
            for row in reader:
                found.setdefault(_key(row), before + 1)
                before = reader.line_num
        return found


def _count(rows: str) -> int:
    """How many rows are meant, before they are counted one by one."""
    pairs = [part.partition("-") for part in filter(None, rows.split(","))]
    return sum(max(0, int(high or low) - int(low)) + 1 for low, _, high in pairs)


def _total(row: Mapping[str, str], columns: Sequence[str]) -> Decimal:
    cells = (row.get(column, "") for column in columns)
    return sum((Decimal(cell) for cell in cells if _DECIMAL.fullmatch(cell)), Decimal())


def _key(cells: Sequence[str]) -> tuple[str, ...]:
    """Cells of a row; a number is the same however many zeros it ends in."""
    return tuple(_number(cell) for cell in cells)


def _number(cell: str) -> str:
    if _DECIMAL.fullmatch(cell):
        return f"{Decimal(cell).normalize():f}"
    return cell
