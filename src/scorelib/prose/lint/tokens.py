"""Sentences of a block of prose and their tokens, each at its offset; imports words and source alone."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from scorelib.prose.lint.source import FILLER, HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scorelib.prose.lint.words import Words

__all__ = ["Token", "sentences", "tokens"]

TokenKind = Literal["hole", "number", "word", "sign"]

SPACES = " \u00a0\u2007\u2009\u202f"
TOKEN = re.compile(
    rf"""
    (?P<hole>{HOLE}{FILLER}*)
  | (?P<number>[0-9]+(?:[.,\u00a0\u2007\u2009\u202f][0-9]+)*)
  | (?P<word>(?:US)?\$|[€£%]|(?:[^\W\d_]\.)+[^\W\d_](?!\w)
            |[^\W\d_]\w*(?:[-’'‐‑/&][^\W\d_]\w*|[-‐‑][0-9]+)*)
  | (?P<sign>[^\s{FILLER}])
    """,
    re.VERBOSE,
)
END = re.compile(r"[.!?…]+[\"”’')]*(?=[ \u00a0]+[\"“‘'(]*[A-Z0-9À-Þ" + HOLE + "])")
BEFORE = re.compile(r"[\w.]+$")


class Token(NamedTuple):
    """A word, a number, a placeholder or a sign, with the offsets in its block.

    `lower` is in small letters, with a straight apostrophe, and without ``'s`` at its end.
    """

    kind: TokenKind
    text: str
    lower: str
    start: int
    end: int


def sentences(text: str, language: Words) -> Iterator[tuple[int, int]]:
    """Where the sentences of a block begin and end."""
    start = 0
    for found in END.finditer(text):
        if found.group()[0] == "." and _abbreviates(text, start, found.start(), language):
            continue
        yield start, found.end()
        start = found.end()
    if text[start:].strip():
        yield start, len(text)


def _abbreviates(text: str, start: int, stop: int, language: Words) -> bool:
    """Whether a full stop belongs to the word before it and the sentence goes on."""
    before = BEFORE.search(text, start, stop)
    word = before.group().lower() if before else ""
    if word in language.scales:
        # After an amount a capital begins a sentence, unless it is a further currency.
        following = text[stop + 1 :].lstrip(SPACES)[:3]
        currency = following.isupper() and following.isalpha()
        return currency or not (following[:1].isupper() or following[:1] == HOLE)
    return word in language.abbreviations or (len(word) == 1 and word.isalpha())


def tokens(text: str, start: int, end: int) -> tuple[Token, ...]:
    """The tokens of a part of a block."""
    out = []
    for found in TOKEN.finditer(text, start, end):
        written = found.group()
        first, last = found.span()
        out.append(Token(found.lastgroup, written, _lower(written), first, last))  # type: ignore[arg-type]  # a group is named after a kind
    return tuple(out)


@functools.lru_cache(maxsize=65536)
def _lower(text: str) -> str:
    return text.lower().replace("’", "'").removesuffix("'s")
