"""A hostile workbook is read in a process that may die, and refused with its place."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from ..data.small import small
from .cases_workbooks import BOMBS, READ, REFUSED, written
from .hostile import described, resource_of
from .test_tables import load, refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The small project with its donors in a workbook."""
    made = small(tmp_path)
    described(lambda said: resource_of(said, "donors").update(path="donors.xlsx"))(made)
    (made / "data" / "donors.csv").unlink()
    written(made / "data" / "donors.xlsx")
    return made


@pytest.mark.parametrize("change", READ.values(), ids=READ)
def test_what_a_workbook_carries_beside_its_sheet_is_not_looked_at(
    project: Path, change: Callable[[Path], object]
) -> None:
    change(project / "data" / "donors.xlsx")
    assert load(project)["donors"]["name_nl"].tolist() == ["Namibia", "Nederland"]


@pytest.mark.parametrize(("change", "message"), REFUSED.values(), ids=REFUSED)
@pytest.mark.timeout(60)
def test_a_workbook_that_is_spoiled_is_refused(
    project: Path, change: Callable[[Path], object], message: str
) -> None:
    told = refused(project, lambda folder: change(folder / "data" / "donors.xlsx"))
    assert "donors.xlsx[1]" in told
    assert re.search(message, told)
    assert "root:" not in told


@pytest.mark.slow
@pytest.mark.parametrize(("change", "message"), BOMBS.values(), ids=BOMBS)
def test_a_workbook_that_swells_is_refused(
    project: Path, change: Callable[[Path], object], message: str
) -> None:
    change(project / "data" / "donors.xlsx")
    begun = time.monotonic()
    assert message in refused(project, str)
    assert time.monotonic() - begun < 120
