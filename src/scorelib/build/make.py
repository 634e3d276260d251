"""Makes one report, from its data to its files; this is what a worker process does.

Imports everything below it and no other part of this room but plan, provenance, publish and report. What goes
wrong comes back as a `Result`, since whoever asked is another process, or another machine.
"""

from __future__ import annotations

import functools
import json
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import scorelib
from scorelib.build.plan import NOTEBOOK
from scorelib.build.provenance import FILE, Accepted, Facts, document
from scorelib.build.publish import publish
from scorelib.build.report import EXECUTED, Examined, Report, Result
from scorelib.check.report import check_report
from scorelib.data.scorecard import load_scorecard
from scorelib.errors import DataError, ExecutionError, RenderError, ScorelibError
from scorelib.imports import import_jsonschema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from nbformat import NotebookNode

    from scorelib.build.plan import Step
    from scorelib.build.report import Kind, Task
    from scorelib.data.scorecard import Scorecard
    from scorelib.document.nodes import Document
    from scorelib.render.charts import ChartDrawer

__all__ = ["examine", "files_of", "import_all", "make_one", "warm"]

SHOWN_DIGEST = 12
CHECKS = {
    "data": "Types, bounds and keys of every row, and the rules between tables.",
    "texts": "Every text can be read, and every number that it asks for is in the data.",
    "figures": "No number in a text of its own contradicts the data, another text or its own parts, but for "
    "those that a reviewer accepted.",
}
"""What must have been found right before a report is made."""


def import_all() -> None:
    """Import what every report needs."""
    import_jsonschema()
    import nbformat  # noqa: F401, PLC0415
    import papermill.execute  # noqa: F401, PLC0415

    import scorelib.data.export  # noqa: PLC0415
    import scorelib.document.read  # noqa: PLC0415
    import scorelib.execute.client  # noqa: PLC0415
    import scorelib.render.html  # noqa: PLC0415
    import scorelib.render.typst  # noqa: F401, PLC0415


def warm() -> None:
    """Get ready for reports: import what they need, and start the process that draws."""
    import_all()
    _drawer().start()


def examine(project: Path, organisation: str, year: int, langs: Sequence[str]) -> Examined:
    """What is wrong in the texts of a scorecard; its tables have been checked before."""
    try:
        unreadable, wrong = check_report(_card(project, Report(organisation, year, langs[0])), langs)
    except DataError as error:
        return Examined(error.findings)
    return Examined(tuple(unreadable), {code: tuple(found) for code, found in wrong.items()})


def make_one(project: Path, step: Step, task: Task) -> Result:
    """Make a report and put it in its place."""
    result = files_of(project, step, task)
    if result.files is None or not task.final:
        return result
    began = time.monotonic()
    try:
        publish(result.files, project / "reports" / str(step.report))
    except ScorelibError as failed:
        return Result(str(failed), "writing", result.seconds)
    return Result(seconds=result.seconds + time.monotonic() - began)


def files_of(project: Path, step: Step, task: Task) -> Result:
    """Make the files of a report, and leave them to whoever asked."""
    began = time.monotonic()
    try:
        _drawer().forget()
        files = make(_card(project, step.report), step, task, _drawer())
    except ScorelibError as failed:
        return Result(str(failed), _kind(failed), time.monotonic() - began)
    except Exception:  # noqa: BLE001 - a bug in one report stops no other, and is told whole
        error = f"this is an error of scorelib itself; please report it:\n{traceback.format_exc()}"
        return Result(error, "bug", time.monotonic() - began)
    return Result(seconds=time.monotonic() - began, files=files)


def _kind(error: ScorelibError) -> Kind:
    kinds: dict[type[ScorelibError], Kind] = {ExecutionError: "execution", RenderError: "rendering"}
    return kinds.get(type(error), "data")


def _card(project: Path, report: Report) -> Scorecard:
    return load_scorecard(report.organisation, report.year, lang=report.lang, project=project)


@functools.cache
def _drawer() -> ChartDrawer:
    """The one that draws for this process, kept warm from report to report."""
    from scorelib.render.charts import ChartDrawer  # noqa: PLC0415 - heavy only where something is made

    return ChartDrawer()


@functools.cache
def _aside() -> ThreadPoolExecutor:
    """A second thread, for what needs no process of its own."""
    return ThreadPoolExecutor(1, "aside")


def make(card: Scorecard, step: Step, task: Task, drawer: ChartDrawer) -> dict[str, bytes]:
    """The files of one report by their names.

    Raises
    ------
    ScorelibError
        If its notebook fails, or its document cannot be rendered.
    """
    from scorelib.data.export import data_zip  # noqa: PLC0415
    from scorelib.document.number import numbered  # noqa: PLC0415
    from scorelib.document.read import read  # noqa: PLC0415

    # While the kernel works, which leaves this process free.
    zipped = _aside().submit(data_zip, card) if task.final else None
    if task.rendered is None:
        drawer.start()
    executed = _executed(card, step, task, drawer)
    if task.rendered is None:
        shown = numbered(read(executed, lang=card.language.tag), card.language)
        others = [code for code in step.inputs.rendering["other languages"].split(",") if code]
        # A page leads to the files that its report has, also where only one of them is made now.
        has = step.inputs.rendering["formats"].split(",")
        files = render(shown, card, step.report, task, drawer, others=others, has=has)
    else:
        files = dict(task.rendered)
    files[EXECUTED] = written(executed)
    if zipped is not None:
        files["data.zip"] = zipped.result()
        files[FILE] = _provenance(card, step, task, files)
    return files


