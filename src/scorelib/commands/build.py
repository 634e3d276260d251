"""`scorelib build`: makes scorecards; what is asked for, and what became of it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from scorelib.commands.built import gone, stale, tell, tell_damage, tell_reasons, warn
from scorelib.commands.options import Words, languages, project_folder, project_option, shown
from scorelib.commands.terminal import say
from scorelib.errors import DataError, ScorelibError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scorelib.build.plan import Step
    from scorelib.build.report import Report
    from scorelib.build.run import Built, Workers
    from scorelib.commands.progress import Style
    from scorelib.render.quartorun import Choice, Wanted
    from scorelib.settings import Settings

__all__ = ["build"]

FORMATS = ("html", "pdf")


class _Shard(click.ParamType[tuple[int, int]]):
    """One of several parts, such as 2/4."""

    name = "i/n"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Split and check."""
        found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", str(value))
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            self.fail(f"{value!r} is no part; write 2/4 for the second of four", param, ctx)
        return int(found[1]), int(found[2])


class _Size(click.ParamType[int]):
    """Bytes, such as 2GiB; 0 stands for none."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the number and its unit."""
        from scorelib.settings import parse_size  # noqa: PLC0415

        try:
            return parse_size(str(value)) or 0
        except ValueError as error:
            self.fail(str(error), param, ctx)


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
@click.option(
    "--renderer",
    type=click.Choice(["auto", "quarto", "embedded"]),
    default="auto",
    show_default=True,
    envvar="SCORELIB_RENDERER",
    help="What renders them; auto is Quarto where it is and can.",
)
@click.option("--jobs", "-j", type=click.IntRange(1, 256), help="Worker processes; one a core if not given.")
@click.option("--cell-timeout", type=click.IntRange(1, 604_800), help="Seconds that one cell may take.")
@click.option(
    "--memory-limit", type=_Size(), help="What one kernel may take, such as 2GiB; none for no limit."
)
@click.option("--shard", type=_Shard(), help="Make only one of several equal parts, such as 2/4.")
@click.option("--scheduler", metavar="ADDRESS", help="Make them on a dask cluster, such as tcp://host:8786.")
@click.option(
    "--final", is_flag=True, help="For publishing: refuse drafts and open findings, write checksums."
)
@click.option(
    "--sign",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="KEY",
    help="With --final: sign the checksums with this Ed25519 key of OpenSSH.",
)
@click.option("--force", is_flag=True, help="Make them all, also those that are up to date.")
@click.option("--dry-run", is_flag=True, help="Only say which would be made.")
@click.option("--key", is_flag=True, help="Only print one hash over all that they rest on, for a cache.")
@click.option("--explain", is_flag=True, help="Say why each is made.")
@click.option("--prune", is_flag=True, help="Remove reports whose scorecard is no longer in the tables.")
@click.option("--json", "machine", is_flag=True, help="For machines: an event a line.")
@project_option
def build(
    organisations: tuple[str, ...],
    year: int | None,
    lang: tuple[str, ...] | None,
    formats: tuple[str, ...],
    renderer: Wanted,
    *,
    project: Path | None,
    shard: tuple[int, int] | None,
    scheduler: str | None,
    final: bool,
    sign: Path | None,
    force: bool,
    dry_run: bool,
    key: bool,
    explain: bool,
    prune: bool,
    machine: bool,
    **limits: int | None,
) -> int:
    """Make the scorecards that are not up to date, of some organisations or of all.

    Nothing is written unless all data that the scorecards need are right. A report that fails is
    named at the end and stops no other.
    """
    from scorelib.build import quick, watch  # noqa: PLC0415
    from scorelib.build.select import prepare, select  # noqa: PLC0415
    from scorelib.build.select import shard as part  # noqa: PLC0415
    from scorelib.commands.progress import emit, style_for  # noqa: PLC0415
    from scorelib.render.quartorun import checked, choose  # noqa: PLC0415

    _fit(final=final, sign=sign)
    style = style_for(machine=machine)
    choice = choose(renderer, formats)
    folder = project_folder(project)
    _get_ready(folder, make=not (key or dry_run or scheduler))
    rests_on = watch.inputs(folder)
    before = quick.fingerprint(rests_on)
    try:
        everything = select(folder, organisations, year, lang or ())
        reports = part(everything, *shard) if shard else everything
        planned = partial(prepare, folder, reports, formats, force=force, among=everything)  # type: ignore[arg-type]  # checked words
        steps = planned(renderer=choice.key)
        if stale(steps) and not (key or dry_run):
            before_use, choice = choice, checked(choice, renderer)
            steps = steps if choice is before_use else planned(renderer=choice.key)
            warn(choice, style)
        steps = _releasable(folder, steps) if final else steps
        tell_damage(folder, steps, style, mend=not (key or dry_run))
        if key or explain or dry_run:
            tell_reasons(steps, style, "key" if key else "reasons" if explain else "stages")
        vanished = gone(folder, style, prune=prune and not (key or dry_run))
        if key or dry_run:
            return 0
        settings = _settings(folder, limits)
        built = None
        if stale(steps):
            built = _build(folder, steps, formats, settings, choice, scheduler=scheduler, style=style)
    except DataError as error:
        if style != "json":
            raise
        for finding in error.findings:
            emit("invalid", place=f"{finding.file}:{finding.row}:{finding.column}", problem=str(finding))
        return 2
    told = tell(folder, steps, built, style)
    _seal(folder, reports if final and not (built and (built.failed or built.left)) else (), sign)
    site = (
        _site(folder, style) if not (organisations or year or lang or shard or (built and built.left)) else ""
    )
    plain = not (vanished or final or shard or scheduler or explain or prune or force or machine or project)
    done = built is None or not (built.failed or built.left)
    if plain and done and site != "failed":
        arguments = click.get_current_context().find_root().obj
        if quick.fingerprint(rests_on) == before and watch.settled(rests_on):
            made = [*watch.outputs(folder, reports), *_site_files(folder, site)]
            quick.remember(str(folder), arguments, told, [*rests_on, *made])
    return 130 if built and built.left else 1 if (built and built.failed) or site == "failed" else 0


