"""`scorelib lab`: opens the notebooks in JupyterLab."""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import TYPE_CHECKING

import click

from scorelib.commands.options import project_folder, project_option

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["lab"]


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", metavar="[OPTIONS OF JUPYTERLAB]...", nargs=-1, type=click.UNPROCESSED)
@project_option
def lab(arguments: tuple[str, ...], project: Path | None) -> None:
    """Open the notebooks in JupyterLab.

    What follows goes to JupyterLab, such as --no-browser. Ctrl-C ends it.
    """
    notebooks = project_folder(project) / "notebooks"
    if importlib.util.find_spec("jupyterlab") is None:
        from scorelib.errors import UsageError  # noqa: PLC0415 - not for `--help`

        line = f"{sys.executable} -m pip install 'jupyterlab>=4.4'"
        raise UsageError(f"JupyterLab is not installed; install it with: {line}")
    # In our place: it asks at Ctrl-C, and its exit code is ours.
    os.execv(sys.executable, [sys.executable, "-P", "-m", "jupyterlab", str(notebooks), *arguments])  # noqa: S606
