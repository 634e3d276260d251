"""A scorecard is one organisation in one year: validated, frozen, its own rows alone."""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from scorelib.data.listing import listed
from scorelib.data.package import Package
from scorelib.data.scorecard import load_scorecard
from scorelib.errors import DataError, UsageError

from .small import change, small

if TYPE_CHECKING:
    from pathlib import Path

    from scorelib.data.scorecard import Scorecard


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return small(tmp_path / "project")


@pytest.fixture
def card(project: Path) -> Scorecard:
    return load_scorecard("iom", 2024, project=project)


def test_a_scorecard_says_what_its_row_says(card: Scorecard) -> None:
    assert repr(card) == "<Scorecard iom 2024 nl, draft>"
    assert (card.organisation.abbreviation, card.organisation.fictional) == ("IOM", False)
    assert (card.status, card.data_year, card.basis) == ("draft", 2023, "voluntary")
    assert card.data_date == datetime.date(2024, 11, 1)
    assert card.assessment
    assert (card.assessment.id, card.assessment.published) == ("mopan-iom", "2023-10")
    assert card.assessment.period == ""


def test_a_scorecard_is_in_its_language(project: Path, card: Scorecard) -> None:
    assert card.organisation.name == "Internationale Organisatie voor Migratie"
    english = load_scorecard("iom", 2024, lang="en", project=project)
    assert english.organisation.name == "International Organization for Migration"
    assert english.digest == card.digest


def test_a_scorecard_without_an_assessment_has_none(project: Path) -> None:
    assert load_scorecard("undp", 2023, project=project).assessment is None


def test_the_project_is_found_from_the_working_folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "data")
    assert load_scorecard("iom", 2024).project == project.resolve()


def test_iom_2024_of_the_project_itself_loads(root: Path) -> None:
    card = load_scorecard("iom", 2024, project=root)
    assert card.organisation.name == "Internationale Organisatie voor Migratie"
    assert set(card["contributions"]["organisation"]) == {"iom"}
    assert "NA" in set(card["contributions"]["donor"])


# --- tables ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "table", ["organisations", "scorecards", "assessments", "contributions", "facts", "scores"]
)
def test_a_table_holds_the_organisations_own_rows(card: Scorecard, table: str) -> None:
    rows = card[table]
    owner = {"organisations": "id", "scores": "assessment"}.get(table, "organisation")
    assert set(rows[owner]) == {"mopan-iom" if table == "scores" else "iom"}


def test_relevance_is_that_of_the_scorecards_year(card: Scorecard) -> None:
    assert card["relevance"]["rating"].tolist() == ["highly-relevant", "not-relevant"]
    assert card["relevance"].index.tolist() == [0, 1]


def test_namibia_and_not_applicable_are_texts(card: Scorecard) -> None:
    assert card["donors"]["id"].tolist() == ["NA", "NL"]
    assert card["contributions"]["donor"].tolist() == ["NA", "NL"]
    assert card["scores"]["score"].tolist() == ["N/A", "3.5", "N/E"]


def test_columns_have_the_types_of_the_description(card: Scorecard) -> None:
    rows = card["contributions"]
    assert rows["assessed"].dtype == "float64"
    assert rows["assessed"].isna().tolist() == [False, True]
    assert rows["earmarked"].tolist()[1] == -3.0
    assert rows["year"].tolist() == [2023, 2023]
    assert card["frameworks"]["checked"].tolist() == [False] * 4
    assert card["facts"]["as_of"].tolist() == [datetime.date(2023, 10, 30)]
    assert card["sources"]["retrieved"].tolist() == [datetime.date(2024, 11, 1), None]


def test_each_row_knows_its_line_in_the_file(card: Scorecard) -> None:
    assert card["contributions"]["line"].tolist() == [2, 3]
    assert card["relevance"]["line"].tolist() == [2, 3]
    assert card["contributions"].attrs["file"] == "contributions"
    assert card["relevance"].attrs["file"] == "relevance"


def test_an_unknown_table_is_answered_with_those_there_are(card: Scorecard) -> None:
    with pytest.raises(
        UsageError, match="there is no table 'contribution'; choose one of: accepted, assessments, bands,"
    ):
        card["contribution"]


