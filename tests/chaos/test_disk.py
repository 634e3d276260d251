"""No room for temporary files, or for what is kept: a build ends, says why, and leaves nothing behind."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ..build.few import few_cells
from .command import run
from .damage import left_over

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def small() -> Iterator[Path]:
    """A file system with room for a few files, at a place that is short enough for sockets."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    command = ["mount", "-t", "tmpfs", "-o", "size=1m,nr_inodes=2", "none", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        folder.rmdir()
        pytest.skip(f"only a user who may mount can try a full disk: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


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