def _get_ready(folder: Path, *, make: bool) -> None:
    """Start what kernels are forked from: until it is ready, there is time to find out what is to be made."""
    if make:
        from scorelib.execute.engine import begin  # noqa: PLC0415

        begin(folder / "data")


def _fit(*, final: bool, sign: Path | None) -> None:
    if sign and not final:
        message = "--sign signs the checksums of a release; add --final"
        raise click.UsageError(message)
    if sign and not sign.is_file():
        message = f"{sign} is no file; name a key of OpenSSH"
        raise click.UsageError(message)


def _releasable(folder: Path, steps: Sequence[Step]) -> list[Step]:
    """The same steps, if all of them may be released; what was made without a clean commit is made again."""
    from dataclasses import replace  # noqa: PLC0415

    from scorelib.build.vcs import commit_of  # noqa: PLC0415
    from scorelib.trust.release import obstacles, unclean  # noqa: PLC0415

    found = obstacles(folder, [step.report for step in steps], commit_of(folder))
    if found:
        listed = "".join(f"\n  {each}" for each in found)
        message = f"these reports are not ready to be released; nothing was made:{listed}"
        raise UsageError(message)
    reason = ("it was made without a commit, or from inputs that differed from it",)
    return [
        replace(step, stage="render", reasons=reason)
        if step.stage == "fresh" and unclean(folder, step.report)
        else step
        for step in steps
    ]


def _seal(folder: Path, reports: Sequence[Report], key: Path | None) -> None:
    if not reports:
        # Most builds seal nothing, and need nothing of what that takes.
        return
    from scorelib.trust.release import seal  # noqa: PLC0415

    def passphrase() -> str:
        return str(click.prompt(f"Passphrase of {key}", hide_input=True, err=True))

    for path in seal(folder, reports, key, passphrase):
        say(f"wrote {shown(path)}", err=True)


def _site(folder: Path, style: Style) -> Literal["there", "failed"]:
    """Make the site, once for all reports, if it is not up to date; reports stay if it cannot be made."""
    from scorelib.commands.progress import emit  # noqa: PLC0415
    from scorelib.commands.site import refresh  # noqa: PLC0415

    try:
        made = refresh(folder)
    except ScorelibError as error:
        if style == "json":
            emit("site", state="failed", error=str(error))
        else:
            say(f"\nthe site failed: {error}", err=True)
        return "failed"
    if style == "json":
        emit("site", state="made" if made else "fresh")
    elif made:
        say(made)
    return "there"


def _site_files(folder: Path, site: str) -> list[str]:
    from scorelib.site.plan import outputs  # noqa: PLC0415

    return outputs(folder / "reports") if site else []


def _settings(folder: Path, limits: dict[str, int | None]) -> Settings:
    """What the project sets, and above it what the command line says."""
    from scorelib.settings import Settings  # noqa: PLC0415

    given: dict[str, Any] = {name: value for name, value in limits.items() if value is not None}
    if given.get("memory_limit") == 0:
        given["memory_limit"] = None
    return replace(Settings.load(folder), **given)


def _build(
    folder: Path,
    steps: Sequence[Step],
    formats: Sequence[str],
    settings: Settings,
    choice: Choice,
    *,
    scheduler: str | None,
    style: Style,
) -> Built:
    from scorelib.build.here import Here  # noqa: PLC0415
    from scorelib.build.report import Task  # noqa: PLC0415
    from scorelib.build.run import build as make  # noqa: PLC0415
    from scorelib.build.select import select  # noqa: PLC0415
    from scorelib.build.status import entry, write_status  # noqa: PLC0415
    from scorelib.build.vcs import commit_of  # noqa: PLC0415
    from scorelib.commands.progress import emit, listening  # noqa: PLC0415

    def workers(reports: int) -> Workers:
        if scheduler is None:
            return Here(folder, settings.jobs, reports)
        from scorelib.build.cluster import Cluster  # noqa: PLC0415 - an extra

        return Cluster(folder, scheduler)

    task = Task(
        tuple(formats),  # type: ignore[arg-type]  # checked words
        settings.cell_timeout,
        settings.memory_limit,
        commit=commit_of(folder),
    )
    route = None
    if choice.quarto is not None:
        from scorelib.build.batch import through  # noqa: PLC0415 - only where it is used

        task = replace(task, renderer="quarto", standards=choice.quarto.standards)
        route = partial(through, quarto=choice.quarto)
    if style == "json":
        emit("plan", reports=len(steps), stale=stale(steps))
    with listening(stale(steps), style) as listener:
        built = make(folder, steps, task, workers, listener, route=route)
        news = [entry(step.report, "fresh") for step in steps if step.stage == "fresh"]
        news += [entry(report, "left") for report in built.left]
        for outcome in built.outcomes:
            state = "failed" if outcome.error else "made"
            news.append(
                entry(outcome.report, state, error=outcome.error, kind=outcome.kind, seconds=outcome.seconds)
            )
        try:
            write_status(folder / "reports", news, select(folder))
        except ScorelibError as error:
            say(str(error), err=True)
    return built
