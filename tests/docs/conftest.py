"""A clone of the project for each page, so that whoever follows one meets nothing of another."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from .blocks import copy_of_the_project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def as_cloned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as a reader has it before the first step; not to be changed."""
    return copy_of_the_project(tmp_path_factory.mktemp("clone"))


@pytest.fixture
def clone(as_cloned: Path, tmp_path: Path) -> Path:
    """A clone that a test may change."""
    return shutil.copytree(as_cloned, tmp_path / "scorelib", symlinks=True)
