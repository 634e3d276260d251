"""The site in a real browser: find, compare, keyboard, no script, dark, narrow, print, from disk."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from markupsafe import Markup
from playwright.sync_api import Page, ViewportSize, expect

from scorelib.data.portfolio import load_portfolio
from scorelib.language import language
from scorelib.render.html import stylesheet
from scorelib.serve.folder import folder_pages
from scorelib.serve.loopback import LoopbackServer
from scorelib.site.assets import Assets
from scorelib.site.entries import Entry
from scorelib.site.find import card_labels, find_page
from scorelib.site.pages import Frame, theme

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

KINDS = (
    "index.html",
    "_site/nl/index.html",
    "_site/nl/portfolio.html",
    "_site/nl/compare.html#o=iom,voorbeeld&y=2023",
    "_site/nl/data.html",
    "_site/nl/methodology.html",
    "_site/en/accessibility.html",
    "_site/en/changes.html",
    "_site/nl/organisations/voorbeeld.html",
    "_site/en/scorecards/voorbeeld-2024.html",
)
WIDE = ViewportSize(width=1280, height=900)
NARROW = ViewportSize(width=320, height=640)


@pytest.fixture
def visit(chromium: Browser, built: Path) -> Iterator[Any]:
    """Opens a page of the site; gives it with all that it complained of or asked for elsewhere."""
    contexts = []

    def open_page(name: str, **options: Any) -> tuple[Page, list[str]]:
        context = chromium.new_context(**{"viewport": WIDE, "reduced_motion": "reduce"} | options)
        contexts.append(context)
        page, wrong = context.new_page(), []
        root = (built / "reports").as_uri()
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request",
            lambda request: None if request.url.startswith((root, "data:")) else wrong.append(request.url),
        )
        page.goto(name if "://" in name else f"{root}/{name}")
        return page, wrong

    yield open_page
    for context in contexts:
        context.close()


def shown(page: Page) -> list[str]:
    """The scorecards in the list that can be seen."""
    return [text.split("\n")[0] for text in page.locator("#entries tbody th:visible").all_inner_texts()]


@pytest.mark.parametrize(("code", "word", "count"), [("nl", "1 van 3", "3"), ("en", "1 of 3", "3")])
def test_searching_and_filtering_find_a_scorecard_and_the_address_keeps_it(
    visit: Any, code: str, word: str, count: str
) -> None:
    page, wrong = visit(f"_site/{code}/index.html")
    assert len(shown(page)) == 3
    page.keyboard.press("/")
    page.keyboard.type("ONTWIKKELINGSPROGRAMMA")
    assert [each.split()[0] for each in shown(page)] == ["UNDP"]
    expect(page.locator("#count")).to_contain_text(word)
    page.wait_for_url(re.compile("#q=ONTWIKKELING"))
    page.reload()
    assert [each.split()[0] for each in shown(page)] == ["UNDP"]
    page.locator("#clear").click()
    assert len(shown(page)) == 3
    # Migration is the first theme; IOM alone is highly relevant to it.
    page.locator("#f-theme").select_option("0")
    page.locator("#f-relevance").select_option("4")
    assert [each.split()[0] for each in shown(page)] == ["IOM"]
    page.locator("#f-status").select_option("final")
    assert shown(page) == []
    page.locator("#again").click()
    expect(page.locator("#count")).to_contain_text(count)
    page.get_by_role("columnheader").nth(3).get_by_role("button").click()
    assert [each.split()[0] for each in shown(page)] == ["VOORBEELD", "IOM", "UNDP"]
    assert wrong == []


def test_with_the_keyboard_alone_a_reader_finds_and_opens_a_scorecard(visit: Any) -> None:
    page, wrong = visit("_site/nl/index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("migratie")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "IOM 2024":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/nl/scorecards/iom-2024.html")
    expect(page.locator("h1")).to_have_text("Scorekaart IOM 2024")
    assert wrong == []


def test_without_a_script_the_list_is_plain_and_leads_on(visit: Any) -> None:
    page, _ = visit("index.html", java_script_enabled=False)
    page.get_by_role("link", name="English").or_(page.locator("a[hreflang='en-GB']")).first.click()
    assert len(shown(page)) == 3
    expect(page.locator("#find")).to_be_hidden()
    page.get_by_role("link", name="UNDP 2023").click()
    expect(page.locator("h1")).to_have_text("Scorecard UNDP 2023")
    page.go_back()
    page.get_by_role("link", name="Compare").click()
    expect(page.locator("noscript a")).to_be_visible()


def test_organisations_are_compared_by_keyboard_and_the_link_keeps_the_choice(visit: Any) -> None:
    page, wrong = visit("_site/en/compare.html")
    expect(page.locator("#said")).to_have_text("Choose at least two organisations.")
    for number, name in ((1, "IOM"), (2, "UNDP")):
        page.locator(f"#o{number}").focus()
        page.keyboard.type(name)
    expect(page.locator("#said")).to_have_text("Side by side: IOM, UNDP.")
    first = page.locator("#tbl-money tbody tr", has_text="Rank").inner_text()
    assert "6 of 74" in first
    assert page.evaluate("location.hash").startswith("#o=iom,undp&y=2023")
    again, _ = visit(page.url)
    assert again.locator("#result").inner_text() == page.locator("#result").inner_text()
    assert wrong == []


def test_scores_of_different_organisations_carry_the_caution_or_are_not_there(visit: Any) -> None:
    page, _ = visit("_site/nl/compare.html#o=iom,voorbeeld&y=2023")
    scores = page.locator("#scores ~ *").all_inner_texts()
    assert "Vergelijk organisaties niet op hun scores" in scores[0]
    assert "Er staat daarom niets naast elkaar" in scores[1]
    assert page.locator("[id^=tbl-scores]").count() == 0
    expect(page.locator(".callout").first).to_contain_text("fictieve organisatie")


def test_scores_stand_side_by_side_within_one_methodology_only(
    visit: Any, built: Path, tmp_path: Path
) -> None:
    """A second organisation with the scores of 2023 alone stands beside those, and not those of 2017."""
    site = built / "reports" / "_site"
    shutil.copytree(site / "assets", tmp_path / "assets")
    text = (site / "nl" / "compare.html").read_text()
    found = re.search(r'(<script type="application/json" id="given">)(.*?)(</script>)', text, re.DOTALL)
    assert found is not None
    given = json.loads(found[2])
    own = next(each for each in given["organisations"] if each["id"] == "voorbeeld")
    groups = {each["year"]: each["group"] for each in own["assessments"]}
    assert groups[2020] == groups[2023] != groups[2017]
    other = next(each for each in given["organisations"] if each["id"] == "undp")
    other["assessments"] = [each for each in own["assessments"] if each["year"] == 2023]
    (tmp_path / "nl").mkdir()
    changed = text.replace(found[2], json.dumps(given).replace("<", "\\u003c"))
    (tmp_path / "nl" / "compare.html").write_text(changed)
    page, _ = visit((tmp_path / "nl" / "compare.html").as_uri() + "#o=undp,voorbeeld&y=2023")
    tables = page.locator("[id^=tbl-scores]")
    expect(tables).to_have_count(1)
    expect(tables).to_contain_text("3.1")
    expect(page.locator("#scores + .callout")).to_be_visible()
    expect(page.locator("#result > p").last).to_contain_text("3.0 (2017)")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_page_is_accessible_fits_320_pixels_and_complains_of_nothing(
    visit: Any, kind: str
) -> None:
    page, wrong = visit(kind)
    page.wait_for_load_state("networkidle")
    # The tester itself asks for style sheets, which the policy forbids.
    assert wrong == []
    axe = Axe()
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()
    page.emulate_media(color_scheme="dark")
    dark = axe.run(page, options={"runOnly": {"type": "rule", "values": ["color-contrast"]}})
    assert dark.violations_count == 0, dark.generate_report()
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    narrow = axe.run(page)
    assert narrow.violations_count == 0, narrow.generate_report()


def test_printed_a_page_is_its_content(visit: Any) -> None:
    page, _ = visit("_site/nl/index.html")
    page.emulate_media(media="print")
    expect(page.locator(".masthead nav")).to_be_hidden()
    expect(page.locator("#find")).to_be_hidden()
    expect(page.locator("#entries tbody tr").first).to_be_visible()
    assert page.pdf().startswith(b"%PDF")


def test_it_works_below_any_path_of_a_web_server(chromium: Browser, built: Path) -> None:
    with LoopbackServer(folder_pages(built / "reports")) as server:
        page = chromium.new_page()
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith((server.url, "data:")) else wrong.append(request.url)
            ),
        )
        page.goto(server.url)
        page.locator("a[hreflang='nl-NL']").first.click()
        page.get_by_role("link", name="VOORBEELD 2024").click()
        page.locator("#fig-donors").scroll_into_view_if_needed()
        expect(page.locator("#fig-donors .drawn")).to_have_count(1)
        page.close()
    assert wrong == []


@pytest.mark.parametrize("figure", ["fig-donors", "fig-wheel"])
def test_a_drawing_in_the_site_is_the_one_of_the_report(visit: Any, figure: str) -> None:
    drawings = []
    for name in ("voorbeeld/2024/nl/index.html", "_site/nl/scorecards/voorbeeld-2024.html"):
        page, _ = visit(name)
        page.evaluate(
            """(id) => {
              const drawing = document.querySelector(`#${id} .plot > svg`).cloneNode(true);
              const plot = document.createElement("div");
              plot.className = "plot";
              plot.append(drawing);
              document.body.replaceChildren(plot);
            }""",
            figure,
        )
        drawings.append(page.locator(".plot > svg").screenshot())
    assert drawings[0] == drawings[1]


# --- five hundred scorecards ----------------------------------------------------------------------


def many(count: int) -> list[Entry]:
    """Made-up entries, as long as real ones."""
    ratings = ("highly-relevant", "relevant", "slightly-relevant", "not-relevant")
    return [
        Entry(
            organisation=f"organisation-{number}",
            abbreviation=f"ORG{number % 50}",
            names={
                "nl": f"Verzonnen Organisatie van de Verenigde Naties nummer {number}",
                "en": f"Fictional Organisation of the United Nations number {number}",
            },
            kind=("un-fund-programme", "un-related", "other")[number % 3],
            fictional=True,
            year=2015 + number % 10,
            status=("draft", "final")[number % 2],
            data_year=2014 + number % 10,
            data_date="2024-11-01",
            basis="voluntary",
            currency="USD",
            amount=1e6 * (number % 90) + number,
            rank=1 + number % 40,
            core=number % 100 / 100,
            ratings=tuple(ratings[(number + place) % 4] for place in range(7)),
            framework="3.1",
            published="2023",
        )
        for number in range(count)
    ]


def test_five_hundred_scorecards_are_found_at_once(chromium: Browser, built: Path, tmp_path: Path) -> None:
    """The page is at most 300 kB and interactive within a second; a key is answered within 50 ms."""
    lang, assets, listed = language("nl"), Assets(), many(500)
    styles = (
        assets.add("style", "css", stylesheet("")),
        assets.add("site", "css", theme("site.css") + card_labels([lang], listed)),
    )
    portfolio = load_portfolio(project=built)
    script = assets.add("find", "js", theme("find.js"))
    page_of = find_page(portfolio, listed, {}, script, Markup())
    content = Frame(lang, [lang], styles, "", frozenset({"index"})).write(page_of)
    for name, file in {**assets.files, "nl/index.html": content}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(file)
    assert len(content) <= 300_000
    page = chromium.new_page(viewport=WIDE)
    page.goto((tmp_path / "nl" / "index.html").as_uri())
    page.locator("html[data-ready]").wait_for(state="attached")
    ready = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    keys = page.evaluate(
        """() => {
          const input = document.getElementById("q"), taken = [];
          for (const word of ["verenigde naties nummer 49", "org7 concept", "x", "2019"]) {
            for (let end = 1; end <= word.length; end += 1) {
              input.value = word.slice(0, end);
              const before = performance.now();
              input.dispatchEvent(new Event("input"));
              document.body.getBoundingClientRect();
              taken.push(performance.now() - before);
            }
          }
          return taken.sort((a, b) => a - b);
        }"""
    )
    page.close()
    assert ready < 1000, ready
    assert keys[len(keys) // 2] < 50, keys
