"""Private temporary folders that tell whose they are, so that the next process finds what a killed one left.

Standard library alone, and nothing of ours. A folder that is left is rare: where a kernel or a build ends
in any way but by SIGKILL, it takes its folders with it.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import tempfile
import time
from pathlib import Path

SETTLED = 3600
"""Seconds after which a folder is left: its process may run in a container, which shows no number of it."""

SHORT = 60
"""Longest folder for sockets; the name of one must not have more than 107 bytes."""

__all__ = ["folder_for_sockets", "new_folder"]

PREFIX = "scorelib-"
"""How their names begin; the number of the process follows that made them."""


def new_folder(within: str | None = None) -> str:
    """Make a folder that only this user can look into; whoever asks removes it.

    Parameters
    ----------
    within
        Where; None for the usual place of temporary files.
    """
    within = within or tempfile.gettempdir()
    _sweep(within)
    return tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=within)


def folder_for_sockets() -> str | None:
    """A folder for sockets, whose names may not be long; nothing for the one that is usual."""
    usual = tempfile.gettempdir()
    return "/tmp" if len(usual.encode()) > SHORT and Path("/tmp").is_dir() else None  # noqa: S108 - a private folder in it


@functools.cache
def _sweep(within: str) -> None:
    """Once a process, remove the folders of processes that have ended."""
    for path in Path(within).glob(f"{PREFIX}[0-9]*-*"):
        number = path.name.removeprefix(PREFIX).partition("-")[0]
        with contextlib.suppress(OSError):
            found = path.stat()
            # A clock that was set back may have left a time that is still to come.
            old = abs(time.time() - found.st_mtime) > SETTLED
            if old and number.isdecimal() and found.st_uid == os.getuid() and not _runs(int(number)):
                shutil.rmtree(path, ignore_errors=True)


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        # It is somebody else's, or no number of a process: better leave it.
        return True
    return True
