"""Hands reports to worker processes and survives the death of any of them; renders nothing itself.

Imports nothing of ours but errors and what a report is called. Each worker is a pool of one, so
that a process that dies takes its own report with it and no other; a new one takes its place.
"""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import os
import queue
import signal
import threading
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["Event", "default_jobs", "run"]

Task = TypeVar("Task")

DIED = (
    "its process died, as it does when memory runs out; look at the system's log, or build this report "
    "alone with --jobs 1"
)
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Event(Generic[Task]):
    """A task was begun (`error` is None) or is done (`error` is empty if all went well)."""

    task: Task
    error: str | None


def default_jobs() -> int:
    """One worker a core that this process may use: more gain nothing."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(tasks: Sequence[Task], work: Callable[[Task], str], jobs: int) -> Iterator[Event[Task]]:
    """Run `work` on every task in worker processes, and tell what happens as it happens.

    Parameters
    ----------
    tasks
        What there is to do; begun in this order.
    work
        A function that can be pickled; gives an error message, empty if all went well.
    jobs
        How many worker processes.

    Yields
    ------
    Event
        Two for each task. When the caller stops asking, workers are ended.
    """
    waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()
    events: queue.SimpleQueue[Event[Task] | BaseException] = queue.SimpleQueue()
    for task in tasks:
        waiting.put(task)
    stop = threading.Event()
    workers = [_Worker(work, waiting, events, stop) for _ in range(min(jobs, len(tasks)))]
    try:
        for worker in workers:
            worker.start()
        for _ in range(2 * len(tasks)):
            event = events.get()
            if isinstance(event, BaseException):
                raise event
            yield event
    finally:
        stop.set()
        for worker in workers:
            worker.end()


class _Worker(threading.Thread, Generic[Task]):
    """A thread that feeds one worker process, and replaces it when it dies."""

    def __init__(
        self,
        work: Callable[[Task], str],
        waiting: queue.SimpleQueue[Task],
        events: queue.SimpleQueue[Event[Task] | BaseException],
        stop: threading.Event,
    ) -> None:
        super().__init__(daemon=True)
        self.work = work
        self.waiting = waiting
        self.events = events
        self.stop = stop
        self.executor = _executor()

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                task = self.waiting.get_nowait()
            except queue.Empty:
                return
            self.events.put(Event(task, None))
            try:
                error = self.executor.submit(self.work, task).result()
            except BrokenProcessPool:
                error = DIED
                if not self.stop.is_set():
                    self.executor = _executor()
            except BaseException as bug:  # noqa: BLE001 - the main thread raises it
                self.events.put(bug)
                return
            self.events.put(Event(task, error))

    def end(self) -> None:
        """End the process; at once if it is still at work."""
        processes: dict[int, Any] = dict(self.executor._processes or {})
        busy = self.is_alive()
        self.executor.shutdown(wait=not busy, cancel_futures=True)
        if busy:
            for process in processes.values():
                process.terminate()


def _executor() -> concurrent.futures.ProcessPoolExecutor:
    # A new interpreter, not a fork: threads, sockets and V8 do not survive one.
    return concurrent.futures.ProcessPoolExecutor(
        1, mp_context=multiprocessing.get_context("spawn"), initializer=_begin
    )


def _begin() -> None:
    # Ctrl-C is for the main process, which ends the workers; the group gets the signal too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this worker when the main process is killed; it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
