"""`scorelib check`: holds data and texts against their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scorelib.commands.options import project_folder, project_option
from scorelib.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["check"]


@click.command()
@project_option
def check(project: Path | None) -> int:
    """Hold all data and texts against their rules; every error at once."""
    from scorelib.check import check_project  # noqa: PLC0415

    folder = project_folder(project)
    result = check_project(folder)
    if result.findings:
        raise DataError(result.findings)
    click.echo(f"{result.tables} tables with {result.rows:,} rows and {result.texts} texts: no errors")
    return 0
