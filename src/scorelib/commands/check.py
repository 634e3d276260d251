"""`scorelib check`: holds data and texts against their rules, and says what it found."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from scorelib.commands.options import project_folder, project_option
from scorelib.commands.terminal import plain, say, say_json
from scorelib.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scorelib.check import Checked
    from scorelib.errors import Diagnostic

__all__ = ["check"]

WIDE = 110
"""Columns of a terminal from which places have a column of their own."""
COLOURS = {"error": "red", "warning": "yellow", "note": "blue"}


@click.command()
@click.argument("organisations", metavar="[ORG]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="For machines: counts and a list of findings.")
@click.option("--sarif", "as_sarif", is_flag=True, help="For code review: SARIF 2.1.0.")
@project_option
def check(organisations: tuple[str, ...], *, project: Path | None, as_json: bool, as_sarif: bool) -> int:
    """Hold all data and texts, and the numbers in them, against their rules.

    With organisations, only what was found in their texts and rows is told; errors of the data always are.

    \b
    error    must be mended: a number contradicts the data, or its own parts
    warning  must be looked at: a number that nothing backs, a chapter in one language alone
    note     is to be known: a negative amount, a report without scores

    Exit codes: 0 no errors; 1 errors in the texts; 2 errors in the data, and then nothing else is told.
    On a terminal it is a table, the gravest first; elsewhere a line for each finding.
    """  # noqa: D301 - Click's sign for lines that stay as they are
    from scorelib.check import check_project  # noqa: PLC0415

    if as_json and as_sarif:
        message = "--json and --sarif are two ways to write the same; choose one"
        raise click.UsageError(message)
    checked = check_project(project_folder(project), organisations)
    if as_json or as_sarif:
        _write(checked, sarif=as_sarif)
    elif checked.errors and not sys.stdout.isatty():
        raise DataError(checked.errors)
    else:
        _tell(checked)
    if checked.errors:
        return 2
    return 1 if any(each.severity == "error" for each in checked.findings) else 0


def _write(checked: Checked, *, sarif: bool) -> None:
    from scorelib import __version__  # noqa: PLC0415
    from scorelib.check.show import to_json, to_sarif  # noqa: PLC0415

    content = to_sarif(checked, __version__) if sarif else to_json(checked)
    say_json(content, indent=2)


def _tell(checked: Checked) -> None:
    """A table on a terminal; a line for each finding elsewhere, as editors and logs want them."""
    from scorelib.check.show import everything, summary  # noqa: PLC0415

    found = everything(checked)
    if found and sys.stdout.isatty():
        _table(found)
    else:
        for each in found:
            say(str(each))
    say(summary(checked))


def _table(found: Sequence[Diagnostic]) -> None:
    from rich import box  # noqa: PLC0415 - only on a terminal
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console()
    wide = console.width >= WIDE
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Severity")
    if wide:
        table.add_column("Place", overflow="fold", max_width=44)
    table.add_column("What was found, and what to do", overflow="fold")
    for each in found:
        told = Text()
        if not wide:
            # Beside a column for places, little is left for words.
            told.append(f"{plain(each.place)}\n", style="underline")
        if each.value:
            told.append(f"‘{plain(each.value)}’ ", style="bold")
        told.append(f"{plain(each.problem)}\n")
        told.append(f"→ {plain(each.remedy)}", style="dim")
        kind = Text(f"{each.severity}\n{each.rule}", style=COLOURS[each.severity])
        # A text of rich's own: of a plain one, it would take [red] or [link=…] for its marks.
        table.add_row(*((kind, Text(plain(each.place)), told) if wide else (kind, told)))
    console.print(table)
