"""Parts of a numbered document into Quarto's Markdown; imports document and language below it.

Quarto reads Markdown with pandoc. Every text is escaped so that it stays text: no mark of emphasis,
shortcode, formula, reference or raw code can come out of a text. Numbers are left to Quarto, which
counts as `document.number` does; `render.quarto` says how it is told to.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scorelib.document.nodes import (
    Break,
    Callout,
    Code,
    CodeBlock,
    Emphasis,
    Figure,
    Heading,
    Link,
    List,
    NoteMark,
    Paragraph,
    Quote,
    Reference,
    Span,
    Strong,
    Table,
    Text,
    plain,
)
from scorelib.errors import RenderError
from scorelib.render.qtext import NAME, address, begun, code, code_block, escape, indent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scorelib.document.nodes import Block, Document, Inline, Item, Note, Row
    from scorelib.language import Language

__all__ = ["Writer", "identifiers"]

ALIGNED = {"left": ":{}", "right": "{}:", "decimal": "{}:"}
FULL = 80
"""Characters of a line from which pandoc gives columns widths; Quarto asks for 72."""
WIDEST = 48
"""Characters beyond which a column of text gets no more room."""


def identifiers(document: Document) -> dict[str, str]:
    """What Quarto calls what a document refers to: ids that tell its filters what they stand for."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for block in document.blocks:
        kind = {Heading: "sec", Figure: "fig", Table: "tbl"}.get(type(block))
        label = getattr(block, "id", "")
        if kind and label:
            stem = NAME.sub("-", label).strip("-")
            stem = stem if stem.startswith(f"{kind}-") else f"{kind}-{stem}"
            name, count = stem, 1
            while name in taken:
                count += 1
                name = f"{stem}-{count}"
            taken.add(name)
            names[label] = name
    return names


