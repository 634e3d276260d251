"""Which kind of workbook a file is, and cells that a reader would take for empty; standard library alone.

calamine gives an empty cell for one with an error, and for a formula whose result is not stored. What
was lost that way would be lost in silence, so both are looked for before a sheet is read.
"""

from __future__ import annotations

import mmap
import re
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree

if TYPE_CHECKING:
    import zipfile
    from pathlib import Path

__all__ = ["OLE", "SHOWN", "ZIP", "Unreadable", "address", "compound", "other_form", "unreadable"]

OLE = b"\xd0\xcf\x11\xe0"
"""How a compound file begins: a workbook of before 2007, or one with a password."""
ZIP = b"PK\x03\x04"
"""How a workbook of today begins, and anything else that is packed."""
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""Name of the stream that a workbook with a password is kept in."""

SHOWN = 100
"""Cells that are told."""
BLOCK = 1 << 22
RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# Some programs give every element a prefix, and some use the other quotes.
ENDS = re.compile(rb"</(?:\w+:)?c>")
ERRORS = re.compile(rb"""<(?:\w+:)?c\b[^>]*\bt=["']e["'][^>]*>""")
UNSTORED = re.compile(
    rb"<(?:\w+:)?c\b[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
REFERENCE = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
ERROR = ("this cell holds an error", "mend its formula, or empty it")
NO_RESULT = (
    "this formula has no stored result",
    "open the workbook in Excel and save it, or write the value",
)


class Unreadable(NamedTuple):
    """A cell by line and column, counted from 1 and 0; line 0 where its file does not say which it is."""

    line: int
    position: int
    problem: str
    remedy: str


def address(line: int, position: int) -> str:
    """A cell as spreadsheets name it: ``B12``."""
    letters, position = "", position + 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{line}"


def compound(path: Path) -> tuple[str, str]:
    """What a compound file is, and what to do."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        encrypted = content.find(ENCRYPTED) >= 0
    if encrypted:
        return "it is encrypted", "open it with its password and save it as .xlsx without one"
    return "it is a workbook of Excel 97 to 2003 (.xls)", "save it as .xlsx"


def other_form(archive: zipfile.ZipFile) -> tuple[str, str] | None:
    """What a packed workbook is if it is none of Excel's XML, and what to do."""
    names = set(archive.namelist())
    if "xl/workbook.bin" in names:
        return "it is a binary workbook (.xlsb)", "save it as .xlsx"
    if "mimetype" in names:
        with archive.open("mimetype") as stream:
            if b"opendocument" in stream.read(100):
                return "it is of OpenDocument (.ods)", "save it as .xlsx"
    return None


def unreadable(archive: zipfile.ZipFile, sheet: str) -> list[Unreadable] | None:
    """Cells with an error or without a stored result; None if the sheet's XML was not found."""
    part = _part(archive, sheet)
    if part is None:
        return None
    found: list[Unreadable] = []
    with archive.open(part) as stream:
        rest = b""
        while len(found) < SHOWN and (block := stream.read(BLOCK)):
            # Whole cells only: what follows the last end of one waits for the next block.
            content = rest + block
            end = max((each.end() for each in ENDS.finditer(content)), default=0)
            found += _found(content[:end])
            rest = content[end:]
    return found[:SHOWN]


def _found(content: bytes) -> list[Unreadable]:
    found: list[Unreadable] = []
    if b'"e"' in content or b"'e'" in content:
        found += [Unreadable(*cell, *ERROR) for cell in _cells(ERRORS, content)]
    if b"f>" in content or b"f/>" in content or b"<f" in content:
        found += [Unreadable(*cell, *NO_RESULT) for cell in _cells(UNSTORED, content)]
    return found


def _cells(pattern: re.Pattern[bytes], content: bytes) -> list[tuple[int, int]]:
    found = []
    for match in pattern.finditer(content):
        reference = REFERENCE.search(match.group())
        position = 0
        for letter in reference[1] if reference else b"":
            position = position * 26 + letter - 64
        found.append((int(reference[2]) if reference else 0, position - 1))
        if len(found) >= SHOWN:
            break
    return found


def _part(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The part of the archive that holds a sheet."""
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - measured before, or ours
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - as above
    except (KeyError, ElementTree.ParseError):
        return None
    ids = {each.get("name"): each.get(RELATIONS) for each in book.iter() if each.tag.endswith("}sheet")}
    targets = {each.get("Id"): each.get("Target") or "" for each in relations}
    target = targets.get(ids.get(sheet), "")
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return part if part in archive.namelist() else None
