"""Makes reports in worker processes of this machine; imports the pool, waker and what a worker does."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scorelib.build.pool import LocalPool, default_jobs, nursery
from scorelib.execute import warm
from scorelib.execute.engine import begin
from scorelib.waker import Waker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from scorelib.build.plan import Step
    from scorelib.build.report import Examined, Result, Task

__all__ = ["Here"]


class Here:
    """Workers that read the project where it is and put reports in their place themselves.

    Parameters
    ----------
    project
        The folder that holds ``data/``, ``notebooks/`` and ``reports/``.
    jobs
        How many worker processes; None for one a core.
    tasks
        How much there is to examine and to make; more workers than that are not started.
    """

    def __init__(self, project: Path, jobs: int | None, tasks: int) -> None:
        self._project = project
        self._free = min(jobs or default_jobs(), tasks)
        # What kernels are forked from imports its libraries while the workers' nursery imports its own.
        begin(project / "data")
        self._pool = LocalPool(self._free, warm=partial(_warm, project), first=_lent)
        # Workers are children of their nursery, keepers of kernels those of the warm parent.
        self._waker = Waker(_parents)

    def examine(self, organisation: str, year: int, langs: Sequence[str]) -> Future[Examined]:
        """Have the texts of a scorecard checked."""
        self._free -= 1
        return self._pool.submit(_examine, self._project, organisation, year, langs)

    def begin(self, step: Step, task: Task) -> Future[Result] | None:
        """Have the files of a report made and brought here, if a worker has nothing to do."""
        if self._free <= 0:
            return None
        self._free -= 1
        return self._pool.submit(_begin, self._project, step, task)

    def make(self, step: Step, task: Task) -> Future[Result]:
        """Have a report made and put in its place."""
        return self._pool.submit(_make, self._project, step, task)

    def shutdown(self) -> None:
        """End when all that was asked for is done."""
        self._pool.shutdown()
        self._waker.end()

    def kill(self) -> None:
        """End at once."""
        self._pool.kill()
        self._waker.end()


# The process that hands out the work imports none of what does it.


def _parents() -> list[int]:
    loan = warm.lend()
    return [pid for pid in (nursery(), loan.pid if loan else None) if pid]


def _lent() -> Callable[[], object] | None:
    loan = warm.lend()
    return None if loan is None else partial(warm.borrow, loan)


def _warm(project: Path) -> None:
    # Where nothing was lent, each worker has a warm parent of its own.
    begin(project / "data")
    from scorelib.build.make import import_all  # noqa: PLC0415

    import_all()


def _examine(project: Path, organisation: str, year: int, langs: Sequence[str]) -> Examined:
    from scorelib.build.make import examine  # noqa: PLC0415

    return examine(project, organisation, year, langs)


def _begin(project: Path, step: Step, task: Task) -> Result:
    from scorelib.build.make import files_of  # noqa: PLC0415

    return files_of(project, step, task)


def _make(project: Path, step: Step, task: Task) -> Result:
    from scorelib.build.make import make_one  # noqa: PLC0415

    return make_one(project, step, task)
