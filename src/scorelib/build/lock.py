"""Lets one build at a time write in a folder of reports; imports errors and waker."""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING

from scorelib.errors import ScorelibError, UsageError
from scorelib.waker import stopped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["STATE", "locked"]

STATE = ".scorelib"
"""Folder below ``reports/`` for what builds keep for each other; no reader needs it."""


@contextlib.contextmanager
def locked(reports: Path) -> Iterator[None]:
    """Hold the folder for this process; the system lets go of it however the process ends.

    Raises
    ------
    UsageError
        If another build holds it; the message names its process.
    ScorelibError
        If nothing can be written there.
    """
    path = reports / STATE / "lock"
    try:
        _make_room(path)
        # A link is not followed: what it leads to is not ours to empty.
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
        file = os.fdopen(number, "a+", encoding="ascii", errors="replace")
    except OSError as error:
        message = f"cannot write in {reports}: {error.strerror}; make room or rights there and build again"
        raise ScorelibError(message) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            said = file.read().strip()
            pid = said if said.isdecimal() else "of unknown number"
            message = f"another build, process {pid}, writes in {reports}; " + (
                f"it was stopped: let it go on with: kill -CONT {pid}"
                if pid == said and stopped(int(pid))
                else f"wait until it is done, or end it with: kill {pid}"
            )
            raise UsageError(message) from None
        # A full disk takes away the number, not the lock.
        with contextlib.suppress(OSError):
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
        yield


def _make_room(path: Path) -> None:
    """Make the folder of the lock; what stands in the place of folder or lock and is neither, goes."""
    folder = path.parent
    if os.path.lexists(folder) and not folder.is_dir():
        folder.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    elif os.path.lexists(path) and (path.is_symlink() or not path.is_file()):
        path.unlink()
