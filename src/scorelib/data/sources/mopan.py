"""Scores of an assessment from a workbook of `template`; imports `files`, `model`, `template`.

Every message names its cell. The workbook is the whole truth of its assessment: a score that was there
and is no longer filled in is removed.
"""

from __future__ import annotations

import csv
import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from scorelib.data.cells import Fault, cast
from scorelib.data.columns import Columns, Text
from scorelib.data.read import read_rows
from scorelib.data.sources.model import Batch, Intake, Publication, Tally
from scorelib.data.sources.template import ABOUT, ASSESSMENT, HEADER, SCORES
from scorelib.errors import DataError, Finding

if TYPE_CHECKING:
    from scorelib.data.package import Table
    from scorelib.data.sources.files import SourceFile
    from scorelib.data.sources.model import Context, Opener

__all__ = ["scores"]

ELEMENT = re.compile(r"element ([1-9][0-9]?)")
WORDS = {"N/E", "N/A"}
REMEDY = "make the workbook with `scorelib new --template mopan`"
SOURCE = ("publisher", "url", "licence")
"""Words of the first sheet that say something of the source alone."""


@dataclass
class _Sheet:
    """A sheet as rows of texts."""

    file: SourceFile
    rows: list[list[str]]
    findings: list[Finding] = field(default_factory=list)

    def find(self, row: int, column: int, value: str, *words: str) -> None:
        """Add a finding at a cell; both count from 0."""
        self.findings.append(self.file.finding(row + 1, "", column, value, *words))

    def cell(self, row: int, column: int) -> str:
        """The text of a cell; what is beyond the sheet is empty."""
        line = self.rows[row] if row < len(self.rows) else []
        return line[column].strip() if column < len(line) else ""


def scores(opens: Opener, context: Context) -> Intake:
    """The scores of one assessment, and the assessment itself."""
    about, grid = _open(opens(ASSESSMENT)), _open(opens(SCORES))
    package = context.package
    given, lines = _about(about)
    assessment = {name: given[name] for name in ("id", "organisation", "framework", "title")}
    assessment |= {name: given[name] for name in ("period", "published", "note") if given[name]}
    _check(about, lines, assessment, package.table("assessments"))
    publication = Publication(
        given["id"],
        given["title"] and given["publisher"],
        given["title"],
        given["url"],
        given["licence"],
        f"Scores transcribed in {about.file.name}.",
        context.request.edition or given["published"],
    )
    if not given["publisher"]:
        about.find(lines["publisher"], 1, "", "the cell is empty", "say who published it", "required")
    _exists(about, lines, given, context)
    tally = Tally()
    levels = {
        str(row["code"]): str(row["level"])
        for row in read_rows(package, package.table("frameworks")).rows
        if row["framework"] == given["framework"]
    }
    batch = _batch(grid, given, levels, package.table("scores"), tally)
    context.findings += [*about.findings, *grid.findings]
    row = Columns({name: Text.of([cell]) for name, cell in assessment.items()}, {}, np.array([1]))
    own = Batch("assessments", row, np.zeros(1, dtype=np.int64))
    return Intake(grid.file, publication, [own, batch], tally)


def _open(file: SourceFile) -> _Sheet:
    if file.twin is None:
        raise DataError([Finding(file.name, 0, "", "", "it is no workbook", REMEDY, "file")])
    with file.twin.open(encoding="utf-8", newline="") as stream:
        return _Sheet(file, list(csv.reader(stream, strict=True)))


def _about(sheet: _Sheet) -> tuple[dict[str, str], dict[str, int]]:
    """What the first sheet says, and the row of each word."""
    lines = {sheet.cell(row, 0): row for row in range(len(sheet.rows) - 1, -1, -1)}
    missing = [name for name in ABOUT if name not in lines]
    if missing:
        found = ", ".join(sorted(filter(None, lines)))[:300] or "nothing"
        problem = f"column A must hold {', '.join(ABOUT)}; {', '.join(missing)} not found; found: {found}"
        raise DataError([sheet.file.finding(1, "", 0, "", problem, REMEDY, "layout")])
    return {name: sheet.cell(lines[name], 1) for name in ABOUT}, lines


def _check(sheet: _Sheet, lines: dict[str, int], row: dict[str, str], table: Table) -> None:
    for name, cell in row.items():
        value = cast(cell, table.field(name), table.missing)
        if isinstance(value, Fault):
            sheet.find(lines[name], 1, cell, value.problem, value.remedy, value.rule)


def _exists(sheet: _Sheet, lines: dict[str, int], given: dict[str, str], context: Context) -> None:
    """See that organisation and framework are there, and that an assessment of this name is this one."""
    package, names = context.package, context.organisations
    if given["organisation"] and given["organisation"] not in names.ids:
        near = " or ".join(each for each in names.nearest(given["organisation"], 6) if each in names.ids)
        words = ("there is no such organisation", f"write its id; nearest are {near}", "name")
        sheet.find(lines["organisation"], 1, given["organisation"], *words)
    asked = context.request.organisations
    if asked and given["organisation"] not in asked:
        words = ("this organisation was not asked for", "leave --organisation out, or name it", "name")
        sheet.find(lines["organisation"], 1, given["organisation"], *words)
    for row in read_rows(package, package.table("assessments")).rows:
        if row["id"] != given["id"]:
            continue
        for name in ("organisation", "framework"):
            if row[name] != given[name]:
                words = (
                    f"assessments.csv has {row[name]} for {row['id']}",
                    "mend one of the two",
                    "assessment",
                )
                sheet.find(lines[name], 1, given[name], *words)


