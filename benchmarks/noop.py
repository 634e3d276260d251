"""Commands that have next to nothing to do, beside a Python that does nothing at all."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.routes import build
from benchmarks.scale import built
from benchmarks.table import Aim, Section, compared
from benchmarks.timing import alternately, program, timed

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.effort import Effort, Workshop

__all__ = ["measure_build", "measure_help"]

BUILD = Aim("at most", 6)
HELP = Aim("at most", 4)


def measure_build(effort: Effort, workshop: Workshop) -> Section:
    """Time a build that finds everything up to date."""
    *_, count = built(workshop, effort.large)
    project, _ = workshop.project("large", effort.large)
    # The first build after one that made something may still look at everything.
    build(project)
    ours, other = alternately(effort.starts, lambda: build(project), lambda: _nothing(project))
    line = compared(f"`scorelib build`, {count} reports up to date", ours, other, BUILD)
    return Section("noop", "Nothing to do", (line,), ("Other: `python -c pass`, the same Python.",))


def measure_help(effort: Effort, workshop: Workshop) -> Section:
    """Time what a user sees first."""
    command = [program("scorelib"), "--help"]
    folder = workshop.folder
    ours, other = alternately(effort.starts, lambda: timed(command, folder), lambda: _nothing(folder))
    line = compared("`scorelib --help`", ours, other, HELP)
    return Section("help", "Help", (line,), ("Other: `python -c pass`, the same Python.",))


def _nothing(folder: Path) -> float:
    return timed([sys.executable, "-c", "pass"], folder)
