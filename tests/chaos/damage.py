"""What can befall a file, whatever is in it; and what a folder holds, to be held against another."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from random import Random

__all__ = ["DAMAGES", "LINK", "contents", "damage", "flip", "left_over"]

FRAME_ONLY = {"status.json"}
"""Says how long each report took; its states are compared apart."""


def flip(path: Path, random: Random) -> None:
    """One bit of it."""
    content = bytearray(path.read_bytes())
    content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    path.write_bytes(content)


def cut(path: Path, random: Random) -> None:
    """Its end is gone."""
    content = path.read_bytes()
    path.write_bytes(content[: random.randrange(1, len(content))])


def blank(path: Path, random: Random) -> None:
    """A page of it, or all if it is smaller, came back as zeros, as after a loss of power."""
    content = bytearray(path.read_bytes())
    begin = random.randrange(0, len(content), 4096)
    size = len(content[begin : begin + 4096])
    content[begin : begin + size] = bytes(size)
    path.write_bytes(content)


def empty(path: Path, _: Random) -> None:
    """Nothing is in it."""
    path.write_bytes(b"")


def folder(path: Path, _: Random) -> None:
    """A folder is in its place."""
    path.unlink()
    path.mkdir()


def dangling(path: Path, _: Random) -> None:
    """A link that leads nowhere is in its place."""
    path.unlink()
    path.symlink_to(path.parent / "nowhere")


def pipe(path: Path, _: Random) -> None:
    """A pipe that nobody writes to is in its place."""
    path.unlink()
    os.mkfifo(path)


def other_shape(path: Path, random: Random) -> None:
    """JSON of another shape, one of them too deep to be read."""
    shapes = [b"[]", b"null", b'{"reports": 7, "files": [], "@graph": {}, "inputs": ""}', b"[" * 100_000]
    path.write_bytes(random.choice(shapes))


def other_version(path: Path, _: Random) -> None:
    """As another version might have written it: the first number in it is another."""
    content = path.read_bytes()
    at = next(place for place, byte in enumerate(content) if chr(byte).isdecimal())
    path.write_bytes(content[:at] + (b"8" if content[at : at + 1] != b"8" else b"9") + content[at + 1 :])


HERE: Mapping[str, Callable[[Path, Random], None]] = {
    "a bit flipped": flip,
    "cut": cut,
    "a page of zeros": blank,
    "empty": empty,
    "a folder": folder,
    "a link to nowhere": dangling,
    "a pipe": pipe,
    "another shape": other_shape,
    "another version": other_version,
}

LINK = "a link"
"""That what was there is elsewhere now, and a link leads to it."""
DAMAGES = (*HERE, LINK)


def damage(name: str, path: Path, random: Random, aside: Path) -> None:
    """Let a file have one of these; `aside` is a folder that a link may lead to."""
    if name != LINK:
        HERE[name](path, random)
        return
    aside.mkdir(parents=True, exist_ok=True)
    elsewhere = shutil.move(path, aside / path.name)
    path.symlink_to(elsewhere)


def contents(root: Path) -> dict[str, bytes]:
    """Every file below a folder of reports that a reader may open, by name; a link or pipe shows as such."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.startswith(".scorelib") or name in FRAME_ONLY or (path.is_dir() and not path.is_symlink()):
            continue
        found[name] = path.read_bytes() if path.is_file() and not path.is_symlink() else b"<not a file>"
    return found


def left_over(root: Path) -> list[str]:
    """Temporary files and folders below a folder of reports."""
    kept = {".scorelib", ".nojekyll"}
    return [
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if (path.name.startswith(".") and path.name not in kept) or path.name.endswith((".new", "-new"))
    ]
