"""What the tests of execution share: notebooks made in code, and what becomes of them."""

from __future__ import annotations

import contextlib
import os
import re
import select
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from papermill.iorw import load_notebook_node
from traitlets.config import Config

from scorelib.execute import warm
from scorelib.execute.client import ReportEngine
from scorelib.execute.keeper import descendants
from scorelib.execute.kernel import ReportKernelManager

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbformat import NotebookNode

MASKS = (
    (r"0x[0-9a-f]+", "0x…"),
    (r"ipykernel_\d+", "ipykernel_…"),
    (r"altair-viz-[0-9a-f]+", "altair-viz-…"),
    (r"\d[\d.e+]* ?(ns|[µμ]s|us|ms|s)\b( ± \d[\d.]* ?(ns|[µμ]s|us|ms|s))?", "… s"),
    (r"kernel-[0-9a-f-]+\.json|kernel\.json", "kernel.json"),
)
"""What differs from run to run, and what stands for it."""


def notebook(*cells: str | NotebookNode) -> NotebookNode:
    """A notebook of code cells, or of whatever cells are given."""
    made = [new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    for number, cell in enumerate(made):
        cell.id = f"cell-{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made_of: NotebookNode = new_notebook(cells=made, metadata={"kernelspec": kernel})
    return made_of


def write(path: Path, *cells: str | NotebookNode) -> Path:
    """A file with such a notebook."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook(*cells), path)
    return path


def run_ordinary(
    cells: Sequence[str], folder: Path, environment: Mapping[str, str], scratch: Path
) -> NotebookNode:
    """What becomes of cells in the kernel that Jupyter itself starts, with options that ours have too."""
    (scratch / "ipython").mkdir()
    alone = [f"--IPKernelApp.ipython_dir={scratch / 'ipython'}", "--IPKernelApp.exec_PYTHONSTARTUP=False"]
    sockets = {"transport": "ipc", "ip": str(scratch / "k"), "connection_file": str(scratch / "kernel.json")}
    client = NotebookClient(
        notebook(*cells),
        kernel_name="python3",
        config=Config({"KernelManager": sockets}),
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=alone,
        **OPTIONS,
    )
    executed: NotebookNode = client.execute(env=dict(environment))
    return executed


def run_warm(cells: Sequence[str], folder: Path, environment: Mapping[str, str]) -> NotebookNode:
    """What becomes of them in a kernel that was forked."""
    manager = ReportKernelManager(kernel_name="python3")
    run_sync(manager.begin)(folder, environment, "warm")
    try:
        prepared = load_notebook_node(notebook(*cells))
        executed: NotebookNode = ReportEngine.execute_notebook(
            prepared, "python3", progress_bar=False, km=manager, **OPTIONS
        )
    finally:
        run_sync(manager.discard)()
    return executed


OPTIONS: dict[str, Any] = {"allow_errors": True, "timeout": 60, "record_timing": False}


def shown(executed: NotebookNode) -> list[dict[str, Any]]:
    """What a notebook shows, cell by cell, without what differs from run to run."""
    return [
        {
            "count": cell.get("execution_count"),
            "source": cell.source,
            "outputs": [_masked(output) for output in _joined(cell.get("outputs", []))],
        }
        for cell in executed.cells
    ]


def _joined(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Outputs with what a stream wrote in one piece: where it is cut is a matter of time."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if (
            last is not None
            and output.output_type == "stream" == last.output_type
            and output.name == last.name
        ):
            last.text += output.text
        else:
            joined.append(output.copy())
    return joined


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item) for item in value]
    if isinstance(value, str):
        for pattern, instead in MASKS:
            value = re.sub(pattern, instead, value)
    return value


def nothing_left(folder: Path) -> bool:
    """Whether all is gone that ran in a folder, and all keepers; waited for, as that is no instant."""
    ours = descendants(warm.start(environment={**os.environ, **warm.ONE_THREAD}).pid)
    handles = []
    for pid in {*ours, *(int(path.name) for path in Path("/proc").glob("[0-9]*"))}:
        with contextlib.suppress(OSError):
            if pid in ours or Path(f"/proc/{pid}/cwd").readlink().is_relative_to(folder.resolve()):
                handles.append(os.pidfd_open(pid))
    return gone(handles)


def gone(handles: Sequence[int]) -> bool:
    """Whether processes end, which is waited for."""
    try:
        return all(select.select([handle], [], [], 20)[0] for handle in handles)
    finally:
        for handle in handles:
            os.close(handle)
