"""A build can be split, followed by a machine and looked at afterwards; limits come from the project."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorelib.build import quick, watch
from scorelib.build.report import Report
from scorelib.build.select import shard
from scorelib.errors import UsageError
from scorelib.settings import Settings, parse_size

from .few import few_cells

if TYPE_CHECKING:
    from collections.abc import Callable

    Command = Callable[..., subprocess.CompletedProcess[str]]

REPORTS = st.lists(
    st.builds(
        Report, st.sampled_from(["a", "b", "c"]), st.integers(2000, 2030), st.sampled_from(["en", "nl"])
    ),
    unique=True,
)


@given(REPORTS, st.integers(1, 9), st.randoms())
def test_shards_are_even_and_hold_each_report_once_whatever_the_order(
    reports: list[Report], count: int, random: object
) -> None:
    parts = [shard(reports, number, count) for number in range(1, count + 1)]
    assert Counter(report for part in parts for report in part) == Counter(reports)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    random.shuffle(reports)  # type: ignore[attr-defined]  # a random.Random
    assert parts == [shard(reports, number, count) for number in range(1, count + 1)]


def events(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.slow
def test_shards_together_make_what_one_build_makes(project: Path, scorelib: Command) -> None:
    few_cells(project)
    for part in ("1/2", "2/2"):
        done = scorelib("build", "--to", "html", "--shard", part, cwd=project)
        assert done.returncode == 0, done.stderr
        assert "3 made" in done.stdout
    done = scorelib("build", "--to", "html", "--dry-run", "--explain", cwd=project)
    assert done.stdout.count("up to date") == 6, done.stdout


@pytest.mark.parametrize("part", ["0/2", "3/2", "x", "1/0", "1"])
def test_a_part_that_is_none_is_refused(project: Path, scorelib: Command, part: str) -> None:
    done = scorelib("build", "--shard", part, cwd=project)
    assert done.returncode == 2
    assert "2/4 for the second of four" in done.stderr


def test_machines_hear_of_every_report(project: Path, scorelib: Command) -> None:
    few_cells(project, "if lang == 'nl':\n    raise ValueError('no Dutch')")
    done = scorelib("build", "voorbeeld", "--to", "html", "--json", cwd=project)
    assert done.returncode == 1
    said = events(done)
    assert said[0] == {"event": "plan", "reports": 2, "stale": 2}
    assert said[-1] == {"event": "end", "made": 1, "failed": 1, "fresh": 0, "left": 0}
    assert Counter(str(event["event"]) for event in said[1:-1]) == {"begun": 2, "made": 1, "failed": 1}
    (failed,) = (event for event in said if event["event"] == "failed")
    assert failed["report"] == "voorbeeld/2024/nl"
    assert failed["kind"] == "execution"
    assert "no Dutch" in str(failed["error"])
    again = scorelib("build", "voorbeeld", "--to", "html", "--json", "--dry-run", "--explain", cwd=project)
    steps = {str(event["report"]): event for event in events(again)}
    assert steps["voorbeeld/2024/en"]["stage"] == "fresh"
    assert steps["voorbeeld/2024/nl"]["reasons"] == ["it has not been made yet"]


def test_machines_hear_of_wrong_data(project: Path, scorelib: Command) -> None:
    (project / "data" / "revenue.csv").unlink()
    done = scorelib("build", "voorbeeld", "--json", cwd=project)
    assert done.returncode == 2
    plan, *wrong = events(done)
    assert plan["event"] == "plan"
    assert {event["event"] for event in wrong} == {"invalid"}
    assert "revenue.csv" in str(wrong[0]["place"])


def test_what_became_of_each_report_is_kept(project: Path, scorelib: Command) -> None:
    few_cells(project, "if lang == 'nl' and organisation != 'undp':\n    raise ValueError('no Dutch')")
    done = scorelib("build", "--to", "html", cwd=project)
    assert done.returncode == 1
    assert "iom/2024/nl  " in done.stderr.split("\nfailed:\n")[-1]
    path = project / "reports" / "status.json"
    rows = {f"{row['organisation']}/{row['lang']}": row for row in json.loads(path.read_text())["reports"]}
    assert {name: row["state"] for name, row in rows.items()} == {
        "iom/en": "made", "iom/nl": "failed", "undp/en": "made", "undp/nl": "made",
        "voorbeeld/en": "made", "voorbeeld/nl": "failed",
    }  # fmt: skip
    assert rows["iom/nl"]["kind"] == "execution"
    assert "ValueError: no Dutch" in rows["iom/nl"]["error"]
    assert rows["iom/nl"]["alone"] == "scorelib build iom --year 2024 --lang nl --jobs 1 --force"
    few_cells(project)
    assert scorelib("build", "iom", "--to", "html", cwd=project).returncode == 0
    rows = {f"{row['organisation']}/{row['lang']}": row for row in json.loads(path.read_text())["reports"]}
    assert rows["iom/nl"]["state"] == "made"
    assert "error" not in rows["iom/nl"]
    assert rows["voorbeeld/nl"]["state"] == "failed"


# --- nothing to do ----------------------------------------------------------------------------


def unchanged(project: Path, *arguments: str) -> str:
    """What the quick way says, run as the command runs it."""
    code = "import sys; from scorelib.build.quick import *; print(message_if_unchanged(sys.argv[1:]), end='')"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=project, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_quick_way_says_what_the_long_way_says(project: Path, scorelib: Command) -> None:
    few_cells(project)
    command = ("build", "iom", "--to", "html")
    scorelib(*command, cwd=project)
    long = scorelib(*command, cwd=project)
    assert unchanged(project, *command) == long.stdout.rstrip("\n")
    assert "2 up to date" in long.stdout
    assert unchanged(project, "build", "iom") == "", "another command rests on other things"
    assert unchanged(project / "data", *command) == long.stdout.rstrip("\n"), "the project is found upwards"


def test_any_change_ends_the_quick_way(project: Path, scorelib: Command) -> None:
    few_cells(project)
    scorelib("build", "iom", "--lang", "nl", "--to", "html", cwd=project)
    report = Report("iom", 2024, "nl")
    for change in (
        "data/contributions.csv",
        "data/datapackage.json",
        "data/texts/iom/2024/nl/20-summary.md",
        "data/texts/common/nl/99-new.md",
        "notebooks/scorecard.ipynb",
        "reports/iom/2024/nl/index.html",
        "reports/iom/2024/nl/stray.txt",
        "reports/iom/2024/en",
    ):
        rests_on = [*watch.inputs(project), *watch.outputs(project, [report])]
        quick.remember(str(project), ["build"], "nothing", rests_on)
        assert quick.message_if_unchanged(["build"], str(project)) == "nothing"
        path = project / change
        if path.suffix:
            path.write_bytes((path.read_bytes() if path.exists() else b"") + b"\n")
        else:
            path.mkdir()
        assert quick.message_if_unchanged(["build"], str(project)) == "", change


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"scorelib-unchanged-1", b"scorelib-unchanged-1\0yes\0" * 3]
)
def test_a_broken_note_is_no_note(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "datapackage.json").touch()
    quick.remember(str(tmp_path), ["build"], "nothing", [])
    path = Path(quick.stamp_file(str(tmp_path), ["build"]))
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert unchanged(tmp_path, "build") == ""


# --- settings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("2 GiB", 2 * 1024**3),
        ("512MiB", 512 * 1024**2),
        ("1 GB", 10**9),
        ("1.5g", 1_500_000_000),
        ("none", None),
    ],
)
def test_sizes_are_read_as_they_are_written(text: str, size: int | None) -> None:
    assert parse_size(text) == size


def test_a_project_sets_its_limits(tmp_path: Path) -> None:
    assert Settings.load(tmp_path) == Settings()
    (tmp_path / "pyproject.toml").write_text(
        '[tool.scorelib]\njobs = 3\ncell-timeout = 20\nmemory-limit = "1 GiB"\n'
    )
    assert Settings.load(tmp_path) == Settings(3, 20, 1024**3)


@pytest.mark.parametrize(
    "line",
    [
        "jobs = 0",
        'jobs = "2"',
        "jobs = true",
        "jobs = ",
        "cell-timeout = -1",
        "memory-limit = 3",
        'memory-limit = "1 kB"',
        "nonsense = 1",
    ],
)
def test_a_setting_that_is_none_is_refused_with_its_name(tmp_path: Path, line: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.scorelib]\n{line}\n")
    with pytest.raises(UsageError, match=r"pyproject\.toml"):
        Settings.load(tmp_path)
