"""What tables a project has, as ``data/datapackage.json`` says; imports `cells`, `description` and errors.

The file is a Frictionless Data Package with Table Schemas. It is the one place that says which
tables there are, their types, constraints and keys; nothing in the code repeats it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

from typing import Literal

from scorelib.data.cells import is_bound, is_pattern, is_value
from scorelib.data.characters import runs
from scorelib.data.description import DESCRIPTION, described_in, wrong
from scorelib.errors import DataError, Finding, UsageError

__all__ = ["Field", "ForeignKey", "Package", "Table", "find_project"]

Type = Literal["string", "integer", "number", "boolean", "date", "year", "any"]
TYPES: tuple[str, ...] = get_args(Type)
CONSTRAINTS = {
    "required": "write true or false",
    "unique": "write true or false",
    "enum": "list the words that are allowed",
    "minimum": "only numbers and dates have one; write it as in a cell",
    "maximum": "only numbers and dates have one; write it as in a cell",
    "pattern": "only a string has one; write a regular expression without references and look-around",
}
"""The rules that are held, each with how it is written."""
NOTATIONS = ("decimalChar", "groupChar", "trueValues", "falseValues")
"""Ways of writing that Table Schema knows and that are not read here."""
DIALECT: dict[str, Any] = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True}
"""How every CSV file is written; a description that says otherwise would be passed over in silence."""
MOST = 240
"""Characters of a path, or of what a message shows; most file systems know no longer name."""
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its type, and what its cells must satisfy."""

    name: str
    type: Type
    description: str = ""
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    minimum: str | None = None
    maximum: str | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns whose values must be in columns of another table."""

    fields: tuple[str, ...]
    table: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: where it is, its columns and its keys. `sheet` is empty for a CSV file."""

    name: str
    path: str
    fields: tuple[Field, ...]
    sheet: str = ""
    title: str = ""
    description: str = ""
    missing: tuple[str, ...] = ("",)
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    in_reports: bool = True
    """Whether a report can rest on it; ``usedInReports`` of its resource, a property of ours."""

    @property
    def place(self) -> str:
        """The file as messages name it; a sheet of a workbook is ``book.xlsx[sheet]``."""
        return f"{self.path}[{self.sheet}]" if self.sheet else self.path

    def field(self, name: str) -> Field:
        """The column of a name."""
        return next(field for field in self.fields if field.name == name)


@dataclass(frozen=True, slots=True)
class Package:
    """All tables of a folder, in the order in which they are described."""

    folder: Path
    tables: Mapping[str, Table]

    @classmethod
    def load(cls, folder: Path) -> Package:
        """Read ``datapackage.json`` of a folder.

        Raises
        ------
        DataError
            If it is missing, is no JSON, or describes a table in a way that cannot be read; all
            such places at once.
        """
        described = described_in(folder)
        reader = _Reader(folder)
        tables = reader.tables(described)
        if reader.findings:
            raise DataError(reader.findings)
        return cls(folder, tables)

    def table(self, name: str) -> Table:
        """The table of a name.

        Raises
        ------
        DataError
            If the package does not describe it.
        """
        if name not in self.tables:
            raise DataError([wrong(name, "this table is not described", "add it to the resources")])
        return self.tables[name]


