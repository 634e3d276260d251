"""Comments in a text, ``<!-- … -->``, which reviewers read and no report prints; standard library only.

The Markdown reader takes raw HTML for text, so what is not cut out here would be printed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["CODE", "FENCE", "Comment", "comments", "without_comments"]

FENCE = (
    r"^(?P<indent>[ \t>]*)(?P<mark>`{3,}|~{3,})[^\n]*(?:\n|\Z)"
    r"(?:(?![ \t>]*(?P=mark)[`~]*[ \t]*$)[^\n]*(?:\n|\Z))*?(?:[ \t>]*(?P=mark)[`~]*[ \t]*$|\Z)"
)
"""Lines of code between fences, to be compiled with ``re.M``."""
CODE = r"(?<!`)(?P<tick>`+)(?!`)(?:(?!\n[ \t]*\n)(?s:.))*?(?<!`)(?P=tick)(?!`)"
"""Code within a line."""

COMMENT = re.compile(rf"{FENCE}|{CODE}|(?P<comment><!--)", re.MULTILINE)
END = "-->"


class Comment(NamedTuple):
    """A comment: where it stands in the text, and what is in it."""

    start: int
    end: int
    text: str


def comments(text: str) -> list[Comment]:
    """The comments of a text, in order; what looks like one within code is code."""
    if "<!--" not in text:
        return []
    there: list[Comment] = []
    at = 0
    while found := COMMENT.search(text, at):
        at = found.end()
        if found["comment"]:
            end = text.find(END, at)
            if end < 0:  # Nor has any that begins later an end: to look again each time takes their square.
                break
            there.append(Comment(found.start(), end + len(END), text[at:end]))
            at = end + len(END)
    return there


def without_comments(text: str) -> str:
    """A text as it is printed: its comments cut out, every line keeping its number."""
    parts: list[str] = []
    at = 0
    for comment in comments(text):
        parts += [text[at : comment.start], "\n" * comment.text.count("\n")]
        at = comment.end
    return "".join([*parts, text[at:]])
