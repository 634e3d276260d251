"""A sheet of a workbook as CSV, read in a process that may die; starts `sheetworker`, imports `workbook`.

A workbook is hostile until shown otherwise: it may unpack to terabytes or claim cells without number,
on which a reader ends its whole process. So another process reads it, within limits, and writes the
sheet as the CSV that is then read like any other.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scorelib.data import workbook
from scorelib.errors import DataError, Finding, UsageError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Twin", "address", "sheet_as_csv"]

TIMEOUT = 300
"""Seconds for one workbook: a sheet of a million rows takes about ten."""
MISSING = 3
"""Exit code of the worker when python-calamine is not installed."""


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
    # The interpreter's own options: no site of the user, no folder of ours before the standard library.
    command = [
        sys.executable,
        "-P",
        "-m",
        "scorelib.data.sources.sheetworker",
        str(path.absolute()),
        str(out),
    ]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [*command, sheet], capture_output=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        raise _refused(
            path, f"it took more than {TIMEOUT} s to read", "save the sheet as CSV UTF-8"
        ) from None
    if done.returncode == MISSING:
        message = f"{path.name} is a workbook; to read it, run: pip install 'scorelib[excel]'"
        raise UsageError(message)
    said = _said(done.stdout)
    if said is None:
        problem = "the workbook cannot be read: it is broken, or claims more cells than there is memory for"
        raise _refused(path, problem, "open it and save it again, or save the sheet as CSV UTF-8")
    if "problem" in said:
        raise _refused(path, said["problem"], said["remedy"])
    findings = [
        Finding(path.name, 0, address(said["sheet"], *cell), "", problem, remedy, "cell")
        for cell, (problem, remedy) in said["faults"]
    ]
    if findings:
        raise DataError(findings)
    unclear = frozenset((line, position) for line, position in said["unclear"])
    return Twin(out, said["sheet"], unclear, tuple(said["notes"]))


def _said(output: bytes) -> dict[str, Any] | None:
    """What the worker answered; None if it died."""
    try:
        said = json.loads(output)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _refused(path: Path, problem: str, remedy: str) -> DataError:
    return DataError([Finding(path.name, 0, "", "", problem, remedy, "workbook")])
