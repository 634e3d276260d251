"""Whatever a notebook does to its kernel, the next report of the same worker has the bytes of a clean one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from scorelib.build.make import files_of
from scorelib.build.pool import LocalPool
from scorelib.build.report import Task
from scorelib.build.select import prepare, select
from scorelib.errors import ExecutionError
from scorelib.execute.engine import execute

from ..build.few import few_cells
from ..execute.kernels import nothing_left, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

MIB = 2**20


class Mess(NamedTuple):
    """What a cell does, what is told of it (nothing if its report is made), and how long it may take."""

    source: str
    told: str = ""
    timeout: int = 60


MESSES = {
    "changes what all its libraries see": Mess(
        """import os, sys, time, locale, random, builtins, decimal, logging, warnings, gc, signal
import numpy as np, pandas as pd, altair as alt, scorelib as sl
os.umask(0o777); os.chdir("/"); os.environ.clear(); os.environ["TZ"] = "Asia/Tokyo"; time.tzset()
locale.setlocale(locale.LC_ALL, "C"); random.seed(1); np.random.seed(1); decimal.getcontext().prec = 3
pd.set_option("display.max_rows", 1); alt.theme.enable("dark"); sl.figures.cover = None; sl.own = 1
sys.path[:] = []; sys.meta_path.clear(); sys.setrecursionlimit(200); gc.disable()
logging.disable(); warnings.simplefilter("ignore"); os.nice(5); os.sched_setaffinity(0, {0})
builtins.sorted = lambda *_: []; builtins.sum = lambda *_: 7; pd.DataFrame.merge = None"""
    ),
    "never lets go": Mess(
        """import atexit, os, signal, threading, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
atexit.register(time.sleep, 600)
threading.Thread(target=time.sleep, args=(600,)).start()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: time.sleep(600)  # It holds every pipe and socket that the kernel has.
    os._exit(0)
os.wait()"""
    ),
    "kills what keeps it": Mess(
        """import os, signal, subprocess, time
subprocess.Popen(["sleep", "600"], start_new_session=True)
os.kill(os.getppid(), signal.SIGKILL)
time.sleep(60)""",
        "the kernel died while it ran",
    ),
    "stops what keeps it": Mess("import os, signal; os.kill(os.getppid(), signal.SIGSTOP)"),
    "stops what keeps it and goes on for ever": Mess(
        "import os, signal; os.kill(os.getppid(), signal.SIGSTOP)\nwhile True: pass", "longer than 2 s", 2
    ),
    "kills what it was forked from": Mess(
        """import os, signal
os.kill(int(open(f"/proc/{os.getppid()}/stat").read().rpartition(")")[2].split()[1]), signal.SIGKILL)"""
    ),
    "kills its group": Mess("import os, signal; os.killpg(0, signal.SIGKILL)", "killed by SIGKILL"),
    "speaks with another key": Mess(
        "get_ipython().kernel.session.key = b'x'", "it sent what no kernel says (Invalid Signature"
    ),
    "sends half a message": Mess(
        """kernel = get_ipython().kernel
kernel.session.send(kernel.iopub_socket, "display_data", {}, parent=kernel.get_parent("shell"))""",
        "it sent what no kernel says (",
    ),
    "sends noise": Mess(
        "get_ipython().kernel.iopub_thread.send_multipart([b'noise', b'x'])",
        "it sent what no kernel says",
    ),
    "closes its socket for replies": Mess(
        "get_ipython().kernel.shell_stream.close()", "it took longer than 2 s", 2
    ),
    "stops its own loop": Mess("import asyncio; asyncio.get_event_loop().stop()", "ending with exit code 0"),
    "closes where it reads and writes": Mess("import os\nfor n in (0, 1, 2): os.close(n)\nprint('x')"),
    "leads its output elsewhere": Mess(
        "import os; null = os.open('/dev/null', os.O_WRONLY)\nfor n in (1, 2): os.dup2(null, n)"
    ),
    "takes away its stdout": Mess(
        "import sys; sys.stdout.close(); print('x')", "I/O operation on closed file"
    ),
    "removes its connection": Mess(
        """import os, pathlib, shutil, sys
