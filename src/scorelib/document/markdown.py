"""Markdown, in Quarto's dialect, into parts of a document; imports nodes, origins and errors.

Raw HTML is text. Images are shown as their description: a report takes no picture from outside.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from markdown_it import MarkdownIt
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.footnote import footnote_plugin

from scorelib.document.nodes import (
    SAFE_URL,
    Block,
    Break,
    Callout,
    Cell,
    Code,
    CodeBlock,
    Column,
    Emphasis,
    Heading,
    Inline,
    Link,
    List,
    Note,
    NoteMark,
    Paragraph,
    Quote,
    Reference,
    Row,
    Span,
    Strong,
    Table,
    Text,
    plain,
    shown,
)
from scorelib.document.origin import parts, unmarked
from scorelib.errors import RenderError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

__all__ = ["LEVELS", "Parsed", "parse", "too_deep"]

REFERENCE = re.compile(r"@((?:fig|tbl|sec)-[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)")
CALLOUT = re.compile(r"\{\s*\.callout-(note|tip|important|warning|caution)\b[^{}]*\}")
"""Without a second brace within: to look for the end behind each of many beginnings takes their square."""
IDENTITY = re.compile(r"[^\W\d_][\w-]*")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
DEEPEST = 8
"""Marks of text within each other; what stands deeper is shown as plain text of the last."""
LEVELS = 12
"""Levels of blocks within each other: a list is one, and so is an item of it. Typst takes few more."""
TITLE = re.compile(r"""title\s*=\s*(?:"([^"]*)"|'([^']*)')""")
STRENGTH: dict[str, Literal["note", "warning", "important"]] = {
    "note": "note", "tip": "note", "important": "important", "warning": "warning", "caution": "warning",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parsed:
    """Blocks of a text, and its footnotes by their labels."""

    blocks: tuple[Block, ...]
    notes: tuple[Note, ...]


@functools.cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": LEVELS + 2}).enable("table")
    parser.use(footnote_plugin, inline=False, move_to_end=True)
    parser.use(attrs_plugin, spans=True, allowed=["id", "lang"])
    parser.use(attrs_block_plugin, allowed=["id", "lang"])
    parser.use(container_plugin, name="callout", validate=lambda params, _: bool(CALLOUT.search(params)))
    return parser


def parse(markdown: str, *, prefix: str = "", deeper: int = 0) -> Parsed:
    """Parse a text.

    Parameters
    ----------
    markdown
        The text.
    prefix
        Put before the labels of footnotes, so that two texts of a document may use the same.
    deeper
        Levels that are added to headings, for a text that stands below a heading.

    Raises
    ------
    RenderError
        If blocks stand deeper within each other than is read; what would be lost is not left out.
    """
    reader = _Reader(prefix, deeper)
    tokens = _parser().parse(shown(markdown))
    if row := _too_deep(tokens):
        message = f"line {row}: lists and quotations stand more than {LEVELS} levels within each other"
        raise RenderError(message)
    blocks = reader.blocks(tokens)
    return Parsed(tuple(blocks), tuple(reader.notes))


def too_deep(markdown: str) -> int:
    """The line of a text on which a block stands too deep within others; 0 if there is none."""
    return _too_deep(_parser().parse(markdown))


def _too_deep(tokens: Sequence[Token]) -> int:
    # markdown-it leaves out what stands deeper than its own limit, and says nothing.
    row = 0
    for token in tokens:
        row = token.map[0] + 1 if token.map else row
        if token.level >= LEVELS and token.type != "inline":
            return row
    return 0


class _Reader:
    """Walks the flat tokens of markdown-it and builds nested parts."""

    def __init__(self, prefix: str, deeper: int) -> None:
        self.prefix = prefix
        self.deeper = deeper
        self.notes: list[Note] = []
        self.depth = 0

    def blocks(self, tokens: Sequence[Token]) -> list[Block]:
        """The blocks of a run of tokens that is balanced."""
        out: list[Block] = []
        at = 0
        while at < len(tokens):
            end = _close(tokens, at)
            block = self._block(tokens[at], tokens[at + 1 : end])
            if block is not None:
                out.append(block)
            at = end + 1
        return out

    def _block(self, token: Token, inner: Sequence[Token]) -> Block | None:
        match token.type:
            case "paragraph_open":
                return Paragraph(self._line(inner))
            case "heading_open":
                level = min(int(token.tag[1:]) + self.deeper, 6)
                children, label = _split_label(self._line(inner), _identity(token))
                return Heading(level, children, label)
            case "bullet_list_open" | "ordered_list_open":
                start = int(token.attrs.get("start", 1))
                return List(tuple(self._items(inner)), token.type.startswith("ordered"), start)
            case "blockquote_open":
                return Quote(tuple(self.blocks(inner)))
            case "container_callout_open":
                return self._callout(token, inner)
            case "table_open":
                return self._table(inner)
            case "footnote_block_open":
                self._footnotes(inner)
                return None
            case "fence" | "code_block":
                return CodeBlock(unmarked(token.content).rstrip("\n"))
            case "hr":
                return None
        message = f"Markdown block {token.type!r} is not handled"
        raise AssertionError(message)

    def _items(self, tokens: Sequence[Token]) -> list[tuple[Block, ...]]:
        items = []
        at = 0
        while at < len(tokens):
            end = _close(tokens, at)
            items.append(tuple(self.blocks(tokens[at + 1 : end])))
            at = end + 1
        return items

    def _callout(self, token: Token, inner: Sequence[Token]) -> Callout:
        info = unmarked(token.info)
        found = CALLOUT.search(info)
        kind = STRENGTH[found.group(1)] if found else "note"
        titled = TITLE.search(info)
        title = (titled.group(1) or titled.group(2) or "") if titled else ""
        children = self.blocks(inner)
        if not title and children and isinstance(children[0], Heading):
            # Quarto takes a heading that begins a callout as its title.
            title = plain(children[0].children)
            children = children[1:]
        return Callout(kind, title, tuple(children))

    def _table(self, tokens: Sequence[Token]) -> Table:
        columns: list[Column] = []
        rows: list[Row] = []
        cells: list[Cell] = []
        for index, token in enumerate(tokens):
            if token.type in {"th_open", "td_open"}:
                line = self._line([tokens[index + 1]])
                if token.type == "td_open":
                    cells.append(line)
                else:
                    right = "right" in str(token.attrs.get("style", ""))
                    columns.append(Column(plain(line), "right" if right else "left"))
            elif token.type == "tr_close" and cells:
                rows.append(Row(tuple(cells)))
                cells = []
        return Table("", "", tuple(columns), tuple(rows))

    def _footnotes(self, tokens: Sequence[Token]) -> None:
        at = 0
        while at < len(tokens):
            end = _close(tokens, at)
            kept = [token for token in tokens[at + 1 : end] if token.type != "footnote_anchor"]
            self.notes.append(Note(self._label(tokens[at]), tuple(self.blocks(kept))))
            at = end + 1

    def _label(self, token: Token) -> str:
        label = token.meta.get("label") or str(token.meta["id"])
        return f"{self.prefix}{label}"

    def _line(self, tokens: Sequence[Token]) -> tuple[Inline, ...]:
        return tuple(
            part for token in tokens if token.type == "inline" for part in self.inlines(token.children or [])
        )

    def inlines(self, tokens: Sequence[Token]) -> list[Inline]:
        """The inline parts of a run of tokens that is balanced."""
        if self.depth == DEEPEST:
            tokens = [token for token in tokens if token.nesting == 0]
        self.depth += 1
        out: list[Inline] = []
        at = 0
        while at < len(tokens):
            end = _close(tokens, at)
            out += self._inline(tokens[at], tokens[at + 1 : end])
            at = end + 1
        self.depth -= 1
        return _joined(out)

    def _inline(self, token: Token, inner: Sequence[Token]) -> list[Inline]:
        match token.type:
            case "text" | "text_special":
                return _pieces(token.content)
            case "strong_open":
                return [Strong(tuple(self.inlines(inner)))]
            case "em_open":
                return [Emphasis(tuple(self.inlines(inner)))]
            case "code_inline":
                return [Code(unmarked(token.content))]
            case "softbreak":
                return [Text(" ")]
            case "hardbreak":
                return [Break()]
            case "footnote_ref":
                return [NoteMark(self._label(token))]
            case "footnote_anchor":
                return []
        return self._linked(token, inner)

    def _linked(self, token: Token, inner: Sequence[Token]) -> list[Inline]:
        match token.type:
            case "link_open":
                children = tuple(self.inlines(inner))
                url = unmarked(str(token.attrs.get("href", "")))
                return [Link(children, url)] if SAFE_URL.match(url) else list(children)
            case "span_open":
                children = tuple(self.inlines(inner))
                lang = str(token.attrs.get("lang", ""))
                return [Span(children, lang)] if LANGUAGE.fullmatch(lang) else list(children)
            case "image":
                return [Text(unmarked(token.content))]
        message = f"Markdown inline {token.type!r} is not handled"
        raise AssertionError(message)


def _identity(token: Token) -> str:
    """The id that a text gives a heading; none if it is no name, as nothing could refer to it."""
    given = str(token.attrs.get("id", ""))
    return given if IDENTITY.fullmatch(given) else ""


def _close(tokens: Sequence[Token], at: int) -> int:
    """Index of the token that closes the one at `at`; itself if it opens nothing."""
    depth = 0
    for index in range(at, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    return len(tokens)


def _pieces(text: str) -> list[Inline]:
    """Text with its references, and its numbers with their origins."""
    found: list[Inline] = []
    for piece, origin in parts(text):
        found += [Text(piece, origin)] if origin else _references(piece)
    return found


def _references(text: str) -> list[Inline]:
    found: list[Inline] = []
    at = 0
    for each in REFERENCE.finditer(text):
        found += [Text(text[at : each.start()]), Reference(each.group(1))]
        at = each.end()
    return [part for part in [*found, Text(text[at:])] if part != Text("")]


def _joined(parts: list[Inline]) -> list[Inline]:
    """Neighbouring texts as one, which keeps the written documents plain."""
    out: list[Inline] = []
    for part in parts:
        last = out[-1] if out else None
        if isinstance(part, Text) and isinstance(last, Text) and not (part.origin or last.origin):
            out[-1] = Text(last.text + part.text)
        else:
            out.append(part)
    return out


LABEL = re.compile(r"#([A-Za-z][\w-]*)\}\s*")


def _split_label(children: tuple[Inline, ...], label: str) -> tuple[tuple[Inline, ...], str]:
    """Take ``{#sec-x}`` off the end of a heading."""
    if children and isinstance(children[-1], Text):
        # Only the last brace is looked at: a pattern that searches for spaces takes their square.
        before, _, last = children[-1].text.rpartition("{")
        found = LABEL.fullmatch(last)
        if found:
            kept = before.rstrip()
            rest = (*children[:-1], Text(kept)) if kept else children[:-1]
            return rest, found.group(1)
    return children, label
