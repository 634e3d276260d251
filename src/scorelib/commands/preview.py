"""`scorelib preview`: shows a report that follows what is saved."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING

import click

from scorelib.commands.options import Words, languages, project_folder, project_option
from scorelib.commands.terminal import say, say_line

if TYPE_CHECKING:
    from pathlib import Path

    from scorelib.build.report import Report
    from scorelib.preview.maker import Made

__all__ = ["preview"]

USUAL = "nl"
"""The language that is shown first."""


@click.command()
@click.argument("organisation", metavar="ORG")
@click.argument("year", type=click.IntRange(1945, 2100))
@click.option(
    "--lang", type=Words(languages), help="Languages, such as nl,en, the first one shown; all if not given."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="A port; any that is free if not given."
)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@project_option
def preview(
    organisation: str,
    year: int,
    lang: tuple[str, ...] | None,
    port: int,
    *,
    no_browser: bool,
    project: Path | None,
) -> int:
    """Show a scorecard in the browser, and the new one whenever something is saved.

    It follows the notebook, the data, the texts and the theme. What goes wrong is shown in the page.
    Nothing is written in reports/. Ctrl-C ends it.
    """
    from scorelib.build.select import select  # noqa: PLC0415
    from scorelib.preview.live import Live  # noqa: PLC0415
    from scorelib.preview.pages import pages  # noqa: PLC0415
    from scorelib.serve.browser import open_page  # noqa: PLC0415
    from scorelib.serve.loopback import LoopbackServer  # noqa: PLC0415
    from scorelib.settings import Settings  # noqa: PLC0415

    folder = project_folder(project)
    found = {report.lang: report for report in select(folder, [organisation], year, lang or ())}
    order = lang or sorted(found, key=lambda code: code != USUAL)
    live = Live(folder, [found[code] for code in order], Settings.load(folder), _told)
    with LoopbackServer(pages(live), port=port) as server, contextlib.ExitStack() as stack:
        stack.callback(live.close)
        live.start()
        url = f"{server.url}{organisation}/{year}/{order[0]}/"
        try:
            say(url)
            say("Only who has this address can open it, on this machine. Ctrl-C ends the preview.")
            if not no_browser:
                stack.enter_context(open_page(url))
            threading.Event().wait()
        except KeyboardInterrupt:
            say("ended")
    return 0


def _told(report: Report, made: Made) -> None:
    """A line for each report that was made, or was not."""
    clock = time.strftime("%H:%M:%S")
    if made.result.error:
        say_line(f"{clock} {report}: failed: {made.result.error.splitlines()[0]}")
        return
    more = f" and {len(made.changed) - 3} more" if len(made.changed) > 3 else ""
    say_line(f"{clock} {report}: made in {made.seconds:.2f} s: {', '.join(made.changed[:3])}{more}")
