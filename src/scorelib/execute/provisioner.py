"""Kernels from the warm parent, for any Jupyter client; knows no notebook and no report.

Imports nothing of ours but its own room. `ForkProvisioner` is registered as ``scorelib-fork``: a
``kernel.json`` that names it, or ``JUPYTER_DEFAULT_PROVISIONER_NAME=scorelib-fork`` in the
environment, gives every client warm kernels. What cannot be forked is started as Jupyter would
have: another language, another Python, arguments that count at the start.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from scorelib.execute import warm
from scorelib.execute.handle import Handle, spawn
from scorelib.execute.keeper import Order
from scorelib.execute.warm import Unavailable

if TYPE_CHECKING:
    from jupyter_client.connect import KernelConnectionInfo

__all__ = ["ForkProvisioner", "Keeping", "KernelKind"]

LOG = logging.getLogger("scorelib.execute")

GLANCE = 0.1
"""Seconds after which a waiting task looks by itself, should another one have heard the news."""

KNOWN = {"cwd", "env", "stdout", "stderr", "independent", "kernel_id", "extra_arguments"}
"""How a kernel may be asked for; anything else is for `subprocess.Popen`, so for an ordinary one."""

KernelKind = Literal["warm", "ordinary"]

_warned: set[str] = set()


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a kernel is to be kept; without it, one that cannot be forked is started as ever.

    Parameters
    ----------
    kernel
        Whether it is to be forked, or in any case started anew.
    memory
        Bytes that it may use with all that it starts; None for no limit.
    scratch
        A folder to remove with the kernel.
    in_turn
        Whether one client asks it for one thing after another, and hears no heart beats.
    """

    kernel: KernelKind = "warm"
    memory: int | None = None
    scratch: str = ""
    in_turn: bool = False


class ForkProvisioner(LocalProvisioner):
    """Manages a kernel forked from the warm parent, or an ordinary one where there is none."""

    handle: Handle | None = None
    """The last kernel that was kept, also when it has ended."""

    reason = ""
    """Why the last kernel is not a warm one."""

    async def launch_kernel(
        self, cmd: list[str], *, keeping: Keeping | None = None, **kwargs: Any
    ) -> KernelConnectionInfo:
        """Fork a kernel; only if that cannot be, start one."""
        handle, self.reason = None, ""
        if keeping is not None and keeping.kernel == "ordinary":
            self.reason = "an ordinary one was asked for"
        else:
            try:
                handle = await _fork(cmd, keeping or Keeping(), kwargs)
            except Unavailable as reason:
                self.reason = str(reason)
                _warn(self.reason)
        if handle is None and keeping is not None and not warm.obstacle():
            handle = _spawn(cmd, keeping, kwargs)
        if handle is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = self.handle = handle  # type: ignore[assignment] # it has what is used of Popen
        self.pid = self.pgid = handle.pid
        self.cwd = _folder(kwargs)
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait until the kernel has ended."""
        handle = self._kept()
        if handle is None:
            return await super().wait()
        while handle.poll() is None:
            await _news(handle, GLANCE)
        self._release()
        return handle.returncode

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel and the processes of its group."""
        handle = self._kept()
        if handle is None:
            await super().send_signal(signum)
        else:
            handle.send_signal(signum)

    async def kill(self, restart: bool = False) -> None:  # noqa: FBT001, FBT002 - Jupyter's signature
        """Kill the kernel and all that it has started."""
        await super().kill(restart=restart)
        handle = self._kept()
        if handle is not None:
            # The manager would look at once, and then again after a tenth of a second.
            deadline = time.monotonic() + 1
            while handle.poll() is None and time.monotonic() < deadline:
                await _news(handle, GLANCE)

    async def cleanup(self, restart: bool = False) -> None:  # noqa: FBT001, FBT002 - Jupyter's signature
        """Let go of what is held for the kernel; if it still runs, it ends."""
        self._release()
        await super().cleanup(restart=restart)

    async def get_provisioner_info(self) -> dict[str, Any]:
        """What is known about the kernel, and why it is not a warm one, if it is not."""
        info: dict[str, Any] = await super().get_provisioner_info()
        return {**info, "warm": not self.reason, "reason": self.reason}

    def _kept(self) -> Handle | None:
        process: object = self.process
        return process if isinstance(process, Handle) else None

    def _release(self) -> None:
        handle = self._kept()
        if handle is not None:
            handle.close()
            self.process = None


