"""A build may be killed, interrupted or run out of disk at any moment; every report stays whole."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scorelib.build.provenance import Manifest

from .few import few_cells, many_reports

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT = 30
CHANCE = random.Random(4)  # noqa: S311 - moments, not secrets
MOMENTS = sorted(CHANCE.uniform(0.1, 14.0) for _ in range(25))


def whole(report: Path) -> bool:
    """Whether every file of a report is there, as its provenance says."""
    facts = Manifest.read(report / "provenance.json").files
    there = {path.name for path in report.iterdir()} - {"provenance.json"}
    return there == set(facts) and all(
        hashlib.sha256((report / name).read_bytes()).hexdigest() == fact["sha256"]
        for name, fact in facts.items()
    )


def reports(project: Path) -> list[Path]:
    return sorted(path for path in (project / "reports").glob("[!._]*/*/[!.]*"))


def left_over(project: Path) -> list[Path]:
    # A host of static files looks for the last of these.
    kept = {".scorelib", ".nojekyll"}
    return [path for path in (project / "reports").rglob(".*") if path.name not in kept]


def start(project: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "scorelib", "build", "--to", "html", "--force", *arguments],
        cwd=project,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def build(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scorelib", "build", "--to", "html", *arguments],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )


def waits_for(path: Path) -> str:
    """A cell that says that it was begun and goes on when a file is there."""
    return (
        f"import pathlib, time\npathlib.Path({str(path)!r} + '.begun').touch()\n"
        f"while not pathlib.Path({str(path)!r}).exists():\n    time.sleep(0.02)"
    )


def until(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.01)


def children(pid: int) -> set[int]:
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent == pid:
            found |= {int(stat.parent.name)} | children(int(stat.parent.name))
    return found


@pytest.fixture(scope="module")
def thirty(new_project: Callable[[], Path]) -> Path:
    """Thirty reports that have been made once, from an older text."""
    project = many_reports(few_cells(new_project()), COUNT)
    done = build(project)
    assert done.returncode == 0, done.stderr
    few_cells(project, "sl.heading(card, 'summary')")
    return project


@pytest.mark.parametrize(
    "moment",
    [pytest.param(m, marks=() if i == 16 else pytest.mark.slow) for i, m in enumerate(MOMENTS)],
)
def test_a_killed_build_leaves_old_or_new_reports_and_the_next_one_completes(
    thirty: Path, tmp_path: Path, moment: float
) -> None:
    project = tmp_path / "project"
    shutil.copytree(thirty, project)
    old = {path.relative_to(project): (path / "index.html").read_bytes() for path in reports(project)}
    process = start(project)
    family: set[int] = set()
    try:
        process.communicate(timeout=moment)
    except subprocess.TimeoutExpired:
        family = children(process.pid)
        process.kill()
        process.communicate(timeout=60)
    assert len(reports(project)) == COUNT
    assert all(whole(report) for report in reports(project))
    done = build(project)
    assert done.returncode == 0, done.stderr
    assert all(whole(report) for report in reports(project))
    assert all(
        old[path.relative_to(project)] != (path / "index.html").read_bytes() for path in reports(project)
    )
    assert left_over(project) == []
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in family):
        assert time.monotonic() < deadline, "a process of the killed build is still there"
        time.sleep(0.05)


def test_the_first_ctrl_c_finishes_what_was_begun_and_begins_no_more(project: Path, tmp_path: Path) -> None:
    go = tmp_path / "go"
    many_reports(few_cells(project, waits_for(go)), COUNT)
    process = start(project, "--jobs", "1")
    until(tmp_path / "go.begun")
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert "finishing 1 report" in process.stderr.readline()
    go.touch()
    told, rest = process.communicate(timeout=60)
    assert process.returncode == 130, rest
    assert "Traceback" not in rest
    assert "1 made, 0 failed" in told
    assert f"{COUNT - 1} not begun" in told
    assert [whole(report) for report in reports(project)] == [True]
    kept = json.loads((project / "reports" / "status.json").read_text())["reports"]
    assert sorted(row["state"] for row in kept) == ["left"] * (COUNT - 1) + ["made"]
    assert left_over(project) == []


@pytest.mark.parametrize("signals", [(signal.SIGINT, signal.SIGINT), (signal.SIGTERM,)])
def test_a_second_ctrl_c_or_a_request_to_end_ends_at_once(
    project: Path, tmp_path: Path, signals: tuple[signal.Signals, ...]
) -> None:
    few_cells(project, waits_for(tmp_path / "never"))
    process = start(project)
    until(tmp_path / "never.begun")
    family = children(process.pid)
    for number in signals:
        process.send_signal(number)
        if len(signals) > 1 and number == signals[0]:
            assert process.stderr is not None
            process.stderr.readline()
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 130, rest
    assert "Traceback" not in rest
    assert reports(project) == []
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in family):
        assert time.monotonic() < deadline, "a process of the build is still there"
        time.sleep(0.05)


def test_a_second_build_on_the_same_folder_is_refused_by_the_number_of_the_first(
    project: Path, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    few_cells(project, waits_for(go))
    first = start(project, "voorbeeld", "--lang", "nl")
    until(tmp_path / "go.begun")
    second = build(project, "voorbeeld", "--lang", "en")
    assert second.returncode == 2
    assert f"another build, process {first.pid}, writes in" in second.stderr
    go.touch()
    _, rest = first.communicate(timeout=60)
    assert first.returncode == 0, rest
    assert build(project, "voorbeeld", "--lang", "en").returncode == 0


def mounted(folder: Path, options: str) -> None:
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"only a user who may mount can try a full disk: {done.stderr.strip()}")


def test_a_full_disk_fails_reports_and_spoils_none(project: Path) -> None:
    few_cells(project)
    (project / "reports").rmdir()
    mounted(project / "reports", "size=400k")
    try:
        done = build(project, "--jobs", "1")
        assert done.returncode == 1
        assert "No space left on device" in done.stderr
        assert "Traceback" not in done.stderr
        assert reports(project)
        assert all(whole(report) for report in reports(project))
        assert left_over(project) == []
    finally:
        subprocess.run(["umount", str(project / "reports")], check=True)


def test_a_folder_that_can_only_be_read_is_told_before_anything_is_made(project: Path) -> None:
    few_cells(project)
    (project / "reports").rmdir()
    mounted(project / "reports", "ro")
    try:
        done = build(project)
        assert done.returncode == 1
        assert "cannot write in" in done.stderr
        assert "Read-only file system" in done.stderr
        assert "Traceback" not in done.stderr
    finally:
        subprocess.run(["umount", str(project / "reports")], check=True)


def test_a_worker_that_is_killed_fails_its_report_and_the_rest_is_made(project: Path, tmp_path: Path) -> None:
    # A kernel cannot reach its worker by itself; the system, out of memory, can.
    go = tmp_path / "go"
    few_cells(
        project,
        f"if organisation == 'iom' and lang == 'nl':\n    {waits_for(go)!r}\n    exec({waits_for(go)!r})",
    )
    process = start(project, "--jobs", "1")
    until(tmp_path / "go.begun")
    # Workers are forked from Python's fork server.
    (server,) = (pid for pid in direct(process.pid) if "forkserver" in cmdline(pid))
    (worker,) = direct(server)
    os.kill(worker, signal.SIGKILL)
    told, rest = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "iom/2024/nl failed: its process died" in rest
    assert "5 made, 1 failed" in told


def cmdline(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace")


def direct(pid: int) -> set[int]:
    return {
        int(stat.parent.name)
        for stat in Path("/proc").glob("[0-9]*/stat")
        if stat.read_text().rpartition(")")[2].split()[1] == str(pid)
    }
