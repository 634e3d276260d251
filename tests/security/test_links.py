"""Links where reports are made: nothing that lies elsewhere is removed, changed or written over."""

from __future__ import annotations

import io
import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest

from scorelib.build.cluster import Bundle
from scorelib.cli import run

from .hostile import snapshot

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def elsewhere(made: Path, tmp_path: Path) -> Path:
    """A folder of somebody else, with a report of ours among what lies there."""
    folder = tmp_path / "elsewhere"
    shutil.copytree(made / "reports" / "iom" / "2024" / "nl", folder / "2020" / "nl")
    (folder / "2020" / "nl" / "notes.txt").write_text("mine", "utf-8")
    (folder / "mine.txt").write_text("mine", "utf-8")
    (folder / "index.html").write_text("mine", "utf-8")
    return folder


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "project", symlinks=True)


@pytest.mark.parametrize("place", ["gone", "gone/2020", "gone/2020/nl"])
def test_what_a_link_leads_to_is_not_pruned(project: Path, elsewhere: Path, place: str) -> None:
    link = project / "reports" / place
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(elsewhere / place.removeprefix("gone").removeprefix("/"))
    before = snapshot(elsewhere)
    assert run(["build", "iom", "--lang", "nl", "--prune", "-C", str(project)]) == 0
    assert snapshot(elsewhere) == before


def test_a_folder_of_reports_that_is_a_link_gets_reports_and_loses_nothing(
    project: Path, elsewhere: Path
) -> None:
    shutil.rmtree(project / "reports")
    (project / "reports").symlink_to(elsewhere)
    (elsewhere / "iom").mkdir()
    (elsewhere / "iom" / "2024").mkdir()
    (elsewhere / "iom" / "2024" / "nl").mkdir()
    (elsewhere / "iom" / "2024" / "nl" / "thesis.docx").write_text("mine", "utf-8")
    before = snapshot(elsewhere)
    assert run(["build", "iom", "--lang", "nl", "-C", str(project)]) == 1
    after = snapshot(elsewhere)
    assert {name: after.get(name) for name in before} == before
    assert {name.partition("/")[0] for name in after.keys() - before.keys()} <= {".scorelib", "status.json"}


@pytest.mark.parametrize(
    "name",
    [
        "status.json",
        ".scorelib",
        pytest.param("index.html", marks=pytest.mark.slow),
        pytest.param("_site", marks=pytest.mark.slow),
    ],
)
def test_files_of_ours_that_are_links_are_replaced_and_not_written_through(
    project: Path, elsewhere: Path, name: str
) -> None:
    place = project / "reports" / name
    if place.is_dir():
        shutil.rmtree(place)
    place.unlink(missing_ok=True)
    place.symlink_to(elsewhere if name in {"_site", ".scorelib"} else elsewhere / "index.html")
    before = snapshot(elsewhere)
    assert run(["build", "iom", "--lang", "nl", "-C", str(project)]) in {0, 1}
    if name in {"index.html", "_site"}:
        assert run(["site", "-C", str(project)]) == 0
    after = snapshot(elsewhere)
    assert {each: after.get(each) for each in before} == before


def test_what_a_link_in_data_leads_out_to_is_not_sent_to_a_cluster(project: Path, elsewhere: Path) -> None:
    texts = project / "data" / "texts" / "iom" / "2024" / "nl"
    (texts / "secret.md").symlink_to(elsewhere / "mine.txt")
    (texts / "linked.md").symlink_to("20-summary.md")
    (texts / "round.md").symlink_to("round.md")
    with zipfile.ZipFile(io.BytesIO(Bundle.of(project).content)) as archive:
        names = archive.namelist()
    place = "data/texts/iom/2024/nl"
    assert f"{place}/linked.md" in names
    assert f"{place}/secret.md" not in names
