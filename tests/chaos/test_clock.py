"""Times of files and of the machine may be wrong; what is made, and whether, does not go by them."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scorelib import scratch
from scorelib.build import quick, watch
from scorelib.build.select import prepare, select

from ..build.few import few_cells
from .command import run
from .damage import contents

if TYPE_CHECKING:
    from collections.abc import Callable

YEAR = 365 * 24 * 3600


def build(project: Path, **environment: str) -> str:
    done = run(project, "build", "voorbeeld", "--to", "html", **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def set_times(root: Path, moment: float) -> None:
    for path in [root, *root.rglob("*")]:
        os.utime(path, (moment, moment))


@pytest.fixture(scope="module")
def made(new_project: Callable[[], Path]) -> Path:
    project = few_cells(new_project())
    assert build(project) == "2 made, 0 failed, in reports/"
    return project


@pytest.mark.parametrize("moment", [0.0, time.time() + 20 * YEAR], ids=["1970", "to come"])
def test_times_of_files_alone_make_nothing_stale(made: Path, moment: float) -> None:
    set_times(made, moment)
    assert build(made) == "0 made, 0 failed, 2 up to date, in reports/"
    # The second time it goes by the note that the first has left.
    assert build(made) == "0 made, 0 failed, 2 up to date, in reports/"


def test_a_change_that_leaves_size_and_time_of_a_file_is_seen(made: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(made, project)
    set_times(project, time.time() + YEAR)
    before = {build(project) for _ in range(2)}
    assert before == {"0 made, 0 failed, 2 up to date, in reports/"}
    table = project / "data" / "facts.csv"
    found = table.stat()
    text = table.read_text("utf-8")
    row = next(line for line in text.splitlines() if line.startswith("voorbeeld,") and "1" in line)
    table.write_text(text.replace(row, row.replace("1", "2", 1)), "utf-8")
    os.utime(table, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert (table.stat().st_size, table.stat().st_mtime_ns) == (found.st_size, found.st_mtime_ns)
    stages = {step.stage for step in prepare(project, select(project, ["voorbeeld"]), ("html",))}
    assert stages == {"execute"}
    assert quick.message_if_unchanged(["build", "voorbeeld", "--to", "html"], str(project)) == ""


def test_a_project_that_was_copied_goes_by_its_own_files(made: Path, tmp_path: Path) -> None:
    """Notes of the original hold for the original, which is still there and unchanged."""
    build(made)
    project = tmp_path / "copy"
    shutil.copytree(made, project)
    page = project / "reports" / "voorbeeld" / "2024" / "nl" / "index.html"
    page.write_bytes(b"half")
    assert build(project) == "1 made, 0 failed, 1 up to date, in reports/"
    assert contents(project / "reports" / "voorbeeld") == contents(made / "reports" / "voorbeeld")


def test_no_note_is_made_while_a_clock_is_behind_the_files(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [str(made / "data" / "facts.csv")]
    assert watch.settled(paths)
    monkeypatch.setattr(time, "time", lambda: os.stat(paths[0]).st_ctime - YEAR)  # noqa: PTH116
    assert not watch.settled(paths)


def test_a_folder_of_an_ended_process_is_removed_also_when_its_time_is_still_to_come(tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    left = tmp_path / f"scorelib-{ended.pid}-x"
    left.mkdir()
    os.utime(left, (time.time() + YEAR,) * 2)
    made = Path(scratch.new_folder(str(tmp_path)))
    assert list(tmp_path.iterdir()) == [made]
