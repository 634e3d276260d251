"""`scorelib status` says of every scorecard what is missing, stale or unchecked, and what was made."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from scorelib.cli import run
from scorelib.overview import Standing, survey

from .few import few_cells

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    Command = Callable[..., subprocess.CompletedProcess[str]]


def one(project: Path, organisation: str) -> Standing:
    (found,) = survey(project, [organisation])
    return found


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


def test_what_is_there_and_what_is_missing_is_told(project: Path) -> None:
    example, draft = one(project, "voorbeeld"), one(project, "undp")
    assert [len(text.written) for text in example.texts] == [8, 8]
    assert (example.unrated, example.scores > 100, example.framework) == ((), True, "3.1")
    assert example.sources.undated == ("fictional",)
    assert [len(text.missing) for text in draft.texts] == [8, 8]
    assert (len(draft.unrated), draft.assessment, draft.data_year, draft.newest) == (7, "", 2022, 2023)
    assert {made.state for made in draft.made} == {"not made"}


def test_a_text_that_is_a_stub_or_gone_is_told_apart_from_one_that_is_written(project: Path) -> None:
    texts = project / "data" / "texts" / "iom" / "2024" / "nl"
    (texts / "20-summary.md").write_text("<!-- nog te schrijven -->\n")
    (texts / "32-role.md").unlink()
    (texts / "33-finance.md").rename(texts / "34-finance.md")
    (dutch,) = (text for text in one(project, "iom").texts if text.lang == "nl")
    assert dutch.stubs == ("20-summary",)
    assert dutch.missing == ("32-role",)
    assert "34-finance" in dutch.written


def test_old_facts_and_titles_that_nobody_checked_are_told(project: Path) -> None:
    before = one(project, "iom")
    assert before.old_facts == ("budget-2010",)
    assert before.unchecked > 60
    edit(project / "data" / "facts.csv", "2010-12-31", "2022-12-31")
    path = project / "data" / "frameworks.csv"
    path.write_text(path.read_text("utf-8").replace(",false,", ",true,"))
    after = one(project, "iom")
    assert after.old_facts == ()
    assert after.unchecked == 4  # The bands have a column of their own.


def test_a_report_that_was_made_is_up_to_date_until_its_data_change(built: Path, tmp_path: Path) -> None:
    project = shutil.copytree(built, tmp_path / "made")
    assert {made.state for made in one(project, "iom").made} == {"up to date"}
    assert all(made.made[:2] == "20" for made in one(project, "iom").made)
    edit(project / "data" / "facts.csv", "iom,member-states,175", "iom,member-states,174")
    stale = one(project, "iom").made
    assert {made.state for made in stale} == {"stale"}
    assert all("facts.csv" in made.reasons[0] for made in stale)
    assert {made.state for made in one(project, "undp").made} == {"up to date"}


def test_a_report_that_failed_is_told_with_its_reason_on_a_terminal_and_in_a_summary(
    project: Path, scorelib: Command
) -> None:
    few_cells(project, "1 / 0")
    assert scorelib("build", "iom", "--lang", "nl", cwd=project).returncode == 1
    shown = scorelib("status", "iom", cwd=project)
    assert shown.returncode == 0
    assert "nl failed" in shown.stdout
    assert "en not made" in shown.stdout
    summary = scorelib("status", "iom", "--markdown", cwd=project).stdout
    assert "**en not made<br>nl failed**" in summary
    assert "iom/2024/nl failed:" in summary
    assert "ZeroDivisionError" in summary


def test_machines_get_the_same_as_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["status", "--json", "-C", str(root)]) == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert [row["organisation"] for row in rows] == ["iom", "undp", "voorbeeld"]
    assert rows[0]["sources"]["used"]
    assert run(["status", "--json", "--markdown", "-C", str(root)]) == 2
    assert "choose one" in capsys.readouterr().err


def test_what_is_not_there_is_said_and_wrong_data_are_told(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["status", "ion", "-C", str(project)]) == 2
    assert "did you mean" in capsys.readouterr().err
    edit(project / "data" / "facts.csv", "iom,member-states,175", "iom,member-states,many")
    assert run(["status", "-C", str(project)]) == 2
    assert "facts.csv:2:value 'many'" in capsys.readouterr().err
