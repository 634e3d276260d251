"""Characters and beginnings of cells that data may not hold; standard library alone.

A cell shows what it holds: nothing in it is invisible, turns the direction of what stands around it, or has
no agreed meaning. And no cell begins as a formula does, because every table leaves here as CSV, which a
spreadsheet opens and computes.
"""

from __future__ import annotations

import re

__all__ = ["FORMULA", "UNFIT", "runs", "unfit"]

# Each kind by the characters it has; tab and line breaks are what texts are laid out with.
KINDS = {
    "a control character": "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f",
    "half of a surrogate pair": "\ud800-\udfff",
    "a character that turns the direction of writing": "\u202a-\u202e\u2066-\u2069",
    "an invisible character": "\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff",
    "a character without an agreed meaning": ("\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U0010ffff"),
}
UNFIT = re.compile(f"[{''.join(KINDS.values())}]")
"""A character that no cell, name or description holds."""

FORMULA = re.compile(
    # At the start; or after a sign at which a spreadsheet with other separators begins a new cell.
    r"(?:\A|[;\t\r\n])[ \"']{0,4}"
    # A sign that begins a formula, also in full width; a number may have its sign.
    r"(?:[=@\uff1d\uff20]|[+\-\uff0b\uff0d](?![0-9 .,]*(?:[;\t\r\n]|\Z)))"
)
"""A text in which a spreadsheet would find a formula to run."""


def unfit(text: str) -> str | None:
    """What is wrong with the first character that may not be there; None if there is none."""
    found = UNFIT.search(text)
    if found is None:
        return None
    kind = next(name for name, signs in KINDS.items() if re.match(f"[{signs}]", found.group()))
    return f"{kind} (U+{ord(found.group()):04X})"


def runs(text: str) -> bool:
    """Whether a spreadsheet would run a part of this text as a formula."""
    return FORMULA.search(text) is not None
