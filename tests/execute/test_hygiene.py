"""Kernels and their parent leave no process, socket or file, however their owner ends."""

from __future__ import annotations

import contextlib
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell

from scorelib.execute import warm
from scorelib.execute.engine import execute
from scorelib.execute.keeper import descendants

from .kernels import gone, nothing_left, write

# Runs a notebook whose cell tells the numbers of its processes and then waits for ever.
OWNER = """
import sys
from pathlib import Path
from scorelib.execute.engine import execute
if __name__ == "__main__":
    execute(Path(sys.argv[1]), {}, kernel=sys.argv[2])
"""
CELL = """
import os, subprocess, time
daemon = subprocess.Popen(["sleep", "600"], start_new_session=True)
parent = open(f"/proc/{os.getppid()}/stat").read().split()[3]
numbers = " ".join(map(str, [os.getpid(), os.getppid(), parent, daemon.pid]))
with open("told", "w") as file: file.write(numbers + "\\n")
time.sleep(600)
"""


def begun(folder: Path, kernel: str) -> tuple[subprocess.Popen[bytes], list[int]]:
    """A process that runs the notebook, and the processes that this needs."""
    path = write(folder / "waits.ipynb", CELL)
    script = folder / "owner.py"
    script.write_text(OWNER)
    os.mkfifo(folder / "told")
    scratch = folder / "scratch"
    scratch.mkdir()
    owner = subprocess.Popen(
        [sys.executable, script, path, kernel],
        env={**os.environ, "TMPDIR": str(scratch)},
        stderr=subprocess.DEVNULL,
    )
    with (folder / "told").open() as told:
        numbers = [int(number) for number in told.readline().split()]
    return owner, [number for number in numbers if number != owner.pid]


