"""A process that writes one sheet of a workbook as CSV and may die doing it; imports calamine alone.

Called with the workbook, the file to write and the name of the sheet; answers with one JSON object.
calamine reads a cell with an error, and a formula without a stored result, as an empty cell, and ends
its process where a sheet claims more cells than fit into memory: hence the look at the XML before, the
limits, and a process of its own, started by `scorelib.data.sources.sheets`.
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
from xml.etree import ElementTree

MEMORY = 6 << 30
UNPACKED = 3 << 30
"""Bytes of a workbook's parts together; a sheet of a million rows and ten columns has half of one GiB."""
RATIO = 1032
"""How much deflate shrinks at best; what is packed smaller than this allows need not be measured."""
SMALL = 8 << 20
SHOWN = 100
RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ERRORS = re.compile(rb'<c\b[^>]*\bt="e"[^>]*>')
UNSTORED = re.compile(rb"<c\b[^>]*>\s*<f\b(?:[^>]*/>|.*?</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>", re.DOTALL)
REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
UNCLEAR = re.compile(r"[+-]?[0-9]{1,3}[.,][0-9]{3}")


class _RefusedError(Exception):
    """The workbook is not read; holds problem and remedy."""


def main() -> int:
    """Answer one request."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
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

    with zipfile.ZipFile(path) as archive:
        measure(archive)
        book = CalamineWorkbook.from_path(path)
        visible = [
            each.name
            for each in book.sheets_metadata
            if str(each.visible).endswith("Visible") and str(each.typ).endswith("WorkSheet")
        ]
        name = _chosen(wanted, visible, book.sheet_names)
        faults, inside = _unreadable(archive, name)
    rows = book.get_sheet_by_name(name)
    for (top, left), (bottom, right) in rows.merged_cell_ranges or []:
        if (top, left) != (bottom, right):
            words = ["these cells are merged, so all but one are empty", "unmerge them and fill in each"]
            faults.append(([top + 1, left], words))
    unclear = _write(rows, out)
    hidden = [each for each in book.sheet_names if each not in visible]
    notes = [f"hidden sheets were not looked at: {', '.join(hidden)}"] if hidden else []
    return {"sheet": name, "faults": faults[:SHOWN], "unclear": unclear, "notes": notes + inside}


def _chosen(wanted: str, visible: list[str], names: list[str]) -> str:
    if wanted:
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


def _unreadable(archive: zipfile.ZipFile, name: str) -> tuple[list[tuple[list[int], list[str]]], list[str]]:
    """Cells with an error or with a formula whose result is not stored."""
    part = _part(archive, name)
    if part is None:
        return [], ["the sheet's XML was not found, so formulas without a stored result would read as empty"]
    faults: list[tuple[list[int], list[str]]] = []
    with archive.open(part) as stream:
        rest = b""
        while len(faults) < SHOWN and (block := stream.read(1 << 22)):
            # Whole cells only: what follows the last end of one waits for the next block.
            whole, end, rest = (rest + block).rpartition(b"</c>")
            faults += _faults(whole + end)
    return faults, []


def _faults(content: bytes) -> list[tuple[list[int], list[str]]]:
    faults: list[tuple[list[int], list[str]]] = []
    if b't="e"' in content:
        words = ["this cell holds an error", "mend its formula, or empty it"]
        faults += [(cell, words) for cell in _cells(ERRORS, content)]
    if b"<f" in content:
        words = [
            "this formula has no stored result",
            "open the workbook in Excel and save it, or write the value",
        ]
        faults += [(cell, words) for cell in _cells(UNSTORED, content)]
    return faults


def _cells(pattern: re.Pattern[bytes], content: bytes) -> list[list[int]]:
    found = []
    for match in pattern.finditer(content):
        reference = REFERENCE.search(match.group())
        if reference:
            position = 0
            for letter in reference[1]:
                position = position * 26 + letter - 64
            found.append([int(reference[2]), position - 1])
        if len(found) >= SHOWN:
            break
    return found


def _part(archive: zipfile.ZipFile, name: str) -> str | None:
    """The part of the archive that holds a sheet."""
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - measured before, and within limits
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - as above
    except (KeyError, ElementTree.ParseError):
        return None
    ids = {each.get("name"): each.get(RELATIONS) for each in book.iter() if each.tag.endswith("}sheet")}
    targets = {each.get("Id"): each.get("Target") or "" for each in relations}
    target = targets.get(ids.get(name), "")
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return part if part in archive.namelist() else None


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
