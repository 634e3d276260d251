"""No argument and no variable of the environment leads anywhere but to what there is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scorelib.cli import run
from scorelib.errors import UsageError
from scorelib.trust.release import check_release

from .cases_commands import ARGUMENTS, ENVIRONMENTS
from .hostile import snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, new_project: object) -> Iterator[Path]:
    """A project with what arguments name: nothing that is refused changes it."""
    made: Path = new_project()  # type: ignore[operator]
    (made / "there.xlsx").write_bytes(b"mine")
    (made / "link.xlsx").symlink_to(tmp_path_factory.mktemp("elsewhere") / "x.xlsx")
    os.mkfifo(made / "pipe")
    before = snapshot(made)
    yield made
    assert snapshot(made) == before


@pytest.mark.parametrize(("arguments", "message"), ARGUMENTS.values(), ids=ARGUMENTS)
@pytest.mark.timeout(30)
def test_an_argument_names_what_there_is(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(folder)
    assert run(arguments) == 2
    told = capsys.readouterr()
    assert re.search(message, told.err)
    assert told.out == ""
    assert "Traceback" not in told.err
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", told.err)


@pytest.mark.parametrize(("said", "arguments", "code", "message"), ENVIRONMENTS.values(), ids=ENVIRONMENTS)
@pytest.mark.timeout(60)
def test_the_environment_changes_nothing_but_what_it_is_for(
    folder: Path, said: dict[str, str], arguments: list[str], code: int, message: str
) -> None:
    command = [sys.executable, "-m", "scorelib", *arguments]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, **said}
    )
    assert done.returncode == code, done.stderr
    assert message in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.timeout(30)
def test_a_public_key_that_never_ends_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    for name in ("SHA256SUMS", "SHA256SUMS.sig"):
        (tmp_path / "reports" / name).touch()
    with pytest.raises(UsageError, match="/dev/zero is no public key: it is no file"):
        check_release(tmp_path, "/dev/zero")
