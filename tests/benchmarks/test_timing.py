"""What is measured is the whole command, with bytecode on, and a failed one is no measurement."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from benchmarks.timing import Failed, alternately, environment, timed
from benchmarks.watch import below, role, watched

if TYPE_CHECKING:
    from pathlib import Path


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_what_is_measured_writes_bytecode(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "PYTHONDONTWRITEBYTECODE" not in environment()
    assert timed(python("import sys; sys.exit(sys.dont_write_bytecode)"), tmp_path) > 0


def test_a_command_that_fails_is_no_measurement_and_what_it_said_is_told(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="no such organisation"):
        timed(python("import sys; sys.exit('no such organisation')"), tmp_path)
    with pytest.raises(Failed):
        watched(python("import sys; sys.exit(2)"), tmp_path)


def test_tasks_are_done_by_turns_in_turning_order() -> None:
    done: list[str] = []

    def task(name: str, seconds: float) -> float:
        done.append(name)
        return seconds

    ours, other = alternately(3, lambda: task("ours", 0.1), lambda: task("other", 0.2))
    assert done == ["ours", "other", "other", "ours", "ours", "other"]
    assert ours.seconds == (0.1, 0.1, 0.1)
    assert other.median == 0.2


def test_a_builds_seconds_are_divided_by_its_reports() -> None:
    (whole,) = alternately(2, lambda: 10.0)
    assert whole.divided(20).seconds == (0.5, 0.5)


def test_every_process_below_a_command_is_looked_at() -> None:
    # Each waits for its input to end; the child tells who its own child is.
    waiting = "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=-1)"
    with subprocess.Popen(
        python(f"{waiting}; print(p.pid, flush=True); sys.stdin.read(); p.communicate(b'go')"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        grandchild = int(child.stdout.readline())
        assert below(child.pid) == [child.pid, grandchild]
        assert set(below(os.getpid())) >= {os.getpid(), child.pid, grandchild}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "python -c from multiprocessing.spawn import spawn_main; spawn_main() --multiprocessing-fork",
            "worker",
        ),
        ("python -m ipykernel_launcher -f kernel.json", "kernel"),
        ("python -m scorelib.execute.template 4711", "kernel"),
        ("python -m scorelib.render.svgworker", "drawing"),
        ("python -c from multiprocessing.resource_tracker import main", "other"),
    ],
)
def test_a_process_is_told_by_its_command_line(words: str, expected: str) -> None:
    assert role(words.replace(" ", "\0")) == expected


def test_a_watched_command_gives_its_time_what_it_said_and_the_memory_of_the_whole_of_it(
    tmp_path: Path,
) -> None:
    # It holds the memory for long enough to be looked at several times.
    hold = "held = bytearray(80 * 2**20); end = time.monotonic() + 1\nwhile time.monotonic() < end: pass"
    code = f"import time; {hold}\nprint('done')"
    seen = watched(python(code), tmp_path)
    assert seen.said == "done\n"
    assert 1 < seen.seconds < 60
    assert 80 < seen.peaks["coordinator"] < 300
    assert 80 < seen.early <= seen.peaks["coordinator"]
    assert 80 < seen.late <= seen.peaks["coordinator"]
