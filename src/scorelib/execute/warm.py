"""Starts the warm parent of kernels and asks it for kernels; imports the standard library alone.

One parent (`scorelib.execute.template`) serves a process: it is started when it is first needed and
ends with the process, however that ends. A process may lend its parent to processes that it starts.
Code that changes, or an environment that does, needs another one. What cannot be had from it is an
`Unavailable`, whose message says why; then an ordinary kernel does the same, more slowly.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import select
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import scorelib
from scorelib.execute import template
from scorelib.execute.handle import Handle, descriptor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scorelib.execute.keeper import Order

__all__ = [
    "ANSWER_TIMEOUT",
    "ONE_THREAD",
    "START_TIMEOUT",
    "Loan",
    "Parent",
    "Unavailable",
    "borrow",
    "end",
    "failed",
    "lend",
    "obstacle",
    "served",
    "start",
    "why_not",
]

START_TIMEOUT = 60.0
"""Seconds in which the parent has to have imported everything."""

ANSWER_TIMEOUT = 20.0
"""Seconds in which a forked kernel has to listen."""

AT_START = (
    "PYTHON",
    "LC_",
    "LANG",
    "LD_",
    "GLIBC_",
    "MALLOC_",
    "NPY_",
    "NUMPY_",
    "PANDAS_",
    "ARROW_",
    "PYDEVD_",
    "SCORELIB_",
)
"""Beginnings of the names of variables that are read once, by Python or by what the parent imports."""

ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"), "1"
)
"""What keeps linear algebra from starting threads."""

NO_WARNING = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}
"""Keeps the debugger from warning, whenever it is imported, that it may miss breakpoints."""

SOURCES = {".py", ".toml"}


class Unavailable(Exception):  # noqa: N818 - a state, not a fault of anybody
    """There is no warm kernel for this; the message says why."""


class Loan(NamedTuple):
    """A warm parent that another process may use as well; sent to it when that is started."""

    key: tuple[object, ...]
    pid: int
    control: socket.socket


class Parent:
    """A running warm parent: one that this process started, or one on loan."""

    def __init__(self, key: tuple[object, ...], control: socket.socket) -> None:
        self.key = key
        self.served = False
        self._control = control
        # A parent on loan hears several processes; what each sends comes whole.
        self._lock = threading.Lock()

    @property
    def alive(self) -> bool:
        """Whether it still runs, as far as can be seen without asking it."""
        raise NotImplementedError

    @property
    def pid(self) -> int:
        """Number of its process."""
        raise NotImplementedError

    def reason(self) -> str:
        """Why it does not answer."""
        raise NotImplementedError

    def end(self) -> None:
        """Have no more to do with it."""
        self._control.close()

    def lend(self) -> Loan:
        """Have another process use it as well, as long as this one runs."""
        return Loan(self.key, self.pid, self._control)

    def fork(self, order: Order, stdout: int, stderr: int) -> Handle:
        """Ask for a kernel; what becomes of it is heard from what is given back."""
        with contextlib.ExitStack() as stack:
            handle, line = self._ask(template.FORK, descriptor(stdout, stack), descriptor(stderr, stack))
        line.settimeout(START_TIMEOUT)
        with contextlib.suppress(OSError):
            # If nobody reads it, that is heard as well.
            order.send(line)
        line.settimeout(None)
        return handle

    def ping(self) -> Handle:
        """Ask for a sign of life."""
        return self._ask(template.PING)[0]

    def _ask(self, what: bytes, *descriptors: int) -> tuple[Handle, socket.socket]:
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            try:
                socket.send_fds(self._control, [what], [theirs.fileno(), *descriptors])
            except OSError:
                ours.close()
                raise Unavailable(self.reason()) from None
        return Handle(ours), ours

    def abandon(self) -> None:
        """In a process forked from ours, leave it to ours: it must see when that ends."""
        self._control.close()


class Own(Parent):
    """A warm parent that this process started."""

    def __init__(
        self, key: tuple[object, ...], program: Sequence[str], environment: Mapping[str, str]
    ) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        control, theirs = socket.socketpair()
        super().__init__(key, control)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - the same Python as the kernel's
                [*program, "-m", template.__name__, str(os.getpid())],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=self._log,
                cwd="/",
                env={**environment, **ONE_THREAD, **NO_WARNING},
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """Number of its process."""
        return self._process.pid

    def reason(self) -> str:
        """Why it does not answer."""
        try:
            code = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "the warm parent does not answer"
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        told = f": {lines[-1]}" if lines else ""
        return f"the warm parent ended with exit code {code}{told}"

    def end(self) -> None:
        """End it at once, as it has nothing to save; its kernels stay, as they have their keepers."""
        self._control.close()
        self._process.kill()
        self._process.wait()
        self._log.close()


class Borrowed(Parent):
    """A warm parent of the process that started this one, and its to end."""

    def __init__(self, loan: Loan) -> None:
        super().__init__(loan.key, loan.control)
        self._pid = loan.pid
        try:
            self._watch = os.pidfd_open(loan.pid)
        except OSError:
            self._watch = -1

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._watch >= 0 and not select.select([self._watch], [], [], 0)[0]

    @property
    def pid(self) -> int:
        """Number of its process."""
        return self._pid

    def reason(self) -> str:
        """Why it does not answer."""
        return f"the warm parent on loan {'does not answer' if self.alive else 'has ended'}"

    def end(self) -> None:
        """Give it back."""
        super().end()
        if self._watch >= 0:
            os.close(self._watch)
            self._watch = -1


# --- the one parent of this process -------------------------------------------------------------


class _State:
    """The parent of this process, or why there is none."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.parent: Parent | None = None
        self.failure = ""
        self.inherited: list[Parent] = []


