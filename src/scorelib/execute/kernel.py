"""The kernel of one report, as papermill's client uses it; runs no notebook itself.

Imports its own room and scratch. Bounds what a notebook may print before it is read, knows
without waiting when a kernel is ready, and lets nothing of it stay behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import TYPE_CHECKING, Any, cast

import zmq
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.channels import ZMQSocketChannel
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.paths import jupyter_path
from traitlets import Type

from scorelib.execute import warm
from scorelib.execute.keeper import PATIENCE
from scorelib.execute.provisioner import ForkProvisioner, Keeping
from scorelib.scratch import folder_for_sockets, new_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scorelib.execute.handle import Handle
    from scorelib.execute.provisioner import KernelKind

__all__ = [
    "GLANCE",
    "GRACE",
    "LOST",
    "OUTPUT_LIMIT",
    "OutputError",
    "ReportKernelClient",
    "ReportKernelManager",
]

OUTPUT_LIMIT = 100 * 2**20
"""Bytes that a notebook may show in all: a hundred times as much as the largest scorecard."""

LOST = f"it showed more than {OUTPUT_LIMIT // 2**20} MiB at once, or closed its connection"

GRACE = 0.5
"""Seconds in which a kernel whose connection is lost may turn out to have ended."""

WELCOME = "iopub_welcome"
"""What a kernel says to whoever begins to listen to what it shows."""

GLANCE = 1.0
"""Seconds between two looks whether a kernel that does not answer is still there."""


class OutputError(Exception):
    """More output than may be, some of it lost, or none that can be read; the message says which."""


class Outputs(ZMQSocketChannel):
    """What the kernel shows; refuses to take more than may be."""

    received = 0
    """Bytes that have come so far."""

    manager: ReportKernelManager
    monitor: zmq.Socket[bytes] | None = None
    """Can be read when the connection is lost."""

    def watch(self, manager: ReportKernelManager) -> None:
        """Begin to look whether the connection holds."""
        self.manager = manager
        if self.socket is not None:
            self.monitor = self.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)

    def _recv(self, **kwargs: Any) -> dict[str, Any]:
        if self.socket is None:
            raise Empty
        frames = self.socket.recv_multipart(**kwargs)
        self.received += sum(len(frame) for frame in frames)
        if self.received > OUTPUT_LIMIT:
            told = f"it showed more than {OUTPUT_LIMIT // 2**20} MiB"
            self.manager.give_up(told)
            raise OutputError(told)
        _, parts = self.session.feed_identities(frames)
        message: dict[str, Any] = self.session.deserialize(parts)
        return message

    def close(self) -> None:
        """Close the socket, and the one that tells about it."""
        if self.socket is not None and self.monitor is not None:
            self.socket.disable_monitor()
            self.monitor.close(linger=0)
        super().close()

    stop = close


class ReportKernelClient(BlockingKernelClient):
    """A client that takes no message that is too large, and knows when it is connected."""

    iopub_channel_class = Type(Outputs)

    def _context_default(self) -> zmq.Context[zmq.Socket[bytes]]:
        context: zmq.Context[zmq.Socket[bytes]] = super()._context_default()
        # A larger message is not even received: the connection ends, and does not come back.
        context.setsockopt(zmq.MAXMSGSIZE, OUTPUT_LIMIT)
        return context

    @property
    def iopub_channel(self) -> Outputs:
        """The channel of outputs."""
        new = self._iopub_channel is None
        channel: Outputs = super().iopub_channel
        if new:
            channel.watch(cast("ReportKernelManager", self.parent))
        return channel

    def start_channels(
        self,
        shell: bool = True,  # noqa: FBT001, FBT002 - Jupyter's signature
        iopub: bool = True,  # noqa: FBT001, FBT002
        stdin: bool = True,  # noqa: FBT001, FBT002
        hb: bool = False,  # noqa: FBT001, FBT002
        control: bool = True,  # noqa: FBT001, FBT002
    ) -> None:
        """Open the channels; no heart beats by default, as the manager knows the process."""
        super().start_channels(shell=shell, iopub=iopub, stdin=stdin, hb=hb, control=control)

    def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and what it shows arrives.

        The kernel greets everybody who listens to what it shows, so nothing has to be sent to and
        fro until something comes.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        self.kernel_info()
        while not self._heard(self.shell_channel, "kernel_info_reply"):
            if not self.is_alive():
                raise RuntimeError("the kernel died before it answered")
            if deadline is not None and time.monotonic() > deadline:
                raise RuntimeError(f"the kernel did not answer in {timeout} s")
        if not self._heard(self.iopub_channel, WELCOME):
            super().wait_for_ready(timeout)

    def _heard(self, channel: ZMQSocketChannel, kind: str) -> bool:
        """Whether a message of a kind comes soon; what comes before it concerns nobody."""
        try:
            while True:
                message = channel.get_msg(timeout=GLANCE)
                if message["header"]["msg_type"] == kind:
                    return True
        except Empty:
            return False


class Specifications(KernelSpecManager):
    """Finds kernels where Jupyter does; to learn that folder, Jupyter imports the whole of IPython."""

    def _kernel_dirs_default(self) -> list[str]:
        user = os.environ.get("IPYTHONDIR") or "~/.ipython"
        return [*jupyter_path("kernels"), str(Path(user).expanduser() / "kernels")]


class ReportKernelManager(AsyncKernelManager):
    """A manager whose kernel is kept, whatever the kernel's specification says."""

    client_factory = Type(ReportKernelClient)

    problem = ""
    """Why the kernel had to be killed, if it had to."""

    scratch = ""
    """The folder of its sockets."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(kernel_spec_manager=Specifications(), **kwargs)
        self._clients: list[ReportKernelClient] = []

    @property
    def handle(self) -> Handle | None:
        """The kernel, also when it has ended; None if it is not kept, as only Linux can."""
        return getattr(self.provisioner, "handle", None)

    async def begin(
        self, folder: Path, environment: Mapping[str, str], kernel: KernelKind, memory: int | None = None
    ) -> None:
        """Start the kernel.

        Parameters
        ----------
        folder
            Where it runs.
        environment
            All its variables.
        kernel
            Whether it is to be a warm one.
        memory
            Bytes that it may use with all that it starts; None for no limit.
        """
        self.kernel_id = str(uuid.uuid4())
        self.provisioner = ForkProvisioner(
            kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
        )
        if kernel == "warm" and not warm.served():
            # Until it is there, nobody would remove the folder should this process end.
            warm.why_not()
        # Sockets in a folder of our own, not ports: ports of parallel runs collide, and anybody on
        # the machine could listen.
        self.scratch = new_folder(folder_for_sockets())
        self.transport, self.ip = "ipc", str(Path(self.scratch) / "k")
        self.connection_file = str(Path(self.scratch) / "kernel.json")
        # What it writes comes over its sockets, and is counted there. The kernel would write it here too,
        # past every limit, and between what we say to machines.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            await self.start_kernel(
                cwd=str(folder),
                env=dict(environment),
                stdout=nowhere,
                stderr=nowhere,
                keeping=Keeping(kernel, memory, self.scratch, in_turn=True),
                extra_arguments=self._alone() if self.ipykernel else [],
            )
        finally:
            os.close(nowhere)

    def _alone(self) -> list[str]:
        """What keeps a user's own startup files, options and history out of a report, and it out of these."""
        own = Path(self.scratch) / "ipython"
        own.mkdir()
        return [
            f"--IPKernelApp.ipython_dir={own}",
            "--IPKernelApp.exec_PYTHONSTARTUP=False",
            # It would be written into a file that all kernels share.
            "--HistoryManager.hist_file=:memory:",
        ]

    def give_up(self, problem: str) -> None:
        """Kill a kernel that still runs, before more comes from it that would have to be kept."""
        if self.handle is None or self.handle.poll() is None:
            self.problem = self.problem or problem
        if self.handle is not None:
            self.handle.kill()

    def client(self, **kwargs: Any) -> ReportKernelClient:  # type: ignore[override] # by `client_class`
        """A client of the kernel, which ends with it."""
        client = cast("ReportKernelClient", super().client(**kwargs))
        self._clients.append(client)
        return client

    async def discard(self) -> None:
        """End the kernel at once, with all that it started, and remove its files and sockets."""
        if self.provisioner is not None and self.has_kernel:
            await self.provisioner.kill()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.provisioner.wait(), PATIENCE)
        for client in self._clients:
            client.stop_channels()
        await self.cleanup_resources()
        if self.scratch:
            # The keeper has done it, unless there was none.
            shutil.rmtree(self.scratch, ignore_errors=True)
