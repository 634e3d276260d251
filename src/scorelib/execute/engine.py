"""Runs a notebook with papermill and gives back what it became; renders nothing, reads no data.

Imports nothing of ours but errors and its own room. How a kernel comes to be, and what it may do,
is behind `execute`: whatever a notebook does, nothing of its kernel is left afterwards.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import threading
import warnings
from typing import TYPE_CHECKING, Any, Literal

from scorelib.errors import ExecutionError
from scorelib.execute import warm
from scorelib.execute.keeper import PROCESSES
from scorelib.execute.template import WARM_DATA
from scorelib.imports import import_jsonschema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from nbformat import NotebookNode

    from scorelib.execute.kernel import ReportKernelManager

__all__ = ["CELL_TIMEOUT", "MEMORY_LEAST", "KernelKind", "begin", "clean", "execute"]

CELL_TIMEOUT = 300
"""Seconds that one cell may take."""

MEMORY_LEAST = 256 * 2**20
"""Bytes that a kernel needs for itself and its libraries."""

ANSI = re.compile(r"\x1b\[[0-9;]*m")

OUTPUT_TIMEOUT = 10
"""Seconds in which what a cell showed has to arrive once it has run."""

SHOWN = 12
"""Lines of a source or a traceback that a message shows."""

KernelKind = Literal["warm", "ordinary"]

# papermill reads files through an object that all threads share.
_reading = threading.Lock()


def execute(
    notebook: Path,
    parameters: Mapping[str, Any],
    *,
    timeout: int = CELL_TIMEOUT,
    memory: int | None = None,
    kernel: KernelKind = "warm",
    seen: Callable[[NotebookNode], None] | None = None,
) -> NotebookNode:
    """Run a notebook, in its own folder, with values for its ``parameters`` cell.

    Parameters
    ----------
    notebook
        The notebook; the file itself is not changed.
    parameters
        Values by the names of the ``parameters`` cell.
    timeout
        Seconds that one cell may take.
    memory
        Bytes that the kernel may use, with all that it starts; None for no limit.
    kernel
        A process forked from a warm parent, or one that is started and imports everything itself.
        Both give the same; where there is no warm one, it is an ordinary one.
    seen
        Is given each cell that was run, while the kernel is there for the next.

    Raises
    ------
    ExecutionError
        If the notebook cannot be read, a cell fails, takes too long, shows or uses too much, or the
        kernel dies; the message names the cell, its source, the error and how to run it alone.
    """
    environment = _environment()
    if kernel == "warm" and not warm.served():
        # It imports its libraries while this process imports its own.
        begin()
    run = _Run(notebook.absolute(), parameters, timeout, memory, seen)
    if memory is not None:
        _check(memory, notebook)
    prepared, name = run.prepare()
    try:
        return run.execute(prepared, name, kernel, environment)
    finally:
        _end_loop()


def begin(data: Path | None = None) -> None:
    """Start what kernels will be forked from, and not wait for it; where there is none, do nothing.

    Parameters
    ----------
    data
        A folder of tables that many notebooks read, from now on.
    """
    if data is not None:
        os.environ[WARM_DATA] = str(data)
    with contextlib.suppress(warm.Unavailable):
        warm.start(environment=_environment())


def _environment() -> dict[str, str]:
    # One thread for linear algebra, as in the warm parent: there is one process a core already.
    return {**warm.ONE_THREAD, **os.environ}


class _Run:
    """One execution, and how far it has come."""

    def __init__(
        self,
        notebook: Path,
        parameters: Mapping[str, Any],
        timeout: int,
        memory: int | None,
        seen: Callable[[NotebookNode], None] | None,
    ) -> None:
        self._notebook = notebook
        self._parameters = parameters
        self._timeout = timeout
        self._memory = memory
        self._seen = seen
        self._cell = ""
        self._source = ""

    def prepare(self) -> tuple[NotebookNode, str]:
        """The notebook with its parameters, and the name of its kernel."""
        # Braces in a path would be taken for places to fill.
        path = str(self._notebook).replace("{", "{{").replace("}", "}}")
        with _reading, warnings.catch_warnings():
            # papermill and its dependencies announce their own future changes when they are imported.
            warnings.simplefilter("ignore")
            import_jsonschema()
            import papermill  # noqa: PLC0415 - half a second, only where something runs
            from nbformat import ValidationError  # noqa: PLC0415
            from papermill.engines import papermill_engines  # noqa: PLC0415

            unreadable = (OSError, ValueError, AttributeError, ValidationError)
            try:
                prepared: NotebookNode = papermill.execute_notebook(
                    path, None, parameters=dict(self._parameters), prepare_only=True
                )
                name = papermill_engines.nb_kernel_name(None, prepared)
            except (*unreadable, papermill.PapermillException) as error:
                told = str(error).splitlines()[0] if str(error) else type(error).__name__
                raise self._error(f"it cannot be run: {told}") from None
        # Saved with the warm kernel in JupyterLab, it runs where nobody has put that in place.
        return prepared, "python3" if name == "scorelib" else name

    def execute(
        self, prepared: NotebookNode, name: str, kernel: KernelKind, environment: Mapping[str, str]
    ) -> NotebookNode:
        """Run what was prepared in a kernel of its own."""
        from jupyter_client.kernelspec import NoSuchKernel  # noqa: PLC0415 - heavy, as papermill is
        from jupyter_core.utils import run_sync  # noqa: PLC0415

        from scorelib.execute.kernel import ReportKernelManager  # noqa: PLC0415

        manager = ReportKernelManager(kernel_name=name)
        try:
            try:
                run_sync(manager.begin)(self._notebook.parent, environment, kernel, self._memory)
            except OSError as error:
                told = f"no kernel can be started: {error}; make room there, or set TMPDIR"
                raise self._error(told) from None
            return self._run(prepared, manager)
        except NoSuchKernel as error:
            remedy = "run `python -m ipykernel install --sys-prefix`"
            raise ExecutionError(
                f"{self._notebook.name}: there is no kernel named {error.name}; {remedy}"
            ) from None
        finally:
            run_sync(manager.discard)()

    def _run(self, prepared: NotebookNode, manager: ReportKernelManager) -> NotebookNode:
        from nbclient.exceptions import CellTimeoutError, DeadKernelError  # noqa: PLC0415
        from papermill.exceptions import PapermillExecutionError  # noqa: PLC0415
        from papermill.execute import raise_for_execution_errors  # noqa: PLC0415

        from scorelib.execute.client import ReportEngine  # noqa: PLC0415
        from scorelib.execute.kernel import LOST, OutputError  # noqa: PLC0415

        try:
            executed: NotebookNode = ReportEngine.execute_notebook(
                prepared,
                manager.kernel_name,
                # Saved by whoever publishes it, and not after every cell.
                output_path=None,
                progress_bar=False,
                timeout=self._timeout,
                km=manager,
                on_cell_start=self._begin,
                on_cell_executed=self._end,
                iopub_timeout=OUTPUT_TIMEOUT,
                # Times are no part of what a notebook says.
                record_timing=False,
            )
            raise_for_execution_errors(executed, None)
        except PapermillExecutionError as error:
            raise self._failed(error) from None
        except (OutputError, CellTimeoutError, DeadKernelError) as error:
            if manager.problem:
                what = manager.problem
            elif isinstance(error, OutputError):
                # It had ended when that was found.
                what = str(error)
            elif isinstance(error, DeadKernelError):
                what = f"the kernel died while it ran, {self._death(manager)}"
            elif "iopub" in str(error).lower():
                what = LOST
            else:
                what = f"it took longer than {self._timeout} s"
            raise self._error(what) from None
        except (RuntimeError, AssertionError, OSError) as error:
            # nbclient has no better words for a kernel that never began, or never ended a cell.
            told = str(error) or type(error).__name__
            if manager.handle is not None and manager.handle.poll() is not None:
                told = f"it died, {self._death(manager)}"
            raise self._error(f"the kernel does not answer: {told}") from None
        return executed

    def _begin(self, cell: NotebookNode, cell_index: int) -> None:
        # Cells count from 1, and the one that papermill puts the parameters in counts too.
        self._cell = f", cell {cell_index + 1}"
        self._source = cell.source

    def _end(self, cell: NotebookNode, **_: Any) -> None:
        if self._seen is not None:
            self._seen(cell)

    def _death(self, manager: ReportKernelManager) -> str:
        handle = manager.handle
        if handle is None or handle.returncode is None:
            return "as it does when memory runs out"
        if handle.many:
            return f"because it had started {handle.many} processes, and may have {PROCESSES} at once"
        code, limit = handle.returncode, f"may use {_size(self._memory)}"
        if handle.over:
            return f"because with all that it started it used {_size(handle.over)} and {limit}"
        if code == -signal.SIGKILL:
            how = "killed by SIGKILL, as happens when memory runs out"
        elif code < 0:
            how = f"by signal {signal.Signals(-code).name}"
        else:
            how = f"ending with exit code {code}"
        return f"{how}; it used {_size(handle.peak)} and {limit}" if self._memory else how

    def _failed(self, error: Any) -> ExecutionError:
        trace = "\n".join(ANSI.sub("", line) for line in error.traceback or [])
        told = error.evalue
        if error.ename == "MemoryError" and self._memory:
            told = f"{told or 'there is no more'}; the kernel may use {_size(self._memory)}"
        # papermill counts cells from 0, and the cell it puts the parameters in counts too.
        return ExecutionError(
            f"{self._notebook.name}, cell {error.cell_index + 1} failed: {error.ename}: {told}\n"
            f"  its source:\n{_indented(error.source.strip().splitlines()[:SHOWN])}\n"
            f"  its traceback ends:\n{_indented(trace.splitlines()[-SHOWN:])}\n  {self._alone()}"
        )

    def _error(self, what: str) -> ExecutionError:
        source = _indented(self._source.strip().splitlines()[:SHOWN])
        shown = f"\n  its source:\n{source}\n " if source else ""
        return ExecutionError(f"{self._notebook.name}{self._cell}: {what};{shown} {self._alone()}")

    def _alone(self) -> str:
        options = "".join(f" -p {name} {value}" for name, value in self._parameters.items())
        path = f"{self._notebook.parent.name}/{self._notebook.name}"
        return f"run it alone with: papermill {path} out.ipynb{options}"


def _check(memory: int, notebook: Path) -> None:
    if memory < MEMORY_LEAST:
        least = f"needs at least {_size(MEMORY_LEAST)} for itself; raise the limit"
        raise ExecutionError(f"{notebook.name}: its kernel may use {_size(memory)}, and {least}")
    if reason := warm.obstacle():
        raise ExecutionError(f"{notebook.name}: memory cannot be limited here: {reason}; set no limit")


def _size(size: int | None) -> str:
    return f"{(size or 0) / 2**20:.0f} MiB"


def _indented(lines: list[str]) -> str:
    return "\n".join(f"    {line}" for line in lines)


def _end_loop() -> None:
    """Close the event loop that was made for this thread, which may never have another use for it."""
    if threading.current_thread() is not threading.main_thread():
        from jupyter_core.utils import ensure_event_loop  # noqa: PLC0415 - heavy

        with contextlib.suppress(RuntimeError):
            # The caller's own loop runs here; then none was made.
            ensure_event_loop().close()


def clean(notebook: NotebookNode) -> NotebookNode:
    """An executed notebook without what differs from run to run: times, paths, made-up ids.

    The one that is given is left as it is; what its cells show is in both.
    """
    import nbformat  # noqa: PLC0415

    cells = []
    for number, cell in enumerate(notebook.cells, 1):
        tags = list(cell.metadata.get("tags", []))
        new = nbformat.NotebookNode({**cell, "metadata": nbformat.NotebookNode(tags=tags)})
        if "injected-parameters" in tags:
            new.id = f"injected-{number}"
        cells.append(new)
    kept = {
        key: notebook.metadata[key] for key in ("kernelspec", "language_info") if key in notebook.metadata
    }
    return nbformat.NotebookNode({**notebook, "cells": cells, "metadata": nbformat.NotebookNode(kept)})
