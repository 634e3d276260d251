"""`scorelib import`: takes publishers' files into the tables; shows what would change before it writes."""

from __future__ import annotations

import datetime
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scorelib.commands.options import project_folder, project_option, shown
from scorelib.commands.terminal import say, say_line

if TYPE_CHECKING:
    from scorelib.data.sources.plan import Plan, Taken

__all__ = ["import_"]

SHOWN = 10
"""Rows that are shown of each kind of change in a table."""


class _Years(click.ParamType[frozenset[int]]):
    """Years with commas between them, or ranges of them: ``2019-2021,2023``."""

    name = "years"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> frozenset[int]:
        """Split and check."""
        years: set[int] = set()
        for part in str(value).split(","):
            found = re.fullmatch(r"\s*([0-9]{4})(?:\s*-\s*([0-9]{4}))?\s*", part)
            if not found:
                self.fail(f"{part!r} is no year; write such as 2023, 2019-2021 or 2019,2021", param, ctx)
            first, last = int(found[1]), int(found[2] or found[1])
            if not 1945 <= first <= last <= 2100:
                self.fail(f"{part!r} is not between 1945 and 2100, in this order", param, ctx)
            years |= set(range(first, last + 1))
        return frozenset(years)


HELP = """Take publishers' files into the tables, and show what changes.

\b
Sources:
  unsceb-government, unsceb-non-government, unsceb-revenue
  oecd-multi    OECD: members' total use of the multilateral system
  fif           World Bank: financial intermediary funds
  mopan-xlsx    a workbook of `scorelib new --template mopan`
  table         any CSV or Excel, with --mapping

Nothing is written unless every name is known and the tables that would come of it are right.
"""


@click.command(name="import", help=HELP)
@click.argument("source")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--organisation", "-o", "organisations", multiple=True, help="Only rows of these, by id; may be repeated."
)
@click.option("--year", "years", type=_Years(), help="Only rows of these years, such as 2023 or 2019-2021.")
@click.option("--edition", default="", help="Edition of the file; the years in it if not given.")
@click.option("--mapping", type=click.Path(path_type=Path), help="For table: what each column becomes.")
@click.option("--sheet", default="", help="The sheet of a workbook that has several.")
@click.option(
    "--numbers",
    type=click.Choice(["english", "dutch"]),
    help="How numbers are written, 1,234.5 or 1.234,5, where the file does not tell.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask before writing.")
@project_option
def import_(source: str, files: tuple[Path, ...], *, project: Path | None, **options: Any) -> int:
    """Import files, and show what changes."""
    from scorelib.data.sources.model import Request  # noqa: PLC0415
    from scorelib.data.sources.run import import_files  # noqa: PLC0415

    _known(source, options["mapping"])
    request = Request(
        organisations=frozenset(
            word for each in options["organisations"] for word in each.split(",") if word
        ),
        years=options["years"] or frozenset(),
        edition=options["edition"],
        style=options["numbers"],
        mapping=options["mapping"],
        sheet=options["sheet"],
    )
    folder = project_folder(project)
    asks = not (options["yes"] or options["dry_run"]) and sys.stdin.isatty() and sys.stdout.isatty()

    def agree(plan: Plan) -> bool:
        _show(plan)
        return not plan.changed() or not asks or click.confirm("Write these changes?")

    outcome = import_files(
        folder,
        source,
        files,
        request,
        today=datetime.datetime.now().astimezone().date(),
        agree=agree,
        dry_run=options["dry_run"],
    )
    if outcome.written:
        say(f"written: {', '.join(shown(path) for path in outcome.paths())}")
    elif outcome.plan.changed():
        say("nothing was written")
    else:
        say("nothing changes")
    return 0


def _known(source: str, mapping: Path | None) -> None:
    import difflib  # noqa: PLC0415

    from scorelib.data.sources import SOURCES  # noqa: PLC0415

    if source not in SOURCES:
        near = difflib.get_close_matches(source, SOURCES, 1)
        meant = f"; did you mean {near[0]}?" if near else "."
        message = f"there is no source {source!r}{meant} There are: {', '.join(SOURCES)}"
        raise click.UsageError(message)
    if (source == "table") != (mapping is not None):
        message = (
            "--mapping belongs to the source table" if mapping else "the source table needs --mapping FILE"
        )
        raise click.UsageError(message)


def _show(plan: Plan) -> None:
    """Say what became of each file, and what changes in each table."""
    from scorelib.data.sources.difference import differences  # noqa: PLC0415

    for taken in plan.taken:
        _tell(taken)
    for change in differences(plan, SHOWN):
        say(f"\n{change.title}")
        for line in change.lines:
            say_line(f"  {line}")
    say("")


def _tell(taken: Taken) -> None:
    tally = taken.tally
    edition = f", edition {taken.edition}" if taken.edition else ""
    say(f"{taken.file}{edition}, sha256 {taken.sha256[:12]}…, source {taken.source or 'none'}")
    made = ", ".join(f"{rows:,} rows of {table}" for table, rows in taken.rows.items())
    say(f"  read      {tally.read:>10,}")
    say(f"  taken     {tally.taken:>10,}  into {made}")
    say(f"  left out  {tally.read - tally.taken:>10,}")
    for reason, records in sorted(tally.left.items(), key=lambda each: -each[1]):
        say(f"            {records:>10,}  {reason}")
    for note in tally.notes:
        say(f"  note: {note}")
