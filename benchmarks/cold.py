"""One report when nothing is running yet: our command, the naive commands, and the imports alone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.routes import build, naive
from benchmarks.table import Aim, Section, compared
from benchmarks.timing import alternately, timed

if TYPE_CHECKING:
    from benchmarks.effort import Effort, Workshop

__all__ = ["measure"]

NAIVE = Aim("at least", 6)
IMPORTS = Aim("at most", 3)


def measure(effort: Effort, workshop: Workshop) -> Section:
    """Time the three, by turns."""
    project, reports = workshop.batch(effort)
    report = reports[0]
    out = workshop.folder / "cold"
    out.mkdir()
    chosen = (report.organisation, "--year", str(report.year), "--lang", report.lang, "--force")
    ours, other, imports = alternately(
        effort.rounds,
        lambda: build(project, *chosen),
        lambda: naive(project, report, out),
        lambda: timed([sys.executable, "-c", "import pandas, altair"], project),
    )
    lines = (
        compared("one report, against the naive route", ours, other, NAIVE),
        compared('one report, against `python -c "import pandas, altair"`', ours, imports, IMPORTS),
    )
    notes = (
        f"Ours: `scorelib build {' '.join(chosen)}`, HTML and PDF, nothing of ours running before; files "
        "of Python and its packages are in the system's cache for all three.",
    )
    return Section("cold", "One report from cold", lines, notes)
