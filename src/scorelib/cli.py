"""The command line: parses, calls, prints; knows nothing of how anything is done.

What is heavy is imported in the command that needs it. Exit codes: 0 done; 1 some report failed;
2 wrong usage or bad data; 130 interrupted.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from scorelib import __version__
from scorelib.errors import DataError, ScorelibError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scorelib.build.plan import Step
    from scorelib.build.report import Report
    from scorelib.build.run import Outcome

__all__ = ["cli", "run"]

FORMATS = ("html", "pdf")


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give back its exit code; no error but a bug leaves a traceback."""
    try:
        result = cli.main(args=None if arguments is None else list(arguments), standalone_mode=False)
    except click.exceptions.Exit as left:
        return left.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; every report is whole, the old one or the new one", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except DataError as error:
        count = len(error.findings)
        click.echo(str(error), err=True)
        click.echo(f"{count} error{'s' if count != 1 else ''} in the data; nothing was written", err=True)
        return 2
    except UsageError as error:
        click.echo(str(error), err=True)
        return 2
    except ScorelibError as error:
        click.echo(str(error), err=True)
        return 1
    return result if isinstance(result, int) else 0


class _Words(click.ParamType[tuple[str, ...]]):
    """Words with commas between them, each one of those that are allowed."""

    name = "words"

    def __init__(self, allowed: Callable[[], Sequence[str]]) -> None:
        self.allowed = allowed

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Split and check."""
        if isinstance(value, tuple):
            return value
        words = tuple(dict.fromkeys(word.strip() for word in str(value).split(",") if word.strip()))
        for word in words:
            if word not in self.allowed():
                self.fail(f"{word!r} is not one of {', '.join(self.allowed())}", param, ctx)
        if not words:
            self.fail(f"name at least one of {', '.join(self.allowed())}", param, ctx)
        return words


def _languages() -> Sequence[str]:
    from scorelib.language import available  # noqa: PLC0415 - Babel is not for `--help`

    return available()


def _project(folder: Path | None) -> Path:
    from scorelib.data.package import find_project  # noqa: PLC0415

    return find_project(folder)


project_option = click.option(
    "--project",
    "-C",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder that holds data/; found upwards from here if not given.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="scorelib", message="%(prog)s %(version)s")
def cli() -> None:
    r"""Scorecards of multilateral organisations, made from data.

    \b
    scorelib list                   what there is
    scorelib check                  whether data and texts are right
    scorelib build iom --year 2024  make a scorecard: reports/iom/2024/<lang>/
    """


@cli.command()
@click.argument("organisations", metavar="[ORG]...", nargs=-1)
@click.option("--year", type=click.IntRange(1945, 2100), help="Only scorecards of this year.")
@click.option("--lang", type=_Words(_languages), help="Languages, such as nl,en; all if not given.")
@click.option(
    "--to",
    "formats",
    type=_Words(lambda: FORMATS),
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
    """Make the scorecards of some organisations, or of all, that are not up to date.

    Nothing is written unless all data that the scorecards need are right. A report that fails is
    named at the end and stops no other.
    """
    from scorelib.build.pool import default_jobs  # noqa: PLC0415
    from scorelib.build.run import build as make  # noqa: PLC0415
    from scorelib.build.run import prepare, select  # noqa: PLC0415

    folder = _project(project)
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
    click.echo(f"{made}, in {_shown(folder / 'reports')}/")
    return 1 if failed else 0


def _gone(folder: Path, *, prune: bool) -> None:
    """Name the reports whose scorecard is gone, and remove them if that is asked for."""
    from scorelib.build.plan import vanished  # noqa: PLC0415
    from scorelib.build.publish import remove  # noqa: PLC0415
    from scorelib.build.run import select  # noqa: PLC0415

    for path in vanished(folder, select(folder)):
        if prune:
            remove(path)
            click.echo(f"removed {_shown(path)}", err=True)
        else:
            click.echo(f"{_shown(path)}: its scorecard is gone; --prune removes it", err=True)


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


def _shown(path: Path) -> str:
    with contextlib.suppress(ValueError):
        return path.relative_to(Path.cwd()).as_posix()
    return path.as_posix()


@cli.command()
@project_option
def check(project: Path | None) -> int:
    """Hold all data and texts against their rules; every error at once."""
    from scorelib.check import check_project  # noqa: PLC0415

    folder = _project(project)
    result = check_project(folder)
    if result.findings:
        raise DataError(result.findings)
    click.echo(f"{result.tables} tables with {result.rows:,} rows and {result.texts} texts: no errors")
    return 0


@cli.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For machines: a list of objects.")
@project_option
def list_(as_json: bool, project: Path | None) -> None:  # noqa: FBT001 - click gives flags by name
    """Show every scorecard there is."""
    from scorelib.data.package import Package  # noqa: PLC0415
    from scorelib.data.scorecard import listed  # noqa: PLC0415

    folder = _project(project)
    rows = listed(Package.load(folder / "data"))
    languages = _languages()
    if as_json:
        facts = [
            {
                "organisation": row["organisation"],
                "abbreviation": row["abbreviation"],
                "year": row["year"],
                "status": row["status"],
                "languages": list(languages),
                "made": [c for c in languages if _made(folder, row, c)],
            }
            for row in rows
        ]
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    lines = [("organisation", "year", "status", "made")]
    for row in rows:
        made = ", ".join(code for code in languages if _made(folder, row, code)) or "-"
        lines.append((str(row["organisation"]), str(row["year"]), str(row["status"]), made))
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _made(folder: Path, row: dict[str, object], code: str) -> bool:
    report = folder / "reports" / str(row["organisation"]) / str(row["year"]) / code
    return (report / "provenance.json").exists()


@cli.command()
def doctor() -> int:
    """Say what this machine has and what will be used, and how to get what is missing."""
    from scorelib.doctor import examine  # noqa: PLC0415

    worst = 0
    for line in examine():
        click.echo(str(line))
        worst = max(worst, line.level)
    return 1 if worst > 1 else 0
