"""A real workbook of another kind is refused with what it is and what to do; a protected one is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msoffcrypto
import pytest
from python_calamine import CalamineWorkbook

from scorelib.errors import DataError

from ..data.small import small
from ..data.sources.world import take
from .hostile import bounded, described, resource_of, snapshot
from .other_workbooks import (
    PASSWORD,
    ROWS,
    binary,
    encrypted,
    linked,
    of_1997,
    opendocument,
    protected,
)
from .test_tables import load, refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OTHERS: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "with a password": (encrypted, "xlsx", "it is encrypted"),
    "of Excel 97": (of_1997, "xls", "it is a workbook of Excel 97 to 2003 (.xls)"),
    "in binary": (binary, "xlsb", "it is a binary workbook (.xlsb)"),
    "of OpenDocument": (opendocument, "ods", "it is of OpenDocument (.ods)"),
}
REMEDY = {"it is encrypted": "open it with its password and save it as .xlsx without one"}

MAPPING = """\
table: donors
columns: {id: id, name_nl: name_nl, name_en: name_en}
source: {id: x, publisher: X, title: X}
"""


def project_with(folder: Path, make: Callable[[Path], None], name: str) -> Path:
    """The small project with its donors in a workbook of that name."""
    project = small(folder)
    described(lambda said: resource_of(said, "donors").update(path=name))(project)
    (project / "data" / "donors.csv").unlink()
    make(project / "data" / name)
    return project


@pytest.mark.parametrize(("make", "ending", "told"), OTHERS.values(), ids=OTHERS)
def test_it_is_what_it_says(tmp_path: Path, make: Callable[[Path], None], ending: str, told: str) -> None:
    path = tmp_path / f"book.{ending}"
    make(path)
    if told == "it is encrypted":
        with path.open("rb") as stream:
            book = msoffcrypto.OfficeFile(stream)
            assert book.is_encrypted()
            book.load_key(password=PASSWORD)
            with (tmp_path / "open.xlsx").open("wb") as out:
                book.decrypt(out)
        path = tmp_path / "open.xlsx"
    assert CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python() == [list(row) for row in ROWS]


@pytest.mark.parametrize(("make", "ending", "told"), OTHERS.values(), ids=OTHERS)
def test_as_a_table_it_is_refused_whatever_it_is_called(
    tmp_path: Path, make: Callable[[Path], None], ending: str, told: str
) -> None:
    message = refused(project_with(tmp_path / "a", make, "donors.xlsx"), str)
    remedy = REMEDY.get(told, "save it as .xlsx")
    assert message == f"donors.xlsx[1]: the sheet cannot be read ({told}); {remedy}"
    if ending != "xlsx":
        message = refused(project_with(tmp_path / "b", make, f"donors.{ending}"), str)
        assert message.startswith(
            f"donors.{ending}: it is a workbook, or packed; save the sheet as CSV UTF-8"
        )


@pytest.mark.parametrize(("make", "ending", "told"), OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("renamed", [False, True], ids=["as it is called", "renamed"])
def test_an_import_refuses_it(
    tmp_path: Path, make: Callable[[Path], None], ending: str, told: str, *, renamed: bool
) -> None:
    project = small(tmp_path)
    name = f"book.{'xlsx' if renamed else ending}"
    make(tmp_path / name)
    (tmp_path / "mapping.yaml").write_text(MAPPING, "utf-8")
    before = snapshot(project)
    with bounded(), pytest.raises(DataError) as raised:
        take(project, "table", tmp_path / name, mapping=tmp_path / "mapping.yaml")
    assert str(raised.value) == f"{name}: {told}; {REMEDY.get(told, 'save it as .xlsx')}"
    assert snapshot(project) == before


@pytest.mark.parametrize("make", [protected, linked], ids=["protected against changes", "with a link"])
def test_what_can_be_read_without_a_password_or_another_file_is_read(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    project = project_with(tmp_path, make, "donors.xlsx")
    assert load(project)["donors"]["name_nl"].tolist() == ["Namibia", "Nederland"]


def test_a_link_whose_value_is_not_stored_is_refused_with_its_cell(tmp_path: Path) -> None:
    def without(path: Path) -> None:
        linked(path, value="")

    message = refused(project_with(tmp_path, without, "donors.xlsx"), str)
    assert message.startswith("donors.xlsx[1]:3: this formula has no stored result (B3)")
