"""What both writers make of a document with every kind of part, kept to the letter.

After a change that is meant, look at the difference and run ``pytest --snapshot-update``.
"""

from __future__ import annotations

import datetime
import json
import re
from typing import TYPE_CHECKING

import pytest

from scorelib.document.markdown import parse
from scorelib.document.nodes import (
    Column,
    Cover,
    Document,
    Figure,
    Heading,
    Item,
    Number,
    Panel,
    Row,
    Table,
    Text,
    to_json,
)
from scorelib.document.number import numbered
from scorelib.language import language
from scorelib.render import html, typst

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

PROSE = """Een alinea met **vet**, *nadruk*, `code`, een [koppeling](https://example.org), een
[vreemde zin]{lang=en}, een noot[^a] en verwijzingen naar @tbl-a, @fig-a en @sec-b.

## Tweede kop {#sec-b}

1. een
   - twee
2. drie

> Citaat

::: {.callout-warning title="Titel"}
In een kader.
:::

| a | b |
|---|--:|
| 1 | **2** |

    vooraf opgemaakt

[^a]: De *noot*.
"""


def document(code: str) -> Document:
    tongue = language(code)
    parsed = parse(PROSE, prefix="p-")
    rows = (
        Row(((Text("2023"),),), "group"),
        Row(((Text("VS"),), (Number(1387.6, 1),))),
        Row(((Text("NL"),), (Number(62.2, 1),)), "highlight"),
        Row(((Text("Samen"),), (Number(2666.3, 1),)), "total"),
    )
    table = Table("tbl-a", "Een tabel", (Column("Donor"), Column("USD", "decimal")), rows, "Bron A")
    figure = Figure("fig-a", "Een figuur", "Wat zij toont: 62,2.", {"mark": "bar"}, table, "Bron B")
    panel = Panel("Kern", (Item("62,2", "bijdrage", "tbl-a"), Item("6e", "rang")), "Stand")
    cover = Cover("Titel", "Onder", "2024 | X", tongue.tag, "Concept", "Fictief", (Item("A", "Beoordeling"),))
    blocks = (panel, Heading(1, (Text("Eerste"),), "sec-a"), *parsed.blocks, table, figure)
    return numbered(Document(cover, blocks, parsed.notes), tongue)


@pytest.mark.parametrize("code", ["nl", "en"])
def test_the_numbered_document(code: str, snapshot: SnapshotAssertion) -> None:
    assert json.dumps(to_json(document(code)), indent=1, ensure_ascii=False) == snapshot


@pytest.mark.parametrize("code", ["nl", "en"])
def test_the_page(code: str, snapshot: SnapshotAssertion) -> None:
    page = html.write(document(code), language(code), html.Page({"fig-a": "<svg></svg>"}, made="Gemaakt"))
    body = page[page.index("<body>") :]
    assert re.sub(r"<script>.*?</script>", "", body, flags=re.DOTALL) == snapshot


@pytest.mark.parametrize("code", ["nl", "en"])
def test_the_typst_program(code: str, snapshot: SnapshotAssertion) -> None:
    assert typst.source(document(code), language(code), date=datetime.date(2024, 11, 1)) == snapshot
