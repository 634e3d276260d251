"""The hostile project in a preview: nothing of it runs, in the report or in pages of what went wrong."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from ..preview.conftest import Running
from .hostile import described, resource_of
from .hostile_project import ATTACK, spoil
from .watched import STRANGE, Watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Frame

SLOW = 90_000
"""Milliseconds that a page may take on a machine that has other things to do."""

IMAGE = '"><img src=x onerror=window.__pwned=1><script>window.__pwned=1<'
"""What a name of a file may hold: no slash."""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running(new_project: Callable[[], Path]) -> Iterator[Running]:
    project = new_project()
    assert spoil(project) > 1000
    preview = Running(project, "voorbeeld")
    yield preview
    preview.end()
    shutil.rmtree(project)


@pytest.fixture(scope="module")
def seen(chromium: Browser, running: Running) -> Iterator[Watched]:
    watched = Watched(chromium, running.url)
    watched.page.set_default_timeout(SLOW)
    yield watched
    watched.context.close()


def the_report(seen: Watched) -> Frame:
    """What stands in the frame."""
    return next(each for each in seen.page.frames if each is not seen.page.main_frame)


def harmless(seen: Watched, running: Running) -> None:
    """Nothing ran, asked for anything elsewhere, or was stopped: there was nothing to stop."""
    for frame in seen.page.frames:
        assert frame.evaluate("window.__pwned ?? null") is None
        assert frame.evaluate("window.__violations") == []
    assert the_report(seen).evaluate(STRANGE) == []
    assert seen.dialogs == []
    assert seen.complaints == []
    assert [each for each in seen.requests if not each.startswith((running.url, "about:"))] == []


def test_a_preview_of_it_shows_it_and_nothing_runs(seen: Watched, running: Running) -> None:
    expect(seen.page.locator("#status")).to_have_attribute("data-state", "made", timeout=SLOW)
    report = seen.page.frame_locator("iframe")
    expect(report.locator("main figure").first).to_be_attached(timeout=SLOW)
    frame = the_report(seen)
    frame.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    for figure in frame.query_selector_all("main figure"):
        figure.scroll_into_view_if_needed()
    expect(report.locator(".plot:not(.drawn)")).to_have_count(0, timeout=SLOW)
    assert " ".join(ATTACK.split()) in " ".join(frame.inner_text("body").split())
    harmless(seen, running)


def text(project: Path) -> Path:
    return project / "data/texts/voorbeeld/2024/nl/31-description.md"


def unfilled(project: Path) -> None:
    text(project).write_text(f"{ATTACK}\n\n{{{{ usd('{IMAGE}', 2023) }}}}", "utf-8")


def unreadable(project: Path) -> None:
    text(project).write_text(f"<script>window.__pwned=1</script> {{{{ nosuch }}}} {IMAGE}", "utf-8")


def no_number(project: Path) -> None:
    path = project / "data" / "contributions.csv"
    rows = path.read_text("utf-8").splitlines()
    number = next(at for at, row in enumerate(rows) if row.startswith("voorbeeld,"))
    cells = rows[number].split(",")
    cells[4] = '"' + IMAGE.replace('"', '""') + '"'
    rows[number] = ",".join(cells)
    path.write_text("\n".join(rows) + "\n", "utf-8")


def no_file(project: Path) -> None:
    described(lambda said: resource_of(said, "donors").update(path=f"{IMAGE}.csv"))(project)


def failing(project: Path) -> None:
    """A notebook is trusted, but what it says when it fails may quote data."""
    path = project / "notebooks" / "scorecard.ipynb"
    said = f"raise ValueError({ATTACK!r} + '\\\\n  ' + {IMAGE!r} + ': ' + {IMAGE!r})"
    whole = path.read_text("utf-8")
    assert "sl.figures.cover(card)" in whole
    quoted = json.dumps(said)[1:-1]
    path.write_text(whole.replace("sl.figures.cover(card)", quoted, 1), "utf-8")


FAULTS: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "a text that asks for nobody": (unfilled, "31-description.md", "li"),
    "a text that asks for nothing": (unreadable, "31-description.md", "li"),
    "a cell that is no number": (no_number, IMAGE[:40], "li"),
    "a file that is not there": (no_file, IMAGE, "li"),
    "a notebook that quotes": (failing, "window.__pwned=1", ".what"),
}


@pytest.mark.parametrize(("spoiled", "quoted", "place"), FAULTS.values(), ids=FAULTS)
def test_a_page_that_says_what_went_wrong_quotes_it_and_nothing_runs(
    seen: Watched,
    running: Running,
    spoiled: Callable[[Path], None],
    quoted: str,
    place: str,
) -> None:
    kept = {path: path.read_bytes() for path in running.project.rglob("*") if path.is_file()}
    spoiled(running.project)
    report = seen.page.frame_locator("iframe")
    expect(report.locator("body.error")).to_be_attached(timeout=SLOW)
    expect(report.locator(place).first).to_contain_text(quoted, timeout=SLOW)
    harmless(seen, running)
    for path, content in kept.items():
        if path.read_bytes() != content:
            path.write_bytes(content)
    expect(report.locator("main figure").first).to_be_attached(timeout=SLOW)


def test_the_name_of_a_file_that_was_saved_is_text_in_the_line_about_it(
    seen: Watched, running: Running
) -> None:
    text(running.project).with_name(f"35-{IMAGE}.md").write_text("x", "utf-8")
    expect(seen.page.locator("#status")).to_contain_text(IMAGE, timeout=SLOW)
    expect(seen.page.locator("#status")).to_have_attribute("data-state", "made", timeout=SLOW)
    harmless(seen, running)
