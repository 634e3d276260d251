"""Page and PDF of a report say the same, and the PDF is as accessible as its standards ask."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import pdfua
import pikepdf
import pypdf
import pytest

if TYPE_CHECKING:
    from pathlib import Path

REPORTS = [
    (o, y, lang) for o, y in (("iom", 2024), ("undp", 2023), ("voorbeeld", 2024)) for lang in ("nl", "en")
]
pytestmark = pytest.mark.parametrize(("organisation", "year", "lang"), REPORTS)


@pytest.fixture
def folder(built: Path, organisation: str, year: int, lang: str) -> Path:
    return built / "reports" / organisation / str(year) / lang


@pytest.fixture
def page(folder: Path) -> str:
    return (folder / "index.html").read_text()


@pytest.fixture
def pdf(folder: Path, organisation: str, year: int, lang: str) -> Path:
    return folder / f"scorecard-{organisation}-{year}-{lang}.pdf"


def squeeze(text: str) -> str:
    """A text without what extraction from a PDF can't give back: spaces, and hyphens at line ends."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", "", text, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", "", text))
    return re.sub(r"[\s\xad\u2010-]+", "", text)


def pdf_text(path: Path) -> str:
    return squeeze("".join(page.extract_text().replace("<", "&lt;") for page in pypdf.PdfReader(path).pages))


def elements(path: Path) -> list[dict[str, Any]]:
    """Kind, alt text, header scope and kinds of children of every element of the structure tree."""
    found: list[dict[str, Any]] = []

    def attributes(value: Any) -> list[Any]:
        return list(value) if isinstance(value, pikepdf.Array) else [value]

    def walk(node: Any) -> None:
        if isinstance(node, pikepdf.Array):
            for child in node:
                walk(child)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                scope = [
                    str(a["/Scope"])
                    for a in attributes(node.get("/A"))
                    if isinstance(a, pikepdf.Dictionary) and "/Scope" in a
                ]
                found.append({"kind": str(node["/S"]), "alt": str(node.get("/Alt", "")), "scope": scope})
            if "/K" in node:
                walk(node["/K"])

    with pikepdf.open(path) as document:
        walk(document.Root.StructTreeRoot.K)
    return found


def headings(page: str) -> list[str]:
    page = re.sub(r"<script\b.*?</script>", "", page, flags=re.DOTALL)
    found = re.findall(r"<h[1-6](?: id=[^>]*)?>(.*?)(?: <a class=\"anchor\"[^>]*>#</a>)?</h[1-6]>", page)
    return [squeeze(heading) for heading in found]


def bookmarks(path: Path) -> list[str]:
    def titles(outline: Any) -> list[str]:
        return [
            title for o in outline for title in (titles(o) if isinstance(o, list) else [squeeze(o.title)])
        ]

    return titles(pypdf.PdfReader(path).outline)


def test_headings_and_their_numbers_are_the_same_in_order(page: str, pdf: Path, lang: str) -> None:
    annexes = {
        "nl": ["Bijlage: gegevens bij de figuren", "Bijlage: herkomst van de cijfers"],
        "en": ["Annex: data behind the figures", "Annex: where the figures come from"],
    }[lang]
    in_pdf = bookmarks(pdf)
    # On paper neither the data of a figure nor the origin of a number can be unfolded.
    assert in_pdf[-2:] == [squeeze(annex) for annex in annexes]
    assert in_pdf[:-2] == headings(page)


def test_captions_and_their_numbers_are_the_same(page: str, pdf: Path) -> None:
    captions = re.findall(
        r'<span class="label">.*?(?= <span class="(?:source|from)">|</span></caption>|</figcaption>)', page
    )
    assert captions
    shown = pdf_text(pdf)
    assert [caption for caption in captions if squeeze(caption) not in shown] == []


def test_footnotes_are_the_same_in_order(page: str, pdf: Path) -> None:
    notes = re.findall(r'<li id="note-\d+">(.*?) <a href="#noteref-\d+" role="doc-backlink"', page, re.DOTALL)
    shown = pdf_text(pdf)
    places = [shown.find(f"{number}{squeeze(note)[:60]}") for number, note in enumerate(notes, 1)]
    assert notes
    assert -1 not in places
    assert places == sorted(places)


def test_alt_texts_are_the_same_and_no_caption(page: str, pdf: Path) -> None:
    in_page = [
        html.unescape(alt) for alt in re.findall(r'<div class="plot" role="img" aria-label="([^"]*)"', page)
    ]
    in_pdf = [element["alt"] for element in elements(pdf) if element["kind"] == "/Figure"]
    assert in_pdf == in_page
    captions = {squeeze(caption) for caption in re.findall(r"<figcaption>(.*?)<span class=\"source\"", page)}
    assert all(alt and squeeze(alt) not in captions for alt in in_page)


def test_every_number_of_the_page_is_in_the_pdf(page: str, pdf: Path) -> None:
    main = page[page.index("<main") : page.index("</main>")]
    main = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", main, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", " ", main))
    numbers = set(re.findall(r"\d+(?:[.,]\d+)*%?", text))
    shown = pdf_text(pdf)
    assert len(numbers) > 50
    assert sorted(number for number in numbers if number not in shown) == []


def test_pdfua_finds_nothing(pdf: Path) -> None:
    assert [str(finding) for finding in pdfua.validate(str(pdf)).findings] == []


def test_the_pdf_is_tagged_titled_and_in_its_language(pdf: Path, lang: str) -> None:
    with pikepdf.open(pdf) as document:
        root: Any = document.Root
        assert bool(root.MarkInfo.Marked)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert str(root.Lang) == {"nl": "nl-NL", "en": "en-GB"}[lang]
        fonts = [
            o
            for o in document.objects
            if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"
        ]
        assert fonts
        assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(font.keys()) for font in fonts)


def test_every_table_of_the_pdf_has_headers_with_a_scope(pdf: Path) -> None:
    parts = elements(pdf)
    heads = [part for part in parts if part["kind"] == "/TH"]
    assert [part for part in heads if not part["scope"]] == []
    assert len([part for part in parts if part["kind"] == "/THead"]) >= len(
        [part for part in parts if part["kind"] == "/Table"]
    )
