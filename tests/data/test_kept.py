"""Rows are cast a column at a time and found again; neither shows in what is read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from scorelib.data.cells import Fault
from scorelib.data.check import load_tables
from scorelib.data.package import Field, Package, Table
from scorelib.data.read import Rows, _clean_rows, _row, read_rows

from .small import change, small

if TYPE_CHECKING:
    from pathlib import Path

TABLE = Table(
    "amounts",
    "amounts.csv",
    (
        Field("name", "string", required=True),
        Field("amount", "number", minimum="0"),
        Field("year", "year"),
        Field("known", "boolean"),
    ),
)
CELLS = st.sampled_from(["", "a", "\x00", "1", "1.5", "-2", "1,000", "2023", "23", "true", "maybe"])
GOOD = st.tuples(
    st.sampled_from("ab"),
    st.sampled_from(["", "0", "1.5", "2"]),
    st.sampled_from(["", "2023"]),
    st.sampled_from(["", "true", "0"]),
).map(list)
RECORDS = st.lists(st.one_of(GOOD, GOOD, st.lists(CELLS, max_size=5)), max_size=6)


@given(RECORDS)
def test_columns_are_cast_as_rows_are(records: list[list[str]]) -> None:
    numbered = list(enumerate(records, 2))
    by_row, by_column = Rows(TABLE), Rows(TABLE)
    for line, cells in numbered:
        _row(line, cells, by_row)
    clean = _clean_rows(numbered, by_column)
    assert clean == (not by_row.findings)
    assert by_column == (by_row if clean else Rows(TABLE))


def settled(project: Path) -> Package:
    """A package whose files are old enough to be kept."""
    for path in (project / "data").glob("*.csv"):
        os.utime(path, (1, 1))
    return Package.load(project / "data")


def test_a_table_that_was_read_is_found_again_until_it_changes(tmp_path: Path) -> None:
    package = settled(small(tmp_path))
    table = package.table("contributions")
    first = read_rows(package, table, {"organisation": "iom"})
    assert read_rows(package, table, {"organisation": "iom"}).rows == first.rows
    assert read_rows(package, table, {"organisation": "undp"}).rows != first.rows
    change(tmp_path, "contributions", "iom,2023,NL", "iom,2022,NL")
    assert [row["year"] for row in read_rows(package, table, {"organisation": "iom"}).rows] == [2023, 2022]


def test_what_one_reading_finds_wrong_is_not_found_twice(tmp_path: Path) -> None:
    change(small(tmp_path), "contributions", "iom,2023,NL", "iom,2023,XX")
    package = settled(tmp_path)
    told = [load_tables(package, "iom")[1] for _ in range(3)]
    assert told[0]
    assert told == [told[0]] * 3


def test_findings_of_one_reader_are_not_those_of_another(tmp_path: Path) -> None:
    package = settled(small(tmp_path))
    table = package.table("donors")
    read_rows(package, table).find(2, "name_nl", "Nederland", Fault("made up", "leave it", "test"))
    assert read_rows(package, table).findings == []
