"""A sheet of a workbook as CSV, read in a process that may die; starts `sheetworker`, imports `workbook`.

A workbook is hostile until shown otherwise: it may unpack to terabytes or claim cells without number,
on which a reader ends its whole process. So another process reads it, within limits, and writes the
sheet as the CSV that is then read like any other.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scorelib.data import workbook
from scorelib.errors import DataError, Finding, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["BrokenSheetError", "Twin", "address", "sheet_as_csv", "sheet_rows"]

TIMEOUT = 300
"""Seconds for one workbook: a sheet of a million rows takes about ten."""
MISSING = 3
"""Exit code of the worker when python-calamine is not installed."""


class BrokenSheetError(Exception):
    """A sheet cannot be read; holds what is wrong, what to do, and in which cells, if in cells."""

    def __init__(self, problem: str, remedy: str, line: int = 0, cells: tuple[str, ...] = ()) -> None:
        super().__init__(problem, remedy, line, cells)
        self.problem = problem
        self.remedy = remedy
        self.line = line
        self.cells = cells


@dataclass(frozen=True, slots=True)
class Twin:
    """A sheet as CSV."""

    path: Path
    sheet: str
    unclear: frozenset[tuple[int, int]]
    notes: tuple[str, ...]


def address(sheet: str, row: int, position: int) -> str:
    """A cell as spreadsheets name it: ``scores!B12``; the sheet alone where a file does not say which."""
    return f"{sheet}!{workbook.address(row, position)}" if row else sheet


def sheet_as_csv(path: Path, sheet: str, folder: Path) -> Twin:
    """Write a sheet as CSV into a folder.

    Parameters
    ----------
    path
        The workbook.
    sheet
        Name of the sheet; may be empty if there is one visible sheet alone.
    folder
        A folder that the caller removes.

    Raises
    ------
    DataError
        If it is no workbook, has no such sheet, or holds cells without a value that can be read.
    UsageError
        If the package that reads workbooks is not installed.
    """
    out = folder / f"sheet-{len(list(folder.iterdir()))}.csv"
    try:
        said = _answer(path, sheet, out)
    except BrokenSheetError as error:
        raise _refused(path, error.problem, error.remedy) from None
    findings = [
        Finding(path.name, 0, address(said["sheet"], *cell), "", problem, remedy, "cell")
        for cell, (problem, remedy) in said["faults"]
    ]
    if findings:
        raise DataError(findings)
    unclear = frozenset((line, position) for line, position in said["unclear"])
    return Twin(out, said["sheet"], unclear, tuple(said["notes"]))


def sheet_rows(path: Path, sheet: str, folder: Path) -> Iterator[list[str]]:
    """The rows of a sheet, each cell as a CSV file would hold it.

    Parameters
    ----------
    path
        The workbook.
    sheet
        Name of the sheet, or its number.
    folder
        A folder that the caller removes, once the rows were read.

    Raises
    ------
    BrokenSheetError
        If it is no workbook, has no such sheet, or holds cells without a value that can be read.
    UsageError
        If the package that reads workbooks is not installed.
    """
    out = folder / "sheet.csv"
    said = _answer(path, sheet, out)
    if said["faults"]:
        (line, _), (problem, remedy) = said["faults"][0]
        cells = [cell for cell, words in said["faults"] if words == [problem, remedy]]
        where = tuple(workbook.address(*cell) if cell[0] else "?" for cell in cells)
        raise BrokenSheetError(problem, remedy, line, where)
    with out.open(encoding="utf-8", newline="") as stream:
        yield from csv.reader(stream, strict=True)


def _answer(path: Path, sheet: str, out: Path) -> dict[str, Any]:
    """What the worker says of a sheet that it has written as CSV."""
    if importlib.util.find_spec("python_calamine") is None:
        raise _lacking(path)
    # The interpreter's own options: no site of the user, no folder of ours before the standard library.
    command = [
        sys.executable,
        "-P",
        "-m",
        "scorelib.data.sheetworker",
        str(path.absolute()),
        str(out),
    ]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [*command, sheet], capture_output=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        problem = f"it took more than {TIMEOUT} s to read"
        raise BrokenSheetError(problem, "save the sheet as CSV UTF-8") from None
    if done.returncode == MISSING:
        raise _lacking(path)
    said = _said(done.stdout)
    if said is None:
        problem = "the workbook cannot be read: it is broken, or claims more cells than there is memory for"
        raise BrokenSheetError(problem, "open it and save it again, or save the sheet as CSV UTF-8")
    if "problem" in said:
        raise BrokenSheetError(said["problem"], said["remedy"])
    return said


def _said(output: bytes) -> dict[str, Any] | None:
    """What the worker answered; None if it died."""
    try:
        said = json.loads(output)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _lacking(path: Path) -> UsageError:
    return UsageError(f"{path.name} is a workbook; to read it, run: pip install 'scorelib[excel]'")


def _refused(path: Path, problem: str, remedy: str) -> DataError:
    return DataError([Finding(path.name, 0, "", "", problem, remedy, "workbook")])
