"""What the corpora of hostile inputs share: a small project to spoil, and limits that each case must keep."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import resource
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.small import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "bounded",
    "described",
    "field",
    "put",
    "raw",
    "resource_of",
    "snapshot",
    "text",
    "with_cell",
]

SECONDS = 5
"""Processor time of a case; each takes a fraction of one."""
MEMORY = 1 << 30
"""Bytes that a case may take above what the tests have already."""


@contextlib.contextmanager
def bounded() -> Iterator[None]:
    """Fail if what is done takes more time or memory than an input of its size is worth."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    size = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, before[1]))
    begun = time.process_time()
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
    assert time.process_time() - begun < SECONDS


def snapshot(folder: Path) -> dict[str, Any]:
    """Every file below a folder with its bytes; of what is no file, its kind."""
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        kind = path.lstat()
        plain = stat.S_ISREG(kind.st_mode) and kind.st_size < MEMORY
        found[str(path.relative_to(folder))] = path.read_bytes() if plain else (kind.st_mode, kind.st_size)
    return found


def with_cell(table: str, old: str, new: str) -> str:
    """A table of the small project with one cell replaced, quoted as CSV needs it."""
    rows = list(csv.reader(io.StringIO(TABLES[table], newline="")))
    places = [(row, at) for row, cells in enumerate(rows) for at, text in enumerate(cells) if text == old]
    assert len(places) == 1, f"{old!r} stands {len(places)} times in {table}"
    rows[places[0][0]][places[0][1]] = new
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def put(table: str, old: str, new: str) -> Callable[[Path], None]:
    """Replace a cell."""
    return raw(table, with_cell(table, old, new).encode("utf-8", "surrogatepass"))


def raw(table: str, content: bytes) -> Callable[[Path], None]:
    """Write a table's file as it is given."""

    def change(project: Path) -> None:
        (project / "data" / f"{table}.csv").write_bytes(content)

    return change


def text(content: str | bytes, name: str = "datapackage.json") -> Callable[[Path], None]:
    """Write a file of the data folder as it is given."""

    def change(project: Path) -> None:
        path = project / "data" / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))

    return change


def described(edit: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """Change what ``datapackage.json`` says."""

    def change(project: Path) -> None:
        path = project / "data" / "datapackage.json"
        said = json.loads(path.read_text("utf-8"))
        edit(said)
        path.write_text(json.dumps(said), "utf-8")

    return change


def resource_of(said: dict[str, Any], name: str) -> dict[str, Any]:
    """The description of a table."""
    found: dict[str, Any] = next(each for each in said["resources"] if each["name"] == name)
    return found


def field(said: dict[str, Any], table: str, name: str) -> dict[str, Any]:
    """The description of a column."""
    found: dict[str, Any] = next(
        each for each in resource_of(said, table)["schema"]["fields"] if each["name"] == name
    )
    return found