def find_project(start: Path | None = None) -> Path:
    """The nearest folder, from `start` upwards, that holds ``data/datapackage.json``.

    Raises
    ------
    UsageError
        If there is none.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "data" / DESCRIPTION).is_file():
            return folder
    message = (
        f"there is no data/{DESCRIPTION} in {here} or above it; go to the project's folder, or name it "
        "with --project"
    )
    raise UsageError(message)


class _Reader:
    """Reads the description and collects what is wrong with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings: list[Finding] = []

    def wrong(self, value: str, problem: str, remedy: str) -> None:
        self.findings.append(wrong(value[:MOST], problem, remedy))

    def tables(self, described: dict[str, Any]) -> dict[str, Table]:
        tables: dict[str, Table] = {}
        for resource in described["resources"]:
            if not isinstance(resource, dict) or not isinstance(resource.get("name"), str):
                self.wrong(str(resource)[:40], "a resource without a name", "give it a name")
                continue
            name = resource["name"]
            if not NAME.fullmatch(name):
                self.wrong(name, "no name of a table", "write letters, digits, - and _ only")
                continue
            if name in tables:
                self.wrong(name, "two resources have this name", "give one of them another")
                continue
            table = self.table(name, resource)
            if table is not None:
                tables[name] = table
        for table in tables.values():
            self.references(table, tables)
        return tables

    def table(self, name: str, resource: dict[str, Any]) -> Table | None:
        path = resource.get("path")
        if not isinstance(path, str) or not self.inside(path):
            self.wrong(f"{name}: {path}", "no path within data/", "name one file within data/, with /")
            return None
        self.written(name, resource)
        schema = resource.get("schema")
        if not isinstance(schema, dict) or not isinstance(schema.get("fields"), list):
            self.wrong(name, "it has no schema with fields", "list its columns as fields")
            return None
        missing, foreign_keys = schema.get("missingValues", [""]), schema.get("foreignKeys", [])
        if not isinstance(missing, list) or not isinstance(foreign_keys, list):
            self.wrong(name, "missingValues or foreignKeys is no list", "write it as a list")
            return None
        fields = [field for given in schema["fields"] if (field := self.field(name, given)) is not None]
        known = {field.name for field in fields}
        if len(known) < len(fields):
            self.wrong(name, "two fields have one name", "give one of them another")
        if not isinstance(schema.get("primaryKey", []), str | list):
            self.wrong(name, "primaryKey is no name and no list", "name the columns of the key")
        key = _names(schema.get("primaryKey", []))
        keys = tuple(
            foreign for given in foreign_keys if (foreign := self.foreign_key(name, given)) is not None
        )
        for column in (*key, *(column for foreign in keys for column in foreign.fields)):
            if column not in known:
                self.wrong(f"{name}: {column}", "a key names a field that is not there", "mend the key")
        return Table(
            name=name,
            path=path,
            fields=tuple(fields),
            sheet=_sheet(resource),
            title=str(resource.get("title", "")),
            description=str(resource.get("description", "")),
            missing=tuple(map(str, missing)),
            primary_key=key,
            foreign_keys=keys,
            in_reports=resource.get("usedInReports") is not False,
        )

    def written(self, name: str, resource: dict[str, Any]) -> None:
        """Refuse a file that says it is written in another way than it would be read."""
        given = {key: resource.get(key) for key in ("format", "encoding") if key in resource}
        other = []
        if given.get("format", "csv") not in ("csv", "xlsx"):
            other.append("format")
        if str(given.get("encoding", "utf-8")).lower() not in ("utf-8", "utf8", "utf-8-sig"):
            other.append("encoding")
        dialect = resource.get("dialect")
        if isinstance(dialect, dict) and not _sheet(resource):
            nested = dialect.get("csv")
            said = {**dialect, **(nested if isinstance(nested, dict) else {})}
            other += [key for key, value in DIALECT.items() if said.get(key, value) != value]
        if other:
            remedy = "save the file as CSV UTF-8 with commas, or as .xlsx, and say so"
            self.wrong(f"{name}: {', '.join(other)}", "a way of writing that is not read here", remedy)

    def inside(self, path: str) -> bool:
        """Whether a path stays in the folder, links included."""
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts or "\\" in path or not pure.parts:
            return False
        # Written in one way: no ``a//b``, as an address of the web has it, and no ``a.csv/``.
        if str(pure) != path or len(path) > MOST:
            return False
        try:
            return (self.folder / path).resolve().is_relative_to(self.folder.resolve())
        except (OSError, RuntimeError, UnicodeEncodeError):
            return False

    def field(self, table: str, given: Any) -> Field | None:
        if not isinstance(given, dict) or not given.get("name") or not isinstance(given["name"], str):
            self.wrong(f"{table}: {str(given)[:40]}", "a field without a name", "give it a name")
            return None
        name = f"{table}.{given['name']}"
        if runs(given["name"]) or len(given["name"]) > MOST:
            problem, remedy = "no name of a field", "begin with a letter, and keep it short"
            self.wrong(name, problem, remedy)
            return None
        kind = given.get("type", "string")
        if kind not in TYPES:
            self.wrong(f"{name}: {kind}", "a type that is not known", f"choose one of {', '.join(TYPES)}")
            return None
        notations = [key for key in NOTATIONS if key in given]
        if given.get("format", "default") != "default":
            notations.append("format")
        if notations:
            problem = "a way of writing that is not read here"
            self.wrong(
                f"{name}: {', '.join(notations)}", problem, "delete it, and write the cells without it"
            )
            return None
        rules = self.rules(name, kind, given.get("constraints", {}))
        if rules is None:
            return None
        return Field(
            name=given["name"],
            type=kind,
            description=str(given.get("description", "")),
            required=rules.get("required", False),
            unique=rules.get("unique", False),
            enum=tuple(map(str, rules.get("enum", ()))),
            minimum=str(rules["minimum"]) if "minimum" in rules else None,
            maximum=str(rules["maximum"]) if "maximum" in rules else None,
            pattern=rules.get("pattern"),
        )

    def rules(self, name: str, kind: str, given: Any) -> dict[str, Any] | None:
        unknown = sorted(set(given) - set(CONSTRAINTS)) if isinstance(given, dict) else ["constraints"]
        if unknown:
            allowed = ", ".join(sorted(CONSTRAINTS))
            self.wrong(f"{name}: {', '.join(unknown)}", "rules that are not known", f"use {allowed}")
            return None
        broken = [rule for rule, value in given.items() if not _is_rule(rule, value, kind)]
        for rule in broken:
            self.wrong(f"{name}: {rule} {given[rule]}", f"no {rule} for type {kind}", CONSTRAINTS[rule])
        return None if broken else given

    def foreign_key(self, table: str, given: Any) -> ForeignKey | None:
        reference = given.get("reference") if isinstance(given, dict) else None
        if not isinstance(reference, dict) or not isinstance(reference.get("resource"), str):
            self.wrong(table, "a foreign key without a reference", "name resource and fields")
            return None
        fields, references = _names(given.get("fields", [])), _names(reference.get("fields", []))
        if not fields or len(fields) != len(references):
            self.wrong(table, "a foreign key whose sides differ", "name as many fields on both sides")
            return None
        # An empty resource is the table itself.
        return ForeignKey(fields, reference["resource"] or table, references)

    def references(self, table: Table, tables: Mapping[str, Table]) -> None:
        for key in table.foreign_keys:
            other = tables.get(key.table)
            if other is None or not set(key.references) <= {field.name for field in other.fields}:
                there = f"{key.table}.{', '.join(key.references)}"
                self.wrong(
                    f"{table.name}: {there}", "a foreign key to what is not there", "mend the reference"
                )


def _is_rule(rule: str, value: Any, kind: str) -> bool:
    if rule in {"required", "unique"}:
        return isinstance(value, bool)
    if rule == "enum":
        return isinstance(value, list) and bool(value) and all(is_value(str(word), kind) for word in value)
    if rule == "pattern":
        return kind == "string" and is_pattern(value)
    return is_bound(str(value), kind)


def _names(given: Any) -> tuple[str, ...]:
    if isinstance(given, str):
        return (given,)
    return tuple(map(str, given)) if isinstance(given, list) else ()


def _sheet(resource: dict[str, Any]) -> str:
    """Name of the sheet of a workbook; its first sheet is ``1``, as Data Package counts."""
    path = str(resource.get("path", ""))
    if resource.get("format") != "xlsx" and not path.endswith(".xlsx"):
        return ""
    dialect = resource.get("dialect")
    dialect = dialect if isinstance(dialect, dict) else {}
    excel = dialect.get("excel")
    excel = excel if isinstance(excel, dict) else {}
    return str(dialect.get("sheet") or excel.get("sheet") or 1)
