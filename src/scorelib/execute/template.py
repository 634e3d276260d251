"""The warm parent of kernels: a process that has imported everything and forks a kernel a notebook.

Started by `scorelib.execute.warm` as ``python -m scorelib.execute.template OWNER``, OWNER being the
process that started it. At its top it imports the standard library and its own room alone; it holds
no data but tables as they stand in their files. It must never start a thread, create a zmq context
or draw a chart (V8): none of the three survives a fork.

Its standard input is a socket. For every kernel the owner sends one byte and three descriptors over
it: the line of that kernel (see `scorelib.execute.keeper`), and its stdout and stderr. What is
forked becomes the keeper, which forks the kernel; the parent itself has no more to do with either,
unless a keeper is killed: then what its kernel started falls to the parent, which kills it.
"""

from __future__ import annotations

import contextlib
import datetime
import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import selectors
import socket
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scorelib.execute.keeper import adopt, begin, children, descendants, kill, refuse, tell
from scorelib.imports import import_jsonschema

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from scorelib.execute.keeper import Order

__all__ = ["FORK", "PING", "WARM_DATA", "warm_up"]

FORK, PING = b"f", b"p"
"""What the owner may ask for: a kernel, or a sign of life."""

WARM_DATA = "SCORELIB_WARM_DATA"
"""Variable that names a folder of tables, which are read once for all kernels."""

KERNEL_MODULES = (
    "scorelib.execute.app",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.iostream",
    "ipykernel.displayhook",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "faulthandler",
    "matplotlib_inline.config",
    "sqlite3",
    "tornado.platform.asyncio",
    "zmq.utils.garbage",
)
"""What the IPython kernel imports only when it starts."""


class Request(NamedTuple):
    """A kernel that was asked for, in the child that is to become it."""

    line: socket.socket
    owner: int
    outputs: tuple[int, int]
    variables: dict[str, str]
    """Of the environment, those that imports have set."""


def main() -> Request | None:
    """Warm up and serve; gives a request in every child, and nothing at the end in the parent."""
    if not sys.flags.safe_path:
        del sys.path[0]  # Where it was started; the folder of a notebook takes its place.
    owner = os.pidfd_open(int(sys.argv[1]))
    if os.getppid() != int(sys.argv[1]):
        return None
    control = socket.socket(fileno=os.dup(0))
    _redirect(os.open(os.devnull, os.O_RDWR), 0)
    gc.disable()
    before = set(os.environ)
    warm_up()
    variables = {name: value for name, value in os.environ.items() if name not in before}
    if (threads := len(list(Path("/proc/self/task").iterdir()))) != 1:
        # A lock that another thread holds at the moment of the fork stays locked in the child.
        sys.exit(f"the warm parent has {threads} threads, so it must not fork")
    gc.freeze()
    return _serve(control, owner, variables)


def warm_up() -> None:
    """Import what notebooks use, and do once what is slow the first time."""
    import_jsonschema()
    # Our rooms before IPython: once it is there, importing scorelib registers how things are shown,
    # and that belongs into the kernels that import it.
    import altair as alt  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    import scorelib.data.scorecard  # noqa: PLC0415
    import scorelib.document.show  # noqa: PLC0415
    import scorelib.figures  # noqa: PLC0415
    import scorelib.prose.texts  # noqa: PLC0415
    import scorelib.scoring  # noqa: F401, PLC0415
    from scorelib.data.check import read_shared  # noqa: PLC0415
    from scorelib.data.csvfile import UnreadableError, open_csv  # noqa: PLC0415
    from scorelib.data.package import Package  # noqa: PLC0415
    from scorelib.errors import ScorelibError  # noqa: PLC0415
    from scorelib.language import available, language  # noqa: PLC0415

    # No name is made up in this chart (a layer or a selection would), as names are numbered.
    frame = pd.DataFrame({"name": ["a", "b"], "value": [1.5, 2.5]})
    alt.Chart(frame).mark_bar().encode(x="value:Q", y="name:N").to_dict()

    for code in available():
        # Reads the labels, and what Babel knows of the language.
        language(code).date(datetime.date(2000, 1, 1))
    if folder := os.environ.get(WARM_DATA):
        for path in sorted(Path(folder).glob("*.csv")):
            # Whoever reads it looks first whether it has changed.
            with contextlib.suppress(UnreadableError):
                open_csv(path).runs(0)
        with contextlib.suppress(ScorelibError):
            read_shared(Package.load(Path(folder)))
    for name in KERNEL_MODULES:
        # What is missing here, an ordinary kernel does not have either.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _serve(control: socket.socket, owner: int, variables: dict[str, str]) -> Request | None:
    """Fork for every request until the owner ends; in every child, return what it is to be."""
    keepers: set[int] = set()
    news, wake = adopt()
    with selectors.DefaultSelector() as selector:
        for source in (control, owner, news):
            selector.register(source, selectors.EVENT_READ)
        while control in (ready := {key.fileobj for key, _ in selector.select()}) or owner not in ready:
            if news in ready:
                _take_leave(news, keepers)
            if control not in ready:
                continue
            # What was asked for before the owner ended is done: a keeper cleans up after it.
            message, descriptors, _, _ = socket.recv_fds(control, 1, 3, socket.MSG_CMSG_CLOEXEC)
            if not message:
                break
            with socket.socket(fileno=descriptors[0]) as line:
                if message == PING:
                    tell(line, alive=True)
                elif keeper := _fork(line):
                    keepers.add(keeper)
                elif keeper == 0:
                    _close(control.detach(), news, wake)
                    return Request(line.dup(), owner, (descriptors[1], descriptors[2]), variables)
            _close(*descriptors[1:])
    return None


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _fork(line: socket.socket) -> int | None:
    """The number of a new process, 0 in that process; nothing if there can be none."""
    try:
        return os.fork()
    except OSError as error:
        tell(line, error=f"fork failed: {error}")
        return None


