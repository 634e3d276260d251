"""A dask cluster that shares no folder with us makes the same reports as this machine does."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scorelib.build.cluster import Bundle
from scorelib.build.plan import Inputs, same_software
from scorelib.build.select import prepare, select

from ..chaos.damage import left_over
from .few import few_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Command = Callable[..., subprocess.CompletedProcess[str]]


SILENT = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "25s"}
"""Has a scheduler give a silent worker's work to others after seconds, which is minutes by default."""


def dask(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    folder.mkdir(exist_ok=True)
    environment = {**os.environ, **SILENT, "TMPDIR": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments, "--no-dashboard"],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


class Dask:
    """A scheduler and its workers, each in a folder of its own."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self.folder = folder
        self.scheduler = dask(
            folder / "scheduler",
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--scheduler-file",
            "at.json",
        )
        at = folder / "scheduler" / "at.json"
        deadline = time.monotonic() + 60
        while not self._address(at):
            assert time.monotonic() < deadline
            assert self.scheduler.poll() is None
            time.sleep(0.05)
        self.address = self._address(at)
        self.workers = [self.worker(number) for number in range(1, workers + 1)]

    def _address(self, at: Path) -> str:
        with contextlib.suppress(OSError, ValueError):
            return str(json.loads(at.read_text())["address"])
        return ""

    def worker(self, number: int) -> subprocess.Popen[bytes]:
        options = ("--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--name", f"w{number}")
        return dask(self.folder / f"w{number}", "worker", self.address, *options)

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    found = Dask(tmp_path_factory.mktemp("dask"))
    yield found
    found.end()


def digests(project: Path) -> dict[str, str]:
    root = project / "reports"
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.glob("*/*/*/*"))
    }


def test_a_cluster_makes_the_same_bytes_as_this_machine(
    built: Path, project: Path, scorelib: Command, cluster: Dask
) -> None:
    done = scorelib("build", "--scheduler", cluster.address, cwd=project)
    assert done.returncode == 0, done.stderr
    assert "6 made" in done.stdout
    assert digests(project) == digests(built)
    left = [path for path in cluster.folder.rglob("*.csv") if path.is_relative_to(project)]
    assert left == []


def test_a_report_that_fails_on_a_cluster_is_told_with_its_cell(
    project: Path, scorelib: Command, cluster: Dask
) -> None:
    few_cells(project, "if lang == 'nl':\n    raise ValueError('no Dutch')")
    done = scorelib("build", "voorbeeld", "--to", "html", "--scheduler", cluster.address, cwd=project)
    assert done.returncode == 1
    assert "ValueError: no Dutch" in done.stderr
    assert "1 made, 1 failed" in done.stdout


def test_wrong_texts_are_found_on_a_cluster_before_anything_is_made(
    project: Path, scorelib: Command, cluster: Dask
) -> None:
    (project / "data" / "texts" / "iom" / "2024" / "en" / "20-summary.md").write_text("{{ nonsense }}")
    done = scorelib("build", "iom", "--scheduler", cluster.address, cwd=project)
    assert done.returncode == 2
    assert "20-summary.md:1" in done.stderr
    assert digests(project) == {}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Dask]:
    """A cluster to be broken."""
    folder = tmp_path / "dask"
    folder.mkdir()
    found = Dask(folder)
    yield found
    found.end()


# Gives a lost cluster up sooner than the command does.
HASTY = """import sys
from scorelib import cli
from scorelib.build import cluster
cluster.LOST, cluster.PATIENCE = 15.0, 2
sys.exit(cli.run(sys.argv[1:]))"""


def start(project: Path, address: str, cell: str) -> subprocess.Popen[str]:
    """Begin a build on a cluster whose notebooks have one more cell; comes back when that has begun."""
    begun = project / "begun"
    few_cells(project, f"import pathlib, time\nbegun = pathlib.Path({str(begun)!r})", cell)
    process = subprocess.Popen(
        [sys.executable, "-c", HASTY, "build", "--to", "html", "--scheduler", address],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not begun.exists():
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    return process


@pytest.mark.slow
def test_a_worker_that_dies_midway_costs_no_report(project: Path, own: Dask) -> None:
    process = start(
        project,
        own.address,
        "go = begun.with_name('go')\n"
        "if organisation == 'iom' and not go.exists():\n    begun.touch()\n"
        "    while not go.exists():\n        time.sleep(0.05)",
    )
    own.workers[0].send_signal(signal.SIGKILL)
    own.workers[0].wait()
    own.workers[0] = own.worker(3)
    (project / "go").touch()
    told, rest = process.communicate(timeout=200)
    assert process.returncode == 0, rest
    assert "6 made" in told


@pytest.mark.slow
def test_a_scheduler_that_dies_midway_is_told_for_every_report_that_was_lost(
    project: Path, own: Dask
) -> None:
    process = start(project, own.address, "begun.touch()\ntime.sleep(60)")
    own.scheduler.send_signal(signal.SIGKILL)
    own.scheduler.wait()
    told, rest = process.communicate(timeout=200)
    assert process.returncode == 1, rest
    assert "0 made, 6 failed" in told
    assert rest.count("the scheduler was lost") >= 6
    assert "Traceback" not in rest
    # The site over all reports is made here, and says that there are none.
    assert {name for name in digests(project) if not name.startswith("_site/")} == set()


WAITS = (
    "go = begun.with_name('go')\n"
    "if not go.exists():\n    begun.touch()\n    while not go.exists():\n        time.sleep(0.05)"
)


def completes(project: Path, address: str) -> None:
    """See that the next build makes all, and that nothing half made is left."""
    (project / "go").touch()
    done = subprocess.run(
        [sys.executable, "-m", "scorelib", "build", "--to", "html", "--scheduler", address],
        cwd=project, capture_output=True, text=True, check=False, timeout=200,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "6 made" in done.stdout or "up to date" in done.stdout
    assert left_over(project / "reports") == []


@pytest.mark.slow
def test_a_worker_that_was_stopped_midway_is_named_and_costs_no_report(project: Path, own: Dask) -> None:
    process = start(project, own.address, WAITS)
    own.workers[0].send_signal(signal.SIGSTOP)
    (project / "go").touch()
    told, rest = process.communicate(timeout=200)
    assert process.returncode == 0, rest
    assert "6 made" in told
    assert rest.count("has said nothing for 15 s; if something stopped it, let it go on") == 1
    assert left_over(project / "reports") == []


@pytest.mark.slow
@pytest.mark.parametrize("what", ["scheduler stopped", "every worker killed", "connections closed"])
def test_what_a_lost_cluster_would_never_give_back_is_given_up(project: Path, own: Dask, what: str) -> None:
    with contextlib.closing(Wire(own.address)) as wire:
        process = start(project, wire.address, WAITS)
        match what:
            case "scheduler stopped":
                own.scheduler.send_signal(signal.SIGSTOP)
            case "every worker killed":
                for worker in own.workers:
                    worker.kill()
            case _:
                wire.cut()
        told, rest = process.communicate(timeout=200)
        assert process.returncode == 1, rest
        assert "0 made, 6 failed" in told
        assert rest.count("the scheduler was lost before it was made, or its last worker") >= 6
        assert "Traceback" not in rest
        if what == "scheduler stopped":
            own.scheduler.send_signal(signal.SIGCONT)
        if what != "connections closed":
            # A scheduler that was stopped takes its workers for silent ones.
            own.workers += [own.worker(3)]
        completes(project, wire.address)


class Wire:
    """A network between a client and a scheduler, which may close all its connections."""

    def __init__(self, address: str) -> None:
        host, _, port = address.removeprefix("tcp://").partition(":")
        self._to = host, int(port)
        self._open: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, far = self._server.accept()[0], socket.create_connection(self._to)
                self._open += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=pair, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(2**16):
                target.sendall(piece)
        _shut(target)

    def cut(self) -> None:
        """Close all connections there are; new ones are let through."""
        for each in self._open:
            _shut(each)

    def close(self) -> None:
        """End it."""
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.cut()
        for each in self._open:
            each.close()


def _shut(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("tcp://127.0.0.1:9", "no dask scheduler answers at tcp://127.0.0.1:9"),
        ("tcp://127.0.0.1:99999", "no dask scheduler answers"),
        ("nonsense", "'nonsense' is no address of a dask scheduler"),
    ],
)
def test_a_scheduler_that_is_not_there_is_named(
    project: Path, scorelib: Command, address: str, problem: str
) -> None:
    done = scorelib("build", "iom", "--scheduler", address, cwd=project)
    assert done.returncode == 2
    assert problem in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_scheduler_without_workers_is_told_after_a_while(
    project: Path, scorelib: Command, tmp_path: Path
) -> None:
    (tmp_path / "dask").mkdir()
    empty = Dask(tmp_path / "dask", workers=0)
    try:
        done = scorelib("build", "iom", "--scheduler", empty.address, cwd=project)
    finally:
        empty.end()
    assert done.returncode == 2
    assert "has no workers; start some with: dask worker tcp://" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_sent_names_no_folder_of_this_machine(project: Path) -> None:
    bundle = Bundle.of(project)
    steps = prepare(project, select(project), ("html",))
    sent = pickle.dumps((bundle, steps))
    assert str(project).encode() not in sent
    assert str(Path(sys.prefix)).encode() not in sent
    twin = project.with_name("twin")
    shutil.copytree(project, twin)
    assert Bundle.of(twin) == bundle


def test_a_machine_with_other_software_is_told_apart(project: Path) -> None:
    (step, *_) = prepare(project, select(project), ("html",))
    assert same_software(step.inputs) == []
    other = Inputs({**step.inputs.execution, "package pandas": "1.0"}, step.inputs.rendering)
    (difference,) = same_software(other)
    assert difference.startswith("package pandas ")
    assert difference.endswith(" instead of 1.0")
