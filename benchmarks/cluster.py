"""A build handed to a dask scheduler with two workers of this machine, beside the local pool."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING

from benchmarks.routes import REPORTS_ALONE, build
from benchmarks.table import Aim, Section, compared, unavailable
from benchmarks.timing import CORES, Failed, alternately, environment, program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.effort import Effort, Workshop

__all__ = ["measure"]

AIM = Aim("at most", 1.25)
PATIENCE = 60
READY = (
    "import sys; from distributed import Client; Client(sys.argv[1]).wait_for_workers(int(sys.argv[2]), 60)"
)
TITLE = "On a dask cluster of two local workers"
FIGURE = "seconds per report, on the cluster against the local pool"
NOTES = (
    "Ours: `scorelib build --force --scheduler`, with a scheduler and two workers of one thread that were "
    "started before, as a cluster is, and share no folder with the build. Other: `scorelib build "
    "--force`, two local workers.",
)


def measure(effort: Effort, workshop: Workshop) -> Section:
    """Time both, by turns."""
    why = _lacking()
    if why:
        return Section("dask", TITLE, (unavailable(FIGURE, why),))
    project, reports = workshop.batch(effort)
    with _dask(workshop.folder / "dask") as address:
        # What a worker imports for its first report it keeps, as a cluster does.
        build(project, *REPORTS_ALONE, "--scheduler", address)
        ours, other = alternately(
            effort.rounds,
            lambda: build(project, *REPORTS_ALONE, "--scheduler", address),
            lambda: build(project, *REPORTS_ALONE, "--jobs", str(CORES)),
        )
    line = compared(FIGURE, ours.divided(len(reports)), other.divided(len(reports)), AIM)
    return Section("dask", TITLE, (line,), NOTES)


def _lacking() -> str:
    if find_spec("distributed") is None:
        return "the package distributed is not installed"
    said = subprocess.run(
        [program("scorelib"), "build", "--help"], capture_output=True, text=True, check=False
    )
    return "" if "--scheduler" in said.stdout else "`scorelib build` has no --scheduler"


@contextlib.contextmanager
def _dask(folder: Path) -> Iterator[str]:
    """The address of a scheduler that has its workers; all end with the block."""
    local = ("--host", "127.0.0.1")
    processes = []
    try:
        started = _start(
            folder / "scheduler", "scheduler", *local, "--port", "0", "--scheduler-file", "at.json"
        )
        processes.append(started)
        address = _address(folder / "scheduler" / "at.json", started)
        for number in range(CORES):
            options = ("--nthreads", "1", "--no-nanny", "--name", f"worker-{number}")
            processes.append(_start(folder / f"worker-{number}", "worker", address, *local, *options))
        subprocess.run([sys.executable, "-c", READY, address, str(CORES)], env=environment(), check=True)
        yield address
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def _start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a part of dask in a folder of its own, for its temporary files too."""
    folder.mkdir(parents=True)
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments, "--no-dashboard"],
        cwd=folder,
        env=environment({"TMPDIR": os.fspath(folder)}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _address(file: Path, process: subprocess.Popen[bytes]) -> str:
    """Where the scheduler listens, as soon as it says so."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, ValueError, KeyError):
            return str(json.loads(file.read_text("utf-8"))["address"])
        time.sleep(0.1)
    message = "the dask scheduler did not start"
    raise Failed(message)
