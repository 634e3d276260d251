"""Runs a build: checks data first, hands reports to workers, gathers what became of each.

Imports everything below it lazily where it is heavy: to find that nothing is to do costs no pandas.
Whether workers are processes here or on other machines is the pool's business.
"""

from __future__ import annotations

import contextlib
import queue
import signal
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from scorelib.build.examine import LOST, check, own_texts
from scorelib.build.lock import locked
from scorelib.errors import ScorelibError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from scorelib.build.plan import Step
    from scorelib.build.report import Examined, Kind, Report, Result, Task
    from scorelib.errors import Diagnostic

__all__ = [
    "Built", "Listener", "Outcome", "Work", "Workers", "build", "kept_notebook",
]  # fmt: skip

TICK = 0.25
"""Seconds between two looks at what is running."""


@dataclass(frozen=True, slots=True, order=True)
class Outcome:
    """What became of a report; `error` is empty if it was made, `kind` says what stopped it."""

    report: Report
    error: str = ""
    kind: Kind = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did; `left` are reports that were not begun because it was interrupted."""

    outcomes: tuple[Outcome, ...] = ()
    left: tuple[Report, ...] = ()

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """Those that were not made."""
        return tuple(outcome for outcome in self.outcomes if outcome.error)


@dataclass(slots=True)
class Listener:
    """Who hears what happens: a terminal, a log, a machine."""

    begun: Callable[[Report], None] = field(default=lambda _: None)
    done: Callable[[Outcome], None] = field(default=lambda _: None)
    stopping: Callable[[int], None] = field(default=lambda _: None)
    """Called at the first Ctrl-C, with how many reports are still being finished."""


class Workers(Protocol):
    """Where reports are made: processes of this machine, or a cluster."""

    def examine(self, organisation: str, year: int, langs: Sequence[str]) -> Future[Examined]:
        """Have the texts of a scorecard checked, in the languages in which it is to be made."""

    def begin(self, step: Step, task: Task) -> Future[Result] | None:
        """Have the files of a report made and given back, if somebody has nothing else to do."""

    def make(self, step: Step, task: Task) -> Future[Result]:
        """Have a report made."""

    def shutdown(self) -> None:
        """End when all that was asked for is done."""

    def kill(self) -> None:
        """End at once."""


@dataclass(frozen=True, slots=True)
class Work:
    """What there is to make, once the data were found right, and who makes it and hears of it."""

    project: Path
    steps: Sequence[Step]
    task: Task
    workers: Workers
    listener: Listener
    interrupted: _Interrupted
    begun: Mapping[Report, Future[Result]] = field(default_factory=dict)
    """Reports that are being made already; their files are given back, and are still to be published."""

    @property
    def stopped(self) -> bool:
        """Whether Ctrl-C was pressed."""
        return self.interrupted.count > 0

    def gather(
        self,
        futures: Mapping[Future[Result], Report],
        listener: Listener | None = None,
        deliver: Callable[[Report, Mapping[str, bytes]], None] | None = None,
    ) -> Built:
        """Wait for what workers make; files that they give back are published, or delivered."""
        return _gather(self.project, futures, self.interrupted, listener or self.listener, deliver)


def build(
    project: Path,
    steps: Sequence[Step],
    task: Task,
    pool: Callable[[int], Workers],
    listener: Listener | None = None,
    *,
    route: Callable[[Work], Built] | None = None,
) -> Built:
    """Make the reports that are stale.

    Parameters
    ----------
    project
        The folder that holds ``data/``, ``notebooks/`` and ``reports/``.
    steps
        What `prepare` gave.
    task
        What they have in common.
    pool
        Gives what makes them, for a number of tasks: scorecards to examine and reports to make.
    listener
        Hears what happens. The first Ctrl-C lets reports that were begun be finished, the second ends
        them.
    route
        How workers make them: each at once if not given.

    Raises
    ------
    DataError
        If the data of any of the reports are wrong: all errors, before anything is written.
    UsageError
        If another build writes in ``reports/``.
    KeyboardInterrupt
        At the second Ctrl-C.
    """
    stale = [step for step in steps if step.stage != "fresh"]
    if not stale:
        return Built()
    texts = own_texts(project, stale)
    workers = pool(len(stale) + len(texts))
    try:
        with _interruptions() as interrupted:
            examined = {key: workers.examine(*key, codes) for key, codes in texts.items()}
            # What is found wrong is not published; until then, processors would have nothing to do.
            begun = {} if route else _begun(project, stale, task, workers)
            wrong = check(project, stale, examined)
            with locked(project / "reports"):
                listener = listener or Listener()
                steps = [step for step in stale if step.report not in wrong]
                work = Work(project, steps, task, workers, listener, interrupted, begun)
                refused = _refuse(wrong, listener)
                built = (route or _at_once)(work)
                return replace(built, outcomes=tuple(sorted([*refused, *built.outcomes])))
    except BaseException:
        workers.kill()
        raise
    finally:
        workers.shutdown()


def _begun(
    project: Path, steps: Sequence[Step], task: Task, workers: Workers
) -> dict[Report, Future[Result]]:
    """Have as many reports begun as there are workers that have nothing to examine."""
    begun = {}
    for step in steps:
        future = workers.begin(step, _own(task, project, step))
        if future is None:
            break
        begun[step.report] = future
    return begun


def _at_once(work: Work) -> Built:
    """Have each report made and published by itself."""
    futures = {}
    for step in work.steps:
        future = work.begun.get(step.report)
        if future is None:
            future = work.workers.make(step, _own(work.task, work.project, step))
        futures[future] = step.report
    return work.gather(futures)


def _own(task: Task, project: Path, step: Step) -> Task:
    return replace(task, kept=kept_notebook(project, step))


def kept_notebook(project: Path, step: Step) -> bytes | None:
    """The executed notebook, if it is as it has to be."""
    if step.stage != "render":
        return None
    return (project / "reports" / str(step.report) / "notebook.ipynb").read_bytes()


def _refuse(wrong: Mapping[Report, Sequence[Diagnostic]], listener: Listener) -> list[Outcome]:
    """Fail the reports whose texts are wrong; the others are made."""
    refused = []
    for report, found in sorted(wrong.items()):
        errors = "an error" if len(found) == 1 else f"{len(found)} errors"
        lines = [f"its texts have {errors}; mend each, or accept a number that is right:"]
        outcome = Outcome(report, "\n".join([*lines, *(f"  {each}" for each in found)]), "check")
        listener.begun(report)
        listener.done(outcome)
        refused.append(outcome)
    return refused


class _Interrupted:
    """How often Ctrl-C was pressed, and who is to be woken."""

    def __init__(self) -> None:
        self.count = 0
        self.news: queue.SimpleQueue[Future[Any] | None] = queue.SimpleQueue()

    def __call__(self, number: int, frame: object) -> None:  # noqa: ARG002 - a signal handler's
        self.count += 1
        if self.count > 1 or number != signal.SIGINT:
            raise KeyboardInterrupt
        self.news.put(None)


@contextlib.contextmanager
def _interruptions() -> Iterator[_Interrupted]:
    """Hear Ctrl-C as a request; only the main thread can."""
    interrupted = _Interrupted()
    if threading.current_thread() is not threading.main_thread():
        yield interrupted
        return
    before = {number: signal.signal(number, interrupted) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _gather(
    project: Path,
    futures: Mapping[Future[Result], Report],
    interrupted: _Interrupted,
    listener: Listener,
    deliver: Callable[[Report, Mapping[str, bytes]], None] | None,
) -> Built:
    news = interrupted.news
    for each in futures:
        each.add_done_callback(news.put)
    outcomes: list[Outcome] = []
    waiting = dict(futures)
    left: list[Report] = []
    begun: set[Report] = set()

    def begin(report: Report) -> None:
        if report not in begun:
            begun.add(report)
            listener.begun(report)

    stopping = False
    while waiting:
        try:
            future = news.get(timeout=TICK)
        except queue.Empty:
            for running, report in waiting.items():
                if running.running():
                    begin(report)
            continue
        if interrupted.count and not stopping:
            stopping = True
            cancelled = [other for other in list(waiting) if other.cancel()]
            left = [waiting.pop(other) for other in cancelled]
            listener.stopping(len(waiting))
        if future is not None and future in waiting:
            report = waiting.pop(future)
            begin(report)
            outcomes.append(_outcome(project, report, future, deliver))
            listener.done(outcomes[-1])
    return Built(tuple(sorted(outcomes)), tuple(sorted(left)))


def _outcome(
    project: Path,
    report: Report,
    future: Future[Any],
    deliver: Callable[[Report, Mapping[str, bytes]], None] | None,
) -> Outcome:
    if future.cancelled():
        # Not by us: those that we cancel are not waited for any more.
        return Outcome(report, LOST.format("it was made"), "worker")
    error = future.exception()
    if error is not None:
        return Outcome(report, str(error) or type(error).__name__, "worker")
    result: Result = future.result()
    if result.files is not None:
        from scorelib.build.publish import publish  # noqa: PLC0415 - only of files from elsewhere

        try:
            if deliver is None:
                publish(result.files, project / "reports" / str(report))
            else:
                deliver(report, result.files)
        except ScorelibError as failed:
            return Outcome(report, str(failed), "writing", result.seconds)
    return Outcome(report, result.error, result.kind, result.seconds)
