"""Workers share the work; the death of one, an interruption or a kill spoils nothing else."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from scorelib.build import pool
from scorelib.build.publish import publish

if TYPE_CHECKING:
    from pathlib import Path


def work(task: int) -> str:
    """What the workers of these tests do; they import this module to find it."""
    if task == 3:
        os._exit(9)
    if task == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return "odd" if task % 2 else ""


def slow(task: int) -> str:
    time.sleep(60)
    return str(task)


def raises(task: int) -> str:
    message = f"a bug in {task}"
    raise RuntimeError(message)


@pytest.mark.parametrize("jobs", [1, 2, 4])
def test_a_worker_that_dies_fails_its_own_task_and_no_other(jobs: int) -> None:
    done = {event.task: event.error for event in pool.run(range(8), work, jobs) if event.error is not None}
    assert sorted(done) == list(range(8))
    assert {task for task, error in done.items() if "died" in str(error)} == {3, 5}
    assert {task for task, error in done.items() if error == "odd"} == {1, 7}
    assert {task for task, error in done.items() if error == ""} == {0, 2, 4, 6}


def test_every_task_is_begun_before_it_is_done() -> None:
    seen: list[int] = []
    for event in pool.run([0, 2, 4, 6], work, 2):
        if event.error is None:
            seen.append(event.task)
        else:
            assert event.task in seen
    assert sorted(seen) == [0, 2, 4, 6]


def test_a_bug_in_the_work_is_loud() -> None:
    with pytest.raises(RuntimeError, match="a bug in 1"):
        list(pool.run([1], raises, 1))


def test_a_caller_that_stops_asking_ends_the_workers() -> None:
    events = pool.run([1, 2], slow, 2)
    next(events)
    began = time.monotonic()
    events.close()  # type: ignore[attr-defined]  # the iterator is a generator
    assert time.monotonic() - began < 30


def whole(report: Path) -> bool:
    """Whether every file of a report is there, as its provenance says."""
    facts = json.loads((report / "provenance.json").read_text())["files"]
    there = {path.name for path in report.iterdir()} - {"provenance.json"}
    return there == set(facts) and all(
        hashlib.sha256((report / name).read_bytes()).hexdigest() == fact["sha256"]
        for name, fact in facts.items()
    )


def reports(project: Path) -> list[Path]:
    return sorted(path for path in (project / "reports").glob("*/*/*") if not path.name.startswith("."))


def start(project: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "scorelib", "build", "--to", "html", "--force"],
        cwd=project,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )


def test_an_interrupted_build_ends_with_130_and_leaves_whole_reports(project: Path) -> None:
    process = start(project)
    assert process.stderr is not None
    line = process.stderr.readline()
    assert line.startswith("made ")
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 130, rest
    assert "Traceback" not in rest
    assert reports(project)
    assert all(whole(report) for report in reports(project))


@pytest.mark.parametrize("moment", sorted(random.Random(4).uniform(0.5, 12.0) for _ in range(3)))  # noqa: S311
def test_a_killed_build_leaves_whole_reports_and_the_next_one_completes(
    built: Path, project: Path, moment: float
) -> None:
    process = start(project)
    with pytest.raises(subprocess.TimeoutExpired):
        process.communicate(timeout=moment)
    process.kill()
    process.communicate(timeout=60)
    assert all(whole(report) for report in reports(project))
    done = subprocess.run(
        [sys.executable, "-m", "scorelib", "build"], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(reports(project)) == 6
    assert all(whole(report) for report in reports(project))
    left = [path for path in (project / "reports").glob("*/*/.*") if path.is_dir()]
    assert left == []
    page = "reports/iom/2024/nl/index.html"
    assert (project / page).read_bytes() == (built / page).read_bytes()


def test_what_a_dead_build_left_is_swept_and_what_a_living_one_works_on_is_not(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / f".nl-{dead.pid}-abc").mkdir()
    (tmp_path / f".nl-{os.getpid()}-abc").mkdir()
    publish({"a": b"1"}, tmp_path / "nl")
    assert sorted(path.name for path in tmp_path.iterdir()) == [f".nl-{os.getpid()}-abc", "nl"]
