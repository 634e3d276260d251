"""What the origins of a report lead to: rows with their keys, their publishers and dates.

Imports data and document; reads nothing but the scorecard it is given.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from scorelib.data.package import Package
from scorelib.document.ledger import Ledger, Place, Source, lines
from scorelib.document.origin import FIRST_ROW, Origin, cut

if TYPE_CHECKING:
    from scorelib.data.scorecard import Scorecard
    from scorelib.document.nodes import Document

__all__ = ["ledger"]

UNSAID = ("organisation", "assessment", "framework", "donor_kind")
"""Columns of keys that tell no two rows of a report apart."""
DATE = "as_of"
"""The column that says when a row held, where there is one."""


def ledger(card: Scorecard, document: Document) -> Ledger:
    """The ledger of a numbered document, from the data it was made of."""
    reader = _Reader(card)
    places = {
        line: tuple(reader.place(table, rows) for table, rows in Origin.parse(line).rows)
        for line in lines(document)
    }
    return Ledger(places, tuple(reader.sources))


class _Reader:
    def __init__(self, card: Scorecard) -> None:
        self.card = card
        self.keys = {
            name: [column for column in table.primary_key if column not in UNSAID] + _dated(table)
            for name, table in Package.load(card.project / "data").tables.items()
        }
        self.sources: list[Source] = []
        self._numbers: dict[str, int] = {}
        self._columns: dict[tuple[str, str], list[Any]] = {}
        self._places: dict[tuple[str, str], Place] = {}
        self._known = {str(row["id"]): row for row in card.tables["sources"].to_dict("records")}

    def place(self, table: str, rows: str) -> Place:
        """Rows of a table."""
        if (table, rows) not in self._places:
            numbers = [row - FIRST_ROW for row in cut(rows)]
            self._places[table, rows] = Place(
                table, rows, self._key(table, numbers), self._sources(table, numbers)
            )
        return self._places[table, rows]

    def _key(self, table: str, numbers: list[int]) -> str:
        if len(numbers) != 1:
            return ""
        values = [self._column(table, name)[numbers[0]] for name in self.keys.get(table, ())]
        return " · ".join(self._shown(value) for value in values if value is not None)

    def _shown(self, value: Any) -> str:
        return self.card.language.date(value) if isinstance(value, datetime.date) else str(value)

    def _sources(self, table: str, numbers: list[int]) -> tuple[int, ...]:
        if table == "sources":
            ids = [self._column(table, "id")[number] for number in numbers]
        elif "source" in self.card.tables[table]:
            ids = [self._column(table, "source")[number] for number in numbers]
        else:
            return ()
        return tuple(self._number(str(each)) for each in dict.fromkeys(ids) if each is not None)

    def _number(self, name: str) -> int:
        if name not in self._numbers:
            row = self._known.get(name, {})
            found = {key: _text(row.get(key)) for key in ("publisher", "title", "edition", "retrieved")}
            if found["retrieved"]:
                found["retrieved"] = self.card.language.date(row["retrieved"])
            self._numbers[name] = len(self.sources)
            self.sources.append(Source(**{**found, "title": found["title"] or name}))
        return self._numbers[name]

    def _column(self, table: str, name: str) -> list[Any]:
        if (table, name) not in self._columns:
            self._columns[table, name] = self.card.tables[table][name].tolist()
        return self._columns[table, name]


def _dated(table: Any) -> list[str]:
    return [column.name for column in table.fields if column.name == DATE]


def _text(value: Any) -> str:
    # NaN is the one value unequal to itself.
    return "" if value is None or value != value else str(value)  # noqa: PLR0124
