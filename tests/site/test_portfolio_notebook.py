"""The portfolio's notebook is committed without outputs and runs by plain papermill as it stands."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import nbformat
import pytest

if TYPE_CHECKING:
    from pathlib import Path


def test_it_is_kept_without_outputs(root: Path) -> None:
    cells = json.loads((root / "notebooks" / "portfolio.ipynb").read_text())["cells"]
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells)


@pytest.mark.slow
def test_it_runs_by_plain_papermill(root: Path, tmp_path: Path) -> None:
    made = tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", "notebooks/portfolio.ipynb", str(made), "-p", "lang", "en"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shown = [cell for cell in nbformat.read(made, 4).cells if cell.get("outputs")]
    assert len(shown) >= 12
