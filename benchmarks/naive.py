"""Our command beside the loop that it replaces: papermill, nbconvert, pandoc and Typst, one by one."""

from __future__ import annotations

import itertools
import sys
from typing import TYPE_CHECKING

from benchmarks.contents import missing
from benchmarks.projects import LANGUAGES
from benchmarks.routes import REPORTS_ALONE, build, naive
from benchmarks.table import Aim, Line, Section, compared
from benchmarks.timing import CORES, alternately

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.effort import Effort, Workshop
    from benchmarks.projects import Report

__all__ = ["AIM", "beside", "measure"]

AIM = Aim("at least", 20, 30)
NOTES = (
    "Ours: `scorelib build --force`, the whole command, divided by its reports. Other: for each report "
    "the commands `papermill`, `jupyter nbconvert --to html`, `pandoc` (HTML to Typst) and Typst's wheel, "
    "one after the other.",
    "The other's notebook is the same with one more cell, after which parts show themselves as HTML and "
    "charts as SVG: without it, other tools would show no charts. Its PDF is not accessible (no PDF/UA), "
    "its charts are static.",
    "A run of the other is one scorecard in two languages: real organisations and fictional copies by turns.",
)


def measure(effort: Effort, workshop: Workshop) -> Section:
    """Time both, by turns."""
    project, reports = workshop.batch(effort)
    line, same = beside(project, reports, effort.rounds, workshop.folder / "naive")
    title = f"{len(reports)} reports, HTML and PDF, on {CORES} cores: against the naive route"
    return Section("naive", title, (line,), (*NOTES, same))


def beside(
    project: Path, reports: Sequence[Report], rounds: int, out: Path, python: str = sys.executable
) -> tuple[Line, str]:
    """The line of both, and what a look at their contents says."""
    out.mkdir()
    together = len(LANGUAGES)
    pairs = itertools.cycle([reports[i : i + together] for i in range(0, len(reports), together)])
    made: list[Report] = []

    def theirs() -> float:
        pair = next(pairs)
        made.extend(pair)
        return sum(naive(project, report, out, python=python) for report in pair) / together

    def ours() -> float:
        return build(project, *REPORTS_ALONE, "--jobs", str(CORES), python=python) / len(reports)

    mine, other = alternately(rounds, ours, theirs)
    return compared("seconds per report", mine, other, AIM), _same(project, made, out)


def _same(project: Path, reports: Sequence[Report], out: Path) -> str:
    """What of our pages the naive ones lack."""
    lacking = []
    for report in sorted(set(reports)):
        ours = report.folder(project) / "index.html"
        other = out / f"{report.name}.html"
        lacking += missing(ours.read_text("utf-8"), other.read_text("utf-8"))
    checked = f"{len(set(reports))} reports of both were compared"
    if not lacking:
        return (
            f"{checked}: every heading, every row of a table and every chart of ours is in the other's page."
        )
    return f"{checked}: the other's pages lack {len(lacking)} parts, such as {lacking[0]}."
