"""What a publisher's file is turned into before it meets the tables; imports `columns`, `names`, errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from scorelib.data.sources.names import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from scorelib.data.columns import Columns, Ints, Text
    from scorelib.data.package import Package
    from scorelib.data.sources.files import Read, SourceFile
    from scorelib.data.sources.names import Kind, Known
    from scorelib.data.sources.numbers import Style
    from scorelib.errors import Finding

__all__ = [
    "Batch",
    "Context",
    "Importer",
    "Intake",
    "Opener",
    "Publication",
    "Request",
    "Tally",
    "lookup",
    "resolve",
    "years_of",
]


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for, beside the files."""

    organisations: frozenset[str] = frozenset()
    """Ids; all if empty."""
    years: frozenset[int] = frozenset()
    """All if empty."""
    edition: str = ""
    style: Style | None = None
    mapping: Path | None = None
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """What a file is a copy of, as a row of ``sources``."""

    id: str
    publisher: str
    title: str
    url: str = ""
    licence: str = ""
    note: str = ""
    edition: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows for one table, without their source."""

    table: str
    rows: Columns
    behind: Ints
    """How many records of the file each row rests on."""
    scope: tuple[str, ...] = ()
    """Columns that say of what the file is the whole truth: rows there that it lacks are removed."""


@dataclass
class Tally:
    """What became of the records of a file: read is taken and left out, exactly."""

    read: int = 0
    left: dict[str, int] = field(default_factory=dict)
    """Records that were left out, by reason."""
    notes: list[str] = field(default_factory=list)

    def leave(self, reason: str, records: int) -> None:
        """Count records that are left out."""
        if records:
            self.left[reason] = self.left.get(reason, 0) + int(records)

    @property
    def taken(self) -> int:
        """Records that the tables' rows rest on."""
        return self.read - sum(self.left.values())


@dataclass
class Intake:
    """What one file gives."""

    file: SourceFile
    publication: Publication
    batches: list[Batch]
    tally: Tally


@dataclass
class Context:
    """What importers share: the package, what was asked, names, and all that is wrong so far."""

    package: Package
    request: Request
    findings: list[Finding] = field(default_factory=list)

    @cached_property
    def donors(self) -> Names:
        """All names of donors."""
        return Names.load(self.package, "donor")

    @cached_property
    def organisations(self) -> Names:
        """All names of organisations."""
        return Names.load(self.package, "organisation")

    def names(self, kind: Kind) -> Names:
        """All names of a kind."""
        return self.donors if kind == "donor" else self.organisations


class Opener(Protocol):
    """Opens the file that is being imported; a workbook at a sheet."""

    def __call__(self, sheet: str = "") -> SourceFile:
        """Open it."""


class Importer(Protocol):
    """Turns one file into rows; what is wrong goes into the context."""

    def __call__(self, opens: Opener, context: Context) -> Intake:
        """Open and read the file."""


def resolve(
    read: Read, column: str, kind: Kind, context: Context, *, schemes: tuple[str, ...], rows: Ints
) -> dict[str, Known]:
    """What each name in a column stands for; every name that none does is a finding.

    Parameters
    ----------
    read
        The file.
    column
        The column with the names.
    kind, schemes
        Whose names they are, and in which scheme.
    context
        Takes the findings.
    rows
        Numbers of the rows that count.
    """
    names = context.names(kind)
    given = read.columns.text[column].take(rows)
    known: dict[str, Known] = {}
    for name in given.used():
        found = names.find(name, *schemes)
        if found is not None:
            known[name] = found
            continue
        row, count = int(rows[given.first(name)]), given.count(name)
        near = " or ".join(names.nearest(name))
        problem = f"no {kind} has this name ({count:,} row{'s' if count > 1 else ''})"
        remedy = f"add it to aliases.csv; nearest are {near}" if near else "add it to aliases.csv"
        read.find(row, column, name, problem, remedy, "name")
    for name, meant in names.mended.items():
        if name in known:
            read.notes.append(f"{name!r} was wrongly decoded; it was read as {meant!r} ({known[name].id})")
    return known


def years_of(read: Read, column: str) -> None:
    """Find cells that are no year."""
    years = read.columns.text[column]
    wrong = [year for year in years.used() if not (len(year) == 4 and year.isdecimal() and year.isascii())]
    wrong += [year for year in years.used() if year not in wrong and not 1945 <= int(year) <= 2100]
    for year in wrong:
        problem = f"this is no year ({years.count(year):,} rows)"
        read.find(years.first(year), column, year, problem, "write a year from 1945 to 2100", "year")


def lookup(text: Text, into: Mapping[str, object] | Callable[[str], object]) -> Ints:
    """Per row whether, or as what number, its text is known; texts are asked about once."""
    ask = into if callable(into) else into.get
    values = [ask(value) for value in text.values]
    return np.array([-1 if value is None else value for value in values], dtype=np.int32)[text.codes]
