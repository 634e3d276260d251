"""How much is measured, and the projects that benchmarks share; measures nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.projects import make_project
from benchmarks.routes import build, naive_notebook
from benchmarks.timing import say

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.projects import Report

__all__ = ["FULL", "QUICK", "Effort", "Workshop"]


@dataclass(frozen=True, slots=True)
class Effort:
    """How often and how many."""

    rounds: int
    """Runs of what takes seconds."""
    starts: int
    """Runs of what takes milliseconds."""
    batch: int
    """Reports of a batch."""
    small: int
    large: int
    """Reports of the two batches whose time per report is compared."""
    load: int
    """Reports of the largest build."""
    builds: int
    """Builds one after the other in one process."""


FULL = Effort(rounds=5, starts=40, batch=20, small=50, large=500, load=1000, builds=10)
QUICK = Effort(rounds=1, starts=5, batch=4, small=4, large=12, load=40, builds=4)


@dataclass
class Workshop:
    """A folder with the projects of a run; each is made when it is first asked for."""

    folder: Path
    _made: dict[str, tuple[Path, list[Report]]] = field(default_factory=dict)

    def project(self, name: str, reports: int) -> tuple[Path, list[Report]]:
        """A project of its own name, with no reports made, and the reports that it is to have."""
        if name not in self._made:
            say(f"  making a project of {reports} reports")
            project = self.folder / name
            self._made[name] = project, make_project(project, reports)
        return self._made[name]

    def batch(self, effort: Effort) -> tuple[Path, list[Report]]:
        """The batch, built once so that everything kept between builds is there, and the naive notebook."""
        new = "batch" not in self._made
        project, reports = self.project("batch", effort.batch)
        if new:
            naive_notebook(project)
            build(project)
        return project, reports
