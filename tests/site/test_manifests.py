"""The site believes what a report says of itself, and nothing else."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from scorelib.site.manifests import read_manifests

if TYPE_CHECKING:
    from pathlib import Path


def test_every_report_has_its_manifest(built: Path) -> None:
    found = read_manifests(built / "reports")
    assert [each.name for each in found] == [
        f"{name}/{code}" for name in ("iom/2024", "undp/2023", "voorbeeld/2024") for code in ("en", "nl")
    ]
    assert {"index.html", "data.zip"} <= set(found[0].files)
    assert found[0].files["data.zip"].size == (built / "reports" / found[0].name / "data.zip").stat().st_size


def test_a_manifest_that_cannot_be_read_or_stands_elsewhere_is_left_out(built: Path, tmp_path: Path) -> None:
    for name in ("iom/2024/nl", "iom/2024/en", "other/2024/nl"):
        (tmp_path / name).mkdir(parents=True)
    source = built / "reports" / "iom" / "2024" / "nl" / "provenance.json"
    shutil.copy(source, tmp_path / "iom" / "2024" / "nl")
    shutil.copy(source, tmp_path / "other" / "2024" / "nl")
    (tmp_path / "iom" / "2024" / "en" / "provenance.json").write_text('{"@graph": 7}')
    assert [each.name for each in read_manifests(tmp_path)] == ["iom/2024/nl"]
