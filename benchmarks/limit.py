"""The same work in plain warm processes: every cell and every renderer, but no kernel, no papermill.

The bound that no way to run notebooks can pass; what lies above it is the price of isolation,
planning, checking and publishing.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from typing import TYPE_CHECKING, Any

from benchmarks.routes import REPORTS_ALONE, build
from benchmarks.table import Aim, Section, compared
from benchmarks.timing import CORES, SLOWS_PYTHON, Failed, Timings, alternately

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection
    from pathlib import Path

    from benchmarks.effort import Effort, Workshop
    from benchmarks.projects import Report

__all__ = ["Warm", "measure", "serve"]

LONGER = 3
"""How many times as many reports the longer build has."""
AIM = Aim("at most", 1.4, 1.2)
NOTES = (
    "Other: as many plain processes as cores, warm (each has made its reports before), run all cells of "
    "the notebook with IPython, read and number the document, draw, render, and write page, PDF, data.zip "
    "and notebook. No kernel, no papermill, no check of the data, no provenance, nothing flushed to disk.",
    "Ours: `scorelib build --force`, the whole command with all its starts. The second line leaves out what "
    f"it starts once: what {LONGER} times as many reports take longer, divided by how many more they are.",
)


def measure(effort: Effort, workshop: Workshop) -> Section:
    """Time both, by turns."""
    project, reports = workshop.batch(effort)
    out = workshop.folder / "limit"
    with Warm(project, reports, out) as warm:
        ours, limit = alternately(
            effort.rounds, lambda: build(project, *REPORTS_ALONE, "--jobs", str(CORES)), warm.make
        )
    whole = compared("seconds per report", ours.divided(len(reports)), limit.divided(len(reports)), AIM)
    line = compared("seconds per report once all has started", *_once_started(effort, workshop), AIM)
    pages = [(report.folder(project) / "index.html", out / f"{report.name}.html") for report in reports]
    same = sum(ours.read_bytes() == other.read_bytes() for ours, other in pages)
    title = f"{len(reports)} reports, HTML and PDF, on {CORES} cores: against the pure in-process limit"
    check = f"{same} of {len(pages)} pages are the same bytes in both."
    return Section("limit", title, (whole, line), (*NOTES, check))


def _once_started(effort: Effort, workshop: Workshop) -> tuple[Timings, Timings]:
    """Seconds of each further report, of ours and of the limit."""
    few, _ = workshop.batch(effort)
    many, reports = workshop.project("longer", LONGER * effort.batch)
    build(many, *REPORTS_ALONE)
    options = (*REPORTS_ALONE, "--jobs", str(CORES))
    longer, shorter = alternately(effort.rounds, lambda: build(many, *options), lambda: build(few, *options))
    more = [long - short for long, short in zip(longer.seconds, shorter.seconds, strict=True)]
    ours = Timings(tuple(more)).divided(len(reports) - effort.batch)
    with Warm(many, reports, workshop.folder / "longer-limit") as warm:
        limit = Timings(tuple(warm.make() for _ in range(effort.rounds)))
    return ours, limit.divided(len(reports))


class Warm:
    """Plain processes that have made all the reports once; as a context manager."""

    def __init__(
        self, project: Path, reports: Sequence[Report], out: Path, *, processes: int = CORES
    ) -> None:
        out.mkdir(exist_ok=True)
        for name in SLOWS_PYTHON:
            os.environ.pop(name, None)
        # Each imports everything itself; nothing is inherited from this process.
        context = multiprocessing.get_context("spawn")
        self._lines: list[Connection] = []
        self._processes = []
        for number in range(processes):
            ours, theirs = context.Pipe()
            # Languages of one scorecard fall to different processes, so that their loads are alike.
            part = list(reports)[number::processes]
            process = context.Process(target=serve, args=(project, part, out, theirs), daemon=True)
            process.start()
            theirs.close()
            self._lines.append(ours)
            self._processes.append(process)

    def __enter__(self) -> Warm:
        self.make()
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines:
            line.close()
        for process in self._processes:
            process.join()

    def make(self) -> float:
        """Seconds from the first process's start to the last one's end; all reports once."""
        for line in self._lines:
            line.send("go")
        try:
            spans = [line.recv() for line in self._lines]
        except EOFError:
            message = "a process of the in-process limit has died; what it said is above"
            raise Failed(message) from None
        return float(max(end for _, end in spans) - min(begin for begin, _ in spans))


def serve(project: Path, reports: Sequence[Report], out: Path, line: Connection) -> None:
    """Make all the reports whenever the other side says so, until it closes."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    os.chdir(project / "notebooks")
    make = _maker(project, out)
    while True:
        try:
            line.recv()
        except EOFError:
            return
        begin = time.monotonic()
        for report in reports:
            make(report)
        line.send((begin, time.monotonic()))


def _maker(project: Path, out: Path) -> Any:
    from IPython.core.interactiveshell import InteractiveShell
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    shell = InteractiveShell.instance()
    # What shows itself in a notebook looks for a shell when it is imported.
    from scorelib.build.make import render, written
    from scorelib.build.report import Report as Named
    from scorelib.build.report import Task
    from scorelib.data.export import data_zip
    from scorelib.document.number import numbered
    from scorelib.document.read import read
    from scorelib.execute.engine import clean
    from scorelib.render.charts import ChartDrawer

    drawer, task = ChartDrawer(), Task(("html", "pdf"), 300, None)
    notebook = load_notebook_node(str(project / "notebooks" / "scorecard.ipynb"))

    def make(report: Report) -> None:
        executed = clean(run(shell, parameterize_notebook(notebook, report._asdict())))
        card = shell.user_ns["card"]
        document = numbered(read(executed, lang=card.language.tag), card.language)
        others = [lang for lang in ("en", "nl") if lang != report.lang]
        files = render(document, card, Named(*report), task, drawer, others=others)
        (out / f"{report.name}.html").write_bytes(files["index.html"])
        (out / f"{report.name}.pdf").write_bytes(files[Named(*report).pdf])
        (out / f"{report.name}.zip").write_bytes(data_zip(card))
        (out / f"{report.name}.ipynb").write_bytes(written(executed))

    return make


def run(shell: Any, notebook: Any) -> Any:
    """A notebook's cells, run in this process, with what they showed as their outputs."""
    from IPython.core.displayhook import CapturingDisplayHook
    from nbformat.v4 import new_output

    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        shown: list[dict[str, Any]] = []
        # The shell's own trap puts the hook in place while a cell runs.
        shell.display_trap.hook = CapturingDisplayHook(shell, shown)
        shell.run_cell(cell.source, store_history=False).raise_error()
        cell.outputs = [new_output("execute_result", execution_count=None, **each) for each in shown]
    return notebook
