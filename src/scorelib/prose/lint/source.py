"""A Markdown text as the figure check reads it: prose at its exact place; imports comments alone.

What is no prose (front matter, code, comments, addresses, marks of notes) becomes blanks of the same
length, and so does a placeholder ``{{ … }}``, whose sign the tokens know. A character thus stands at
the same offset in the prose as in the file, and nothing has to be mapped back.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from scorelib.prose.comments import CODE, FENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

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
DELIMITER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
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

    `header` is the header of its table, if it is a row of one.
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


def read_source(text: str, file: str) -> Source:
    """Read a text; any text can be read."""
    holes: dict[int, str] = {}

    def mask(found: re.Match[str]) -> str:
        if found["hole"] is None:
            return _blank(found)
        holes[found.start()] = found["hole"][2:-2].strip()
        return HOLE + FILLER * (len(found["hole"]) - 1)

    prose = text.replace(HOLE, " ").replace(FILLER, " ")
    prose = FRONT.sub(_blank, prose)
    if "```" in prose or "~~~" in prose:
        prose = FENCED.sub(_blank, prose)
    foreign = tuple(found.span("text") for found in SPAN.finditer(prose))
    outline = HIDDEN.sub(_blank, prose) if "`" in prose or "<!--" in prose else prose
    prose = MASK.sub(mask, prose)
    return Source(file, text, tuple(_blocks(prose, text)), holes, foreign, outline)


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found.group())


@dataclass
class _Open:
    """A block that further lines may belong to."""

    kind: Kind
    start: int
    end: int
    quotes: list[tuple[int, int]]


def _blocks(prose: str, text: str) -> Iterator[Block]:
    """Blocks as Markdown has them, told apart by how their lines begin."""
    block: _Open | None = None
    header: Block | None = None
    lines = prose.split("\n")
    at = 0
    for number, line in enumerate(lines):
        start, end = at, at + len(line)
        at = end + 1
        quote = QUOTE.match(line)
        begins = quote.end() if quote else 0
        body = line[begins:]
        begun = START.match(body)
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if not body.strip() or RULE.match(body):
            # A line of dashes below a header keeps its table going.
            header = header if header and DELIMITER.match(body) and "-" in body else None
            yield from _close(block, prose)
            block = None
        elif "|" in body and (header or _delimits(following)):
            yield from _close(block, prose)
            block = None
            if not DELIMITER.match(body):
                row = Block("row", start, _text(prose, start, end, []), header)
                header = header or row
                yield row
        elif begun and not (block and block.kind == "paragraph" and _number_within(begun["item"])):
            yield from _close(block, prose)
            block, header = None, None
            if begun["callout"]:
                yield from _title(text, start, end)
            else:
                kind: Kind = "heading" if begun["heading"] else "item" if begun["item"] else "note"
                block = _Open(kind, start + begins + begun.end(), end, [])
                if kind == "heading":
                    yield from _close(block, prose)
                    block = None
        elif block:
            block.quotes.append((start, start + begins))
            block.end = end
        else:
            header = None
            block = _Open("paragraph", start + begins, end, [])
    yield from _close(block, prose)


def _delimits(line: str) -> bool:
    """Whether a line is what stands below the header of a table."""
    return "-" in line and "|" in line and DELIMITER.match(line) is not None


def _number_within(mark: str | None) -> bool:
    """Whether a number at the head of a line begins no list there: only 1 can break a paragraph."""
    return mark is not None and mark[0].isdigit() and mark[:-1] != "1"


def _close(block: _Open | None, prose: str) -> Iterator[Block]:
    if block and block.end > block.start:
        yield Block(block.kind, block.start, _text(prose, block.start, block.end, block.quotes))


def _title(text: str, start: int, end: int) -> Iterator[Block]:
    """The title of a callout, which stands among its attributes."""
    found = TITLE.search(text, start, end)
    if found:
        group = 1 if found[1] is not None else 2
        yield Block("title", found.start(group), _text(text, *found.span(group), []))


def _text(prose: str, start: int, end: int, quotes: list[tuple[int, int]]) -> str:
    out = prose[start:end]
    for first, last in quotes:
        out = out[: first - start] + " " * (last - first) + out[last - start :]
    return out.translate(MARKS)
