"""A kernel as its owner sees it, over the line to its keeper; imports its own room and waker."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from scorelib.execute import keeper
from scorelib.waker import stopped, wake

if TYPE_CHECKING:
    from scorelib.execute.keeper import Order

__all__ = ["Handle", "descriptor", "spawn"]


class Handle:
    """A kernel that is kept; has what Jupyter uses of `subprocess.Popen`.

    Parameters
    ----------
    line
        Our end of the line.
    process
        The keeper, if this process started it and so must take leave of it.
    """

    stdin = stdout = stderr = None

    def __init__(self, line: socket.socket, process: subprocess.Popen[bytes] | None = None) -> None:
        self._line = line
        self._process = process
        self._heard = b""
        self.pid = 0
        self.keeper = 0
        self.bound = False
        self.alive = False
        """Whether the warm parent gave the sign of life that was asked for."""
        self.error = ""
        self.returncode: int | None = None
        self.peak = 0
        """Bytes that the kernel itself used at most, known when it has ended."""
        self.over = 0
        """Bytes that it used together with what it started, if it was killed for that."""
        self.many = 0
        """Processes that it had started, if it was killed for that."""

    def fileno(self) -> int:
        """A descriptor that can be read whenever there is news."""
        return self._line.fileno()

    def poll(self) -> int | None:
        """The exit code, negative for a signal, or nothing while it runs."""
        while self.returncode is None and self._line.fileno() >= 0:
            try:
                heard = self._line.recv(4096, socket.MSG_DONTWAIT)
            except BlockingIOError:
                break
            except OSError:
                heard = b""
            *lines, self._heard = (self._heard + heard).split(b"\n")
            for line in lines:
                self._hear(json.loads(line))
            if not heard and self.returncode is None:
                # The keeper is gone, and the kernel with it.
                self.returncode = -signal.SIGKILL
        return self.returncode

    def _hear(self, message: dict[str, Any]) -> None:
        match message:
            case {"pid": int(pid), "keeper": int(its)}:
                self.pid, self.keeper = pid, its
            case {"bound": True}:
                self.bound = True
            case {"alive": True}:
                self.alive = True
            case {"error": str(text)}:
                self.error = text
            case {"exit": int(code), "peak": int(peak), "over": int(over), "many": int(many)}:
                self.returncode, self.peak, self.over, self.many = code, peak, over, many

    def listen(self, timeout: float | None) -> None:
        """Wait until there may be news."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._line, selectors.EVENT_READ)
            selector.select(timeout)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended, and give the exit code."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise subprocess.TimeoutExpired("kernel", timeout or 0)
            self.listen(left)
        return code

    def send_signal(self, number: int) -> None:
        """Have the keeper send a signal to the kernel and the processes of its group."""
        if self.poll() is None and self.keeper and stopped(self.keeper):
            # It would hear of nothing, and nobody else ends what it keeps.
            wake(self.keeper, "that keeps a kernel")
        # The keeper knows that the process is still the same one; its number alone does not say.
        with contextlib.suppress(OSError):
            self._line.sendall(bytes([number]))

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Have no more to do with it; if it still runs, it is killed, but its folder stays."""
        self.send_signal(keeper.DISMISSED)
        self._line.close()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(keeper.PATIENCE)


def spawn(order: Order, stdout: int, stderr: int) -> Handle:
    """Start an ordinary kernel with a keeper.

    Raises
    ------
    OSError
        If there can be no further process.
    """
    ours, theirs = socket.socketpair()
    try:
        with theirs, contextlib.ExitStack() as stack:
            process = subprocess.Popen(  # noqa: S603 - our own module
                # As a file and without the packages of the site, it is there at once.
                [sys.executable, "-I", "-S", keeper.__file__, str(os.getpid()), order.scratch],
                stdin=theirs.fileno(),
                stdout=descriptor(stdout, stack),
                stderr=descriptor(stderr, stack),
                start_new_session=True,
            )
    except OSError:
        ours.close()
        raise
    handle = Handle(ours, process)
    order.send(ours)
    return handle


def descriptor(number: int, stack: contextlib.ExitStack) -> int:
    """A descriptor that is open: that one, or the null device until the stack is left."""
    try:
        os.fstat(number)
    except OSError:
        # This process runs without one, as a daemon does.
        number = os.open(os.devnull, os.O_WRONLY)
        stack.callback(os.close, number)
    return number
