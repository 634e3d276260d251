"""A difference between two versions of a file is named by the part that a reader can look at."""

from __future__ import annotations

import io
import json
import zipfile

from scorelib.trust.compare import difference


def archive(**tables: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, text in tables.items():
            made.writestr(zipfile.ZipInfo(f"{name}.csv"), text)
    return out.getvalue()


def page(text: str, *, style: str = "p{}", script: str = "1", font: str = "A") -> bytes:
    return (
        f'<head><style>@font-face{{src:{font}}}\n{style}</style></head><h2 id="sec-a">A</h2><p>same</p>'
        f'<h2 id="sec-b">B</h2><p>{text}</p><script>{script}</script>'
    ).encode()


def test_a_row_of_a_table_is_named() -> None:
    before, now = archive(facts="a\n1\n2\n"), archive(facts="a\n1\n3\n")
    assert difference("data.zip", before, now) == "facts.csv row 3"
    assert difference("data.zip", before, archive(scores="a\n")) == (
        "facts.csv is only in one of them, scores.csv is only in one of them"
    )


def test_a_cell_of_a_notebook_is_named() -> None:
    before, now = (json.dumps({"cells": [{"a": 1}, {"a": value}]}).encode() for value in (1, 2))
    assert difference("notebook.ipynb", before, now) == "cell 2"


def test_fonts_styles_scripts_and_sections_of_a_page_are_told_apart() -> None:
    before = page("x")
    assert difference("index.html", before, page("y")) == "at #sec-b"
    assert difference("index.html", before, page("x", font="B")) == "its fonts"
    assert difference("index.html", before, page("x", style="p{x}")) == "its style sheet"
    assert difference("index.html", before, page("y", script="2")) == "at #sec-b, its scripts"


def test_what_cannot_be_read_is_compared_byte_by_byte() -> None:
    assert difference("a.pdf", b"abc", b"abd") == "from byte 2 on, of 3 and 3"
    assert difference("data.zip", b"abc", b"ab") == "from byte 2 on, of 3 and 2"
