"""What `scorelib status` finds out: what each scorecard has, lacks, and when it was made; changes nothing.

Imports data, prose and the light part of build; no pandas, so that it answers at once.
"""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from scorelib.build.select import prepare, select
from scorelib.build.status import read_status
from scorelib.data.package import Package
from scorelib.data.read import read_rows
from scorelib.errors import DataError
from scorelib.language import available
from scorelib.prose.texts import CHAPTERS, read_file, text_files, written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from scorelib.build.plan import Step
    from scorelib.build.report import Report
    from scorelib.data.read import Rows

__all__ = ["Made", "Sources", "Standing", "Texts", "survey"]

State = Literal["up to date", "stale", "not made", "failed", "not begun"]
OLD = 2
"""Years before its scorecard from which on a fact is old, as for the figure check."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts of a scorecard in one language, by the names of their files: written, or still to be."""

    lang: str
    written: tuple[str, ...]
    stubs: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A report as it was last made; `made` is when, in local time; `error` is why the last build failed."""

    lang: str
    state: State
    made: str
    reasons: tuple[str, ...]
    error: str


@dataclass(frozen=True, slots=True)
class Sources:
    """Sources that the rows of a scorecard name.

    Parameters
    ----------
    used
        Ids of all of them.
    undated
        Those of which neither an edition nor the day on which they were read is known.
    """

    used: tuple[str, ...]
    undated: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How one scorecard stands.

    Parameters
    ----------
    organisation, year, status
        As its row has them.
    texts
        Per language.
    unrated
        Themes on which it is not rated; `themes` is how many there are.
    assessment, framework
        Ids; empty for none.
    scores
        Rows of scores of its assessment.
    unchecked
        Indicators and bands of its framework that nobody has held against the publication.
    data_year, newest
        The last year that it shows, and the last year of contributions in the data; None for none.
    old_facts
        Ids of facts from long before its year.
    sources
        What its rows rest on.
    made
        Per language.
    """

    organisation: str
    year: int
    status: str
    texts: tuple[Texts, ...]
    themes: int
    unrated: tuple[str, ...]
    assessment: str
    framework: str
    scores: int
    unchecked: int
    data_year: int
    newest: int | None
    old_facts: tuple[str, ...]
    sources: Sources
    made: tuple[Made, ...]

    def to_json(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self)


def survey(project: Path, organisations: Sequence[str] = (), year: int | None = None) -> list[Standing]:
    """How scorecards stand: all there are, or those of some organisations or a year.

    Raises
    ------
    UsageError
        If something that is asked for does not exist.
    DataError
        If a table that this is read from is wrong.
    """
    reports = select(project, organisations, year)
    tables = _Tables(Package.load(project / "data"))
    kept = read_status(project / "reports")
    steps: dict[Report, Step] = {}
    for code in available():
        # Each language by itself: another that nobody has made yet makes none of them stale.
        of_one = [report for report in reports if report.lang == code]
        steps |= {step.report: step for step in prepare(project, of_one, ("html", "pdf"))}
    pairs = dict.fromkeys((report.organisation, report.year) for report in reports)
    return [
        _standing(project, name, number, tables, [_made(project, step, kept) for step in own])
        for name, number in pairs
        if (
            own := [
                step for report, step in steps.items() if (report.organisation, report.year) == (name, number)
            ]
        )
    ]


class _Tables:
    """The rows of one organisation in each table."""

    def __init__(self, package: Package) -> None:
        self.package = package

    def rows(self, table: str, **where: str) -> list[dict[str, Any]]:
        """Rows of a table whose cells are these; none if the package has no such table."""
        if table not in self.package.tables:
            return []
        found: Rows = read_rows(self.package, self.package.table(table), where)
        if found.findings:
            raise DataError(found.findings)
        return found.rows

    @cached_property
    def sources(self) -> Mapping[str, dict[str, Any]]:
        """Rows of ``sources`` by id."""
        return {row["id"]: row for row in self.rows("sources")}

    @cached_property
    def themes(self) -> list[str]:
        """Ids of the themes."""
        return [row["id"] for row in self.rows("themes")]

    @cached_property
    def unchecked(self) -> Counter[str]:
        """Per framework how many indicators and bands nobody has checked."""
        rows = [*self.rows("frameworks"), *self.rows("bands")]
        return Counter(row["framework"] for row in rows if not row["checked"])


def _standing(project: Path, organisation: str, year: int, tables: _Tables, made: Sequence[Made]) -> Standing:
    own = {"organisation": organisation}
    (card,) = (row for row in tables.rows("scorecards", **own) if row["year"] == year)
    rated = [row for row in tables.rows("relevance", **own) if row["year"] == year]
    given, facts = tables.rows("contributions", **own), tables.rows("facts", **own)
    assessment = [row for row in tables.rows("assessments", **own) if row["id"] == card["assessment"]]
    framework = assessment[0]["framework"] if assessment else ""
    scores = tables.rows("scores", assessment=assessment[0]["id"]) if assessment else []
    resting = [*rated, *given, *facts, *tables.rows("revenue", **own), *assessment, *scores]
    used = tuple(sorted({row["source"] for row in resting}))
    return Standing(
        organisation=organisation,
        year=year,
        status=card["status"],
        texts=tuple(_texts(project, organisation, year, code) for code in available()),
        themes=len(tables.themes),
        unrated=tuple(theme for theme in tables.themes if theme not in {row["theme"] for row in rated}),
        assessment=card["assessment"] or "",
        framework=framework,
        scores=len(scores),
        unchecked=tables.unchecked[framework],
        data_year=card["data_year"],
        newest=max((row["year"] for row in given), default=None),
        old_facts=tuple(row["id"] for row in facts if row["as_of"].year < year - OLD),
        sources=Sources(used, tuple(name for name in used if _undated(tables.sources.get(name, {})))),
        made=tuple(made),
    )


def _undated(source: Mapping[str, Any]) -> bool:
    return not (source.get("edition") or source.get("retrieved"))


def _texts(project: Path, organisation: str, year: int, code: str) -> Texts:
    own = project / "data" / "texts" / organisation / str(year)
    found = {
        path.stem: written(read_file(path, path.relative_to(project).as_posix()))
        for path in text_files(project, organisation, year, code)
        if path.is_relative_to(own)
    }
    names = {stem.partition("-")[2] for stem in found}
    return Texts(
        code,
        tuple(stem for stem, is_written in found.items() if is_written),
        tuple(stem for stem, is_written in found.items() if not is_written),
        tuple(stem for stem in CHAPTERS if stem.partition("-")[2] not in names),
    )


def _made(project: Path, step: Step, kept: Mapping[str, Mapping[str, Any]]) -> Made:
    """How a report stands: what the last build said of it, and whether it still holds."""
    report: Report = step.report
    said = kept.get(str(report), {})
    try:
        changed = (project / "reports" / str(report) / "provenance.json").stat().st_mtime
        made = datetime.datetime.fromtimestamp(changed).astimezone().isoformat(sep=" ", timespec="minutes")
    except OSError:
        made = ""
    state: State = "stale" if made else "not made"
    error = ""
    if step.stage == "fresh":
        state = "up to date"
    elif said.get("state") == "failed":
        state, error = "failed", str(said.get("error", ""))
    elif said.get("state") == "left":
        state = "not begun"
    return Made(report.lang, state, made, step.reasons, error)
