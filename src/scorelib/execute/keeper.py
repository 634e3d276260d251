"""Keeps one kernel: passes signals on, holds it to its memory, and leaves nothing of it behind.

Imports the standard library alone. The warm parent forks it; for an ordinary kernel this file is
started by itself. It stands between a kernel and its owner because only an ancestor learns of all
that a kernel started: what a cell forks, daemons too, falls to the keeper when its parent ends.

The owner holds the other end of a socket, the line. It sends an order, and then signals, one byte
each; it hears JSON, one message a line: ``pid``, ``bound`` (from the kernel, once it listens),
``error``, and ``exit`` when all is gone. If the owner closes the line, or ends, the kernel ends; a
zero before says that its folder is to stay.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import selectors
import shutil
import signal
import socket
import sys
import time
from dataclasses import asdict, dataclass

__all__ = [
    "DISMISSED", "PROCESSES", "Order", "adopt", "begin", "children", "descendants", "kill", "refuse", "tell",
]  # fmt: skip

GLANCE = 0.1
"""Seconds between two looks at the memory; a process of its own cannot pass the limit even so."""

PROCESSES = 256
"""Processes that a kernel may have started at once, if its memory is limited: more would be for ever more."""

PATIENCE = 5.0
"""Seconds after which a process that cannot be killed is left alone."""

DISMISSED = 0
"""What an owner says that does not want the kernel, but will use its folder for another one."""

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


@dataclass(frozen=True, slots=True)
class Order:
    """What a kernel is to be.

    Parameters
    ----------
    command
        The command that starts it, or would start it if it were not forked.
    environment
        All its variables.
    folder
        Where it runs.
    memory
        Bytes that it may use, alone and with all that it starts; None for no limit.
    scratch
        A folder to remove with the kernel, as its owner may end before it can; empty for none.
    in_turn
        Whether one client asks it for one thing after another, and hears no heart beats.
    """

    command: list[str]
    environment: dict[str, str]
    folder: str
    memory: int | None = None
    scratch: str = ""
    in_turn: bool = False

    def send(self, line: socket.socket) -> None:
        """Send it to the keeper, as the first thing it is told."""
        content = json.dumps(asdict(self)).encode()
        line.sendall(len(content).to_bytes(4, "big") + content)

    @classmethod
    def receive(cls, line: socket.socket) -> Order | None:
        """What the owner ordered; nothing if it ended before it could."""
        length = int.from_bytes(_exactly(line, 4), "big")
        content = _exactly(line, length)
        return cls(**json.loads(content)) if content else None


def _exactly(line: socket.socket, length: int) -> bytes:
    content = b""
    while len(content) < length:
        piece = line.recv(length - len(content))
        if not piece:
            return b""
        content += piece
    return content


def tell(line: socket.socket, **message: object) -> None:
    """Send a message to the owner, who may have stopped listening."""
    with contextlib.suppress(OSError):
        line.sendall(json.dumps(message).encode() + b"\n")


def begin(line: socket.socket, owner: int, scratch: str = "") -> Order:
    """Fork a kernel and keep it; returns in the kernel alone, with what it is to be.

    Parameters
    ----------
    line
        The socket to the owner.
    owner
        A descriptor of the owner's process, which can be read once that has ended.
    scratch
        The folder to remove if the owner ends before it orders anything.
    """
    order = Order.receive(line)
    if order is None:
        shutil.rmtree(scratch, ignore_errors=True)
        os._exit(0)
    news, wake = adopt()
    keeper = os.getpid()
    try:
        pid = os.fork()
    except OSError as error:
        tell(line, error=f"fork failed: {error}")
        os._exit(1)
    if pid:
        _Keeper(line, owner, news, pid, order).keep()
        os._exit(0)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for descriptor in (news, wake, owner):
        os.close(descriptor)
    try:
        _settle(order, keeper)
    except (OSError, ValueError) as error:
        refuse(line, str(error))
    return order


def refuse(line: socket.socket, why: str) -> None:
    """In a kernel that cannot be what was ordered: say so, and end when that was heard.

    Whoever ordered it has another way, and says first whether it needs the folder for that.
    """
    tell(line, error=why)
    time.sleep(PATIENCE)
    os._exit(1)


def adopt() -> tuple[int, int]:
    """Have what descendants leave behind fall to this process; gives the two ends of a pipe.

    The first can be read when a child has ended.
    """
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    news, wake = os.pipe()
    for end in (news, wake):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return news, wake


def _settle(order: Order, keeper: int) -> None:
    """In the kernel: have a session, a folder and limits of its own, and an end of file to read."""
    os.setsid()
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != keeper:
        os._exit(1)
    os.chdir(order.folder)
    # As the pipe that Jupyter gives a kernel and closes at once.
    end, other = os.pipe()
    os.dup2(end, 0)
    os.close(end)
    os.close(other)
    # Jupyter gives the number of whoever started it: the kernel looks whether that is still there.
    order.environment["JPY_PARENT_PID"] = str(keeper)
    if order.memory is not None:
        # Counts what a process may write to, so Python raises MemoryError where it passes the limit.
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        limit = order.memory if hard == resource.RLIM_INFINITY else min(order.memory, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl failed")


class _Keeper:
    """Waits for the kernel, its owner and its memory, and sweeps up in the end."""

    def __init__(self, line: socket.socket, owner: int, news: int, pid: int, order: Order) -> None:
        self._line = line
        self._owner = owner
        self._news = news
        self._pid = pid
        self._order = order
        self._dismissed = False
        self._childless = False
        self._code: int | None = None
        self._peak = 0
        self._over = 0
        self._many = 0

    def keep(self) -> None:
        """Serve until the kernel has ended, then end all that it started, and tell."""
        tell(self._line, pid=self._pid, keeper=os.getpid())
        pause = None if self._order.memory is None else GLANCE
        with selectors.DefaultSelector() as selector:
            for source in (self._line, self._owner, self._news):
                selector.register(source, selectors.EVENT_READ)
            while self._code is None:
                for key, _ in selector.select(pause):
                    if not self._attend(key.fileobj):
                        selector.unregister(key.fileobj)
                if self._order.memory is not None and not (self._over or self._many):
                    self._weigh(self._order.memory)
        self._sweep()
        if self._order.scratch and not self._dismissed:
            shutil.rmtree(self._order.scratch, ignore_errors=True)
        tell(self._line, exit=self._code, peak=self._peak, over=self._over, many=self._many)

    def _attend(self, source: object) -> bool:
        """Do what an event asks for; says whether more may come from there."""
        if source == self._news:
            self._reap()
            return True
        heard = b""
        if source is self._line:
            with contextlib.suppress(OSError):
                heard = self._line.recv(4096)
        for number in heard:
            self._dismissed |= number == DISMISSED
            self._signal(number or signal.SIGKILL)
        if not heard:
            # Nobody will use this kernel any more.
            self._signal(signal.SIGKILL)
        return bool(heard)

    def _signal(self, number: int) -> None:
        if self._code is not None:
            return
        try:
            os.killpg(self._pid, number)
        except ProcessLookupError:
            # It has no group of its own yet.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, number)

    def _reap(self) -> None:
        """Take leave of every child that has ended: the kernel, and what fell to us."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._news, 4096)
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                self._childless = True
                return
            if pid == 0:
                return
            if pid == self._pid:
                self._code = os.waitstatus_to_exitcode(status)
                self._peak = usage.ru_maxrss * 1024

    def _weigh(self, memory: int) -> None:
        """Kill everything if together it uses more memory than it may, or is more than it may be."""
        pids = descendants(os.getpid())
        if len(pids) > PROCESSES:
            self._many = len(pids)
            _halt()
            return
        # Pages that processes share count in each, so this is quick and at least as much as it is.
        if sum(_kibibytes(pid, "status", "RssAnon", "RssShmem") for pid in pids) * 1024 <= memory:
            return
        used = sum(_kibibytes(pid, "smaps_rollup", "Pss_Anon", "Pss_Shmem") for pid in pids) * 1024
        if used > memory:
            self._over = used
            for pid in pids:
                kill(pid)

    def _sweep(self) -> None:
        deadline = time.monotonic() + PATIENCE
        self._reap()
        with selectors.DefaultSelector() as selector:
            selector.register(self._news, selectors.EVENT_READ)
            while not self._childless and time.monotonic() < deadline:
                for pid in descendants(os.getpid()):
                    kill(pid)
                selector.select(GLANCE)
                self._reap()


