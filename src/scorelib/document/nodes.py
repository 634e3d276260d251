"""The parts of a document, as frozen values that turn into JSON and back; imports nothing of ours.

Inline parts stand in a line of text, blocks stand under each other. A notebook shows blocks
(`Cover`, `Section`, `Table`, `Figure`, `Panel`, `Callout`); `document.read` puts the Markdown of
sections and cells between them. Writers have one function per part.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

__all__ = [
    "SAFE_URL", "UNSHOWN", "Block", "Break", "Callout", "Cell", "Code", "CodeBlock", "Column", "Cover",
    "Document", "Emphasis", "Figure", "Heading", "Inline", "Item", "Link", "List", "Note", "NoteMark",
    "Number", "Panel", "Paragraph", "Quote", "Reference", "Row", "Section", "Span", "Strong", "Table", "Text",
    "from_json", "linked", "plain", "shown", "to_json",
]  # fmt: skip


SAFE_URL = re.compile(r"(?:https?://|mailto:|#)", re.IGNORECASE)
"""Addresses that a document may lead to."""
UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What no page can hold."""


# --- inline -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text; `origin` says where it comes from, as `document.origin` writes it."""

    text: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Strong:
    """Text of importance."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Stressed text."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Text as a machine reads it."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link to an address."""

    children: tuple[Inline, ...]
    url: str


def linked(children: tuple[Inline, ...], url: str) -> tuple[Inline, ...]:
    """A link, if its address is of the web or of mail; the text alone for any other (``javascript:``)."""
    return (Link(children, url),) if SAFE_URL.match(url) and not url.startswith("#") else children


@dataclass(frozen=True, slots=True)
class Span:
    """Text in another language; `lang` is its BCP 47 tag."""

    children: tuple[Inline, ...]
    lang: str


@dataclass(frozen=True, slots=True)
class NoteMark:
    """The place of a footnote; `label` is its name in `Document.notes`."""

    label: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to a section, figure or table; `text` is filled in by numbering."""

    target: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A number that numbering writes in the style of the report's language."""

    value: float
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Break:
    """A line break."""


Inline: TypeAlias = Text | Strong | Emphasis | Code | Link | Span | NoteMark | Reference | Number | Break


class Shown:
    """A part that a notebook shows: Jupyter sees Markdown or a chart, the renderers the part."""

    __slots__ = ()

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        from scorelib.document.show import bundle  # noqa: PLC0415 - `show` imports this module

        return bundle(self)


# --- blocks -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is a chapter. `number` is filled in by numbering."""

    level: int
    children: tuple[Inline, ...]
    id: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class List:
    """A list; each item is a run of blocks."""

    items: tuple[tuple[Block, ...], ...]
    ordered: bool = False
    start: int = 1


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation."""

    children: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Preformatted text."""

    text: str


@dataclass(frozen=True, slots=True)
class Callout(Shown):
    """A notice that stands out: `kind` says how strongly."""

    kind: Literal["note", "warning", "important"]
    title: str
    children: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; numbers are aligned on their decimal sign with ``decimal``."""

    title: str
    align: Literal["left", "right", "decimal"] = "left"


Cell: TypeAlias = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row: ``group`` rows head the rows below them, ``total`` and ``highlight`` stand out.

    Its `origin` is that of the cells that have none of their own.
    """

    cells: tuple[Cell, ...]
    kind: Literal["body", "group", "total", "highlight"] = "body"
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Table(Shown):
    """A table with one header row. A ``group`` row has one cell, which spans all columns."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    source: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Figure(Shown):
    """A chart: its Vega-Lite specification, what it shows in words, and its data as a table."""

    id: str
    caption: str
    alt: str
    spec: dict[str, Any]
    data: Table | None = None
    source: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A figure or rating of a panel, where in the document it stands in full, and its origin."""

    value: str
    label: str
    target: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Panel(Shown):
    """A few figures side by side, with the date or source they share."""

    title: str
    items: tuple[Item, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section(Shown):
    """A heading with a text below it, still in Markdown; reading turns it into other blocks.

    `path` says where the text stands, for messages; it is empty for a section without a text.
    """

    level: int
    title: str
    id: str
    markdown: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Cover(Shown):
    """What a report is about: title, organisation, year, and how final and how real it is."""

    title: str
    subtitle: str
    running: str
    lang: str
    status: str = ""
    notice: str = ""
    facts: tuple[Item, ...] = ()


Block: TypeAlias = (
    Heading | Paragraph | List | Quote | CodeBlock | Callout | Table | Figure | Panel | Section | Cover
)


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote."""

    label: str
    children: tuple[Block, ...]
    number: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report: what it is about, its blocks in order, and its footnotes in order."""

    cover: Cover
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...] = field(default=())


# --- JSON and text ----------------------------------------------------------------------------

_KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        Text, Strong, Emphasis, Code, Link, Span, NoteMark, Reference, Number, Break, Heading, Paragraph,
        List, Quote, CodeBlock, Callout, Column, Row, Table, Figure, Item, Panel, Section, Cover,
        Note, Document,
    )
}  # fmt: skip


def to_json(value: object) -> Any:
    """A part, or a tuple of parts, as plain JSON values; `from_json` is its inverse."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        body = {f.name: to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
        if body.get("origin") == "":  # as have nine in ten; a notebook holds thousands of texts
            del body["origin"]
        return {"node": type(value).__name__, **body}
    if isinstance(value, tuple):
        return [to_json(part) for part in value]
    return value


def from_json(value: Any) -> Any:
    """The part that `to_json` wrote.

    Raises
    ------
    ValueError
        If the value names no part, or a part with other fields, or a link leads to what could run.
    """
    if isinstance(value, list):
        return tuple(from_json(part) for part in value)
    if isinstance(value, dict) and "node" in value:
        fields = dict(value)
        name = fields.pop("node")
        if name not in _KINDS:
            message = f"{name!r} is no part of a document; it was made by another version of scorelib"
            raise ValueError(message)
        # A chart's specification is JSON of its own: lists in it stay lists.
        kept = {"spec": fields.pop("spec")} if "spec" in fields else {}
        try:
            made = _KINDS[name](**{key: from_json(part) for key, part in fields.items()}, **kept)
        except TypeError as error:
            message = f"{name} does not have these fields: {error}"
            raise ValueError(message) from None
        if isinstance(made, Link) and not SAFE_URL.match(made.url):
            message = f"a link leads to https://…, mailto:… or #…, not to {made.url!r}"
            raise ValueError(message)
        return made
    return shown(value) if isinstance(value, str) else value


def shown(text: str) -> str:
    """A text in which what no page can hold is a character unknown."""
    return text if text.isprintable() else UNSHOWN.sub("\N{REPLACEMENT CHARACTER}", text)


def plain(children: tuple[Inline, ...]) -> str:
    """The text of inline parts without their markup, without footnote marks."""
    parts: list[str] = []
    for child in children:
        match child:
            case Text(text) | Code(text):
                parts.append(text)
            case Strong(inner) | Emphasis(inner) | Link(inner, _) | Span(inner, _):
                parts.append(plain(inner))
            case Reference(_, text):
                parts.append(text)
            case Break():
                parts.append(" ")
            case Number(value, decimals):
                parts.append(f"{value:.{decimals}f}")
            case NoteMark():
                pass
    return "".join(parts)
