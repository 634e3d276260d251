"""TOML that somebody supplied, read within bounds; standard library alone.

`tomllib` keeps every beginning of a dotted name: a name of 50,000 parts, 100 kB, would take ten gigabytes.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

__all__ = ["PARTS", "read_toml"]

PARTS = 32
"""Parts that a dotted name may have."""

_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
LONG = re.compile(rf"(?<![\w-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{PARTS}}}")
"""A name with more parts; what is matched is not given back, so that this takes no square of time."""


def read_toml(text: str) -> dict[str, Any]:
    """What a text of TOML says.

    Raises
    ------
    ValueError
        If it is no TOML, or has a name of more than `PARTS` parts.
    RecursionError
        If it is nested too deeply.
    """
    if found := LONG.search(text):
        line = text.count("\n", 0, found.start()) + 1
        message = f"a name of more than {PARTS} parts (at line {line})"
        raise ValueError(message)
    return tomllib.loads(text)
