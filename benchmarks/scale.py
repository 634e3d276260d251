"""A small and a large build: whether time per report and memory stay what they are."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from benchmarks.routes import REPORTS_ALONE, build
from benchmarks.table import Aim, Line, Section, compared, counted
from benchmarks.timing import CORES, Timings, program, say
from benchmarks.watch import watched

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.effort import Effort, Workshop
    from benchmarks.watch import Watched

__all__ = ["built", "measure"]

SMALL_RUNS = 3
TIME = Aim("at most", 1.1)
SITE = Aim("at most", 0.1)
FLAT = Aim("at most", 1.1)
WORKERS = Aim("at most", 450, unit=" MiB")
FAILURES = Aim("at most", 0, unit="")


def measure(effort: Effort, workshop: Workshop) -> Section:
    """Build both and watch."""
    project, reports = workshop.project("small", effort.small)
    small = [
        watched(_command(*REPORTS_ALONE), project).seconds for _ in range(min(SMALL_RUNS, effort.rounds))
    ]
    large, site, count = built(workshop, effort.large)
    made = re.search(r"(\d+) made, (\d+) failed", large.said)
    failed = int(made[2]) if made else count
    lines = (
        compared(
            f"seconds per report, {count} reports against {len(reports)}",
            Timings((large.seconds,)).divided(count),
            Timings(tuple(small)).divided(len(reports)),
            TIME,
        ),
        compared(
            f"the site over {count} reports, against building them",
            Timings((site,)),
            Timings((large.seconds,)),
            SITE,
        ),
        _flat(large),
        counted("peak of the coordinator", large.peaks.get("coordinator", 0), unit=" MiB"),
        counted("peak of a worker", large.peaks.get("worker", 0), WORKERS, unit=" MiB"),
        counted("peak of a kernel, or of what it is forked from", large.peaks.get("kernel", 0), unit=" MiB"),
        counted("peak of a drawing process", large.peaks.get("drawing", 0), unit=" MiB"),
        counted("reports that failed", failed, FAILURES, unit=""),
    )
    notes = (
        f"Ours and other in the first line: the larger build and the smaller one, HTML and PDF, {CORES} "
        "workers.",
        "Memory is resident memory in the larger build, looked at ten times a second; forked kernels "
        "share most of theirs with the process that they are forked from. Ours and other in the line of "
        "growth: the coordinator's highest in the last quarter of the build and in the second.",
    )
    return Section("scale", f"From {len(reports)} to {count} reports", lines, notes)


def _flat(large: Watched) -> Line:
    late, early = large.late, large.early
    ratio = late / early if early else 0.0
    reached = "yes" if FLAT.reached(ratio) else "**no**"
    return Line(
        "growth of the coordinator",
        f"{late:.0f} MiB",
        f"{early:.0f} MiB",
        f"{ratio:.2f}×",
        str(FLAT),
        reached,
        "1",
    )


def _command(*options: str) -> list[str]:
    return [program("scorelib"), "build", "--jobs", str(CORES), *options]


def built(workshop: Workshop, reports: int) -> tuple[Watched, float, int]:
    """The large project, built and watched once in a run: its reports, then its site; and how many it has."""
    project, made = workshop.project("large", reports)
    return (*_built(project), len(made))


@functools.cache
def _built(project: Path) -> tuple[Watched, float]:
    say("  building it, once")
    return watched(_command(*REPORTS_ALONE), project), build(project)
