"""`scorelib trace`: says where a number of a report comes from, in plain words."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from scorelib.commands.options import project_folder, project_option
from scorelib.commands.terminal import say, say_json

if TYPE_CHECKING:
    from pathlib import Path

    from scorelib.build.report import Report
    from scorelib.trust.trace import Line, Trail

__all__ = ["trace"]


class _Name(click.ParamType["Report"]):
    """A report, such as iom/2024/nl."""

    name = "report"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Report:
        """Split and check."""
        from scorelib.build.report import Report  # noqa: PLC0415
        from scorelib.commands.options import languages  # noqa: PLC0415

        parts = str(value).strip("/").split("/")
        if len(parts) != 3 or not parts[1].isdecimal() or parts[2] not in languages():
            self.fail(f"{value!r} is no report; write it as iom/2024/nl", param, ctx)
        return Report(parts[0], int(parts[1]), parts[2])


@click.command()
@click.argument("number")
@click.option("--report", type=_Name(), required=True, metavar="REPORT", help="Which report: iom/2024/nl.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@project_option
def trace(number: str, *, report: Report, as_json: bool, project: Path | None) -> int:
    """Say where a number of a report comes from.

    Its rows, how it was worked out from them, their publisher and date. NUMBER is written as
    the report has it, such as "USD 62,2 mln.", "62,2" or "6e"; 62 finds
    62,2 if nothing reads exactly 62. A word will do too.

    Exit codes: 0 found; 1 not found; 2 the report is not made.
    """
    from scorelib.trust.trace import trace  # noqa: PLC0415

    trails = trace(project_folder(project), report, number)
    if as_json:
        content = {"report": str(report), "number": number, "places": [asdict(each) for each in trails]}
        say_json(content, indent=2)
        return 0 if trails else 1
    if not trails:
        say(f"{report} has no number that reads {number}, or rounds to it", err=True)
        return 1
    if not trails[0].exact:
        say(f"nothing in {report} reads exactly {number}; these round to it\n")
    for text, group in _grouped(trails).items():
        _tell(text[0], group)
    return 0


def _grouped(trails: list[Trail]) -> dict[tuple[str, str], list[Trail]]:
    """Trails that say the same, at whatever places."""
    groups: dict[tuple[str, str], list[Trail]] = {}
    for each in trails:
        groups.setdefault((each.text, f"{each.how}{each.columns}{each.rows}"), []).append(each)
    return groups


def _tell(text: str, group: list[Trail]) -> None:
    say(text)
    for place in dict.fromkeys(each.place for each in group):
        say(f"  stands in {place}")
    first = group[0]
    if not first.how:
        say("  typed by hand: no row of the data stands behind it; `scorelib check` holds it against them\n")
        return
    from scorelib.document.origin import cut  # noqa: PLC0415

    columns = f": {' + '.join(first.columns)}" if first.columns else ""
    say(f"  {first.how[0].lower()}{first.how[1:]}{columns}")
    for table, rows in first.rows.items():
        lines = [line for line in first.lines if line.table == table]
        say(f"  {table}.csv in its data.zip, row{'' if rows.isdigit() else 's'} {rows}")
        for line in lines:
            say(f"    {_row(line, first.columns)}")
        if (more := sum(1 for _ in cut(rows)) - len(lines)) > 0:
            say(f"    and {more} more")
        for source in dict.fromkeys(line.source for line in lines if line.source):
            say(f"    source: {source}")
    say("")


def _row(line: Line, columns: tuple[str, ...]) -> str:
    """A row in short: its key, and the cells that count."""
    unsaid = {"source", "organisation", "note", "url", "licence", "file", "sha256"}
    amounts = {"assessed", "unearmarked", "earmarked", "other"}
    shown = {
        name: value
        for name, value in line.values.items()
        if value and name not in unsaid and (name not in amounts or name in columns)
    }
    cells = ", ".join(f"{name} {value}" for name, value in shown.items())
    place = f"data/{line.table}.csv:{line.line}" if line.line else f"row {line.row}, not in the data any more"
    return f"{place}: {cells}"
