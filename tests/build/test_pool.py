"""Workers share the work; the death of one, an interruption or a kill spoils nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scorelib.build.pool import LocalPool, WorkerDiedError


def work(task: int) -> str:
    """What the workers of these tests do; they import this module to find it."""
    if task == 3:
        os._exit(9)
    if task == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    if task == 7:
        message = "a bug in 7"
        raise RuntimeError(message)
    return f"{task} done"


def get_warm() -> None:
    os.environ["WARMED"] = "yes"


def is_warm() -> bool:
    return "WARMED" in os.environ


def wait_for(path: Path) -> None:
    """Stay at work until a file is there, for ever if need be."""
    Path(f"{path}.begun").touch()
    while not path.exists():
        time.sleep(0.01)


def until(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.01)


@pytest.mark.parametrize("jobs", [1, 2, 4])
def test_a_worker_that_dies_fails_its_own_task_and_no_other(jobs: int) -> None:
    with LocalPool(jobs) as pool:
        futures = [pool.submit(work, task) for task in range(9)]
    errors = {task: future.exception() for task, future in enumerate(futures) if future.exception()}
    assert set(errors) == {3, 5, 7}
    assert isinstance(errors[3], WorkerDiedError)
    assert isinstance(errors[5], WorkerDiedError)
    assert str(errors[7]) == "a bug in 7"
    assert futures[8].result() == "8 done"


def test_what_has_not_been_begun_can_be_cancelled(tmp_path: Path) -> None:
    go = tmp_path / "go"
    with LocalPool(1) as pool:
        futures = [pool.submit(wait_for, go) for _ in range(5)]
        until(tmp_path / "go.begun")
        pool.shutdown(wait=False, cancel_futures=True)
        go.touch()
    assert [future.cancelled() for future in futures] == [False, True, True, True, True]
    with pytest.raises(RuntimeError, match="shut down"):
        pool.submit(work, 1)


def test_a_pool_that_is_killed_ends_what_it_is_at(tmp_path: Path) -> None:
    pool = LocalPool(2)
    futures = [pool.submit(wait_for, tmp_path / name) for name in "ab"]
    until(tmp_path / "a.begun")
    until(tmp_path / "b.begun")
    pool.kill()
    assert all(isinstance(future.exception(timeout=60), WorkerDiedError) for future in futures)


def test_each_worker_is_warmed_before_its_first_task() -> None:
    with LocalPool(1, warm=get_warm) as pool:
        assert pool.submit(is_warm).result()


def test_what_workers_are_forked_from_has_one_thread() -> None:
    code = "import os, scorelib.build.nursery; print(len(os.listdir('/proc/self/task')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


def test_a_worker_has_the_environment_of_its_own_build(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("first", "second"):
        monkeypatch.setenv("SCORELIB_TEST_BUILD", value)
        with LocalPool(1) as pool:
            assert pool.submit(os.getenv, "SCORELIB_TEST_BUILD").result() == value


def test_a_temporary_folder_with_a_long_name_is_no_obstacle(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 25)
    folder.mkdir()
    code = (
        "import os; from scorelib.build.pool import LocalPool; print(LocalPool(1).submit(os.getpid).result())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.strip().isdigit(), done.stderr


NURSERY = """
import multiprocessing, sys, warnings
if __name__ == "__main__":
    warnings.simplefilter("ignore")
    multiprocessing.set_executable(sys.argv[1])
    from scorelib.build.pool import LocalPool, NoWorkerError
    try:
        LocalPool(1).submit(int).result(timeout=30)
    except NoWorkerError as error:
        print(error)
"""


@pytest.mark.parametrize("program", ["exit 1", "sleep 1"], ids=["at once", "once it was asked"])
def test_a_process_that_workers_are_forked_from_and_that_ends_is_told(tmp_path: Path, program: str) -> None:
    nursery, script = tmp_path / "nursery", tmp_path / "script.py"
    nursery.write_text(f"#!/bin/sh\n{program}\n", "utf-8")
    nursery.chmod(0o755)
    script.write_text(NURSERY, "utf-8")
    command = [sys.executable, str(script), str(nursery)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert "the process that workers are forked from has ended" in done.stdout, done.stderr
