"""The mapping file of `scorelib import table`: what each column of a file becomes; imports `package`, errors.

YAML or TOML, held to what is known: a word that is not understood is an error, never passed over.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, get_args

import yaml

from scorelib.data.sources.model import Publication
from scorelib.data.sources.numbers import Style
from scorelib.errors import DataError, Finding
from scorelib.toml import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scorelib.data.package import Package, Table

__all__ = ["Mapped", "read_mapping"]

LARGEST = 1 << 20
"""Bytes of a mapping file."""
SCOPE = ("organisation", "year", "assessment", "framework")
"""Columns of keys that say of what a file is the whole truth, unless the mapping says otherwise."""
NAMES = ("donor", "organisation")
DATES = ("iso", "dmy", "mdy")
WORDS: dict[str, type | tuple[type, ...]] = {
    "table": str,
    "source": dict,
    "sheet": str,
    "header": int,
    "numbers": str,
    "dates": str,
    "columns": dict,
    "constants": dict,
    "values": dict,
    "names": list,
    "scale": dict,
    "ignore": (list, str),
    "scope": list,
}


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping that was understood."""

    table: Table
    columns: dict[str, str]
    """Column of the table, and column of the file."""
    constants: dict[str, str]
    values: dict[str, dict[str, str]]
    """Per column of the table, texts of the file and what stands for them."""
    names: tuple[str, ...]
    """Columns whose names become ids."""
    scale: dict[str, float]
    ignore: tuple[str, ...] | None
    """Columns of the file that are passed over; None for all others."""
    scope: tuple[str, ...]
    publication: Publication
    sheet: str = ""
    header: int = 1
    style: Style | None = None
    dates: str = "iso"


class _Loader(yaml.SafeLoader):
    """Safe YAML, without references (they can grow without bound) and without a key twice."""

    def mark(self) -> Any:
        """Where it stands."""
        return self.get_mark()

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            problem = "references (*name) are not read"
            raise yaml.constructor.ConstructorError(None, None, problem, self.mark())
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - PyYAML's signature
        seen = set()
        for key, _ in node.value:
            name = (key.tag, key.value) if isinstance(key.value, str) else id(key)
            if name in seen:
                problem = f"{key.value!r} is there twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep)


def read_mapping(path: Path, package: Package) -> Mapped:
    """Read a mapping file and hold it against a package.

    Raises
    ------
    DataError
        If it cannot be read, or says what is not understood; all such places at once.
    """
    reader = _Reader(path.name, package)
    given = _parsed(path)
    mapped = reader.mapped(given)
    if mapped is None:
        raise DataError(sorted(set(reader.findings)))
    return mapped


def _parsed(path: Path) -> dict[str, Any]:
    line = 0
    try:
        if path.exists() and not path.is_file():
            raise ValueError("it is no file")  # noqa: TRY301 - told below, as the others
        if path.stat().st_size > LARGEST:
            raise ValueError(f"it has more than {LARGEST:,} bytes")  # noqa: TRY301 - told below, as the others
        text = path.read_text("utf-8-sig")
        found = read_toml(text) if path.suffix == ".toml" else yaml.load(text, _Loader)  # noqa: S506 - safe
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        problem = f"it is no YAML: {getattr(error, 'problem', None) or error}"
    except OSError as error:
        problem = f"it cannot be read ({error.strerror})"
    except RecursionError:
        problem = "it is nested too deeply"
    except (ValueError, OverflowError) as error:
        kind = "TOML" if path.suffix == ".toml" else "mapping file"
        problem = f"it is no {kind}: {str(error).splitlines()[0][:200]}"
    else:
        if isinstance(found, dict):
            return found
        problem = "it is no list of words and what they mean"
    words = (" ".join(problem.split()), "see docs/how-to/import-data.md for an example", "mapping")
    raise DataError([Finding(path.name, line, "", "", *words)])


