"""The workbook in which an assessment's scores are transcribed; imports openpyxl, `read`, errors.

Made for a framework, with its indicators and titles; cells take what the tables take and nothing else.
`mopan` reads it back.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scorelib.data.read import read_rows
from scorelib.errors import DataError, UsageError

if TYPE_CHECKING:
    from scorelib.data.package import Package

__all__ = ["ABOUT", "ASSESSMENT", "ELEMENTS", "HEADER", "SCORES", "write_template"]

ASSESSMENT, SCORES, LISTS = "assessment", "scores", "lists"
"""Names of the sheets."""
HEADER = ("code", "level", "title_nl", "title_en", "score", "confidence")
ELEMENTS = 12
"""Columns for elements; `element 13` and further may be added by hand."""
ABOUT = {
    "id": "Short name of the assessment: small letters, digits and -, such as mopan-iom-2023.",
    "organisation": "Id of the organisation, from the list.",
    "framework": "The framework of the sheet with scores; do not change it.",
    "period": "Years that were assessed, such as 2019-2023; may stay empty.",
    "published": "Year, month or day of publication, such as 2023, 2023-10 or 2023-10-30.",
    "title": "Title of the assessment.",
    "publisher": "Who published it.",
    "url": "Where it is published; may stay empty.",
    "licence": "Terms of use, where stated; may stay empty.",
    "note": "What a reader must know about it; may stay empty.",
}
WIDTHS = {"code": 8, "level": 9, "title_nl": 60, "title_en": 60, "score": 9, "confidence": 12}
SCORE = 'OR(AND(ISNUMBER({0}),{0}>=0,{0}<=4),{0}="N/E",{0}="N/A")'


def write_template(package: Package, framework: str, target: Path, *, organisation: str = "") -> int:
    """Write the workbook of a framework.

    Parameters
    ----------
    package
        The package with the framework.
    framework
        The framework, such as ``3.1``.
    target
        The file to write; it must not exist.
    organisation
        Id of the organisation, if it is known already.

    Returns
    -------
    int
        The number of indicators in it.

    Raises
    ------
    UsageError
        If there is no such framework or organisation, the file exists, or openpyxl is not installed.
    DataError
        If the tables that it is made from are wrong.
    """
    tables = {name: read_rows(package, package.table(name)) for name in ("frameworks", "organisations")}
    findings = [finding for rows in tables.values() for finding in rows.findings]
    if findings:
        raise DataError(findings)
    indicators = sorted(
        (row for row in tables["frameworks"].rows if row["framework"] == framework),
        key=lambda row: row["position"],
    )
    if not indicators:
        known = ", ".join(sorted({str(row["framework"]) for row in tables["frameworks"].rows}))
        raise UsageError(f"there is no framework {framework!r} in data/frameworks.csv; there are: {known}")
    ids = [str(row["id"]) for row in tables["organisations"].rows]
    if organisation and organisation not in ids:
        raise UsageError(f"there is no organisation {organisation!r} in data/organisations.csv")
    _save(_book(indicators, ids, framework, organisation), target)
    return len(indicators)


def _save(book: Any, target: Path) -> None:
    """Write the file whole, and never over one that is there."""
    if not target.parent.is_dir():
        raise UsageError(f"there is no folder {target.parent}; make it first")
    handle, name = tempfile.mkstemp(suffix=".xlsx", dir=target.parent)
    os.close(handle)
    try:
        book.save(name)
        Path(name).chmod(0o644)
        os.link(name, target)
    except FileExistsError:
        raise UsageError(f"{target} is there already; name another file, or remove it first") from None
    finally:
        Path(name).unlink()


def _book(indicators: list[dict[str, Any]], ids: list[str], framework: str, organisation: str) -> Any:
    try:
        from openpyxl import Workbook  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError("to make a workbook, run: pip install 'scorelib[excel]'") from None
    book = Workbook()
    given = {"framework": framework, "organisation": organisation, "publisher": MOPAN}
    _assessment(book.active, given, len(ids))
    _scores(book.create_sheet(SCORES), indicators)
    lists = book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    for row, name in enumerate(ids, 1):
        lists.cell(row, 1, name)
    return book


MOPAN = "Multilateral Organisation Performance Assessment Network (MOPAN)"


def _assessment(sheet: Any, given: dict[str, str], organisations: int) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415 - an extra
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415 - an extra

    sheet.title = ASSESSMENT
    for row, (name, meaning) in enumerate(ABOUT.items(), 1):
        sheet.cell(row, 1, name).font = Font(bold=True)
        # As text: 3.1 is the name of a framework, 2023-10 is no day in October.
        cell = sheet.cell(row, 2, given.get(name) or None)
        cell.number_format = "@"
        sheet.cell(row, 3, meaning).font = Font(italic=True, color="595959")
        for column in (2, 3):
            sheet.cell(row, column).alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in (("A", 16), ("B", 60), ("C", 70)):
        sheet.column_dimensions[letter].width = width
    allowed = DataValidation(type="list", formula1=f"{LISTS}!$A$1:$A${organisations}", allow_blank=True)
    allowed.error, allowed.errorTitle = "Choose an organisation from the list.", "organisation"
    allowed.showErrorMessage = True
    allowed.add(f"B{list(ABOUT).index('organisation') + 1}")
    sheet.add_data_validation(allowed)


def _scores(sheet: Any, indicators: list[dict[str, Any]]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415 - an extra
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - an extra
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415 - an extra

    header = [*HEADER, *(f"element {number}" for number in range(1, ELEMENTS + 1))]
    first = len(HEADER) + 1
    shade = PatternFill("solid", fgColor="E8EDF2")
    for column, name in enumerate(header, 1):
        cell = sheet.cell(1, column, name)
        cell.font, cell.fill = Font(bold=True), shade
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS.get(name, 11)
    for row, indicator in enumerate(indicators, 2):
        for column, name in enumerate(HEADER[:4], 1):
            cell = sheet.cell(row, column, str(indicator[name]))
            # As text: 1.1 is a code, and 1.10 another.
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        if indicator["level"] == "kpi":
            for column in range(1, len(header) + 1):
                sheet.cell(row, column).fill = shade
                sheet.cell(row, column).font = Font(bold=True)
    last = len(indicators) + 1
    rules = [
        ("E", "E", SCORE.format("E2")),
        (
            get_column_letter(first),
            get_column_letter(len(header)),
            SCORE.format(f"{get_column_letter(first)}2"),
        ),
    ]
    for begin, end, formula in rules:
        allowed = DataValidation(type="custom", formula1=formula, allow_blank=True)
        allowed.error, allowed.errorTitle = "Write a number from 0 to 4, N/E or N/A.", "score"
        allowed.showErrorMessage = True
        allowed.add(f"{begin}2:{end}{last}")
        sheet.add_data_validation(allowed)
    words = DataValidation(type="list", formula1='"high,medium,low"', allow_blank=True)
    words.error, words.errorTitle = "Choose high, medium or low.", "confidence"
    words.showErrorMessage = True
    words.add(f"F2:F{last}")
    sheet.add_data_validation(words)
    sheet.freeze_panes = "E2"
