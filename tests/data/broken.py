"""A small valid data package and the ways to break it, each by one named change.

The tables bear other names than those of the project, so that only Table Schema's rules hold.
Row numbers are those of the file: the header is row 1.
"""

from __future__ import annotations

import copy
import csv
import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["BROKEN", "Draft", "add", "cell", "content", "draft", "gone", "many"]

REQUIRED = {"required": True}

SCHEMAS: dict[str, dict[str, Any]] = {
    "countries": {
        "fields": [
            {"name": "code", "type": "string", "constraints": {**REQUIRED, "pattern": "^[A-Z]{2}$"}},
            {"name": "name", "type": "string", "constraints": {**REQUIRED, "unique": True}},
            {"name": "joined", "type": "date", "constraints": {"minimum": "1945-10-24"}},
            {"name": "member", "type": "boolean", "constraints": REQUIRED},
        ],
        "primaryKey": ["code"],
    },
    "projects": {
        "fields": [
            {"name": "id", "type": "integer", "constraints": {**REQUIRED, "minimum": 1}},
            {"name": "country", "type": "string", "constraints": REQUIRED},
            {"name": "status", "type": "string", "constraints": {"enum": ["planned", "running", "closed"]}},
            {"name": "begin", "type": "date", "constraints": REQUIRED},
            {"name": "budget", "type": "number", "constraints": {"minimum": 0, "maximum": 1e9}},
        ],
        "missingValues": ["", "-"],
        "primaryKey": "id",
        "foreignKeys": [{"fields": "country", "reference": {"resource": "countries", "fields": "code"}}],
    },
    "phases": {
        "fields": [
            {"name": "project", "type": "integer", "constraints": REQUIRED},
            {
                "name": "year",
                "type": "integer",
                "constraints": {**REQUIRED, "minimum": 1945, "maximum": 2100},
            },
            {"name": "amount", "type": "number"},
            {"name": "final", "type": "boolean"},
        ],
        "primaryKey": ["project", "year"],
        "foreignKeys": [{"fields": "project", "reference": {"resource": "projects", "fields": "id"}}],
    },
    "reviews": {
        "fields": [
            {"name": "number", "type": "integer", "constraints": {**REQUIRED, "unique": True}},
            {"name": "project", "type": "integer"},
            {"name": "year", "type": "integer"},
            {"name": "score", "type": "number", "constraints": {**REQUIRED, "enum": [0, 0.5, 1]}},
            {"name": "previous", "type": "integer"},
        ],
        "primaryKey": ["number"],
        "foreignKeys": [
            {
                "fields": ["project", "year"],
                "reference": {"resource": "phases", "fields": ["project", "year"]},
            },
            {"fields": "previous", "reference": {"resource": "", "fields": "number"}},
        ],
    },
}

ROWS: dict[str, list[list[str]]] = {
    "countries": [
        ["NL", "Netherlands", "1945-12-10", "true"],
        ["NA", "Namibia", "1990-04-23", "true"],
        ["BE", "Belgium", "1945-12-27", "TRUE"],
        ["XK", "Kosovo", "", "0"],
        ["CI", 'Côte "d\'Ivoire", the', "1960-09-20", "1"],
    ],
    "projects": [
        ["1", "NL", "planned", "2024-01-01", "1000"],
        ["2", "NA", "running", "2023-06-30", "2.5"],
        ["3", "NA", "closed", "2020-02-29", "0"],
        ["4", "BE", "", "2021-12-31", "-"],
        ["5", "CI", "running", "2022-05-05", "1e9"],
    ],
    "phases": [
        ["1", "2024", "-12.50", "false"],
        ["1", "2025", "10", "true"],
        ["2", "2024", "", ""],
        ["3", "2020", ".5", "False"],
    ],
    "reviews": [
        ["1", "1", "2024", "0.5", ""],
        ["2", "1", "2025", "1", "1"],
        ["3", "", "", "0", "2"],
        ["4", "3", "2020", "1.0", "4"],
    ],
}


