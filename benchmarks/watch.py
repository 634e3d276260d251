"""Watches the memory of a command and of every process below it, from /proc; changes nothing."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from benchmarks.timing import TAIL, Failed, environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Role", "Watched", "below", "role", "watched"]

Role = Literal["coordinator", "worker", "kernel", "drawing", "other"]

INTERVAL = 0.1
MIB = 1024**2
PAGE = os.sysconf("SC_PAGE_SIZE")
MARKS: tuple[tuple[str, Role], ...] = (
    ("svgworker", "drawing"),
    ("ipykernel", "kernel"),
    ("scorelib.execute", "kernel"),
    ("scorelib/execute", "kernel"),
    ("multiprocessing.forkserver", "worker"),
    ("multiprocessing.spawn", "worker"),
)
"""What the command line of a process says of it; what is forked has that of its parent."""


@dataclass
class Watched:
    """What a command took: seconds, and MiB of resident memory over time."""

    seconds: float = 0.0
    coordinator: list[float] = field(default_factory=list)
    workers: list[float] = field(default_factory=list)
    """The largest of them at each look."""
    peaks: dict[Role, float] = field(default_factory=dict)

    said: str = ""

    @property
    def early(self) -> float:
        """The coordinator's most in the second quarter of its time; the first is for reading and planning."""
        quarter = len(self.coordinator) // 4
        return max(self.coordinator[quarter : 2 * quarter], default=0.0)

    @property
    def late(self) -> float:
        """The coordinator's most in the last quarter of its time."""
        quarter = len(self.coordinator) // 4
        return max(self.coordinator[3 * quarter :], default=0.0)


def watched(arguments: Sequence[str], cwd: Path, *, more: Mapping[str, str] | None = None) -> Watched:
    """Run a command and watch it.

    Raises
    ------
    Failed
        If it ends otherwise than with 0, or with 1 as it does when reports failed.
    """
    out = Watched()
    began = time.perf_counter()
    with subprocess.Popen(
        arguments, cwd=cwd, env=environment(more), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        done = threading.Event()
        watcher = threading.Thread(target=_watch, args=(process.pid, done, out), daemon=True)
        watcher.start()
        try:
            said, _ = process.communicate()
        finally:
            done.set()
            watcher.join()
    out.seconds = time.perf_counter() - began
    out.said = said.decode("utf-8", "replace")
    if process.returncode not in {0, 1}:
        message = f"{' '.join(arguments)} ended with {process.returncode}:\n{out.said[-TAIL:]}"
        raise Failed(message)
    return out


def _watch(root: int, done: threading.Event, out: Watched) -> None:
    while not done.wait(INTERVAL):
        largest = 0.0
        for pid in below(root):
            try:
                held = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * PAGE / MIB
                command = Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace")
            except (OSError, IndexError):
                continue  # It has ended since.
            kind = "coordinator" if pid == root else role(command)
            if pid == root:
                out.coordinator.append(held)
            if kind == "worker":
                largest = max(largest, held)
            out.peaks[kind] = max(out.peaks.get(kind, 0.0), held)
        out.workers.append(largest)


def role(command: str) -> Role:
    """What a process is for, by its command line."""
    return next((kind for mark, kind in MARKS if mark in command), "other")


def below(root: int) -> list[int]:
    """A process and all that it has started, and they have."""
    parents: dict[int, int] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                facts = Path(entry.path, "stat").read_text("utf-8", "replace")
            except OSError:
                continue
            # A program's name stands in brackets, and may hold anything.
            parents[int(entry.name)] = int(facts.rpartition(")")[2].split()[1])
    found = [root]
    for parent in found:
        found += [pid for pid, above in parents.items() if above == parent]
    return found
