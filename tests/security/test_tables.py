"""Every hostile table is shown as the text it is, or refused with its place, in bounded time."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest

from scorelib.data.export import data_zip
from scorelib.data.scorecard import load_scorecard
from scorelib.errors import DataError

from ..data.small import small
from .cases_tables import FILES, FORMULAS, HEAVY, IDS, NUMBERS, SHOWN, SIGNS
from .hostile import bounded, put, raw, snapshot, with_cell

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scorelib.data.scorecard import Scorecard


def load(project: Path) -> Scorecard:
    with bounded():
        return load_scorecard("iom", 2024, project=project)


def refused(project: Path, change: Callable[[Path], object]) -> str:
    """The message of a project that was spoiled, which stays as it is."""
    change(project)
    before = snapshot(project)
    with pytest.raises(DataError) as raised:
        load(project)
    assert snapshot(project) == before
    assert all(each.isprintable() or each == "\n" for each in str(raised.value))
    return str(raised.value)


@pytest.mark.parametrize("text", SHOWN.values(), ids=SHOWN)
def test_a_cell_is_the_text_it_is_and_leaves_as_it_came(tmp_path: Path, text: str) -> None:
    put("donors", "Nederland", text)(small(tmp_path))
    card = load(tmp_path)
    assert card["donors"]["name_nl"].tolist()[1] == text
    with zipfile.ZipFile(io.BytesIO(data_zip(card))) as archive:
        left = archive.read("donors.csv").decode()
    assert list(csv.reader(io.StringIO(left, newline="")))[2][1] == text


@pytest.mark.parametrize("sign", SIGNS.values(), ids=SIGNS)
def test_no_cell_hides_anything(tmp_path: Path, sign: str) -> None:
    message = refused(small(tmp_path), put("donors", "Nederland", f"Neder{sign}land"))
    assert message.startswith("donors.csv:3:name_nl 'Neder")


@pytest.mark.parametrize("text", FORMULAS.values(), ids=FORMULAS)
def test_no_cell_runs_in_a_spreadsheet(tmp_path: Path, text: str) -> None:
    message = refused(small(tmp_path), put("donors", "Nederland", text))
    assert message.startswith("donors.csv:3:name_nl")
    assert "a spreadsheet would run this as a formula; let it" in message


@pytest.mark.parametrize("text", IDS.values(), ids=IDS)
def test_an_id_is_small_letters_digits_and_hyphens(tmp_path: Path, text: str) -> None:
    assert "organisations.csv:2:id" in refused(small(tmp_path), put("organisations", "iom", text))


@pytest.mark.parametrize("text", NUMBERS.values(), ids=NUMBERS)
def test_an_amount_is_a_number_that_can_be_counted_with(tmp_path: Path, text: str) -> None:
    changed = with_cell("contributions", "1000", text).encode()
    assert "contributions.csv:2:assessed" in refused(small(tmp_path), raw("contributions", changed))


@pytest.mark.parametrize(("change", "message"), FILES.values(), ids=FILES)
@pytest.mark.timeout(20)
def test_a_file_that_is_no_table_is_refused(
    tmp_path: Path, change: Callable[[Path], None], message: str
) -> None:
    assert re.search(message, refused(small(tmp_path), change))


@pytest.mark.slow
@pytest.mark.parametrize(("change", "message"), HEAVY.values(), ids=HEAVY)
def test_a_file_of_a_hundred_megabytes_is_refused(
    tmp_path: Path, change: Callable[[Path], None], message: str
) -> None:
    assert re.search(message, refused(small(tmp_path), change))
