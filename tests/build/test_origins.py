"""Every number of a report leads to rows of its data, and these rows give that number."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import nbformat
import pytest

from scorelib.document.ledger import cell_origin, entries, lines
from scorelib.document.nodes import Document, Figure, Table, plain
from scorelib.document.number import numbered
from scorelib.document.origin import FIRST_ROW, Origin, cut
from scorelib.document.read import read
from scorelib.language import language

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REPORTS = ("iom/2024/nl", "iom/2024/en", "undp/2023/nl", "voorbeeld/2024/nl", "voorbeeld/2024/en")
AMOUNTS = {"assessed", "unearmarked", "earmarked", "other"}


@cache
def document(folder: Path) -> Document:
    notebook = nbformat.read(folder / "notebook.ipynb", as_version=4)
    code = folder.name
    return numbered(read(notebook, lang=language(code).tag), language(code))


@cache
def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(folder / "data.zip") as archive:
        text = archive.read(f"{table}.csv").decode()
    return list(csv.DictReader(io.StringIO(text)))


def tables(shown: Document) -> Iterator[Table]:
    for block in shown.blocks:
        if isinstance(block, Table):
            yield block
        elif isinstance(block, Figure) and block.data:
            yield block.data


def total(folder: Path, origin: Origin) -> Decimal:
    table, numbers = origin.rows[0]
    found = rows(folder, table)
    return sum(
        (
            Decimal(found[number - FIRST_ROW][column] or "0")
            for number in cut(numbers)
            for column in origin.columns
        ),
        Decimal(),
    )


@pytest.mark.parametrize("name", REPORTS)
def test_every_cell_of_our_tables_leads_to_rows(built: Path, name: str) -> None:
    shown = document(built / "reports" / name)
    without = [
        (table.id, table.columns[at].title, plain(cell))
        for table in tables(shown)
        if table.id
        for row in table.rows
        if row.kind != "group"
        for at, cell in enumerate(row.cells)
        if plain(cell) and not cell_origin(row, cell)
    ]
    # A year of which the data have no row has nothing to lead to but that it is not there.
    assert [each for each in without if each[2] not in {"–", *map(str, range(2010, 2030))}] == []


@pytest.mark.parametrize("name", REPORTS)
def test_the_rows_of_an_amount_give_that_amount(built: Path, name: str) -> None:
    folder = built / "reports" / name
    tongue = language(folder.name)
    checked = 0
    for table in tables(document(folder)):
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=False):
                origin = Origin.parse(cell_origin(row, cell) or "title -")
                amount = column.align == "decimal" and set(origin.columns) <= AMOUNTS
                if not amount or origin.how not in {"value", "sum"} or plain(cell) == "–":
                    continue
                assert plain(cell) in {
                    tongue.number(total(folder, origin) / 1_000_000, decimals) for decimals in (0, 1)
                }, (table.id, row, origin)
                checked += 1
    assert checked > 50


@pytest.mark.parametrize("name", ["iom/2024/nl", "iom/2024/en", "voorbeeld/2024/nl"])
def test_the_rows_of_a_number_in_a_text_give_that_number(built: Path, name: str) -> None:
    folder = built / "reports" / name
    tongue = language(folder.name)
    listed = [each for each in entries(document(folder), tongue) if each.kind == "number"]
    assert len(listed) > 20
    money = 0
    for each in listed:
        origin = Origin.parse(each.origin)
        if origin.how in {"value", "sum"} and origin.columns and set(origin.columns) <= AMOUNTS:
            assert each.what == tongue.money(total(folder, origin), "USD")
            money += 1
        elif origin.rows[0][0] == "facts" and origin.columns == ("value",):
            value = total(folder, origin)
            digits = re.sub(r"[^\d]", "", each.what)
            assert digits
            assert digits in f"{value:f}".replace(".", "") or digits.rstrip("0") in f"{value:f}", each
    assert money >= 5


@pytest.mark.parametrize("name", REPORTS)
def test_the_page_shows_each_origin_once_and_every_index_and_link_leads_somewhere(
    built: Path, name: str
) -> None:
    page = (built / "reports" / name / "index.html").read_text("utf-8")
    found = re.search(r'<script type="application/json" id="origin-data">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert len(data["origins"]) == len(lines(document(built / "reports" / name)))
    marks = re.findall(r' data-o="([^"]+)"', page)
    used = {int(each) for mark in marks for each in mark.split() if each != "-"}
    assert used == set(range(len(data["origins"])))
    for how, _, places in data["origins"]:
        assert data["words"][how]
        for place, *sources in places:
            assert re.match(r"[a-z_]+\.csv, ", place)
            assert all(data["sources"][number] for number in sources)
    links = set(re.findall(r'<a class="o(?: all)?"[^>]* href="#(o-\d+)"', page))
    listed = set(re.findall(r'<tr id="(o-\d+)">', page))
    assert links
    assert links <= listed


def test_a_page_grows_by_a_tenth_at_most(built: Path) -> None:
    for name in REPORTS:
        page = (built / "reports" / name / "index.html").read_text("utf-8")
        ours = sum(
            len(each)
            for pattern in (
                r'<script type="application/json" id="origin-data">.*?</script>',
                r'<section class="origins".*?</section>',
                r' data-o="[^"]+"',
                r'<span class="from">.*?</span>',
            )
            for each in re.findall(pattern, page, re.DOTALL)
        )
        assert ours < 0.1 * (len(page) - ours), name
