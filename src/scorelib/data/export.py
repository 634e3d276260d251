"""The data behind one report as a zip of CSV tables with their description; draws nothing.

Imports the rest of this room. The zip holds the report's own rows only, and is the same bytes for
the same rows: its entries have no time of day.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import zipfile
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from scorelib.data.scorecard import Scorecard

__all__ = ["csv_text", "data_zip"]

EPOCH = (1980, 1, 1, 0, 0, 0)


def data_zip(card: Scorecard) -> bytes:
    """The tables of a scorecard, with the part of ``datapackage.json`` that describes them."""
    described = json.loads((card.project / "data" / "datapackage.json").read_text("utf-8-sig"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for resource in described["resources"]:
            name = resource["name"]
            if name not in card.tables:
                continue
            # A table that is a sheet of a workbook becomes a CSV file like the others.
            resource.update(path=f"{name}.csv", format="csv", mediatype="text/csv", encoding="utf-8")
            resource.pop("dialect", None)
            _add(archive, f"{name}.csv", csv_text(card[name]))
        described["resources"] = [each for each in described["resources"] if each["name"] in card.tables]
        described["title"] = f"{described.get('title', '')}: {card.organisation.abbreviation} {card.year}"
        _add(archive, "datapackage.json", json.dumps(described, indent=2, ensure_ascii=False) + "\n")
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, text.encode())


def csv_text(frame: pd.DataFrame) -> str:
    """A table of a scorecard or portfolio as CSV: decimal point, ISO dates, an empty cell for nothing."""
    frame = frame.drop(columns="line")
    lines: list[str] = []
    # Older Pythons quote a break within a cell only if the lines end in it: in both kinds, and one is cut.
    writer = csv.writer(SimpleNamespace(write=lines.append), lineterminator="\r\n")
    writer.writerow(frame.columns)
    columns = [[_text(value) for value in frame[name].tolist()] for name in frame.columns]
    writer.writerows(zip(*columns, strict=True))
    return "".join(f"{line[:-2]}\n" for line in lines)


def _text(value: Any) -> str:
    # Asking pandas cell by cell takes longer than all the rest; NaN is the one value unequal to itself.
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)
