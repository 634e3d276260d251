"""Hostile workbooks: what is changed in a good one, and what becomes of the table that is a sheet of it."""

from __future__ import annotations

import os
import zipfile
from typing import TYPE_CHECKING

import openpyxl

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["BOMBS", "READ", "REFUSED", "written"]

SHEET = "xl/worksheets/sheet1.xml"
BOOK = "xl/workbook.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "xl/_rels/workbook.xml.rels"
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(20))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def written(path: Path, name: str = "Nederland") -> None:
    """Write the donors of the small project as a workbook."""
    book = openpyxl.Workbook()
    for row in (("id", "name_nl", "name_en"), ("NA", "Namibia", "Namibia"), ("NL", name, "Netherlands")):
        book.active.append(row)
    for cell in book.active["B"]:
        cell.data_type = "s"  # Also what begins as a formula does.
    book.save(path)


def part(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Replace a text in a part of the workbook."""

    def change(path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            parts = {each: archive.read(each) for each in archive.namelist()}
        assert old.encode() in parts[name]
        parts[name] = parts[name].replace(old.encode(), new.encode(), 1)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for each, content in parts.items():
                archive.writestr(each, content)

    return change


def another(name: str, content: bytes) -> Callable[[Path], None]:
    """Add a part to the workbook."""

    def change(path: Path) -> None:
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)

    return change


def prologue(name: str, doctype: str, old: str, new: str) -> Callable[[Path], None]:
    """Put a document type before a part, and an entity of it into a text."""

    def change(path: Path) -> None:
        part(name, old, new)(path)
        with zipfile.ZipFile(path) as archive:
            start = archive.read(name).decode()
        root = start[start.index("<workbook") :][:40]
        part(name, root, doctype + root)(path)

    return change


def cell(text: str) -> Callable[[Path], None]:
    """Write another name."""
    return lambda path: written(path, text)


def content(given: bytes) -> Callable[[Path], object]:
    """Write another file."""
    return lambda path: path.write_bytes(given)


def cut(path: Path) -> None:
    """Lose the second half."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def pipe(path: Path) -> None:
    """Put a pipe there."""
    path.unlink()
    os.mkfifo(path)


def locked(path: Path) -> None:
    """Say of each part that it is encrypted."""
    given = bytearray(path.read_bytes())
    at = 0
    while (at := given.find(b"PK\x01\x02", at)) >= 0:
        given[at + 8] |= 1
        at += 4
    path.write_bytes(given)


READ: dict[str, Callable[[Path], object]] = {
    "nothing": str,
    "a macro": another("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" + b"\0" * 1000),
    "a link to another workbook": another(
        "xl/externalLinks/externalLink1.xml", b'<externalLink><externalBook r:id="rId1"/></externalLink>'
    ),
    "a name that leads upwards": another("../../../../tmp/x", b"x"),
    "a name from the root": another("/etc/x", b"x"),
    "a picture from elsewhere": another("xl/media/image1.svg", b'<svg onload="alert(1)"/>'),
    "a part of a hundred megabytes": another("xl/media/image1.png", b"\0" * 100_000_000),
    "a formula in a cell that is not read": another("customXml/item1.xml", b"<x>=1+1</x>"),
}
"""What a workbook may carry beside its sheet: none of it is looked at."""

REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "no bytes": (content(b""), "the sheet cannot be read"),
    "a CSV": (content(b"id,name_nl,name_en\n"), "the sheet cannot be read"),
    "an old workbook": (content(b"\xd0\xcf\x11\xe0" + b"\0" * 2000), "the sheet cannot be read"),
    "a zip of nothing": (content(b"PK\x05\x06" + b"\0" * 18), "the sheet cannot be read"),
    "half a file": (cut, "the sheet cannot be read"),
    "a pipe": (pipe, "it is no file"),
    "a lock": (locked, "the sheet cannot be read"),
    "laughs in the list of sheets": (
        prologue(BOOK, LAUGHS, 'name="Sheet"', 'name="&p;"'), "the sheet cannot be read|there is no header"
    ),
    "a file from outside in the list of sheets": (
        prologue(BOOK, OUTSIDE, 'name="Sheet"', 'name="&a;"'), "the sheet cannot be read"
    ),
    "cells without number": (part(SHEET, 'r="C3"', 'r="XFD1048576"'), "more cells than there is memory for"),
    "a cell beyond all columns": (part(SHEET, 'r="C3"', 'r="ZZZZZZZ3"'), r":3|the sheet cannot be read"),
    "a sheet that is not there": (part(RELATIONS, "sheet1.xml", "x.xml"), "cannot be read"),
    "a sheet of another place": (
        part(RELATIONS, "worksheets/sheet1.xml", "../../../etc/passwd"), "cannot be read"
    ),
    "XML that ends early": (part(SHEET, "</sheetData>", ""), r"cannot be read|:3|name_nl"),
    "a formula as text": (cell("=1+1"), "a spreadsheet would run this as a formula"),
    "a command as text": (cell("@cmd|' /C calc'!A0"), "a spreadsheet would run this as a formula"),
    "an override": (cell("a\u202eb"), "turns the direction of writing"),
    "a private character": (cell("a\ue000b"), "without an agreed meaning"),
    "a control character in Excel's writing": (cell("a_x0007_b"), "a control character|name_nl"),
}  # fmt: skip
"""What spoils the sheet itself, and what is told."""


def unpacks(path: Path) -> None:
    """Four gigabytes of spaces in the sheet."""
    with zipfile.ZipFile(path) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, given in parts.items():
            with archive.open(name, "w", force_zip64=True) as stream:
                stream.write(given)
                for _ in range(256 if name == SHEET else 0):
                    stream.write(b" " * (16 << 20))


def repeats(path: Path) -> None:
    """One text of 32,767 letters in six hundred thousand cells: twenty gigabytes as CSV."""
    row = "<row>" + '<c t="s"><v>0</v></c>' * 3 + "</row>"
    part(SHEET, "</sheetData>", row * 200_000 + "</sheetData>")(path)
    shared = f'<sst xmlns="{MAIN}"><si><t>{"N" * 32_767}</t></si></sst>'
    another("xl/sharedStrings.xml", shared.encode())(path)


BOMBS: dict[str, tuple[Callable[[Path], object], str]] = {
    "four gigabytes": (unpacks, "it unpacks to more than 3,221,225,472 bytes"),
    "a text in every cell": (repeats, "the sheet cannot be read"),
}
