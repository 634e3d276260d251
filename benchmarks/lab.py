"""The naive route and ours in an environment with JupyterLab, as analysts have it; made for it, then gone."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from benchmarks.naive import beside
from benchmarks.projects import ROOT
from benchmarks.routes import REPORTS_ALONE, build
from benchmarks.table import Section, unavailable
from benchmarks.timing import TAIL, environment, say

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.effort import Effort, Workshop

__all__ = ["measure"]

ROUNDS = 3
NOTES = (
    "As in the table of the naive route, but both in an environment that holds JupyterLab too, as `make "
    "lab` sets it up. What JupyterLab brings makes every Python that imports jsonschema slower to start.",
)


def measure(effort: Effort, workshop: Workshop) -> Section:
    """Make the environment, and time both in it."""
    title = "The same in an environment with JupyterLab"
    try:
        python = _environment(workshop.folder / "environment")
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace")[-TAIL:].strip().splitlines()
        why = f"it could not be set up: {said[-1] if said else error}"
        return Section("lab", title, (unavailable("seconds per report", why),))
    project, reports = workshop.batch(effort)
    # Once, so that its bytecode is compiled.
    build(project, *REPORTS_ALONE, python=str(python))
    line, same = beside(
        project, reports, min(ROUNDS, effort.rounds), workshop.folder / "naive-lab", python=str(python)
    )
    return Section("lab", title, (line,), (*NOTES, same))


def _environment(folder: Path) -> Path:
    say("  setting up an environment with JupyterLab")
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [*pip, "--require-hashes", "-r", str(ROOT / "requirements" / "lab.txt")],
        [*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)],
    ):
        subprocess.run(
            command, env=environment(), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
    return folder / "bin" / "python"
