"""Real workbooks of other kinds, made here: encrypted, of Excel 97, of OpenDocument, in binary, protected.

None is copied from anywhere. A test reads each with a library that knows its kind: it is what it says.
"""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import msoffcrypto.format.ooxml
import openpyxl

from .cases_workbooks import written

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PASSWORD", "ROWS", "binary", "encrypted", "linked", "of_1997", "opendocument", "protected"]

ROWS = (("id", "name_nl", "name_en"), ("NA", "Namibia", "Namibia"), ("NL", "Nederland", "Netherlands"))
PASSWORD = "correct horse"  # noqa: S105 - it protects nothing


def encrypted(path: Path) -> None:
    """The donors with a password to open them (Agile encryption, as Excel has done since 2010)."""
    written(path)
    out = io.BytesIO()
    with path.open("rb") as stream:
        msoffcrypto.format.ooxml.OOXMLFile(stream).encrypt(PASSWORD, out)
    path.write_bytes(out.getvalue())


def protected(path: Path) -> None:
    """The donors with a password to change them: sheet and workbook can be read."""
    written(path)
    book = openpyxl.load_workbook(path)
    book.active.protection.set_password(PASSWORD)
    book.active.protection.enable()
    book.security.workbookPassword = PASSWORD
    book.security.lockStructure = True
    book.save(path)


def linked(path: Path, value: str = "<v>Nederland</v>") -> None:
    """The donors with a name that is in another workbook; its last known value is stored, or is not."""
    written(path)
    with zipfile.ZipFile(path) as archive:
        parts = {each: archive.read(each).decode() for each in archive.namelist()}
    sheet, book, relations, types = (
        "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml",
    )  # fmt: skip
    cell = '<c r="B3" t="str"><f>[1]Sheet!$A$1</f>' + value + "</c>"
    start = parts[sheet].index('<c r="B3"')
    end = parts[sheet].index("</c>", start) + 4
    parts[sheet] = parts[sheet][:start] + cell + parts[sheet][end:]
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    named = f'<externalReferences><externalReference xmlns:r="{office}" r:id="rId77"/></externalReferences>'
    parts[book] = parts[book].replace("</sheets>", f"</sheets>{named}")
    to_link = (
        f'<Relationship Id="rId77" Type="{office}/externalLink" Target="externalLinks/externalLink1.xml"/>'
    )
    parts[relations] = parts[relations].replace("</Relationships>", f"{to_link}</Relationships>")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"
    override = f'<Override PartName="/xl/externalLinks/externalLink1.xml" ContentType="{kind}"/>'
    parts[types] = parts[types].replace("</Types>", f"{override}</Types>")
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/externalLinks/externalLink1.xml"] = (
        f'<externalLink xmlns="{main}"><externalBook xmlns:r="{office}" r:id="rId1"><sheetNames>'
        '<sheetName val="Sheet"/></sheetNames></externalBook></externalLink>'
    )
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        f'<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{office}/externalLinkPath" '
        'Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
    )
    _zip(path, parts)


def opendocument(path: Path) -> None:
    """The donors as LibreOffice saves them."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in ROWS
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    content = (
        f'<office:document-content xmlns:office="{office}:office:1.0" xmlns:table="{office}:table:1.0" '
        f'xmlns:text="{office}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="Sheet">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{office}:manifest:1.0"><manifest:file-entry '
        f'manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    _zip(path, {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


# --- binary: .xlsb ------------------------------------------------------------------------------------


def _record(kind: int, content: bytes = b"") -> bytes:
    """A record of .xlsb: its kind and its length with seven bits a byte."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(content)]) + content


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def binary(path: Path) -> None:
    """The donors as a binary workbook (MS-XLSB)."""
    book = _record(131) + _record(143)
    book += (
        _record(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Sheet")) + _record(144) + _record(132)
    )
    cells = b""
    for number, row in enumerate(ROWS):
        cells += _record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0))
        for position, text in enumerate(row):
            cells += _record(6, struct.pack("<II", position, 0) + _wide(text))
    size = _record(148, struct.pack("<IIII", 0, len(ROWS) - 1, 0, len(ROWS[0]) - 1))
    sheet = _record(129) + size + _record(145) + cells + _record(146) + _record(130)
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.ms-excel"
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            f'<Types xmlns="{package}/content-types">'
            f'<Override PartName="/xl/workbook.bin" ContentType="{kind}.sheet.binary.macroEnabled.main"/>'
            f'<Override PartName="/xl/worksheets/sheet1.bin" ContentType="{kind}.worksheet"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{office}/officeDocument" Target="xl/workbook.bin"/></Relationships>'
        ),
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": (
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{office}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>'
        ),
        "xl/worksheets/sheet1.bin": sheet,
    }
    _zip(path, parts)


# --- Excel 97: BIFF8 in a compound file ---------------------------------------------------------------

SECTOR = 512
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
STREAM = 4096
"""What is smaller than this would have to lie in sectors of another size."""


def _biff(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _stream() -> bytes:
    """The workbook's stream: its globals, and a sheet with a LABEL for each cell."""

    def begin(kind: int) -> bytes:
        return _biff(0x809, struct.pack("<HHHHII", 0x600, kind, 0x0DBB, 1996, 0, 6))

    def globals_(place: int) -> bytes:
        name = b"Sheet"
        sheet = _biff(0x85, struct.pack("<IBBBB", place, 0, 0, len(name), 0) + name)
        return begin(5) + _biff(0x42, struct.pack("<H", 1200)) + sheet + _biff(0x0A)

    cells = b"".join(
        _biff(0x204, struct.pack("<HHHHB", number, position, 0, len(text), 0) + text.encode("latin-1"))
        for number, row in enumerate(ROWS)
        for position, text in enumerate(row)
    )
    size = _biff(0x200, struct.pack("<IIHHH", 0, len(ROWS), 0, len(ROWS[0]), 0))
    made = globals_(len(globals_(0))) + begin(0x10) + size + cells + _biff(0x0A)
    return made.ljust(STREAM, b"\0")


def of_1997(path: Path) -> None:
    """The donors as Excel 97 to 2003 saved them (MS-XLS in MS-CFB)."""
    stream = _stream()
    count = len(stream) // SECTOR
    # Sector 0: the table of sectors; 1: the directory; from 2 on: the stream.
    chain = [TABLE, END, *range(3, 2 + count), END]
    sectors = struct.pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    head += bytes(6) + struct.pack("<IIIIIIIII", 0, 1, 1, 0, STREAM, END, 0, END, 0)
    head += struct.pack("<109I", 0, *[FREE] * 108)

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        wide = (name + "\0").encode("utf-16-le") if name else b""
        links = struct.pack("<III", FREE, FREE, child)
        tail = bytes(16) + bytes(4) + bytes(16) + struct.pack("<IQ", start, size)
        return wide.ljust(64, b"\0") + struct.pack("<HBB", len(wide), kind, 1) + links + tail

    directory = entry("Root Entry", 5, 1, END, 0) + entry("Workbook", 2, FREE, 2, len(stream))
    directory += entry("", 0, FREE, 0, 0) * 2
    path.write_bytes(head + sectors + directory + stream)


def _zip(path: Path, parts: dict[str, str] | dict[str, str | bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
