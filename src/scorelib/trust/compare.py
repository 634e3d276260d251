"""Says in which part two versions of a report's file differ; imports `reading`."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from itertools import zip_longest
from typing import TYPE_CHECKING

from scorelib.trust.reading import BROKEN, part

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["difference"]

FONT = re.compile(r"@font-face\{.*?\}\n?", re.DOTALL)
PARTS = re.compile(r"(<style>.*?</style>|<script\b[^>]*>.*?</script>)", re.DOTALL)
PLACE = re.compile(r'<(?:h[1-6]|figure|table) id="([^"]+)"')


def difference(name: str, before: bytes, now: bytes) -> str:
    """Where a file that was made again differs from the one that is recorded, in words.

    Parameters
    ----------
    name
        Its name.
    before, now
        Its content, both times.
    """
    try:
        if name.endswith(".html"):
            return _page(before.decode(), now.decode())
        if name.endswith(".zip"):
            return _archive(before, now)
        if name.endswith(".ipynb"):
            return _notebook(before.decode(), now.decode())
    except BROKEN:
        pass
    return f"from byte {_first(before, now)} on, of {len(before)} and {len(now)}"


def _first(before: bytes, now: bytes) -> int:
    return next(
        (at for at, (a, b) in enumerate(zip(before, now, strict=False)) if a != b), min(len(before), len(now))
    )


def _page(before: str, now: str) -> str:
    found: dict[str, None] = {}
    place = "its head"
    for old, new in zip_longest(PARTS.split(before), PARTS.split(now), fillvalue=""):
        if old != new:
            found |= dict.fromkeys(_piece(old, new, place))
        places = PLACE.findall(old)
        place = f"#{places[-1]}" if places else place
    return ", ".join(found)


def _piece(old: str, new: str, place: str) -> Iterator[str]:
    if old.startswith("<style>"):
        if FONT.findall(old) != FONT.findall(new):
            yield "its fonts"
        if FONT.sub("", old) != FONT.sub("", new):
            yield "its style sheet"
    elif old.startswith("<script>"):
        yield "its scripts"
    elif old.startswith("<script"):
        yield f"data for a script at {place}"
    else:
        shared = _first(old.encode(), new.encode())
        ahead = PLACE.findall(old.encode()[:shared].decode("utf-8", "ignore"))
        yield f"at #{ahead[-1]}" if ahead else f"at {place}"


def _archive(before: bytes, now: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(before)) as one, zipfile.ZipFile(io.BytesIO(now)) as other:
        found = []
        for name in sorted({*one.namelist(), *other.namelist()}):
            if name not in one.namelist() or name not in other.namelist():
                found.append(f"{name} is only in one of them")
            elif (old := part(one, name)) != (new := part(other, name)):
                found.append(f"{name}{_row(old, new) if name.endswith('.csv') else ''}")
    return ", ".join(found) or "how it is packed"


def _row(before: bytes, now: bytes) -> str:
    tables = [csv.reader(io.StringIO(content.decode())) for content in (before, now)]
    rows = enumerate(zip_longest(*tables), 1)
    return next((f" row {number}" for number, (old, new) in rows if old != new), "")


def _notebook(before: str, now: str) -> str:
    one, other = json.loads(before), json.loads(now)
    pairs = enumerate(zip_longest(one["cells"], other["cells"]), 1)
    cells = [str(number) for number, (old, new) in pairs if old != new]
    if cells:
        return f"cell {', '.join(cells[:10])}" + (" and others" if len(cells) > 10 else "")
    return "its metadata" if one != other else "how it is written"