def _batch(sheet: _Sheet, given: dict[str, str], levels: dict[str, str], table: Table, tally: Tally) -> Batch:
    """Rows of ``scores``: each filled-in cell of the grid is one."""
    columns = _columns(sheet)
    found: list[tuple[str, str, str, int]] = []
    seen: dict[str, tuple[int, int]] = {}
    for row in range(1, len(sheet.rows)):
        code = sheet.cell(row, columns["code"])
        if not code:
            _stray(sheet, row, columns)
            continue
        _code(sheet, (row, columns["code"]), code, levels)
        for name, column in columns.items():
            number = ELEMENT.fullmatch(name)
            if name != "score" and not number:
                continue
            tally.read += 1
            cell = sheet.cell(row, column)
            if cell and number and levels.get(code) != "mi":
                words = (f"{code} is no micro-indicator, so it has no elements", "empty this cell", "code")
                sheet.find(row, column, cell, *words)
            if not cell:
                tally.leave("no score is filled in", 1)
                continue
            own = f"{code}.{number[1]}" if number else code
            if own in seen:
                words = (f"{own} has a score twice", "empty one of the two", "key")
                sheet.find(row, column, cell, *words)
            seen[own] = (row, column)
            confidence = "" if number else sheet.cell(row, columns["confidence"])
            found.append((own, _score(sheet, (row, column), cell, table), confidence, row + 1))
        _confidence(sheet, row, columns, table)
    text = {
        "assessment": Text.constant(given["id"], len(found)),
        "code": Text.of([code for code, *_ in found]),
        "score": Text.of([score for _, score, *_ in found]),
        "confidence": Text.of([confidence for *_, confidence, _ in found]),
    }
    lines = np.array([line for *_, line in found], dtype=np.int32)
    return Batch("scores", Columns(text, {}, lines), np.ones(len(found), dtype=np.int64), ("assessment",))


def _columns(sheet: _Sheet) -> dict[str, int]:
    """The position of each column of the grid."""
    header = [cell.strip() for cell in sheet.rows[0]] if sheet.rows else []
    columns = {name: index for index, name in reversed(list(enumerate(header))) if name}
    wrong = [name for name in HEADER if name not in columns]
    wrong += [name for name in columns if name not in HEADER and not ELEMENT.fullmatch(name)]
    wrong += sorted({name for name in header if name and header.count(name) > 1})
    if wrong:
        problem = f"expected {', '.join(HEADER)}, element 1, element 2 …; wrong is {', '.join(wrong)[:200]}"
        found = f"found: {', '.join(header)[:300] or 'nothing'}; {REMEDY}"
        raise DataError([sheet.file.finding(1, "", 0, "", problem, found, "layout")])
    return columns


def _stray(sheet: _Sheet, row: int, columns: dict[str, int]) -> None:
    """Find what stands in a row that has no code."""
    for column in range(max(columns.values()) + 1):
        if cell := sheet.cell(row, column):
            words = ("this row has no code", "write the code of its indicator in column code", "code")
            sheet.find(row, column, cell, *words)
            return


def _code(sheet: _Sheet, at: tuple[int, int], code: str, levels: dict[str, str]) -> None:
    parent, _, number = code.rpartition(".")
    if code not in levels and not (levels.get(parent) == "mi" and number.isdecimal()):
        near = difflib.get_close_matches(code, sorted(levels), 3, 0.0)
        remedy = f"write a code of the framework; nearest are {' or '.join(near)}" if near else REMEDY
        sheet.find(*at, code, "the framework has no indicator with this code", remedy, "code")


def _score(sheet: _Sheet, at: tuple[int, int], cell: str, table: Table) -> str:
    score = cell.upper() if cell.upper() in WORDS else cell
    value = cast(score, table.field("score"), table.missing)
    if isinstance(value, Fault):
        sheet.find(
            *at, cell, "this is no score", "write a number from 0 to 4 (as a number), N/E or N/A", "score"
        )
    return score


def _confidence(sheet: _Sheet, row: int, columns: dict[str, int], table: Table) -> None:
    column = columns["confidence"]
    cell = sheet.cell(row, column)
    value = cast(cell, table.field("confidence"), table.missing)
    if isinstance(value, Fault):
        sheet.find(row, column, cell, value.problem, value.remedy, value.rule)
    elif cell and not sheet.cell(row, columns["score"]):
        words = ("there is a confidence without a score", "fill in the score, or empty this cell", "score")
        sheet.find(row, column, cell, *words)
