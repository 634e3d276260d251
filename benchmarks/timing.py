"""Runs commands and says how long they took; knows nothing of reports."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["CORES", "Failed", "Timings", "alternately", "environment", "program", "say", "timed"]

CORES = 2
"""Cores that everything measured may use; the aims are for so many."""
SLOWS_PYTHON = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONPROFILEIMPORTTIME", "PYTHONDEVMODE")
TAIL = 2000
"""Characters of what a command said that an error shows."""
WORTH_TELLING = 1.0


class Failed(Exception):  # noqa: N818 - what it says of a command
    """A command that is measured did not do its work, so its time says nothing."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds of several runs of the same thing."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def divided(self, parts: int) -> Timings:
        """The same runs, by part: seconds of a build into seconds per report."""
        return Timings(tuple(each / parts for each in self.seconds))

    def __str__(self) -> str:
        low, high = min(self.seconds), max(self.seconds)
        unit, factor, digits = ("ms", 1000, 1 if high < 0.1 else 0) if high < 1 else ("s", 1, 2)
        middle, low, high = (each * factor for each in (self.median, low, high))
        spread = f" ({low:.{digits}f}-{high:.{digits}f})" if len(self.seconds) > 1 else ""
        return f"{middle:.{digits}f} {unit}{spread}"


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of everything that is started: this one, with bytecode on."""
    kept = {name: value for name, value in os.environ.items() if name not in SLOWS_PYTHON}
    return {**kept, **(more or {})}


def program(name: str, python: str = sys.executable) -> str:
    """A program of the same environment as a Python."""
    return str(Path(python).parent / name)


def timed(
    arguments: Sequence[str], cwd: Path, *, more: Mapping[str, str] | None = None, expected: int = 0
) -> float:
    """Seconds that a command takes, from its start to its end.

    Raises
    ------
    Failed
        If it ends otherwise than expected; the message ends with what it said.
    """
    prepared = environment(more)
    began = time.perf_counter()
    done = subprocess.run(
        arguments, cwd=cwd, env=prepared, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    taken = time.perf_counter() - began
    if done.returncode != expected:
        tail = done.stdout.decode("utf-8", "replace")[-TAIL:]
        message = f"{' '.join(arguments)[:300]} ended with {done.returncode}:\n{tail}"
        raise Failed(message)
    return taken


def alternately(rounds: int, *tasks: Callable[[], float]) -> list[Timings]:
    """Do the tasks by turns, in turning order, so that a slow spell of the machine meets them all."""
    taken: list[list[float]] = [[] for _ in tasks]
    for number in range(rounds):
        order = list(enumerate(tasks))
        for index, task in reversed(order) if number % 2 else order:
            taken[index].append(task())
        if sum(each[-1] for each in taken) > WORTH_TELLING:
            say(f"  round {number + 1} of {rounds}: {', '.join(f'{each[-1]:.3f} s' for each in taken)}")
    return [Timings(tuple(each)) for each in taken]


def say(text: str) -> None:
    """Tell whoever waits what is being done."""
    print(text, file=sys.stderr, flush=True)
