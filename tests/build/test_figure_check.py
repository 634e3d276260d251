"""A wrong number in a text keeps its own report from being made, and no other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scorelib.build.examine import own_texts
from scorelib.build.plan import Inputs, Step
from scorelib.build.report import Report

from .few import few_cells

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Command = Callable[..., subprocess.CompletedProcess[str]]

TEXT = "data/texts/iom/2024/nl/20-summary.md"
WRONG = "In 2023 gaf Nederland USD 59,8 miljoen aan vrijwillige bijdragen."
ACCEPTED = f"{WRONG} <!-- accept: USD 59,8 miljoen — annual report of 2023, 2024-05-01 -->"
UNBACKED = "Er volgden 1.250 mensen een cursus."


def write(project: Path, more: str) -> None:
    path = project / TEXT
    path.write_text(f"{path.read_text('utf-8')}\n{more}\n", "utf-8")


def test_a_contradiction_stops_the_report_that_has_it_and_says_how_to_mend_it(
    project: Path, scorelib: Command
) -> None:
    few_cells(project)
    before = (project / TEXT).read_text("utf-8")
    write(project, WRONG)
    line = before.count("\n") + 2
    done = scorelib("build", "iom", "undp", "--to", "html", cwd=project)
    assert done.returncode == 1
    assert "3 made, 1 failed" in done.stdout
    assert f"{TEXT}:{line}:23: error: ‘USD 59,8 miljoen’" in done.stderr
    assert 'write {{ usd("NL", 2023) }}, or accept it: <!-- accept: USD 59,8 miljoen' in done.stderr
    assert not (project / "reports" / "iom" / "2024" / "nl").exists()
    assert (project / "reports" / "iom" / "2024" / "en" / "index.html").exists()
    status = json.loads((project / "reports" / "status.json").read_text("utf-8"))
    kinds = {f"{each['organisation']}/{each['lang']}": each.get("kind", "") for each in status["reports"]}
    assert kinds["iom/nl"] == "check"

    (project / TEXT).write_text(before, "utf-8")
    write(project, f"{ACCEPTED} {UNBACKED}")
    done = scorelib("build", "iom", "undp", "--to", "html", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "1 made, 0 failed, 3 up to date" in done.stdout


def test_a_report_that_was_begun_before_its_texts_were_found_wrong_is_not_published(
    project: Path, scorelib: Command
) -> None:
    few_cells(project)
    write(project, WRONG)
    done = scorelib("build", "iom", "--lang", "nl", "--jobs", "2", cwd=project)
    assert done.returncode == 1, done.stderr
    assert "0 made, 1 failed" in done.stdout
    assert not (project / "reports" / "iom").exists()


def test_texts_are_checked_once_a_scorecard_and_not_when_rendering_alone_is_stale(root: Path) -> None:
    steps = [
        Step(Report("iom", 2024, "nl"), "execute", (), Inputs({}, {})),
        Step(Report("iom", 2024, "en"), "execute", (), Inputs({}, {})),
        Step(Report("voorbeeld", 2024, "nl"), "render", (), Inputs({}, {})),
        Step(Report("undp", 2023, "nl"), "execute", (), Inputs({}, {})),
    ]
    assert own_texts(root, steps) == {("iom", 2024): ["nl", "en"]}, "undp has no texts of its own"