shutil.rmtree(pathlib.Path(sys.argv[sys.argv.index("-f") + 1]).parent)"""
    ),
    "limits its files": Mess("import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))"),
    "limits its memory": Mess("import resource; resource.setrlimit(resource.RLIMIT_AS, (10**6, 10**6))"),
    "limits what it writes": Mess(
        """import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
open("big", "w").write("x" * 10**5)""",
        "OSError: [Errno 27] File too large",
    ),
    "limits its time": Mess(
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass", "died"
    ),
    "aborts": Mess("import os; os.abort()", "by signal SIGABRT"),
    "raises SystemExit": Mess("raise SystemExit(3)", "failed: SystemExit: 3"),
    "raises KeyboardInterrupt": Mess("raise KeyboardInterrupt", "failed: KeyboardInterrupt"),
    "leaves its session": Mess("import os; os.setsid()", "PermissionError"),
    "forks and goes on in both": Mess("import os; os.fork()"),
    "writes an endless line": Mess("while True: print('x' * 1000, end='')", "showed more than 100 MiB"),
    "writes a gigabyte of errors": Mess(
        "import sys\nwhile True: sys.stderr.write('x' * 1000 + '\\n')", "showed more than 100 MiB"
    ),
    "writes past Python": Mess(
        "import os\nwhile True: os.write(1, b'x' * 65536)", "showed more than 100 MiB"
    ),
    "has others write": Mess("import subprocess; subprocess.run(['yes'])", "showed more than 100 MiB"),
    "shows one thing again and again": Mess(
        "h = display('x', display_id=True)\nwhile True: h.update({'text/plain': 'x' * 10**6}, raw=True)",
        "showed more than 100 MiB",
    ),
    "has one huge result": Mess("'x' * 2 * 10**8", "showed more than 100 MiB at once"),
}
FEW = {
    "changes what all its libraries see",
    "kills what keeps it",
    "never lets go",
    "speaks with another key",
    "stops what keeps it",
}
"""Those that are run all the time."""


# --- in the worker -----------------------------------------------------------------------------


def settle(scratch: Path) -> int:
    """Have temporary files where they are counted; gives the number of the worker."""
    tempfile.tempdir = str(scratch)
    # Where it is set, a kernel does not look at what is written past Python.
    os.environ.pop("PYTEST_CURRENT_TEST", None)
    return os.getpid()


def make_a_mess(path: Path, timeout: int) -> str:
    """Run a notebook, and give what is told of it."""
    try:
        execute(path, {}, memory=4096 * MIB, timeout=timeout)
    except ExecutionError as error:
        return str(error)
    return ""


# --- the tests ---------------------------------------------------------------------------------


class Worker:
    """A worker of a build, and a report that it makes."""

    def __init__(self, project: Path, scratch: Path) -> None:
        (step,) = (
            step
            for step in prepare(project, select(project), ("html",))
            if str(step.report) == "voorbeeld/2024/nl"
        )
        self._step = step
        self._project = project
        self.scratch = scratch
        self.pool = LocalPool(1)
        self.pid = self.pool.submit(settle, scratch).result()
        self.clean = self.report()

    def report(self) -> Mapping[str, bytes]:
        result = self.pool.submit(files_of, self._project, self._step, Task(("html",), 300, None)).result()
        assert result.error == ""
        assert result.files is not None
        return result.files


@pytest.fixture(scope="module")
def worker(new_project: Callable[[], Path]) -> Iterator[Worker]:
    project = few_cells(new_project(), "sl.figures.trend(card)", "sl.figures.donor_table(card)")
    with tempfile.TemporaryDirectory(dir="/tmp") as scratch:
        found = Worker(project, Path(scratch))
        yield found
        found.pool.shutdown()


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in FEW else pytest.mark.slow) for name in MESSES]
)
def test_after_a_notebook_that(worker: Worker, tmp_path: Path, name: str) -> None:
    source, told, timeout = MESSES[name]
    path = write(tmp_path / "book" / "mess.ipynb", "x = 1", source)
    error = worker.pool.submit(make_a_mess, path, timeout).result()
    assert (told in error) if told else error == "", error
    if told:
        assert "mess.ipynb, cell 2" in error
        assert source.splitlines()[0] in error
    assert worker.report() == worker.clean
    assert worker.pool.submit(os.getpid).result() == worker.pid, "it is the same worker"
    assert worker.pool.submit(nothing_left, tmp_path).result()
    assert list(worker.scratch.iterdir()) == []