# --- nothing can be changed -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [("year", 2025), ("basis", "total"), ("tables", {}), ("digest", ""), ("language", None)],
)
def test_a_scorecard_is_frozen(card: Scorecard, name: str, value: object) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(card, name, value)


def test_its_organisation_and_assessment_are_frozen(card: Scorecard) -> None:
    for each in (card.organisation, card.assessment):
        with pytest.raises(dataclasses.FrozenInstanceError):
            each.id = "x"  # type: ignore[misc, union-attr]


def test_what_is_done_to_a_table_stays_where_it_was_done(card: Scorecard) -> None:
    before = card["contributions"]
    rows = card["contributions"]
    rows.loc[0, "assessed"] = -1.0
    rows["donor"] = "XX"
    del rows["year"]
    rows.attrs["file"] = "changed"
    pd.testing.assert_frame_equal(card["contributions"], before)
    assert card["contributions"].attrs == {"file": "contributions"}


# --- what does not exist --------------------------------------------------------------------------


def test_an_unknown_organisation_is_answered_with_the_nearest(project: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_scorecard("unpd", 2024, project=project)
    assert str(caught.value) == (
        "there is no organisation 'unpd' in data/organisations.csv; did you mean undp? "
        "`scorelib list` shows every scorecard"
    )
    with pytest.raises(UsageError, match=r"did you mean iom\?"):
        load_scorecard("IOM", 2024, project=project)


@pytest.mark.parametrize("organisation", ["", "None", "zzzz"])
def test_an_organisation_that_is_like_none_is_answered_with_some(project: Path, organisation: str) -> None:
    with pytest.raises(UsageError, match=r"did you mean iom or undp\?"):
        load_scorecard(organisation, 2024, project=project)


def test_an_organisation_of_an_empty_table_is_not_there(project: Path) -> None:
    path = project / "data" / "organisations.csv"
    path.write_text(path.read_text("utf-8").partition("\n")[0], "utf-8")
    with pytest.raises(UsageError, match="the table is empty"):
        load_scorecard("iom", 2024, project=project)


def test_an_unknown_year_is_answered_with_those_there_are(project: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_scorecard("iom", 2023, project=project)
    assert str(caught.value) == (
        "there is no scorecard of iom for 2023 in data/scorecards.csv: there are scorecards of 2022, 2024; "
        "add a row to that table to make one"
    )


def test_an_organisation_without_scorecards_has_none_yet(project: Path) -> None:
    change(project, "scorecards", "undp,2023,draft,,2022,voluntary,2024-11-01\n", "")
    with pytest.raises(UsageError, match=r"of undp for 2023 in data/scorecards\.csv: it has none yet;"):
        load_scorecard("undp", 2023, project=project)


def test_an_unknown_language_is_refused(project: Path) -> None:
    with pytest.raises(UsageError, match="en, nl"):
        load_scorecard("iom", 2024, lang="fy", project=project)


# --- what is wrong --------------------------------------------------------------------------------


def test_everything_that_is_wrong_is_told_at_once(project: Path) -> None:
    change(project, "contributions", "iom,2023,NA,government,1000", "iom,2023,NAM,government,l000")
    change(project, "facts", "32000", "many")
    change(project, "relevance", "2024,migration,highly-relevant", "2024,migration,high-relevant")
    (project / "data" / "revenue.csv").unlink()
    with pytest.raises(DataError) as caught:
        load_scorecard("iom", 2024, project=project)
    assert [(found.file, found.rule) for found in caught.value.findings] == [
        ("contributions.csv", "type"),
        ("contributions.csv", "foreign-key"),
        ("facts.csv", "type"),
        ("relevance.csv", "enum"),
        ("revenue.csv", "file"),
    ]
    assert str(caught.value).count("\n") == 4


def test_what_is_wrong_with_another_organisation_is_no_matter(project: Path) -> None:
    change(project, "contributions", "undp,2022,NL,government,,7", "undp,2022,NL,government,,x")
    assert load_scorecard("iom", 2024, project=project).year == 2024
    with pytest.raises(DataError, match=r"contributions\.csv:4:unearmarked 'x'"):
        load_scorecard("undp", 2023, project=project)


@pytest.mark.parametrize("table", ["organisations", "scorecards"])
def test_a_file_that_is_missing_is_no_unknown_organisation_or_year(project: Path, table: str) -> None:
    (project / "data" / f"{table}.csv").unlink()
    with pytest.raises(DataError, match=f"{table}.csv: the file is missing"):
        load_scorecard("iom", 2024, project=project)


def test_a_year_that_cannot_be_read_is_no_unknown_year(project: Path) -> None:
    change(project, "scorecards", "iom,2024", "iom,2O24")
    with pytest.raises(DataError, match=r"scorecards\.csv:2:year '2O24': this is no integer"):
        load_scorecard("iom", 2024, project=project)


@pytest.mark.parametrize("table", ["organisations", "scorecards", "assessments", "relevance"])
def test_a_table_that_is_taken_out_of_the_description_is_told(project: Path, table: str) -> None:
    path = project / "data" / "datapackage.json"
    path.write_text(
        path.read_text("utf-8").replace(f'"name": "{table}",', f'"name": "{table}-away",'), "utf-8"
    )
    with pytest.raises(DataError) as caught:
        load_scorecard("iom", 2024, project=project)
    assert caught.value.findings[0].file == "datapackage.json"


# --- the digest -----------------------------------------------------------------------------------


def test_equal_data_have_an_equal_digest(project: Path, card: Scorecard, tmp_path: Path) -> None:
    assert load_scorecard("iom", 2024, project=project).digest == card.digest
    assert load_scorecard("iom", 2024, project=small(tmp_path / "copy")).digest == card.digest
    assert len(card.digest) == 64


def test_the_digest_goes_by_values_and_not_by_how_they_are_written(project: Path, card: Scorecard) -> None:
    change(project, "contributions", ",2.5,-3,", ",2.50,-3.0,")
    assert load_scorecard("iom", 2024, project=project).digest == card.digest


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("contributions", "iom,2023,NL,government,,2.5", "iom,2023,NL,government,,2.6"),
        ("contributions", "iom,2023,NA,government,1000,", "iom,2023,NA,government,,1000"),
        ("organisations", "iom,IOM", "iom,I.O.M."),
        ("scorecards", "iom,2024,draft", "iom,2024,final"),
        ("scores", "mopan-iom,1.1,N/A", "mopan-iom,1.1,N/E"),
        ("relevance", "iom,2024,water,not-relevant", "iom,2024,water,relevant"),
        ("bands", "Zeer bevredigend", "Erg bevredigend"),
    ],
)
def test_one_changed_cell_changes_the_digest(
    project: Path, card: Scorecard, table: str, old: str, new: str
) -> None:
    change(project, table, old, new)
    assert load_scorecard("iom", 2024, project=project).digest != card.digest


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("contributions", "undp,2022,NL,government,,7", "undp,2022,NL,government,,8"),
        ("organisations", "undp,UNDP", "undp,U.N.D.P."),
        ("scorecards", "undp,2023,draft", "undp,2023,final"),
        ("scores", "mopan-undp,2,2", "mopan-undp,2,3"),
        ("facts", "undp,staff,1", "undp,staff,2"),
    ],
)
def test_a_changed_row_of_another_organisation_does_not(
    project: Path, card: Scorecard, table: str, old: str, new: str
) -> None:
    change(project, table, old, new)
    assert load_scorecard("iom", 2024, project=project).digest == card.digest


# --- the list -------------------------------------------------------------------------------------


def test_scorecards_are_listed_with_the_abbreviation_of_their_organisation(project: Path) -> None:
    rows = listed(Package.load(project / "data"))
    assert [(row["organisation"], row["year"], row["abbreviation"]) for row in rows] == [
        ("iom", 2024, "IOM"),
        ("iom", 2022, "IOM"),
        ("undp", 2023, "UNDP"),
    ]


def test_a_list_of_broken_tables_is_refused(project: Path) -> None:
    change(project, "scorecards", "undp,2023,draft", "undp,2023,begun")
    with pytest.raises(DataError, match=r"scorecards\.csv:4:status 'begun'"):
        listed(Package.load(project / "data"))
