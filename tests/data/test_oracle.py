"""Ours and the `frictionless` library find the same broken cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import frictionless
import pytest

from scorelib.data.check import check_package
from scorelib.data.package import Package

from .broken import BROKEN, add, cell, content, draft, gone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .broken import Draft

Place = tuple[str, int | str, str]
"""File, row and column of a cell; no column for a row; ``header`` or ``file`` for those as a whole."""

CELL = {"type-error", "constraint-error", "unique-error", "missing-cell", "extra-cell"}
ROW = {"primary-key", "foreign-key", "blank-row"}
HEADER = {"header", "blank-header", "blank-label", "duplicate-label", "extra-label", "incorrect-label"}
HEADER |= {"missing-label"}


def ours(folder: Path) -> set[Place]:
    places: set[Place] = set()
    for found in check_package(Package.load(folder)):
        if found.rule in {"header", "file", "encoding", "csv"}:
            places.add((found.file, found.rule if found.rule == "header" else "file", ""))
        else:
            places.add((found.file, found.row, "" if found.rule in ROW else found.column))
    return places


def theirs(folder: Path) -> set[Place]:
    report = frictionless.validate(str(folder / "datapackage.json"), limit_errors=10_000)
    assert not report.errors, report.errors
    places: set[Place] = set()
    for task in report.tasks:
        for error in task.errors:
            if error.type in CELL:
                places.add((task.place, error.row_number, error.field_name))
            elif error.type in ROW:
                places.add((task.place, error.row_number, ""))
            else:
                places.add((task.place, "header" if error.type in HEADER else "file", ""))
    # It reads on below a wrong header, by guess; we do not.
    guessed = {file for file, row, _ in places if row == "header"}
    return {place for place in places if place[0] not in guessed or place[1] == "header"}


def test_the_valid_package_is_valid_to_both(tmp_path: Path) -> None:
    folder = draft().write(tmp_path)
    assert ours(folder) == theirs(folder) == set()


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN.keys())
def test_both_find_the_same_broken_cells(change: Callable[[Draft], None], tmp_path: Path) -> None:
    given = draft()
    change(given)
    folder = given.write(tmp_path)
    found = ours(folder)
    assert found
    assert found == theirs(folder)


def both(folder: Path, change: Callable[[Draft], None]) -> tuple[set[Place], set[Place]]:
    given = draft()
    change(given)
    given.write(folder)
    return ours(folder), theirs(folder)


def test_there_are_enough_broken_packages() -> None:
    assert len(BROKEN) >= 60


# --- where we differ, on purpose ------------------------------------------------------------------

STRICTER = {
    "not a number": cell("phases", 2, "amount", "NaN"),
    "infinity": cell("phases", 2, "amount", "-INF"),
    "a number beyond any amount": cell("phases", 2, "amount", "1e400"),
    "a space before a number": cell("phases", 2, "amount", " 5"),
    "a no-break space after a number": cell("phases", 2, "amount", "5\N{NO-BREAK SPACE}"),
    "an underscore in a number": cell("phases", 2, "amount", "1_000"),
    "digits of another script": cell("phases", 2, "amount", "\N{ARABIC-INDIC DIGIT THREE}"),
    "a date without its zeros": cell("projects", 2, "begin", "2024-1-5"),
    "a control character": cell("countries", 4, "name", "Bel\x07gium"),
    "a NUL": cell("countries", 4, "name", "Bel\x00gium"),
}
"""Cells that frictionless reads as if nothing were the matter, and that we tell."""


@pytest.mark.parametrize("change", STRICTER.values(), ids=STRICTER.keys())
def test_we_tell_one_cell_where_frictionless_reads_on(
    change: Callable[[Draft], None], tmp_path: Path
) -> None:
    found, by_them = both(tmp_path, change)
    assert by_them == set()
    assert len(found) == 1


def test_an_integer_of_more_than_18_digits_is_none_to_us(tmp_path: Path) -> None:
    # It would not fit into the column of a table; its own row then refers to nothing.
    change = cell("reviews", 5, "number", "4" * 19)
    found, by_them = both(tmp_path, change)
    assert found - by_them == {("reviews.csv", 5, "number")}


def test_a_quote_within_a_text_is_no_csv_to_us(tmp_path: Path) -> None:
    found, by_them = both(tmp_path, content("countries", lambda text: text.replace(b"Belgium", b'"Bel"gium')))
    assert (found, by_them) == ({("countries.csv", "file", "")}, set())


def test_a_quote_that_is_not_closed_is_told_once_by_us_and_as_its_consequences_by_frictionless(
    tmp_path: Path,
) -> None:
    found, by_them = both(tmp_path, content("countries", lambda text: text.replace(b"Belgium", b'"Belgium')))
    assert found == {("countries.csv", "file", "")}
    assert by_them == {
        ("countries.csv", 4, "joined"),
        ("countries.csv", 4, "member"),
        ("countries.csv", 4, ""),
        ("projects.csv", 6, ""),
    }


def test_line_ends_of_an_old_mac_are_read_by_frictionless_only(tmp_path: Path) -> None:
    found, by_them = both(tmp_path, content("countries", lambda text: text.replace(b"\n", b"\r")))
    assert (found, by_them) == ({("countries.csv", "file", "")}, set())


def test_a_blank_first_line_or_a_space_in_a_name_is_a_wrong_header_to_us_only(tmp_path: Path) -> None:
    found, by_them = both(tmp_path, content("reviews", lambda text: b"\n" + text))
    assert (found, by_them) == ({("reviews.csv", "header", "")}, set())
    found, by_them = both(tmp_path, content("reviews", lambda text: text.replace(b"number,", b"number ,", 1)))
    assert (found, by_them) == ({("reviews.csv", "header", "")}, set())


def test_a_row_of_missing_values_is_blank_to_frictionless_and_lacks_cells_to_us(tmp_path: Path) -> None:
    found, by_them = both(tmp_path, add("projects", "-", "-", "-", "-", "-"))
    row = ("projects.csv", 7, "")
    assert by_them == {row}
    assert found == {row, *(("projects.csv", 7, column) for column in ("id", "country", "begin"))}


def test_an_empty_file_lacks_its_header_to_us_and_is_an_error_of_its_source_to_frictionless(
    tmp_path: Path,
) -> None:
    found, by_them = both(tmp_path, content("reviews", lambda _: b""))
    assert (found, by_them) == ({("reviews.csv", "header", "")}, {("reviews.csv", "file", "")})


UNREADABLE = {
    "it is gone": gone("countries"),
    "it is not UTF-8": content("countries", lambda text: text.replace("\u00f4".encode(), b"\xf4")),
}


@pytest.mark.parametrize("change", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_file_that_cannot_be_read_is_told_for_itself_and_not_for_those_that_refer_to_it(
    change: Callable[[Draft], None], tmp_path: Path
) -> None:
    found, by_them = both(tmp_path, change)
    assert found == {("countries.csv", "file", "")}
    assert by_them == found | {("projects.csv", "file", "")}
