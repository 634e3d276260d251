"""Scorecards of many organisations from one reading of the tables; imports the rest of this room.

Loading a scorecard reads every table. That is right for one report, and a hundred times too much for
a check of a hundred.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scorelib.data.check import load_tables
from scorelib.data.listing import must_be_described
from scorelib.data.package import Package
from scorelib.data.scorecard import frames, scorecard_of
from scorelib.language import language

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from scorelib.data.read import Rows
    from scorelib.data.scorecard import Scorecard
    from scorelib.errors import Finding

__all__ = ["Batch"]


class Batch:
    """All tables of a project, read once.

    Parameters
    ----------
    project
        The folder that holds ``data/``.

    Attributes
    ----------
    tables
        The rows of each table.
    findings
        What is wrong in them; there are scorecards only where nothing is.
    """

    def __init__(self, project: Path) -> None:
        self.project = project
        self.package = Package.load(project / "data")
        must_be_described(self.package, "organisations", "scorecards", "assessments", "relevance")
        self.tables: dict[str, Rows]
        self.findings: list[Finding]
        self.tables, self.findings = load_tables(self.package, None)
        self._parts: dict[str, dict[str, list[int]]] = {}

    def organisation(self, name: str) -> dict[str, Rows]:
        """The rows of one organisation, and those that all share."""
        return {table: self._own(table, name) for table in self.tables}

    def frames(self, name: str) -> Mapping[str, pd.DataFrame]:
        """The same as DataFrames."""
        return frames(self.organisation(name))

    def scorecard(self, name: str, year: int, lang: str) -> Scorecard:
        """A scorecard that is in the tables, the same as `load_scorecard` gives."""
        return scorecard_of(self.organisation(name), name, year, language(lang), self.project)

    def _own(self, table: str, name: str) -> Rows:
        rows = self.tables[table]
        column = {"organisations": "id", "scores": "assessment"}.get(table, "organisation")
        if all(field.name != column for field in rows.table.fields):
            return rows
        if table not in self._parts:
            parts: dict[str, list[int]] = {}
            self._parts[table] = parts
            owners = self._owners() if table == "scores" else {}
            for index, row in enumerate(rows.rows):
                key = str(row[column])
                parts.setdefault(owners.get(key, key), []).append(index)
        kept = self._parts[table].get(name, [])
        return replace(
            rows,
            rows=[rows.rows[index] for index in kept],
            lines=[rows.lines[index] for index in kept],
            raw=[rows.raw[index] for index in kept],
        )

    def _owners(self) -> dict[str, str]:
        """Whose each assessment is; scores name the assessment alone."""
        return {str(row["id"]): str(row["organisation"]) for row in self.tables["assessments"].rows}
