"""What must be right before any report of a build is published: rows, and the texts of each scorecard.

Imports data below it; whoever reads texts is a worker, elsewhere.
"""

from __future__ import annotations

from concurrent.futures import CancelledError
from typing import TYPE_CHECKING

from scorelib.build.report import Report
from scorelib.data.package import Package
from scorelib.errors import DataError, ScorelibError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from scorelib.build.plan import Step
    from scorelib.build.report import Examined
    from scorelib.errors import Diagnostic, Finding

__all__ = ["LOST", "check", "own_texts"]

LOST = "the scheduler was lost before {}, or its last worker; start the cluster again and build again"


def own_texts(project: Path, steps: Sequence[Step]) -> dict[tuple[str, int], list[str]]:
    """The scorecards whose own texts are to be checked, and the languages in which they are to be made.

    Texts that a report was made from before are not checked again, where its rendering alone is stale.
    """
    langs: dict[tuple[str, int], list[str]] = {}
    for report in (step.report for step in steps if step.stage == "execute"):
        if _has_texts(project, report):
            langs.setdefault((report.organisation, report.year), []).append(report.lang)
    return langs


def check(
    project: Path, steps: Sequence[Step], examined: Mapping[tuple[str, int], Future[Examined]]
) -> dict[Report, Sequence[Diagnostic]]:
    """Check every report's rows and own texts before any is published; gives what must not be printed."""
    from scorelib.data.check import load_tables  # noqa: PLC0415 - heavy, and only where something is made

    package = Package.load(project / "data")
    findings: set[Finding] = set()
    for organisation in sorted({step.report.organisation for step in steps}):
        findings.update(load_tables(package, organisation)[1])
    wrong: dict[Report, Sequence[Diagnostic]] = {}
    for key, future in examined.items():
        try:
            found = future.result()
        except CancelledError:
            raise ScorelibError(LOST.format("the texts were checked")) from None
        findings.update(found.unreadable)
        wrong.update({Report(*key, code): each for code, each in found.wrong.items() if each})
    if findings:
        raise DataError(sorted(findings))
    return wrong


def _has_texts(project: Path, report: Report) -> bool:
    """Whether there are texts for this report alone; those that all share show in every report."""
    folder = project / "data" / "texts" / report.organisation / str(report.year) / report.lang
    return any(folder.glob("*.md"))
