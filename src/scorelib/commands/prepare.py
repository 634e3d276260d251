"""`scorelib prepare`: writes what `quarto render` renders, and publishes what it has rendered."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from scorelib.commands.options import project_folder, project_option, shown
from scorelib.commands.terminal import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scorelib.build.here import Here
    from scorelib.build.report import Format, Task
    from scorelib.build.run import Built
    from scorelib.render.quartorun import Quarto

__all__ = ["prepare"]

HELP = """Write the notebooks that `quarto render` takes, and publish what it made.

\b
quarto render              every scorecard; it calls this before and after by itself
scorelib prepare           write the notebooks in build/, such as before `quarto preview`
scorelib prepare --publish put what Quarto has rendered into reports/
"""


@click.command(help=HELP)
@click.option("--publish", is_flag=True, help="Put what Quarto has rendered into reports/.")
@project_option
def prepare(*, publish: bool, project: Path | None) -> int:
    """Write the notebooks, or publish what came of them."""
    from scorelib.render.quartorun import find  # noqa: PLC0415

    folder = project_folder(project)
    quarto = find()
    return _publish(folder, quarto) if publish else _write(folder, quarto)


def _ended(built: Built) -> int:
    for outcome in built.failed:
        say(f"{outcome.report} failed: {outcome.error}", err=True)
    return 130 if built.left else 1 if built.failed else 0


def _write(folder: Path, quarto: Quarto | None) -> int:
    from scorelib.build import notebooks  # noqa: PLC0415
    from scorelib.build.run import Built, build  # noqa: PLC0415
    from scorelib.build.select import prepare as plan  # noqa: PLC0415
    from scorelib.build.select import select  # noqa: PLC0415

    reports = select(folder)
    steps = plan(folder, reports, ("html", "pdf"), renderer=_key(quarto))
    todo = notebooks.stale(folder, steps)
    built = Built()
    if todo:
        workers, task = _means(folder, quarto)
        built = build(folder, todo, task, workers, route=notebooks.write_notebooks)
    errors = {outcome.report: outcome.error for outcome in built.failed}
    # What is there of a report that failed, or that is no more, is of before.
    notebooks.drop(folder, [report for report in reports if report not in errors])
    notebooks.remember_failed(folder, {str(report): error for report, error in errors.items()})
    made = len(built.outcomes) - len(errors)
    say(f"{made} written, {len(steps) - len(todo)} up to date, in {shown(folder / 'build')}/", err=True)
    code = _ended(built)
    # Quarto would end here and render none of the others; publishing ends with what failed.
    goes_on = "QUARTO_PROJECT_OUTPUT_DIR" in os.environ and len(errors) < len(reports)
    return 0 if code == 1 and goes_on else code


def _publish(folder: Path, quarto: Quarto | None) -> int:
    from scorelib.build import notebooks  # noqa: PLC0415
    from scorelib.build.run import Built, build  # noqa: PLC0415
    from scorelib.build.select import prepare as plan  # noqa: PLC0415
    from scorelib.build.select import select  # noqa: PLC0415

    everything = select(folder)
    found = notebooks.made_by_quarto(folder, everything)
    built = Built()
    for formats in sorted({notebooks.formats_of(files) for files in found.values()}):
        made = {report: files for report, files in found.items() if notebooks.formats_of(files) == formats}
        steps = plan(folder, sorted(made), formats, renderer=_key(quarto), force=True, among=everything)
        # What was executed is there, and its texts were checked before it was.
        steps = [replace(step, stage="render") for step in steps]
        workers, task = _means(folder, quarto, formats)
        part = build(folder, steps, task, workers, route=partial(notebooks.publish_made, made=made))
        built = Built((*built.outcomes, *part.outcomes), (*built.left, *part.left))
    made_count = len(built.outcomes) - len(built.failed)
    say(f"{made_count} published, in {shown(folder / 'reports')}/", err=True)
    before = notebooks.failed_before(folder)
    for report, error in sorted(before.items()):
        say(f"{report} failed: {error}", err=True)
    return _ended(built) or (1 if before else 0)


def _key(quarto: Quarto | None) -> str:
    # Without Quarto the notebooks can be written all the same, such as for another machine.
    return f"quarto {quarto.version if quarto else 'of unknown version'}"


def _means(
    folder: Path, quarto: Quarto | None, formats: Sequence[Format] = ("html", "pdf")
) -> tuple[partial[Here], Task]:
    from scorelib.build.here import Here  # noqa: PLC0415
    from scorelib.build.report import Task  # noqa: PLC0415
    from scorelib.build.vcs import commit_of  # noqa: PLC0415
    from scorelib.settings import Settings  # noqa: PLC0415

    settings = Settings.load(folder)
    task = Task(
        tuple(formats),
        settings.cell_timeout,
        settings.memory_limit,
        commit=commit_of(folder),
        renderer="quarto",
        standards=quarto.standards if quarto else ("ua-1",),
    )
    return partial(Here, folder, settings.jobs), task
