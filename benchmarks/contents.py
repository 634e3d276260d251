"""What a page says, so that two ways to make a report can be held to the same contents; times nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

__all__ = ["Contents", "contents", "missing"]

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
CELLS = frozenset({"td", "th"})
BESIDE = frozenset({"anchor", "anchor-link", "number"})
"""Classes of what stands in a heading and is none of its words."""


@dataclass
class Contents:
    """Headings, rows of tables and number of drawings of a page, in their order."""

    headings: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    drawings: int = 0


class _Reader(HTMLParser):
    """Reads those; what is folded away in ``details``, as our data tables are, is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found = Contents()
        self._text: list[str] | None = None
        self._row: list[str] = []
        self._folded = 0
        self._skipped = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "details":
            self._folded += 1
        elif tag == "svg" or (tag == "img" and str(given.get("src")).startswith("data:image/svg+xml")):
            self.found.drawings += 1
        elif tag in HEADINGS or (tag in CELLS and not self._folded):
            self._text = []
        elif tag == "tr":
            self._row = []
        if given.get("class") in BESIDE:
            self._skipped = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._skipped:
            self._skipped = ""
        elif tag == "details":
            self._folded -= 1
        elif tag in HEADINGS and self._text is not None:
            self.found.headings.append(_words(self._text))
            self._text = None
        elif tag in CELLS and self._text is not None:
            self._row.append(_words(self._text))
            self._text = None
        elif tag == "tr" and any(self._row):
            self.found.rows.append(" ".join(cell for cell in self._row if cell))

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._skipped:
            self._text.append(data)


def _words(parts: list[str]) -> str:
    return " ".join("".join(parts).replace("\N{NO-BREAK SPACE}", " ").split())


def contents(page: str) -> Contents:
    """What an HTML page says."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.found


def missing(ours: str, other: str) -> list[str]:
    """What our page says and another does not: headings, rows of tables, drawings."""
    here, there = contents(ours), contents(other)
    # Where nbconvert does not know an attribute of Quarto's Markdown, it stays behind the heading.
    lacking = [
        f"heading {heading!r}"
        for heading in here.headings
        if not any(each.startswith(heading) for each in there.headings)
    ]
    rows = set(there.rows)
    lacking += [f"row {row!r}" for row in here.rows if row not in rows]
    if there.drawings < here.drawings:
        lacking.append(f"{here.drawings - there.drawings} of {here.drawings} drawings")
    return lacking
