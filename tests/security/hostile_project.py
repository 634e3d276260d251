"""A project whose every text, name and title tries to be more than text; it shares the corpora's strings."""

from __future__ import annotations

import csv
import json
import shutil
from typing import TYPE_CHECKING

from .cases_texts import SHOWN

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ATTACK", "spoil"]

ATTACK = (
    " <script>window.__pwned=1</script>\"><img src=x onerror=window.__pwned=1><!--<script>"
    " {{ 7*7 }} #read(\"/etc/passwd\") [x](javascript:window.__pwned=1)"
)  # fmt: skip
"""What stands behind every name: it ends an attribute, an element and a string of code."""

BOUND = {"enum", "pattern"}
"""Rules of a column that leave no room for it."""


def spoil(project: Path) -> int:
    """Put `ATTACK` behind every text of the tables, and the corpus into a text; the cells that it was."""
    package = json.loads((project / "data" / "datapackage.json").read_text("utf-8"))
    count = 0
    for table in package["resources"]:
        path = project / "data" / table["path"]
        schema = table["schema"]
        keys = {
            name
            for key in [schema.get("primaryKey", []), *(k["fields"] for k in schema.get("foreignKeys", ()))]
            for name in ([key] if isinstance(key, str) else key)
        }
        open_to = [
            field["name"]
            for field in schema["fields"]
            if field["type"] == "string"
            and field["name"] not in keys | {"id", "name", "parent", "framework"}
            and not BOUND & set(field.get("constraints", {}))
            and field.get("format", "default") == "default"
        ]
        if open_to and path.exists():
            count += _behind(path, open_to)
    texts = project / "data" / "texts" / "voorbeeld" / "2024" / "nl"
    shutil.rmtree(texts)
    texts.mkdir()
    cases = [each if isinstance(each, str) else each[0] for each in SHOWN]
    (texts / "31-description.md").write_text("\n\n".join(each for each in cases if "[^" not in each), "utf-8")
    return count


def _behind(path: Path, columns: list[str]) -> int:
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    places = [header.index(name) for name in columns if name in header]
    count = 0
    for row in rows:
        for place in places:
            if row[place]:
                row[place] += ATTACK
                count += 1
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return count
