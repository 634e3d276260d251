"""What leaves here runs nowhere: tables, workbooks, imports; and parameters lead to no other place."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from scorelib.data.characters import runs, unfit
from scorelib.data.export import data_zip
from scorelib.data.package import Package
from scorelib.data.scorecard import load_scorecard
from scorelib.data.sources.template import write_template
from scorelib.document.nodes import Link, Text, linked
from scorelib.errors import DataError, ScorelibError

from ..data.small import small
from ..data.sources.world import take
from .cases_tables import FORMULAS, SHOWN
from .cases_terminal import WORDS
from .hostile import bounded, snapshot

if TYPE_CHECKING:
    from pathlib import Path

MAPPING = """\
table: facts
columns: {organisation: org, id: id, value: value, unit: unit, label_nl: nl, label_en: en}
constants: {as_of: 2023-10-30}
source: {id: x, publisher: X, title: X}
"""


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_no_cell_of_the_projects_own_data_files_runs_in_a_spreadsheet(root: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(data_zip(load_scorecard("voorbeeld", 2024, project=root)))) as archive:
        for name in [each for each in archive.namelist() if each.endswith(".csv")]:
            for row in csv.reader(io.StringIO(archive.read(name).decode(), newline="")):
                assert [cell for cell in row if runs(cell) and not is_number(cell)] == []


def test_no_cell_of_the_workbook_for_an_assessment_is_a_formula(root: Path, tmp_path: Path) -> None:
    write_template(Package.load(root / "data"), "3.1", tmp_path / "x.xlsx", organisation="iom")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


@pytest.mark.parametrize("text", FORMULAS.values(), ids=FORMULAS)
def test_an_import_brings_no_formula_in(tmp_path: Path, text: str) -> None:
    project = small(tmp_path)
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [["org", "id", "value", "unit", "nl", "en"], ["iom", "x", "1", "count", text, "x"]]
    )
    (tmp_path / "facts.csv").write_text(out.getvalue(), "utf-8", newline="")
    (tmp_path / "mapping.yaml").write_text(MAPPING, "utf-8")
    before = snapshot(project / "data")
    with bounded(), pytest.raises(DataError) as raised:
        take(project, "table", tmp_path / "facts.csv", mapping=tmp_path / "mapping.yaml")
    assert "facts.csv:2" in str(raised.value)
    assert snapshot(project / "data") == before


@pytest.mark.parametrize(
    ("organisation", "year", "lang"),
    [
        ("../../etc", 2024, "nl"), ("/etc", 2024, "nl"), ("", 2024, "nl"), ("iom\n", 2024, "nl"),
        ("i\u043em", 2024, "nl"), ("\ud800", 2024, "nl"), ("iom\0", 2024, "nl"), ("*", 2024, "nl"),
        ("iom", 10**30, "nl"), ("iom", -1, "nl"), ("iom", 2024, "../../x"), ("iom", 2024, ""),
        ("iom", 2024, "nl\0"), ("iom", 2024, "\ud800"), ("iom", 2024, "C.UTF-8"),
    ],
)  # fmt: skip
def test_parameters_of_a_notebook_name_what_there_is(
    tmp_path: Path, organisation: str, year: Any, lang: str
) -> None:
    project = small(tmp_path)
    before = snapshot(project)
    with bounded(), pytest.raises(ScorelibError):
        load_scorecard(organisation, year, lang=lang, project=project)
    assert snapshot(project) == before


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "blob:x",
        "//example.org", "\u0001javascript:x", "x", "",
    ],
)  # fmt: skip
def test_an_address_that_is_none_of_the_web_is_text(url: str) -> None:
    assert linked((Text(url),), url) == (Text(url),)


@pytest.mark.parametrize("url", ["https://example.org/", "HTTP://example.org", "mailto:name@example.org"])
def test_an_address_of_the_web_or_of_mail_is_a_link(url: str) -> None:
    assert linked((Text("x"),), url) == (Link((Text("x"),), url),)


def imported(folder: Path, project: Path, name: str, label: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [["org", "id", "value", "unit", "nl", "en"], ["iom", "x", "1", "count", label, "x"]]
    )
    (folder / name).write_text(out.getvalue(), "utf-8", newline="")
    (folder / "mapping.yaml").write_text(MAPPING, "utf-8")
    take(project, "table", folder / name, mapping=folder / "mapping.yaml")


@pytest.mark.parametrize("text", ["one\ntwo", "one\rtwo", *(e for e in SHOWN.values() if len(e) < 200)])
def test_a_cell_that_is_imported_is_the_text_it_was(tmp_path: Path, text: str) -> None:
    project = small(tmp_path)
    imported(tmp_path, project, "facts.csv", text)
    card = load_scorecard("iom", 2024, project=project)
    assert text in card["facts"]["label_nl"].tolist()
    with zipfile.ZipFile(io.BytesIO(data_zip(card))) as archive:
        rows = csv.reader(io.StringIO(archive.read("facts.csv").decode(), newline=""), strict=True)
        assert text in [cell for row in rows for cell in row]


@pytest.mark.parametrize("word", [each for each in {**WORDS, **FORMULAS}.values() if "/" not in each])
def test_a_file_is_called_something_that_can_stand_in_a_cell_or_is_not_imported(
    tmp_path: Path, word: str
) -> None:
    project = small(tmp_path)
    before = snapshot(project / "data")
    name = f"{word}.csv"
    if unfit(name) or runs(name) or "\n" in name or "\r" in name:
        with pytest.raises(DataError, match="give the file another name") as raised:
            imported(tmp_path, project, name, "x")
        assert len(raised.value.findings) == 1
        assert snapshot(project / "data") == before
        return
    imported(tmp_path, project, name, "x")
    sources = (project / "data" / "sources.csv").read_text("utf-8")
    assert name in [cell for row in csv.reader(io.StringIO(sources, newline="")) for cell in row]
