"""Fills in placeholders of the plain kind, which are nearly all there are; imports the standard library only.

``{{ name }}`` and ``{{ usd("NL", 2023, basis="total") }}`` need no template: to compile a text into
one takes longer than all else that is done with it, and each text is printed once. Whatever is not
plain, or goes wrong, is left to Jinja, which says what and on which line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["filled"]

PLACE = re.compile(r"\{\{ *(?P<name>[a-z_]+) *(?P<call>\((?P<given>[^(){}\n]*)\) *)?\}\}")
VALUE = re.compile(
    r""" *(?:([a-z_]+) *= *)?(?:"([^"\\\n]*)"|'([^'\\\n]*)'|(0|[1-9][0-9]{0,8})) *(?:,(?!$)|$)"""
)
MORE = re.compile(r"\{\{|\{%|\{##|\{$|\r")
"""What begins in a text something that is not plain; a brace before a placeholder may be one."""


class _OtherError(Exception):
    """A placeholder that is not plain."""


def filled(text: str, names: Mapping[str, Any], printed: Callable[[object], str]) -> str | None:
    """A text with its placeholders filled in.

    Parameters
    ----------
    text
        The text.
    names
        What it may ask for: values, and functions that take texts and whole numbers.
    printed
        How a value is written.

    Returns
    -------
    str or None
        What Jinja would make of it; None where that is for Jinja to find out.
    """
    out: list[str] = []
    at = 0
    for found in PLACE.finditer(text):
        before = text[at : found.start()]
        if MORE.search(before):
            return None
        try:
            out += [before, printed(_asked(found, names))]
        except Exception:  # noqa: BLE001 - Jinja comes upon it too, and knows the line
            return None
        at = found.end()
    rest = text[at:]
    return None if MORE.search(rest) else "".join([*out, rest])


def _asked(found: re.Match[str], names: Mapping[str, Any]) -> object:
    wanted = names.get(found["name"])
    if wanted is None or callable(wanted) is not bool(found["call"]):
        raise _OtherError
    if not found["call"]:
        return wanted
    positional: list[str | int] = []
    named: dict[str, str | int] = {}
    at, given = 0, found["given"].strip(" ")
    while at < len(given):
        each = VALUE.match(given, at)
        if each is None or each[1] in named or (named and not each[1]):
            raise _OtherError
        value = int(each[4]) if each[4] else each[2] if each[2] is not None else each[3]
        if each[1]:
            named[each[1]] = value
        else:
            positional.append(value)
        at = each.end()
    return wanted(*positional, **named)
