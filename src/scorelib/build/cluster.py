"""Makes reports on a dask cluster that shares no folder with us: inputs go out, files come back.

Imports distributed (extra ``cluster``) when it is used. Workers need scorelib with the same
dependencies installed; one that has others says so instead of making a report that differs.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import io
import logging
import re
import socket
import tempfile
import threading
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from scorelib.build.plan import same_software
from scorelib.build.report import Result
from scorelib.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from scorelib.build.plan import Step
    from scorelib.build.report import Examined, Task

__all__ = ["Bundle", "Cluster"]

T = TypeVar("T")

PATIENCE = 10
"""Seconds in which the scheduler has to answer."""
LOST = 120.0
"""Seconds after which a scheduler is given up that does not answer or has no workers; and a worker named."""
LOOK = 2.0
"""Seconds between two looks at the cluster."""
LOG = logging.getLogger(__name__)
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Bundle:
    """The inputs of all reports of a build: data, texts and notebooks, as a zip."""

    digest: str
    content: bytes

    @classmethod
    def of(cls, project: Path) -> Bundle:
        """Those of a project; the same files give the same bytes."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
            data = (project / "data").resolve()
            for root in ("data", "notebooks"):
                for path in sorted((project / root).rglob("*")):
                    if not path.is_file() or any(part.startswith(".") for part in path.parts):
                        continue
                    # What a link leads out of data to is nobody's data; notebooks are trusted with theirs.
                    if root != "data" or path.resolve().is_relative_to(data):
                        name = path.relative_to(project).as_posix()
                        file.writestr(zipfile.ZipInfo(name, EPOCH), path.read_bytes(), zipfile.ZIP_DEFLATED)
        content = out.getvalue()
        return cls(hashlib.sha256(content).hexdigest(), content)


class Cluster:
    """Workers of a scheduler.

    Parameters
    ----------
    project
        The folder that holds ``data/`` and ``notebooks/``.
    address
        That of the scheduler, such as ``tcp://127.0.0.1:8786``.

    Raises
    ------
    UsageError
        If distributed is not installed, the scheduler does not answer or has no workers.
    """

    def __init__(self, project: Path, address: str) -> None:
        try:
            import dask  # noqa: PLC0415 - an extra, as distributed
            from distributed import Client  # noqa: PLC0415
        except ImportError:
            message = "a dask cluster needs one more package; run: pip install 'scorelib[cluster]'"
            raise UsageError(message) from None
        _must_answer(address)
        # They log tracebacks when a connection ends; what that means for each report, we tell.
        for name in list(logging.root.manager.loggerDict):
            if name.startswith(("distributed", "tornado")):
                logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        try:
            self._client = Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            message = f"no dask scheduler answers at {address} ({error}); start one with: dask scheduler"
            raise UsageError(message) from None
        try:
            # They may just be starting.
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            self._client.close()
            message = f"the scheduler at {address} has no workers; start some with: dask worker {address}"
            raise UsageError(message) from None
        # A worker that dies is not the report's doing, so dask hands that report to another worker.
        self._executor = self._client.get_executor(pure=False, retries=0)
        # A task, which is done again elsewhere when the worker that has its result is lost; scattered data
        # would be lost with it, as copies of them are dropped.
        bundle = Bundle.of(project)
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TB"}):
            self._bundle = self._client.submit(Bundle, bundle.digest, bundle.content, pure=False)
        self._futures: list[Future[Any]] = []
        self._ended = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def examine(self, organisation: str, year: int, langs: Sequence[str]) -> Future[Examined]:
        """Have the texts of a scorecard checked."""
        return self._submit(_examine, organisation, year, langs)

    def begin(self, step: Step, task: Task) -> None:
        """Begin nothing before all is examined: others use the cluster too."""

    def make(self, step: Step, task: Task) -> Future[Result]:
        """Have the files of a report made and brought here."""
        return self._submit(_make, step, task)

    def _submit(self, work: Callable[..., T], *args: Any) -> Future[T]:
        future: Future[T] = self._executor.submit(work, self._bundle, *args)
        self._futures.append(future)
        return future

    def _watch(self) -> None:
        """Give up what a cluster would never give back, which distributed waits for."""
        silence = _Silence()
        while not self._ended.wait(LOOK):
            if silence.of("the cluster", self._workers(silence)) > LOST:
                for future in self._futures:
                    future.cancel()

    def _workers(self, silence: _Silence) -> float | None:
        """When anything was last heard of any worker; nothing if the scheduler does not say."""
        # It has none while it looks for it again.
        scheduler = self._client.scheduler
        if scheduler is None:
            return None
        try:
            workers = self._client.sync(scheduler.identity, callback_timeout=PATIENCE)["workers"]
        except (Exception, asyncio.CancelledError):  # noqa: BLE001 - also as the client is closed meanwhile
            return None
        for address, worker in workers.items():
            if silence.of(address, worker["last_seen"]) > LOST and silence.tell(address):
                LOG.warning(
                    "worker %s has said nothing for %.0f s; if something stopped it, let it go on, or end it",
                    address, LOST,
                )  # fmt: skip
        return max((worker["last_seen"] for worker in workers.values()), default=None)

    def shutdown(self) -> None:
        """Let go of the cluster, which stays."""
        self._ended.set()
        # A scheduler that is gone can't be told.
        with contextlib.suppress(OSError, TimeoutError):
            self._executor.shutdown(wait=False)
            self._client.close(timeout=PATIENCE)

    def kill(self) -> None:
        """Have what has not been begun forgotten."""
        self._ended.set()
        with contextlib.suppress(OSError, TimeoutError):
            self._executor.shutdown(wait=False)


