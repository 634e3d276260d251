"""Wakes processes that something has stopped; standard library alone, and nothing of ours.

A worker that got a SIGSTOP would never answer, and whoever waits for it has no time to go by: how long a
report takes, nobody knows before. So it goes on within two looks. A kernel is not among these: each of its
cells has a time limit, and what a cell stops is the cell's own business.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["Waker", "stopped", "wake"]

GLANCE = 1.0
"""Seconds between two looks; what is stopped at both, goes on."""
LOG = logging.getLogger(__name__)


class Waker:
    """Looks after some processes and their children until it is told to end.

    Parameters
    ----------
    ours
        Gives the numbers of the processes, which may change.
    """

    def __init__(self, ours: Callable[[], Iterable[int]]) -> None:
        self._ours = ours
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        before: set[int] = set()
        while not self._done.wait(GLANCE):
            found = {pid for pid in _family(self._ours()) if stopped(pid)}
            for pid in found & before:
                wake(pid, "of this build")
            before = found - before


def stopped(pid: int) -> bool:
    """Whether a process is there and was stopped, other than by a debugger."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0] == "T"
    except (OSError, IndexError):
        return False


def wake(pid: int, what: str) -> None:
    """Let a process go on, and say so; `what` tells which one it is."""
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGCONT)
        LOG.warning("process %d %s was stopped by a signal; it goes on", pid, what)


def _family(pids: Iterable[int]) -> Iterator[int]:
    for pid in pids:
        yield pid
        for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                yield from map(int, tasks.read_text("ascii").split())
