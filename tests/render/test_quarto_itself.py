"""The real Quarto makes of a scorecard what the embedded renderer makes of it.

These tests run wherever Quarto 1.6 or later is on the PATH, and are skipped elsewhere: its package downloads
a program when it is installed, which cannot be done everywhere. `test_quarto.py` holds all that is written
for Quarto to the same without it.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pdfua
import pypdf
import pytest

from scorelib.build.provenance import Manifest
from scorelib.render.foreign import foreign
from scorelib.render.quartorun import find

if TYPE_CHECKING:
    from collections.abc import Callable

    from scorelib.render.quartorun import Quarto

pytestmark = [pytest.mark.quarto, pytest.mark.timeout(600)]
REPORT = "voorbeeld/2024/nl"
STEM = "scorecard-voorbeeld-2024-nl"


@pytest.fixture(scope="module")
def quarto() -> Quarto:
    found = find()
    if found is None or found.problem:
        pytest.skip(found.problem if found else "quarto is not on the PATH; install Quarto 1.6 or later")
    return found


def run(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    # The first Python on the PATH is the one that `_quarto.yml` calls.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command, cwd=project, capture_output=True, text=True, check=False, env={**os.environ, "PATH": path}
    )


def build(project: Path, renderer: str, *more: str) -> subprocess.CompletedProcess[str]:
    command = ("-m", "scorelib", "build", "voorbeeld", "--renderer", renderer, *more)
    return run(project, sys.executable, *command)


@pytest.fixture(scope="module")
def both(new_project: Callable[[], Path], quarto: Quarto) -> dict[str, Path]:
    """The same report by both renderers."""
    assert not quarto.problem
    project, out = new_project(), {}
    for renderer in ("embedded", "quarto"):
        done = build(project, renderer)
        assert done.returncode == 0, done.stderr
        out[renderer] = project / renderer
        shutil.copytree(project / "reports" / REPORT, out[renderer])
    return out


def page(folder: Path) -> str:
    shown = (folder / "index.html").read_text("utf-8")
    shown = re.sub(r"<(script|style|svg|details)\b.*?</\1>", "", shown, flags=re.DOTALL)
    only = r'<section class="origins".*?</section>|<span class="from">.*?</span>'
    shown = re.sub(only, "", shown, flags=re.DOTALL)
    return re.sub(r"<!--.*?-->", "", shown, flags=re.DOTALL)


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", text)))


def test_the_five_files_are_there_and_the_notebook_is_the_same(both: dict[str, Path], quarto: Quarto) -> None:
    names = {"index.html", f"{STEM}.pdf", "data.zip", "notebook.ipynb", "provenance.json"}
    assert {path.name for path in both["quarto"].iterdir()} == names
    for name in ("notebook.ipynb", "data.zip"):
        assert (both["quarto"] / name).read_bytes() == (both["embedded"] / name).read_bytes()
    manifest = Manifest.read(both["quarto"] / "provenance.json")
    assert manifest.rendering["renderer"] == f"quarto {quarto.version}"


def test_headings_and_their_numbers_are_the_same(both: dict[str, Path]) -> None:
    embedded = re.findall(r'<h[2-6] id="[^"]*">(.*?) <a class="anchor"', page(both["embedded"]))
    main = page(both["quarto"])
    main = main[main.index("<main") : main.index("</main>")]
    quarto = re.findall(r"<h([1-6])\b[^>]*class=\"anchored\"[^>]*>(.*?)</h\1>", main, re.DOTALL)
    assert [squeeze(head) for _, head in quarto] == [squeeze(head) for head in embedded]


def test_captions_and_their_numbers_are_the_same(both: dict[str, Path]) -> None:
    embedded = re.findall(r"<(caption|figcaption)>(.*?)</\1>", page(both["embedded"]), re.DOTALL)
    quarto = re.findall(r"<figcaption\b[^>]*>(.*?)</figcaption>", page(both["quarto"]), re.DOTALL)
    assert len(embedded) > 5
    assert [squeeze(caption) for caption in quarto] == [squeeze(caption) for _, caption in embedded]


def test_references_and_notes_are_the_same(both: dict[str, Path]) -> None:
    def links(shown: str) -> list[str]:
        found = re.findall(r'<a\b[^>]*href="#((?:sec|fig|tbl)-[^"]+)"[^>]*>(.*?)</a>', shown, re.DOTALL)
        return [f"{target} {squeeze(text)}" for target, text in found]

    embedded, quarto = page(both["embedded"]), page(both["quarto"])
    embedded = embedded[embedded.index("<main") :]
    quarto = quarto[quarto.index("<main") :]
    kept = re.sub(r'<a class="anchor"[^>]*>.*?</a>', "", embedded)
    assert links(re.sub(r'<a class="anchorjs-link.*?</a>', "", quarto)) == links(kept)
    notes = re.findall(r'<li id="note-\d+">(.*?) <a href="#noteref-\d+"', embedded, re.DOTALL)
    through = re.findall(r'<li id="fn\d+">(.*?)<a\b[^>]*footnote-back', quarto, re.DOTALL)
    assert [squeeze(note) for note in through] == [squeeze(note) for note in notes]


def test_the_page_is_one_file_that_loads_nothing(both: dict[str, Path]) -> None:
    assert foreign((both["quarto"] / "index.html").read_text("utf-8")) == []


def test_the_pdf_conforms_and_says_the_same(both: dict[str, Path], quarto: Quarto) -> None:
    if not quarto.standards:
        pytest.skip(f"Quarto {quarto.version} knows no PDF standard; 1.9 does")
    made = both["quarto"] / f"{STEM}.pdf"
    assert [str(finding) for finding in pdfua.validate(str(made)).findings] == []

    def numbers(path: Path) -> set[str]:
        text = " ".join(each.extract_text() for each in pypdf.PdfReader(path).pages)
        return set(re.findall(r"\d+,\d+|\d+%", text))

    missing = numbers(both["embedded"] / f"{STEM}.pdf") - numbers(made)
    assert missing == set()


def test_two_builds_are_the_same_bytes(both: dict[str, Path]) -> None:
    project = both["quarto"].parent
    assert build(project, "quarto", "--force", "--lang", "nl").returncode == 0
    again = project / "reports" / REPORT
    before = both["quarto"]
    assert [p.name for p in again.iterdir() if p.read_bytes() != (before / p.name).read_bytes()] == []


@pytest.mark.usefixtures("quarto")
def test_one_that_breaks_typst_is_named_and_the_other_is_made(project: Path, root: Path) -> None:
    shutil.copytree(root / "_extensions", project / "_extensions")
    show = project / "_extensions" / "scorecard" / "typst-show.typ"
    broken = '#context if text.lang == "nl" { panic("broken on purpose") }\n'
    show.write_text(show.read_text("utf-8") + broken, "utf-8")
    done = build(project, "quarto")
    assert done.returncode == 1
    assert "1 made, 1 failed" in done.stdout
    assert "voorbeeld/2024/nl failed: Quarto cannot render it" in done.stderr
    assert "broken on purpose" in done.stderr
    assert (project / "reports" / "voorbeeld/2024/en/index.html").exists()


def test_quarto_render_alone_makes_and_publishes_all(quarto: Quarto, project: Path, root: Path) -> None:
    for name in ("_quarto.yml", "_quarto-final.yml", "_quarto-draft.yml", "_brand.yml"):
        shutil.copy(root / name, project)
    shutil.copytree(root / "_extensions", project / "_extensions")
    done = run(project, quarto.program, "render")
    assert done.returncode == 0, done.stderr
    assert len(list((project / "reports").glob("*/*/*/scorecard-*.pdf"))) == 6
