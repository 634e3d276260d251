"""Lets one build at a time write in a folder of reports; imports nothing of ours but errors."""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING

from scorelib.errors import ScorelibError, UsageError

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
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="ascii")
    except OSError as error:
        message = f"cannot write in {reports}: {error.strerror}; make room or rights there and build again"
        raise ScorelibError(message) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            pid = file.read().strip() or "of unknown number"
            message = (
                f"another build, process {pid}, writes in {reports}; wait until it is done, "
                f"or end it with: kill {pid}"
            )
            raise UsageError(message) from None
        # A full disk takes away the number, not the lock.
        with contextlib.suppress(OSError):
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
        yield
