"""Shows where numbers come from: on demand in a page, as an annex on paper; imports document and below.

A page holds each origin once, as data; a number or a cell has its index. Without a script a number
leads to its line in a list at the end.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from scorelib.document.ledger import entries, lines, name, origin_kind, whole
from scorelib.document.nodes import Column, Figure, Row, Table, Text
from scorelib.document.origin import Origin, cut

if TYPE_CHECKING:
    from scorelib.document.ledger import Entry, Ledger, Place
    from scorelib.document.nodes import Document
    from scorelib.language import Language

__all__ = ["PageOrigins", "annex", "source_lines"]

MOST = 8
"""Runs of rows that are listed one by one; what has more says how many rows they are."""


def _places(places: tuple[Place, ...], language: Language) -> str:
    """The rows of an origin in words: files, rows, keys, and the numbers of their sources."""
    shown = []
    for place in places:
        marks = "".join(f" [{number + 1}]" for number in sorted(place.sources))
        shown.append(f"{_place(place, language)}{marks}")
    return "; ".join(shown)


def _place(place: Place, language: Language) -> str:
    """Rows in words: one with its key, several, or how many there are between which."""
    parts = place.rows.split(",")
    if place.rows.isdigit():
        key = f" ({place.key})" if place.key else ""
        return language.label("origin.row", table=place.table, rows=place.rows) + key
    if len(parts) <= MOST:
        return language.label("origin.rows", table=place.table, rows=", ".join(parts))
    ends = [int(part) for part in (parts[0].split("-")[0], parts[-1].split("-")[-1])]
    count = sum(1 for _ in cut(place.rows))
    return language.label("origin.many_rows", table=place.table, count=count, first=ends[0], last=ends[1])


def _how(origin: Origin, language: Language) -> str:
    columns = f" ({' + '.join(origin.columns)})" if origin.columns else ""
    return f"{language.label(f'origin.how.{origin.how}')}{columns}"


def source_lines(ledger: Ledger, language: Language) -> list[str]:
    """Every source of a ledger: publisher, title, edition, and when it was read."""
    found = []
    for each in ledger.sources:
        edition = language.label("origin.edition", edition=each.edition) if each.edition else ""
        read = language.label("origin.retrieved", date=each.retrieved) if each.retrieved else ""
        dates = "; ".join(filter(None, (edition, read)))
        found.append(f"{each.publisher}, {each.title}" + (f" ({dates})" if dates else ""))
    return found


def annex(document: Document, ledger: Ledger, language: Language) -> list[Table]:
    """The list of origins as tables: numbers of texts, tables and figures, sources."""
    label = language.label
    listed = entries(document, language)
    numbers = [each for each in listed if each.kind == "number"]
    others = [each for each in listed if each.kind != "number"]
    tables = []
    if numbers:
        columns = [Column(label(f"origin.{name}")) for name in ("number", "where", "how_title", "rows_title")]
        rows = [_row(_cells(each, ledger, language)) for each in numbers]
        tables.append(Table("", label("origin.numbers"), tuple(columns), tuple(rows)))
    if others:
        columns = [Column(label(f"origin.{name}")) for name in ("block", "rows_title")]
        rows = [_row(_cells(each, ledger, language)[::3]) for each in others]
        tables.append(Table("", label("origin.blocks"), tuple(columns), tuple(rows)))
    if ledger.sources:
        columns = [Column(label("origin.mark"), "right"), Column(label("origin.source"))]
        rows = [_row([str(n), line]) for n, line in enumerate(source_lines(ledger, language), 1)]
        tables.append(Table("", label("origin.sources"), tuple(columns), tuple(rows)))
    return tables


def _cells(entry: Entry, ledger: Ledger, language: Language) -> list[str]:
    how = _how(Origin.parse(entry.origin), language)
    return [entry.what, "; ".join(entry.where), how, _places(ledger.places[entry.origin], language)]


def _row(cells: list[str]) -> Row:
    return Row(tuple((Text(cell),) for cell in cells))


@dataclass
class PageOrigins:
    """The origins of one page: their numbers, their data, their list."""

    document: Document
    ledger: Ledger
    language: Language
    _index: dict[str, int] = field(default_factory=dict)
    _entries: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._index = {line: number for number, line in enumerate(lines(self.document))}
        listed = entries(self.document, self.language)
        # The last of equal texts and origins is as good as the first: both say the same.
        self._entries = {(each.what, each.origin): number for number, each in enumerate(listed, 1)}

    def attribute(self, origin: str) -> str:
        """What marks a cell or a row with its origin."""
        return f' data-o="{self._index[origin]}"' if origin in self._index else ""

    def of_cells(self, origins: list[str]) -> str:
        """What marks a row with the origins of its cells: the last one stands for those that follow."""
        numbers = [str(self._index.get(origin, "-")) for origin in origins]
        while len(numbers) > 1 and numbers[-1] == numbers[-2]:
            numbers.pop()
        return f' data-o="{" ".join(numbers)}"' if numbers != ["-"] else ""

    def link(self, text: str, origin: str, *, what: str = "") -> str:
        """A text that shows its origin on demand; `what` is its name in the list if not the text."""
        number = self._entries.get((what or text, origin))
        if number is None or origin not in self._index:
            return escape(text, quote=False)
        return f'<a class="o" href="#o-{number}"{self.attribute(origin)}>{escape(text, quote=False)}</a>'

    def block_link(self, block: Table | Figure) -> str:
        """What shows the origins of a table's cells, or those of a figure; nothing where it has none."""
        origin = whole(block) if block.caption else ""
        if not origin:
            return ""
        label = self.language.label
        text = label("origin.cells" if isinstance(block, Table) else "origin.open")
        called = label(f"document.{origin_kind(block)}", number=block.number)
        described = escape(f"{text}: {called if block.number else block.caption}", quote=True)
        link = self.link(text, origin, what=name(block, self.language))
        return (
            '<span class="from">'
            + link.replace('class="o"', f'class="o all" aria-label="{described}"', 1)
            + "</span>"
        )

    def data(self) -> str:
        """The origins as JSON, for the page's script: words, sources, and each origin."""
        words: dict[str, int] = {}
        found = []
        for line in self._index:
            origin = Origin.parse(line)
            how = self.language.label(f"origin.how.{origin.how}")
            number = words.setdefault(how, len(words))
            found.append([number, " + ".join(origin.columns), self._places_data(line)])
        label = self.language.label
        content = {
            "words": list(words),
            "sources": source_lines(self.ledger, self.language),
            "origins": found,
            "source": label("document.source"),
            "help": label("origin.help"),
            "none": label("origin.none"),
        }
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")

    def _places_data(self, line: str) -> list[list[Any]]:
        return [[_place(place, self.language), *place.sources] for place in self.ledger.places[line]]

    def listing(self) -> str:
        """The list at the end of a page: each number of the texts, each table, each figure."""
        label = self.language.label
        listed = entries(self.document, self.language)
        if not listed:
            return ""
        names = ("number", "where", "how_title", "rows_title")
        heads = "".join(f'<th scope="col">{escape(label(f"origin.{name}"))}</th>' for name in names)
        rows = []
        for number, each in enumerate(listed, 1):
            cells = "".join(f"<td>{escape(cell)}</td>" for cell in _cells(each, self.ledger, self.language))
            rows.append(f'<tr id="o-{number}">{cells}</tr>')
        items = "".join(f"<li>{escape(line)}</li>" for line in source_lines(self.ledger, self.language))
        title = escape(label("origin.title"), quote=True)
        sources = f"<p>{escape(label('origin.sources'))}</p><ol>{items}</ol>" if items else ""
        return (
            f'<section class="origins" aria-label="{title}"><details><summary>{title}</summary>'
            f"<p>{escape(label('origin.intro'))}</p>"
            f'<div class="table" tabindex="0" role="group" aria-label="{title}"><table>'
            f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
            f"{sources}</details></section>"
        )