def _warn(reason: str) -> None:
    if reason not in _warned:
        _warned.add(reason)
        LOG.warning("an ordinary kernel, which takes longer, instead of a warm one: %s", reason)


async def _fork(cmd: list[str], keeping: Keeping, kwargs: dict[str, Any]) -> Handle:
    """A forked kernel that listens.

    Raises
    ------
    Unavailable
        If there is none for this command, or it does not come in time.
    """
    program = _program(cmd)
    if unknown := sorted(set(kwargs) - KNOWN):
        raise Unavailable(f"it was asked for with {', '.join(unknown)}")
    if kwargs.get("independent"):
        raise Unavailable("it is to outlive this process")
    outputs = _descriptor(kwargs.get("stdout"), 1), _descriptor(kwargs.get("stderr"), 2)
    order = _order(cmd, keeping, kwargs)
    parent = warm.start(program, order.environment)
    handle = parent.fork(order, *outputs)
    if not await _until_bound(handle, 0 if parent.served else warm.START_TIMEOUT):
        handle.close()
        if handle.error:
            raise Unavailable(handle.error)
        raise Unavailable(warm.failed(parent, "" if handle.returncode else "the warm parent was too slow"))
    parent.served = True
    return handle


def _spawn(cmd: list[str], keeping: Keeping, kwargs: dict[str, Any]) -> Handle:
    """An ordinary kernel that is kept; whether it listens is for its manager to find out."""
    outputs = _descriptor(kwargs.get("stdout"), 1), _descriptor(kwargs.get("stderr"), 2)
    handle = spawn(_order(cmd, keeping, kwargs), *outputs)
    while handle.poll() is None and not handle.pid:
        handle.listen(warm.ANSWER_TIMEOUT)
    return handle


def _order(cmd: list[str], keeping: Keeping, kwargs: dict[str, Any]) -> Order:
    environment = dict(os.environ if kwargs.get("env") is None else kwargs["env"])
    command = [os.path.expanduser(part) for part in cmd]  # noqa: PTH111 - text, as in Jupyter's launcher
    return Order(command, environment, _folder(kwargs), keeping.memory, keeping.scratch, keeping.in_turn)


def _folder(kwargs: dict[str, Any]) -> str:
    return str(Path(kwargs.get("cwd") or ".").absolute())


async def _until_bound(handle: Handle, patience: float) -> bool:
    """Whether a kernel came into being; it may even have ended already, which its manager sees."""
    deadline = time.monotonic() + patience + warm.ANSWER_TIMEOUT
    while time.monotonic() < deadline:
        code = handle.poll()
        if handle.error:
            return False
        if handle.bound or (code is not None and handle.pid):
            return True
        if code is not None:
            return False
        await _news(handle, GLANCE)
    return False


async def _news(handle: Handle, timeout: float) -> None:
    """Wait until there may be news of a kernel."""
    loop = asyncio.get_running_loop()
    heard = asyncio.Event()
    loop.add_reader(handle, heard.set)
    try:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(heard.wait(), timeout)
    finally:
        loop.remove_reader(handle)


def _program(cmd: list[str]) -> tuple[str, ...]:
    """Python and its options, of a command that starts the IPython kernel."""
    if "ipykernel_launcher" not in cmd or cmd[cmd.index("ipykernel_launcher") - 1] != "-m":
        raise Unavailable(f"only IPython kernels can be forked, and this is {cmd[0]}")
    program = tuple(cmd[: cmd.index("ipykernel_launcher") - 1])
    if program[0] != sys.executable:
        raise Unavailable(f"the kernel runs {program[0]}, and scorelib {sys.executable}")
    return program


def _descriptor(stream: Any, default: int) -> int:
    if stream is None:
        return default
    if stream in {subprocess.PIPE, subprocess.STDOUT, subprocess.DEVNULL}:
        raise Unavailable("its output is to go to a pipe or nowhere")
    return stream if isinstance(stream, int) else int(stream.fileno())
