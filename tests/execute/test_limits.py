"""Whatever a cell does, its report fails with the cell and the reason, and nothing of it is left."""

from __future__ import annotations

import resource
import tempfile
from typing import TYPE_CHECKING

import pytest

from scorelib.errors import ExecutionError
from scorelib.execute.engine import execute
from scorelib.execute.kernel import OUTPUT_LIMIT

from .kernels import nothing_left, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from scorelib.execute.engine import KernelKind

MIB = 2**20

# For cells that would take all there is, should they not be stopped.
SAFE = {"memory": 4096 * MIB, "timeout": 60}

# What a cell does, how it is held, and what is told about it.
CASES: dict[str, tuple[str, Mapping[str, Any], list[str]]] = {
    "fails": ("1 / 0", {}, ["failed: ZeroDivisionError: division by zero", "----> 1 1 / 0"]),
    "exits": ("import os; os._exit(7)", {}, ["died", "exit code 7"]),
    "crashes": ("import ctypes; ctypes.string_at(0)", {}, ["died", "SIGSEGV"]),
    "closes all its files": ("import os; os.closerange(3, 300)", {}, ["died", "SIGABRT"]),
    "is killed": ("import os; os.kill(os.getpid(), 9)", {}, ["died", "SIGKILL", "when memory runs out"]),
    "asks": ("input('name? ')", {}, ["StdinNotImplementedError"]),
    "takes too long": ("while True: pass", {"timeout": 1}, ["longer than 1 s"]),
    "takes too long and never stops talking": (
        "import time\nwhile True: print('x', flush=True); time.sleep(0.001)",
        {"timeout": 1},
        ["longer than 1 s"],
    ),
    "stops itself": ("import os; os.kill(os.getpid(), 19)", {"timeout": 1}, ["longer than 1 s"]),
    "ignores signals and leaves daemons": (
        """import os, signal, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: time.sleep(600)
    os._exit(0)
import subprocess; subprocess.Popen(['sleep', '600'], start_new_session=True)
while True: time.sleep(1)""",
        {"timeout": 2},
        ["longer than 2 s"],
    ),
    "wants too much memory": (
        "held = bytearray(900 * 2**20)",
        {"memory": 600 * MIB},
        ["MemoryError", "may use 600 MiB"],
    ),
    "shares too much memory out": (
        """import os, time
for _ in range(4):
    if os.fork() == 0:
        held = bytearray(200 * 2**20)
        time.sleep(600)
time.sleep(600)""",
        {"memory": 600 * MIB},
        ["died", "with all that it started it used", "may use 600 MiB"],
    ),
    "shares one memory": (
        """import mmap
held = mmap.mmap(-1, 900 * 2**20)
for place in range(0, len(held), 4096): held[place] = 1""",
        {"memory": 600 * MIB},
        ["died", "may use 600 MiB"],
    ),
    "starts ever more processes": (
        """import os, time
for _ in range(700):
    if os.fork() == 0:
        time.sleep(600)
time.sleep(600)""",
        {"memory": 4096 * MIB},
        ["died", "because it had started", "may have 256 at once"],
    ),
    "doubles itself until the machine is full": (
        """import os, time
for _ in range(10):
    os.fork()
time.sleep(600)""",
        {"memory": 8192 * MIB},
        ["died", "because it had started", "may have 256 at once"],
    ),
    "shows a gigabyte": ("while True: print('x' * 1000)", SAFE, ["showed more than 100 MiB"]),
    "shows large things": (
        "for _ in range(40): display({'text/plain': 'x' * 2**23}, raw=True)",
        {"timeout": 60},
        ["showed more than 100 MiB"],
    ),
    "shows one thing too large": ("print('x' * 2 * 10**8)", {}, ["showed more than 100 MiB at once"]),
    "closes its socket": (
        "get_ipython().kernel.iopub_thread.socket.close()",
        {},
        ["or closed its connection"],
    ),
}
FEW = {
    "crashes",
    "fails",
    "ignores signals and leaves daemons",
    "shares too much memory out",
    "shows a gigabyte",
    "wants too much memory",
}
"""Those that are run all the time."""


@pytest.fixture(autouse=True)
def _nothing_is_left(short: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(tempfile, "tempdir", str(short))
    yield
    assert nothing_left(tmp_path)
    assert list(short.iterdir()) == []


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in FEW else pytest.mark.slow) for name in CASES]
)
def test_a_cell_that(name: str, tmp_path: Path) -> None:
    check(name, tmp_path, "warm")


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_cell_of_an_ordinary_kernel_that(name: str, tmp_path: Path) -> None:
    check(name, tmp_path, "ordinary")


def check(name: str, folder: Path, kernel: KernelKind) -> None:
    source, limits, told = CASES[name]
    path = write(folder / "book" / "nasty.ipynb", "x = 1", source, "x = 2")
    with pytest.raises(ExecutionError) as caught:
        execute(path, {}, kernel=kernel, **limits)
    message = str(caught.value)
    for what in (
        "nasty.ipynb, cell 2",
        source.splitlines()[0],
        "papermill book/nasty.ipynb out.ipynb",
        *told,
    ):
        assert what in message


@pytest.mark.slow
def test_what_a_notebook_shows_does_not_pile_up_here(tmp_path: Path) -> None:
    path = write(tmp_path / "much.ipynb", "while True: print('x' * 1000)")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    with pytest.raises(ExecutionError, match="showed more"):
        execute(path, {}, memory=SAFE["memory"], timeout=SAFE["timeout"])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before < 6 * OUTPUT_LIMIT


def test_a_report_goes_on_within_its_limits(tmp_path: Path) -> None:
    path = write(
        tmp_path / "well.ipynb", "held = bytearray(50 * 2**20)\nprint('x' * 10**6)\nlen(held) // 2**20"
    )
    executed = execute(path, {}, memory=600 * MIB, timeout=30)
    assert executed.cells[-1].outputs[-1]["data"]["text/plain"] == "50"


def test_a_limit_that_no_kernel_can_keep_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "small.ipynb", "1")
    with pytest.raises(ExecutionError, match=r"may use 20 MiB, and needs at least"):
        execute(path, {}, memory=20 * MIB)
