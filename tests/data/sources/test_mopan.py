"""A workbook is made for a framework, filled in, and read back; every fault is told with its cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from scorelib.cli import run
from scorelib.data.check import check_package
from scorelib.data.package import Package
from scorelib.data.sources.template import write_template
from scorelib.errors import DataError, UsageError

from .world import records, rows_of, take, world

if TYPE_CHECKING:
    from pathlib import Path

ABOUT = {"id": "mopan-gef-2024", "organisation": "gef", "title": "Assessment of GEF", "published": "2024-03"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return world(tmp_path / "project")


@pytest.fixture
def book(project: Path) -> Path:
    path = project / "book.xlsx"
    write_template(Package.load(project / "data"), "3.1", path)
    return path


def fill(path: Path, scores: dict[str, object] | None = None, **about: str) -> Path:
    book = openpyxl.load_workbook(path)
    for row in book["assessment"].iter_rows():
        if row[0].value in {**ABOUT, **about}:
            row[1].value = {**ABOUT, **about}[row[0].value]
    for cell, value in (scores or {}).items():
        book["scores"][cell] = value
    book.save(path)
    return path


def told(project: Path, path: Path, **asked: Any) -> list[str]:
    with pytest.raises(DataError) as error:
        take(project, "mopan-xlsx", path, **asked)
    return [str(finding) for finding in error.value.findings]


def scores(project: Path) -> dict[str, tuple[str, str]]:
    rows = rows_of(project, "scores", "mopan-gef-2024")
    return {row["code"]: (row["score"], row["confidence"]) for row in rows}


def test_the_workbook_has_the_frameworks_indicators_titles_and_validation_lists(book: Path) -> None:
    made = openpyxl.load_workbook(book)
    assert made.sheetnames == ["assessment", "scores", "lists"]
    assert made["lists"].sheet_state == "hidden"
    rows = [[cell.value for cell in row[:4]] for row in made["scores"].iter_rows()]
    assert rows[0] == ["code", "level", "title_nl", "title_en"]
    assert rows[1:4] == [
        ["1", "kpi", "Een", "One"],
        ["1.1", "mi", "Een een", "One one"],
        ["1.1.1", "element", "Een een een", "One one one"],
    ]
    validations = made["scores"].data_validations.dataValidation
    assert [(each.type, str(each.sqref)) for each in validations] == [
        ("custom", "E2:E5"), ("custom", "G2:R5"), ("list", "F2:F5"),
    ]  # fmt: skip
    assert validations[2].formula1 == '"high,medium,low"'
    [organisation] = made["assessment"].data_validations.dataValidation
    assert organisation.formula1 == "lists!$A$1:$A$6"


def test_scores_become_rows_with_their_assessment_and_its_source(project: Path, book: Path) -> None:
    path = fill(book, {"E2": 3, "F2": "high", "E3": 2.75, "F3": "low", "H3": "n/e", "I3": 4, "E5": "N/A"})
    outcome = take(project, "mopan-xlsx", path)
    assert scores(project) == {
        "1": ("3", "high"), "1.1": ("2.75", "low"), "1.1.2": ("N/E", ""),
        "1.1.3": ("4", ""), "2": ("N/A", ""),
    }  # fmt: skip
    [assessment] = [row for row in rows_of(project, "assessments") if row["id"] == "mopan-gef-2024"]
    assert assessment["framework"] == "3.1"
    [source] = [row for row in rows_of(project, "sources") if row["id"] == "mopan-gef-2024"]
    assert (source["file"], source["edition"], source["note"]) == (
        "book.xlsx",
        "2024-03",
        "Scores transcribed in book.xlsx.",
    )
    assert records(outcome) == (52, 5, {"no score is filled in": 47})
    assert check_package(Package.load(project / "data")) == []
    assert not take(project, "mopan-xlsx", path).plan.changed()


def test_a_score_that_is_taken_out_again_is_removed(project: Path, book: Path) -> None:
    take(project, "mopan-xlsx", fill(book, {"E2": 3, "E3": 2}))
    take(project, "mopan-xlsx", fill(book, {"E3": None, "E2": 3.5}))
    assert scores(project) == {"1": ("3.5", "")}


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"E3": 4.5}, "book.xlsx:scores!E3 '4.5': this is no score; write a number from 0 to 4"),
        ({"E3": -1}, "book.xlsx:scores!E3 '-1': this is no score"),
        ({"E3": "3,5"}, "book.xlsx:scores!E3 '3,5': this is no score"),
        ({"H3": "goed"}, "book.xlsx:scores!H3 'goed': this is no score"),
        (
            {"E3": 3, "F3": "hoog"},
            "book.xlsx:scores!F3 'hoog': this word is not allowed; write high or medium or low",
        ),
        ({"F3": "high"}, "book.xlsx:scores!F3 'high': there is a confidence without a score"),
        ({"G2": 3}, "book.xlsx:scores!G2 '3': 1 is no micro-indicator, so it has no elements"),
        ({"A5": "7.7", "E5": 1}, "book.xlsx:scores!A5 '7.7': the framework has no indicator with this code"),
        ({"A6": "1.1.1", "E6": 1, "G3": 2}, "book.xlsx:scores!E6 '1': 1.1.1 has a score twice"),
        ({"D9": "los"}, "book.xlsx:scores!D9 'los': this row has no code"),
        ({"E3": "=1+1"}, "book.xlsx:scores!E3: this formula has no stored result"),
        (
            {"E1": "oordeel"},
            "book.xlsx:scores!A1: expected code, level, title_nl, title_en, score, confidence",
        ),
        ({"S1": "note"}, "book.xlsx:scores!A1: expected code"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_cell(
    project: Path, book: Path, cells: dict[str, object], message: str
) -> None:
    lines = told(project, fill(book, cells))
    assert any(line.startswith(message) for line in lines), lines
    assert scores(project) == {}


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ({"id": ""}, "book.xlsx:assessment!B1: the cell is empty"),
        ({"id": "MOPAN GEF"}, "book.xlsx:assessment!B1 'MOPAN GEF': this is not of the right form"),
        (
            {"organisation": "geff"},
            "book.xlsx:assessment!B2 'geff': there is no such organisation; write its id; nearest are gef",
        ),
        ({"published": "maart"}, "book.xlsx:assessment!B5 'maart': this is not of the right form"),
        ({"publisher": ""}, "book.xlsx:assessment!B7: the cell is empty; say who published it"),
        ({"id": "mopan-iom"}, "book.xlsx:assessment!B2 'gef': assessments.csv has iom for mopan-iom"),
    ],
)  # fmt: skip
def test_what_the_first_sheet_lacks_is_told_with_its_cell(
    project: Path, book: Path, about: dict[str, str], message: str
) -> None:
    lines = told(project, fill(book, None, **about))
    assert any(line.startswith(message) for line in lines), lines


def test_a_workbook_of_another_make_is_refused(project: Path, tmp_path: Path) -> None:
    other = openpyxl.Workbook()
    other.save(tmp_path / "other.xlsx")
    assert "there is no sheet 'assessment'" in told(project, tmp_path / "other.xlsx")[0]
    other.active.title = "scores"
    other.create_sheet("assessment")["A1"] = "id"
    other.save(tmp_path / "other.xlsx")
    [line] = told(project, tmp_path / "other.xlsx")
    assert "column A must hold id, organisation, framework" in line
    (tmp_path / "scores.csv").write_text("code,score\n1,2\n")
    assert (
        "it is no workbook; make the workbook with `scorelib new" in told(project, tmp_path / "scores.csv")[0]
    )


def test_scores_of_an_assessment_with_another_source_stay(project: Path, book: Path) -> None:
    before = rows_of(project, "scores")
    path = fill(book, {"E3": 1}, id="mopan-iom", organisation="iom")
    outcome = take(project, "mopan-xlsx", path)
    assert outcome.plan.taken[0].tally.left["scores.csv has these rows from mopan"] == 1
    assert rows_of(project, "scores") == before


def test_the_command_makes_a_workbook_and_overwrites_none(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["new", "--template", "mopan", "-o", "gef", "-C", str(project)]
    assert run([*arguments, str(project / "new.xlsx")]) == 0
    assert "4 indicators of framework 3.1" in capsys.readouterr().out
    assert openpyxl.load_workbook(project / "new.xlsx")["assessment"]["B2"].value == "gef"
    before = (project / "new.xlsx").read_bytes()
    assert run([*arguments, str(project / "new.xlsx")]) == 2
    assert "new.xlsx is there already" in capsys.readouterr().err
    assert (project / "new.xlsx").read_bytes() == before
    assert run([*arguments, str(project / "nowhere" / "new.xlsx")]) == 2
    assert run([*arguments, str(project / "new.csv")]) == 2
    assert run([*arguments, "--framework", "9", str(project / "x.xlsx")]) == 2
    assert "there is no framework '9' in data/frameworks.csv; there are: 3.1" in capsys.readouterr().err
    assert sorted(path.name for path in project.glob("*.xlsx")) == ["new.xlsx"]


def test_an_organisation_that_is_not_there_gets_no_workbook(project: Path) -> None:
    with pytest.raises(UsageError, match="there is no organisation 'geff'"):
        write_template(Package.load(project / "data"), "3.1", project / "x.xlsx", organisation="geff")
