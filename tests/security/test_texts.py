"""Every hostile text is shown as the text it is, or refused with its place, in bounded time.

What was written is read back by a parser of HTML and out of a PDF: nothing of a case became more than text.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

import lxml.html
import nbformat.v4
import pypdf
import pytest

from scorelib.data.scorecard import load_scorecard
from scorelib.document.markdown import parse
from scorelib.document.nodes import (
    Callout,
    Cell,
    Column,
    Cover,
    Document,
    Figure,
    Heading,
    Item,
    Panel,
    Paragraph,
    Row,
    Section,
    Span,
    Table,
    Text,
    from_json,
    to_json,
)
from scorelib.document.number import numbered
from scorelib.document.read import read
from scorelib.document.show import NODE, bundle
from scorelib.errors import DataError, RenderError
from scorelib.prose.lint.source import read_source
from scorelib.prose.texts import fill, read_file
from scorelib.render import html, typst
from scorelib.render.assets import font_folder
from scorelib.render.qmarkdown import Writer

from .cases_texts import LONG, REFUSED, SHOWN
from .hostile import bounded

if TYPE_CHECKING:
    from pathlib import Path

    from scorelib.data.scorecard import Scorecard

CASES = [(each, each) if isinstance(each, str) else each for each in SHOWN]
COVER = Cover("Title", "Subtitle", "Running", "nl-NL")
DAY = datetime.date(2024, 1, 1)


def named(cases: list[tuple[str, str]]) -> list[str]:
    return [f"{number}: {text[:30]!a}" for number, (text, _) in enumerate(cases)]


TAGS = {
    "a", "aside", "blockquote", "br", "button", "caption", "code", "dd", "details", "div", "dl", "dt", "em",
    "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "li", "main", "nav", "ol",
    "p", "pre", "script", "section", "span", "strong", "sup", "summary", "svg", "table", "tbody", "td", "th",
    "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "aria-label", "aria-labelledby", "class", "colspan", "data-copied", "href", "id", "lang", "open", "rel",
    "role", "scope", "start", "tabindex", "type",
}  # fmt: skip


@pytest.fixture(scope="module")
def card(root: Path) -> Scorecard:
    return load_scorecard("iom", 2024, project=root)


def document(text: str, card: Scorecard) -> Document:
    """A text as a report holds it."""
    found = parse(fill(text, "t.md", card), prefix="t-")
    return numbered(Document(COVER, found.blocks, found.notes), card.language)


def head(page: str) -> str:
    return page[page.index("<head>") : page.index("</head>")]


def harmless(page: str, card: Scorecard) -> lxml.html.HtmlElement:
    """The page as a parser reads it, if nothing in it is more than what a report consists of."""
    page.encode()
    empty = html.write(numbered(Document(COVER, ()), card.language), card.language, html.Page({}))
    root = lxml.html.document_fromstring(page)
    body = root.find("body")
    plain = lxml.html.document_fromstring(empty).find("body")
    assert [each.tag for each in root] == ["head", "body"]
    assert {str(each.tag) for each in body.iter()} - {"body"} <= TAGS
    assert {name for each in body.iter() for name in each.attrib} <= ATTRIBUTES
    for each in body.iter("a"):
        assert re.match(r"#|https?://|mailto:", each.get("href"))
    run = [each.text for each in body.iter("script") if each.get("type") is None]
    assert run == [each.text for each in plain.iter("script")]
    assert len({each.get("id") for each in body.iter() if each.get("id")}) == sum(
        1 for each in body.iter() if each.get("id")
    )
    return root


def squeezed(text: str) -> str:
    """A text without what a printer may change: spaces, hyphens at the ends of lines, ligatures."""
    return re.sub(r"[\s\u00ad\u200b\ufeff-]+", "", unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize(("text", "shown"), CASES, ids=named(CASES))
def test_a_text_is_shown_and_does_nothing(card: Scorecard, text: str, shown: str) -> None:
    with bounded():
        made = document(text, card)
        page = html.write(made, card.language, html.Page({}))
        typst.source(made, card.language, date=DAY).encode()
        quarto = Writer(card.language, made).blocks(made.blocks)
    root = harmless(page, card)
    assert head(page) == head(html.write(replace(made, blocks=(), notes=()), card.language, html.Page({})))
    assert squeezed(shown) in squeezed(root.find(".//main").text_content())
    marked = re.sub(r"(?s)(`+).*?\1", "", quarto)
    assert not re.search(r"(?<!\\)<script|\{\{<|\{=|(?<!\\)!\[|\]\((?!https?:|mailto:|#)", marked)


def test_in_print_every_one_of_them_is_text_too(card: Scorecard) -> None:
    found = [parse(fill(text, "t.md", card), prefix=f"t{n}-") for n, (text, _) in enumerate(CASES)]
    blocks = [block for each in found for block in each.blocks]
    whole = Document(COVER, tuple(blocks), tuple(note for each in found for note in each.notes))
    made = typst.pdf(numbered(whole, card.language), card.language, {}, font_folder(), date=DAY)
    reader = pypdf.PdfReader(io.BytesIO(made))
    printed = squeezed("".join(page.extract_text() for page in reader.pages))
    for _, shown in CASES:
        if shown.isascii():
            assert squeezed(shown) in printed, shown
    for page in reader.pages:
        for note in page.get("/Annots") or ():
            action = note.get_object().get("/A") or {}
            assert action.get("/S", "/URI") in {"/URI", "/GoTo"}
            assert re.match(r"https?://|mailto:|#", action.get("/URI", "#"))
    assert not reader.attachments
    assert not re.search(rb"/(?:JavaScript|JS|Launch|AA|OpenAction)\b", made)


@pytest.mark.parametrize(("text", "said"), REFUSED, ids=named(REFUSED))
def test_a_text_is_refused_with_its_place(card: Scorecard, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "t.md"
    path.write_text(text, "utf-8")
    with bounded(), pytest.raises(DataError) as raised:
        fill(read_file(path, "t.md"), "t.md", card)
    assert re.search(said, str(raised.value))


@pytest.mark.parametrize("bad", [b"\xed\xa0\x80", b"\xff\xfe", b"\xc0\xaf", b"a\nb\xf5"], ids=ascii)
def test_bytes_that_are_no_text_are_refused_with_their_line(tmp_path: Path, bad: bytes) -> None:
    path = tmp_path / "t.md"
    path.write_bytes(b"one\n" + bad)
    line = 3 if b"\n" in bad else 2
    with pytest.raises(DataError, match=rf"^t\.md:{line}: it is not UTF-8"):
        read_file(path, "t.md")


@pytest.mark.parametrize("unit", LONG.values(), ids=LONG)
def test_no_length_of_marks_takes_the_square_of_its_time(card: Scorecard, unit: str) -> None:
    text = unit * (19_900 // len(unit))
    with bounded():
        bundle(Section(1, "T", "sec-t", text, "t.md"))
        read_source("\n\n".join([text] * 4), "t.md")
        with contextlib.suppress(DataError):
            found = parse(fill(text, "t.md", card))
            blocks = tuple(block for block in found.blocks if not isinstance(block, Table))
            html.parts(Document(COVER, blocks), card.language, {})


def test_a_text_full_of_the_same_headings_or_unclosed_comments_is_soon_read(card: Scorecard) -> None:
    with bounded():
        made = document("# a\n\n" * 8000, card)
        assert len({block.id for block in made.blocks if isinstance(block, Heading)}) == 8000
        assert fill("<!--\n\n" * 33_000, "t.md", card).startswith("<!--")


# --- names, titles and captions, which are data -----------------------------------------------------

NAMES = [
    "<script>window.__pwned=1</script>", "\"><img src=x onerror=window.__pwned=1>", "'onmouseover='x",
    "</script><script>window.__pwned=1</script>", "<!--<script>", "--><b>", "]]><b>", "</figure></main><b>",
    "</title><b>", "</style><b>", "{{ 7*7 }}", "{% raw %}", "#read(\"x\")", "\") #read(\"x\") //",
    "\\u{41} \\", "$x$", "`{=html}`", "a\\\"b", "javascript:alert(1)", "[x](javascript:alert(1))",
    "![x](//evil.example/x)",
    "@tbl-x", "&lt;b&gt; &#60;", "a|b", "\ud800", "a\x00b", "${alert(1)}", "*/ alert(1) /*",
]  # fmt: skip


def everywhere(name: str) -> Document:
    """A document that has a name in every place where data come."""
    cell: Cell = (Text(name),)
    table = Table("tbl-a", name, (Column(name),), (Row((cell,)), Row((cell,), "group")), name)
    figure = Figure("fig-a", name, name, {"title": name, "data": {"values": [{name: name}]}}, table, name)
    return Document(
        Cover(name, name, name, "nl-NL", name, name, (Item(name, name),)),
        (
            Panel(name, (Item(name, name),), name),
            Heading(1, (Text(name),), "sec-a"),
            Paragraph((Span((Text(name),), name),)),
            Callout("note", name, (Paragraph((Text(name),)),)),
            table,
            figure,
        ),
    )


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_name_is_a_name_wherever_it_stands(card: Scorecard, name: str) -> None:
    made = numbered(from_json(to_json(everywhere(name))), card.language)
    page = html.write(made, card.language, html.Page({"fig-a": "<svg></svg>"}))
    root = lxml.html.document_fromstring(page)
    assert {str(each.tag) for each in root.find("body").iter()} - {"body"} <= TAGS
    specs = [each.text for each in root.iter("script") if each.get("type")]
    assert len(specs) == 1
    assert "<" not in specs[0]
    assert len(root.findall(".//footer")) == 1
    assert typst.source(made, card.language, date=DAY).encode()


# --- what a cell of a notebook shows ----------------------------------------------------------------

OUTPUTS = {
    "html": {"text/html": "<script>window.__pwned=1</script>"},
    "svg": {"image/svg+xml": "<svg onload='window.__pwned=1'><script>window.__pwned=1</script></svg>"},
    "png": {"image/png": "iVBORw0KGgo="},
    "javascript": {"application/javascript": "window.__pwned=1"},
    "latex": {"text/latex": "\\input{/etc/passwd}"},
    "pdf": {"application/pdf": "JVBERi0="},
    "widget": {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}},
    "vega": {"application/vnd.vega.v5+json": {"data": [{"url": "//evil.example"}]}},
    "plotly": {"application/vnd.plotly.v1+json": {"data": []}},
    "markdown": {"text/markdown": "<script>window.__pwned=1</script> ![x](//evil.example/x.png)"},
    "a link in Markdown": {"text/markdown": "[x](javascript:window.__pwned=1)"},
    "colours of a terminal": {"text/plain": "\x1b[31m<script>window.__pwned=1</script>"},
    "half a pair": {"text/plain": "\ud800"},
    "half a pair in a part": {NODE: {"node": "Paragraph", "children": [{"node": "Text", "text": "\ud800"}]}},
    "a part with markup": {NODE: {"node": "Paragraph", "children": [{"node": "Text", "text": "<script>"}]}},
    "a heading with an event": {
        NODE: {"node": "Heading", "level": 1, "children": [], "id": '"onclick="window.__pwned=1'}
    },
}  # fmt: skip


@pytest.mark.parametrize("shown", OUTPUTS.values(), ids=OUTPUTS)
def test_an_output_of_a_cell_is_text_or_nothing(card: Scorecard, shown: dict[str, object]) -> None:
    data = {"text/plain": "in words", **shown}
    output = nbformat.v4.new_output("display_data", data)
    made = read(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=[output])]))
    harmless(html.write(numbered(made, card.language), card.language, html.Page({})), card)


def test_a_part_of_a_notebook_links_to_no_script() -> None:
    link = {"node": "Link", "children": [], "url": "javascript:window.__pwned=1"}
    output = nbformat.v4.new_output("display_data", {NODE: {"node": "Paragraph", "children": [link]}})
    with pytest.raises(RenderError, match="cell 1: its output cannot be read: a link leads to https://"):
        read(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=[output])]))
