"""In a real browser a reader finds where a number comes from, with keyboard or mouse, or without a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture
def visit(built: Path, chromium: Browser) -> Iterator[Any]:
    contexts = []

    def open_page(report: str, **options: Any) -> Page:
        context = chromium.new_context(
            offline=True, reduced_motion="reduce", **{"viewport": {"width": 1280, "height": 900}, **options}
        )
        contexts.append(context)
        page: Page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.goto((built / "reports" / report / "index.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


def test_the_keyboard_opens_the_origin_of_a_number_in_a_text_and_closes_it(visit: Any) -> None:
    page = visit("iom/2024/nl")
    link = page.locator("main p a.o", has_text="62,2").first
    link.focus()
    page.keyboard.press("Enter")
    note = page.get_by_role("status")
    told = note.inner_text()
    assert "USD\N{NO-BREAK SPACE}62,2\N{NO-BREAK SPACE}mln." in told
    assert "unearmarked + earmarked" in told
    assert "contributions.csv, rij " in told
    assert "(2023 · NL)" in told
    assert "UN CEB" in told
    assert "24 november 2026" in told
    page.keyboard.press("Escape")
    assert note.is_hidden()
    assert link.evaluate("(each) => each === document.activeElement")
    page.keyboard.press(" ")
    assert note.is_visible()
    page.keyboard.press("Tab")
    assert note.is_hidden(), "what belongs to another place goes when the reader goes on"


def test_the_keyboard_goes_from_cell_to_cell_of_a_table(visit: Any) -> None:
    page = visit("iom/2024/nl")
    opener = page.locator(".table:has(> #tbl-donors) a.all")
    opener.focus()
    page.keyboard.press("Enter")
    note = page.get_by_role("status")
    focused = "document.activeElement.textContent.trim()"
    assert opener.get_attribute("aria-expanded") == "true"
    for key in ("ArrowDown", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    assert page.evaluate(focused) == "6"
    assert "Rang onder de overheden" in note.inner_text()
    page.keyboard.press("End")
    assert page.evaluate(focused) == "62,2"
    assert "contributions.csv, rij " in note.inner_text()
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("Escape")
    assert note.is_hidden()
    assert opener.evaluate("(each) => each === document.activeElement")
    assert page.locator("#tbl-donors [tabindex]").count() == 0


def test_the_mouse_picks_a_cell_and_a_click_elsewhere_ends_it(visit: Any) -> None:
    page = visit("voorbeeld/2024/en", color_scheme="dark", viewport={"width": 390, "height": 800})
    page.locator(".table:has(> #tbl-indicators) a.all").click()
    page.locator("#tbl-indicators tr:nth-child(3) td:nth-child(3)").click()
    note = page.get_by_role("status")
    assert "scores.csv, row" in note.inner_text()
    box = note.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert Axe().run(page).violations_count == 0
    page.locator("h2").last.click()
    assert note.is_hidden()


def test_a_figure_shows_its_rows(visit: Any) -> None:
    page = visit("iom/2024/en")
    page.locator("#fig-revenue figcaption a.all").click()
    assert "revenue.csv, rows 2-" in page.get_by_role("status").inner_text()


def test_without_a_script_a_number_leads_to_its_line_in_the_list(visit: Any) -> None:
    page = visit("iom/2024/nl", java_script_enabled=False)
    page.locator("main p a.o", has_text="62,2").first.click()
    line = page.locator("tr:target")
    assert line.is_visible(), "the browser unfolds the list"
    assert "contributions.csv, rij " in line.inner_text()
