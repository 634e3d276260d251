"""Every hostile description of the data is refused with what is wrong in it, in bounded time."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import pytest

from scorelib.data.package import Package, find_project
from scorelib.errors import DataError, UsageError

from ..data.small import small
from .cases_description import BROKEN, PATHS, PATTERNS, SAID
from .hostile import bounded, described, field, put, resource_of
from .test_tables import load, refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_table_is_a_file_within_data(tmp_path: Path, path: Any) -> None:
    change = described(lambda said: resource_of(said, "donors").update(path=path))
    message = refused(small(tmp_path), change)
    assert message.startswith("datapackage.json ")
    assert "no path within data/" in message


@pytest.mark.parametrize(("edit", "message"), SAID.values(), ids=SAID)
def test_what_a_description_may_not_say_is_named(
    tmp_path: Path, edit: Callable[[dict[str, Any]], object], message: str
) -> None:
    told = refused(small(tmp_path), described(edit))
    assert told.startswith("datapackage.json")
    assert re.search(message, told)


@pytest.mark.parametrize(("change", "message"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_no_description_is_refused(
    tmp_path: Path, change: Callable[[Path], None], message: str
) -> None:
    told = refused(small(tmp_path), change)
    assert told.startswith("datapackage.json")
    assert re.search(message, told)


@pytest.mark.parametrize(("pattern", "text"), PATTERNS.values(), ids=PATTERNS)
@pytest.mark.timeout(20)
def test_no_pattern_holds_the_program_up(tmp_path: Path, pattern: str, text: str) -> None:
    project = small(tmp_path)
    described(lambda said: field(said, "donors", "name_nl").update(constraints={"pattern": pattern}))(project)
    assert "donors.csv:3:name_nl" in refused(project, put("donors", "Nederland", text))


@pytest.mark.timeout(20)
def test_a_pipe_in_the_place_of_the_description_is_not_waited_for(tmp_path: Path) -> None:
    project = small(tmp_path)
    (project / "data" / "datapackage.json").unlink()
    os.mkfifo(project / "data" / "datapackage.json")
    with bounded(), pytest.raises(DataError, match="it is no file"):
        Package.load(project / "data")
    with bounded(), pytest.raises(UsageError, match=r"there is no data/datapackage\.json"):
        find_project(project)


def test_markup_in_a_description_is_text(tmp_path: Path) -> None:
    project = small(tmp_path)
    title = "</script><script>alert(1)</script>"
    described(lambda said: resource_of(said, "donors").update(title=title))(project)
    load(project)
    assert Package.load(project / "data").table("donors").title == title
