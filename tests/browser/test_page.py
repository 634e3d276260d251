"""A report in a real browser: from disk, without a network, with keyboard, dark, narrow, no script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

REPORTS = [
    "iom/2024/nl", "iom/2024/en", "undp/2023/nl", "undp/2023/en", "voorbeeld/2024/nl", "voorbeeld/2024/en",
]  # fmt: skip
SAMPLED = [
    pytest.param(report, marks=[pytest.mark.slow] if report in {"iom/2024/en", "undp/2023/nl"} else [])
    for report in REPORTS
]
"""Each organisation and each language by default, each pair of them in the whole suite."""
WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 640}


class Visit:
    """A page with all that it asked for and complained of."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(address)

    def draw_all(self) -> None:
        """Bring every figure into view, and wait until it is interactive."""
        for figure in self.page.query_selector_all("main figure"):
            figure.scroll_into_view_if_needed()
        expect(self.page.locator(".plot:not(.drawn)")).to_have_count(0)


def address(built: Path, report: str) -> str:
    return (built / "reports" / report / "index.html").as_uri()


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Any]:
    contexts = []

    def open_page(
        url: str,
        *,
        viewport: Any = WIDE,
        scheme: Literal["dark", "light"] = "light",
        script: Literal["on", "off"] = "on",
        motion: Literal["reduce", "no-preference"] = "reduce",
    ) -> Visit:
        context = chromium.new_context(
            offline=True,
            viewport=viewport,
            color_scheme=scheme,
            java_script_enabled=script == "on",
            reduced_motion=motion,
        )
        contexts.append(context)
        return Visit(context.new_page(), url)

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("report", REPORTS)
def test_a_page_works_from_disk_asks_for_nothing_and_complains_of_nothing(
    built: Path, visit: Any, report: str
) -> None:
    seen = visit(address(built, report))
    seen.draw_all()
    assert [url for url in seen.requests if not url.startswith("data:")] == [address(built, report)]
    assert seen.complaints == []
    assert seen.page.evaluate("document.fonts.check('16px \"Open Sans\"')")


def test_without_a_script_every_chart_and_every_table_is_there(built: Path, visit: Any) -> None:
    seen = visit(address(built, "voorbeeld/2024/nl"), script="off")
    figures = seen.page.locator("main figure")
    assert figures.count() >= 8
    assert all(
        seen.page.locator("main figure .plot > svg").nth(n).is_visible() for n in range(figures.count())
    )


def test_a_chart_tells_its_values_on_hover(built: Path, visit: Any) -> None:
    seen = visit(address(built, "voorbeeld/2024/nl"))
    seen.draw_all()
    bar = seen.page.locator("#fig-donors .live .mark-rect path").first
    bar.hover()
    tip = seen.page.locator("#vg-tooltip-element")
    tip.wait_for(state="visible")
    assert tip.inner_text().strip()


def test_the_keyboard_alone_skips_to_the_content_and_reaches_every_link(built: Path, visit: Any) -> None:
    page = visit(address(built, "voorbeeld/2024/en")).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#content"
    wanted = page.evaluate("document.querySelectorAll('main a[href], main button, main summary').length")
    reached = set()
    for _ in range(600):
        page.keyboard.press("Tab")
        place = page.evaluate(
            "(() => { const e = document.activeElement; return [...document.querySelectorAll("
            "'main a[href], main button, main summary')].indexOf(e) })()"
        )
        if place >= 0:
            reached.add(place)
        elif reached and page.evaluate("document.activeElement === document.body"):
            break
    hidden = page.evaluate(
        "[...document.querySelectorAll('main details:not([open]) a, main details:not([open]) button')].length"
    )
    assert len(reached) == wanted - hidden


@pytest.mark.parametrize("report", ["iom/2024/nl", "voorbeeld/2024/nl"])
def test_nothing_is_cut_off_at_the_width_of_a_telephone(built: Path, visit: Any, report: str) -> None:
    seen = visit(address(built, report), viewport=NARROW)
    seen.draw_all()
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("report", SAMPLED)
def test_axe_finds_no_violation(built: Path, visit: Any, report: str, viewport: Any, scheme: Any) -> None:
    seen = visit(address(built, report), viewport=viewport, scheme=scheme)
    seen.draw_all()
    seen.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    found = Axe().run(seen.page)
    assert found.violations_count == 0, found.generate_report()


def test_axe_finds_no_violation_in_print(built: Path, visit: Any) -> None:
    seen = visit(address(built, "voorbeeld/2024/nl"))
    seen.page.emulate_media(media="print")
    found = Axe().run(seen.page)
    assert found.violations_count == 0, found.generate_report()