class _Reader:
    """Holds a mapping against what is known, and collects what is wrong."""

    def __init__(self, name: str, package: Package) -> None:
        self.name = name
        self.package = package
        self.findings: list[Finding] = []

    def wrong(self, where: str, value: object, problem: str, remedy: str) -> None:
        self.findings.append(Finding(self.name, 0, where, str(value)[:100], problem, remedy, "mapping"))

    def mapped(self, given: Mapping[str, Any]) -> Mapped | None:
        for word, value in given.items():
            if word not in WORDS:
                self.wrong(str(word), "", "this word is not known", f"use {', '.join(WORDS)}")
            elif not isinstance(value, WORDS[word]) or isinstance(value, bool):
                self.wrong(
                    str(word), value, "this is not of the right form", "see docs/how-to/import-data.md"
                )
        name = given.get("table")
        if name not in self.package.tables:
            known = ", ".join(self.package.tables)
            self.wrong("table", name, "there is no such table", f"write one of {known}")
        if self.findings:
            return None
        table = self.package.table(str(name))
        mapped = Mapped(
            table=table,
            columns=self.texts("columns", given.get("columns", {}), table),
            constants=self.texts("constants", given.get("constants", {}), table),
            values={
                column: self.texts(f"values.{column}", pairs, None)
                for column, pairs in self.nested(given.get("values", {}), table).items()
            },
            names=tuple(map(str, given.get("names", []))),
            scale=self.scale(given.get("scale", {}), table),
            ignore=self.ignore(given.get("ignore", [])),
            scope=self.scope(given.get("scope"), table),
            publication=self.publication(given.get("source", {}), table),
            sheet=given.get("sheet", ""),
            header=given.get("header", 1),
            style=self.word("numbers", given.get("numbers"), get_args(Style)),
            dates=self.word("dates", given.get("dates"), DATES) or "iso",
        )
        self.whole(mapped)
        return None if self.findings else mapped

    def texts(self, where: str, pairs: Mapping[Any, Any], table: Table | None) -> dict[str, str]:
        known = {column.name for column in table.fields} if table else None
        for key, value in pairs.items():
            if known is not None and key not in known:
                self.wrong(
                    f"{where}.{key}", "", "the table has no such column", f"use {', '.join(sorted(known))}"
                )
            if value is None or isinstance(value, dict | list):
                self.wrong(f"{where}.{key}", value, "this is no text", "write one text or number")
        return {str(key): _text(value) for key, value in pairs.items()}

    def nested(self, given: Mapping[Any, Any], table: Table) -> dict[str, Mapping[Any, Any]]:
        known = {column.name for column in table.fields}
        for column, pairs in given.items():
            if column not in known or not isinstance(pairs, dict):
                problem = "this is no column of the table with texts and what stands for them"
                self.wrong(f"values.{column}", "", problem, "write such as {aantal: count}")
        return {str(column): pairs for column, pairs in given.items() if isinstance(pairs, dict)}

    def scale(self, given: Mapping[Any, Any], table: Table) -> dict[str, float]:
        numbers = {column.name for column in table.fields if column.type == "number"}
        for column, factor in given.items():
            right = isinstance(factor, int | float) and not isinstance(factor, bool) and 0 < factor < 1e15
            if column not in numbers or not right:
                self.wrong(
                    f"scale.{column}", factor, "this scales no column of numbers", "write such as 1000000"
                )
        return {str(column): factor for column, factor in given.items() if column in numbers}

    def ignore(self, given: Any) -> tuple[str, ...] | None:
        if isinstance(given, str):
            if given != "*":
                self.wrong(
                    "ignore",
                    given,
                    "this is no list",
                    'list columns of the file, or write "*" for all others',
                )
            return None
        return tuple(map(str, given))

    def scope(self, given: Any, table: Table) -> tuple[str, ...]:
        if not any(column.name == "source" for column in table.fields):
            # Whose rows they are cannot be told, so none is ever removed.
            return ()
        if given is None:
            return tuple(name for name in table.primary_key if name in SCOPE)
        for name in given:
            if name not in table.primary_key:
                shown = ", ".join(table.primary_key)
                self.wrong("scope", name, "this is no column of the key", f"use {shown}")
        return tuple(map(str, given))

    def publication(self, given: Mapping[Any, Any], table: Table) -> Publication:
        words = {each.name for each in fields(Publication)}
        for key, value in given.items():
            if key not in words or isinstance(value, dict | list):
                self.wrong(
                    f"source.{key}", value, "this says nothing of a source", f"use {', '.join(sorted(words))}"
                )
        needed = [column.name for column in table.fields if column.name == "source"]
        for key in ("id", "publisher", "title") if needed else ():
            if not given.get(key):
                self.wrong(f"source.{key}", "", "it is missing", "say what the file is")
        pairs = {key: _text(value) for key, value in given.items() if key in words and value is not None}
        return Publication(**{"id": "", "publisher": "", "title": "", **pairs})

    def word(self, where: str, given: Any, known: tuple[str, ...]) -> Any:
        if given is not None and given not in known:
            self.wrong(where, given, "this word is not known", f"use {', '.join(known)}")
        return given

    def whole(self, mapped: Mapped) -> None:
        """See that the mapping gives every column that must be there, each once."""
        table = mapped.table
        if not 1 <= mapped.header <= 1000:
            self.wrong("header", mapped.header, "this is no line of a header", "write the number of its line")
        for name in [name for name in mapped.names if name not in NAMES or name not in mapped.columns]:
            self.wrong("names", name, "this is no column with names", "list donor, organisation or both")
        given = [*mapped.columns, *mapped.constants]
        for name in {name for name in given if given.count(name) > 1}:
            self.wrong(name, "", "it is both a column and a constant", "leave one out")
        needed = {column.name for column in table.fields if column.required} | set(table.primary_key)
        for name in sorted(needed - set(given) - {"source"}):
            self.wrong(
                "columns", name, "this column must be given", "name a column of the file, or a constant"
            )
        for name in {
            name for name in mapped.columns.values() if list(mapped.columns.values()).count(name) > 1
        }:
            self.wrong("columns", name, "two columns are read from this one", "read it once")
        if "source" in given:
            self.wrong("source", "", "the source of rows follows from `source`", "leave the column out")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    return str(value)
