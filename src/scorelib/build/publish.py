"""Puts finished files in their place, whole or not at all; imports nothing of ours but errors and sealed."""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from scorelib.errors import ScorelibError
from scorelib.sealed import discard

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["publish", "remove"]

AT_FDCWD = -100
RENAME_EXCHANGE = 2


def publish(files: Mapping[str, bytes], target: Path) -> None:
    """Write `files` as the folder `target`, in place of what was there; names may have folders in them.

    The files are written into a folder beside it, which then changes places with it. Whoever
    looks sees the old report or the new one, never half of one.

    Raises
    ------
    ScorelibError
        If the folder cannot be written, or one is there that has nothing of ours in it; what was there
        is untouched.
    """
    if _foreign(target, files):
        message = f"{target} holds other files than scorelib makes; move them elsewhere and build again"
        raise ScorelibError(message)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        made = Path(tempfile.mkdtemp(prefix=f".{target.name}-{os.getpid()}-", dir=target.parent))
        try:
            for name, content in files.items():
                _write(made / name, content)
            # mkdtemp makes it private; a report is for everyone that may see its folder.
            made.chmod(0o777 & ~_umask())
            _swap(made, target)
        finally:
            # What was there before need not have been a folder.
            discard(made)
    except OSError as error:
        message = f"cannot write {target}: {error.strerror}; make room or rights there and build again"
        raise ScorelibError(message) from error


def _foreign(target: Path, files: Mapping[str, bytes]) -> bool:
    """Whether a folder is there, and no link to one, with files of which we write none."""
    try:
        there = set() if target.is_symlink() else {path.name for path in target.iterdir()}
    except OSError:
        # Not there, no folder, or one that cannot be read: the exchange will tell.
        return False
    return bool(there) and there.isdisjoint(name.partition("/")[0] for name in files)


def _sweep(target: Path) -> None:
    """Remove what a build that was killed has left beside a report; one that runs keeps its own."""
    for left in target.parent.glob(f".{target.name}-*"):
        owner = left.name.removeprefix(f".{target.name}-").partition("-")[0]
        if not (owner.isdigit() and Path(f"/proc/{owner}").exists()):
            discard(left)


def remove(target: Path) -> None:
    """Remove a report, and the folders above it that are then empty, up to ``reports/``.

    It is renamed first, so that nobody finds half of it.
    """
    try:
        aside = Path(tempfile.mkdtemp(prefix=".removed-", dir=target.parent))
        target.rename(aside / "report")
        shutil.rmtree(aside)
        for folder in (target.parent, target.parent.parent):
            if not any(folder.iterdir()):
                folder.rmdir()
    except OSError as error:
        message = f"cannot remove {target}: {error.strerror}; look at its rights"
        raise ScorelibError(message) from error


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _swap(made: Path, target: Path) -> None:
    """Put `made` where `target` is; afterwards `made`, if it is still there, is what was before."""
    if not os.path.lexists(target):
        made.rename(target)
    elif not _exchange(made, target):
        # Without the system call there is a moment between two renames in which no report is there.
        old = Path(tempfile.mkdtemp(prefix=f".{target.name}-{os.getpid()}-", dir=target.parent))
        target.rename(old / "old")
        made.rename(target)
        shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, where Linux and the file system can."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    return bool(call(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0)
