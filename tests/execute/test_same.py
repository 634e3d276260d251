"""A notebook becomes the same in a kernel that was forked as in the one that Jupyter starts."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from scorelib.execute.engine import clean, execute
from scorelib.execute.warm import ONE_THREAD

from .kernels import run_ordinary, run_warm, shown, write

SAMPLES = {
    path.stem: path.read_text("utf-8").removesuffix("\n").split("\n# %%\n")
    for path in sorted((Path(__file__).parent / "samples").glob("*.ipy"))
}
"""Cells that show what does not change from run to run; what may still do is masked."""

FEW = {
    "before_and_after_scorelib",
    "depth_of_the_stack",
    "environment",
    "our_nodes",
    "state_of_ipython",
}
"""Those that differ first if anything does: in the suite that is run all the time."""

CASES = [pytest.param(name, id=name, marks=[] if name in FEW else pytest.mark.slow) for name in SAMPLES]


def test_there_are_samples_of_all_kinds() -> None:
    assert len(SAMPLES) >= 30
    assert set(SAMPLES) >= FEW


@pytest.mark.parametrize("name", CASES)
def test_a_sample_is_the_same(name: str, short: Path) -> None:
    environment = {**os.environ, **ONE_THREAD}
    # The same path for both, as tracebacks tell it.
    folder = short / "notebook"
    folder.mkdir()
    ordinary = shown(run_ordinary(SAMPLES[name], folder, environment, short))
    shutil.rmtree(folder)
    folder.mkdir()
    warm = shown(run_warm(SAMPLES[name], folder, environment))
    for here, there in zip(warm, ordinary, strict=True):
        assert here == there


def test_cells_of_all_types_and_tags_are_the_same(tmp_path: Path) -> None:
    path = write(
        tmp_path / "book" / "tags.ipynb",
        new_markdown_cell("# Title"),
        new_raw_cell("raw"),
        new_code_cell("x = 1", metadata={"tags": ["parameters"]}),
        new_code_cell("1 / 0", metadata={"tags": ["skip-execution"]}),
        new_code_cell("x", metadata={"tags": ["remove-cell"]}),
        "",
        "x + 1",
    )
    ordinary = execute(path, {"x": 5}, kernel="ordinary")
    warm = execute(path, {"x": 5}, kernel="warm")
    assert clean(warm) == clean(ordinary)
    assert [cell.get("outputs") for cell in warm.cells][-1][0]["data"] == {"text/plain": "6"}


def test_the_scorecard_is_the_same(root: Path) -> None:
    path = root / "notebooks" / "scorecard.ipynb"
    parameters = {"organisation": "voorbeeld", "year": 2024, "lang": "nl"}
    ordinary = execute(path, parameters, kernel="ordinary")
    assert clean(execute(path, parameters, kernel="warm")) == clean(ordinary)
