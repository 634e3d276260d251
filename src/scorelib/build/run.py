"""Makes reports from scorecards: executes, reads, renders, publishes; one failure stops no other.

Imports everything below it. What is asked for and whether its data are right is settled before the
first report is begun, so wrong data leave every report as it was.
"""

from __future__ import annotations

import functools
import hashlib
import json
import traceback
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import scorelib
from scorelib.build import pool
from scorelib.build.plan import NOTEBOOK, plan
from scorelib.build.publish import publish
from scorelib.build.report import Report
from scorelib.data.listing import listed
from scorelib.data.package import Package
from scorelib.data.scorecard import load_scorecard
from scorelib.errors import DataError, ScorelibError, UsageError
from scorelib.language import available, language
from scorelib.prose.texts import check_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from nbformat import NotebookNode

    from scorelib.build.plan import Step
    from scorelib.build.report import Format
    from scorelib.data.scorecard import Scorecard
    from scorelib.document.nodes import Document
    from scorelib.errors import Finding
    from scorelib.render.charts import ChartDrawer

__all__ = ["Outcome", "build", "prepare", "select"]

SHOWN_DIGEST = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a report; `error` is empty if it was made."""

    report: Report
    error: str = ""


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
        # Loading says best what is missing, and what there is instead.
        years = [int(str(row["year"])) for row in rows if row["organisation"] == organisation]
        if not years or (year is not None and year not in years):
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


def prepare(
    project: Path, reports: Sequence[Report], formats: Sequence[Format], *, force: bool = False
) -> list[Step]:
    """What each of the reports needs, and why; see `scorelib.build.plan.plan`."""
    others = {report: _others(report, reports, project) for report in reports}
    return plan(project, Package.load(project / "data"), reports, formats, others, force=force)


def build(
    project: Path,
    steps: Sequence[Step],
    formats: Sequence[Format] = ("html", "pdf"),
    *,
    jobs: int = 1,
    begun: Callable[[Report], None] = lambda _: None,
    done: Callable[[Outcome], None] = lambda _: None,
) -> list[Outcome]:
    """Make the reports that are stale, each in one of several worker processes.

    Parameters
    ----------
    project
        The folder that holds ``data/``, ``notebooks/`` and ``reports/``.
    steps
        What `prepare` gave.
    formats
        Which files to render.
    jobs
        How many worker processes.
    begun, done
        Called before and after each report.

    Raises
    ------
    DataError
        If the data of any of the reports are wrong: all errors, before anything is written.
    """
    stale = [step for step in steps if step.stage != "fresh"]
    if not stale:
        return []
    _check(project, [step.report for step in stale])
    outcomes = []
    for event in pool.run(stale, partial(make_one, project, tuple(formats)), jobs):
        if event.error is None:
            begun(event.task.report)
        else:
            outcomes.append(Outcome(event.task.report, event.error))
            done(outcomes[-1])
    return sorted(outcomes, key=lambda outcome: outcome.report)


def make_one(project: Path, formats: Sequence[Format], step: Step) -> str:
    """Make a report and put it in its place; in a worker process. Gives what went wrong, if anything."""
    report = step.report
    try:
        card = load_scorecard(report.organisation, report.year, lang=report.lang, project=project)
        publish(make(card, step, formats, _drawer()), project / "reports" / str(report))
    except ScorelibError as failed:
        return str(failed)
    except Exception:  # noqa: BLE001 - a bug in one report stops no other, and is told whole
        return f"this is an error of scorelib itself; please report it:\n{traceback.format_exc()}"
    return ""


@functools.cache
def _drawer() -> ChartDrawer:
    """The one that draws for this process, kept warm from report to report."""
    from scorelib.render.charts import ChartDrawer  # noqa: PLC0415 - heavy only where something is made

    return ChartDrawer()


def _check(project: Path, reports: Sequence[Report]) -> None:
    """Load every report's data and texts, so that what is wrong is told before anything is made."""
    findings: set[Finding] = set()
    for report in reports:
        try:
            card = load_scorecard(report.organisation, report.year, lang=report.lang, project=project)
            findings.update(check_texts(card))
        except DataError as error:
            findings.update(error.findings)
    if findings:
        raise DataError(sorted(findings))