_state = _State()


def obstacle() -> str:
    """What this machine lacks for kernels that are kept, if it lacks anything."""
    if sys.platform != "linux":
        return f"only Linux is known to do it, and this is {sys.platform}"
    if not hasattr(os, "pidfd_open"):
        return "this Python has no os.pidfd_open"
    if not Path(f"/proc/self/task/{threading.get_native_id()}/children").exists():
        return "this Linux does not tell in /proc which processes a process has started"
    return ""


def start(program: Sequence[str] = (), environment: Mapping[str, str] | None = None) -> Parent:
    """The warm parent of this process, started if there is none that suits; does not wait for it.

    Parameters
    ----------
    program
        Python and its options; by default the Python that runs.
    environment
        That of the kernels that are to come; by default ours.

    Raises
    ------
    Unavailable
        If there is none and will be none.
    """
    program = program or (sys.executable,)
    environment = os.environ if environment is None else environment
    with _state.lock:
        reason = obstacle() or _state.failure
        if not reason and any(path and not Path(path).is_absolute() for path in _paths(environment)):
            reason = "PYTHONPATH has a relative folder, which is looked for in the folder of the notebook"
        if reason:
            raise Unavailable(reason)
        wanted = _key(program, environment)
        if _state.parent is not None and (_state.parent.key != wanted or not _state.parent.alive):
            _part(_state.parent)
        if _state.parent is None:
            try:
                _state.parent = Own(wanted, program, environment)
            except OSError as error:
                _state.failure = f"the warm parent cannot be started: {error}"
                raise Unavailable(_state.failure) from None
        return _state.parent


def served() -> bool:
    """Whether there is a parent that has given kernels; whether it still suits is seen at the next one."""
    with _state.lock:
        return _state.parent is not None and _state.parent.served and _state.parent.alive


def lend() -> Loan | None:
    """The parent of this process, to send to one that is being started; nothing if there is none."""
    with _state.lock:
        return _state.parent.lend() if _state.parent is not None and _state.parent.alive else None


def borrow(loan: Loan) -> None:
    """Use a parent on loan until it ends, or no longer suits."""
    with _state.lock:
        _state.parent = Borrowed(loan)


def _paths(environment: Mapping[str, str]) -> list[str]:
    return environment.get("PYTHONPATH", "").split(os.pathsep)


def _key(program: Sequence[str], environment: Mapping[str, str]) -> tuple[object, ...]:
    """What must stay the same for kernels to be forked from a parent."""
    names = sorted(name for name in environment if name.startswith(AT_START))
    return (*program, *((name, environment[name]) for name in names), _versions())


def _versions() -> frozenset[tuple[str, int]]:
    """Times at which our own code was last changed, and anything last installed or removed."""
    folders = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    installed = ((folder, os.stat(folder).st_mtime_ns) for folder in folders)  # noqa: PTH116 - as below
    return frozenset((*_changes(os.path.dirname(scorelib.__file__)), *installed))  # noqa: PTH120


def _changes(folder: str) -> Iterator[tuple[str, int]]:
    """Each source file below a folder, and when it was last changed.

    Every kernel asks for this, and `Path.rglob` takes five times as long.
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _changes(entry.path)
            elif os.path.splitext(entry.name)[1] in SOURCES:  # noqa: PTH122 - as above
                yield entry.path, entry.stat().st_mtime_ns


def _part(gone: Parent) -> None:
    """Take leave of a parent; one that failed before it ever served will not do so the next time."""
    if not gone.served and not gone.alive and isinstance(gone, Own):
        _state.failure = gone.reason()
    gone.end()
    _state.parent = None


def failed(gone: Parent, reason: str) -> str:
    """Note that a parent did not do what it was asked for, and give the reason."""
    with _state.lock:
        if _state.parent is gone:
            reason = reason or gone.reason()
            if not gone.served and isinstance(gone, Own):
                _state.failure = reason
            gone.end()
            _state.parent = None
    return reason


def end() -> None:
    """End the parent and forget its failures; the next kernel starts another one."""
    with _state.lock:
        if _state.parent is not None:
            _state.parent.end()
        _state.parent = None
        _state.failure = ""


def why_not() -> str:
    """Why kernels are not warm here, or nothing if they are; starts the parent to find out."""
    try:
        parent = start()
        sign = parent.ping()
    except Unavailable as reason:
        return str(reason)
    with contextlib.closing(sign):
        sign.listen(ANSWER_TIMEOUT if parent.served else START_TIMEOUT)
        sign.poll()
    if not sign.alive:
        return failed(parent, "")
    parent.served = True
    return ""


def _after_fork() -> None:
    global _state
    old, _state = _state, _State()
    if old.parent is not None:
        _state.inherited = [*old.inherited, old.parent]
        old.parent.abandon()


atexit.register(end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
