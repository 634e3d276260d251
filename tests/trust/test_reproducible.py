"""The same inputs give the same bytes: in another folder, on another day, for another user, anywhere."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

LEFT_OUT = (".scorelib", "status.json")
"""What says how a build went, and is no part of what it made."""

CIRCUMSTANCES: dict[str, dict[str, str]] = {
    "hashes": {"PYTHONHASHSEED": "4711"},
    "time zone": {"TZ": "Pacific/Kiritimati"},
    "locale": {"LANG": "tr_TR.UTF-8", "LC_ALL": "C", "LC_NUMERIC": "de_DE.UTF-8"},
    "user": {"USER": "somebody", "LOGNAME": "somebody", "HOSTNAME": "elsewhere"},
    "epoch": {"SOURCE_DATE_EPOCH": "86400"},
    "terminal": {"COLUMNS": "43", "TERM": "dumb", "NO_COLOR": "1"},
}
"""What must not get into a report, and how it is changed."""


CLOCK = """
import time

def ahead(name, unit):
    real = getattr(time, name)
    setattr(time, name, lambda: real() + unit * DAYS)

def given(name, at):
    real = getattr(time, name)
    setattr(time, name, lambda *said: real(*said) if len(said) > at else real(*said, *now(at)))

def now(at):
    return [time.time()] if at == 0 else [time.localtime()]

DAYS = 400 * 86400 + 5 * 3600
ahead("time", 1)
ahead("time_ns", 10**9)
given("localtime", 0)
given("gmtime", 0)
given("ctime", 0)
given("strftime", 1)
"""
"""A clock 400 days and some hours ahead, for every Python that starts: of workers, kernels and keepers.

libfaketime would move the clock of all programs, but the timed waits of a forked kernel fail under it
with EINVAL. What it would move beside this is `datetime`, which a test below keeps out of our code, and
the clocks of Typst and vl-convert: they are given the date of the data, and none at all.
"""

READS_A_CLOCK = {"now", "today", "utcnow"}
KEEPS_TIME = (
    "build/",
    "execute/",
    "commands/",
    "overview.py",
    "data/sources/",
    "data/write.py",
    "serve/",
    "jupyter/exporters.py",
)
"""Code that measures how long something takes, says when a file was read, or dates an export."""


def another_day(folder: Path) -> dict[str, str]:
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(CLOCK)
    return {"PYTHONPATH": str(folder)}


def content(project: Path) -> dict[str, bytes]:
    root = project / "reports"
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).parts[0] not in LEFT_OUT
    }


def build(project: Path, *arguments: str, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scorelib", "build", *arguments],
        cwd=project,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def copied(built: Path, folder: Path) -> Path:
    """The same inputs elsewhere, with other times and in another order on disk."""
    for name in ("notebooks", "data"):
        shutil.copytree(
            built / name, folder / name, ignore=shutil.ignore_patterns(".*"), copy_function=shutil.copy
        )
    for path in folder.rglob("*"):
        os.utime(path, (10**9, 10**9))
    (folder / "reports").mkdir()
    return folder


def test_everything_is_the_same_bytes_when_all_circumstances_change_at_once(
    built: Path, tmp_path: Path
) -> None:
    """`built` was made by as many workers as there are cores; this one is made by one."""
    folder = copied(built, tmp_path / "Ein anderer Ort – één, with spaces" / "project")
    home = tmp_path / "home"
    home.mkdir()
    circumstances = {name: value for each in CIRCUMSTANCES.values() for name, value in each.items()}
    build(
        folder,
        "--jobs",
        "1",
        **circumstances,
        **another_day(tmp_path / "clock"),
        HOME=str(home),
        XDG_CACHE_HOME=str(home / "cache"),
        TMPDIR=str(home),
    )
    before, now = content(built), content(folder)
    assert before.keys() == now.keys()
    assert [name for name in before if before[name] != now[name]] == []
    assert sum(name.endswith("index.html") for name in before) >= 7


def test_nothing_that_makes_a_report_asks_what_day_it_is(root: Path) -> None:
    source = root / "src" / "scorelib"
    asked = [
        f"{path.relative_to(source)}:{node.lineno}"
        for path in sorted(source.rglob("*.py"))
        if not path.relative_to(source).as_posix().startswith(KEEPS_TIME)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in READS_A_CLOCK
    ]
    assert asked == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [*CIRCUMSTANCES, "day", "home", "two workers"])
def test_one_circumstance_alone_changes_nothing(built: Path, tmp_path: Path, name: str) -> None:
    folder = copied(built, tmp_path / "elsewhere")
    environment = CIRCUMSTANCES.get(name, {})
    if name == "day":
        environment = another_day(tmp_path / "clock")
    elif name == "home":
        environment = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    build(folder, "iom", "--jobs", "2" if name == "two workers" else "1", **environment)
    before, now = content(built), content(folder)
    assert now
    assert [name for name in now if before[name] != now[name]] == []