def _halt() -> None:
    """Kill all that was started, also what starts more of itself as fast as it can."""
    seen: set[int] = set()
    # What is stopped starts nothing any more, so at some time nothing new is there.
    while new := set(descendants(os.getpid())) - seen:
        for pid in new:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGSTOP)
        seen |= new
    for pid in seen:
        kill(pid)


def kill(pid: int) -> None:
    """Kill a process, if it is there."""
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)


def children(pid: int) -> list[int]:
    """Numbers of the processes that a process has started, or that have fallen to it."""
    found: list[int] = []
    root = f"/proc/{pid}/task"
    # It may end while it is looked at.
    with contextlib.suppress(OSError):
        for thread in os.listdir(root):  # noqa: PTH208 - pathlib is slow to import
            with open(f"{root}/{thread}/children") as file:  # noqa: PTH123
                found += [int(number) for number in file.read().split()]
    return found


def descendants(pid: int) -> list[int]:
    """Numbers of all processes that a process has started, and those have."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        started = children(waiting.pop())
        found += started
        waiting += started
    return found


def _kibibytes(pid: int, file: str, *names: str) -> int:
    total = 0
    with contextlib.suppress(OSError), open(f"/proc/{pid}/{file}") as lines:  # noqa: PTH123
        for text in lines:
            name, _, value = text.partition(":")
            if name in names:
                total += int(value.split()[0])
    return total


def _owner(pid: int) -> int:
    """A descriptor that can be read once a process has ended, even if it has already."""
    with contextlib.suppress(ProcessLookupError):
        owner = os.pidfd_open(pid)
        if os.getppid() == pid:
            return owner
    ended, other = os.pipe()
    os.close(other)
    return ended


def _main() -> None:
    """Be the keeper of an ordinary kernel; the line is standard input."""
    line = socket.socket(fileno=os.dup(0))
    order = begin(line, _owner(int(sys.argv[1])), sys.argv[2])
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        # Python ignores these, and what is ignored stays so in another program.
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvpe(order.command[0], order.command, order.environment)  # noqa: S606 - the kernel
    except OSError as error:
        tell(line, error=f"{order.command[0]} cannot be started: {error}")
        os._exit(127)


if __name__ == "__main__":
    _main()
