"""Texts as pandoc's Markdown that shows them and nothing else; pure, imports nothing of ours.

No mark of emphasis, shortcode, formula, reference, list or raw code can come out of a text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NAME", "address", "attribute", "begun", "code", "code_block", "escape", "indent"]

# Brackets, braces and backslashes go in as entities: what a backslash does before them depends on
# pandoc's extensions for formulas, and Quarto looks for `{{<` before pandoc reads anything.
ENTITIES = {"\\": "&#92;", "[": "&#91;", "]": "&#93;", "{": "&#123;", "}": "&#125;"}
SPECIAL = re.compile(r"""[\\\[\]{}`*_<>#$^~|@&"']|--+|\.\.\.+|:(?=\S)""")
START = re.compile(
    r"(?P<bullet>[-+:%])|(?P<paren>\()(?=\w+\))"
    r"|(?P<listed>\d+|[A-Za-z]|[IVXLCDMivxlcdm]+)(?P<end>[.)])(?=\s|$)"
    r"|(?P<table>[Tt]able)(?=:)"
)
SPACES = re.compile(r"[ \t\r\n\f\v]+")
NAME = re.compile(r"[^A-Za-z0-9_-]+")
URL = "!#$%&*+,-./:;=?@_~"


def escape(text: str, unprintable: Mapping[int, str] | None = None) -> str:
    """A text as Markdown that shows it, within a line.

    Parameters
    ----------
    text
        The text.
    unprintable
        Names of the characters that no font can print: a page shows the character, paper its name.
    """
    escaped = SPECIAL.sub(_escaped, SPACES.sub(" ", text))
    if not unprintable:
        return escaped
    shown = {char: f"`&#{char};`{{=html}}`#{_quoted(name)};`{{=typst}}" for char, name in unprintable.items()}
    return escaped.translate(shown)


def _quoted(name: str) -> str:
    return f'"{name}"'


def _escaped(found: re.Match[str]) -> str:
    return "".join(ENTITIES.get(char, f"\\{char}") for char in found.group())


def attribute(text: str) -> str:
    """A text as the value of an attribute, with its quotes."""
    kept = SPACES.sub(" ", text).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return '"' + "".join(ENTITIES.get(char, char) for char in kept) + '"'


def indent(text: str, first: str, rest: str) -> str:
    """The lines of a text, the first and the others each behind their own prefix."""
    head, *lines = text.split("\n")
    return "\n".join([first + head, *(rest + line if line else rest.rstrip() for line in lines)])


def begun(line: str) -> str:
    """A line whose beginning does not make it a list, a heading, a caption or a definition."""
    found = START.match(line)
    if not found:
        return line
    if found["bullet"]:
        return f"\\{line}"
    if found["paren"]:
        return f"&#40;{line[1:]}"
    if found["table"]:
        return f"{found['table']}&#58;{line[found.end() + 1 :]}"
    return f"{found['listed']}&#{ord(found['end'])};{line[found.end() :]}"


def address(url: str) -> str:
    """An address that stands in the parentheses of a link."""
    return quote(url, safe=URL)


def code(text: str) -> str:
    """Code on a line; with backticks enough around it, and no shortcode in it."""
    text = SPACES.sub(" ", text).strip(" ")
    if "{{" in text or not text:
        return f"[{escape(text)}]{{.code}}" if text else ""
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    # In the cell of a table a stroke would end the cell, within code as well.
    if "|" in text:
        return f"[{escape(text)}]{{.code}}"
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def code_block(text: str) -> str:
    """Preformatted text, in which Quarto is to look for nothing."""
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f'{fence} {{.text shortcodes="false"}}\n{text}\n{fence}'
