"""A process that is stopped goes on or hits its time limit; nobody waits for it for ever."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scorelib.errors import RenderError
from scorelib.render.charts import ChartDrawer
from scorelib.waker import stopped

from ..build.few import few_cells
from .damage import contents, left_over

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PATIENCE = 90


def waits_for(path: Path) -> str:
    """A cell of one report that says that it was begun, with its number, and goes on when a file is there."""
    return (
        f"import os, pathlib, time\nhere = pathlib.Path({str(path)!r})\n"
        "if organisation == 'iom' and lang == 'nl':\n"
        "    pathlib.Path(f'{here}.new').write_text(str(os.getpid()))\n"
        "    os.rename(f'{here}.new', f'{here}.begun')\n"
        "    while not here.exists(): time.sleep(0.02)"
    )


def children(pid: int) -> list[int]:
    found = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(number) for number in tasks.read_text().split()]
    return found


def family(pid: int) -> set[int]:
    found = {pid}
    for child in children(pid):
        found |= family(child)
    return found


def one(pids: list[int], mark: str) -> int:
    (found,) = (pid for pid in pids if mark in Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace"))
    return found


def until(what: Callable[[], bool], why: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, why
        time.sleep(0.02)


class Running:
    """A build of six reports that waits in a cell of one of them, and all that it started."""

    def __init__(self, project: Path, scratch: Path, *options: str, more: Sequence[str] = ()) -> None:
        self.project = project
        self.go = project.parent / "go"
        few_cells(project, waits_for(self.go), *more)
        scratch.mkdir()
        self.scratch = scratch
        self.process = subprocess.Popen(
            [sys.executable, "-m", "scorelib", "build", "--lang", "nl", "--to", "html", *options],
            cwd=project,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "TMPDIR": str(scratch)},
        )
        begun = Path(f"{self.go}.begun")
        until(begun.exists, "the cell never began")
        self.kernel = int(begun.read_text())
        self.family = family(self.process.pid)

    def pid(self, who: str) -> int:
        """Number of one of its processes."""
        own = children(self.process.pid)
        match who:
            case "coordinator":
                return self.process.pid
            case "nursery":
                return one(own, "forkserver")
            case "worker":
                return children(one(own, "forkserver"))[0]
            case "drawing process":
                return one(children(self.pid("worker")), "svgworker")
            case "warm parent":
                return one(own, "execute.template")
            case "keeper":
                return int(Path(f"/proc/{self.kernel}/stat").read_text().rpartition(")")[2].split()[1])
            case _:
                return self.kernel

    def end(self) -> tuple[int, str, str]:
        """Let the cell go on, and wait for the build."""
        self.go.touch()
        told, rest = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, told, rest

    def nothing_is_left(self) -> None:
        """Wait until every process is gone; then no file may be there."""
        gone = lambda: not any(Path(f"/proc/{pid}").exists() for pid in self.family)  # noqa: E731
        until(gone, "a process of the build is still there")
        assert list(self.scratch.iterdir()) == []
        assert left_over(self.project / "reports") == []


@pytest.fixture
def running(project: Path, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    made: list[Running] = []

    def run(*options: str, more: Sequence[str] = ()) -> Running:
        made.append(Running(project, tmp_path / "t", *options, more=more))
        return made[-1]

    yield run
    for each in made:
        each.process.kill()
        for pid in filter(stopped, each.family):
            os.kill(pid, signal.SIGKILL)
        each.process.communicate()


@pytest.mark.parametrize(
    "who",
    [
        "worker",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("nursery", "warm parent", "keeper")),
    ],
)
def test_a_build_wakes_what_was_stopped(running: Callable[..., Running], who: str) -> None:
    build = running("--jobs", "1")
    pid = build.pid(who)
    os.kill(pid, signal.SIGSTOP)
    until(lambda: stopped(pid), "it was never stopped")
    code, told, rest = build.end()
    assert code == 0, rest
    assert "3 made, 0 failed" in told
    # Whoever sees it first says what it knows of it.
    assert len(re.findall(rf"process {pid} (?:of this build|that \w+ .+) was stopped by a signal", rest)) == 1
    build.nothing_is_left()


def test_a_kernel_that_was_stopped_hits_its_time_limit_and_fails_alone(
    running: Callable[..., Running],
) -> None:
    build = running("--cell-timeout", "3")
    os.kill(build.pid("kernel"), signal.SIGSTOP)
    code, told, rest = build.end()
    assert code == 1
    assert "iom/2024/nl failed" in rest
    assert "longer than 3 s" in rest
    assert "2 made, 1 failed" in told
    build.nothing_is_left()


def test_a_build_that_was_stopped_is_named_and_goes_on(running: Callable[..., Running]) -> None:
    build = running()
    os.kill(build.process.pid, signal.SIGSTOP)
    until(lambda: stopped(build.process.pid), "it was never stopped")
    second = subprocess.run(
        [sys.executable, "-m", "scorelib", "build", "--lang", "nl", "--to", "html"],
        cwd=build.project, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert second.returncode == 2
    assert f"it was stopped: let it go on with: kill -CONT {build.process.pid}" in second.stderr
    os.kill(build.process.pid, signal.SIGCONT)
    code, told, rest = build.end()
    assert code == 0, rest
    assert "3 made, 0 failed" in told
    build.nothing_is_left()


@pytest.mark.slow
@pytest.mark.parametrize("who", ["coordinator", "worker", "keeper", "warm parent"])
def test_all_ends_when_a_build_is_killed_with_a_part_of_it_stopped(
    running: Callable[..., Running], who: str
) -> None:
    build = running()
    pid = build.pid(who)
    os.kill(pid, signal.SIGSTOP)
    build.process.kill()
    build.process.wait(PATIENCE)
    # There is nobody left to wake it; whoever stopped it lets it go on, and then it ends. The system
    # has done so by itself where a whole group lost its parent.
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)
    until(
        lambda: not any(Path(f"/proc/{pid}").exists() for pid in build.family),
        "a process of the build is still there",
    )
    assert all(name.count("/") == 3 for name in contents(build.project / "reports"))


def test_a_drawing_process_that_was_stopped_goes_on_and_costs_no_report(
    running: Callable[..., Running],
) -> None:
    build = running("--jobs", "1", more=["sl.figures.trend(card)"])
    pid = build.pid("drawing process")
    os.kill(pid, signal.SIGSTOP)
    until(lambda: stopped(pid), "it was never stopped")
    code, told, rest = build.end()
    assert code == 0, rest
    assert "3 made, 0 failed" in told
    assert rest.count(f"process {pid} that draws charts was stopped by a signal; it goes on") == 1
    build.nothing_is_left()


POINT = {"mark": "point", "data": {"values": [{}]}}
LARGE = {"mark": "point", "data": {"values": [{"name": "x" * 100}] * 3000}}
"""Larger than a pipe: who only writes it would wait for whoever reads it."""


@pytest.fixture
def drawing() -> Iterator[ChartDrawer]:
    """One that has its process."""
    with ChartDrawer() as drawer:
        drawer.draw(POINT, "first")
        yield drawer


def pid_of(drawer: ChartDrawer) -> int:
    assert drawer._process is not None
    return drawer._process.pid


@pytest.mark.parametrize("spec", [POINT, LARGE], ids=["small", "large"])
def test_a_chart_is_drawn_by_a_process_that_was_stopped(
    drawing: ChartDrawer, caplog: pytest.LogCaptureFixture, spec: dict[str, Any]
) -> None:
    pid = pid_of(drawing)
    os.kill(pid, signal.SIGSTOP)
    assert drawing.draw(spec, "stopped").startswith("<svg")
    assert caplog.messages == [f"process {pid} that draws charts was stopped by a signal; it goes on"]
    assert pid_of(drawing) == pid


def test_a_drawing_process_that_is_killed_costs_no_chart(drawing: ChartDrawer) -> None:
    killed = drawing._process
    assert killed is not None
    killed.kill()
    killed.wait()
    assert drawing.draw(POINT, "after").startswith("<svg")
    pid = pid_of(drawing)
    os.kill(pid, signal.SIGSTOP)
    during = threading.Timer(0.3, os.kill, (pid, signal.SIGKILL))
    during.start()
    assert drawing.draw(LARGE, "during").startswith("<svg")
    during.join()
    assert pid_of(drawing) != pid


def test_a_chart_is_not_waited_for_for_ever() -> None:
    with ChartDrawer(timeout=0.5) as drawer:
        drawer.start()
        process = drawer._process
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(RenderError, match=r"took longer than 0\.5 s"):
            drawer.draw(LARGE, "stopped")
        assert process.poll() is not None
    with ChartDrawer() as drawer:
        assert drawer.draw(POINT, "next").startswith("<svg")


def test_a_drawing_process_ends_with_its_owner_also_when_it_was_stopped() -> None:
    code = (
        "import os, signal; from scorelib.render.charts import ChartDrawer; d = ChartDrawer()\n"
        "d.draw({'mark': 'point', 'data': {'values': [{}]}}, 'x')\n"
        "os.kill(d._process.pid, signal.SIGSTOP)\n"
        "print(d._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=False)
    pid = int(done.stdout)
    until(lambda: not Path(f"/proc/{pid}").exists(), "it is still there")
