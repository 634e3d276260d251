"""What several of these tests have done to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def made(new_project: Callable[[], Path], scorelib: Callable[..., subprocess.CompletedProcess[str]]) -> Path:
    """A project with one report."""
    project = new_project()
    assert scorelib("build", "iom", "--lang", "nl", cwd=project).returncode == 0
    return project
