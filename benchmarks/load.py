"""A thousand reports in one build, the same again in one worker, ten builds: what they take and leave."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.projects import LANGUAGES, every_year, make_project
from benchmarks.routes import REPORTS_ALONE, build
from benchmarks.table import Aim, Line, Section, counted
from benchmarks.timing import CORES, Timings, program, say
from benchmarks.watch import below, role, watched

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.effort import Effort, Workshop

__all__ = ["measure"]

MIB = 1024**2
TOKEN = "SCORELIB_BENCHMARK_LOAD"
SETTLED = 2
"""Builds after which a process has imported and kept all that it will."""
NONE = Aim("at most", 0, unit="")
WORKERS = Aim("at most", 450, unit=" MiB")
FLAT = Aim("at most", 1.1)


def measure(effort: Effort, workshop: Workshop) -> Section:
    """Build much once, and little many times."""
    project = workshop.folder / "load"
    say(f"  making a project of {effort.load} reports")
    reports = make_project(project, effort.load, choose=every_year)
    fictional = sum(report.organisation.startswith("voorbeeld") for report in reports)
    with _marked() as mark:
        say("  building it, once")
        large = watched([program("scorelib"), "build", *REPORTS_ALONE], project, more=mark.environment)
        left = mark.left()
    made = re.search(r"(\d+) made, (\d+) failed", large.said)
    whole = sum((report.folder(project) / "provenance.json").exists() for report in reports)
    site = build(project)
    lines = (
        Line(
            f"{len(reports)} reports in one build",
            str(Timings((large.seconds,))),
            f"{len(reports) / large.seconds:.2f} reports a second",
            runs="1",
        ),
        counted("reports that failed, or are not there", _failed(made, whole, len(reports)), NONE, unit=""),
        Line("the site over them", str(Timings((site,))), runs="1"),
        counted("peak of the coordinator", large.peaks.get("coordinator", 0), unit=" MiB"),
        counted("peak of a worker", large.peaks.get("worker", 0), WORKERS, unit=" MiB"),
        counted("peak of a kernel, or of what it is forked from", large.peaks.get("kernel", 0), unit=" MiB"),
        counted("peak of a drawing process", large.peaks.get("drawing", 0), unit=" MiB"),
        _growth("growth of the coordinator", large.late, large.early),
        _later("most that a worker holds late, and early", *_late_and_early(large.workers)),
        counted("disk that the reports take", _size(project / "reports", "_site") / MIB, unit=" MiB"),
        counted("disk that the site takes", _size(project / "reports" / "_site") / MIB, unit=" MiB"),
        *_nothing("after it", left),
        *_rounds(effort, workshop),
        *_again(effort, workshop),
    )
    return Section("load", f"{len(reports)} reports in one build", lines, _notes(len(reports), fictional))


def _notes(reports: int, fictional: int) -> tuple[str, ...]:
    return (
        f"{reports - fictional} reports are drafts from the figures of UN CEB in the project's own tables: "
        f"each organisation and each year that these have, in {len(LANGUAGES)} languages, nothing about it "
        f"made up. {fictional} are fictional copies of the example organisation, and say so on each page.",
        f"`scorelib build --force`, HTML and PDF, {CORES} workers. Memory is resident memory, looked at ten "
        "times a second. Growth: the most in the last quarter of the build against that in the second. Of "
        "the workers these are told without an aim: reports are made in the order of their names, and the "
        "last are of the organisations, and the fictional ones, that have most to draw.",
        "The same reports again: whether a worker grows shows where nothing else changes. One process makes "
        "them as a worker does, round after round; memory is what is resident after each, the last round "
        "against the third.",
        "Builds one after the other: in one process that lives on, by the functions that the command calls, "
        "each with workers of its own. The command itself is a new process each time. Memory is that of the "
        "process after each build, the last against the third.",
        "Left: entries in a TMPDIR of its own, shared memory of Python, sockets in /proc/net/unix "
        "with a name there, processes that have a variable which marked the build, threads and "
        "descriptors of the process that lives on beyond those after its third build.",
    )


def _failed(made: re.Match[str] | None, whole: int, count: int) -> int:
    told = int(made[2]) if made else count
    return max(told, count - whole)


def _growth(figure: str, late: float, early: float) -> Line:
    ratio = late / early if early else 0.0
    reached = "yes" if ratio > 0 and FLAT.reached(ratio) else "**no**"
    return Line(figure, f"{late:.0f} MiB", f"{early:.0f} MiB", f"{ratio:.2f}×", str(FLAT), reached, "1")


def _later(figure: str, late: float, early: float) -> Line:
    return Line(figure, f"{late:.0f} MiB", f"{early:.0f} MiB", runs="1")


def _late_and_early(held: Sequence[float]) -> tuple[float, float]:
    quarter = len(held) // 4
    return max(held[3 * quarter :], default=0.0), max(held[quarter : 2 * quarter], default=0.0)


def _size(folder: Path, *but: str) -> int:
    return sum(
        path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] not in but
    )


# --- what is left ------------------------------------------------------------------------------


class _Mark:
    """Tells what a command leaves behind by where it puts things, and by its environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {"TMPDIR": str(folder), TOKEN: folder.name}
        self._before = _shared()

    def left(self) -> dict[str, int]:
        """How many temporary files, sockets and processes there are."""
        files = [*self.folder.iterdir(), *(_shared() - self._before)]
        sockets = Path("/proc/net/unix").read_text("utf-8", "replace").splitlines()
        wanted = f"{TOKEN}={self.folder.name}".encode()
        processes = [path for path in Path("/proc").glob("[0-9]*/environ") if wanted in _environment(path)]
        return {
            "temporary files": len(files),
            "sockets": sum(str(self.folder) in line for line in sockets),
            "processes": len(processes),
        }


