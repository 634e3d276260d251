"""Runs the cells of a notebook one by one in a kernel, as an engine of papermill; starts no kernel.

Imports nothing of ours but its own room. What becomes of a message is nbclient's to say; here is only
how to wait for it. nbclient makes three tasks a cell for that, which is most of what it does where
cells take milliseconds.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import zmq
from nbclient.exceptions import (
    CellExecutionComplete,
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine

from scorelib.execute.kernel import GLANCE, GRACE, LOST, OutputError

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from papermill.engines import NotebookExecutionManager

    from scorelib.execute.kernel import ReportKernelClient, ReportKernelManager

__all__ = ["ReportEngine"]

NONSENSE = (ValueError, LookupError, TypeError, AttributeError)
"""What a message leads to that is not signed, or not made, as messages of Jupyter are."""


class ReportEngine(Engine):  # type: ignore[misc] # papermill publishes no types
    """papermill's engine for the kernels of this room."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, *, log_output: bool = False, **options: Any
    ) -> NotebookNode:
        """Execute what papermill has prepared.

        Parameters
        ----------
        nb_man
            papermill's record of the execution.
        kernel_name
            Name of the kernel; the kernel itself is in `options`, as ``km``.
        log_output
            Whether to log what cells show.
        options
            Traits of nbclient's `NotebookClient`.
        """
        client = _Client(nb_man, kernel_name=kernel_name, log_output=log_output, **options)
        executed: NotebookNode = client.execute()
        return executed


class _Client(PapermillNotebookClient):  # type: ignore[misc] # as above
    """nbclient's client, waiting in a way of its own."""

    kc: ReportKernelClient
    km: ReportKernelManager

    def execute_cell(
        self,
        cell: NotebookNode,
        cell_index: int,
        execution_count: int | None = None,
        store_history: bool = True,  # noqa: FBT001, FBT002 - nbclient's signature
    ) -> NotebookNode:
        """Execute one cell; raises what nbclient's own method raises."""
        tags = cell.metadata.get("tags", [])
        if self.on_cell_start is not None:
            self.on_cell_start(cell=cell, cell_index=cell_index)
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return cell
        allowed = not self.force_raise_errors and (self.allow_errors or "raises-exception" in tags)
        asked = self.kc.execute(cell.source, store_history=store_history, stop_on_error=not allowed)
        self.code_cells_executed += 1
        cell.outputs = []
        self.clear_before_next_output = False
        reply = _Wait(self, cell, cell_index, asked, self._get_timeout(cell)).reply()
        if execution_count:
            cell["execution_count"] = execution_count
        content = reply["content"]
        if content["status"] == "error" and not (allowed or content.get("ename") in self.allow_error_names):
            raise CellExecutionError.from_cell_and_msg(cell, content)
        self.nb["cells"][cell_index] = cell
        if self.on_cell_executed is not None:
            self.on_cell_executed(cell=cell, cell_index=cell_index, execute_reply=reply)
        return cell


class _Wait:
    """What is to come of one cell: its outputs, and the reply."""

    def __init__(
        self, client: _Client, cell: NotebookNode, index: int, asked: str, timeout: int | None
    ) -> None:
        self._client = client
        self._cell = cell
        self._index = index
        self._asked = asked
        self._timeout = timeout
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._reply: dict[str, Any] | None = None
        self._shown = False
        """Whether all outputs have come."""
        self._lost: float | None = None
        """When the connection was lost."""

    def reply(self) -> dict[str, Any]:
        """The reply, when the outputs have come too.

        Raises
        ------
        CellTimeoutError
            If either takes too long.
        OutputError
            If something comes that is no message.
        DeadKernelError
            If the kernel ends before.
        """
        shell, outputs = self._client.kc.shell_channel, self._client.kc.iopub_channel
        handle = self._client.km.handle
        poller = zmq.Poller()
        for source in (shell.socket, outputs.socket, outputs.monitor, handle):
            if source is not None:
                poller.register(source, zmq.POLLIN)
        while self._reply is None or not self._shown:
            ready = {source for source, _ in poller.poll(self._patience())}
            try:
                if outputs.socket in ready:
                    self._show(outputs.get_msg(timeout=0))
                if shell.socket in ready:
                    self._answer(shell.get_msg(timeout=0))
            except NONSENSE as error:
                told = f"it sent what no kernel says ({error})"
                self._client.km.give_up(told)
                raise OutputError(told) from None
            if outputs.monitor in ready and outputs.monitor is not None:
                outputs.monitor.recv_multipart()
                self._lost = time.monotonic()
            if not ready & {outputs.socket, shell.socket}:
                self._look()
            # Also while something comes all the time.
            self._watch_clock()
        return self._reply

    def _patience(self) -> int:
        """Milliseconds until the next look at least."""
        left = GLANCE if self._deadline is None else self._deadline - time.monotonic()
        return 1 + int(1000 * max(0.0, min(GLANCE, left)))

    def _show(self, message: dict[str, Any]) -> None:
        if message["parent_header"].get("msg_id") != self._asked:
            return
        try:
            self._client.process_message(message, self._cell, self._index)
        except CellExecutionComplete:
            self._shown = True

    def _answer(self, message: dict[str, Any]) -> None:
        if message["parent_header"].get("msg_id") == self._asked:
            self._reply = message
            self._deadline = time.monotonic() + self._client.iopub_timeout

    def _look(self) -> None:
        """When nothing comes, see whether the kernel is there and can be heard."""
        manager = self._client.km
        alive = self._client.kc.is_alive() if manager.handle is None else manager.handle.poll() is None
        if not alive:
            message = "Kernel died"
            raise DeadKernelError(message)
        if self._lost is not None and time.monotonic() > self._lost + GRACE:
            # If it were because the kernel ended, that would have been heard.
            manager.give_up(LOST)

    def _watch_clock(self) -> None:
        if self._deadline is None or time.monotonic() < self._deadline:
            return
        late = "Timeout waiting for IOPub output" if self._reply else "Cell execution timed out"
        limit = self._client.iopub_timeout if self._reply else self._timeout or 0
        raise CellTimeoutError.error_from_timeout_and_cell(late, limit, self._cell)
