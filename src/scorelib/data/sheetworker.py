"""A process that writes one sheet of a workbook as CSV and may die doing it; imports calamine, `workbook`.

Called with the workbook, the file to write and the name of the sheet; answers with one JSON object.
calamine ends its process where a sheet claims more cells than fit into memory: hence the limits, and a
process of its own, started by `scorelib.data.sheets`.
"""

from __future__ import annotations

import csv
import datetime
import json
import os
import re
import resource
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

from scorelib.data.workbook import OLE, SHOWN, compound, other_form, unreadable

MEMORY = 6 << 30
UNPACKED = 3 << 30
"""Bytes of a workbook's parts together; a sheet of a million rows and ten columns has half of one GiB."""
WRITTEN = 1 << 30
"""Bytes of the sheet as CSV."""
RATIO = 1032
"""How much deflate shrinks at best; what is packed smaller than this allows need not be measured."""
SMALL = 8 << 20
NUMBER = re.compile(r"[1-9][0-9]{0,3}")
UNCLEAR = re.compile(r"[+-]?[0-9]{1,3}[.,][0-9]{3}")


class _RefusedError(Exception):
    """The workbook is not read; holds problem and remedy."""


def main() -> int:
    """Answer one request."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # One text of 32,767 characters may stand in each of a million cells.
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # What the library prints must not get into the answer.
    path, out, sheet = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    try:
        import python_calamine  # noqa: F401, PLC0415 - an extra
    except ImportError:
        return 3
    try:
        said = _read(path, out, sheet)
    except _RefusedError as refused:
        said = {"problem": refused.args[0], "remedy": refused.args[1]}
    except MemoryError:
        said = {"problem": "it needs too much memory", "remedy": "save the sheet as CSV UTF-8"}
    except BaseException as error:  # noqa: BLE001 - a panic of the library is no Exception
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        said = {"problem": f"the workbook cannot be read ({reason})", "remedy": "save it as .xlsx again"}
    answers.write(json.dumps(said))
    answers.close()
    return 0


def _read(path: Path, out: Path, wanted: str) -> dict[str, Any]:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - an extra

    with path.open("rb") as stream:
        if stream.read(len(OLE)) == OLE:
            raise _RefusedError(*compound(path))
    with zipfile.ZipFile(path) as archive:
        if other := other_form(archive):
            raise _RefusedError(*other)
        measure(archive)
        book = CalamineWorkbook.from_path(path)
        visible = [
            each.name
            for each in book.sheets_metadata
            if str(each.visible).endswith("Visible") and str(each.typ).endswith("WorkSheet")
        ]
        name = _chosen(wanted, visible, book.sheet_names)
        found = unreadable(archive, name)
    rows = book.get_sheet_by_name(name)
    faults = [([each.line, each.position], [each.problem, each.remedy]) for each in found or ()]
    for (top, left), (bottom, right) in rows.merged_cell_ranges or []:
        if (top, left) != (bottom, right):
            words = ["these cells are merged, so all but one are empty", "unmerge them and fill in each"]
            faults.append(([top + 1, left], words))
    unclear = _write(rows, out)
    hidden = [each for each in book.sheet_names if each not in visible]
    notes = [f"hidden sheets were not looked at: {', '.join(hidden)}"] if hidden else []
    if found is None:
        notes.append("the sheet's XML was not found, so formulas without a stored result would read as empty")
    return {"sheet": name, "faults": faults[:SHOWN], "unclear": unclear, "notes": notes}


def _chosen(wanted: str, visible: list[str], names: list[str]) -> str:
    if wanted:
        if wanted not in names and NUMBER.fullmatch(wanted) and int(wanted) <= len(names):
            return names[int(wanted) - 1]
        if wanted not in names:
            raise _RefusedError(f"there is no sheet {wanted!r}", f"name one of: {', '.join(names)}")
        return wanted
    if len(visible) != 1:
        raise _RefusedError(
            f"it has {len(visible)} sheets: {', '.join(visible)}",
            "name one of them, with --sheet or `sheet:`",
        )
    return visible[0]


def measure(archive: zipfile.ZipFile) -> None:
    """Unpack what may be large and count; what the archive says of itself may be a lie."""
    total = 0
    with Path(str(archive.filename)).open("rb") as stream:
        for entry in archive.infolist():
            if entry.flag_bits & 1:
                raise _RefusedError("it is encrypted", "save it without a password")
            total += entry.file_size
            if entry.compress_type == zipfile.ZIP_DEFLATED and entry.compress_size * RATIO > SMALL:
                total += max(0, _unpacked(stream, entry) - entry.file_size)
            if total > UNPACKED:
                problem = f"it unpacks to more than {UNPACKED:,} bytes"
                raise _RefusedError(problem, "save the sheet as CSV UTF-8")


def _unpacked(stream: Any, entry: zipfile.ZipInfo) -> int:
    """Bytes that a part unpacks to, counted up to the limit."""
    stream.seek(entry.header_offset)
    head = stream.read(30)
    stream.seek(
        entry.header_offset
        + 30
        + int.from_bytes(head[26:28], "little")
        + int.from_bytes(head[28:30], "little")
    )
    unpack, left, size = zlib.decompressobj(-15), entry.compress_size, 0
    while left > 0 and not unpack.eof and size <= UNPACKED:
        block = stream.read(min(left, 1 << 16))
        if not block:
            break
        left -= len(block)
        while block and not unpack.eof:
            size += len(unpack.decompress(block, 1 << 24))
            block = unpack.unconsumed_tail
    return size


def _write(rows: Any, out: Path) -> list[list[int]]:
    """Write the rows from the first line and column of the sheet on; tell texts that look like numbers."""
    unclear: list[list[int]] = []
    start = rows.start
    lead = [""] * (start[1] if start else 0)
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        for number, row in enumerate(rows.iter_rows() if start else (), 1):
            cells = [_text(value) for value in row]
            if len(unclear) < SHOWN:
                unclear += [
                    [number, len(lead) + index]
                    for index, value in enumerate(row)
                    if type(value) is str and UNCLEAR.fullmatch(value)
                ]
            writer.writerow(lead + cells)
    return unclear


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    if type(value) is float:
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.datetime):
        whole = value.time() == datetime.time()
        return value.date().isoformat() if whole else value.isoformat(sep=" ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


if __name__ == "__main__":
    sys.exit(main())
