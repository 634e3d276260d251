"""The command makes whole reports from right data, and nothing at all from wrong data."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import nbformat
import pypdf
import pytest

from scorelib.build.provenance import Manifest
from scorelib.document.nodes import Figure
from scorelib.document.read import charts, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Command = Callable[..., subprocess.CompletedProcess[str]]

REPORTS = [
    (o, y, lang) for o, y in (("iom", 2024), ("undp", 2023), ("voorbeeld", 2024)) for lang in ("nl", "en")
]


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def report(built: Path, organisation: str, year: int, lang: str) -> Path:
    return built / "reports" / organisation / str(year) / lang


def words(html: str) -> str:
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.mark.parametrize(("organisation", "year", "lang"), REPORTS)
def test_a_report_has_its_five_files(built: Path, organisation: str, year: int, lang: str) -> None:
    folder = report(built, organisation, year, lang)
    pdf = f"scorecard-{organisation}-{year}-{lang}.pdf"
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["index.html", pdf, "data.zip", "notebook.ipynb", "provenance.json"]
    )
    reader = pypdf.PdfReader(folder / pdf)
    assert reader.metadata is not None
    assert organisation.upper() in str(reader.metadata.title)
    assert {"contributions.csv", "datapackage.json"} <= set(zipfile.ZipFile(folder / "data.zip").namelist())
    made = Manifest.read(folder / "provenance.json").files
    assert {name: each["sha256"] for name, each in made.items()} == {
        name: digest for name, digest in files(folder).items() if name != "provenance.json"
    }


def test_the_donor_table_of_iom_shows_the_netherlands_sixth_in_2023_and_names_its_basis(built: Path) -> None:
    page = (report(built, "iom", 2024, "nl") / "index.html").read_text()
    table = re.search(r'<table id="tbl-donors">.*?</table>', page, re.DOTALL)
    assert table is not None
    shown = words(table.group())
    assert re.search(r"2023 .*?\b6 Nederland 62,2\b", shown)
    assert "vrijwillige" in shown
    assert "zonder verplichte" in shown


def test_the_text_says_the_same_as_the_table_in_both_languages(built: Path) -> None:
    dutch = words((report(built, "iom", 2024, "nl") / "index.html").read_text())
    english = words((report(built, "iom", 2024, "en") / "index.html").read_text())
    assert "USD 62,2 mln." in dutch
    assert "6e" in dutch
    assert "USD 62.2 million" in english
    assert "6th" in english
    for wrong in ("59,8", "140%"):
        assert wrong not in dutch


@pytest.mark.parametrize(("organisation", "year", "lang"), REPORTS)
def test_the_notebook_of_a_report_is_one_that_jupyter_opens(
    built: Path, organisation: str, year: int, lang: str
) -> None:
    path = report(built, organisation, year, lang) / "notebook.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) == len(notebook.cells) + 3, "a cell a line"


def test_the_charts_that_are_drawn_as_cells_run_are_those_of_the_document(built: Path) -> None:
    notebook = nbformat.read(report(built, "voorbeeld", 2024, "nl") / "notebook.ipynb", as_version=4)
    document = read(notebook, lang="nl-NL")
    figures = [block.spec for block in document.blocks if isinstance(block, Figure)]
    assert len(figures) > 3
    assert [spec for cell in notebook.cells for spec in charts(cell)] == figures


def test_a_fictional_organisation_says_so_on_every_page(built: Path) -> None:
    for lang, word in (("nl", "Fictief voorbeeld"), ("en", "Fictional example")):
        folder = report(built, "voorbeeld", 2024, lang)
        for page in pypdf.PdfReader(folder / f"scorecard-voorbeeld-2024-{lang}.pdf").pages:
            assert word in page.extract_text()
        assert word in (folder / "index.html").read_text()


def test_a_draft_says_so_on_every_page_and_names_the_chapters_that_are_missing(built: Path) -> None:
    folder = report(built, "undp", 2023, "nl")
    for page in pypdf.PdfReader(folder / "scorecard-undp-2023-nl.pdf").pages:
        assert "Concept" in page.extract_text()
    assert "Nog niet geschreven" in words((folder / "index.html").read_text())


def test_the_page_and_the_pdf_say_the_same_headings_and_captions(built: Path) -> None:
    for organisation, year, lang in REPORTS:
        folder = report(built, organisation, year, lang)
        page = (folder / "index.html").read_text()
        pdf = pypdf.PdfReader(folder / f"scorecard-{organisation}-{year}-{lang}.pdf")
        shown = "".join("".join(part.extract_text() for part in pdf.pages).split()).replace("\xad", "")
        wanted = re.findall(r"<h[1-5] id=[^>]*>(.*?) <a class=\"anchor\"", page)
        wanted += re.findall(r'<span class="label">[^<]*</span>([^<]*)<', page)
        assert len(wanted) > 15
        for text in wanted:
            squeezed = "".join(words(text).replace("&amp;", "&").split())
            assert squeezed[:40] in shown, text


def test_two_builds_of_the_same_data_are_the_same_bytes(
    built: Path, project: Path, scorelib: Command
) -> None:
    done = scorelib("build", "voorbeeld", "--lang", "nl,en", cwd=project)
    assert done.returncode == 0, done.stderr
    once = files(built / "reports" / "voorbeeld")
    assert files(project / "reports" / "voorbeeld") == once


def test_the_executed_notebook_holds_no_time_and_no_path(built: Path) -> None:
    text = (report(built, "iom", 2024, "nl") / "notebook.ipynb").read_text()
    assert str(built) not in text
    assert "start_time" not in text
    assert "/tmp/" not in text  # noqa: S108 - a path that must not be there


# --- wrong usage and wrong data ---------------------------------------------------------------


def refused(project: Path, scorelib: Command, *arguments: str) -> str:
    """Run a build that must be refused: exit 2, a message, no traceback, every report untouched."""
    old = project / "reports" / "iom" / "2024" / "nl"
    old.mkdir(parents=True)
    (old / "index.html").write_text("as it was")
    before = files(project / "reports")
    done = scorelib("build", *arguments, cwd=project)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert files(project / "reports") == before
    return done.stderr


def edit(project: Path, table: str, change: Callable[[list[str]], list[str]]) -> None:
    path = project / "data" / table
    lines = path.read_text("utf-8").split("\n")
    path.write_text("\n".join(change(lines)), "utf-8")


def row_of(project: Path, table: str, start: str) -> int:
    lines = (project / "data" / table).read_text("utf-8").split("\n")
    return next(index for index, line in enumerate(lines) if line.startswith(start))


def test_an_unknown_organisation_is_refused_with_the_nearest_ones(project: Path, scorelib: Command) -> None:
    message = refused(project, scorelib, "nosuch", "--year", "2024")
    assert "no organisation 'nosuch'" in message
    assert "scorelib list" in message
    assert len(message.strip().splitlines()) == 1


def test_a_year_without_a_scorecard_is_refused_with_the_years_there_are(
    project: Path, scorelib: Command
) -> None:
    message = refused(project, scorelib, "iom", "--year", "1999")
    assert "2024" in message
    assert "scorecards.csv" in message
    assert len(message.strip().splitlines()) == 1


def test_a_letter_in_an_amount_is_named_with_its_cell(project: Path, scorelib: Command) -> None:
    index = row_of(project, "contributions.csv", "iom,2023,NL,government")

    def change(lines: list[str]) -> list[str]:
        cells = lines[index].split(",")
        cells[5] = "316455x"
        return [*lines[:index], ",".join(cells), *lines[index + 1 :]]

    edit(project, "contributions.csv", change)
    message = refused(project, scorelib, "iom", "--year", "2024")
    assert f"contributions.csv:{index + 1}:unearmarked '316455x'" in message
    assert "number" in message
    assert "1 error in the data; nothing was written" in message


def test_a_missing_table_is_named(project: Path, scorelib: Command) -> None:
    (project / "data" / "revenue.csv").unlink()
    assert "revenue.csv" in refused(project, scorelib, "iom", "--year", "2024")


def test_a_row_that_is_there_twice_is_named_with_both_lines(project: Path, scorelib: Command) -> None:
    index = row_of(project, "contributions.csv", "iom,2023,NL,government")
    edit(project, "contributions.csv", lambda lines: [*lines[: index + 1], lines[index], *lines[index + 1 :]])
    message = refused(project, scorelib, "iom", "--year", "2024")
    assert f"contributions.csv:{index + 2}" in message
    assert str(index + 1) in message


def test_all_errors_are_told_at_once(project: Path, scorelib: Command) -> None:
    edit(
        project,
        "facts.csv",
        lambda lines: [line.replace("iom,member-states,175", "iom,member-states,many") for line in lines],
    )
    edit(
        project,
        "relevance.csv",
        lambda lines: [line.replace("iom,2024,water,not-relevant", "iom,2024,water,dry") for line in lines],
    )
    message = refused(project, scorelib, "iom", "--year", "2024")
    assert "facts.csv" in message
    assert "relevance.csv" in message
    assert "not-relevant" in message


def test_a_text_that_asks_for_what_there_is_not_is_named_with_file_and_line(
    project: Path, scorelib: Command
) -> None:
    text = project / "data" / "texts" / "iom" / "2024" / "nl" / "20-summary.md"
    text.write_text(text.read_text() + '\n\nNog {{ usd("XX", 2023) }}.\n')
    line = text.read_text().count("\n")
    assert f"data/texts/iom/2024/nl/20-summary.md:{line}" in refused(
        project, scorelib, "iom", "--year", "2024"
    )


def test_wrong_data_of_one_organisation_leave_another_alone(project: Path, scorelib: Command) -> None:
    index = row_of(project, "contributions.csv", "undp,2020,NL")
    edit(
        project,
        "contributions.csv",
        lambda lines: [*lines[:index], "undp,2020,NL,x,,,,,USD,?", *lines[index + 1 :]],
    )
    done = scorelib("build", "voorbeeld", "--lang", "en", "--to", "html", cwd=project)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "arguments", [["--lang", "fy"], ["--to", "docx"], ["--year", "x"], ["--nonsense"], ["--lang", ","]]
)
def test_wrong_options_are_refused(project: Path, scorelib: Command, arguments: list[str]) -> None:
    refused(project, scorelib, "iom", *arguments)


def test_outside_a_project_the_command_says_where_to_go(tmp_path: Path, scorelib: Command) -> None:
    done = scorelib("build", "iom", cwd=tmp_path)
    assert done.returncode == 2
    assert "datapackage.json" in done.stderr


# --- failing reports --------------------------------------------------------------------------


def test_a_report_that_fails_is_told_with_its_cell_and_stops_no_other(
    project: Path, scorelib: Command
) -> None:
    path = project / "notebooks" / "scorecard.ipynb"
    notebook = json.loads(path.read_text())
    cell = next(cell for cell in notebook["cells"] if cell["id"] == "load")
    cell["source"] = 'if lang == "nl":\n    1 / 0\n' + "".join(cell["source"])
    path.write_text(json.dumps(notebook))
    done = scorelib("build", "voorbeeld", "--to", "html", cwd=project)
    assert done.returncode == 1
    assert "voorbeeld/2024/nl failed" in done.stderr
    assert "ZeroDivisionError" in done.stderr
    assert "cell 4" in done.stderr
    assert "papermill notebooks/scorecard.ipynb" in done.stderr
    assert (project / "reports" / "voorbeeld" / "2024" / "en" / "index.html").exists()
    assert not (project / "reports" / "voorbeeld" / "2024" / "nl").exists()


def test_a_folder_that_cannot_be_written_is_told_and_nothing_is_lost(
    project: Path, scorelib: Command
) -> None:
    (project / "reports" / "voorbeeld").write_text("a file where a folder should be")
    done = scorelib("build", "voorbeeld", "--lang", "en", "--to", "html", cwd=project)
    assert done.returncode == 1
    assert "cannot write" in done.stderr
    assert "Traceback" not in done.stderr


# --- by hand ----------------------------------------------------------------------------------


def test_papermill_by_hand_needs_nothing_of_ours_but_the_import(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "papermill", "notebooks/scorecard.ipynb", "out.ipynb",
         "-p", "organisation", "iom", "-p", "year", "2024", "-p", "lang", "nl", "--no-progress-bar"],
        cwd=project, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    notebook = json.loads((project / "out.ipynb").read_text())
    shown = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    assert len(shown) > 20
    assert not any("text/html" in output.get("data", {}) for output in shown)


def test_the_data_of_a_report_are_a_valid_package_of_its_own(built: Path) -> None:
    archive = zipfile.ZipFile(io.BytesIO((report(built, "iom", 2024, "nl") / "data.zip").read_bytes()))
    rows = archive.read("contributions.csv").decode().splitlines()
    assert len(rows) > 1000
    assert all(row.startswith("iom,") for row in rows[1:])
