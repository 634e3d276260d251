"""Makes one report from what is on disk now, in a warm process; writes nothing, shows nothing.

Imports what builds import. What a report rests on is compared as a build compares it, so a save that
changes nothing makes nothing, and one that only rendering rests on runs no notebook.
"""

from __future__ import annotations

import time
import traceback
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import scorelib
from scorelib.build.pool import LocalPool
from scorelib.build.report import Result, Task
from scorelib.build.select import prepare
from scorelib.errors import DataError, ScorelibError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scorelib.build.plan import Inputs, Step
    from scorelib.build.report import Format, Report
    from scorelib.settings import Settings

__all__ = ["PACKAGE", "Made", "Maker", "watched"]

PACKAGE = Path(scorelib.__file__).parent
"""Our own code and theme; who changes them wants to see it too."""

PATIENCE = 3.0
"""Seconds that a notebook is given once something newer was saved: most are done sooner."""

GLANCE = 0.05
"""Seconds between two looks whether something newer was saved."""

FORMATS: tuple[Format, ...] = ("html", "pdf")


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a report, and what it was made from.

    Parameters
    ----------
    result
        Its files, or what went wrong.
    inputs
        What it rests on; None if that could not even be found out.
    changed
        Names of the inputs that are not as they were for the one before.
    seconds
        From the look at the inputs to the files.
    """

    result: Result
    inputs: Inputs | None = None
    changed: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def notebook(self) -> bytes | None:
        """The notebook as it was run."""
        return self.result.files.get("notebook.ipynb") if self.result.files else None


class Maker:
    """Makes reports one after another in a process that stays warm, and gets a new one if it dies.

    Parameters
    ----------
    project
        The folder that holds ``data/`` and ``notebooks/``.
    settings
        Its limits.
    """

    def __init__(self, project: Path, settings: Settings) -> None:
        self._project = project
        self._task = Task(("html",), settings.cell_timeout, settings.memory_limit)
        self._pool = self._new()

    def _new(self) -> LocalPool:
        return LocalPool(1, warm=partial(_warm, self._project))

    def renew(self) -> None:
        """Have another process, with our own code as it is now."""
        self._pool.kill()
        self._pool = self._new()

    def close(self) -> None:
        """End the process, whatever it is at."""
        self._pool.kill()

    def make(self, report: Report, before: Made | None, superseded: Callable[[], bool]) -> Made | None:
        """The report as it is now; the one before if nothing changed, None if something newer was saved.

        Parameters
        ----------
        report
            Which.
        before
            What was made of it last.
        superseded
            Whether something newer was saved; asked while a notebook takes long.
        """
        began = time.monotonic()
        try:
            step = self._step(report)
        except (ScorelibError, OSError) as error:
            return Made(Result(str(error), "data"), seconds=time.monotonic() - began)
        changed = _changed(before.inputs if before else None, step.inputs)
        if before is not None and before.result.files is not None and not changed:
            return before
        task = replace(self._task, kept=self._kept(step, before))
        result = self._run(step, task, superseded)
        if result is None:
            return None
        return Made(result, step.inputs, changed, time.monotonic() - began)

    def pdf(self, report: Report, made: Made) -> Result:
        """The PDF of a report that was made."""
        try:
            step = self._step(report)
        except (ScorelibError, OSError) as error:
            return Result(str(error), "data")
        task = replace(self._task, formats=("pdf",), kept=made.notebook)
        result = self._run(step, task, lambda: False)
        assert result is not None  # noqa: S101 - it was not superseded
        return result

    def _step(self, report: Report) -> Step:
        from scorelib.build.select import select  # noqa: PLC0415 - also says that there is no such report

        others = select(self._project, [report.organisation], report.year)
        return prepare(self._project, [report], FORMATS, among=others)[0]

    def _kept(self, step: Step, before: Made | None) -> bytes | None:
        """The executed notebook of the one before, or of the build before that."""
        if before is None or before.inputs is None:
            if step.stage == "execute":
                return None
            return (self._project / "reports" / str(step.report) / "notebook.ipynb").read_bytes()
        same = dict(before.inputs.execution) == dict(step.inputs.execution)
        return before.notebook if same else None

    def _run(self, step: Step, task: Task, superseded: Callable[[], bool]) -> Result | None:
        began = time.monotonic()
        future = self._pool.submit(_make, self._project, step, task)
        while True:
            try:
                return future.result(timeout=GLANCE)
            except NotYet:
                if time.monotonic() - began > PATIENCE and superseded():
                    self.renew()
                    return None
            except ScorelibError as died:
                return Result(str(died), "worker")


def _changed(before: Inputs | None, now: Inputs) -> tuple[str, ...]:
    if before is None:
        return ("it is shown for the first time",)
    old, new = ({**each.execution, **each.rendering} for each in (before, now))
    return tuple(name for name in sorted({*old, *new}) if old.get(name) != new.get(name))


def watched(project: Path) -> Iterable[Path]:
    """Folders in which a save may change a report."""
    return (project / "data", project / "notebooks", PACKAGE)


# --- in the worker ------------------------------------------------------------------------------


def _warm(project: Path) -> None:
    from scorelib.execute.engine import begin  # noqa: PLC0415 - only the worker needs what it imports

    # What kernels are forked from imports its libraries while this process imports its own.
    begin(project / "data")
    from scorelib.build.make import warm  # noqa: PLC0415

    warm()


def _make(project: Path, step: Step, task: Task) -> Result:
    """What a build does for a report, and nothing written.

    A build looks for wrong data and texts first. Here that is done if the report fails: then it says
    better than a traceback why, and otherwise the page is there sooner.
    """
    from scorelib.build.make import examine, files_of  # noqa: PLC0415

    try:
        result = files_of(project, step, task)
        if result.kind == "execution":
            report = step.report
            unreadable = examine(project, report.organisation, report.year, [report.lang]).unreadable
            return Result(str(DataError(unreadable)), "data") if unreadable else result
    except ScorelibError as error:
        return Result(str(error), "data")
    except Exception:  # noqa: BLE001 - a preview outlives our own mistakes too
        told = f"this is an error of scorelib itself; please report it:\n{traceback.format_exc()}"
        return Result(told, "bug")
    return result
