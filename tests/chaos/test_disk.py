"""No room for temporary files, or for what is kept: a build ends, says why, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scorelib.build.publish import publish
from scorelib.errors import ScorelibError
from scorelib.sealed import put

from ..build.few import few_cells
from ..build.test_interrupted import whole
from .command import PATIENCE, run
from .damage import left_over

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A file system of its own in the place of a folder."""
    command = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"only a user who may mount can try a full disk: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def small() -> Iterator[Path]:
    """A file system with room for a few files, at a place that is short enough for sockets."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, mounted(Path(folder), "size=1m,nr_inodes=2"):
        yield Path(folder)


def build(project: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return run(project, "build", "iom", "--lang", "nl", "--to", "html", "--force", **environment)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (3, "no process can be started for it: No space left on device"),
        pytest.param(4, "no process can be started for it: No space left on device", marks=pytest.mark.slow),
        (6, "no kernel can be started: "),
        pytest.param(7, "no kernel can be started: ", marks=pytest.mark.slow),
    ],
)
def test_no_room_for_temporary_files_ends_a_build_with_the_reason(
    project: Path, small: Path, files: int, told: str
) -> None:
    few_cells(project)
    subprocess.run(["mount", "-o", f"remount,nr_inodes={files}", str(small)], check=True)
    (small / "of somebody else").touch()
    done = build(project, TMPDIR=str(small))
    assert done.returncode == 1, done.stderr
    assert told in done.stderr
    assert "error of scorelib itself" not in done.stderr
    assert [path.name for path in small.iterdir()] == ["of somebody else"]
    assert left_over(project / "reports") == []
    done = build(project)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_cache_that_cannot_be_written_is_done_without(project: Path, small: Path) -> None:
    few_cells(project)
    (small / "of somebody else").touch()
    done = build(project, XDG_CACHE_HOME=str(small))
    assert done.returncode == 0, done.stderr
    assert [path.name for path in small.iterdir()] == ["of somebody else"]
    page = project / "reports/iom/2024/nl/index.html"
    made = page.read_bytes()
    shutil.rmtree(page.parent)
    assert build(project).returncode == 0
    assert page.read_bytes() == made


# --- where reports go ---------------------------------------------------------------------------

STAGES = [
    *(f"size={size}k" for size in (8, 64, 200, 500, 900, 1400, 2000, 2600, 3200)),
    *(f"nr_inodes={count}" for count in (4, 10, 25, 40, 60, 90)),
]
"""Room for nothing, for a lock, for a report, for some, for all but the site, for a part of it."""


@pytest.mark.slow  # One full disk is among the tests of builds that are interrupted.
@pytest.mark.parametrize("room", STAGES)
def test_no_room_for_reports_at_any_stage_spoils_none(project: Path, room: str) -> None:
    few_cells(project)
    with mounted(project / "reports", f"{room},mode=755"):
        done = run(project, "build", "--to", "html", "--jobs", "1")
        assert done.returncode in {0, 1}, done.stderr
        assert (done.returncode == 1) == ("No space left on device" in done.stderr), done.stderr
        assert "Traceback" not in done.stderr
        made = [path.parent for path in (project / "reports").glob("[!._]*/*/*/provenance.json")]
        assert all(whole(report) for report in made)
        assert f"{len(made)} made" in done.stdout or not made
        assert left_over(project / "reports") == []
        subprocess.run(["mount", "-o", "remount,size=0,nr_inodes=0", str(project / "reports")], check=True)
        done = run(project, "build", "--to", "html")
        assert done.returncode == 0, done.stderr
        assert left_over(project / "reports") == []


def waits(project: Path) -> subprocess.Popen[str]:
    """A build that waits in a cell, and goes on when the file `go` is there."""
    begun = project / "begun"
    few_cells(
        project,
        f"import pathlib, time\nbegun = pathlib.Path({str(begun)!r})\nbegun.touch()\n"
        "while not begun.with_name('go').exists(): time.sleep(0.02)",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "scorelib", "build", "--lang", "nl", "--to", "html"],
        cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + PATIENCE
    while not begun.exists():
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    return process


@pytest.mark.parametrize(
    "what",
    [
        "a file",
        *(pytest.param(each, marks=pytest.mark.slow) for each in ("nothing", "no rights", "a full disk")),
    ],
)
def test_where_reports_go_may_change_midway(project: Path, tmp_path: Path, what: str) -> None:
    reports = project / "reports"
    with contextlib.ExitStack() as stack:
        if what == "a full disk":
            stack.enter_context(mounted(reports, "size=10m"))
        process = waits(project)
        stack.callback(process.wait)
        stack.callback(process.kill)
        match what:
            case "a file":
                reports.rename(tmp_path / "aside")
                reports.write_text("of somebody else")
            case "nothing":
                shutil.rmtree(reports)
            case "no rights":
                # Rights alone would not keep out a user who may mount.
                if subprocess.run(["chattr", "+i", str(reports)], check=False).returncode != 0:
                    pytest.skip("nobody here may lock a folder, or this file system cannot")
                stack.callback(subprocess.run, ["chattr", "-i", str(reports)], check=True)
            case _:
                with contextlib.suppress(OSError):
                    (reports / "filled").write_bytes(bytes(20 * 2**20))
        (project / "go").touch()
        told, rest = process.communicate(timeout=PATIENCE)
        assert "Traceback" not in rest
        if what == "nothing":
            assert process.returncode == 0, rest
            assert "3 made" in told
        else:
            assert process.returncode == 1, rest
            assert "0 made, 3 failed" in told
            assert rest.count("make room or rights there and build again") >= 3
        match what:
            case "a file":
                assert reports.read_text() == "of somebody else"
                reports.unlink()
            case "no rights":
                subprocess.run(["chattr", "-i", str(reports)], check=True)
            case "a full disk":
                (reports / "filled").unlink()
        done = run(project, "build", "--lang", "nl", "--to", "html")
        assert done.returncode == 0, done.stderr
        assert left_over(reports) == []


@pytest.mark.parametrize("number", [errno.EIO, errno.EDQUOT, errno.ENOSPC, errno.EROFS])
def test_what_cannot_be_flushed_takes_the_place_of_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """No disk here gives these at a command; the system's answer is the only part that is made up."""
    target, kept = tmp_path / "nl", tmp_path / "status.json"
    publish({"index.html": b"old"}, target)
    put(kept, b"old")

    def fails(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(ScorelibError, match=f"cannot write .*nl: {os.strerror(number)}; make room or rights"):
        publish({"index.html": b"new"}, target)
    with pytest.raises(OSError, match=os.strerror(number)):
        put(kept, b"new")
    assert (target / "index.html").read_bytes() == kept.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nl", "status.json"]
