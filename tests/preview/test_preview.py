"""What is saved is seen, what is wrong is told, and nothing ends it but Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from scorelib.cli import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, FrameLocator, Page
    from tests.preview.conftest import Running

SLOW = 60_000
"""Milliseconds that a new page may take on a machine that has other things to do."""


@pytest.fixture(scope="module")
def page(chromium: Browser, running: Running) -> Iterator[Page]:
    """The preview, open in a browser."""
    context = chromium.new_context()
    context.set_default_timeout(SLOW)
    opened = context.new_page()
    opened.goto(running.url)
    expect(opened.locator("#status")).to_have_attribute("data-state", "made", timeout=SLOW)
    yield opened
    context.close()


@pytest.fixture
def report(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def versions(page: Page) -> int:
    return int(page.locator("iframe").get_attribute("data-shown") or 0)


@pytest.mark.browser
def test_a_text_that_is_saved_is_on_the_page(page: Page, report: FrameLocator, running: Running) -> None:
    expect(report.locator("h1").first).to_be_visible(timeout=SLOW)
    page.evaluate("document.querySelector('iframe').contentWindow.scrollTo(0, 900)")
    page.wait_for_function("document.querySelector('iframe').contentWindow.scrollY > 800")
    text = running.project / "data/texts/iom/2024/nl/20-summary.md"
    text.write_text(f"{text.read_text('utf-8')}\nEen zin die er net bij is gekomen.\n", "utf-8")
    expect(report.get_by_text("Een zin die er net bij is gekomen.")).to_have_count(1, timeout=SLOW)
    expect(page.locator("#status")).to_contain_text("20-summary.md", timeout=SLOW)
    # Who reads on, reads on.
    page.wait_for_function("document.querySelector('iframe').contentWindow.scrollY > 800")


@pytest.mark.browser
def test_a_cell_that_fails_is_shown_with_its_traceback_and_mended_the_report_is_back(
    page: Page, report: FrameLocator, running: Running
) -> None:
    notebook = running.project / "notebooks" / "scorecard.ipynb"
    whole = notebook.read_text("utf-8")
    notebook.write_text(whole.replace("sl.figures.cover(card)", "sl.figures.cover(kard)"), "utf-8")
    expect(report.locator("h1")).to_have_text("The notebook failed", timeout=SLOW)
    expect(report.locator(".what")).to_contain_text("NameError: name 'kard' is not defined")
    expect(report.locator("pre").first).to_contain_text("sl.figures.cover(kard)")
    expect(report.get_by_role("heading", name="Its traceback ends")).to_be_visible()
    assert page.title().startswith("▲")
    # A file that is no notebook at all, as an editor may leave it for a moment.
    notebook.write_text(whole[: len(whole) // 2], "utf-8")
    expect(report.locator(".what")).to_contain_text("it cannot be run", timeout=SLOW)
    notebook.write_text(whole, "utf-8")
    expect(report.locator("figure").first).to_be_attached(timeout=SLOW)
    assert running.process.poll() is None


@pytest.mark.browser
def test_wrong_data_and_texts_are_listed_with_their_places(report: FrameLocator, running: Running) -> None:
    data = running.project / "data"
    rows, text = data / "contributions.csv", data / "texts/iom/2024/nl/20-summary.md"
    before = rows.read_text("utf-8"), text.read_text("utf-8")
    first = next(line for line in before[0].splitlines() if line.startswith("iom,"))
    cells = first.split(",")
    rows.write_text(before[0].replace(first, ",".join([*cells[:4], "x", *cells[5:]]), 1), "utf-8")
    expect(report.locator("li").first).to_contain_text("contributions.csv:", timeout=SLOW)
    rows.write_text(before[0], "utf-8")
    expect(report.locator("figure").first).to_be_attached(timeout=SLOW)
    text.write_text("{{ nonsense }} <script>alert(1)</script>", "utf-8")
    expect(report.locator("li").first).to_contain_text("20-summary.md", timeout=SLOW)
    text.write_text(before[1], "utf-8")
    expect(report.locator("figure").first).to_be_attached(timeout=SLOW)


@pytest.mark.browser
def test_the_pdf_is_made_when_it_is_asked_for_and_the_other_language_too(
    page: Page, report: FrameLocator, running: Running
) -> None:
    answer = page.request.get(f"{running.url}scorecard-iom-2024-nl.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")
    assert report.locator('a[href="scorecard-iom-2024-nl.pdf"]').count() == 1
    report.locator("a[hreflang=en], a[lang=en]").first.click()
    page.wait_for_url("**/iom/2024/en/")
    expect(report.locator("html")).to_have_attribute("lang", "en-GB", timeout=SLOW)
    page.goto(running.url)
    expect(report.locator("html")).to_have_attribute("lang", "nl-NL", timeout=SLOW)


@pytest.mark.browser
def test_nothing_is_written_where_reports_are_and_ctrl_c_ends_it(page: Page, running: Running) -> None:
    assert page.request.get(f"{running.url}provenance.json").json()
    assert list((running.project / "reports").iterdir()) == []
    said = running.end()
    assert running.process.returncode == 0
    assert "made in" in said
    assert "failed: scorecard.ipynb" in said
    assert "Traceback" not in said
    expect(page.locator("#status")).to_have_attribute("data-state", "lost", timeout=SLOW)


def test_a_scorecard_that_does_not_exist_is_wrong_usage(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["preview", "nosuch", "2024", "--no-browser", "-C", str(project)]) == 2
    assert "nosuch" in capsys.readouterr().err
