"""The site is made with all reports, only when something it rests on changed, and the same each time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

import pytest
from lxml import html

from scorelib.site.plan import FOLDER

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Command = Callable[..., subprocess.CompletedProcess[str]]

SITE = "reports/_site"


def files(site: Path) -> dict[str, bytes]:
    return {
        path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()
    }


def pages(built: Path) -> list[Path]:
    return [built / "reports" / "index.html", *sorted((built / SITE).rglob("*.html"))]


def test_a_build_of_all_reports_makes_the_site_and_a_second_one_leaves_it(
    built: Path, scorelib: Command
) -> None:
    before = files(built / SITE)
    assert {"nl/index.html", "en/index.html", "nl/scorecards/iom-2024.html"} <= set(before)
    done = scorelib("site", cwd=built)
    assert done.returncode == 0
    assert "up to date" in done.stdout
    assert files(built / SITE) == before


def test_made_again_it_is_the_same_bytes(built: Path, scorelib: Command) -> None:
    before = files(built / SITE)
    done = scorelib("site", "--force", cwd=built)
    assert done.returncode == 0, done.stderr
    assert files(built / SITE) == before


@pytest.mark.slow
def test_it_is_made_again_when_a_page_of_it_was_lost(built: Path, scorelib: Command) -> None:
    before = files(built / SITE)
    (built / SITE / "nl" / "index.html").unlink()
    done = scorelib("site", "--explain", cwd=built)
    assert "nl/index.html is not as it was made" in done.stdout
    assert files(built / SITE) == before


def test_wrong_data_leave_the_site_that_is_there(built: Path, scorelib: Command) -> None:
    before = files(built / SITE)
    table = built / "data" / "revenue.csv"
    content = table.read_text()
    table.write_text(content.replace("119147203", "119147203x"))
    try:
        done = scorelib("site", cwd=built)
    finally:
        table.write_text(content)
    assert done.returncode == 2
    assert "revenue.csv" in done.stderr
    assert files(built / SITE) == before


def _place(fragment: str) -> bool:
    """Whether a fragment names a place in a page, and not a choice that the page keeps in its address."""
    return bool(fragment) and "=" not in fragment


def test_every_link_leads_somewhere(built: Path) -> None:
    """Each address in each page is a file below reports/, and a place in it that is there."""
    root = (built / "reports").resolve().as_uri() + "/"
    places: dict[str, set[str]] = {}
    wrong = []

    def known(address: str) -> set[str]:
        if address not in places:
            path = built / "reports" / address.removeprefix(root)
            ids = re.findall(r'\bid="([^"]+)"', path.read_text("utf-8")) if path.suffix == ".html" else []
            places[address] = set(ids) if path.is_file() else {"\0"}
        return places[address]

    for page in pages(built):
        here = page.resolve().as_uri()
        tree = html.fromstring(page.read_bytes())
        for element in tree.iter():
            for name in ("href", "src"):
                value = element.get(name)
                if value is None or value.startswith(("https://", "http://", "mailto:", "data:,")):
                    continue
                address, fragment = urldefrag(urljoin(here, value))
                found = known(address) if address.startswith(root) else {"\0"}
                if "\0" in found or (
                    _place(fragment) and address.endswith(".html") and fragment not in found
                ):
                    wrong.append(f"{page.relative_to(built)}: {value}")
    assert wrong == []


def test_nothing_is_loaded_from_elsewhere_and_no_script_or_style_stands_in_a_page(built: Path) -> None:
    for page in pages(built)[1:]:
        tree = html.fromstring(page.read_bytes())
        loaded = [
            each.get("src") for each in tree.iter("script", "img", "source", "iframe") if each.get("src")
        ]
        loaded += [each.get("href") for each in tree.iter("link") if each.get("rel") == "stylesheet"]
        assert loaded
        assert all(not re.match(r"[a-z]+:|//|/", str(each)) for each in loaded), page
        assert not tree.xpath("//style | //@style | //script[not(@src) and not(@type)]"), page
        policy = tree.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy


def test_a_report_in_the_site_is_small(built: Path) -> None:
    for page in (built / SITE).glob("*/scorecards/*.html"):
        assert page.stat().st_size <= 200_000, page


def test_no_organisation_can_take_the_place_of_the_site() -> None:
    """Ids of organisations begin with a letter, by the table's schema."""
    assert not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", FOLDER)