def written(notebook: NotebookNode) -> bytes:
    """A notebook as a file, a cell a line, so that two of them can be compared by cells.

    nbformat's own writer copies the whole notebook three times and indents it, which takes a tenth
    of the time that a report takes.
    """
    cells = ",\n".join(_json(cell) for cell in notebook.cells)
    rest = {key: value for key, value in notebook.items() if key != "cells"}
    return f'{{"cells": [\n{cells}\n],\n{_json(rest)[1:]}\n'.encode("utf-8", "replace")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _executed(card: Scorecard, step: Step, task: Task, drawer: ChartDrawer) -> NotebookNode:
    """The executed notebook: the one that is there if only rendering is stale, else a new one."""
    import nbformat  # noqa: PLC0415

    from scorelib.document.read import charts  # noqa: PLC0415
    from scorelib.execute.engine import clean, execute  # noqa: PLC0415

    if task.kept is not None:
        kept: NotebookNode = nbformat.reads(task.kept.decode(), as_version=4)
        return kept
    report = step.report
    parameters = {"organisation": report.organisation, "year": report.year, "lang": report.lang}
    notebook = card.project / "notebooks" / NOTEBOOK

    def draw(cell: NotebookNode) -> None:
        # What a cell shows is drawn while the next ones run.
        for chart in charts(cell):
            drawer.begin(chart)

    return clean(
        execute(notebook, parameters, timeout=task.cell_timeout, memory=task.memory_limit, seen=draw)
    )


def render(
    document: Document,
    card: Scorecard,
    report: Report,
    task: Task,
    drawer: ChartDrawer,
    *,
    others: Sequence[str],
    has: Sequence[str] = (),
) -> dict[str, bytes]:
    """The rendered files of a document, the page and the PDF; or what Quarto is to render."""
    from scorelib.document.nodes import Figure  # noqa: PLC0415
    from scorelib.prose.ledger import ledger  # noqa: PLC0415
    from scorelib.render import assets, html, quarto, typst  # noqa: PLC0415

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
    known = ledger(card, document)
    links = [(label("document.download"), "data.zip")]
    if "pdf" in (has or task.formats):
        links.insert(0, (label("document.pdf"), report.pdf))
    alternate = (
        (label("document.other_language"), others[0], f"../{others[0]}/index.html") if others else None
    )
    if task.renderer == "quarto":
        extras = quarto.Extras(charts, card.data_date, made, links, alternate, task.standards, known)
        return quarto.sources(document, card.language, report.stem, extras)
    printed = None
    if "pdf" in task.formats:
        fonts = assets.font_folder()
        printing = partial(typst.pdf, document, card.language, charts, fonts)
        # Typst leaves this process free as well.
        printed = _aside().submit(printing, date=card.data_date, made=made, ledger=known)
    files: dict[str, bytes] = {}
    if "html" in task.formats:
        page = html.Page(charts, assets.font_css(), assets.vega_bundle(), made, links, alternate, known)
        files["index.html"] = html.write(document, card.language, page).encode()
    if printed is not None:
        files[report.pdf] = printed.result()
    return files


def _provenance(card: Scorecard, step: Step, task: Task, files: Mapping[str, bytes]) -> bytes:
    """What a report was made from, and what was made."""
    report = step.report
    facts = Facts(
        organisation=report.organisation,
        year=report.year,
        lang=report.lang,
        title=card.language.label(
            "document.title", abbreviation=card.organisation.abbreviation, year=report.year
        ),
        status=card.status,
        fictional=card.organisation.fictional,
        data_date=card.data_date.isoformat(),
        data_sha256=card.digest,
        scorelib=scorelib.__version__,
    )
    inputs = {"execution": step.inputs.execution, "rendering": step.inputs.rendering}
    return document(facts, inputs, files, commit=task.commit, checks=CHECKS, accepted=_accepted(card, report))


def _accepted(card: Scorecard, report: Report) -> list[Accepted]:
    """Findings of the figure check that a reviewer has accepted for this report."""
    if "accepted" not in card.tables:
        return []
    rows = card["accepted"].to_dict("records")
    return [
        Accepted(
            str(each["chapter"]),
            str(each["quantity"]),
            str(each["reason"]),
            str(each["source"]),
            str(each["reviewed"]),
        )
        for each in rows
        if each["year"] == report.year and each["lang"] == report.lang
    ]
