"""A numbered document into one self-contained HTML page; imports document and language below it.

The page works from disk without a network: fonts, styles, charts and scripts are in it, and its
Content-Security-Policy lets nothing else in. Every text is escaped here; nothing in a document is
trusted to be HTML.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from importlib import resources
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from scorelib.document.ledger import cell_origin
from scorelib.document.nodes import (
    UNSHOWN,
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
)
from scorelib.render.origins import PageOrigins
from scorelib.render.policy import inline_script, policy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scorelib.document.ledger import Ledger
    from scorelib.document.nodes import Block, Document, Inline, Item, Row
    from scorelib.language import Language

__all__ = ["Page", "Parts", "inline_script", "parts", "stylesheet", "write"]


@dataclass(frozen=True)
class Page:
    """What a page needs beside its document.

    Parameters
    ----------
    charts
        Static SVG of each figure by its id.
    fonts
        CSS with the fonts, as data URLs.
    bundle
        The script that draws interactive charts; empty for a page without.
    made
        One line that says how the report was made.
    files
        Links at the foot: label and relative address.
    alternate
        Label, language code and address of the same report in another language.
    ledger
        What the origins of its numbers lead to; None for a page that does not show them.
    """

    charts: Mapping[str, str]
    fonts: str = ""
    bundle: str = ""
    made: str = ""
    files: Sequence[tuple[str, str]] = ()
    alternate: tuple[str, str, str] | None = None
    ledger: Ledger | None = None


def write(document: Document, language: Language, page: Page) -> str:
    """The page, as text.

    Parameters
    ----------
    document
        A document that has been numbered.
    language
        The language of the report.
    page
        Charts, fonts, scripts and links.
    """
    writer = _Writer(document, language, page)
    theme = resources.files("scorelib.render") / "theme"
    style = stylesheet(page.fonts)
    scripts = [(theme / "page.js").read_text("utf-8")]
    if page.bundle and document_has_figures(document):
        scripts.insert(0, page.bundle)
    scripts = [inline_script(script) for script in scripts]
    template = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(
        (theme / "page.html.jinja").read_text("utf-8")
    )
    return template.render(
        cover=document.cover,
        language=language,
        label=language.label,
        body=Markup(writer.blocks(document.blocks)),  # noqa: S704 - the writer escapes every text
        notes=Markup(writer.notes()),  # noqa: S704
        facts=[(item, Markup(writer.origin(item.value, item.origin))) for item in document.cover.facts],  # noqa: S704
        origins=Markup(writer.origins.listing() if writer.origins else ""),  # noqa: S704
        origin_data=Markup(writer.origins.data() if writer.origins else ""),  # noqa: S704
        contents=[b for b in document.blocks if isinstance(b, Heading) and b.number],
        inline=lambda children: Markup(writer.unlinked(_without_notes(children))),  # noqa: S704
        made=page.made,
        files=page.files,
        alternate=page.alternate,
        style=Markup(style),  # noqa: S704 - our own style sheet
        scripts=[Markup(script) for script in scripts],  # noqa: S704 - our own scripts
        policy=policy(style, scripts),
    )


def stylesheet(fonts: str) -> str:
    """The style sheet of every page, with `fonts` before it."""
    return fonts + (resources.files("scorelib.render") / "theme" / "page.css").read_text("utf-8")


@dataclass(frozen=True)
class Parts:
    """A document as HTML without the page around it: its blocks, footnotes and numbered headings.

    Each heading has its level, id, number and title.
    """

    body: Markup
    notes: Markup
    contents: tuple[tuple[int, str, str, Markup], ...]


def parts(document: Document, language: Language, charts: Mapping[str, str]) -> Parts:
    """The parts of a numbered document for a page with a frame of its own.

    Parameters
    ----------
    document, language
        As for `write`.
    charts
        Static SVG of each figure by its id.
    """
    writer = _Writer(document, language, Page(charts))
    return Parts(
        body=Markup(writer.blocks(document.blocks)),  # noqa: S704 - the writer escapes every text
        notes=Markup(writer.notes()),  # noqa: S704
        contents=tuple(
            (
                block.level,
                block.id,
                block.number,
                Markup(writer.inlines(_without_notes(block.children))),  # noqa: S704
            )
            for block in document.blocks
            if isinstance(block, Heading) and block.number
        ),
    )


def document_has_figures(document: Document) -> bool:
    """Whether a page of this document draws anything."""
    return any(isinstance(block, Figure) for block in document.blocks)


def _without_notes(children: tuple[Inline, ...]) -> tuple[Inline, ...]:
    return tuple(child for child in children if not isinstance(child, NoteMark))


def _attribute(text: str) -> str:
    return escape(text, quote=True)


@dataclass
class _Writer:
    document: Document
    language: Language
    page: Page
    marks: dict[str, int] = field(default_factory=dict)
    links: bool = True
    """Whether a number may be a link to its origin: not within another link, nor in a table's cell."""

    @cached_property
    def origins(self) -> PageOrigins | None:
        ledger = self.page.ledger
        return PageOrigins(self.document, ledger, self.language) if ledger and ledger.places else None

    def origin(self, text: str, origin: str) -> str:
        """A text that shows its origin on demand, if it has one."""
        if self.origins is None or not origin or not self.links:
            return escape(text, quote=False)
        return self.origins.link(text, origin)

    def unlinked(self, children: Sequence[Inline]) -> str:
        """Inline parts whose numbers are no links."""
        before, self.links = self.links, False
        try:
            return self.inlines(children)
        finally:
            self.links = before

    def blocks(self, blocks: Sequence[Block]) -> str:
        return "\n".join(self.block(block) for block in blocks)

    def block(self, block: Block) -> str:
        match block:
            case Heading():
                return self._heading(block)
            case Paragraph(children):
                return f"<p>{self.inlines(children)}</p>"
            case List():
                return self._list(block)
            case Quote(children):
                return f"<blockquote>{self.blocks(children)}</blockquote>"
            case CodeBlock(text):
                return f'<pre tabindex="0"><code>{escape(text)}</code></pre>'
            case Callout():
                return self._callout(block)
            case Table():
                return self._table(block)
            case Figure():
                return self._figure(block)
            case Panel():
                return self._panel(block)
        message = f"HTML writer: {type(block).__name__} is not handled"
        raise AssertionError(message)

    def _heading(self, heading: Heading) -> str:
        tag = f"h{min(heading.level + 1, 6)}"
        number = f'<span class="number">{heading.number}</span> ' if heading.number else ""
        label = _attribute(self.language.label("document.permalink"))
        identity = _attribute(heading.id)
        anchor = f'<a class="anchor" href="#{identity}" aria-label="{label}">#</a>'
        return f'<{tag} id="{identity}">{number}{self.inlines(heading.children)} {anchor}</{tag}>'

    def _list(self, block: List) -> str:
        tag = "ol" if block.ordered else "ul"
        start = f' start="{block.start}"' if block.ordered and block.start != 1 else ""
        items = "".join(f"<li>{self._item(item)}</li>" for item in block.items)
        return f"<{tag}{start}>{items}</{tag}>"

    def _item(self, item: Sequence[Block]) -> str:
        # A list of single lines is set tight, as it was written.
        if item and isinstance(item[0], Paragraph):
            return self.inlines(item[0].children) + self.blocks(item[1:])
        return self.blocks(item)

    def _callout(self, block: Callout) -> str:
        title = block.title or self.language.label(f"document.{block.kind}_title")
        return (
            f'<aside class="callout {block.kind}" role="note">'
            f'<p class="callout-title">{escape(title)}</p>{self.blocks(block.children)}</aside>'
        )

    def _panel(self, panel: Panel) -> str:
        items = "".join(self._panel_item(item) for item in panel.items)
        note = f'<p class="panel-note">{escape(panel.note)}</p>' if panel.note else ""
        title = f'<p class="panel-title">{escape(panel.title)}</p>' if panel.title else ""
        return f'<div class="panel">{title}<dl>{items}</dl>{note}</div>'

    def _panel_item(self, item: Item) -> str:
        label = escape(item.label)
        if item.target:
            label = f'<a href="#{_attribute(item.target)}">{label}</a>'
        return f"<div><dt>{label}</dt><dd>{self.origin(item.value, item.origin)}</dd></div>"

    # --- tables and figures ---------------------------------------------------------------------

    def _table(self, table: Table, *, scroll: bool = True) -> str:
        link = self._from(table)
        caption = self._caption("table", table.number, table.caption, table.source)
        identity = f' id="{_attribute(table.id)}"' if table.id else ""
        heads = "".join(
            f'<th scope="col" class="{column.align}">{escape(column.title)}</th>' for column in table.columns
        )
        body = self._rows(table)
        name = table.caption or self.language.label("document.table", number=table.number).strip()
        wrap = f' tabindex="0" role="group" aria-label="{_attribute(name)}"' if scroll else ""
        inner = f'<caption><span class="caption">{caption}</span></caption>' if caption else ""
        return (
            f'<div class="table"{wrap}>{link}<table{identity}>{inner}'
            f"<thead><tr>{heads}</tr></thead>{body}</table></div>"
        )

    def _rows(self, table: Table) -> str:
        parts = ["<tbody>"]
        for index, row in enumerate(table.rows):
            if row.kind == "group":
                if index:
                    parts.append("</tbody><tbody>")
                cell = self.inlines(row.cells[0])
                parts.append(
                    f'<tr class="group"><th scope="rowgroup" colspan="{len(table.columns)}">{cell}</th></tr>'
                )
            else:
                parts.append(self._row(row, table))
        parts.append("</tbody>")
        return "".join(parts)

    def _row(self, row: Row, table: Table) -> str:
        # Cells of a table with a caption show their origins from there; others have links in them.
        known = self.origins if table.caption else None
        mark = known.of_cells([cell_origin(row, cell) for cell in row.cells]) if known else ""
        cells = "".join(
            f'<td class="{column.align}">{self.unlinked(cell) if known else self.inlines(cell)}</td>'
            for cell, column in zip(row.cells, table.columns, strict=True)
        )
        kind = "" if row.kind == "body" else f' class="{row.kind}"'
        return f"<tr{kind}{mark}>{cells}</tr>"

    def _from(self, block: Table | Figure) -> str:
        return self.origins.block_link(block) if self.origins else ""

    def _caption(self, kind: str, number: str, caption: str, source: str, link: str = "") -> str:
        if not caption and not source:
            return ""
        label = ""
        if number:
            numbered = escape(self.language.label(f"document.{kind}", number=number))
            label = f'<span class="label">{numbered}</span> '
        line = ""
        if source:
            origin = escape(self.language.label("document.source"))
            line = f'<span class="source">{origin}: {escape(source)}</span>'
        if link:
            line += f" {link}"
        return f"{label}{escape(caption)} {line}".strip()

    def _figure(self, figure: Figure) -> str:
        link = self._from(figure)
        caption = self._caption("figure", figure.number, figure.caption, figure.source, link)
        spec = json.dumps(figure.spec, ensure_ascii=False, sort_keys=True)
        # Not only `</` ends a script: after `<!--<script` no end of it counts.
        spec = UNSHOWN.sub("\N{REPLACEMENT CHARACTER}", spec).replace("<", "\\u003c")
        data = ""
        if figure.data is not None:
            summary = escape(self.language.label("document.data"))
            copy = escape(self.language.label("document.copy"))
            copied = _attribute(self.language.label("document.copied"))
            data = (
                f"<details><summary>{summary}</summary>{self._table(figure.data)}"
                f'<button type="button" class="copy" data-copied="{copied}">{copy}</button></details>'
            )
        name = _attribute(self.language.label("document.figure", number=figure.number))
        return (
            f'<figure id="{_attribute(figure.id)}">'
            f'<div class="scroll" tabindex="0" role="group" aria-label="{name}">'
            f'<div class="plot" role="img" aria-label="{_attribute(figure.alt)}">'
            f"{self.page.charts[figure.id]}</div></div>"
            f'<script type="application/json">{spec}</script>'
            f"<figcaption>{caption}</figcaption>{data}</figure>"
        )

    # --- lines of text --------------------------------------------------------------------------

    def inlines(self, children: Sequence[Inline]) -> str:
        return "".join(self.inline(child) for child in children)

    def inline(self, child: Inline) -> str:
        match child:
            case Text(text, origin):
                return self.origin(text, origin)
            case Strong(inner):
                return f"<strong>{self.inlines(inner)}</strong>"
            case Emphasis(inner):
                return f"<em>{self.inlines(inner)}</em>"
            case Code(text):
                return f"<code>{escape(text, quote=False)}</code>"
            case Link(inner, url):
                return f'<a href="{_attribute(url)}" rel="noreferrer">{self.unlinked(inner)}</a>'
            case Span(inner, lang):
                return f'<span lang="{_attribute(lang)}">{self.inlines(inner)}</span>'
            case Reference(target, text):
                return f'<a href="#{_attribute(target)}">{escape(text, quote=False)}</a>'
            case Break():
                return "<br>"
            case NoteMark():
                return self._mark(child)
        message = f"HTML writer: {type(child).__name__} is not handled"
        raise AssertionError(message)

    def _mark(self, mark: NoteMark) -> str:
        self.marks[mark.label] = self.marks.get(mark.label, 0) + 1
        count = self.marks[mark.label]
        place = f"noteref-{mark.number}" + (f"-{count}" if count > 1 else "")
        label = _attribute(self.language.label("document.note", number=mark.number))
        return (
            f'<sup><a id="{place}" href="#note-{mark.number}" role="doc-noteref" '
            f'aria-label="{label}">{mark.number}</a></sup>'
        )

    def notes(self) -> str:
        """The footnotes, each with a way back to the place it was marked at."""
        items = []
        for note in self.document.notes:
            label = _attribute(self.language.label("document.back", number=note.number))
            back = f' <a href="#noteref-{note.number}" role="doc-backlink" aria-label="{label}">↩</a>'
            body = self.blocks(note.children)
            body = body.removesuffix("</p>") + back + "</p>" if body.endswith("</p>") else body + back
            items.append(f'<li id="note-{note.number}">{body}</li>')
        return "".join(items)
