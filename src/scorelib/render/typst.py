"""A numbered document into an accessible PDF, through Typst; imports document and language below it.

What is written here is Typst code that calls the functions of ``theme/scorecard.typ``. Every text
goes in as a string literal, never as markup, so no text can be read as code. Typst itself checks
the result against PDF/A-2a and PDF/UA-1; language, table headers and alt texts, on which it does
not insist, are written always.
"""

from __future__ import annotations

import contextlib
import datetime
import shutil
import unicodedata
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Literal

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
    Panel,
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
from scorelib.render.origins import annex
from scorelib.scratch import new_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import typst

    from scorelib.document.ledger import Ledger
    from scorelib.document.nodes import Block, Cell, Document, Inline, Note, Row
    from scorelib.language import Language

_seen: dict[str, bool] = {}
"""Which odd characters were tried, and whether they can be shown; a process tries each once."""

__all__ = ["STANDARDS", "annex_tables", "literal", "page_label", "panel", "pdf", "source", "unprintable"]

SHORT_CELL = 12
"""Characters up to which a column is as wide as its longest cell."""

LATIN_END = 0x17F
COMMON = frozenset("‐–—‘’“”„†•…‰‹›€™→−≈≠≤≥\u2011")
"""Characters that the text font is known to have; any other beyond Latin is tried first."""

KEPT_ROWS = 20
"""Rows up to which a table is kept on one page."""

STANDARDS: tuple[Literal["a-2a", "ua-1"], ...] = ("a-2a", "ua-1")


def pdf(
    document: Document,
    language: Language,
    charts: Mapping[str, str],
    fonts: Path,
    *,
    date: datetime.date,
    made: str = "",
    ledger: Ledger | None = None,
) -> bytes:
    """The PDF.

    Parameters
    ----------
    document
        A document that has been numbered.
    language
        The language of the report.
    charts
        SVG of each figure by its id.
    fonts
        Folder with the font files. Beside them only the fonts within Typst are used, for letters
        of other scripts; none of the system's.
    date
        Date of the document, from its data: a clock would make every PDF another file.
    made
        One line that says how the report was made.
    ledger
        What the origins of its numbers lead to; None for no annex of them.

    Raises
    ------
    RenderError
        If Typst refuses the document; the message is Typst's own.
    """
    import typst  # noqa: PLC0415 - only where a PDF is made

    moment = datetime.datetime.combine(date, datetime.time(), tzinfo=datetime.UTC)
    with contextlib.ExitStack() as stack:
        folder = Path(new_folder())
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        theme = resources.files("scorelib.render") / "theme" / "scorecard.typ"
        (folder / "scorecard.typ").write_text(theme.read_text("utf-8"), "utf-8")
        main = folder / "main.typ"
        written = source(document, language, date=date, made=made, ledger=ledger)
        available = typst.Fonts(include_system_fonts=False, font_paths=[fonts])
        for figure, svg in charts.items():
            (folder / f"{figure}.svg").write_text(svg.translate(_named(svg, available)), "utf-8")
        main.write_text(written.translate(_named(written, available)), "utf-8")
        try:
            result = typst.compile(
                main,
                root=folder,
                font_paths=available,
                pdf_standards=list(STANDARDS),
                timestamp=int(moment.timestamp()),
            )
        except typst.TypstError as error:
            hints = "".join(f" ({hint})" for hint in error.hints)
            message = f"the PDF cannot be made: {error.message}{hints}"
            raise RenderError(message) from None
    _forget(available)
    return bytes(result)


def _forget(fonts: typst.Fonts) -> None:
    """Have Typst let go of what it keeps of this document, 20 MB, for documents to come.

    It keeps what was used within the last ten compilations. Four of an empty page, a millisecond
    each, leave it the theme and the fonts.
    """
    import typst  # noqa: PLC0415 - only where a PDF is made

    for _ in range(4):
        typst.compile(b"", font_paths=fonts)


def source(
    document: Document,
    language: Language,
    *,
    date: datetime.date,
    made: str = "",
    ledger: Ledger | None = None,
) -> str:
    """The Typst program of a document, as text."""
    writer = _Writer(language, {note.label: note for note in document.notes})
    cover = document.cover
    facts = "".join(f"({literal(item.label)}, {literal(item.value)}), " for item in cover.facts)
    entries = "".join(
        f"({b.level}, {literal(b.number)}, [{writer.inlines(_unmarked(b.children))}], {literal(b.id)}), "
        for b in document.blocks
        if isinstance(b, Heading) and b.number
    )
    heads = (index for index, block in enumerate(document.blocks) if isinstance(block, Heading))
    first = next(heads, 0)
    lines = [
        '#import "scorecard.typ": *',
        "#show: scorecard.with(",
        f"  title: {literal(cover.title)}, subtitle: {literal(cover.subtitle)},",
        f"  running: {literal(cover.running)},",
        f"  status: {literal(cover.status)}, notice: {literal(cover.notice)},",
        f"  lang: {literal(language.code)}, region: {literal(language.region)}, facts: ({facts}),",
        f"  date: datetime(year: {date.year}, month: {date.month}, day: {date.day}),",
        f"  page-label: {page_label(language)},",
        ")",
        # What stands before the first heading, such as the summary panel, belongs to the cover.
        *(writer.block(block) for block in document.blocks[:first]),
        f"#contents({literal(language.label('document.contents'))}, ({entries}))",
        *(writer.block(block) for block in document.blocks[first:]),
        *writer.annex(document.blocks),
        *(writer.origins(annex(document, ledger, language)) if ledger and ledger.places else ()),
        f"#colophon({literal(made)})" if made else "",
    ]
    return "\n".join(lines) + "\n"


