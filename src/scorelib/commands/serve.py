"""`scorelib serve`: shows the site on this machine, to whoever sits at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scorelib.commands.options import project_folder, project_option, shown
from scorelib.commands.terminal import say

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["serve"]


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="The port; any that is free if not given.")
@project_option
def serve(project: Path | None, *, port: int | None) -> None:
    """Show the site that is there on this machine, until Ctrl-C.

    It opens from disk as well; this is for seeing it as readers will, from a web server. Only this
    machine can reach it, at an address that nobody can guess.
    """
    import threading  # noqa: PLC0415 - not for `--help`

    from scorelib.errors import UsageError  # noqa: PLC0415
    from scorelib.serve.folder import folder_pages  # noqa: PLC0415
    from scorelib.serve.loopback import LoopbackServer  # noqa: PLC0415
    from scorelib.site.plan import FRONT  # noqa: PLC0415

    reports = project_folder(project) / "reports"
    if not (reports / FRONT).is_file():
        message = f"there is no site in {shown(reports)}/ yet; make it with `scorelib site`"
        raise UsageError(message)
    with LoopbackServer(folder_pages(reports), port=port or 0) as server:
        say(f"{server.url}\nCtrl-C ends it")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            say("ended", err=True)
