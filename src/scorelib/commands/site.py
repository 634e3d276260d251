"""`scorelib site`: makes the site over all reports, if it is not up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scorelib.commands.options import project_folder, project_option, shown
from scorelib.commands.terminal import say

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["refresh", "site"]


@click.command()
@click.option("--force", is_flag=True, help="Make it also if it is up to date.")
@click.option("--explain", is_flag=True, help="Say why it is made.")
@project_option
def site(project: Path | None, *, force: bool, explain: bool) -> None:
    """Make the site over all reports that there are: reports/index.html.

    It finds, compares and offers as open data what `scorelib build` has made, which makes the site
    too when it makes all reports.
    """
    folder = project_folder(project)
    made = refresh(folder, force=force, explain=say if explain else None)
    say(made or f"the site is up to date, in {shown(folder / 'reports')}/")


def refresh(folder: Path, *, force: bool = False, explain: object = None) -> str:
    """Make the site if it is not as it should be, and say so; nothing if there was nothing to do."""
    from scorelib.site.manifests import read_manifests  # noqa: PLC0415 - light, but not for `--help`
    from scorelib.site.plan import changes, damage, inputs  # noqa: PLC0415

    manifests = read_manifests(folder / "reports")
    now = inputs(folder, manifests)
    broken = damage(folder / "reports")
    reasons = ["--force"] if force else [*changes(folder / "reports", now), *broken]
    if callable(explain):
        for reason in reasons:
            explain(f"    {reason}")
    if not reasons:
        return ""
    if broken:
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        say(f"warning: the site is made again: {broken[0]}{more}", err=True)
    from scorelib.site.make import make_site  # noqa: PLC0415 - pandas, only where something is made

    pages = make_site(folder, manifests, now)
    return f"site made, {pages} pages, {shown(folder / 'reports' / 'index.html')}"
