"""ipykernel's application as a forked kernel runs it, with less waiting; imports nothing of ours.

What a cell can do, and what a client hears, is ipykernel's. The warm parent imports this before it forks
(`scorelib.execute.template`): a kernel whose notebook never imports scorelib must not do so because of it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ipykernel import ipkernel, kernelapp
from ipykernel.iostream import OutStream

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["IPKernelApp"]


class IPKernelApp(kernelapp.IPKernelApp):
    """The IPython kernel.

    Attributes
    ----------
    in_turn
        Whether one client alone asks it, for one thing after another, and knows by itself whether its
        process lives.
    """

    in_turn = False

    def initialize(self, argv: Sequence[str] | None = None) -> None:
        """Get ready to run."""
        super().initialize(argv)  # type: ignore[no-untyped-call] # ipykernel types little
        # Its handler prints from this level on; what is below would be put together only to be dropped.
        self.log.setLevel(self.log_level)

    def init_control(self, context: Any) -> None:
        """Open the control channel; what is asked in turn is sorted by no thread, which subshells need."""
        super().init_control(context)  # type: ignore[no-untyped-call] # as above
        if self.in_turn:
            self.shell_channel_thread.io_loop.close()
            self.unused, self.shell_channel_thread = self.shell_channel_thread, None

    def init_heartbeat(self) -> None:
        """Answer heart beats, where anybody listens to them."""
        if not self.in_turn:
            super().init_heartbeat()  # type: ignore[no-untyped-call] # as above

    def init_io(self) -> None:
        """Redirect outputs."""
        super().init_io()  # type: ignore[no-untyped-call] # as above
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, OutStream):
                _flush_what_was_written(stream)

    def init_kernel(self) -> None:
        """Make the kernel itself."""
        if self.in_turn:
            self.kernel_class = IPythonKernel
        super().init_kernel()  # type: ignore[no-untyped-call] # as above


class IPythonKernel(ipkernel.IPythonKernel):
    """A kernel that does one thing after another."""

    # ipykernel hopes that outputs overtake the reply in half a millisecond. Whoever asks in turn waits
    # until the kernel says that it is idle, and that comes after all outputs.
    _execute_sleep = 0.0
    _supports_kernel_subshells = False

    def start(self) -> None:
        """Begin to listen."""
        super().start()  # type: ignore[no-untyped-call] # as above
        # Nobody runs it, but ipykernel asks it which thread runs cells that await something.
        self.shell_channel_thread = getattr(self.parent, "unused", None)


def _flush_what_was_written(stream: OutStream) -> None:
    """Have a stream that holds nothing not wait for the thread that sends.

    ipykernel flushes both streams six times a cell, each time with two switches of threads.
    """
    flush = stream.flush

    def flush_if_written() -> None:
        # What is on its way is sent in order, before anything that is shown afterwards.
        if getattr(stream, "_flush_pending", True):
            flush()  # type: ignore[no-untyped-call] # as above

    stream.flush = flush_if_written  # type: ignore[method-assign] # of these two streams alone
