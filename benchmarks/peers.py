"""Other ways to make HTML of many notebooks, in a pool of as many processes as cores, beside ours.

Run as ``python -m benchmarks.peers WAY OUT ORGANISATION-YEAR-LANG…`` in a project, it is such a way.
"""

from __future__ import annotations

import os
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.contents import missing
from benchmarks.projects import ROOT, Report
from benchmarks.routes import NAIVE_NOTEBOOK, REPORTS_ALONE, build, pandoc
from benchmarks.table import Section, compared, unavailable
from benchmarks.timing import CORES, alternately, timed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.effort import Effort, Workshop

__all__ = ["WAYS", "measure"]

ROUNDS = 3
NOTES = (
    "HTML alone, since the others make no PDF. Ours: `scorelib build --force --to html`, with interactive "
    f"charts. Others: a script with a pool of {CORES} processes; their notebook is the one of the naive "
    "route. They are not incremental, and stop at the first error.",
    "reportsrender's template asks for scripts from the web, which it gets none of here.",
)
NO_WEB = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
"""A proxy that is not there: what a template loads from elsewhere is no part of the measurement."""


def measure(effort: Effort, workshop: Workshop) -> Section:
    """Time them all, by turns."""
    project, reports = workshop.batch(effort)
    names, lines = {}, []
    for way in WAYS:
        package = way.partition(" ")[0]
        try:
            names[way] = f"seconds per report, {way} ({package} {version(package)})"
        except PackageNotFoundError:
            lines.append(unavailable(f"seconds per report, {way}", f"{package} is not installed"))
    outs = {way: workshop.folder / way.partition(" ")[0] for way in names}
    commands = [_command(way, reports, outs[way]) for way in names]
    ours, *others = alternately(
        min(ROUNDS, effort.rounds),
        lambda: build(project, *REPORTS_ALONE, "--to", "html", "--jobs", str(CORES)),
        *(partial(timed, command, project, more=_environment()) for command in commands),
    )
    per = len(reports)
    for name, other in zip(names.values(), others, strict=True):
        lines.append(compared(name, ours.divided(per), other.divided(per)))
    checks = [_check(way, project, reports, out) for way, out in outs.items()]
    title = f"{per} reports, HTML alone, on {CORES} cores: against peers"
    return Section("peers", title, tuple(lines), (*NOTES, *checks))


def _command(way: str, reports: Sequence[Report], out: Path) -> list[str]:
    out.mkdir()
    names = ["/".join(map(str, report)) for report in reports]
    return [sys.executable, "-m", "benchmarks.peers", way, str(out), *names]


def _environment() -> dict[str, str]:
    path = f"{Path(pandoc()).parent}{os.pathsep}{os.environ['PATH']}"
    return {**NO_WEB, "PATH": path, "PYTHONPATH": str(ROOT)}


def _check(way: str, project: Path, reports: Sequence[Report], out: Path) -> str:
    lacking = [
        part
        for report in reports
        for part in missing(
            (report.folder(project) / "index.html").read_text("utf-8"),
            (out / f"{report.name}.html").read_text("utf-8"),
        )
    ]
    if lacking:
        return f"{way}: its pages lack {len(lacking)} parts of ours, such as {lacking[0]}."
    return (
        f"{way}: its {len(reports)} pages have every heading, every row of a table and every chart of ours."
    )


# --- the other ways ---------------------------------------------------------------------------


def _papermill(report: Report, out: Path) -> None:
    import nbconvert
    import papermill

    notebook = papermill.execute_notebook(
        f"notebooks/{NAIVE_NOTEBOOK}",
        str(out / f"{report.name}.ipynb"),
        parameters=report._asdict(),
        progress_bar=False,
    )
    page, _ = nbconvert.HTMLExporter(exclude_input=True).from_notebook_node(notebook)
    (out / f"{report.name}.html").write_text(page, "utf-8")


def _reportsrender(report: Report, out: Path) -> None:
    import reportsrender

    page = str(out / f"{report.name}.html")
    reportsrender.render_papermill(f"notebooks/{NAIVE_NOTEBOOK}", page, report._asdict())


WAYS: dict[str, Callable[[Report, Path], None]] = {
    "reportsrender": _reportsrender,
    "papermill API and nbconvert": _papermill,
}


def _main(way: str, out: str, *names: str) -> None:
    warnings.simplefilter("ignore")
    # Imported once: the pool's processes are forked from this one.
    import nbconvert  # noqa: F401
    import papermill  # noqa: F401

    reports = [Report(o, int(year), lang) for o, year, lang in (name.split("/") for name in names)]
    with ProcessPoolExecutor(CORES) as pool:
        done: list[Any] = [pool.submit(WAYS[way], report, Path(out)) for report in reports]
        for future in done:
            future.result()


if __name__ == "__main__":
    _main(*sys.argv[1:])