class _Silence:
    """Since when nothing new has been heard of whom."""

    def __init__(self) -> None:
        self._heard: dict[str, tuple[float | None, float]] = {}
        self._told: set[str] = set()

    def of(self, whom: str, moment: float | None) -> float:
        """Seconds since what is said of somebody was last another than now; `moment` is by any clock."""
        now = time.monotonic()
        known, since = self._heard.setdefault(whom, (moment, now))
        if moment is not None and moment != known:
            self._heard[whom] = (moment, now)
            self._told.discard(whom)
            return 0.0
        return now - since

    def tell(self, whom: str) -> bool:
        """Whether it has not been told of somebody yet."""
        new = whom not in self._told
        self._told.add(whom)
        return new


def _must_answer(address: str) -> None:
    """See that somebody listens; distributed itself tries for a minute, and then has no better words."""
    found = re.fullmatch(r"(?:tcp|tls|wss?|ucxx?)://(\[[^]]+\]|[^:/]+):(\d{1,5})/?", address)
    if not found:
        message = f"{address!r} is no address of a dask scheduler; write one such as tcp://127.0.0.1:8786"
        raise UsageError(message)
    try:
        socket.create_connection((found[1].strip("[]"), int(found[2])), timeout=PATIENCE).close()
    except (OSError, OverflowError) as error:
        message = f"no dask scheduler answers at {address} ({error}); start one with: dask scheduler"
        raise UsageError(message) from None


# --- on a worker ------------------------------------------------------------------------------

_unpacking = threading.Lock()


@functools.lru_cache(maxsize=2)
def _unpacked(digest: str, content: bytes) -> tuple[Path, Any]:
    """A folder with the project; it goes when the process ends or a third project comes."""
    folder = tempfile.TemporaryDirectory(prefix=f"scorelib-project-{digest[:12]}-")
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        file.extractall(folder.name)
    return Path(folder.name), folder


def _project(bundle: Bundle) -> Path:
    with _unpacking:
        return _unpacked(bundle.digest, bundle.content)[0]


def _examine(bundle: Bundle, organisation: str, year: int, langs: Sequence[str]) -> Examined:
    from scorelib.build.make import examine  # noqa: PLC0415

    return examine(_project(bundle), organisation, year, langs)


def _make(bundle: Bundle, step: Step, task: Task) -> Result:
    from scorelib.build.make import files_of  # noqa: PLC0415

    if differences := same_software(step.inputs):
        return Result(
            f"a worker has other software than this machine: {'; '.join(differences)}; "
            "install the same scorelib from the same lock file there",
            "worker",
        )
    return files_of(_project(bundle), step, task)
