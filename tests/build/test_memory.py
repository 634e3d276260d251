"""A worker that makes the same report again and again does not grow."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scorelib.build import make
from scorelib.build.pool import LocalPool
from scorelib.build.report import Task
from scorelib.build.select import prepare, select
from scorelib.execute import warm

from .few import few_cells

if TYPE_CHECKING:
    from scorelib.build.plan import Step

MIB = 2**20
SETTLED, TIMES = 40, 200
MORE = 8 * MIB
"""What allocators may keep more: a leak of one page of a report would be more than this."""


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def held(project: Path, step: Step, task: Task) -> dict[str, int]:
    """Make a report in a worker, which keeps no log as pytest does; gives what each process holds then."""
    assert make.files_of(project, step, task).error == ""
    drawing = make._drawer()._process
    assert drawing is not None
    # What is free may stay with the process, more or less of it; what is in use may not become more.
    ctypes.CDLL(None).malloc_trim(0)
    parent = warm.start(environment={**os.environ, **warm.ONE_THREAD}).pid
    pids = {"worker": os.getpid(), "drawing": drawing.pid, "parent": parent}
    return {who: resident(pid) for who, pid in pids.items()}


@pytest.mark.slow
def test_the_same_report_two_hundred_times_takes_no_more_memory(project: Path) -> None:
    few_cells(project, "sl.figures.trend(card)", "sl.figures.donor_table(card)")
    task = Task(("html", "pdf"), 300, None)
    (step, *_) = prepare(project, select(project, ["voorbeeld"]), task.formats)
    with LocalPool(1) as pool:
        looks = [pool.submit(held, project, step, task).result() for _ in range(TIMES)]
    for who, most in looks[SETTLED].items():
        assert looks[-1][who] - most < MORE, (who, [each[who] // MIB for each in looks[::20]])
