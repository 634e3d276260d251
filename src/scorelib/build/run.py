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

from scorelib.build.lock import locked
from scorelib.build.plan import plan
from scorelib.build.report import Report
from scorelib.data.listing import listed
from scorelib.data.package import Package
from scorelib.errors import DataError, ScorelibError, UsageError
from scorelib.language import available, language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from scorelib.build.plan import Step
    from scorelib.build.report import Examined, Format, Kind, Result, Task
    from scorelib.errors import Diagnostic, Finding

__all__ = [
    "Built", "Listener", "Outcome", "Work", "Workers", "build", "kept_notebook", "prepare", "select", "shard",
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


def select(
    project: Path,
    organisations: Sequence[str] = (),
    year: int | None = None,
    langs: Sequence[str] = (),
) -> list[Report]:
    """The reports that are asked for: all there are, or those of some organisations or a year.

    Raises
    ------
    UsageError
        If something that is asked for does not exist.
    DataError
        If the tables that say what there is are wrong.
    """
    codes = [language(code).code for code in langs] or list(available())
    rows = listed(Package.load(project / "data"))
    for organisation in organisations:
        years = [int(str(row["year"])) for row in rows if row["organisation"] == organisation]
        if not years or (year is not None and year not in years):
            from scorelib.data.scorecard import load_scorecard  # noqa: PLC0415 - only for its message

            # Loading says best what is missing, and what there is instead.
            load_scorecard(organisation, year or 0, project=project)
    chosen = [
        Report(str(row["organisation"]), int(str(row["year"])), code)
        for row in rows
        if (not organisations or row["organisation"] in organisations)
        and (year is None or row["year"] == year)
        for code in codes
    ]
    if not chosen:
        message = f"there is no scorecard of {year}; `scorelib list` shows every scorecard"
        raise UsageError(message)
    return sorted(chosen)


def shard(reports: Sequence[Report], number: int, count: int) -> list[Report]:
    """Part `number` (from 1) of `count` parts: every report is in one, their sizes differ by one at most."""
    return sorted(reports)[number - 1 :: count]


def prepare(
    project: Path,
    reports: Sequence[Report],
    formats: Sequence[Format],
    *,
    renderer: str = "embedded",
    force: bool = False,
    among: Sequence[Report] = (),
) -> list[Step]:
    """What each of the reports needs, and why; see `scorelib.build.plan.plan`.

    Parameters
    ----------
    project, formats, renderer, force
        As for `plan`.
    reports
        The reports that are to be made here.
    among
        All reports of the build, if others make the rest of them.
    """
    everything = {*reports, *among}
    others = {report: _others(report, everything, project) for report in reports}
    package = Package.load(project / "data")
    return plan(project, package, reports, formats, others, renderer=renderer, force=force)


def _others(report: Report, reports: set[Report], project: Path) -> list[str]:
    """Languages in which the same scorecard is there, or is about to be."""
    return [
        code
        for code in available()
        if code != report.lang
        and (
            replace(report, lang=code) in reports
            or (project / "reports" / str(replace(report, lang=code)) / "index.html").exists()
        )
    ]


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
        Gives what makes them, for a number of reports.
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
    workers = pool(len(stale))
    try:
        with _interruptions() as interrupted:
            wrong = _check(project, stale, workers)
            with locked(project / "reports"):
                listener = listener or Listener()
                steps = [step for step in stale if step.report not in wrong]
                work = Work(project, steps, task, workers, listener, interrupted)
                refused = _refuse(wrong, listener)
                built = (route or _at_once)(work)
                return replace(built, outcomes=tuple(sorted([*refused, *built.outcomes])))
    except BaseException:
        workers.kill()
        raise
    finally:
        workers.shutdown()


def _at_once(work: Work) -> Built:
    """Have each report made and published by itself."""
    return work.gather(
        {
            work.workers.make(step, replace(work.task, kept=kept_notebook(work.project, step))): step.report
            for step in work.steps
        }
    )


def kept_notebook(project: Path, step: Step) -> bytes | None:
    """The executed notebook, if it is as it has to be."""
    if step.stage != "render":
        return None
    return (project / "reports" / str(step.report) / "notebook.ipynb").read_bytes()


def _check(project: Path, steps: Sequence[Step], workers: Workers) -> dict[Report, Sequence[Diagnostic]]:
    """Check every report's rows and own texts before anything is made; gives what must not be printed.

    Texts that a report was made from before are not checked again, where its rendering alone is stale.
    """
    from scorelib.data.check import load_tables  # noqa: PLC0415

    written = [step.report for step in steps if step.stage == "execute" and _has_texts(project, step.report)]
    langs: dict[tuple[str, int], list[str]] = {}
    for report in written:
        langs.setdefault((report.organisation, report.year), []).append(report.lang)
    examined = {key: workers.examine(*key, codes) for key, codes in langs.items()}
    package = Package.load(project / "data")
    findings: set[Finding] = set()
    for organisation in sorted({step.report.organisation for step in steps}):
        findings.update(load_tables(package, organisation)[1])
    wrong: dict[Report, Sequence[Diagnostic]] = {}
    for key, future in examined.items():
        found = future.result()
        findings.update(found.unreadable)
        wrong.update({Report(*key, code): each for code, each in found.wrong.items() if each})
    if findings:
        raise DataError(sorted(findings))
    return wrong


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


def _has_texts(project: Path, report: Report) -> bool:
    """Whether there are texts for this report alone; those that all share show in every report."""
    folder = project / "data" / "texts" / report.organisation / str(report.year) / report.lang
    return any(folder.glob("*.md"))


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
        lost = "the scheduler was lost before it was made; start the cluster again and build again"
        return Outcome(report, lost, "worker")
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
