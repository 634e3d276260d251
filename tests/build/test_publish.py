"""A report is in its place whole, or as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scorelib.build import publish as module
from scorelib.build.publish import publish
from scorelib.errors import ScorelibError

if TYPE_CHECKING:
    from pathlib import Path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_files_take_the_place_of_what_was_there_and_leave_nothing_behind(tmp_path: Path) -> None:
    target = tmp_path / "iom" / "2024" / "nl"
    publish({"a": b"1", "b": b"2"}, target)
    publish({"b": b"3"}, target)
    assert names(target) == ["b"]
    assert (target / "b").read_bytes() == b"3"
    assert names(target.parent) == ["nl"]


def test_the_same_holds_where_folders_cannot_change_places_in_one_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_exchange", lambda *_: False)
    target = tmp_path / "nl"
    publish({"a": b"1", "b": b"1"}, target)
    publish({"b": b"2"}, target)
    assert names(target) == ["b"]
    assert names(tmp_path) == ["nl"]


def test_a_folder_with_somebodys_own_files_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    target = tmp_path / "nl"
    target.mkdir()
    (target / "thesis.txt").write_text("years of work")
    with pytest.raises(ScorelibError, match=r"nl holds other files than scorelib makes; move them elsewhere"):
        publish({"index.html": b"1"}, target)
    assert (target / "thesis.txt").read_text() == "years of work"
    assert names(tmp_path) == ["nl"]


def test_a_name_that_cannot_be_written_leaves_the_old_report(tmp_path: Path) -> None:
    target = tmp_path / "nl"
    publish({"a": b"1"}, target)
    with pytest.raises(ScorelibError, match="cannot write"):
        publish({"a": b"2", "n" * 300: b"3"}, target)
    assert (target / "a").read_bytes() == b"1"
    assert names(tmp_path) == ["nl"]


def test_whoever_may_read_the_folder_may_read_the_report(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        publish({"a": b"1"}, tmp_path / "nl")
    finally:
        os.umask(mask)
    assert (tmp_path / "nl").stat().st_mode & 0o777 == 0o755


def test_what_a_dead_build_left_is_swept_and_what_a_living_one_works_on_is_not(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / f".nl-{dead.pid}-abc").mkdir()
    (tmp_path / f".nl-{os.getpid()}-abc").mkdir()
    publish({"a": b"1"}, tmp_path / "nl")
    assert sorted(path.name for path in tmp_path.iterdir()) == [f".nl-{os.getpid()}-abc", "nl"]
