"""What an import would do: what became of each file, and each table as it is and as it would be.

Imports `merge`, `proof` and, for types, `model`; decides nothing and writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scorelib.data.proof import columns_of
from scorelib.data.sources.merge import State
from scorelib.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from scorelib.data.columns import Columns
    from scorelib.data.package import Package
    from scorelib.data.sources.model import Tally

__all__ = ["Plan", "Taken"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file."""

    file: str
    sha256: str
    source: str
    edition: str
    tally: Tally
    rows: dict[str, int]
    """Rows made of it, by table."""


@dataclass
class Plan:
    """What an import would do: each file's tally, and each table as it is and as it would be."""

    project: Path
    package: Package
    taken: list[Taken] = field(default_factory=list)
    before: dict[str, Columns] = field(default_factory=dict)
    bytes: dict[str, bytes] = field(default_factory=dict)
    after: dict[str, State] = field(default_factory=dict)

    def changed(self) -> list[str]:
        """Names of tables that would change; those that others refer to come first."""
        names = [name for name in self.package.tables if name in self.after]
        return [
            name
            for name in names
            if self.after[name].touched.any()
            or (self.after[name].origin < 0).any()
            or len(self.after[name].now) != len(self.before[name])
        ]

    def state(self, name: str) -> State:
        """A table on its way, read when it is first wanted.

        Raises
        ------
        DataError, UsageError
            If it cannot be read, or is a sheet of a workbook.
        """
        if name not in self.after:
            table = self.package.table(name)
            if table.sheet:
                message = (
                    f"{table.place} is a sheet of a workbook; an import writes CSV: make {name} a CSV file"
                )
                raise UsageError(message)
            path = self.package.folder / table.path
            try:
                self.bytes[name] = path.read_bytes()
            except OSError as error:
                raise UsageError(f"data/{table.path} cannot be read ({error.strerror})") from None
            self.before[name] = columns_of(self.package, table)
            self.after[name] = State.start(table, self.before[name])
        return self.after[name]
