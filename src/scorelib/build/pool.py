"""Worker processes of this machine, each warm, none able to spoil another; renders nothing itself.

Imports nothing of ours but errors and scratch. `LocalPool` is a `concurrent.futures.Executor`: what runs
elsewhere needs only be another one. Each worker is a pool of one, so that a process that dies takes its
own task with it and no other; a new one takes its place.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import multiprocessing
import os
import queue
import signal
import tempfile
import threading
import time
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver, util
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from scorelib.errors import ScorelibError
from scorelib.scratch import folder_for_sockets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["LocalPool", "NoWorkerError", "WorkerDiedError", "default_jobs", "nursery"]

P = ParamSpec("P")
T = TypeVar("T")

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
SAFE_PATH = "PYTHONSAFEPATH"
"""Keeps Python from looking for modules where it was started."""
PATIENCE = 5.0
"""Seconds in which a worker that is told to end has to."""


class WorkerDiedError(ScorelibError):
    """The process that worked on a task died; nobody knows what it would have given."""

    def __str__(self) -> str:
        return (
            "its process died, as it does when memory runs out; look at the system's log, or build "
            "this report alone with --jobs 1"
        )


def default_jobs() -> int:
    """One worker a core that this process may use: more gain nothing."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def nursery() -> int | None:
    """Number of the process that workers are forked from, if there is one."""
    # Python has no public name for it.
    pid: int | None = getattr(forkserver._forkserver, "_forkserver_pid", None)
    return pid


_starting = threading.Lock()
"""Held while variables are other than they were."""


def _start_nursery() -> dict[str, str]:
    """Start the process that workers are forked from, if there is none; gives the environment as it is.

    multiprocessing starts it, and what tracks its resources, as ``python -c``, which looks for modules in
    the folder where it was started before all others. That may be a folder of data, with a ``json.py``.
    """
    with _starting:
        environment = dict(os.environ)
        os.environ[SAFE_PATH] = "1"
        try:
            forkserver.ensure_running()
        finally:
            del os.environ[SAFE_PATH]
            os.environ.update(environment)
    return environment


def _keep_addresses_short() -> None:
    """Have multiprocessing keep its sockets where their names are not too long for one.

    It takes its folder from `tempfile`, once a process.
    """
    folder = folder_for_sockets()
    if folder is None:
        return
    usual, tempfile.tempdir = tempfile.tempdir, folder
    try:
        # If it cannot be made, a worker that is started says why.
        with contextlib.suppress(OSError):
            util.get_temp_dir()
    finally:
        tempfile.tempdir = usual


class NoWorkerError(ScorelibError):
    """There can be no process to work on a task."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return (
            f"no process can be started for it: {self.why}; make room for temporary files, or for "
            "processes, and build again"
        )


class LocalPool(concurrent.futures.Executor):
    """Worker processes that take one task after another.

    Parameters
    ----------
    jobs
        How many processes.
    warm
        What each process does first, at once, while the first task is still being prepared.
    first
        Gives, for each process that is started, what it does before that.
    """

    def __init__(
        self,
        jobs: int,
        warm: Callable[[], object] | None = None,
        first: Callable[[], Callable[[], object] | None] | None = None,
    ) -> None:
        self._waiting: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._workers = [_Worker(self._waiting, warm, first) for _ in range(jobs)]
        self._stopped = threading.Event()
        _keep_addresses_short()
        for worker in self._workers:
            worker.start()

    def submit(
        self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> concurrent.futures.Future[T]:
        """Have a worker call a function; what it takes and gives must pickle.

        Raises
        ------
        RuntimeError
            If the pool has been shut down.
        """
        if self._stopped.is_set():
            message = "this pool has been shut down"
            raise RuntimeError(message)
        future: Future[T] = Future()
        self._waiting.put((future, fn, args, kwargs))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - the superclass's
        """End the workers when they have done what was submitted, or only what they have begun."""
        self._stopped.set()
        while cancel_futures:
            try:
                item = self._waiting.get_nowait()
            except queue.Empty:
                break
            if item is not None:
                item[0].cancel()
        for _ in self._workers:
            self._waiting.put(None)
        if wait:
            for worker in self._workers:
                worker.join()

    def kill(self) -> None:
        """End the workers at once; what they were at fails."""
        self.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.kill()
        for worker in self._workers:
            worker.join(PATIENCE)


@contextlib.contextmanager
def _started() -> Iterator[None]:
    """Say it in one way if no process can be started."""
    try:
        yield
    except (EOFError, ConnectionError):
        raise NoWorkerError("the process that workers are forked from has ended") from None
    except OSError as error:
        raise NoWorkerError(error.strerror or str(error)) from None


_Item = tuple["Future[Any]", "Callable[..., Any]", tuple[Any, ...], dict[str, Any]]


class _Worker(threading.Thread):
    """A thread that feeds one worker process, and replaces it when it dies."""

    def __init__(
        self,
        waiting: queue.SimpleQueue[_Item | None],
        warm: Callable[[], object] | None,
        first: Callable[[], Callable[[], object] | None] | None,
    ) -> None:
        super().__init__(daemon=True)
        self._waiting = waiting
        self._warm = warm
        self._first = first
        self._killed = False
        self._process: concurrent.futures.ProcessPoolExecutor | None = None

    def _new(self) -> concurrent.futures.ProcessPoolExecutor:
        # Forked from a process that has imported everything once and nothing else: threads, sockets
        # and V8 of this one do not survive a fork.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["scorelib.build.nursery"])
        first = self._first() if self._first is not None else None
        environment = _start_nursery()
        process = concurrent.futures.ProcessPoolExecutor(
            1, mp_context=context, initializer=_begin, initargs=(environment, first)
        )
        if self._warm is not None:
            process.submit(self._warm)
        return process

    def _ready(self) -> concurrent.futures.ProcessPoolExecutor:
        """The process, or a new one."""
        with _started():
            self._process = self._process or self._new()
        return self._process

    def run(self) -> None:
        # Here and not in the thread that hands out work: it takes as long as its first process starts.
        with contextlib.suppress(NoWorkerError):
            self._ready()
        while (item := self._waiting.get()) is not None:
            future, fn, args, kwargs = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                process = self._ready()
                with _started():
                    begun = process.submit(fn, *args, **kwargs)
                result = begun.result()
            except BrokenProcessPool:
                self._process = None
                if not self._killed:
                    with contextlib.suppress(NoWorkerError):
                        self._ready()
                future.set_exception(WorkerDiedError())
            except BaseException as error:  # noqa: BLE001 - whoever waits for the future gets it
                future.set_exception(error)
            else:
                future.set_result(result)
        if self._process is not None:
            self._process.shutdown(wait=not self._killed, cancel_futures=True)

    def kill(self) -> None:
        """End the process, whatever it is at."""
        self._killed = True
        if self._process is not None:
            for process in dict(self._process._processes or {}).values():
                process.kill()


def _begin(environment: dict[str, str], first: Callable[[], object] | None) -> None:
    # Ctrl-C is for the main process, which ends the workers; the group gets the signal too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What this was forked from has the environment of the first build of its main process.
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if first is not None:
        first()


def _end_with_parent() -> None:
    """End this worker when the main process is killed; it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
