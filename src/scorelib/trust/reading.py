"""Files of a report of anybody, read within bounds; imports document, sealed and errors.

A report may come from elsewhere. Whatever is wrong with one of its files becomes a message with its name.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from scorelib.document.number import numbered
from scorelib.document.read import read
from scorelib.errors import ScorelibError, UsageError
from scorelib.sealed import read_plain

if TYPE_CHECKING:
    from pathlib import Path

    from scorelib.document.nodes import Document
    from scorelib.language import Language

__all__ = ["BROKEN", "LARGEST", "part", "read_document", "read_tables"]

LARGEST = 1 << 28
"""Bytes of a file: an executed notebook shows at most 100 MiB."""
UNPACKED = 1 << 26
"""Bytes of the tables of a report together: the largest there is has a hundredth of it."""
BROKEN = (
    OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, EOFError, csv.Error,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What libraries raise at what is no archive or notebook; too much depth and a lock are RuntimeErrors."""


def part(archive: zipfile.ZipFile, name: str, most: int = UNPACKED) -> bytes:
    """A part of an archive, whatever that says of its size.

    Raises
    ------
    ValueError
        If it unpacks to more than `most` bytes.
    """
    with archive.open(name) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        message = f"{name} unpacks to more than {most:,} bytes"
        raise ValueError(message)
    return content


def read_document(path: Path, tongue: Language) -> Document:
    """The document of an executed notebook.

    Raises
    ------
    FileNotFoundError
        If it is not there.
    UsageError
        If it is no notebook of a report.
    """
    import nbformat  # noqa: PLC0415 - slow, and not needed for a report that is not made

    try:
        notebook = nbformat.reads(read_plain(path, LARGEST).decode(), as_version=4)
        return numbered(read(notebook, lang=tongue.tag), tongue)
    except FileNotFoundError:
        raise
    except (*BROKEN, nbformat.ValidationError, ScorelibError) as error:
        raise _refused(path, error) from None


def read_tables(path: Path) -> dict[str, list[dict[str, str]]]:
    """The rows of each table of a report's ``data.zip``.

    Raises
    ------
    UsageError
        If it is no archive of tables.
    """
    tables = {}
    left = UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(read_plain(path, LARGEST))) as archive:
            for name in archive.namelist():
                if name.endswith(".csv"):
                    content = part(archive, name, left)
                    left -= len(content)
                    header, *rows = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
                    made = [dict(zip(header, row, strict=True)) for row in rows]
                    tables[name.removesuffix(".csv")] = made
    except BROKEN as error:
        raise _refused(path, error) from None
    return tables


def _refused(path: Path, error: BaseException) -> UsageError:
    told = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
    return UsageError(f"{path} cannot be read: {told}; build the report again with --force")
