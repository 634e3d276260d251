"""Columns hold what the rows hold, and what is proven as columns is right by the rules of rows."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scorelib.data import proof
from scorelib.data.cells import cast
from scorelib.data.check import check_package
from scorelib.data.columns import Text, cut, decimal, factor, reader, repeated, show_number, show_numbers
from scorelib.data.package import Field, Package
from scorelib.data.proof import columns_of, proven, verify
from scorelib.data.read import read_rows
from scorelib.data.write import write_table

from .small import small

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

relaxed = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
cells = st.text(st.sampled_from("ab1,\";\n\r'é \t"), max_size=6)


def nothing(name: str, texts: Sequence[str], lines: Sequence[int]) -> Any:
    raise AssertionError((name, texts, lines))


@given(st.lists(st.lists(cells, min_size=3, max_size=3), max_size=20), st.sampled_from([",", ";"]))
@relaxed
def test_cutting_gives_what_the_csv_reader_gives(rows: list[list[str]], delimiter: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([["x", "y", "z"], *rows])
    records = reader(io.StringIO(out.getvalue(), newline=""), delimiter)
    next(records)
    done = cut(records, ["x", "y", "z"], ["x", "z"], [], nothing, first=2)
    kept = [row for row in rows if any(row)]
    assert done.records == len(rows)
    assert done.empty == len(rows) - len(kept)
    assert done.columns.text["x"].cells() == [row[0] for row in kept]
    assert done.columns.text["z"].cells() == [row[2] for row in kept]
    line, lines = 2, []
    for row in rows:
        if any(row):
            lines.append(line)
        line += 1 + sum(len(cell.replace("\r\n", "\n").replace("\r", "\n").split("\n")) - 1 for cell in row)
    assert done.columns.lines.tolist() == lines


amounts = st.floats(allow_nan=False, allow_infinity=False).map(repr) | st.just("9" * 400)


@given(st.lists(st.one_of(st.just(""), amounts, st.text(max_size=5))))
@relaxed
def test_numbers_are_read_as_the_tables_rules_read_them(texts: list[str]) -> None:
    field = Field("x", "number")
    found = decimal(texts)
    wanted = [cast(text, field) for text in texts]
    if found is not None:
        assert all(value is None or isinstance(value, float) for value in wanted)
        assert [None if math.isnan(value) else value for value in found.tolist()] == wanted
    elif all(value is None or isinstance(value, float) for value in wanted):
        assert any("e" in text.lower() for text in texts)


@given(st.lists(st.floats(-1e17, 1e17) | st.just(float("nan"))))
@relaxed
def test_numbers_are_written_so_that_they_are_read_again(numbers: list[float]) -> None:
    shown = show_numbers(np.array(numbers, dtype=np.float64))
    assert shown == [show_number(number) for number in numbers]
    for number, text in zip(numbers, shown, strict=True):
        again = cast(text, Field("x", "number"))
        if abs(number) > 1e-9 or number == 0:
            assert again == pytest.approx(number, rel=1e-12)
        assert "e" not in text


keys = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=30)


@given(keys)
@relaxed
def test_a_key_is_one_number_for_each_different_row(rows: list[tuple[str, str]]) -> None:
    columns = [Text.of([row[at] for row in rows]) for at in (0, 1)]
    key = factor(columns, len(rows)).tolist()
    assert len(set(key)) == len(set(rows))
    assert repeated(np.array(key, dtype=np.int64)) == (len(set(rows)) < len(rows))
    assert all((one == two) == (rows[i] == rows[j]) for i, one in enumerate(key) for j, two in enumerate(key))


TROUBLE = st.sampled_from(
    ["", "iom", "undp", "atlantis", "2023", "20x3", "1850", "NL", "XX", "government", "prince", "1", "-2.5",
     "x", "1e3", "1,5", "USD", "usd", "ceb", "none", "\x07", "a\nb", " ", "NaN"]
)  # fmt: skip


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9), TROUBLE), max_size=3),
    st.sampled_from(["", "\n", "iom,2023\n", '"', "iom,2023,NL,government,,1,,,USD,ceb\n"]),
)
@relaxed
def test_what_is_proven_breaks_no_rule(
    tmp_path_factory: pytest.TempPathFactory, changes: Any, more: str
) -> None:
    project = small(tmp_path_factory.mktemp("proof") / "project")
    path = project / "data" / "contributions.csv"
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"))))
    for row, column, text in changes:
        rows[row % len(rows)][column] = text
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    path.write_text(out.getvalue() + more, "utf-8", newline="")
    package = Package.load(project / "data")
    told = check_package(package)
    table = package.table("contributions")
    columns = proof._quick(package, table)
    others = {name: read_rows(package, each) for name, each in package.tables.items() if name != table.name}
    if columns is not None and proven(table, columns, others):
        assert told == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proof, "LARGE", 0)
        assert verify(package, {}) == told


def test_the_projects_own_tables_are_proven(root: Path) -> None:
    package = Package.load(root / "data")
    table = package.table("contributions")
    others = {name: read_rows(package, each) for name, each in package.tables.items() if name != table.name}
    assert proven(table, columns_of(package, table), others)


def test_a_table_that_is_not_proven_is_left_to_its_file(root: Path) -> None:
    package = Package.load(root / "data")
    columns = columns_of(package, package.table("contributions"))
    twice = columns.take(np.array([0, 0]))
    assert verify(package, {"contributions": columns}) == []
    assert verify(package, {"contributions": twice}) is None
    assert verify(package, {"sources": columns_of(package, package.table("sources"))}) is None


def test_a_table_that_is_written_again_without_changes_keeps_its_bytes(root: Path, tmp_path: Path) -> None:
    package = Package.load(root / "data")
    for table in package.tables.values():
        before = (package.folder / table.path).read_bytes()
        rows = columns_of(package, table)
        for touched in (False, True):
            target = tmp_path / table.path
            write_table(
                target,
                table,
                rows,
                before=before,
                starts=rows.lines,
                origin=np.arange(len(rows)),
                touched=np.full(len(rows), touched),
            )
            if not touched:
                assert target.read_bytes() == before
            else:
                again = columns_of(Package(tmp_path, {table.name: table}), table)
                assert {name: column.cells() for name, column in again.text.items()} == {
                    name: column.cells() for name, column in rows.text.items()
                }
                assert all(
                    np.array_equal(again.numbers[name], rows.numbers[name], equal_nan=True)
                    for name in rows.numbers
                )