def _take_leave(news: int, keepers: set[int]) -> None:
    """Take leave of keepers that have ended, and kill what one of them has left: it did not end by itself."""
    with contextlib.suppress(BlockingIOError):
        os.read(news, 4096)
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG)[0]) != 0:
            keepers.discard(ended)
    for orphan in set(children(os.getpid())) - keepers:
        for pid in (orphan, *descendants(orphan)):
            kill(pid)


# --- in the child ------------------------------------------------------------------------------


def run(request: Request) -> None:
    """Become a keeper, and in its child be a kernel until that is shut down.

    The kernel stands as deep in the stack as an ordinary one does.
    """
    for source, target in zip(request.outputs, (1, 2), strict=True):
        _redirect(source, target)
    order = begin(request.line, request.owner)
    try:
        from scorelib.execute.app import IPKernelApp  # noqa: PLC0415 - while our modules are there

        arguments = _become(request, order)
        app = IPKernelApp.instance(parent_handle=os.getppid())
        app.in_turn = order.in_turn
    except Exception as error:  # noqa: BLE001 - whatever it is, the owner has another way
        refuse(request.line, f"{type(error).__name__}: {error}")
    app.initialize(arguments)
    # Whoever connects before the sockets are there, waits a tenth of a second for the next try.
    tell(request.line, bound=True)
    request.line.close()
    app.start()  # type: ignore[no-untyped-call] # ipykernel types little


def _redirect(source: int, target: int) -> None:
    os.dup2(source, target)
    os.close(source)


def _become(request: Request, order: Order) -> Sequence[str]:
    """Turn a fresh child into the process that was ordered; gives the kernel's arguments."""
    _look_around()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=stream is sys.stderr or stream.isatty())  # type: ignore[union-attr] # they are files
    os.environ.clear()
    os.environ.update({**request.variables, **order.environment})
    time.tzset()
    _renew()
    sys.orig_argv[:] = order.command
    launcher = importlib.util.find_spec("ipykernel_launcher")
    start = order.command.index("ipykernel_launcher") + 1
    sys.argv[:] = [str(launcher.origin) if launcher else "", *order.command[start:]]
    return sys.argv[1:]


def _look_around() -> None:
    """Refuse a folder with modules that would be imported before those that are imported already.

    Raises
    ------
    ImportError
        If there is one; it names the module.
    """
    for entry in os.scandir():
        name, _, suffix = entry.name.partition(".")
        if name in sys.modules and (suffix == "py" or Path(entry, "__init__.py").exists()):
            raise ImportError(f"the folder of the notebook has a module {entry.name}, as the warm parent has")


def _renew() -> None:
    """Undo what a fork would share among kernels, or with their parent; `random` does so itself."""
    if (numpy := sys.modules.get("numpy.random")) is not None:
        numpy.seed()
    tempfile.tempdir = None  # It was found in the parent's environment.
    if (processes := sys.modules.get("multiprocessing.process")) is not None:
        # Spawned processes look for modules here, and know each other by the key.
        processes.ORIGINAL_DIR = str(Path.cwd())  # type: ignore[attr-defined] # its own variable
        processes.current_process().authkey = os.urandom(32)
    # What was warned about once, is again.
    warnings._filters_mutated()  # type: ignore[attr-defined]
    sys.meta_path.insert(0, _Drawer())
    gc.enable()


class _Drawer(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Keeps our own modules aside, and hands each out when it is first imported.

    ``scorelib/__init__.py`` tells IPython how to show charts and tables. In the parent there was no
    IPython to tell, and a notebook that never imports scorelib must not be told. So that one runs
    anew; the others are handed out as they are.
    """

    def __init__(self) -> None:
        names = [name for name in sys.modules if name.partition(".")[0] == "scorelib"]
        self._modules = {name: sys.modules.pop(name) for name in names}
        self._specs = {name: module.__spec__ for name, module in self._modules.items()}

    def find_spec(
        self, name: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Answer for a module that is here, once."""
        del path, target
        spec = self._specs.get(name) if name in self._modules else None
        if spec is None:
            return None
        found = importlib.machinery.PathFinder.find_spec(name) if name == "scorelib" else None
        if found is not None and found.origin != spec.origin:
            # The notebook has told Python to look elsewhere first.
            self._modules.clear()
            return None
        ours = importlib.machinery.ModuleSpec(name, self, origin=spec.origin)
        ours.submodule_search_locations = spec.submodule_search_locations
        return ours

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """The module as it is."""
        return self._modules.pop(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do what importing it is to do."""
        spec = module.__spec__ = self._specs[module.__name__]
        if module.__name__ == "scorelib" and spec is not None and spec.loader is not None:
            spec.loader.exec_module(module)


if __name__ == "__main__":
    asked = main()
    if asked is None:
        os._exit(0)  # To take everything apart first would only take time.
    run(asked)
