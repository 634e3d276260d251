"""The origins of a document in one list: for the page, for paper and for whoever asks.

Imports nodes, origins and the language only. What is in a table's rows, such as their publisher,
comes from outside (`prose.ledger`); here is only what stands where.
"""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from scorelib.document.nodes import Document, Figure, Heading, Item, Table, Text, plain
from scorelib.document.origin import Origin, cut, spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scorelib.document.nodes import Cell, Row
    from scorelib.language import Language

__all__ = [
    "Entry",
    "Ledger",
    "Place",
    "Source",
    "cell_origin",
    "entries",
    "lines",
    "name",
    "origin_kind",
    "together",
    "whole",
]

Kind = Literal["number", "table", "figure"]


@dataclass(frozen=True, slots=True)
class Source:
    """A publication that rows were taken from; dates as a reader of the report writes them."""

    publisher: str
    title: str
    edition: str = ""
    retrieved: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Rows of one table: their key if it is one row, and positions of their sources in the ledger."""

    table: str
    rows: str
    key: str = ""
    sources: tuple[int, ...] = ()


@dataclass(frozen=True)
class Ledger:
    """What the origins of a document lead to.

    Parameters
    ----------
    places
        Of each origin, its rows.
    sources
        All sources that they have.
    """

    places: Mapping[str, tuple[Place, ...]]
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One number of a text, a panel or the cover, or one table or figure as a whole.

    Parameters
    ----------
    kind
        What it is.
    what
        The number, or the caption.
    where
        Numbers of the sections it stands in, or what else it stands in.
    origin
        Where it comes from.
    """

    kind: Kind
    what: str
    where: tuple[str, ...]
    origin: str


def cell_origin(row: Row, cell: Cell) -> str:
    """The origin of a cell: its own, or that of its row."""
    own = next((child.origin for child in cell if isinstance(child, Text) and child.origin), "")
    return own or (row.origin if plain(cell) else "")


def together(origins: Sequence[str]) -> str:
    """One origin for many: all rows of each table."""
    return _together(tuple(dict.fromkeys(origins)))


@functools.lru_cache(maxsize=1024)
def _together(origins: tuple[str, ...]) -> str:
    # Both renderers ask for each table's several times, and a table has the same few in many cells.
    found: dict[str, set[int]] = {}
    for line in origins:
        for table, rows in Origin.parse(line).rows:
            found.setdefault(table, set()).update(cut(rows))
    if not found:
        return ""
    return str(Origin("many", (), tuple((table, spans(rows)) for table, rows in found.items())))


def whole(block: Table | Figure) -> str:
    """The origin of a table or figure as a whole."""
    table = block.data if isinstance(block, Figure) else block
    if table is None:
        return ""
    return together([line for row in table.rows for cell in row.cells if (line := cell_origin(row, cell))])


def entries(document: Document, language: Language) -> list[Entry]:
    """What a list of origins has: each number of the texts once, each table and figure."""
    found: dict[tuple[Kind, str, str], list[str]] = {}
    for place, kind, what, origin in _placed(document, language):
        where = found.setdefault((kind, what, origin), [])
        if place not in where:
            where.append(place)
    return [Entry(kind, what, tuple(where), origin) for (kind, what, origin), where in found.items()]


def _placed(document: Document, language: Language) -> Iterator[tuple[str, Kind, str, str]]:
    """Everything that has an origin, in the order of reading, with the section it stands in."""
    place = language.label("origin.cover")
    for what, origin in _told(document.cover):
        yield place, "number", what, origin
    for block in document.blocks:
        if isinstance(block, Heading) and block.number:
            place = block.number
        if isinstance(block, Table | Figure) and block.caption:
            if origin := whole(block):
                yield place, origin_kind(block), name(block, language), origin
            continue
        for what, origin in _told(block):
            yield place, "number", what, origin
    for note in document.notes:
        for what, origin in _told(note):
            yield language.label("document.note", number=note.number), "number", what, origin


def origin_kind(block: Table | Figure) -> Kind:
    """What a block is in the list."""
    return "figure" if isinstance(block, Figure) else "table"


def name(block: Table | Figure, language: Language) -> str:
    """What a table or figure is called in the list."""
    numbered = language.label(f"document.{origin_kind(block)}", number=block.number).strip()
    return f"{numbered}. {block.caption}"


def lines(document: Document) -> list[str]:
    """Every origin of a document once, in the order of reading, those of whole tables included."""
    found: dict[str, None] = {}
    for block in (document.cover, *document.blocks, *document.notes):
        if isinstance(block, Table | Figure) and block.caption:
            found |= dict.fromkeys([whole(block)])
            table = block.data if isinstance(block, Figure) else block
            for row in table.rows if table else ():
                found |= dict.fromkeys(cell_origin(row, cell) for cell in row.cells)
        else:
            found |= dict.fromkeys(origin for _, origin in _told(block))
    found.pop("", None)
    return list(found)


def _told(value: Any) -> Iterator[tuple[str, str]]:
    """Texts with an origin, within anything."""
    if isinstance(value, Text):
        if value.origin:
            yield value.text, value.origin
    elif isinstance(value, Item):
        if value.origin:
            yield value.value, value.origin
    elif isinstance(value, tuple):
        for part in value:
            yield from _told(part)
    elif dataclasses.is_dataclass(value):
        for each in dataclasses.fields(value):
            yield from _told(getattr(value, each.name))
