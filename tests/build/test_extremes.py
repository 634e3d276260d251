"""Reports of extremes: very long names and texts, hostile texts; nothing is cut, run, lost or broken."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import TYPE_CHECKING

import pypdf
import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser

    Command = Callable[..., subprocess.CompletedProcess[str]]

LONG_NAME = "Intergouvernementele Voorbeeldorganisatie voor Waterbeheer en Voedselzekerheid (fictief)!!"
HOSTILE = [
    "<script>document.title='x'</script>",
    '"><img src=http://127.0.0.1:9/x onerror=alert(1)>',
    "#panic() \\ $x$ {{7*7}} {% raw %}",
    "$5 en 10$ @naam ~a~ ^b^",
    "</style></script></svg>",
    "😀 مرحبا 漢字 Ünïçødé",
    "cmd|' /C calc'!A0",
]


def set_cells(project: Path, table: str, where: Callable[[dict[str, str]], bool], **changes: str) -> None:
    path = project / "data" / table
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({**row, **changes} if where(row) else row)
    path.write_text(out.getvalue(), "utf-8")


def words(page: str) -> str:
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return "".join(html.unescape(re.sub(r"<[^>]+>", "", body)).split())


def pdf_words(path: Path) -> str:
    text = "".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    return "".join(text.split()).replace("\xad", "").replace("-", "")


@pytest.fixture(scope="module")
def extreme(new_project: Callable[[], Path], scorelib: Command) -> Path:
    """The example organisation with a name of 90 characters, 60 notes, a table of 40 rows, a long theme."""
    project = new_project()
    assert len(LONG_NAME) == 90
    set_cells(project, "organisations.csv", lambda row: row["id"] == "voorbeeld", name_nl=LONG_NAME)
    texts = project / "data" / "texts" / "voorbeeld" / "2024" / "nl"
    sentence = "Een zin van gewone lengte staat tussen de beweringen, zoals in een echte tekst. "
    notes = "\n\n".join(
        " ".join(f"{sentence}Bewering{n}eind[^n{n}]." for n in range(start, start + 3))
        for start in range(0, 60, 3)
    )
    definitions = "\n".join(
        f"[^n{n}]: Toelichting{n}met een zin die wat langer is dan een regel." for n in range(60)
    )
    table = "\n".join(f"| rij{n} | {'tekst ' * 8} | {n * 1000 + 10000} |" for n in range(40))
    (texts / "32-role.md").write_text(f"{notes}\n\n| a | b | c |\n|---|---|--:|\n{table}\n\n{definitions}\n")
    theme = (texts / "51-relevance.md").read_text()
    theme += "\n\n" + "\n\n".join(
        f"Alinea{n}. " + "Een zin van een lange tekst over een thema. " * 14 for n in range(24)
    )
    (texts / "51-relevance.md").write_text(theme)
    done = scorelib("build", "voorbeeld", "--lang", "nl", cwd=project)
    assert done.returncode == 0, done.stderr
    return project / "reports" / "voorbeeld" / "2024" / "nl"


def test_nothing_of_a_long_report_is_lost_in_page_or_pdf(extreme: Path) -> None:
    page = words((extreme / "index.html").read_text())
    pdf = pdf_words(extreme / "scorecard-voorbeeld-2024-nl.pdf")
    wanted = [f"Bewering{n}eind" for n in range(60)] + [f"Toelichting{n}met" for n in range(60)]
    wanted += [f"rij{n}" for n in range(40)] + [f"Alinea{n}." for n in range(24)]
    assert [text for text in wanted if text not in page] == []
    assert [text for text in wanted if text not in pdf] == []
    assert LONG_NAME.replace(" ", "") in page


def test_a_note_stands_at_the_foot_of_the_page_that_marks_it(extreme: Path) -> None:
    for page in pypdf.PdfReader(extreme / "scorecard-voorbeeld-2024-nl.pdf").pages:
        shown = "".join(page.extract_text().split())
        assert re.findall(r"Bewering(\d+)eind", shown) == re.findall(r"Toelichting(\d+)met", shown)


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_a_long_report_is_not_cut_off_at_any_width(extreme: Path, chromium: Browser, width: int) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 800})
    page.goto((extreme / "index.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.fixture(scope="module")
def hostile(new_project: Callable[[], Path], scorelib: Command) -> Path:
    """The example organisation with hostile texts wherever a table or a text takes one."""
    project = new_project()
    every = " / ".join(HOSTILE)
    set_cells(
        project,
        "organisations.csv",
        lambda row: row["id"] == "voorbeeld",
        name_nl=every,
        abbreviation=HOSTILE[0],
    )
    set_cells(project, "donors.csv", lambda row: row["id"] == "NL", name_nl=HOSTILE[1])
    set_cells(project, "donors.csv", lambda row: row["id"].startswith("fict"), name_nl=HOSTILE[5])
    set_cells(project, "themes.csv", lambda row: row["id"] == "water", title_nl=HOSTILE[2])
    set_cells(project, "facts.csv", lambda row: row["organisation"] == "voorbeeld", label_nl=HOSTILE[3])
    set_cells(
        project,
        "sources.csv",
        lambda row: row["id"] == "fictional",
        publisher=HOSTILE[4],
        title=HOSTILE[6],
        note=every,
    )
    set_cells(project, "frameworks.csv", lambda row: row["code"] == "1.1", title_nl=every)
    text = project / "data" / "texts" / "voorbeeld" / "2024" / "nl" / "20-summary.md"
    # It names donors that are called otherwise now, so its ranks would be read as those of another.
    text.with_name("33-finance.md").unlink()
    lines = [line for line in HOSTILE if "{" not in line]
    text.write_text(
        "\n\n".join(f"Zin{n} {line} einde{n}." for n, line in enumerate(lines)) + "\n\n{{ name }}\n"
    )
    done = scorelib("build", "voorbeeld", "--lang", "nl", cwd=project)
    assert done.returncode == 0, done.stderr
    return project / "reports" / "voorbeeld" / "2024" / "nl"


def test_hostile_texts_are_shown_to_the_letter(hostile: Path) -> None:
    page = words((hostile / "index.html").read_text())
    for text in HOSTILE:
        assert "".join(text.split()) in page
    pdf = pdf_words(hostile / "scorecard-voorbeeld-2024-nl.pdf")
    assert "<script>document.title='x'</script>" in pdf
    assert "[grinningface]" in pdf


@pytest.mark.browser
def test_hostile_texts_run_nothing_and_ask_for_nothing(hostile: Path, chromium: Browser) -> None:
    page = chromium.new_page()
    asked: list[str] = []
    told: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: told.append(dialog.message))
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    address = (hostile / "index.html").as_uri()
    page.goto(address)
    for figure in page.query_selector_all("main figure"):
        figure.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    assert page.title() != "x"
    assert [url for url in asked if not url.startswith("data:")] == [address]
    assert told == []
    page.close()


@pytest.mark.parametrize(("table", "column"), [("organisations.csv", "name_nl"), ("donors.csv", "name_nl")])
def test_a_control_character_in_a_table_is_refused_with_its_place(
    project: Path, scorelib: Command, table: str, column: str
) -> None:
    path = project / "data" / table
    lines = path.read_text("utf-8").split("\n")
    cells = lines[1].split(",")
    position = lines[0].split(",").index(column)
    cells[position] += "\x00\x07"
    path.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]), "utf-8")
    done = scorelib("build", "voorbeeld", cwd=project)
    assert done.returncode == 2
    assert f"{table}:2:{column}" in done.stderr
    assert "U+0000" in done.stderr


def test_a_control_character_in_a_text_is_refused_with_its_line(project: Path, scorelib: Command) -> None:
    text = project / "data" / "texts" / "voorbeeld" / "2024" / "nl" / "20-summary.md"
    text.write_text("Eerste regel.\n\nHier staat \x00 iets.\n")
    done = scorelib("build", "voorbeeld", cwd=project)
    assert done.returncode == 2
    assert "20-summary.md:3" in done.stderr
    assert "U+0000" in done.stderr
