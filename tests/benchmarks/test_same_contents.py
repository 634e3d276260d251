"""The ways that are measured against each other make the same reports."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from benchmarks.contents import contents, missing
from benchmarks.limit import Warm
from benchmarks.projects import LANGUAGES, Report
from benchmarks.routes import naive_notebook
from benchmarks.timing import environment

if TYPE_CHECKING:
    from pathlib import Path

REPORTS = [Report("undp", 2023, lang) for lang in LANGUAGES]
PAGE = """
<h2 id="a"><span class="number">1</span> Geld <a class="anchor" href="#a">#</a></h2>
<table><tr><th>Donor</th><th>USD</th></tr><tr><td>Nederland</td><td><a href="#b">62,2</a></td></tr></table>
<figure><svg></svg><details><table><tr><td>folded away</td></tr></table></details></figure>
"""
NOTEBOOK = """
<h1>Geld<a class="anchor-link" href="#Geld">¶</a></h1><img src="data:image/svg+xml;base64,x"/>
<table><thead><tr><th>Donor</th><th>USD</th></tr></thead><tr><td>Nederland</td><td>62,2</td></tr></table>
"""


def test_headings_rows_and_drawings_are_what_two_pages_are_held_to() -> None:
    assert contents(PAGE).headings == ["Geld"]
    assert contents(PAGE).rows == ["Donor USD", "Nederland 62,2"]
    assert contents(PAGE).drawings == 1
    assert missing(PAGE, NOTEBOOK) == []


def test_whatever_another_page_lacks_is_named() -> None:
    assert missing(PAGE, NOTEBOOK.replace("<h1>Geld", "<h1>Macht")) == ["heading 'Geld'"]
    assert missing(PAGE, NOTEBOOK.replace("62,2", "59,8")) == ["row 'Nederland 62,2'"]
    assert missing(PAGE, NOTEBOOK.replace("svg", "png")) == ["1 of 1 drawings"]


@pytest.mark.slow
def test_the_in_process_limit_makes_the_same_pages_as_the_build(built: Path, tmp_path: Path) -> None:
    with Warm(built, REPORTS, tmp_path, processes=1) as warm:
        assert warm.make() > 0
    for report in REPORTS:
        page = (tmp_path / f"{report.name}.html").read_bytes()
        assert page == (report.folder(built) / "index.html").read_bytes()
        assert (tmp_path / f"{report.name}.zip").read_bytes() == (
            report.folder(built) / "data.zip"
        ).read_bytes()


@pytest.mark.slow
def test_papermill_and_nbconvert_make_pages_with_all_that_ours_say(
    root: Path, built: Path, project: Path, tmp_path: Path
) -> None:
    naive_notebook(project)
    names = ["/".join(map(str, report)) for report in REPORTS]
    way = ("papermill API and nbconvert", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.peers", *way, *names],
        cwd=project,
        env=environment({"PYTHONPATH": str(root)}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for report in REPORTS:
        ours = (report.folder(built) / "index.html").read_text("utf-8")
        assert contents(ours).drawings > 2
        assert missing(ours, (tmp_path / f"{report.name}.html").read_text("utf-8")) == []
