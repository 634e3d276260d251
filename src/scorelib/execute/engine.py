"""Runs a notebook with papermill and gives back what it became; renders nothing, reads no data.

Imports nothing of ours but errors. How a kernel comes to be is behind `execute`, so that a faster
one can take its place.
"""

from __future__ import annotations

import re
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scorelib.errors import ExecutionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode

__all__ = ["CELL_TIMEOUT", "clean", "execute"]

CELL_TIMEOUT = 300
"""Seconds that one cell may take."""

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def execute(notebook: Path, parameters: Mapping[str, Any], *, timeout: int = CELL_TIMEOUT) -> NotebookNode:
    """Run a notebook, beside its own file, with values for its ``parameters`` cell.

    Parameters
    ----------
    notebook
        The notebook; the file itself is not changed.
    parameters
        Values by the names of the ``parameters`` cell.
    timeout
        Seconds that one cell may take.

    Raises
    ------
    ExecutionError
        If a cell fails, takes too long, or the kernel dies; the message names the cell, its
        source, the error and how to run the notebook alone.
    """
    with warnings.catch_warnings():
        # papermill and its dependencies announce their own future changes when they are imported.
        warnings.simplefilter("ignore")
        import papermill  # noqa: PLC0415 - half a second, only where something runs
        from nbclient.exceptions import CellTimeoutError, DeadKernelError  # noqa: PLC0415
        from traitlets.config import Config  # noqa: PLC0415

        with tempfile.TemporaryDirectory(prefix="scorelib-") as folder:
            # Sockets in a folder of our own, not ports: ports of parallel runs collide, and anybody
            # on the machine could listen.
            sockets = Config({"KernelManager": {"transport": "ipc", "ip": str(Path(folder) / "k")}})
            try:
                executed: NotebookNode = papermill.execute_notebook(
                    str(notebook),
                    str(Path(folder) / notebook.name),
                    parameters=dict(parameters),
                    cwd=str(notebook.parent),
                    progress_bar=False,
                    execution_timeout=timeout,
                    config=sockets,
                )
                return executed  # noqa: TRY300 - there is nothing to do but return it
            except papermill.PapermillExecutionError as error:
                raise ExecutionError(_failed(error, notebook, parameters)) from None
            except CellTimeoutError:
                message = (
                    f"{notebook.name}: a cell took longer than {timeout} s; {_alone(notebook, parameters)}"
                )
                raise ExecutionError(message) from None
            except DeadKernelError:
                message = (
                    f"{notebook.name}: the kernel died while it ran, as it does when memory runs out; "
                    f"{_alone(notebook, parameters)}"
                )
                raise ExecutionError(message) from None


def _failed(error: Any, notebook: Path, parameters: Mapping[str, Any]) -> str:
    source = "\n".join(f"    {line}" for line in str(error.source).strip().splitlines()[:12])
    trace = [ANSI.sub("", line) for line in error.traceback or []]
    tail = "\n".join(f"    {line}" for line in "\n".join(trace).splitlines()[-12:])
    # papermill counts cells from 0, and the cell it puts the parameters in counts too.
    return (
        f"{notebook.name}, cell {error.cell_index + 1} failed: {error.ename}: {error.evalue}\n"
        f"  its source:\n{source}\n  its traceback ends:\n{tail}\n  {_alone(notebook, parameters)}"
    )


def _alone(notebook: Path, parameters: Mapping[str, Any]) -> str:
    options = " ".join(f"-p {name} {value}" for name, value in parameters.items())
    return f"run it alone with: papermill {notebook.parent.name}/{notebook.name} out.ipynb {options}"


def clean(notebook: NotebookNode) -> NotebookNode:
    """An executed notebook without what differs from run to run: times, paths, made-up ids."""
    import copy  # noqa: PLC0415 - small, and used here alone

    import nbformat  # noqa: PLC0415

    cleaned = copy.deepcopy(notebook)
    kept = {key: cleaned.metadata[key] for key in ("kernelspec", "language_info") if key in cleaned.metadata}
    cleaned.metadata = nbformat.NotebookNode(kept)
    for number, cell in enumerate(cleaned.cells, 1):
        cell.metadata = nbformat.NotebookNode({"tags": list(cell.metadata.get("tags", []))})
        if "injected-parameters" in cell.metadata.tags:
            cell.id = f"injected-{number}"
    return cleaned
