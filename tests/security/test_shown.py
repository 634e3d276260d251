"""What names, titles and addresses of the tables hold stands in a report as text, and does nothing there."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest
from lxml import html

from .cases_tables import SHOWN

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

# A report's page has these of its own, with hashes in its policy.
SCRIPTS = {None, "module", "application/json", "application/ld+json"}
SHORT = {name: text for name, text in SHOWN.items() if len(text) < 200}


def spoil(path: Path, column: str, texts: list[str]) -> list[str]:
    """Put each text into a cell of a column, one row after the other; gives those that were put."""
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    at = header.index(column)
    for row, text in zip(rows, texts, strict=False):
        row[at] = text
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *rows])
    return texts[: len(rows)]


def page_of(folder: Path, scorelib: Callable[..., subprocess.CompletedProcess[str]]) -> html.HtmlElement:
    done = scorelib("build", "undp", "--lang", "nl", "--to", "html", cwd=folder)
    assert done.returncode == 0, done.stderr
    content = (folder / "reports" / "undp" / "2023" / "nl" / "index.html").read_text("utf-8")
    return html.fromstring(content)


@pytest.mark.timeout(120)
def test_hostile_names_are_text_in_a_report(
    project: Path, scorelib: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    texts = list(SHORT.values())
    spoil(project / "data" / "themes.csv", "title_nl", texts)
    spoil(project / "data" / "donors.csv", "name_nl", texts * 20)
    spoil(project / "data" / "sources.csv", "title", texts)
    spoil(project / "data" / "sources.csv", "url", ["javascript:alert(1)", "data:text/html,x"] * 20)
    page = page_of(project, scorelib)
    shown = page.text_content()
    assert SHOWN["markup"] in shown
    assert "javascript:alert(1)" in shown
    for element in page.iter():
        assert not [name for name in element.attrib if name.startswith("on")]
    addresses = [
        each.get("href") or each.get("src") or "" for each in page.iter("a", "img", "iframe", "link")
    ]
    assert not [each for each in addresses if each.lower().lstrip().startswith(("javascript:", "data:text"))]
    assert {each.get("type") for each in page.iter("script")} <= SCRIPTS
    assert not [each for each in page.iter("script") if (each.text or "").startswith("alert")]
    for each in page.iter("script"):
        if (each.get("type") or "").endswith("json"):
            json.loads(each.text or "")
