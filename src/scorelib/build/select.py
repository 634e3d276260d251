"""Which reports are asked for, and what each of them needs; makes none.

Imports what is below this room lazily where it is heavy: to find that nothing is to do costs no pandas.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scorelib.build.plan import plan
from scorelib.build.report import Report
from scorelib.data.listing import listed
from scorelib.data.package import Package
from scorelib.errors import UsageError
from scorelib.language import available, language

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scorelib.build.plan import Step
    from scorelib.build.report import Format

__all__ = ["prepare", "select", "shard"]


def select(
    project: Path,
    organisations: Sequence[str] = (),
    year: int | None = None,
    langs: Sequence[str] = (),
) -> list[Report]:
    """The reports that are asked for: all there are, or those of some organisations or a year.

    Raises
    ------
    UsageError
        If something that is asked for does not exist.
    DataError
        If the tables that say what there is are wrong.
    """
    codes = [language(code).code for code in langs] or list(available())
    rows = listed(Package.load(project / "data"))
    for organisation in organisations:
        years = [int(str(row["year"])) for row in rows if row["organisation"] == organisation]
        if not years or (year is not None and year not in years):
            from scorelib.data.scorecard import load_scorecard  # noqa: PLC0415 - only for its message

            # Loading says best what is missing, and what there is instead.
            load_scorecard(organisation, year or 0, project=project)
    chosen = [
        Report(str(row["organisation"]), int(str(row["year"])), code)
        for row in rows
        if (not organisations or row["organisation"] in organisations)
        and (year is None or row["year"] == year)
        for code in codes
    ]
    if not chosen:
        message = f"there is no scorecard of {year}; `scorelib list` shows every scorecard"
        raise UsageError(message)
    return sorted(chosen)


def shard(reports: Sequence[Report], number: int, count: int) -> list[Report]:
    """Part `number` (from 1) of `count` parts: every report is in one, their sizes differ by one at most."""
    return sorted(reports)[number - 1 :: count]


def prepare(
    project: Path,
    reports: Sequence[Report],
    formats: Sequence[Format],
    *,
    renderer: str = "embedded",
    force: bool = False,
    among: Sequence[Report] = (),
) -> list[Step]:
    """What each of the reports needs, and why; see `scorelib.build.plan.plan`.

    Parameters
    ----------
    project, formats, renderer, force
        As for `plan`.
    reports
        The reports that are to be made here.
    among
        All reports of the build, if others make the rest of them.
    """
    everything = {*reports, *among}
    others = {report: _others(report, everything, project) for report in reports}
    package = Package.load(project / "data")
    return plan(project, package, reports, formats, others, renderer=renderer, force=force)


def _others(report: Report, reports: set[Report], project: Path) -> list[str]:
    """Languages in which the same scorecard is there, or is about to be."""
    return [
        code
        for code in available()
        if code != report.lang
        and (
            replace(report, lang=code) in reports
            or (project / "reports" / str(replace(report, lang=code)) / "index.html").exists()
        )
    ]