@dataclass
class Draft:
    """A package that is still to be written: schemas, rows with their header, and bytes to put instead."""

    schemas: dict[str, dict[str, Any]]
    rows: dict[str, list[list[str]]]
    raw: dict[str, Callable[[bytes], bytes]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def write(self, folder: Path) -> Path:
        """Write ``datapackage.json`` and its tables into a folder."""
        # The dialect is said, lest frictionless guess it from the first lines.
        dialect = {"csv": {"delimiter": ",", "skipInitialSpace": False}}
        common = {
            "profile": "tabular-data-resource",
            "format": "csv",
            "encoding": "utf-8",
            "dialect": dialect,
        }
        resources = [
            {"name": name, "path": f"{name}.csv", **common, "schema": schema}
            for name, schema in self.schemas.items()
        ]
        described = {"name": "base", "profile": "tabular-data-package", "resources": resources}
        (folder / "datapackage.json").write_text(json.dumps(described), "utf-8")
        for name, rows in self.rows.items():
            if name not in self.gone:
                content = self.text(rows).encode()
                (folder / f"{name}.csv").write_bytes(self.raw.get(name, bytes)(content))
        return folder

    @staticmethod
    def text(rows: list[list[str]]) -> str:
        """Rows as CSV."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        return out.getvalue()


def draft() -> Draft:
    """The valid package."""
    headers = {name: [f["name"] for f in schema["fields"]] for name, schema in SCHEMAS.items()}
    rows = {name: [headers[name], *map(list, rows)] for name, rows in ROWS.items()}
    return Draft(copy.deepcopy(SCHEMAS), rows)


def cells(*places: tuple[str, int, str, str]) -> Callable[[Draft], None]:
    """Put other texts into cells: table, row, column, text."""

    def change(given: Draft) -> None:
        for table, row, column, text in places:
            rows = given.rows[table]
            rows[row - 1][rows[0].index(column)] = text

    return change


def cell(table: str, row: int, column: str, text: str) -> Callable[[Draft], None]:
    """Put another text into one cell."""
    return cells((table, row, column, text))


def add(table: str, *row: str, at: int | None = None) -> Callable[[Draft], None]:
    """Add a row, at the end unless `at` says its number."""

    def change(given: Draft) -> None:
        rows = given.rows[table]
        rows.insert(len(rows) if at is None else at - 1, list(row))

    return change


def drop(table: str, row: int) -> Callable[[Draft], None]:
    """Take a row out."""

    def change(given: Draft) -> None:
        del given.rows[table][row - 1]

    return change


def cut(table: str, row: int, length: int) -> Callable[[Draft], None]:
    """End a row after so many cells."""

    def change(given: Draft) -> None:
        del given.rows[table][row - 1][length:]

    return change


def header(table: str, *names: str) -> Callable[[Draft], None]:
    """Write another first line."""

    def change(given: Draft) -> None:
        given.rows[table][0] = list(names)

    return change


def content(table: str, edit: Callable[[bytes], bytes]) -> Callable[[Draft], None]:
    """Change the bytes of a file."""

    def change(given: Draft) -> None:
        given.raw[table] = edit

    return change


def rule(table: str, column: str, **rules: Any) -> Callable[[Draft], None]:
    """Hold a column to further rules."""

    def change(given: Draft) -> None:
        for described in given.schemas[table]["fields"]:
            if described["name"] == column:
                described["constraints"] = {**described.get("constraints", {}), **rules}

    return change


def gone(table: str) -> Callable[[Draft], None]:
    """Leave a file out."""

    def change(given: Draft) -> None:
        given.gone.add(table)

    return change


def many(*changes: Callable[[Draft], None]) -> Callable[[Draft], None]:
    """Several changes."""

    def change(given: Draft) -> None:
        for each in changes:
            each(given)

    return change


BROKEN: dict[str, Callable[[Draft], None]] = {
    # Types.
    "a word for an integer": cell("phases", 2, "year", "soon"),
    "a fraction for an integer": cell("projects", 2, "id", "1.5"),
    "an integer in hexadecimal": cell("reviews", 2, "project", "0x1"),
    "an amount with a letter": cell("phases", 3, "amount", "10O"),
    "an amount with thousands separators": cell("projects", 2, "budget", "1,000"),
    "an amount with a decimal comma": cell("phases", 3, "amount", "12,50"),
    "an amount with a currency": cell("phases", 3, "amount", "EUR 5"),
    "an amount with a typographic minus": cell("phases", 2, "amount", "\u22125"),
    "two points in an amount": cell("phases", 2, "amount", "1.0.0"),
    "yes for a boolean": cell("countries", 3, "member", "yes"),
    "a Dutch boolean": cell("countries", 3, "member", "waar"),
    "a boolean in odd capitals": cell("phases", 2, "final", "tRUE"),
    "a number for a boolean": cell("phases", 2, "final", "2"),
    "a Dutch date": cell("countries", 2, "joined", "10-12-1945"),
    "an American date": cell("projects", 3, "begin", "6/30/2023"),
    "a date that is not in the calendar": cell("projects", 4, "begin", "2023-02-29"),
    "month thirteen": cell("projects", 4, "begin", "2023-13-01"),
    "a date with a time": cell("projects", 4, "begin", "2023-01-01T00:00:00"),
    "a year for a date": cell("projects", 4, "begin", "2023"),
    "three types at once in a row": cells(
        ("projects", 2, "id", "one"), ("projects", 2, "begin", "today"), ("projects", 2, "budget", "much")
    ),
    "a type in every table": cells(
        ("countries", 6, "member", "?"),
        ("projects", 6, "budget", "?"),
        ("phases", 5, "final", "?"),
        ("reviews", 5, "score", "?"),
    ),
    # Required.
    "a required text is empty": cell("countries", 4, "name", ""),
    "a required boolean is empty": cell("countries", 4, "member", ""),
    "a required date is empty": cell("projects", 3, "begin", ""),
    "a required date is the other missing value": cell("projects", 3, "begin", "-"),
    "a required number is empty": cell("reviews", 3, "score", ""),
    "a missing value of another table": cell("phases", 4, "amount", "-"),
    "two required cells are empty": cells(("countries", 5, "name", ""), ("countries", 5, "member", "")),
    # Words, forms and bounds.
    "a word that is not in the list": cell("projects", 3, "status", "runing"),
    "a word in other capitals": cell("projects", 3, "status", "Closed"),
    "a number that is not in the list": cell("reviews", 2, "score", "0.75"),
    "a form that is not the pattern's": cell("countries", 5, "code", "xk"),
    "a form that only begins as the pattern": cell("countries", 5, "code", "XKX"),
    "below the minimum": cell("projects", 6, "id", "0"),
    "above the maximum": cell("projects", 6, "budget", "1000000000.01"),
    "a negative amount": cell("projects", 3, "budget", "-0.01"),
    "a date below the minimum": cell("countries", 2, "joined", "1945-10-23"),
    "a year above the maximum": cell("phases", 4, "year", "2101"),
    "both bounds in one table": cells(("phases", 4, "year", "1944"), ("phases", 5, "year", "21000")),
    "a date above a maximum": many(
        rule("projects", "begin", maximum="2023-12-31"), cell("projects", 3, "status", "")
    ),
    "an integer enum": many(rule("phases", "project", enum=[1, 2]), cell("phases", 2, "amount", "007")),
    "a boolean enum": rule("countries", "member", enum=[True]),
    "a date enum": rule("projects", "begin", enum=["2024-01-01", "2023-06-30"]),
    # Unique and primary keys.
    "a name twice": cell("countries", 4, "name", "Namibia"),
    "a name three times": cells(("countries", 4, "name", "Namibia"), ("countries", 5, "name", "Namibia")),
    "a unique cell that breaks another rule": many(
        rule("countries", "name", pattern="[A-Z].*"),
        cells(("countries", 4, "name", "namibia"), ("countries", 5, "name", "namibia")),
    ),
    "a unique number written in two ways": cell("reviews", 3, "number", "01"),
    "a key twice": add("projects", "3", "BE", "", "2020-01-01", ""),
    "a key three times": many(
        add("projects", "3", "BE", "", "2020-01-01", ""), add("projects", "3", "BE", "", "2020-01-01", "")
    ),
    "a composite key twice": add("phases", "1", "2025", "7", ""),
    "a row twice": add("countries", "BE", "Belgium", "1945-12-27", "true"),
    "a key that is empty": add("phases", "", "", "7", ""),
    "a key that is half empty": add("phases", "1", "", "7", ""),
    "a key that cannot be read": cell("phases", 2, "project", "first"),
    "a key that breaks the pattern, twice": many(
        add("countries", "xx", "Here", "", "1"), add("countries", "xx", "There", "", "1")
    ),
    # Foreign keys.
    "a country that is not there": cell("projects", 2, "country", "DE"),
    "a country in other letters": cell("projects", 2, "country", "nl"),
    "a country with a space": cell("projects", 2, "country", "NL "),
    "a project that is not there": cell("phases", 5, "project", "9"),
    "a composite reference with the wrong half": cell("reviews", 2, "year", "2023"),
    "a composite reference that is half empty": cell("reviews", 2, "year", ""),
    "a reference to its own table": cell("reviews", 5, "previous", "17"),
    "two references broken in a row": cells(("reviews", 3, "year", "1999"), ("reviews", 3, "previous", "8")),
    "a referenced row is taken out": drop("countries", 3),
    "a referenced row is taken out of the middle": drop("phases", 3),
    "a referenced key breaks its pattern": cells(
        ("countries", 2, "code", "nl"), ("projects", 2, "country", "nl")
    ),
    "a referenced key cannot be read": cell("projects", 3, "id", "two"),
    "a reference that cannot be read": cell("reviews", 3, "previous", "first"),
    # Rows.
    "a row that ends early": cut("projects", 3, 3),
    "a row of one cell": cut("reviews", 4, 1),
    "a row with a cell too many": add("phases", "4", "2024", "1", "true", "why"),
    "a row with two cells too many": add("phases", "4", "2024", "1", "true", "", ""),
    "a comma in a text without quotes": content(
        "countries", lambda text: text.replace(b"Belgium", b"Belgium, Kingdom of")
    ),
    "a blank row": add("countries", at=3),
    "a blank row of commas": add("countries", "", "", "", "", at=4),
    "blank rows at the end": content("reviews", lambda text: text + b"\n\n"),
    "a blank row before a broken one": many(cell("phases", 3, "year", "?"), add("phases", at=3)),
    # Headers and files.
    "a column with another name": header("countries", "code", "naam", "joined", "member"),
    "two columns that changed places": header("countries", "name", "code", "joined", "member"),
    "a column too few": header("reviews", "number", "project", "year", "score"),
    "a column too many": header("reviews", "number", "project", "year", "score", "previous", "note"),
    "a column twice": header("reviews", "number", "project", "year", "year", "previous"),
    "a column without a name": header("reviews", "number", "project", "year", "", "previous"),
    "a header that is missing": drop("reviews", 1),
    "a referenced file that has another header": header("countries", "iso", "name", "joined", "member"),
    "a referenced table without rows": content("countries", lambda text: text.partition(b"\n")[0]),
    "a file that is not there": gone("reviews"),
    # Several faults at once.
    "a fault of every kind": many(
        cells(
            ("countries", 2, "joined", "never"),
            ("countries", 3, "member", ""),
            ("projects", 3, "status", "open"),
            ("projects", 4, "budget", "-1"),
            ("projects", 5, "country", "QQ"),
            ("phases", 2, "amount", "x"),
        ),
        add("phases", "1", "2025", "", ""),
        cut("reviews", 5, 2),
    ),
    "the same fault in many rows": many(*(cell("projects", row, "begin", "x") for row in range(2, 7))),
    "a byte order mark and a fault": many(
        content("projects", lambda text: b"\xef\xbb\xbf" + text), cell("projects", 2, "id", "x")
    ),
    "line ends of Windows and a fault": many(
        content("projects", lambda text: text.replace(b"\n", b"\r\n")), cell("projects", 6, "budget", "x")
    ),
}
"""Each broken package by what was done to it."""
