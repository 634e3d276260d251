"""Puts changed tables in place, whole or not at all; standard library, numpy and the rest of this room.

A table's file keeps its order and the bytes of every row that stays as it is, so that a difference in
version control is the difference in the data. New files are written in a folder beside the old ones and
flushed to disk; a journal then says which is to replace which, and which is to be added; then each is put
into place. Whoever is interrupted in between leaves the journal, and the next import finishes what it says.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scorelib.data.columns import factor, show_numbers
from scorelib.errors import UsageError
from scorelib.sealed import read_json, seal_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scorelib.data.columns import Columns, Ints, Text
    from scorelib.data.package import Table

__all__ = ["commit", "interrupted", "locked", "staged", "write_table"]

JOURNAL = ".import-journal.json"
FOLDER = ".import-"
CHUNK = 5_000
DIGITS = re.compile("([0-9]+)")


# --- one table --------------------------------------------------------------------------------


def write_table(
    target: Path,
    table: Table,
    rows: Columns,
    *,
    before: bytes,
    starts: Ints,
    origin: Ints,
    touched: Ints,
) -> None:
    """Write a table, with the bytes of the rows that did not change.

    Parameters
    ----------
    target
        The file to write.
    table
        Its description.
    rows
        Its rows now, in any order.
    before
        The file as it was.
    starts
        Per row of that file the line on which it begins.
    origin
        Per row its number in the file as it was; -1 for a new one.
    touched
        Per row whether one of its cells changed.
    """
    end = b"\r\n" if b"\r\n" in before[:10_000] else b"\n"
    if before and not before.endswith(b"\n"):
        before += end
    if b"\r" in before.replace(b"\r\n", b""):
        # Lines that end in another way cannot be told from breaks within cells by their bytes.
        before = (",".join(column.name for column in table.fields) + "\n").encode()
        touched, starts, end = np.ones(len(rows), dtype=np.bool_), starts[:0], b"\n"
    lines = np.concatenate([[0], np.flatnonzero(np.frombuffer(before, dtype=np.uint8) == 10) + 1])
    offsets = np.concatenate([lines[np.asarray(starts, dtype=np.int64) - 1], [len(before)]])
    order = _order(table, rows, origin)
    raw = (origin[order] >= 0) & ~touched[order]
    source = origin[order]
    follows = np.zeros(len(order), dtype=np.bool_)
    follows[1:] = np.where(raw[1:], raw[:-1] & (source[1:] == source[:-1] + 1), ~raw[:-1])
    begins = [*np.flatnonzero(~follows).tolist(), len(order)]
    quoted = {name: list(map(_quoted, column.values)) for name, column in rows.text.items()}
    with target.open("wb") as stream:
        stream.write(before[: int(offsets[0])])
        for begin, stop in itertools.pairwise(begins):
            if raw[begin]:
                stream.write(before[int(offsets[source[begin]]) : int(offsets[source[stop - 1] + 1])])
                continue
            for at in range(begin, stop, CHUNK):
                part = rows.take(order[at : min(at + CHUNK, stop)])
                stream.write(_lines(table, part, quoted, end.decode()).encode())


def _lines(table: Table, rows: Columns, quoted: Mapping[str, Sequence[str]], end: str) -> str:
    cells = []
    for column in table.fields:
        if column.name in rows.numbers:
            cells.append(show_numbers(rows.numbers[column.name]))
        else:
            texts = quoted[column.name]
            cells.append([texts[code] for code in rows.text[column.name].codes.tolist()])
    return end.join(map(",".join, zip(*cells, strict=True))) + end


def _quoted(text: str) -> str:
    if not any(sign in text for sign in ',"\r\n'):
        return text
    # By hand: Python's writer quotes breaks only if its own lines end in them.
    return '"' + text.replace('"', '""') + '"'


def _order(table: Table, rows: Columns, origin: Ints) -> Ints:
    """The rows in the order of the file, new ones where their key belongs."""
    kept = np.flatnonzero(origin >= 0)
    kept = kept[np.argsort(origin[kept], kind="stable")]
    new = np.flatnonzero(origin < 0)
    names = [name for name in table.primary_key if name in rows.text]
    if not len(new) or not names:
        return np.concatenate([kept, new])
    for style in (str, _natural):
        key = factor([_ranked(rows.text[name], style) for name in names], len(rows))
        if bool((np.diff(key[kept]) >= 0).all()):
            new = new[np.argsort(key[new], kind="stable")]
            place = np.searchsorted(key[kept], key[new], side="right")
            return np.insert(kept, place, new)
    # In no order that is known: after the last row with the same beginning of its key.
    group = rows.text[names[0]].codes
    last = {int(code): place + 1 for place, code in enumerate(group[kept].tolist())}
    place = np.array([last.get(int(code), len(kept)) for code in group[new].tolist()], dtype=np.int64)
    return np.insert(kept, place, new)


def _ranked(column: Text, style: Any) -> Ints:
    """Codes in the order of the texts."""
    values = sorted(range(len(column.values)), key=lambda code: style(column.values[code]))
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[values] = np.arange(len(values))
    return ranks[column.codes] if values else column.codes


def _natural(text: str) -> list[tuple[int, int, str]]:
    """A text as people order it: 1.2 before 1.10."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in DIGITS.split(text) if part]


