"""A process that is stopped goes on or hits its time limit; nobody waits for it for ever."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scorelib.build.waker import stopped
from scorelib.errors import RenderError
from scorelib.render.charts import ChartDrawer

from ..build.few import few_cells
from .damage import contents, left_over

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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

    def __init__(self, project: Path, scratch: Path, *options: str) -> None:
        self.project = project
        self.go = project.parent / "go"
        few_cells(project, waits_for(self.go))
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

    def run(*options: str) -> Running:
        made.append(Running(project, tmp_path / "t", *options))
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
    assert rest.count(f"process {pid} of this build was stopped by a signal; it goes on") == 1
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


def test_a_chart_is_not_waited_for_for_ever() -> None:
    spec = {"mark": "point", "data": {"values": [{}]}}
    with ChartDrawer(timeout=1) as drawer:
        drawer.start()
        process = drawer._process
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(RenderError, match="took longer than 1 s"):
            drawer.draw(spec, "stopped")
        assert process.poll() is not None
    with ChartDrawer() as drawer:
        assert drawer.draw(spec, "next").startswith("<svg")
