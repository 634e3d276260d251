"""What commands print: texts that do nothing to a terminal or a log, and JSON; imports the signs of data.

A message quotes what it is about: a cell, a line of a text, the name of a file. A terminal obeys what begins
with an escape, and CI takes a line of its log that begins with two colons for a command.
"""

from __future__ import annotations

import json
import re

import click

from scorelib.data.characters import UNFIT

__all__ = ["plain", "say", "say_json", "say_line"]

HIDDEN = re.compile(f"{UNFIT.pattern}|[\u2028\u2029]")
"""What is not shown, or ends a line where no end is seen."""

COMMAND = re.compile(r"(?m)^(\s*):(?=:)|##(?=\[)|\r(?!\n)")
"""Where a line would be a command to GitHub Actions, or be written over from its beginning."""


def plain(text: str) -> str:
    r"""The same text with what would be obeyed instead of shown written as backslashes have it.

    Examples
    --------
    >>> plain("\x1b]0;title\x07 Zo\u00eb")
    '\\x1b]0;title\\x07 Zo\u00eb'
    >>> plain("one\n::error::two")
    'one\n\\::error::two'
    """
    return COMMAND.sub(_harmless, HIDDEN.sub(lambda found: _numbered(found.group()), text))


def _numbered(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _harmless(found: re.Match[str]) -> str:
    sign = found.group()
    if sign.endswith(":"):
        return f"{found[1]}\\:"
    return "#\\#" if sign == "##" else _numbered(sign)


def say(text: str, *, err: bool = False) -> None:
    """Print a text, of one line or several."""
    click.echo(plain(text), err=err)


def say_line(text: str, *, err: bool = False) -> None:
    """Print one line, also if the name of a file has an end of a line in it."""
    say(text.replace("\n", "\\n"), err=err)


def say_json(content: object, *, indent: int | None = None) -> None:
    """Print JSON, its texts with escapes of its own for what a terminal would obey."""
    text = json.dumps(content, indent=indent, ensure_ascii=False)
    # Each is a part of a text: between texts, JSON has letters, digits, signs, spaces and ends of lines.
    text = HIDDEN.sub(lambda found: json.dumps(found.group())[1:-1], text)
    click.echo(text.replace("##[", "#\\u0023["))
