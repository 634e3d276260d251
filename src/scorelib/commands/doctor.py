"""`scorelib doctor`: says what this machine has."""

from __future__ import annotations

import click

from scorelib.commands.terminal import say

__all__ = ["doctor"]


@click.command()
def doctor() -> int:
    """Say what this machine has and what will be used, and how to get what is missing."""
    from scorelib.doctor import examine  # noqa: PLC0415

    worst = 0
    for line in examine():
        say(str(line))
        worst = max(worst, line.level)
    return 1 if worst > 1 else 0