@pytest.mark.parametrize(
    ("kernel", "number"),
    [
        ("warm", signal.SIGKILL),
        ("warm", signal.SIGINT),
        ("ordinary", signal.SIGKILL),
        pytest.param("warm", signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param("ordinary", signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param("ordinary", signal.SIGINT, marks=pytest.mark.slow),
    ],
)
def test_all_is_gone_when_the_owner_ends(kernel: str, number: signal.Signals, short: Path) -> None:
    owner, numbers = begun(short, kernel)
    handles = [os.pidfd_open(pid) for pid in numbers]
    owner.send_signal(number)
    owner.wait(30)
    assert gone(handles)
    assert list((short / "scratch").iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("kernel", ["warm", "ordinary"])
def test_nothing_is_left_whenever_the_owner_is_killed(short: Path, kernel: str) -> None:
    path = write(short / "one.ipynb", "1")
    script, scratch = short / "owner.py", short / "scratch"
    script.write_text(OWNER.replace("    execute(", "    while True: execute("))
    scratch.mkdir()
    for _ in range(12):
        owner = subprocess.Popen(
            [sys.executable, script, path, kernel], env={**os.environ, "TMPDIR": str(scratch)}
        )
        with pytest.raises(subprocess.TimeoutExpired):
            owner.wait(random.uniform(0.5, 3))  # noqa: S311 - any moment will do
        handles = [os.pidfd_open(pid) for pid in descendants(owner.pid)]
        owner.kill()
        owner.wait()
        assert gone(handles)
    # Within the moment before its keeper knows of it, a folder is left for another process to find, later.
    for left in scratch.iterdir():
        os.utime(left, (1, 1))
    script.write_text(OWNER)
    subprocess.run(
        [sys.executable, script, path, kernel], env={**os.environ, "TMPDIR": str(scratch)}, check=True
    )
    assert list(scratch.iterdir()) == []


def test_a_folder_of_a_process_that_has_ended_is_removed_and_no_other(
    short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = short / "scratch"
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr(tempfile, "tempdir", None)
    ended = subprocess.Popen(["true"])
    ended.wait()
    for name in (
        f"scorelib-{ended.pid}-a",
        f"scorelib-{os.getpid()}-b",
        "of-somebody-else",
        "scorelib-other",
    ):
        (scratch / name).mkdir(parents=True)
        os.utime(scratch / name, (1, 1))
    (scratch / f"scorelib-{ended.pid}-just-now").mkdir()
    execute(write(short / "one.ipynb", "1"), {})
    left = {path.name for path in scratch.iterdir()}
    assert left == {
        f"scorelib-{os.getpid()}-b",
        "of-somebody-else",
        "scorelib-other",
        f"scorelib-{ended.pid}-just-now",
    }


def test_kernels_outlive_the_parent_and_end_with_their_owner(short: Path) -> None:
    owner, numbers = begun(short, "warm")
    parent = numbers[2]
    handles = [os.pidfd_open(pid) for pid in numbers if pid != parent]
    ended = os.pidfd_open(parent)
    os.kill(parent, signal.SIGKILL)
    assert gone([ended])
    assert select.select(handles, [], [], 0.2)[0] == []
    owner.kill()
    owner.wait(30)
    assert gone(handles)


def test_what_a_kernel_started_is_gone_when_the_keeper_is_not_told(short: Path) -> None:
    """The keeper itself can be killed, as by a system without memory: then all that it kept ends too."""
    owner, (kernel, keeper, _, daemon) = begun(short, "warm")
    handles = [os.pidfd_open(pid) for pid in (kernel, daemon)]
    os.kill(keeper, signal.SIGKILL)
    assert gone(handles)
    owner.wait(30)


def test_the_parent_has_one_thread_and_no_sockets_of_kernels() -> None:
    assert warm.why_not() == ""
    parent = warm.start()
    assert len(list(Path(f"/proc/{parent.pid}/task").iterdir())) == 1
    # zmq would have made descriptors of this kind for its threads.
    kinds = []
    for link in Path(f"/proc/{parent.pid}/fd").iterdir():
        # It may just be closing what it was sent for an earlier kernel.
        with contextlib.suppress(FileNotFoundError):
            kinds.append(str(link.readlink()))
    assert [kind for kind in kinds if "eventfd" in kind] == []


def test_descriptors_do_not_pile_up(short: Path) -> None:
    path = write(short / "one.ipynb", "1")
    execute(path, {})
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        execute(path, {})
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


def test_nothing_is_left_after_a_report_that_went_well(short: Path) -> None:
    source = "import subprocess; subprocess.Popen(['sleep', '600'], start_new_session=True)"
    execute(write(short / "well.ipynb", source), {})
    assert nothing_left(short)
    assert [path.name for path in short.iterdir()] == ["well.ipynb"]


def run_owner(script: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "script.py").write_text(textwrap.dedent(script))
    return subprocess.run(
        [sys.executable, folder / "script.py", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_workers_and_threads_have_their_own(short: Path) -> None:
    """Spawned processes have a parent each; threads share that of their process, at the same time."""
    path = write(
        short / "tells.ipynb",
        new_code_cell("n = 0", metadata={"tags": ["parameters"]}),
        "n",
    )
    script = """
    import sys, threading
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
    from multiprocessing import get_context
    from pathlib import Path

    from scorelib.execute import warm
    from scorelib.execute.engine import execute

    PATH = Path(sys.argv[1])

    def shown(n):
        executed = execute(PATH, {"n": n})
        return executed.cells[-1].outputs[-1]["data"]["text/plain"]

    def work(n):
        with ThreadPoolExecutor(2) as threads:
            told = list(threads.map(shown, [n, n + 1]))
        return told, warm.start(environment={**__import__("os").environ, **warm.ONE_THREAD}).pid

    if __name__ == "__main__":
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as workers:
            done = list(workers.map(work, [10, 20]))
        print([told for told, _ in done], threading.active_count())
    """
    done = run_owner(script, str(path), folder=short)
    assert done.stderr == ""
    assert done.stdout == "[['10', '11'], ['20', '21']] 1\n"


def test_a_process_forked_from_ours_starts_anew(short: Path) -> None:
    path = write(short / "one.ipynb", "1 + 1")
    script = """
    import os, sys
    from pathlib import Path

    from scorelib.execute import warm
    from scorelib.execute.engine import execute

    assert warm.why_not() == ""
    first = warm.start().pid
    if (pid := os.fork()) == 0:
        assert warm.start().pid != first
        assert warm.why_not() == ""
        os._exit(42)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 42
    assert warm.why_not() == "" and warm.start().pid == first
    print(len(execute(Path(sys.argv[1]), {}).cells))
    """
    done = run_owner(script, str(path), folder=short)
    assert (done.stdout, done.stderr) == ("1\n", "")