def page_label(language: Language) -> str:
    """The function in Typst that gives the text of a page's number."""
    page = literal(language.label("document.page", page="\x01", pages="\x02"))
    label = page.replace("\\u{1}", '" + str(page) + "').replace("\\u{2}", '" + str(pages) + "')
    return f"(page, pages) => {label}"


def annex_tables(blocks: Sequence[Block]) -> list[tuple[str, Table]]:
    """Numbers and data of the figures, for readers on paper; not what a table already shows in full."""
    shown = [{row.cells for row in block.rows} for block in blocks if isinstance(block, Table)]
    found = []
    for block in blocks:
        if isinstance(block, Figure) and block.data is not None:
            rows = {row.cells for row in block.data.rows}
            if rows and not any(rows <= table for table in shown):
                found.append((block.number, block.data))
    return found


def panel(block: Panel, names: Mapping[str, str] | None = None) -> str:
    """The call that shows a panel; `names` are other ids of what its figures lead to."""
    known = names or {}
    items = "".join(
        f"({literal(i.value)}, {literal(i.label)}, {literal(known.get(i.target, i.target))}), "
        for i in block.items
    )
    return f"#panel({literal(block.title)}, ({items}), {literal(block.note)})"


def unprintable(text: str) -> dict[int, str]:
    """The characters of a text that no font of ours can print, with what to print for them."""
    import typst  # noqa: PLC0415 - only where a PDF is made

    from scorelib.render.assets import font_folder  # noqa: PLC0415

    return _named(text, typst.Fonts(include_system_fonts=False, font_paths=[font_folder()]))


def _named(text: str, fonts: typst.Fonts) -> dict[int, str]:
    """What to print for characters that no font can show, such as an emoji: their names.

    PDF/UA refuses a character without a glyph; leaving it out would lose what somebody wrote.
    """
    odd = {char for char in text if ord(char) > LATIN_END and char not in COMMON and not _shown(char, fonts)}
    return {ord(char): f"[{unicodedata.name(char, f'U+{ord(char):04X}').lower()}]" for char in odd}


def _shown(char: str, fonts: typst.Fonts) -> bool:
    """Whether some font has a glyph for a character, as only Typst itself can tell."""
    import typst  # noqa: PLC0415 - only where a PDF is made

    if char not in _seen:
        page = f'#set document(title: "x")\n#set text(font: "Open Sans")\n#{literal(char)}'
        try:
            typst.compile(page.encode(), font_paths=fonts, pdf_standards=list(STANDARDS))
            _seen[char] = True
        except typst.TypstError:
            _seen[char] = False
    return _seen[char]


def literal(text: str) -> str:
    """A Typst string literal; characters that no font shows are made visible as U+FFFD."""
    out = []
    for char in text:
        if char in '\\"':
            out.append("\\" + char)
        elif char in {"\x01", "\x02"} or char == "\n":
            out.append(f"\\u{{{ord(char):x}}}")
        elif ord(char) < 32 or 0xD800 <= ord(char) <= 0xDFFF:
            out.append("\N{REPLACEMENT CHARACTER}")
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


def _unmarked(children: tuple[Inline, ...]) -> tuple[Inline, ...]:
    return tuple(child for child in children if not isinstance(child, NoteMark))


