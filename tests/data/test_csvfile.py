"""A CSV file is read once, and the rows of one key are those that reading it all would find."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorelib.data.csvfile import CsvFile, UnreadableError, open_csv

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CELLS = st.text(st.sampled_from('abé "\r\n,\u2028'), max_size=4)
PLAIN = st.text(st.sampled_from("abé \u2028\x1c"), max_size=2)


def all_of(records: Iterator[tuple[int, list[str]]]) -> list[tuple[int, list[str]]] | str:
    try:
        return list(records)
    except UnreadableError as error:
        return error.fault.rule


ROWS = st.lists(st.lists(PLAIN, max_size=4), max_size=12)


@given(ROWS, st.integers(0, 3), PLAIN.filter(bool), st.sampled_from(["", "\n"]))
def test_rows_of_a_key_are_those_of_the_whole_file(
    rows: list[list[str]], column: int, value: str, end: str
) -> None:
    file = CsvFile("h1,h2,h3\n" + "\n".join(",".join(cells) for cells in rows) + end)
    whole = list(file.records())[1:]
    wanted = [row for row in whole if column < len(row[1]) and row[1][column] == value]
    assert list(file.only(column, value)) == wanted


@given(st.text(st.sampled_from('ab"\r\n,'), max_size=40), st.integers(0, 2), st.sampled_from(["", "a", "b"]))
def test_files_with_quotes_give_the_same_rows_or_the_same_fault(text: str, column: int, value: str) -> None:
    file = CsvFile(text)
    if file.plain:
        return
    found = all_of(file.only(column, value))
    whole = all_of(file.records())
    if isinstance(whole, str):
        assert found == whole
    else:
        assert found == [row for row in whole[1:] if column < len(row[1]) and row[1][column] == value]


def test_a_file_is_read_once_and_again_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x\n1\n")
    assert open_csv(path) is not open_csv(path), "it may change again within the tick of a clock"
    monkeypatch.setattr("scorelib.data.csvfile.SETTLED", 0)
    before = open_csv(path)
    assert open_csv(path) is before
    path.write_text("x\n2\n")
    os.utime(path, ns=(1, 1))
    assert open_csv(path) is not before
    assert [cells for _, cells in open_csv(path).records()] == [["x"], ["2"]]


def test_a_file_that_is_gone_is_told_even_if_it_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x\n")
    open_csv(path)
    path.unlink()
    with pytest.raises(UnreadableError):
        open_csv(path)
