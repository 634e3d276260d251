"""A Markdown text as the figure check reads it: prose at its exact place; imports comments alone.

What is no prose (front matter, code, comments, addresses, marks of notes) becomes blanks of the same
length, and so does a placeholder ``{{ … }}``, whose sign the tokens know. A character thus stands at
the same offset in the prose as in the file, and nothing has to be mapped back.
"""

from __future__ import annotations

import bisect
import functools
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from scorelib.prose.comments import CODE, FENCE

__all__ = ["FILLER", "HOLE", "Block", "Place", "Source", "read_source"]

HOLE, FILLER = "\ue000", "\ue001"
"""How a placeholder begins and goes on in the prose: characters of private use."""

Kind = Literal["paragraph", "heading", "item", "row", "note", "title"]

FRONT = re.compile(r"\A---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
FENCED = re.compile(FENCE, re.MULTILINE)
SPAN = re.compile(r"\[(?P<text>[^\[\]\n]*)\]\{[^{}\n]*\blang=[^{}\n]*\}")
MASK = re.compile(
    rf"""(?=[<`{{\[\]@&h])(?:
    {CODE}
  | <!--(?s:.)*?-->
  | (?P<hole>\{{\{{(?s:.)*?\}}\}})
  | \{{%(?s:.)*?%\}} | \{{\#\#(?s:.)*?\#\#\}}
  | \[\^[^\]\s]+\](?!:)                                 # the mark of a note
  | (?<=\])\{{[^{{}}\n]*\}} | \{{[\#.][^{{}}\n]*\}}           # attributes
  | \]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)             # where a link leads
  | https?://[^\s)>\]]+ | <[a-z]+:[^>\s]+>
  | @(?:fig|tbl|sec)-[\w-]+
  | &(?:nbsp|thinsp|ensp|emsp);
)""",
    re.VERBOSE,
)
HIDDEN = re.compile(rf"{CODE}|<!--(?s:.)*?-->")
MARKS = str.maketrans(dict.fromkeys("*_\\[]\n\r\t\v\f\x1c\x1d\x1e\x85\u2028\u2029", " "))
QUOTE = re.compile(r"(?:[ \t]{0,3}>[ \t]?)+")
START = re.compile(
    r"[ \t]*(?:(?P<heading>\#{1,6}(?=[ \t]|$))|(?P<item>(?:[-*+]|\d{1,9}[.)])(?=[ \t]|$))"
    r"|(?P<note>\[\^[^\]\s]+\]:)|(?P<callout>:{3,}))[ \t]*"
)
RULE = re.compile(r"[ \t]*(?:(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|(?:\*[ \t]*){3,}|=+[ \t]*|-+[ \t]*)$")
# No two runs of spaces beside each other, which would take the square of a long one.
DELIMITER = re.compile(r"[ \t]*(?:\|[ \t]*)?:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*(?:\|[ \t]*)?$")
TITLE = re.compile(r"""title\s*=\s*(?:"([^"\n]*)"|'([^'\n]*)')""")


class Place(NamedTuple):
    """Where something stands in a file, counted from 1, as an editor counts."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Block:
    """A run of prose: its text, and the offset in the file of its first character.

    `header` is the header of its table, if it is a row of one; of a header, it is what stands before
    the table.
    """

    kind: Kind
    start: int
    text: str
    header: Block | None = None


@dataclass(frozen=True)
class Source:
    """A text and its parts.

    Parameters
    ----------
    file
        As messages name it.
    text
        What the file holds.
    blocks
        Its prose, in order.
    holes
        What stands between ``{{`` and ``}}``, by the offset of the first brace.
    foreign
        Where words of another language stand, such as the title of a publication.
    outline
        The text without its code and comments, with marks and links as they stand.
    """

    file: str
    text: str
    blocks: tuple[Block, ...]
    holes: dict[int, str]
    foreign: tuple[tuple[int, int], ...] = ()
    outline: str = ""

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.text))]

    def place(self, offset: int) -> Place:
        """Where an offset is."""
        line = bisect.bisect_right(self._lines, offset)
        return Place(self.file, line, offset - self._lines[line - 1] + 1)


@functools.lru_cache(maxsize=64)
def read_source(text: str, file: str) -> Source:
    """Read a text; any text can be read."""
    holes: dict[int, str] = {}

    def mask(found: re.Match[str]) -> str:
        if found["hole"] is None:
            return _blank(found)
        holes[found.start()] = found["hole"][2:-2].strip()
        return HOLE + FILLER * (len(found["hole"]) - 1)

    prose = text.replace(HOLE, " ").replace(FILLER, " ")
    # No comment begins where none ends any more: to look for its end each time takes the square of a text.
    last = prose.rfind("-->") + 1
    prose = prose[:last] + prose[last:].replace("<!--", "    ")
    prose = FRONT.sub(_blank, prose)
    if "```" in prose or "~~~" in prose:
        prose = FENCED.sub(_blank, prose)
    foreign = tuple(found.span("text") for found in SPAN.finditer(prose))
    outline = HIDDEN.sub(_blank, prose) if "`" in prose or "<!--" in prose else prose
    prose = MASK.sub(mask, prose)
    return Source(file, text, tuple(_Reader(prose, text).read()), holes, foreign, outline)


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found.group())


@dataclass
class _Open:
    """A block that further lines may belong to."""

    kind: Kind
    start: int
    end: int
    quotes: list[tuple[int, int]]


class _Reader:
    """Makes blocks as Markdown has them, told apart by how their lines begin."""

    def __init__(self, prose: str, text: str) -> None:
        self.prose = prose
        self.text = text
        self.blocks: list[Block] = []
        self.open: _Open | None = None
        self.header: Block | None = None

    def read(self) -> list[Block]:
        """All blocks, in order."""
        lines = self.prose.split("\n")
        at = 0
        for number, line in enumerate(lines):
            self.line(at, line, lines[number + 1] if number + 1 < len(lines) else "")
            at += len(line) + 1
        self.close()
        return self.blocks

    def line(self, start: int, line: str, following: str) -> None:
        """Read a line, which begins at `start`."""
        end = start + len(line)
        quote = QUOTE.match(line)
        begins = start + (quote.end() if quote else 0)
        body = self.prose[begins:end]
        begun = START.match(body)
        if not body.strip() or RULE.match(body):
            # A line of dashes below a header keeps its table going.
            self.header = self.header if DELIMITER.match(body) and "-" in body else None
            self.close()
        elif "|" in body and (self.header or _delimits(following)):
            self.close()
            self.row(start, end, body)
        elif begun and not (self.open and self.open.kind == "paragraph" and _number_within(begun["item"])):
            self.begin(begun, begins, end)
        elif self.open:
            self.open.quotes.append((start, begins))
            self.open.end = end
        else:
            self.header = None
            self.open = _Open("paragraph", begins, end, [])

    def row(self, start: int, end: int, body: str) -> None:
        """A row of a table; the first is its header, and leads to what stands before the table."""
        if DELIMITER.match(body):
            return
        before = self.blocks[-1] if self.blocks and self.blocks[-1].kind != "row" else None
        row = Block("row", start, _text(self.prose, start, end, []), self.header or before)
        self.header = self.header or row
        self.blocks.append(row)

    def begin(self, begun: re.Match[str], start: int, end: int) -> None:
        """A heading, an item, a note or a callout."""
        self.close()
        self.header = None
        if begun["callout"]:
            # The title of a callout stands among its attributes.
            if found := TITLE.search(self.text, start, end):
                span = found.span(1 if found[1] is not None else 2)
                self.blocks.append(Block("title", span[0], _text(self.text, *span, [])))
            return
        kind: Kind = "heading" if begun["heading"] else "item" if begun["item"] else "note"
        self.open = _Open(kind, start + begun.end(), end, [])
        if kind == "heading":
            self.close()

    def close(self) -> None:
        """End the block that is open."""
        block, self.open = self.open, None
        if block and block.end > block.start:
            text = _text(self.prose, block.start, block.end, block.quotes)
            self.blocks.append(Block(block.kind, block.start, text))


def _delimits(line: str) -> bool:
    """Whether a line is what stands below the header of a table."""
    return "-" in line and "|" in line and DELIMITER.match(line) is not None


def _number_within(mark: str | None) -> bool:
    """Whether a number at the head of a line begins no list there: only 1 can break a paragraph."""
    return mark is not None and mark[0].isdigit() and mark[:-1] != "1"


def _text(prose: str, start: int, end: int, quotes: list[tuple[int, int]]) -> str:
    out = prose[start:end]
    for first, last in quotes:
        out = out[: first - start] + " " * (last - first) + out[last - start :]
    return out.translate(MARKS)