@dataclass
class Writer:
    """Writes the blocks of one document; footnotes are written below the block that marks them first.

    Parameters
    ----------
    language
        The language of the report.
    document
        A document that has been numbered.
    unprintable
        Names of the characters that no font can print.
    """

    language: Language
    document: Document
    unprintable: Mapping[int, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(init=False)
    _notes: Mapping[str, Note] = field(init=False)
    _numbers: Mapping[str, str] = field(init=False)
    _labels: Mapping[str, str] = field(init=False)
    _marks: Counter[str] = field(init=False)
    _marked: set[str] = field(init=False, default_factory=set)
    _waiting: list[Note] = field(init=False, default_factory=list)
    _depth: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.names = identifiers(self.document)
        self._notes = {note.label: note for note in self.document.notes}
        self._numbers = {
            block.id: block.number
            for block in self.document.blocks
            if isinstance(block, Heading | Figure | Table) and block.number
        }
        # A label is a name in all of the document, and of ASCII letters; its number makes it unique.
        self._labels = {
            note.label: f"{NAME.sub('-', note.label).strip('-')}-{note.number}"
            for note in self.document.notes
        }
        self._marks = Counter(_note_marks(self.document.blocks))

    def text(self, text: str) -> str:
        """A text as Markdown, within a line."""
        return escape(text, self.unprintable)

    # --- blocks -----------------------------------------------------------------------------------

    def blocks(self, blocks: Sequence[Block]) -> str:
        """A run of blocks, with blank lines between them."""
        parts: list[str] = []
        for index, block in enumerate(blocks):
            if index and isinstance(block, List) and isinstance(blocks[index - 1], List):
                # Two lists in a row would be read as one.
                parts.append("<!-- -->")
            parts.append(self.block(block))
        return "\n\n".join(part for part in parts if part)

    def block(self, block: Block) -> str:
        """One block, and below it the footnotes that it marks first."""
        self._depth += 1
        text = self._block(block)
        self._depth -= 1
        # Within a list or a callout they wait until it ends: a footnote's text stands at the margin.
        if self._depth == 0:
            text = "\n\n".join([text, *self._below()])
        return text

    def _block(self, block: Block) -> str:
        match block:
            case Heading():
                return self._heading(block)
            case Paragraph(children):
                return begun(self.inlines(children).strip(" "))
            case List():
                return self._list(block)
            case Quote(children):
                return indent(self.blocks(children), "> ", "> ")
            case CodeBlock(text):
                return code_block(text.translate(self.unprintable))
            case Callout():
                return self._callout(block)
            case Table():
                return self._numbered_table(block) if block.id else self.table(block)
        message = f"Quarto writer: {type(block).__name__} is not handled"
        raise AssertionError(message)

    def _heading(self, heading: Heading) -> str:
        line = self.inlines(heading.children).strip(" ")
        if self._depth > 1 or heading.id not in self.names:
            # Only headings of the document itself are numbered and in the contents.
            return f"**{line}**"
        return f"{'#' * heading.level} {line} {{#{self.names[heading.id]}}}"

    def _list(self, block: List) -> str:
        lines = []
        for number, item in enumerate(block.items, block.start):
            mark = f"{number}." if block.ordered else "-"
            first = mark.ljust(max(4, len(mark) + 1))
            lines.append(indent(self.blocks(item) or "&#8203;", first, " " * len(first)))
        return "\n".join(lines)

    def _callout(self, block: Callout) -> str:
        title = block.title or self.language.label(f"document.{block.kind}_title")
        # A heading that begins a callout is its title, and only there are titles read as Markdown.
        body = self.blocks(block.children)
        return f"::: {{.callout-{block.kind} icon=false}}\n## {self.text(title)}\n\n{body}\n:::"

    def definition(self, item: Item) -> str:
        """What a figure of a panel is, and the figure."""
        label = self.text(item.label)
        label = f"[{label}](#{self.names[item.target]})" if item.target else begun(label)
        return f"{label}\n\n:   {begun(self.text(item.value))}"

    # --- tables -----------------------------------------------------------------------------------

    def _numbered_table(self, table: Table) -> str:
        caption = self.caption(table.caption, table.source)
        return f"::: {{#{self.names[table.id]}}}\n\n{self.table(table)}\n\n{begun(caption)}\n\n:::"

    def caption(self, caption: str, source: str) -> str:
        """What stands at a table or figure, with its source on a line of its own."""
        parts = [self.text(caption)] if caption else []
        if source:
            origin = f"{self.language.label('document.source')}: {source}"
            parts.append(f"[{self.text(origin)}]{{.source}}")
        return "\\\n".join(parts)

    def table(self, table: Table) -> str:
        """A table without number and caption, as wide as the text.

        The dashes below its header are the widths of the columns, once they are more than pandoc takes
        for a line of text.
        """
        widths = [self._width(table, index) for index in range(len(table.columns))]
        scale = -(-FULL // sum(widths)) if widths else 1
        widths = [width * scale for width in widths]
        head = " | ".join(self.text(column.title) for column in table.columns)
        rule = "|".join(
            ALIGNED[column.align].format("-" * width)
            for column, width in zip(table.columns, widths, strict=True)
        )
        rows = [f"| {self._row(row, len(table.columns))} |" for row in table.rows]
        return "\n".join([f"| {head} |", f"|{rule}|", *rows])

    def _width(self, table: Table, index: int) -> int:
        """Room for the longest word of a column's header, and for its texts up to some length."""
        lengths = [len(plain(row.cells[index])) for row in table.rows if row.kind != "group"]
        words = [len(word) + 3 for word in table.columns[index].title.split()]
        return max(min(max(lengths, default=0), WIDEST), *words, 4)

    def _row(self, row: Row, columns: int) -> str:
        cells = [self.inlines(cell).strip(" ") for cell in row.cells]
        if row.kind == "group":
            return " | ".join([f"[**{cells[0]}**]{{.group}}" if cells[0] else "", *[""] * (columns - 1)])
        if row.kind in {"total", "highlight"}:
            cells = [f"[**{cell}**]{{.{row.kind}}}" if cell else "" for cell in cells]
        return " | ".join(cells)

    # --- lines of text ----------------------------------------------------------------------------

    def inlines(self, children: Sequence[Inline]) -> str:
        """Inline parts on one line, or on several where a line breaks."""
        parts: list[str] = []
        for child in _merged(children):
            part = self.inline(child)
            if parts and parts[-1].endswith("*") and part.startswith("*"):
                # Two runs of stars would be read as one.
                parts.append("<!-- -->")
            elif parts and parts[-1].endswith("]") and part.startswith(("(", ":")):
                # What follows a bracket would make a link or a footnote of it.
                part = f"&#{ord(part[0])};{part[1:]}"
            parts.append(part)
        return "".join(parts)

    def inline(self, child: Inline) -> str:
        """One inline part."""
        match child:
            case Text(text):
                return self.text(text)
            case Strong(inner):
                return self._marked_up("**", inner, Strong)
            case Emphasis(inner):
                return self._marked_up("*", inner, Emphasis)
            case Code(text):
                return code(text.translate(self.unprintable))
            case Link(inner, url):
                return f"[{self.inlines(inner)}]({address(url)})"
            case Span(inner, lang):
                return f"[{self.inlines(inner)}]{{lang={NAME.sub('', lang)}}}"
            case Reference():
                return self._reference(child)
            case Break():
                # A backslash at the end of a line has no place in the cell of a table.
                return "`<br>`{=html}`#linebreak()`{=typst}"
            case NoteMark():
                return self._mark(child)
        message = f"Quarto writer: {type(child).__name__} is not handled"
        raise AssertionError(message)

    def _marked_up(self, mark: str, children: tuple[Inline, ...], kind: type) -> str:
        inner = self.inlines(_without(children, kind))
        text = inner.strip(" ")
        if not text:
            return inner
        before, after = inner[: len(inner) - len(inner.lstrip(" "))], inner[len(inner.rstrip(" ")) :]
        # Stars within stars need something between them as well.
        head = "<!-- -->" if text.startswith("*") else ""
        tail = "<!-- -->" if text.endswith("*") else ""
        return f"{before}{mark}{head}{text}{tail}{mark}{after}"

    def _reference(self, reference: Reference) -> str:
        name = self.names[reference.target]
        number = self._numbers.get(reference.target, "")
        if number and reference.text.endswith(number):
            words = reference.text.removesuffix(number).rstrip("\N{NO-BREAK SPACE} ")
            return f"[{self.text(words)} @{name}]" if words else f"[-@{name}]"
        return f"[{self.text(reference.text)}](#{name})"

    def _mark(self, mark: NoteMark) -> str:
        """The mark of a footnote; where it is marked again, its number, which leads to the same text."""
        label = f"note-{mark.number}"
        if mark.label in self._marked:
            link = f'<sup><a href="#fn{mark.number}" role="doc-noteref">{mark.number}</a></sup>'
            return f"`{link}`{{=html}}`#footnote(<{label}>)`{{=typst}}"
        self._marked.add(mark.label)
        self._waiting.append(self._notes[mark.label])
        named = f"`<{label}>`{{=typst}}" if self._marks[mark.label] > 1 else ""
        return f"[^{self._labels[mark.label]}]{named}"

    def _below(self) -> list[str]:
        """The texts of the footnotes that were marked."""
        waiting, self._waiting = self._waiting, []
        return [self._note(note) for note in waiting]

    def _note(self, note: Note) -> str:
        inner = next(iter(_note_marks(note.children)), None)
        if inner is not None:
            message = (
                f"footnote [^{note.label}] marks another, [^{inner}], which Quarto cannot show; "
                "write it into the text, or build with --renderer embedded"
            )
            raise RenderError(message)
        return indent(self.blocks(note.children), f"[^{self._labels[note.label]}]: ", "    ")


def _note_marks(value: object) -> Iterator[str]:
    """Labels of all footnotes that are marked within parts."""
    if isinstance(value, NoteMark):
        yield value.label
    elif isinstance(value, tuple):
        for part in value:
            yield from _note_marks(part)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _note_marks(getattr(value, name))


def _without(children: tuple[Inline, ...], kind: type) -> tuple[Inline, ...]:
    """The same parts, those of one kind replaced by what is in them: bold in bold is bold."""
    out: list[Inline] = []
    for child in children:
        if isinstance(child, Strong | Emphasis):
            inner = _without(child.children, kind)
            out += inner if isinstance(child, kind) else (replace(child, children=inner),)
        else:
            out.append(child)
    return tuple(out)


def _merged(children: Sequence[Inline]) -> list[Inline]:
    """Neighbours that are both bold, or both stressed, as one."""
    out: list[Inline] = []
    for child in children:
        before = out[-1] if out else None
        if isinstance(child, Strong | Emphasis) and isinstance(before, type(child)):
            out[-1] = replace(before, children=(*before.children, *child.children))
        else:
            out.append(child)
    return out
