"""What the documentation says to type works as it says, and prints what it says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml
from markdown_it import MarkdownIt

from . import given
from .blocks import ROOT as HERE
from .blocks import RUN, SHOWN, blocks, not_printed, pages, run

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = re.compile(r"^\s*(?:\$ |scorelib |make |\.venv/bin/|git |papermill |python )", re.MULTILINE)
NAMES = [page.relative_to(HERE).as_posix() for page in pages()]
RUNNING = [
    name for name in NAMES if any(each.language in RUN and not each.why_not for each in blocks(HERE / name))
]
SLOW = [name for name in RUNNING if any(each.slow and not each.why_not for each in blocks(HERE / name))]


def follow(name: str, project: Path, *, slow: bool) -> int:
    """Do what a page says; gives how many blocks were run."""
    given.files(project)
    before: list[str] = []
    count = 0
    for block in blocks(HERE / name):
        if block.language not in RUN or block.why_not or (block.slow and not slow):
            continue
        done = run(block, project, before)
        where = f"{name}:{block.line}"
        assert done.returncode == block.exit_code, f"{where} ended with {done.returncode}:\n{done.stdout}"
        if block.printed is not None:
            lacking = not_printed(block.printed, done.stdout)
            assert not lacking, f"{where} does not print {lacking!r}, but:\n{done.stdout}"
        if block.language == "python":
            before.append(block.content)
        count += 1
    return count


@pytest.mark.parametrize("name", RUNNING)
def test_a_page_can_be_followed_from_top_to_bottom(name: str, clone: Path) -> None:
    follow(name, clone, slow=False)


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_a_page_can_be_followed_with_what_takes_long(name: str, clone: Path) -> None:
    assert follow(name, clone, slow=True)


@pytest.mark.parametrize("name", NAMES)
def test_every_command_of_a_page_is_run_or_says_why_not(name: str) -> None:
    for block in blocks(HERE / name):
        where = f"{name}:{block.line}"
        assert block.language in RUN | SHOWN, f"{where}: a block of {block.language}"
        if block.language == "text" and not name.startswith("docs/reference/"):
            assert not COMMAND.search(block.content), f"{where}: a command that nothing runs"
        if block.why_not:
            assert len(block.why_not) > 10, f"{where}: no reason"


@pytest.mark.parametrize("name", NAMES)
def test_every_link_of_a_page_leads_somewhere(name: str) -> None:
    page = HERE / name
    for token in MarkdownIt("commonmark").parse(page.read_text("utf-8")):
        for child in token.children or []:
            to = str(child.attrs.get("href") or child.attrs.get("src") or "")
            if not to or re.match(r"[a-z]+:", to):
                continue
            path, _, anchor = to.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), f"{name} leads to {to}"
            if anchor:
                titles = re.findall(r"^#+ +(.+)$", target.read_text("utf-8"), re.MULTILINE)
                slugs = {re.sub(r"[^\w -]", "", title.lower()).strip().replace(" ", "-") for title in titles}
                assert anchor in slugs, f"{name} leads to {to}"


def test_every_page_is_in_the_contents_of_the_site_and_of_the_index() -> None:
    site = yaml.safe_load((HERE / "docs" / "_quarto.yml").read_text("utf-8"))
    listed = {
        page
        for section in site["website"]["sidebar"]["contents"]
        for page in section.get("contents", [section.get("href")])
    }
    there = {name.removeprefix("docs/") for name in NAMES if name.startswith("docs/")}
    assert listed == there
    index = (HERE / "docs" / "index.md").read_text("utf-8")
    assert {page for page in there if f"({page})" not in index} == {"index.md"}
