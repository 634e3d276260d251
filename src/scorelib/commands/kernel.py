"""`scorelib kernel`: offers the warm kernel in JupyterLab and VS Code."""

from __future__ import annotations

import click

from scorelib.commands.terminal import say

__all__ = ["kernel"]


@click.command()
@click.option("--user", is_flag=True, help="For this user in every environment, not in this one alone.")
@click.option("--remove", is_flag=True, help="Offer it no longer.")
def kernel(*, user: bool, remove: bool) -> None:
    """Offer the warm kernel, which starts at once, in JupyterLab and VS Code.

    It is called "scorelib (warm)" there. A notebook that was saved with it runs in a build as ever.
    """
    from scorelib.errors import ScorelibError  # noqa: PLC0415 - not for `--help`
    from scorelib.jupyter import kernel as kernels  # noqa: PLC0415

    try:
        if remove:
            gone = kernels.remove()
            say(f"removed {gone}" if gone else "it was not offered")
            return
        say(f"offered from {kernels.install('user' if user else 'environment')}")
    except OSError as error:
        message = f"cannot write {error.filename}: {error.strerror}; try `scorelib kernel --user`"
        raise ScorelibError(message) from error