def _shared() -> set[Path]:
    """What Python's processes share in memory; others of this machine put things there too."""
    return {path for mark in ("sem.mp-*", "psm_*", "scorelib*") for path in Path("/dev/shm").glob(mark)}


def _environment(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().split(b"\0")
    except OSError:
        return []


@contextlib.contextmanager
def _marked() -> Iterator[_Mark]:
    # Short, so that sockets are in it too and not in /tmp itself.
    folder = Path(tempfile.mkdtemp(prefix="load-", dir="/tmp"))
    try:
        yield _Mark(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _nothing(when: str, left: dict[str, int]) -> list[Line]:
    return [counted(f"{what} left {when}", count, NONE, unit="") for what, count in left.items()]


# --- one worker, the same reports --------------------------------------------------------------


def _rounds(effort: Effort, workshop: Workshop) -> list[Line]:
    project, reports = workshop.project("again", effort.batch)
    say(f"  making {len(reports)} reports {effort.builds} times in one worker")
    command = [sys.executable, "-m", "benchmarks.load", "rounds", str(project), str(effort.builds)]
    done = watched(command, Path(__file__).parents[1])
    looks = [json.loads(line) for line in done.said.splitlines() if line.startswith("{")]
    settled, last = looks[min(SETTLED, len(looks) - 1)], looks[-1]
    title = f"the same {len(reports)} reports {len(looks)} times in one worker: growth of"
    return [_growth(f"{title} {who}", last[who], settled[who]) for who in looks[0]]


def _make_again(project: Path, rounds: int) -> None:
    """Make all reports so many times as a worker does, and say after each what each process holds."""
    from scorelib.build import make
    from scorelib.build.report import Task
    from scorelib.build.select import prepare, select
    from scorelib.execute import warm
    from scorelib.execute.engine import begin
    from scorelib.settings import Settings

    settings = Settings.load(project)
    task = Task(("html", "pdf"), settings.cell_timeout, settings.memory_limit)
    steps = prepare(project, select(project), ("html", "pdf"), force=True)
    begin(project / "data")
    make.warm()
    for _ in range(rounds):
        for step in steps:
            result = make.files_of(project, step, task)
            if result.error:
                raise SystemExit(result.error)
        parent = warm.start(environment={**os.environ, **warm.ONE_THREAD}).pid
        (drawing,) = (pid for pid in below(os.getpid()) if role(_command(pid)) == "drawing")
        who = {
            "the worker": os.getpid(),
            "its drawing process": drawing,
            "what kernels are forked from": parent,
        }
        print(json.dumps({name: _resident(pid) for name, pid in who.items()}))


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace")


def _resident(pid: int | str) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB


# --- one process, many builds ------------------------------------------------------------------


def _again(effort: Effort, workshop: Workshop) -> list[Line]:
    project, reports = workshop.project("again", effort.batch)
    say(f"  building {len(reports)} reports {effort.builds} times in one process")
    with _marked() as mark:
        command = [sys.executable, "-m", "benchmarks.load", "builds", str(project), str(effort.builds)]
        done = watched(command, Path(__file__).parents[1], more=mark.environment)
        left = mark.left()
    looks = [json.loads(line) for line in done.said.splitlines() if line.startswith("{")]
    settled, last = looks[min(SETTLED, len(looks) - 1)], looks[-1]
    times = Timings(tuple(look["seconds"] for look in looks)).divided(len(reports))
    title = f"{len(looks)} builds of {len(reports)} reports in one process"
    return [
        Line(f"{title}: seconds per report", str(times), runs=str(len(looks))),
        counted(f"{title}: reports that failed", sum(look["failed"] for look in looks), NONE, unit=""),
        _growth(f"{title}: growth", last["memory"], settled["memory"]),
        *(
            counted(f"{title}: more {what}", max(last[what] - settled[what], 0), NONE, unit="")
            for what in ("threads", "descriptors", "children")
        ),
        *_nothing(f"after {len(looks)} builds", left),
    ]


def _repeat(project: Path, builds: int) -> None:
    """Build all reports so many times here, and say after each what this process holds."""
    from scorelib.build.here import Here
    from scorelib.build.report import Task
    from scorelib.build.run import build as make
    from scorelib.build.select import prepare, select
    from scorelib.settings import Settings

    settings = Settings.load(project)
    task = Task(("html", "pdf"), settings.cell_timeout, settings.memory_limit)
    for _ in range(builds):
        began = os.times().elapsed
        steps = prepare(project, select(project), ("html", "pdf"), force=True)
        built = make(project, steps, task, lambda count: Here(project, CORES, count))
        print(json.dumps({"seconds": os.times().elapsed - began, "failed": len(built.failed), **_held()}))


def _held() -> dict[str, float]:
    children = "".join(path.read_text("ascii") for path in Path("/proc/self/task").glob("*/children"))
    return {
        "memory": _resident("self"),
        "threads": len(os.listdir("/proc/self/task")),  # noqa: PTH208
        "descriptors": len(os.listdir("/proc/self/fd")),  # noqa: PTH208
        "children": len(children.split()),
    }


if __name__ == "__main__":
    task = {"builds": _repeat, "rounds": _make_again}[sys.argv[1]]
    task(Path(sys.argv[2]), int(sys.argv[3]))
