"""Projects for benchmarks are right data, as large as asked for, and say nothing false of anybody."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from benchmarks.projects import chosen, make_project

from scorelib.build.select import select
from scorelib.data.check import check_package
from scorelib.data.package import Package

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("made") / "project"
    make_project(project, 12)
    return project


def rows(project: Path, table: str) -> list[dict[str, str]]:
    with (project / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_it_has_as_many_reports_as_asked_for_and_they_are_those_it_says(tmp_path: Path) -> None:
    reports = make_project(tmp_path / "project", 6)
    there = {(each.organisation, each.year, each.lang) for each in select(tmp_path / "project")}
    assert there == set(reports)
    assert len(reports) == 6


def test_its_data_keep_every_rule(made: Path) -> None:
    assert check_package(Package.load(made / "data")) == []


def test_nothing_is_made_up_about_real_organisations(root: Path, made: Path) -> None:
    fictional = {row["id"] for row in rows(made, "organisations") if row["fictional"] == "true"}
    for table in ("contributions", "revenue", "facts", "assessments", "relevance"):
        before = {tuple(row.values()) for row in rows(root, table)}
        after = {tuple(row.values()) for row in rows(made, table) if row["organisation"] not in fictional}
        assert after
        assert after <= before, table
    owners = {row["id"]: row["organisation"] for row in rows(made, "assessments")}
    assert {owners[row["assessment"]] for row in rows(made, "scores")} <= fictional


def test_copies_of_the_example_have_its_texts_scores_and_relevance(made: Path) -> None:
    copies = {row["organisation"] for row in rows(made, "scorecards") if "voorbeeld" in row["organisation"]}
    assert len(copies) == 3
    example = len([row for row in rows(made, "scores") if row["assessment"] == "mopan-voorbeeld-2023"])
    for copy in copies:
        assert len([row for row in rows(made, "scores") if row["assessment"] == f"mopan-{copy}"]) == example
        assert [row for row in rows(made, "relevance") if row["organisation"] == copy]
        assert list((made / "data" / "texts" / copy / "2024" / "en").glob("*.md"))


def test_no_two_copies_have_a_paragraph_or_an_amount_in_common(made: Path) -> None:
    texts = [made / "data" / "texts" / f"voorbeeld-{number}" / "2024" / "nl" for number in (1, 2)]
    one, other = ((folder / "20-summary.md").read_text("utf-8").split("\n") for folder in texts)
    assert not {line for line in one if line.endswith(".")} & {line for line in other if line.endswith(".")}
    # What is no paragraph, such as the head of a callout or a table, has to stay as it is.
    assert [line for line in one if not line.endswith(".")] == [x for x in other if not x.endswith(".")]
    first, second = (
        {row["earmarked"] for row in rows(made, "revenue") if row["organisation"] == f"voorbeeld-{number}"}
        for number in (1, 2)
    )
    assert first
    assert not first & second


def test_any_first_few_scorecards_are_real_and_fictional_by_turns() -> None:
    rows = {"fao": 900, "iom": 700, "wfp": 700, "itc": 3, "who": 999, "ilo": 999}
    cards = chosen(10, {name: {2023: count} for name, count in rows.items()})
    assert [card.fictional for card in cards] == [False, True] * 5
    assert cards[0].organisation == "iom"
    assert len(set(cards)) == 10
    assert "itc" not in {card.organisation for card in cards}


def test_more_than_there_are_data_for_is_an_error() -> None:
    with pytest.raises(ValueError, match="not for 100"):
        chosen(100, {"iom": {2023: 900}})