@dataclass
class _Writer:
    language: Language
    notes: Mapping[str, Note]
    marked: set[str] = field(default_factory=set)

    def blocks(self, blocks: Sequence[Block]) -> str:
        return "\n".join(self.block(block) for block in blocks)

    def block(self, block: Block) -> str:
        match block:
            case Heading():
                body = f"[{self.inlines(block.children)}]"
                return f"#chapter({block.level}, {literal(block.number)}, {literal(block.id)}, {body})"
            case Paragraph(children):
                return self._paragraph(children)
            case List():
                return self._list(block)
            case Quote(children):
                return f"#quote(block: true)[{self.blocks(children)}]"
            case CodeBlock(text):
                return f"#raw(block: true, {literal(text)})"
            case Callout():
                title = block.title or self.language.label(f"document.{block.kind}_title")
                return f"#notice({literal(block.kind)}, {literal(title)})[{self.blocks(block.children)}]"
            case Table():
                return self._table(block)
            case Figure():
                return self._figure(block)
            case Panel():
                return panel(block)
        message = f"Typst writer: {type(block).__name__} is not handled"
        raise AssertionError(message)

    def _paragraph(self, children: tuple[Inline, ...]) -> str:
        function = "noted" if any(isinstance(child, NoteMark) for child in children) else "par"
        return f"#{function}[{self.inlines(children)}]"

    def _list(self, block: List) -> str:
        items = "".join(f"[{self._item(item)}], " for item in block.items)
        if block.ordered:
            return f"#enum(start: {block.start}, {items})"
        return f"#list({items})"

    def _item(self, item: Sequence[Block]) -> str:
        if item and isinstance(item[0], Paragraph):
            rest = self.blocks(item[1:])
            return self.inlines(item[0].children) + (f"#parbreak()\n{rest}" if rest else "")
        return self.blocks(item)

    def _table(self, table: Table, *, size: str = "9pt") -> str:
        aligns = {"left": "left", "right": "right", "decimal": "right"}
        columns = "".join(
            f"({aligns[c.align]}, {self._width(table, i)}), " for i, c in enumerate(table.columns)
        )
        head = "".join(f"{literal(column.title)}, " for column in table.columns)
        rows = "".join(f"{self._row(row, len(table.columns))}, " for row in table.rows)
        numbered = self.language.label("document.table", number=table.number) if table.number else ""
        origin = f"{self.language.label('document.source')}: {table.source}" if table.source else ""
        whole = "false" if len(table.rows) <= KEPT_ROWS else "true"
        return (
            f"#data-table({literal(table.id)}, {literal(numbered)}, {literal(table.caption)}, "
            f"{literal(origin)}, ({columns}), ({head}), ({rows}), size: {size}, breakable: {whole})"
        )

    def _width(self, table: Table, column: int) -> str:
        """Columns of words share, by their length, the width that columns of figures leave."""
        lengths = [len(plain(row.cells[column])) for row in table.rows if row.kind != "group"]
        longest = max(lengths, default=0)
        if longest <= SHORT_CELL:
            return "auto"
        return f"{max(SHORT_CELL, min(longest, 4 * SHORT_CELL))}fr"

    def _row(self, row: Row, columns: int) -> str:
        if row.kind == "group":
            return f"group-row({columns}, [{self.inlines(row.cells[0])}])"
        cells = "".join(f"[{self._cell(cell)}], " for cell in row.cells)
        return f"body-row({literal(row.kind)}, ({cells}))"

    def _cell(self, cell: Cell) -> str:
        return self.inlines(cell)

    def _figure(self, figure: Figure) -> str:
        numbered = self.language.label("document.figure", number=figure.number)
        origin = f"{self.language.label('document.source')}: {figure.source}" if figure.source else ""
        return (
            f"#chart({literal(figure.id)}, {literal(figure.id + '.svg')}, {literal(figure.alt)}, "
            f"{literal(numbered)}, {literal(figure.caption)}, {literal(origin)})"
        )

    def annex(self, blocks: Sequence[Block]) -> list[str]:
        """The data of each figure, below a heading of their own."""
        lines = []
        for number, table in annex_tables(blocks):
            caption = self.language.label("document.annex_table", number=number)
            data = replace(table, id="", caption=caption, number="", source="")
            lines.append(self._table(data, size="8pt"))
        if lines:
            title = literal(self.language.label("document.annex"))
            lines.insert(0, f'#chapter(1, "", "annex", {title})')
        return lines

    def origins(self, tables: Sequence[Table]) -> list[str]:
        """The annex that says where every number comes from."""
        label = self.language.label
        return [
            f'#chapter(1, "", "annex-origins", {literal(label("origin.annex"))})',
            f"#par[#{literal(label('origin.intro'))}]",
            *(self._table(table, size="7.5pt") for table in tables),
        ]

    # --- lines of text --------------------------------------------------------------------------

    def inlines(self, children: Sequence[Inline]) -> str:
        return "".join(self.inline(child) for child in children)

    def inline(self, child: Inline) -> str:
        match child:
            case Text(text):
                return f"#{literal(text)}"
            case Strong(inner):
                return f"#strong[{self.inlines(inner)}]"
            case Emphasis(inner):
                return f"#emph[{self.inlines(inner)}]"
            case Code(text):
                return f"#raw({literal(text)})"
            case Link(inner, url):
                return f"#link({literal(url)})[{self.inlines(inner)}]"
            case Span(inner, lang):
                return f"#text(lang: {literal(lang.partition('-')[0])})[{self.inlines(inner)}]"
            case Reference(target, text):
                return f"#link(label({literal(target)}))[#{literal(text)}]"
            case Break():
                return "#linebreak()"
            case NoteMark():
                return self._note(child)
        message = f"Typst writer: {type(child).__name__} is not handled"
        raise AssertionError(message)

    def _note(self, mark: NoteMark) -> str:
        label = f"note-{mark.number}"
        if mark.label in self.marked:
            return f"#footnote(label({literal(label)}))"
        self.marked.add(mark.label)
        children = self.notes[mark.label].children
        # The first paragraph begins on the line of its number; as a paragraph it would start lower.
        body = self._item(children)
        return f"#[#footnote[{body}]#label({literal(label)})]"
