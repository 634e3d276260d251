"""`scorelib new`: makes a file to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from scorelib.commands.options import project_folder, project_option, shown

__all__ = ["new"]


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--template", type=click.Choice(["mopan"]), required=True, help="mopan: a workbook for scores.")
@click.option("--framework", default="3.1", show_default=True, help="The framework of the assessment.")
@click.option("--organisation", "-o", default="", help="Id of the organisation that was assessed.")
@project_option
def new(file: Path, template: str, framework: str, organisation: str, *, project: Path | None) -> int:  # noqa: ARG001 - one template so far
    """Make a workbook in which an assessment's scores are transcribed."""
    from scorelib.data.package import Package  # noqa: PLC0415
    from scorelib.data.sources.template import write_template  # noqa: PLC0415

    if file.suffix != ".xlsx":
        raise click.UsageError(f"{file} must end in .xlsx")
    package = Package.load(project_folder(project) / "data")
    count = write_template(package, framework, file, organisation=organisation)
    click.echo(f"{shown(file)}: {count} indicators of framework {framework}")
    click.echo(f"fill in both sheets, then run: scorelib import mopan-xlsx {shown(file)}")
    return 0
