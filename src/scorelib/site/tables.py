"""Every table as open data: CSV, Parquet where DuckDB is installed, and their description.

Imports the data package and how tables are exported.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scorelib.data.export import csv_text

if TYPE_CHECKING:
    from scorelib.data.package import Package, Table
    from scorelib.data.portfolio import Portfolio

__all__ = ["FOLDER", "OpenTable", "open_tables"]

FOLDER = "data"
KINDS = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "year": "BIGINT",
}
"""Types of Table Schema as DuckDB has them; any other stays text."""


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table with its files: their names in the site, and how many rows it has."""

    table: Table
    rows: int
    csv: str
    parquet: str


def open_tables(package: Package, portfolio: Portfolio) -> tuple[list[OpenTable], dict[str, bytes]]:
    """Every table that is described, and the files."""
    files: dict[str, bytes] = {}
    found = []
    for table in package.tables.values():
        name, frame = f"{FOLDER}/{table.name}", portfolio[table.name]
        # A file is given as it is kept; a sheet of a workbook becomes a file like the others.
        content = csv_text(frame).encode() if table.sheet else (package.folder / table.path).read_bytes()
        files[f"{name}.csv"] = content
        packed = _parquet(table, csv_text(frame).encode())
        if packed is not None:
            files[f"{name}.parquet"] = packed
        found.append(
            OpenTable(table, len(frame), f"{name}.csv", f"{name}.parquet" if packed is not None else "")
        )
    files[f"{FOLDER}/datapackage.json"] = _description(package, files)
    return found, files


def _description(package: Package, files: dict[str, bytes]) -> bytes:
    """The project's own ``datapackage.json`` with the files as they are here: path, size and hash."""
    described: dict[str, Any] = json.loads((package.folder / "datapackage.json").read_text("utf-8-sig"))
    for resource in described["resources"]:
        content = files[f"{FOLDER}/{resource['name']}.csv"]
        resource.update(
            path=f"{resource['name']}.csv",
            format="csv",
            mediatype="text/csv",
            encoding="utf-8",
            bytes=len(content),
            hash=f"sha256:{hashlib.sha256(content).hexdigest()}",
        )
        resource.pop("dialect", None)
    return (json.dumps(described, indent=2, ensure_ascii=False) + "\n").encode()


def _parquet(table: Table, csv: bytes) -> bytes | None:
    """The table as Parquet; None without DuckDB, which is an extra of 60 MB."""
    if importlib.util.find_spec("duckdb") is None:
        return None
    import duckdb  # noqa: PLC0415 - an extra

    columns = {field.name: KINDS.get(field.type, "VARCHAR") for field in table.fields}
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        source, target = Path(folder, "table.csv"), Path(folder, "table.parquet")
        source.write_bytes(csv)
        # One thread, so that the same rows are the same bytes.
        connection.execute("SET threads = 1")
        rows = connection.read_csv(
            str(source), header=True, delimiter=",", quotechar='"', escapechar='"', dtype=columns,
            na_values="", all_varchar=False,
        )  # fmt: skip
        rows.write_parquet(str(target), compression="zstd")
        return target.read_bytes()
