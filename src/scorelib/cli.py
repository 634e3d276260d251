"""The command line: finds the command, runs it, turns errors into messages and exit codes.

Each command is a module of `scorelib.commands`, imported when it is called: `scorelib --help` shows
their table and imports none.
"""

from __future__ import annotations

import importlib
import io
import keyword
import os
import re
import sys
from typing import TYPE_CHECKING

import click

from scorelib import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMMANDS", "EXIT_CODES", "cli", "run"]

COMMANDS = {
    "build": "Make the scorecards that are not up to date, of some organisations or of all.",
    "check": "Hold all data and texts, and the numbers in them, against their rules.",
    "doctor": "Say what this machine has and what will be used, and how to get what is missing.",
    "import": "Take publishers' files into the tables, and show what changes.",
    "kernel": "Offer the warm kernel, which starts at once, in JupyterLab and VS Code.",
    "lab": "Open the notebooks in JupyterLab.",
    "list": "Show every scorecard there is.",
    "trace": "Say where a number of a report comes from.",
    "verify": "Make reports again in a clean folder, and say which are the same.",
    "new": "Begin a scorecard: its row, and a file with hints for each text.",
    "preview": "Show a scorecard in the browser, and the new one whenever something is saved.",
    "serve": "Show the site that is there on this machine, until Ctrl-C.",
    "prepare": "Write the notebooks that `quarto render` takes, and publish what it made.",
    "site": "Make the site over all reports that there are: reports/index.html.",
    "status": "Show how each scorecard stands: what is missing, stale, unchecked, and what was made.",
}
"""What there is: the name of a module of `scorelib.commands`, and the line that ``--help`` shows."""


EXIT_CODES = {
    0: "done",
    1: "some report failed, or what was asked to be checked is not right",
    2: "wrong usage, or bad data; nothing was written",
    130: "interrupted; what was written is whole",
}
"""How every command ends."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give back its exit code; no error but a bug leaves a traceback."""
    said = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal cannot show is told by its numbers.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "0")
    if not re.fullmatch("[0-9]{1,11}", epoch):
        _say(f"SOURCE_DATE_EPOCH is {epoch!r}: write seconds since 1970, or unset it")
        return 2
    try:
        result = cli.main(args=list(said), standalone_mode=False, obj=said, terminal_width=_width())
    except click.exceptions.Exit as left:
        return left.exit_code
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted; every report and table is whole, the old one or the new one")
        return 130
    except click.ClickException as error:
        told = io.StringIO()
        error.show(told)
        _say(told.getvalue().rstrip("\n"))
        return 2
    except Exception as error:
        code = _told(error)
        if code is None:
            raise
        return code
    return result if isinstance(result, int) else 0


def _told(error: Exception) -> int | None:
    """Say what went wrong and give the exit code; None for a bug, which is to be loud."""
    from scorelib.errors import DataError, ScorelibError, UsageError  # noqa: PLC0415 - not for `--help`

    if isinstance(error, MemoryError):
        _say("there is not enough memory for this; close other programs, or make less at once")
        return 1
    if not isinstance(error, ScorelibError):
        return None
    _say(str(error))
    if isinstance(error, DataError):
        count = len(error.findings)
        _say(f"{count} error{'s' if count != 1 else ''} in the data; nothing was written")
    return 2 if isinstance(error, DataError | UsageError) else 1


def _say(text: str) -> None:
    """Print what went wrong, whatever it quotes."""
    from scorelib.commands.terminal import say  # noqa: PLC0415 - not for `--help`

    say(text, err=True)


def _width() -> int:
    """Columns for help, 80 at most as is Click's way; Click itself would import shutil to ask."""
    try:
        columns = int(os.environ.get("COLUMNS", "0")) or os.get_terminal_size().columns
    except (OSError, ValueError):
        columns = 80
    return max(min(columns, 80) - 2, 50)


class _Commands(click.Group):
    """Commands that are imported when they are called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        """Names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of a name."""
        if cmd_name not in COMMANDS:
            return None
        # No module can be called `import`: it and its function end with an underscore, as does `list_`.
        name = f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name
        module = importlib.import_module(f"scorelib.commands.{name}")
        found = getattr(module, cmd_name, None) or getattr(module, f"{cmd_name}_")
        assert isinstance(found, click.Command)  # noqa: S101 - a program error, if anything
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


HELP = """Scorecards of multilateral organisations, made from data.

\b
scorelib list                   what there is
scorelib check                  whether data and texts are right
scorelib build iom --year 2024  make a scorecard: reports/iom/2024/<lang>/
"""
EPILOG = "Exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items()) + "."


@click.group(
    cls=_Commands, help=HELP, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="scorelib", message="%(prog)s %(version)s")
def cli() -> None:
    """The `scorelib` command."""
