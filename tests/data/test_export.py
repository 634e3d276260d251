"""The data behind a report are a data package themselves: whole, valid, the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import frictionless
import pytest

from scorelib.data.check import check_package
from scorelib.data.export import data_zip
from scorelib.data.package import Package
from scorelib.data.scorecard import load_scorecard

from .small import change, small

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return small(tmp_path / "project")


def unpacked(project: Path, folder: Path) -> Path:
    content = data_zip(load_scorecard("iom", 2024, project=project))
    zipfile.ZipFile(io.BytesIO(content)).extractall(folder)
    return folder


def test_what_was_exported_is_valid_to_us_and_to_frictionless(project: Path, tmp_path: Path) -> None:
    folder = unpacked(project, tmp_path / "zip")
    assert check_package(Package.load(folder)) == []
    assert frictionless.validate(str(folder / "datapackage.json")).valid


def test_what_was_exported_are_the_values_of_the_organisation_alone(project: Path, tmp_path: Path) -> None:
    folder = unpacked(project, tmp_path / "zip")
    assert (folder / "contributions.csv").read_text("utf-8").splitlines()[1:] == [
        "iom,2023,NA,government,1000,,,,USD,ceb",
        "iom,2023,NL,government,,2.5,-3,,USD,ceb",
    ]
    assert (folder / "scores.csv").read_text("utf-8").splitlines()[1] == "mopan-iom,1.1,N/A,,mopan"
    assert "undp" not in "".join(path.read_text("utf-8") for path in folder.glob("*.csv"))


def test_the_same_data_are_the_same_bytes(project: Path) -> None:
    assert data_zip(load_scorecard("iom", 2024, project=project)) == data_zip(
        load_scorecard("iom", 2024, project=project)
    )


def test_a_text_that_looks_like_no_number_is_a_text(project: Path, tmp_path: Path) -> None:
    change(project, "donors", "Nederland", "nan")
    assert "NL,nan,Netherlands" in (unpacked(project, tmp_path / "zip") / "donors.csv").read_text("utf-8")


def test_a_byte_order_mark_of_the_description_is_no_matter(project: Path, tmp_path: Path) -> None:
    path = project / "data" / "datapackage.json"
    path.write_text(path.read_text("utf-8"), "utf-8-sig")
    assert check_package(Package.load(unpacked(project, tmp_path / "zip"))) == []
