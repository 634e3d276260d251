"""`scorelib build`: makes scorecards; what is asked for, and what became of it."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Literal

import click

from scorelib.commands.options import Words, languages, project_folder, project_option, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from scorelib.build.plan import Step
    from scorelib.build.report import Report
    from scorelib.build.run import Outcome

__all__ = ["build"]

FORMATS = ("html", "pdf")


@click.command()
@click.argument("organisations", metavar="[ORG]...", nargs=-1)
@click.option("--year", type=click.IntRange(1945, 2100), help="Only scorecards of this year.")
@click.option("--lang", type=Words(languages), help="Languages, such as nl,en; all if not given.")
@click.option(
    "--to",
    "formats",
    type=Words(lambda: FORMATS),
    default="html,pdf",
    show_default=True,
    help="What to make.",
)
@click.option("--jobs", "-j", type=click.IntRange(1, 256), help="Worker processes; one a core if not given.")
@click.option("--force", is_flag=True, help="Make them all, also those that are up to date.")
@click.option("--dry-run", is_flag=True, help="Only say which would be made.")
@click.option("--explain", is_flag=True, help="Say why each is made.")
@click.option("--prune", is_flag=True, help="Remove reports whose scorecard is no longer in the tables.")
@project_option
def build(
    organisations: tuple[str, ...],
    year: int | None,
    lang: tuple[str, ...] | None,
    formats: tuple[str, ...],
    *,
    project: Path | None,
    jobs: int | None,
    force: bool,
    dry_run: bool,
    explain: bool,
    prune: bool,
) -> int:
    """Make the scorecards that are not up to date, of some organisations or of all.

    Nothing is written unless all data that the scorecards need are right. A report that fails is
    named at the end and stops no other.
    """
    from scorelib.build.pool import default_jobs  # noqa: PLC0415
    from scorelib.build.run import build as make  # noqa: PLC0415
    from scorelib.build.run import prepare, select  # noqa: PLC0415

    folder = project_folder(project)
    reports = select(folder, organisations, year, lang or ())
    steps = prepare(folder, reports, formats, force=force)  # type: ignore[arg-type]  # checked words
    if explain or dry_run:
        _explain(steps, reasons="shown" if explain else "left out")
    _gone(folder, prune=prune and not dry_run)
    if dry_run:
        return 0
    stale = sum(step.stage != "fresh" for step in steps)
    with _progress(stale) as (begun, done):
        outcomes = make(folder, steps, formats, jobs=jobs or default_jobs(), begun=begun, done=done)  # type: ignore[arg-type]  # checked words
    failed = [outcome for outcome in outcomes if outcome.error]
    for outcome in failed:
        click.echo(f"\n{outcome.report} failed: {outcome.error}", err=True)
    fresh = f", {len(steps) - stale} up to date" if stale < len(steps) else ""
    made = f"{len(outcomes) - len(failed)} made, {len(failed)} failed{fresh}"
    click.echo(f"{made}, in {shown(folder / 'reports')}/")
    return 1 if failed else 0


def _gone(folder: Path, *, prune: bool) -> None:
    """Name the reports whose scorecard is gone, and remove them if that is asked for."""
    from scorelib.build.plan import vanished  # noqa: PLC0415
    from scorelib.build.publish import remove  # noqa: PLC0415
    from scorelib.build.run import select  # noqa: PLC0415

    for path in vanished(folder, select(folder)):
        if prune:
            remove(path)
            click.echo(f"removed {shown(path)}", err=True)
        else:
            click.echo(f"{shown(path)}: its scorecard is gone; --prune removes it", err=True)


def _explain(steps: Sequence[Step], *, reasons: Literal["shown", "left out"]) -> None:
    """A line for each report, and below it each reason."""
    words = {"fresh": "up to date", "render": "render", "execute": "execute and render"}
    for step in steps:
        click.echo(f"{step.report}: {words[step.stage]}")
        for reason in step.reasons if reasons == "shown" else ():
            click.echo(f"    {reason}")


@contextlib.contextmanager
def _progress(total: int) -> Iterator[tuple[Callable[[Report], None], Callable[[Outcome], None]]]:
    """A bar on a terminal; a line for each report elsewhere, as logs want them."""
    if not sys.stderr.isatty():

        def line(outcome: Outcome) -> None:
            click.echo(f"{'FAILED' if outcome.error else 'made'} {outcome.report}", err=True)

        yield (lambda _: None), line
        return
    from rich import progress  # noqa: PLC0415 - only on a terminal
    from rich.console import Console  # noqa: PLC0415

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)

        def begun(report: Report) -> None:
            bar.update(task, description=str(report))

        def done(outcome: Outcome) -> None:
            bar.print(f"{'[red]failed[/]' if outcome.error else '[green]made[/]  '} {outcome.report}")
            bar.advance(task)

        yield begun, done
