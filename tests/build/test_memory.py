"""A worker that makes the same report again and again does not grow."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scorelib.build import make
from scorelib.build.report import Task
from scorelib.build.select import prepare, select
from scorelib.execute import warm
from scorelib.execute.engine import begin

from .few import few_cells

MIB = 2**20
SETTLED, TIMES = 40, 200
MORE = 8 * MIB
"""What allocators may keep more: a leak of one page of a report would be more than this."""


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.slow
def test_the_same_report_two_hundred_times_takes_no_more_memory(project: Path) -> None:
    few_cells(project, "sl.figures.trend(card)", "sl.figures.donor_table(card)")
    task = Task(("html", "pdf"), 300, None)
    (step, *_) = prepare(project, select(project, ["voorbeeld"]), task.formats)
    begin(project / "data")
    parent = warm.start(environment={**os.environ, **warm.ONE_THREAD}).pid
    held: list[dict[str, int]] = []
    try:
        for _ in range(TIMES):
            assert make.files_of(project, step, task).error == ""
            drawing = make._drawer()._process
            assert drawing is not None
            held.append({"worker": os.getpid(), "drawing": drawing.pid, "parent": parent})
            held[-1] = {who: resident(pid) for who, pid in held[-1].items()}
    finally:
        make._drawer().close()
    assert warm.start(environment={**os.environ, **warm.ONE_THREAD}).pid == parent
    for who, most in held[SETTLED].items():
        assert held[-1][who] - most < MORE, (who, [each[who] // MIB for each in held[::20]])
