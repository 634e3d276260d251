"""A number in a text that contradicts the data is found at its place, before anybody prints it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Command = Callable[..., subprocess.CompletedProcess[str]]

DUTCH = (
    "In 2023 gaf Nederland USD 59,8 miljoen aan vrijwillige bijdragen. "
    "De inkomsten van IOM groeiden van 2019 tot 2023 met 140%. "
    "Van alle inkomsten in 2023 was 97% geoormerkt."
)
ENGLISH = (
    "In 2023 the Netherlands gave USD 59.8 million in voluntary contributions. "
    "IOM's revenue grew by 140% from 2019 to 2023. "
    "Of all revenue in 2023, 97% was earmarked."
)


def text(project: Path, lang: str) -> Path:
    return project / "data" / "texts" / "iom" / "2024" / lang / "20-summary.md"


def add(path: Path, more: str) -> int:
    """Put a paragraph at the end of a text; gives its line."""
    before = path.read_text("utf-8").rstrip("\n")
    path.write_text(f"{before}\n\n{more}\n", "utf-8")
    return before.count("\n") + 3


def contradictions(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    return [found for found in json.loads(done.stdout)["findings"] if found["rule"] == "contradiction"]


@pytest.mark.parametrize(("lang", "sentences"), [("nl", DUTCH), ("en", ENGLISH)])
def test_the_contradictions_of_a_card_typed_by_hand_are_found_at_their_places(
    project: Path, scorelib: Command, lang: str, sentences: str
) -> None:
    line = add(text(project, lang), sentences)
    done = scorelib("check", "--json", cwd=project)
    assert done.returncode == 1, done.stderr
    found = contradictions(done)
    values = [str(each["value"]) for each in found]
    assert len(values) == 3
    assert "59" in values[0]
    assert values[1:] == ["140%", "97%"]
    for each in found:
        assert each["file"] == f"data/texts/iom/2024/{lang}/20-summary.md"
        assert each["line"] == line
        column = int(str(each["column"]))
        assert sentences[column - 1 :].startswith(str(each["value"]))
        assert "data/" in str(each["problem"])
        assert "{{" in str(each["remedy"])


def test_the_same_sentences_with_the_numbers_of_the_data_pass(project: Path, scorelib: Command) -> None:
    add(text(project, "nl"), 'In 2023 gaf Nederland {{ usd("NL", 2023) }} aan vrijwillige bijdragen.')
    add(text(project, "en"), "In 2023 the Netherlands gave USD 62.2 million in voluntary contributions.")
    done = scorelib("check", "--json", cwd=project)
    assert done.returncode == 0, done.stdout
    assert contradictions(done) == []


def test_a_reviewer_accepts_a_number_once_with_its_source(project: Path, scorelib: Command) -> None:
    add(
        text(project, "nl"),
        "In 2023 gaf Nederland USD 59,8 miljoen aan vrijwillige bijdragen."
        " <!-- accept: USD 59,8 miljoen — annual report, 2024-05-01 -->",
    )
    done = scorelib("check", "--json", cwd=project)
    assert contradictions(done) == []
    assert json.loads(done.stdout)["accepted"] > 6


def test_the_texts_of_this_project_contradict_nothing(root: Path, scorelib: Command) -> None:
    done = scorelib("check", cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr


def test_findings_are_written_for_code_review_as_sarif(project: Path, scorelib: Command) -> None:
    line = add(text(project, "nl"), DUTCH)
    done = scorelib("check", "--sarif", cwd=project)
    log = json.loads(done.stdout)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    errors = [result for result in run["results"] if result["level"] == "error"]
    assert len(errors) == 3
    for result in run["results"]:
        assert result["ruleId"] in rules
    region = errors[0]["locations"][0]["physicalLocation"]["region"]
    assert region["startLine"] == line
