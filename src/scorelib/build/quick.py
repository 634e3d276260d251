"""Finds within a few milliseconds that nothing is to do; imports os, sys and time alone, nothing of ours.

A build that found, or left, every report up to date writes down the files that this rests on, and
one hash over the sizes, times and inodes of them all. As long as the same command finds the same
hash, nothing has changed. Everything else is for the real plan. So is a note that is a day old: a bit
that flips on the disk itself changes no size and no time, and the plan reads what it rests on.
"""

from __future__ import annotations

import os
import sys
import time
from _blake2 import blake2b  # hashlib would load OpenSSL first

__all__ = ["message_if_unchanged", "project_of", "remember", "stamp_file"]

DESCRIPTION = os.path.join("data", "datapackage.json")  # noqa: PTH118 - pathlib costs as much as all this
HEAD = "scorelib-unchanged-2"
HELD = 24 * 3600
"""Seconds for which a note holds."""


def project_of(folder: str) -> str:
    """The project around a folder; empty if there is none. As `data.package.find_project` finds it."""
    while not os.path.isfile(os.path.join(folder, DESCRIPTION)):  # noqa: PTH113, PTH118
        above = os.path.dirname(folder)  # noqa: PTH120
        if above == folder:
            return ""
        folder = above
    return folder


def stamp_file(project: str, arguments: list[str]) -> str:
    """Where it is written down for a command."""
    # With the project's place, as what it rests on is noted by its place: a copy has no note yet.
    said = "\0".join((project, sys.executable, sys.version, *_renderer(), *arguments))
    name = blake2b(said.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    return os.path.join(project, "reports", ".scorelib", f"unchanged-{name}")  # noqa: PTH118


def _renderer() -> tuple[str, str]:
    """What decides on the renderer beside the arguments: what the environment asks for, and which Quarto."""
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        try:
            found = os.stat(os.path.join(folder, "quarto"))  # noqa: PTH116, PTH118
        except OSError:
            continue
        return os.environ.get("SCORELIB_RENDERER", ""), f"{folder} {found.st_mtime_ns} {found.st_ino}"
    return os.environ.get("SCORELIB_RENDERER", ""), ""


def message_if_unchanged(arguments: list[str], folder: str = "") -> str:
    """What a command in a folder, or here, would say; nothing if anything may have changed."""
    if not arguments or arguments[0] != "build":
        return ""
    try:
        project = project_of(folder or os.getcwd())  # noqa: PTH109
        name = stamp_file(project, arguments)
        with open(name, encoding="utf-8", errors="surrogateescape", opener=_at_once) as file:
            # A clock that was set back leaves one of times to come.
            if abs(time.time() - os.fstat(file.fileno()).st_mtime) > HELD:
                return ""
            head, told, kept, *paths = file.read().split("\0")
        return told if head == HEAD and fingerprint(paths, told) == kept else ""
    except (OSError, ValueError):
        return ""


def _at_once(path: str, flags: int) -> int:
    """Open a file; a pipe in its place is empty, instead of something to wait for."""
    return os.open(path, flags | os.O_NONBLOCK)


def fingerprint(paths: list[str], told: str = "") -> str:
    """One hash over what the system says of these files and folders, and what is said of them.

    Raises
    ------
    OSError
        If one of them is not there.
    """
    digest = blake2b(digest_size=16)
    stat = os.stat
    for path in paths:
        found = stat(path)
        digest.update(b"%d %d %d %d;" % (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino))
    digest.update("\0".join((told, *paths)).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def remember(project: str, arguments: list[str], told: str, paths: list[str]) -> None:
    """Write down what a command rests on; if that cannot be done, the next one plans again."""
    from pathlib import Path  # noqa: PLC0415 - as all of this module, only where something was done

    from scorelib.sealed import put  # noqa: PLC0415

    try:
        text = "\0".join((HEAD, told, fingerprint(paths, told), *paths))
        put(Path(stamp_file(project, arguments)), text.encode("utf-8", "surrogateescape"))
    except OSError:
        return
