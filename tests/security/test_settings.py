"""Every hostile mapping file, setting and link is refused with its file, in bounded time."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from scorelib.data.package import Package
from scorelib.data.sources.mapping import read_mapping
from scorelib.errors import DataError, UsageError
from scorelib.prose.texts import read_file
from scorelib.settings import Settings

from ..data.small import small
from .cases_settings import MAPPINGS, SETTINGS, TOML
from .hostile import bounded

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(("content", "message"), MAPPINGS.values(), ids=MAPPINGS)
def test_a_mapping_says_what_is_known_and_nothing_else(
    tmp_path: Path, content: str | bytes, message: str
) -> None:
    package = Package.load(small(tmp_path) / "data")
    path = write(tmp_path / "mapping.yaml", content)
    with bounded(), pytest.raises(DataError, match=r"^mapping\.yaml") as raised:
        read_mapping(path, package)
    assert re.search(message, str(raised.value))


@pytest.mark.parametrize(("content", "message"), TOML.values(), ids=TOML)
def test_a_mapping_in_toml_is_held_to_the_same(tmp_path: Path, content: str | bytes, message: str) -> None:
    package = Package.load(small(tmp_path) / "data")
    path = write(tmp_path / "mapping.toml", content)
    with bounded(), pytest.raises(DataError, match=r"^mapping\.toml") as raised:
        read_mapping(path, package)
    assert re.search(message, str(raised.value))


@pytest.mark.parametrize(("content", "message"), SETTINGS.values(), ids=SETTINGS)
def test_a_setting_is_one_of_those_there_are_within_its_bounds(
    tmp_path: Path, content: str | bytes, message: str
) -> None:
    write(tmp_path / "pyproject.toml", content)
    with bounded(), pytest.raises(UsageError, match=message) as raised:
        Settings.load(tmp_path)
    assert str(raised.value).startswith("pyproject.toml")
    assert len(str(raised.value)) < 300


@pytest.mark.timeout(20)
def test_no_pipe_or_device_is_waited_for(tmp_path: Path) -> None:
    package = Package.load(small(tmp_path) / "data")
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "zero.toml").symlink_to("/dev/zero")
    for name in ("pipe.yaml", "zero.toml"):
        with bounded(), pytest.raises(DataError, match="it is no file"):
            read_mapping(tmp_path / name, package)
    os.mkfifo(tmp_path / "pyproject.toml")
    with bounded(), pytest.raises(UsageError, match="it is no file"):
        Settings.load(tmp_path)


def test_a_text_is_a_file_within_data(tmp_path: Path) -> None:
    folder = small(tmp_path) / "data" / "texts"
    folder.mkdir()
    (folder / "20-summary.md").symlink_to("/etc/passwd")
    (folder / "31-description.md").symlink_to("gone.md")
    os.mkfifo(folder / "32-role.md")
    with (folder / "33-finance.md").open("wb") as stream:
        stream.truncate(1 << 40)
    for path, message in zip(
        sorted(folder.iterdir()), ("a link out of data/", "no file", "no file", "more than"), strict=True
    ):
        shown = path.relative_to(tmp_path).as_posix()
        with bounded(), pytest.raises(DataError, match=f"^{shown}: it .*{message}"):
            read_file(path, shown)