def _others(report: Report, reports: Sequence[Report], project: Path) -> list[str]:
    """Languages in which the same scorecard is there, or is about to be."""
    return [
        code
        for code in available()
        if code != report.lang
        and (
            Report(report.organisation, report.year, code) in reports
            or (project / "reports" / report.organisation / str(report.year) / code / "index.html").exists()
        )
    ]


def make(card: Scorecard, step: Step, formats: Sequence[Format], drawer: ChartDrawer) -> dict[str, bytes]:
    """The files of one report by their names.

    Raises
    ------
    ScorelibError
        If its notebook fails, or its document cannot be rendered.
    """
    import nbformat  # noqa: PLC0415 - everything heavy waits until there is something to make

    from scorelib.data.export import data_zip  # noqa: PLC0415
    from scorelib.document.number import numbered  # noqa: PLC0415
    from scorelib.document.read import read  # noqa: PLC0415

    executed = _executed(card, step)
    document = numbered(read(executed, lang=card.language.tag), card.language)
    others = [code for code in step.inputs.rendering["other languages"].split(",") if code]
    files = render(document, card, step.report, formats, drawer, others=others)
    files["data.zip"] = data_zip(card)
    files["notebook.ipynb"] = (nbformat.writes(executed) + "\n").encode()
    files["provenance.json"] = provenance(card, step, files)
    return files


def _executed(card: Scorecard, step: Step) -> NotebookNode:
    """The executed notebook: the one that is there if only rendering is stale, else a new one."""
    import nbformat  # noqa: PLC0415

    from scorelib.execute.engine import clean, execute  # noqa: PLC0415

    if step.stage == "render":
        path = card.project / "reports" / str(step.report) / "notebook.ipynb"
        kept: NotebookNode = nbformat.reads(path.read_text("utf-8"), as_version=4)
        return kept
    report = step.report
    parameters = {"organisation": report.organisation, "year": report.year, "lang": report.lang}
    return clean(execute(card.project / "notebooks" / NOTEBOOK, parameters))


def render(
    document: Document,
    card: Scorecard,
    report: Report,
    formats: Sequence[Format],
    drawer: ChartDrawer,
    *,
    others: Sequence[str],
) -> dict[str, bytes]:
    """The rendered files of a document: the page and the PDF."""
    from scorelib.document.nodes import Figure  # noqa: PLC0415
    from scorelib.render import assets, html, typst  # noqa: PLC0415

    label = card.language.label
    charts = {
        block.id: drawer.draw(block.spec, block.id) for block in document.blocks if isinstance(block, Figure)
    }
    made = label(
        "document.made",
        version=scorelib.__version__,
        date=card.language.date(card.data_date),
        digest=card.digest[:SHOWN_DIGEST],
    )
    files: dict[str, bytes] = {}
    if "html" in formats:
        links = [(label("document.download"), "data.zip")]
        if "pdf" in formats:
            links.insert(0, (label("document.pdf"), report.pdf))
        alternate = (
            (label("document.other_language"), others[0], f"../{others[0]}/index.html") if others else None
        )
        page = html.Page(charts, assets.font_css(), assets.vega_bundle(), made, links, alternate)
        files["index.html"] = html.write(document, card.language, page).encode()
    if "pdf" in formats:
        files[report.pdf] = typst.pdf(
            document, card.language, charts, assets.font_folder(), date=card.data_date, made=made
        )
    return files


def provenance(card: Scorecard, step: Step, files: Mapping[str, bytes]) -> bytes:
    """What a report was made from, and what was made, each with its hash; no time and no path."""
    report = step.report
    facts = {
        "organisation": report.organisation,
        "year": report.year,
        "lang": report.lang,
        "status": card.status,
        "data_date": card.data_date.isoformat(),
        "data_sha256": card.digest,
        "scorelib": scorelib.__version__,
        "inputs": step.inputs.to_json(),
        "files": {
            name: {"sha256": _sha256(content), "bytes": len(content)}
            for name, content in sorted(files.items())
        },
    }
    return (json.dumps(facts, indent=2, ensure_ascii=False) + "\n").encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
