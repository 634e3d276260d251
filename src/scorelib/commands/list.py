"""`scorelib list`: shows every scorecard there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scorelib.commands.options import languages, project_folder, project_option
from scorelib.commands.terminal import say, say_json

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["list_"]


@click.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For machines: a list of objects.")
@project_option
def list_(as_json: bool, project: Path | None) -> None:  # noqa: FBT001 - click gives flags by name
    """Show every scorecard there is."""
    from scorelib.data.listing import listed  # noqa: PLC0415
    from scorelib.data.package import Package  # noqa: PLC0415

    folder = project_folder(project)
    rows = listed(Package.load(folder / "data"))
    codes = languages()
    if as_json:
        facts = [
            {
                "organisation": row["organisation"],
                "abbreviation": row["abbreviation"],
                "year": row["year"],
                "status": row["status"],
                "languages": list(codes),
                "made": [c for c in codes if _made(folder, row, c)],
            }
            for row in rows
        ]
        say_json(facts, indent=2)
        return
    lines = [("organisation", "year", "status", "made")]
    for row in rows:
        made = ", ".join(code for code in codes if _made(folder, row, code)) or "-"
        lines.append((str(row["organisation"]), str(row["year"]), str(row["status"]), made))
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    for line in lines:
        say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _made(folder: Path, row: dict[str, object], code: str) -> bool:
    report = folder / "reports" / str(row["organisation"]) / str(row["year"]) / code
    return (report / "provenance.json").exists()
