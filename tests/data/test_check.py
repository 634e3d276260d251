"""Tables are held to their keys, to each other, and to the rules of the house."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from scorelib.data.check import check_package, load_tables
from scorelib.data.package import Package
from scorelib.errors import DataError, ExecutionError, Finding, RenderError, UsageError

from .small import TABLES, change, small

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return small(tmp_path / "project")


def told(project: Path) -> list[str]:
    return [str(finding) for finding in check_package(Package.load(project / "data"))]


def describe(project: Path, edit: Any) -> None:
    path = project / "data" / "datapackage.json"
    described = json.loads(path.read_text("utf-8"))
    edit({resource["name"]: resource for resource in described["resources"]})
    path.write_text(json.dumps(described), "utf-8")


def test_the_projects_own_data_have_no_faults(root: Path) -> None:
    assert told(root) == []


def test_the_small_project_has_no_faults(project: Path) -> None:
    assert told(project) == []


# --- keys -----------------------------------------------------------------------------------------


def test_a_key_that_is_there_twice_is_told_with_the_line_that_was_first(project: Path) -> None:
    change(project, "donors", "NL,Nederland", "NA,Nederland")
    assert told(project)[-1] == "donors.csv:3 'NA': line 2 has the same id; delete one of the two"


def test_each_repetition_of_a_key_names_the_first_line(project: Path) -> None:
    change(project, "revenue", "undp,2022,,7,,,USD,ceb\n", "iom,2023,,,,,USD,ceb\niom,2023,,,,,EUR,ceb\n")
    assert told(project) == [
        f"revenue.csv:{line} 'iom,2023': line 2 has the same organisation, year; delete one of the two"
        for line in (3, 4)
    ]


def test_a_key_without_any_value_is_told(project: Path) -> None:
    change(project, "themes", "water,2", ",2")
    assert "themes.csv:3: its key (id) is empty; fill it in" in told(project)


def test_a_value_that_may_be_there_once_is_told_with_the_line_that_was_first(project: Path) -> None:
    change(project, "themes", "water,2", "water,01")
    assert told(project) == ["themes.csv:3:position '1': line 2 has the same value; each may be there once"]


def test_a_reference_to_nothing_is_answered_with_the_nearest_ids(project: Path) -> None:
    change(project, "revenue", "undp,2022", "undpp,2022")
    assert told(project) == [
        "revenue.csv:3:organisation 'undpp': organisations.csv has no such id; "
        "write undp, or add a row to organisations.csv"
    ]


def test_a_reference_that_is_like_nothing_is_answered_with_where_to_add_it(project: Path) -> None:
    change(project, "revenue", "undp,2022", "zzz,2022")
    assert told(project) == [
        "revenue.csv:3:organisation 'zzz': organisations.csv has no such id; add a row to organisations.csv"
    ]


def test_a_reference_by_two_columns_is_told_at_the_last_and_looks_for_the_nearest_of_the_first(
    project: Path,
) -> None:
    change(project, "relevance", "iom,2022,water", "iom,2021,water")
    assert (
        "relevance.csv:5:year 'iom,2021': scorecards.csv has no such organisation, year; "
        "write 2024 or 2022, or add a row to scorecards.csv"
    ) in told(project)


def test_an_empty_cell_refers_to_nothing_and_is_right(project: Path) -> None:
    assert "undp,2023,draft,,2022" in TABLES["scorecards"]
    assert told(project) == []


def test_a_table_that_cannot_be_read_is_told_once_and_not_by_all_that_refer_to_it(project: Path) -> None:
    (project / "data" / "organisations.csv").unlink()
    change(project, "sources", "id,publisher", "id,uitgever")
    assert [message.partition(": ")[0] for message in told(project)] == [
        "organisations.csv",
        "sources.csv:1:publisher 'uitgever'",
    ]


def test_an_id_that_only_breaks_its_pattern_is_told_once(project: Path) -> None:
    for table, old, new in [
        ("organisations", "undp,UNDP", "UNDP,UNDP"),
        ("scorecards", "undp,2023", "UNDP,2023"),
        ("assessments", "mopan-undp,undp", "mopan-undp,UNDP"),
        ("contributions", "undp,2022", "UNDP,2022"),
        ("revenue", "undp,2022", "UNDP,2022"),
        ("facts", "undp,staff", "UNDP,staff"),
    ]:
        change(project, table, old, new)
    assert [message.partition(": ")[0] for message in told(project)] == ["organisations.csv:3:id 'UNDP'"]


def test_findings_are_in_the_order_of_files_and_lines(project: Path) -> None:
    change(project, "revenue", "iom,2023,1000,2.5", "iom,2023,x,y")
    change(project, "revenue", "undp,2022,,7", "undp,1900,,z")
    change(project, "facts", "32000", "many")
    assert [message.partition(" ")[0] for message in told(project)] == [
        "facts.csv:2:value",
        "revenue.csv:2:assessed",
        "revenue.csv:2:unearmarked",
        "revenue.csv:3:unearmarked",
        "revenue.csv:3:year",
    ]


# --- house rules ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "3.1,2,kpi,,",
            "3.1,2,kpi,1,",
            "frameworks.csv:5:parent '1': a kpi is part of nothing; empty the cell",
        ),
        (
            "3.1,1.1,mi,1,",
            "3.1,1.1,mi,3,",
            "frameworks.csv:3:parent '3': there is no kpi with this code in framework 3.1; "
            "write the code of its kpi",
        ),
        (
            "3.1,1.1.1,element,1.1,",
            "3.1,1.1.1,element,1,",
            "frameworks.csv:4:parent '1': there is no mi with this code in framework 3.1; "
            "write the code of its mi",
        ),
        (
            "3.1,1.1,mi,1,",
            "3.1,1.1,mi,,",
            "frameworks.csv:3:parent: there is no kpi with this code in framework 3.1; "
            "write the code of its kpi",
        ),
    ],
)
def test_an_indicator_is_part_of_one_a_level_up(project: Path, old: str, new: str, message: str) -> None:
    change(project, "frameworks", old, new)
    assert told(project) == [message]


def test_an_indicator_is_part_of_one_of_its_own_framework(project: Path) -> None:
    change(project, "frameworks", "3.1,2,kpi,,results,4", "3.0,1.2,mi,1,results,4")
    change(project, "scores", "mopan-undp,2,2", "mopan-undp,1,2")
    (message,) = told(project)
    assert message.startswith("frameworks.csv:5:parent '1': there is no kpi with this code in framework 3.0")


@pytest.mark.parametrize("code", ["9", "1.2", "2.1", "1.1.x", "1.1.", "1.1.\N{SUPERSCRIPT TWO}", "1.1.1.1"])
def test_a_score_is_of_an_indicator_or_of_an_element_of_one(project: Path, code: str) -> None:
    change(project, "scores", "mopan-undp,2,2", f"mopan-undp,{code},2")
    (message,) = told(project)
    assert message.startswith(
        f"scores.csv:5:code {code!r}: framework 3.1 has no indicator with this code; write"
    )


def test_an_assessment_is_by_a_framework_that_is_there(project: Path) -> None:
    change(project, "assessments", "undp,3.1", "undp,3.2")
    assert told(project) == ["assessments.csv:3:framework '3.2': this framework is not there; write 3.1"]


@pytest.mark.parametrize(
    ("old", "new", "place", "begin"),
    [
        ("2.51,3.50", "2.60,3.50", "3:minimum '2.6'", "2.51"),
        ("2.51,3.50", "2.50,3.50", "3:minimum '2.5'", "2.51"),
        ("0.00,1.50", "0.01,1.50", "5:minimum '0.01'", "0"),
        ("0.00,1.50", "0.00,1.505", "4:minimum '1.51'", "1.515"),
    ],
)
def test_bands_leave_no_gap_and_no_overlap(project: Path, old: str, new: str, place: str, begin: str) -> None:
    change(project, "bands", old, new)
    problem = "the bands of framework 3.1 leave a gap or overlap here"
    assert told(project) == [f"bands.csv:{place}: {problem}; begin at {begin}"]


def test_bands_end_at_the_highest_score(project: Path) -> None:
    change(project, "bands", "3.51,4.00", "3.51,3.99")
    assert told(project) == [
        "bands.csv:2:maximum '3.99': the bands of framework 3.1 do not end at 4; end at 4"
    ]


def test_a_band_ends_above_its_beginning(project: Path) -> None:
    change(project, "bands", "1.51,2.50", "1.51,1.05")
    message = (
        "bands.csv:4:maximum '1.05': this band of framework 3.1 ends before it begins; end at 1.51 or above"
    )
    assert message in told(project)


def test_a_scorecard_rests_on_an_assessment_of_its_own_organisation(project: Path) -> None:
    change(project, "scorecards", "undp,2023,draft,", "undp,2023,draft,mopan-iom")
    assert told(project) == [
        "scorecards.csv:4:assessment 'mopan-iom': this assessment is of iom; name one of undp, or none"
    ]


def test_a_scorecard_that_rates_relevance_rates_every_theme(project: Path) -> None:
    change(project, "relevance", "iom,2022,water,not-relevant,ceb\n", "")
    assert told(project) == [
        "relevance.csv:4:theme: iom 2022 is not rated on: water; add a row for each theme"
    ]


def test_a_scorecard_may_rate_no_relevance_at_all(project: Path) -> None:
    (project / "data" / "relevance.csv").write_text("organisation,year,theme,rating,source\n", "utf-8")
    assert told(project) == []


def test_a_cell_that_cannot_be_read_breaks_no_house_rule_as_well(project: Path) -> None:
    change(project, "frameworks", "3.1,2,kpi", ",2,mii")
    change(project, "scores", "mopan-undp,2,2", "mopan-undp,1,2")
    change(project, "relevance", "iom,2022,water", "iom,,water")
    rules = {
        (found.file, found.column, found.rule) for found in check_package(Package.load(project / "data"))
    }
    assert {rule for *_, rule in rules} == {"required", "enum", "foreign-key", "complete"}
    assert ("frameworks.csv", "parent", "tree") not in rules


@pytest.mark.parametrize(
    ("table", "column"),
    [("frameworks", "level"), ("bands", "minimum"), ("scores", "assessment"), ("organisations", "id")],
)
def test_a_column_that_the_reports_go_by_must_be_described(project: Path, table: str, column: str) -> None:
    def edit(resources: dict[str, Any]) -> None:
        schema = resources[table]["schema"]
        schema["fields"] = [each for each in schema["fields"] if each["name"] != column]
        schema["primaryKey"] = []
        for resource in resources.values():
            resource["schema"].pop("foreignKeys", None)

    describe(project, edit)
    assert [
        m for m in told(project) if m.startswith(f"datapackage.json '{table}.{column}': the reports need")
    ]
    load_tables(Package.load(project / "data"), "iom")


def test_a_column_that_the_reports_go_by_must_be_of_its_type(project: Path) -> None:
    def edit(resources: dict[str, Any]) -> None:
        resources["bands"]["schema"]["fields"][2] = {"name": "minimum", "type": "string"}

    describe(project, edit)
    assert told(project) == [
        "datapackage.json 'bands.minimum': the reports need this column, as number; describe it so"
    ]


# --- one organisation -----------------------------------------------------------------------------


def test_only_the_rows_of_one_organisation_are_read(project: Path) -> None:
    tables, findings = load_tables(Package.load(project / "data"), "iom")
    assert not findings
    assert {name: rows.lines for name, rows in tables.items() if name in {"contributions", "revenue"}} == {
        "contributions": [2, 3],
        "revenue": [2],
    }
    assert tables["scores"].lines == [2, 3, 4]
    assert tables["organisations"].lines == [2, 3]


def test_the_faults_of_another_organisation_are_not_told(project: Path) -> None:
    change(project, "contributions", "undp,2022,NL,government,,7", "undp,2022,NL,government,,seven")
    change(project, "scores", "mopan-undp,2,2", "mopan-undp,9,5")
    package = Package.load(project / "data")
    assert load_tables(package, "iom")[1] == []
    assert {found.file for found in load_tables(package, "undp")[1]} == {"contributions.csv", "scores.csv"}


def test_scores_are_read_once_even_if_their_assessment_is_there_twice(project: Path) -> None:
    change(project, "assessments", "mopan-undp,undp", "mopan-iom,iom")
    _, findings = load_tables(Package.load(project / "data"), "iom")
    assert [(found.file, found.row, found.rule) for found in findings] == [
        ("assessments.csv", 3, "primary-key")
    ]


def test_scores_that_cannot_be_read_are_told_to_one_without_an_assessment(project: Path) -> None:
    change(project, "assessments", "mopan-undp,undp,3.1,,2021,MOPAN assessment of UNDP,mopan,\n", "")
    (project / "data" / "scores.csv").unlink()
    _, findings = load_tables(Package.load(project / "data"), "undp")
    assert [found.file for found in findings] == ["scores.csv"]


def test_an_assessment_of_another_organisation_is_told_as_none_of_this_one(project: Path) -> None:
    change(project, "scorecards", "undp,2023,draft,", "undp,2023,draft,mopan-iom")
    _, findings = load_tables(Package.load(project / "data"), "undp")
    assert "assessments.csv has no such id of undp" in str(findings[0])


# --- findings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("finding", "text"),
    [
        (Finding("t.csv", 3, "year", "x", "this is no integer", "write 1", "type"), "t.csv:3:year 'x': "),
        (Finding("t.csv", 3, "", "a,b", "line 2 has the same", "delete it", "key"), "t.csv:3 'a,b': "),
        (Finding("t.csv", 3, "", "", "the row is empty", "delete it", "blank-row"), "t.csv:3: "),
        (Finding("t.csv", 0, "", "", "the file is missing", "put it back", "file"), "t.csv: "),
        (
            Finding("b.xlsx[Blad 1]", 3, "year", "it's", "no integer", "w", "type"),
            'b.xlsx[Blad 1]:3:year "it\'s": ',
        ),
        (Finding("t.csv", 3, "year", "a\nb\x07", "no", "w", "type"), r"t.csv:3:year 'a\nb\x07': "),
        (Finding("t.csv", 3, "year", "x" * 61, "no", "w", "type"), f"t.csv:3:year '{'x' * 57}\u2026': "),
    ],
)
def test_a_finding_is_one_line_of_place_value_problem_and_remedy(finding: Finding, text: str) -> None:
    assert str(finding) == f"{text}{finding.problem}; {finding.remedy}"
    assert "\n" not in str(finding)


def test_errors_cross_processes_whole() -> None:
    finding = Finding("t.csv", 3, "year", "x", "this is no integer", "write a number", "type")
    error = pickle.loads(pickle.dumps(DataError([finding])))  # noqa: S301
    assert error.findings == (finding,)
    assert str(error) == str(finding)
    for kind in (UsageError, ExecutionError, RenderError):
        assert str(pickle.loads(pickle.dumps(kind("what and where")))) == "what and where"  # noqa: S301
