"""Which files of folders are opened, by whatever process, as Linux tells it (inotify)."""

from __future__ import annotations

import ctypes
import os
import struct
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Opened"]

IN_OPEN = 0x20
LIBC = ctypes.CDLL(None, use_errno=True)
EVENT = struct.Struct("iIII")


class Opened:
    """Notes what is opened in folders while it is there; Python's own audit would not see Rust or V8."""

    def __init__(self, *folders: Path) -> None:
        self._descriptor: int = LIBC.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        assert self._descriptor >= 0
        self._folders = {
            LIBC.inotify_add_watch(self._descriptor, os.fsencode(folder), IN_OPEN): folder
            for folder in folders
        }
        assert min(self._folders) > 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def names(self) -> set[str]:
        """Names of the files that were opened since it was asked last."""
        found: set[str] = set()
        while True:
            try:
                events = os.read(self._descriptor, 1 << 16)
            except BlockingIOError:
                return found
            at = 0
            while at < len(events):
                _, mask, _, length = EVENT.unpack_from(events, at)
                name = events[at + EVENT.size : at + EVENT.size + length].rstrip(b"\0")
                assert mask & ~0x4000_0020 == 0, "events were lost"
                if name:
                    found.add(os.fsdecode(name))
                at += EVENT.size + length