# --- all tables -------------------------------------------------------------------------------


@contextlib.contextmanager
def locked(folder: Path, *, finish: bool = True) -> Iterator[None]:
    """Keep other imports out of a folder, and finish what an interrupted one left.

    Parameters
    ----------
    folder
        The folder.
    finish
        Without it nothing is written, and what an interrupted import left is refused.

    Raises
    ------
    UsageError
        If another import is at work, or one was interrupted and may not be finished.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            message = f"another import is at work in {folder}; wait until it has ended"
            raise UsageError(message) from None
        if finish:
            _finish(folder, handle)
        elif interrupted(folder):
            message = f"an import into {folder} was interrupted; import without --dry-run to finish it"
            raise UsageError(message)
        yield
    finally:
        os.close(handle)


def interrupted(folder: Path) -> bool:
    """Whether an import was interrupted while it put its files in place."""
    return os.path.lexists(folder / JOURNAL)


@contextlib.contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A folder for files that are to replace those of `folder`; gone afterwards."""
    stage = Path(tempfile.mkdtemp(prefix=FOLDER, dir=folder))
    try:
        yield stage
    finally:
        # The journal needs the files of a folder that it names.
        if not interrupted(folder):
            shutil.rmtree(stage, ignore_errors=True)


def commit(folder: Path, stage: Path, changed: Sequence[str], added: Sequence[str] = ()) -> None:
    """Let staged files take their places in a folder, in this order: new ones first.

    Parameters
    ----------
    folder
        The folder.
    stage
        Where the new files are, each under the path it has in the folder.
    changed
        Paths of files that replace those that are there.
    added
        Paths of files that are to be there from now on; one that is there by then stays as it is.

    Raises
    ------
    UsageError
        If a path leads out of the folder by a link.
    """
    journal = {
        "add": {f"{stage.name}/{name}": _place(folder, name) for name in added},
        "replace": {f"{stage.name}/{name}": _place(folder, name) for name in changed},
    }
    for name in added:
        (stage / name).chmod(0o644)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
    for name in changed:
        shutil.copymode(folder / name, stage / name)
    for name in (*added, *changed):
        with (stage / name).open("rb") as written:
            os.fsync(written.fileno())
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        draft = stage / "journal"
        with draft.open("wb") as stream:
            stream.write(seal_json(journal))
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(folder / JOURNAL)
        os.fsync(handle)
        _put(folder, journal, handle)
    finally:
        os.close(handle)


def _place(folder: Path, name: str) -> str:
    """Where a file is, links followed."""
    target = (folder / name).resolve()
    if not target.is_relative_to(folder.resolve()):
        message = f"{folder / name} leads out of {folder}; put a folder there instead of the link"
        raise UsageError(message)
    return target.relative_to(folder.resolve()).as_posix()


def _finish(folder: Path, handle: int) -> None:
    """Do what the journal of an interrupted import still asks for, and remove what it left."""
    journal = folder / JOURNAL
    if interrupted(folder):
        try:
            said = read_json(journal)
            safe = set(said) == {"add", "replace"} and all(
                _inside(folder, name) for part in said.values() for pair in part.items() for name in pair
            )
        except (OSError, ValueError, AttributeError, TypeError):
            safe = False
        if not safe:
            message = (
                f"{journal} is no journal of an import, or is damaged; hold the tables against version "
                "control, delete it, and import again"
            )
            raise UsageError(message)
        _put(folder, said, handle)
    for left in folder.glob(f"{FOLDER}*"):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)


def _inside(folder: Path, name: str) -> bool:
    return (folder / name).resolve().is_relative_to(folder.resolve()) and not Path(name).is_absolute()


def _put(folder: Path, journal: Mapping[str, Mapping[str, str]], handle: int) -> None:
    """Do what a journal says; what is gone from the stage has been done before the interruption."""
    for new, place in journal["add"].items():
        if (folder / new).exists():
            # A link fails where a file is; a rename would take its place.
            with contextlib.suppress(FileExistsError):
                os.link(folder / new, folder / place)
            (folder / new).unlink()
    for new, old in journal["replace"].items():
        if (folder / new).exists():
            (folder / new).replace(folder / old)
    os.fsync(handle)
    (folder / JOURNAL).unlink()
    os.fsync(handle)
