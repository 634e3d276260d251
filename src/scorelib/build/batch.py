"""Renders the reports of a build through Quarto, all in one run of it; imports run and render's Quarto alone.

Workers execute the notebooks and give back what Quarto is to render. It is gathered in a folder outside
the project, which Quarto renders as a project of its own, and the workers are asked again to make
reports of what came of it, so that a report through Quarto is published as any other is.
"""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scorelib.build.report import EXECUTED
from scorelib.build.run import Built, Listener, Outcome, kept_notebook
from scorelib.render.foreign import foreign
from scorelib.render.quartorun import Run
from scorelib.scratch import new_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from scorelib.build.plan import Step
    from scorelib.build.report import Format, Report
    from scorelib.build.run import Work
    from scorelib.render.quartorun import Quarto, QuartoFormat

    Deliver = Callable[[Report, Mapping[str, bytes]], None]

__all__ = ["QUARTO_FORMATS", "Rendered", "draw", "finish", "named", "through"]

QUARTO_FORMATS: Mapping[Format, QuartoFormat] = {"html": "scorecard-html", "pdf": "scorecard-typst"}
AT_ONCE = 16
"""Reports whose rendered files are held in memory together."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A report that Quarto has rendered: its files, and the executed notebook that they came of."""

    step: Step
    files: Mapping[str, bytes]
    executed: bytes


def through(work: Work, *, quarto: Quarto) -> Built:
    """Execute, render with Quarto, publish: a route for `run.build`."""
    from scorelib.render.quartoproject import FOLDER, OUTPUT, set_up, write_files  # noqa: PLC0415

    formats = [QUARTO_FORMATS[name] for name in work.task.formats]
    with _folder() as around:
        folder, executed = around / "project", around / "executed"
        for made in (folder, executed):
            made.mkdir()
        set_up(folder, work.project, formats)

        def keep(report: Report, files: Mapping[str, bytes]) -> None:
            rest = dict(files)
            (executed / report.stem).write_bytes(rest.pop(EXECUTED))
            write_files(folder / FOLDER, rest)

        drawn = draw(work, partial(kept_notebook, work.project), keep)
        ready = {outcome.report: outcome for outcome in drawn.outcomes if not outcome.error}
        if work.stopped:
            return Built(drawn.failed, tuple(sorted([*drawn.left, *ready])))
        run = Run(quarto, folder, FOLDER, OUTPUT, formats)
        run.render([report.stem for report in ready])
        outcomes = list(drawn.failed)
        rendered: list[Rendered] = []
        for step in work.steps:
            if step.report in ready:
                files, error = _taken(run, step.report)
                if error:
                    seconds = ready[step.report].seconds
                    outcomes.append(Outcome(step.report, error, "rendering", seconds))
                    work.listener.done(outcomes[-1])
                else:
                    rendered.append(Rendered(step, files, (executed / step.report.stem).read_bytes()))
            if len(rendered) == AT_ONCE:
                outcomes += finish(work, rendered).outcomes
                rendered = []
        outcomes += finish(work, rendered).outcomes
    return Built(tuple(sorted(outcomes)), drawn.left)


def draw(work: Work, kept: Callable[[Step], bytes | None], deliver: Deliver) -> Built:
    """Have workers give back what Quarto is to render; only failures are told, as nothing is made yet."""

    def done(outcome: Outcome) -> None:
        if outcome.error:
            work.listener.done(outcome)

    futures = {
        work.workers.make(step, replace(work.task, kept=kept(step))): step.report for step in work.steps
    }
    return work.gather(futures, Listener(work.listener.begun, done, work.listener.stopping), deliver)


def finish(work: Work, rendered: Sequence[Rendered]) -> Built:
    """Have reports made of what Quarto rendered, and of their executed notebooks."""
    return work.gather(
        {
            work.workers.make(
                each.step, replace(work.task, kept=each.executed, rendered=each.files)
            ): each.step.report
            for each in rendered
        },
        Listener(done=work.listener.done),
    )


def named(report: Report, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What Quarto made, by the names that files of a report have."""
    names = {".html": "index.html", ".pdf": report.pdf}
    return {names[suffix]: content for suffix, content in files.items()}


def _taken(run: Run, report: Report) -> tuple[dict[str, bytes], str]:
    """What Quarto made of a report, or why there is nothing to publish."""
    if error := run.errors.get(report.stem, ""):
        return {}, f"Quarto cannot render it: {error}"
    files = named(report, run.files(report.stem))
    found = foreign(files["index.html"].decode("utf-8", "replace")) if "index.html" in files else []
    if found:
        shown = ", ".join(found[:3])
        return {}, f"its page would load {shown} from the network; look in _quarto.yml for what asks for it"
    return files, ""


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A folder outside the project; Quarto passes over what is below a name with a dot."""
    around = Path(new_folder())
    try:
        yield around
    finally:
        shutil.rmtree(around, ignore_errors=True)
