"""Files that scorelib keeps for itself: written whole, and read with a checksum that tells damage.

Standard library alone, and nothing of ours. A sealed file ends in the SHA-256 of all that stands before it,
and then a few fixed characters, so that JSON stays JSON. A bit that flipped, a half-written file, something
else in its place: each is a `DamagedError`, and whoever reads it makes the file again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DamagedError",
    "as_made",
    "discard",
    "put",
    "read_json",
    "read_plain",
    "seal",
    "seal_json",
    "unseal",
]

DIGITS = 64
NAME = b',\n "sha256": "'
TAIL = b'"\n}\n'
"""How a sealed JSON object ends, before and after its checksum."""


class DamagedError(ValueError):
    """A file is not as it was written."""


def seal(head: bytes, tail: bytes) -> bytes:
    """A content with the checksum of its head between head and tail."""
    return head + hashlib.sha256(head).hexdigest().encode() + tail


def unseal(content: bytes, tail: bytes) -> bytes:
    """The head of a sealed content.

    Raises
    ------
    DamagedError
        If it is not as `seal` gave it.
    """
    head = content[: max(len(content) - len(tail) - DIGITS, 0)]
    if content != seal(head, tail):
        message = "it is not as it was written"
        raise DamagedError(message)
    return head


def seal_json(facts: Mapping[str, Any]) -> bytes:
    """A JSON object, not an empty one, as a sealed file; its last member is the checksum."""
    text = json.dumps(facts, indent=1, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return seal(text.removesuffix(b"\n}") + NAME, TAIL)


def read_json(path: Path) -> dict[str, Any]:
    """The object of a sealed JSON file.

    Raises
    ------
    OSError
        If there is no such file, or something that is none.
    DamagedError
        If it is not as it was written.
    """
    head = unseal(read_plain(path), TAIL)
    facts: dict[str, Any] = json.loads(head.removesuffix(NAME).decode("utf-8", "surrogatepass") + "\n}")
    return facts


def read_plain(path: Path, most: int | None = None) -> bytes:
    """The content of a file that is one: no link, no pipe that one would wait for.

    Parameters
    ----------
    path
        The file.
    most
        Bytes that it may have.

    Raises
    ------
    OSError
        If there is none, if it has more, or if it cannot be read.
    """
    # Without waiting: to open a pipe that nobody writes to would never end.
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:  # noqa: PTH123
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            message = "not a file"
            raise OSError(None, message, str(path))
        if most is not None and found.st_size > most:
            message = f"it has more than {most:,} bytes"
            raise OSError(None, message, str(path))
        return file.read()


def as_made(path: Path, sha256: str, size: int | None = None) -> bool:
    """Whether a file is what was made, every bit of it; its size, where that is known, is looked at first."""
    try:
        return size in (None, path.lstat().st_size) and hashlib.sha256(read_plain(path)).hexdigest() == sha256
    except OSError:
        return False


def put(path: Path, content: bytes) -> None:
    """Write a file in the place of whatever stands there, whole or not at all.

    Raises
    ------
    OSError
        If it cannot be written, or a folder that is not empty stands there: what was there is untouched.
    """
    begin = f".{path.name}-"
    for left in path.parent.glob(f"{begin}*-new"):
        # Of a process that was killed; one that runs keeps its own.
        owner = left.name.removeprefix(begin).removesuffix("-new")
        if not (owner.isdecimal() and Path(f"/proc/{owner}").exists()):
            discard(left)
    made = path.with_name(f"{begin}{os.getpid()}-new")
    try:
        with made.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        made.replace(path)
    except OSError:
        made.unlink(missing_ok=True)
        raise


def discard(path: Path) -> None:
    """Remove whatever stands there, as far as that can be done; a link, not what it leads to."""
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
