"""What is written for Quarto says what the embedded renderer says, and no text in it is ever more than text.

Quarto cannot be installed everywhere, so pandoc reads here what Quarto would have it read: see `standin`.
`test_quarto_itself.py` compares the same with the real program.
"""

from __future__ import annotations

import datetime
import html
import json
import re
from typing import TYPE_CHECKING, Any

import nbformat
import pdfua
import pypdf
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scorelib.document.nodes import (
    Block,
    Break,
    Callout,
    Code,
    CodeBlock,
    Column,
    Cover,
    Document,
    Emphasis,
    Figure,
    Heading,
    Item,
    Link,
    List,
    Note,
    NoteMark,
    Panel,
    Paragraph,
    Quote,
    Reference,
    Row,
    Span,
    Strong,
    Table,
    Text,
)
from scorelib.document.number import numbered
from scorelib.document.read import read
from scorelib.errors import RenderError
from scorelib.language import language
from scorelib.render.quarto import Extras, sources
from scorelib.render.quartoproject import furnish, write_files

from .standin import EXTENSION, markdown_of, page, pdf, tree

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

DAY = datetime.date(2024, 11, 1)
STEM = "scorecard-iom-2024-nl"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="5" viewBox="0 0 10 5">'
    '<rect width="5" height="5"/></svg>'
)
SPEC = {
    "mark": "bar",
    "data": {"values": [{"a": "</script>{{< meta x >}}", "b": 1}]},
    "encoding": {"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"}},
}


def document(
    *blocks: Block, notes: tuple[Note, ...] = (), lang: str = "nl", title: str = "Kaart"
) -> Document:
    tongue = language(lang)
    cover = Cover(
        title, "Organisatie", "2024 Kaart | IOM", tongue.tag, "Concept", "Fictief", (Item("1", "a"),)
    )
    return numbered(Document(cover, blocks, notes), tongue)


def written(shown: Document, lang: str = "nl") -> dict[str, bytes]:
    charts = {block.id: SVG for block in shown.blocks if isinstance(block, Figure)}
    files = [("De gegevens", "data.zip")]
    extras = Extras(
        charts, DAY, "Gemaakt met scorelib", files, ("English", "en", "../en/index.html"), ("ua-1",)
    )
    return sources(shown, language(lang), STEM, extras)


def markdown(*blocks: Block, notes: tuple[Note, ...] = ()) -> str:
    """What stands below the front matter and the cover for these blocks."""
    cells = json.loads(written(document(*blocks, notes=notes))[f"{STEM}.ipynb"])["cells"]
    return "\n\n".join(cell["source"] for cell in cells[3:-1])


# --- texts stay texts -------------------------------------------------------------------------


def plain(inlines: list[Any]) -> str:
    """The text of pandoc's inline parts; anything that is no text is an error."""
    assert {part["t"] for part in inlines} <= {"Str", "Space", "SoftBreak"}
    text = "".join(part.get("c", " ") for part in inlines)
    # Pandoc keeps an abbreviation and the next word on one line.
    return text.replace("\N{NO-BREAK SPACE}", " ")


def said(text: str) -> str:
    return re.sub(r"[ \t\r\n\f\v]+", " ", text).strip(" ")


HOSTILE = [
    "**a** _b_ `c` ~d~ ^e^ $x$ $$y$$", r"\(x\) \[y\] \alpha \begin{a}b\end{a} a\ b",
    "a -- b --- c... 'd' \"e\"",
    "<script>alert(1)</script> &amp; &#65; <!-- x -->", "{{< include /etc/passwd >}} {{% x %}} {{{< x >}}}",
    "[a](https://example.org) ![b](c.png) [^d] [@e] @fig-f [[g]] [h]{.i}",
    "https://example.org me@example.org",
    "# a", "- a", "+ a", "* a", "1. a", "1) a", "(1) a", "(@) a", "a. b", "IV. c", "> a", ": a", "~ a", "| a",
    "=== a", "#", "-",
    "::: {.callout-note}", "Table: a", "table: a", "---", "***", "___", "```", "~~~", "a | b | c", "\\",
    "a\\",
    ":smile: 12:30 a:b", "{#sec-x} {.unnumbered}", "%a", "#| label: a", "A. Jansen", "e.g. Mr. X", "a^[note]",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_shown_as_it_stands(text: str) -> None:
    [block] = tree(markdown(Paragraph((Text(text),))))["blocks"]
    assert block["t"] == "Para"
    assert plain(block["c"]) == said(text)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.text(
            st.sampled_from(list("ab1. -+*_`~^$#@&<>[]{}()|\\/:;=!?%'\"…–éI\n")), min_size=1, max_size=24
        ),
        min_size=20,
        max_size=20,
    )
)
def test_any_text_is_shown_as_it_stands(texts: list[str]) -> None:
    kept = [text for text in texts if said(text)]
    blocks = tree(markdown(*(Paragraph((Text(text),)) for text in kept)))["blocks"]
    assert [plain(block["c"]) for block in blocks if block["t"] == "Para"] == [said(text) for text in kept]


@pytest.mark.parametrize("text", ["{{< include x >}} | `a` *b*", "a\\b", '"x"', "<b>", "![x](y)"])
def test_a_text_is_a_text_wherever_it_stands(text: str, tmp_path: Path) -> None:
    blocks: tuple[Block, ...] = (
        Heading(1, (Text(f"Kop {text}"),), "sec-a"),
        Panel(text, (Item(text, text, "tbl-a"), Item(text, text)), text),
        Table("tbl-a", text, (Column(text), Column("b")), (Row(((Text(text),), (Code(text),))),), text),
        Figure("fig-a", text, text, SPEC, None, text),
        Callout("note", text, (Paragraph((Text(text),)),)),
        List(((Paragraph((Text(text),)),),)),
        Quote((Paragraph((Text(text),)),)),
        CodeBlock(text),
    )
    files = written(document(*blocks, title=text))
    folder = tmp_path / "x"
    write_files(folder, files)
    source = markdown_of(files[f"{STEM}.ipynb"])
    # Quarto looks for shortcodes everywhere but in code that says it has none.
    assert "{{<" not in re.sub(r'(`{3,}) \{\.text shortcodes="false"\}\n.*?\n\1', "", source, flags=re.DOTALL)
    shown = re.sub(r"<(script|style)\b.*?</\1>", "", page(source, folder), flags=re.DOTALL)
    assert html.unescape(re.sub(r"<[^>]+>", "", shown)).count(text) >= 16
    assert "<b>" not in shown
    assert (
        html.unescape(shown).count(f'aria-label="{text}"') + html.unescape(shown).count(f'alt="{text}"') >= 1
    )


@pytest.mark.parametrize(
    ("children", "expected"),
    [
        ((Strong((Text("a "),)), Text("b")), "<strong>a</strong> b"),
        ((Strong((Text("a"),)), Strong((Text("b"),))), "<strong>ab</strong>"),
        ((Strong((Text("a"), Emphasis((Text("b"),)))),), "<strong>a<em>b</em></strong>"),
        ((Emphasis((Strong((Text("a"),)), Text("b"))),), "<em><strong>a</strong>b</em>"),
        ((Strong((Text("a"),)), Emphasis((Text("b"),)), Text("c")), "<strong>a</strong><em>b</em>c"),
        ((Strong((Text("a"), Strong((Text("b"),)))),), "<strong>ab</strong>"),
        ((Text("x"), Emphasis((Text("y"),)), Text("z")), "x<em>y</em>z"),
        ((Emphasis((Text(" "),)), Text("z")), "z"),
        ((Code("a`b"), Text("c")), "<code>a`b</code>c"),
        ((Link((Text("a[b]"),), "https://example.org/a_(b)?c=d e"), Text("(f)")),
         '<a href="https://example.org/a_%28b%29?c=d%20e">a[b]</a>(f)'),
        ((Span((Text("ex ante"),), "en"), Text(": x")), '<span lang="en">ex ante</span>: x'),
        ((Text("a"), Break(), Text("b")), "a<br>b"),
        ((Reference("sec-a"), Text("(b): c")),
         '<a href="#sec-a" class="quarto-xref">hoofdstuk\N{NO-BREAK SPACE}1</a>(b): c'),
        ((NoteMark("n"), Text(": c")), None),
    ],
)  # fmt: skip
def test_lines_come_out_as_they_were_meant(
    children: tuple[Any, ...], expected: str | None, tmp_path: Path
) -> None:
    notes = (Note("n", (Paragraph((Text("De noot."),)),)),) if expected is None else ()
    shown = document(Heading(1, (Text("Kop"),), "sec-a"), Paragraph(children), notes=notes)
    made = page(markdown_of(written(shown)[f"{STEM}.ipynb"]), tmp_path)
    body = re.sub(r"<!--.*?-->", "", made.partition("</h1>\n")[2].rpartition("</h1>")[2])
    if expected is None:
        assert 'role="doc-noteref"><sup>1</sup></a>: c' in body
        assert "De noot." in body
    else:
        assert expected in " ".join(body.replace('href="#sec-a"\nclass', 'href="#sec-a" class').split("\n"))


# --- notebooks --------------------------------------------------------------------------------

EVERYTHING: tuple[Block, ...] = (
    Panel("Kerncijfers", (Item("62,2", "bijdrage", "tbl-a"), Item("6e", "rang")), "Stand"),
    Heading(1, (Text("Eerste hoofdstuk"),), "sec-a"),
    Paragraph((Text("Zie "), Reference("tbl-a"), Text(", "), Reference("fig-a"), NoteMark("s-n"), Text("."))),
    Heading(2, (Text("Tweede kop"),), "sec-b"),
    Heading(3, (Text("Zonder nummer"),), "sec-c"),
    List(((Paragraph((Text("punt"),)), List(((Paragraph((Text("dieper"),)),),), ordered=True, start=3)),)),
    List(((Paragraph((Text("andere lijst"),)),),)),
    Callout("warning", "", (Paragraph((Text("Opgelet "), Reference("sec-b"), NoteMark("t-n")),),)),
    Quote((Paragraph((Text("Citaat 😀"),)),)),
    CodeBlock("x = 1\n\n  y"),
    Table(
        "tbl-a",
        "Donoren",
        (Column("Donor"), Column("USD", "decimal")),
        (
            Row(((Text("2023"),),), "group"),
            Row(((Text("Verenigde Staten"),), (Text("1.387,6"),))),
            Row(((Text("Nederland"), NoteMark("s-n")), (Text("62,2"),)), "highlight"),
            Row(((Text("Totaal"),), (Text("2.666,3"),)), "total"),
        ),
        "CEB",
    ),
    Figure("fig-a", "Een grafiek", "De hoogste staaf is 62,2.", SPEC,
           Table("", "", (Column("a"), Column("b", "right")), (Row(((Text("x"),), (Text("1"),))),)), "CEB"),
    Heading(1, (Text("Slot"),), "sec-d"),
    Paragraph((Text("Weer "), Reference("sec-c"), NoteMark("s-n"), Reference("sec-d"))),
)  # fmt: skip
NOTES = (
    Note("s-n", (Paragraph((Text("De noot zelf."),)), Paragraph((Text("Tweede alinea."),)))),
    Note("t-n", (Paragraph((Text("Een andere."),)),)),
)


def test_a_notebook_is_front_matter_markdown_and_pictures_and_nothing_else() -> None:
    files = written(document(*EVERYTHING, notes=NOTES))
    assert set(files) == {f"{STEM}.ipynb", f"figures/{STEM}/fig-a.svg"}
    notebook = nbformat.reads(files[f"{STEM}.ipynb"].decode(), as_version=4)
    nbformat.validate(notebook)
    assert [cell.cell_type for cell in notebook.cells] == ["raw", *["markdown"] * (len(notebook.cells) - 1)]
    assert all(cell.metadata == {} for cell in notebook.cells)
    assert files == written(document(*EVERYTHING, notes=NOTES))


def test_the_front_matter_says_what_quarto_is_to_know() -> None:
    notebook = json.loads(written(document(*EVERYTHING, notes=NOTES))[f"{STEM}.ipynb"])
    front = yaml.safe_load(notebook["cells"][0]["source"].strip("-"))
    assert front["title"] == "Kaart"
    assert front["lang"] == "nl-NL"
    assert front["pdf-standard"] == ["ua-1"]
    assert front["crossref"] == {"fig-title": "Figuur", "tbl-title": "Tabel"}
    assert front["font-paths"] == ["fonts"]
    assert [front["scorecard"][name] for name in ("year", "month", "day")] == [2024, 11, 1]
    assert not {"format", "execute", "output-file"} & set(front)


def test_labels_of_notes_and_ids_of_parts_are_each_there_once() -> None:
    source = markdown(*EVERYTHING, notes=NOTES)
    defined = re.findall(r"^\[\^([^]]+)\]:", source, re.MULTILINE)
    assert defined == ["s-n-1", "t-n-2"]
    assert all(source.count(f"[^{label}]") == 2 for label in defined)
    ids = re.findall(r"\{#([\w-]+)", source)
    assert len(ids) == len(set(ids))


def test_a_note_within_a_note_is_refused_by_name() -> None:
    notes = (Note("a", (Paragraph((NoteMark("b"),)),)), Note("b", (Paragraph((Text("x"),)),)))
    with pytest.raises(RenderError, match=r"footnote \[\^a\] marks another, \[\^b\].*--renderer embedded"):
        written(document(Paragraph((NoteMark("a"),)), notes=notes))


def test_ids_that_quarto_would_not_know_by_their_kind_get_names_that_it_knows() -> None:
    table = Table("donoren", "Donoren", (Column("a"),), (Row(((Text("x"),),)),))
    source = markdown(Heading(1, (Text("Kop"),), "sec-à la"), table, Panel("", (Item("1", "a", "donoren"),)))
    assert "::: {#tbl-donoren}" in source
    assert "[a](#tbl-donoren)" in source
    assert 'tbl-donoren"), ' in source
    assert re.search(r"^# Kop \{#sec-[a-z-]+\}$", source, re.MULTILINE)


# --- the same as the embedded renderer --------------------------------------------------------

REPORTS = [(o, y, lang) for o, y in (("iom", 2024), ("voorbeeld", 2024)) for lang in ("nl", "en")]


def squeeze(text: str) -> str:
    text = re.sub(r"<(script|style|svg|details)\b.*?</\1>", "", text, flags=re.DOTALL)
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", text)))


class Both:
    """A report by the embedded renderer, and what is written for Quarto, as pandoc shows it."""

    def __init__(self, built: Path, folder: Path, organisation: str, year: int, lang: str) -> None:
        place = built / "reports" / organisation / str(year) / lang
        shown = (place / "index.html").read_text("utf-8")
        # Where a number comes from is shown at it in that page alone.
        shown = re.sub(r'<section class="origins".*?</section>', "", shown, flags=re.DOTALL)
        self.embedded = re.sub(r'<span class="from">.*?</span>', "", shown)
        tongue = language(lang)
        self.document = numbered(read(nbformat.read(place / "notebook.ipynb", 4), lang=tongue.tag), tongue)
        files = written(self.document, lang)
        write_files(folder, files)
        self.quarto = page(markdown_of(files[f"{STEM}.ipynb"]), folder)


@pytest.fixture(scope="module", params=REPORTS, ids=lambda each: "-".join(map(str, each)))
def both(request: pytest.FixtureRequest, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Both:
    return Both(built, tmp_path_factory.mktemp("both"), *request.param)


def test_headings_and_their_numbers_are_the_same(both: Both) -> None:
    embedded = re.findall(r"<h[2-6] id=\"[^\"]*\">(.*?) <a class=\"anchor\"", both.embedded)
    # Pandoc's numbers go on below sections; Quarto is told to stop there, by `number-depth`.
    quarto = re.findall(r"<h([1-6])[^>]*?data-number=\"[^\"]*\"[^>]*>(.*?)</h\1>", both.quarto, re.DOTALL)
    deeper = r'<span\s+class="header-section-number">\d+\.\d+\.\d[^<]*</span>'
    assert [squeeze(re.sub(deeper, "", head)) for _, head in quarto] == [squeeze(head) for head in embedded]


def test_captions_and_their_numbers_are_the_same(both: Both) -> None:
    shown = re.sub(r"<details\b.*?</details>", "", both.embedded, flags=re.DOTALL)
    embedded = re.findall(r"<(caption|figcaption)>(.*?)</\1>", shown)
    quarto = re.findall(r"<figcaption>(.*?)</figcaption>", both.quarto, re.DOTALL)
    assert len(embedded) > 5
    assert [squeeze(each) for each in quarto] == [squeeze(each) for _, each in embedded]


def test_references_are_the_same(both: Both) -> None:
    def links(shown: str) -> list[tuple[str, str]]:
        main = shown[shown.index("<h1") :]
        found = re.findall(r'<a\s+href="#((?:sec|fig|tbl)-[^"]+)"[^>]*>(.*?)</a>', main, re.DOTALL)
        return [(target, squeeze(text)) for target, text in found if 'class="number"' not in text]

    contents = re.sub(r'<nav class="contents".*?</nav>', "", both.embedded, flags=re.DOTALL)
    contents = re.sub(r'<a class="anchor"[^>]*>#</a>', "", contents)
    assert links(both.quarto) == links(contents)


def test_notes_are_the_same_in_order(both: Both) -> None:
    embedded = re.findall(r'<li id="note-\d+">(.*?) <a href="#noteref-\d+"', both.embedded, re.DOTALL)
    quarto = re.findall(r'<li id="fn\d+">(.*?)<a\s+href="#fnref\d+"', both.quarto, re.DOTALL)
    assert embedded
    assert [squeeze(note) for note in quarto] == [squeeze(note) for note in embedded]


def test_tables_texts_and_numbers_are_the_same(both: Both) -> None:
    def cells(shown: str) -> list[str]:
        shown = re.sub(r"<(details|script)\b.*?</\1>", "", shown, flags=re.DOTALL)
        return [squeeze(cell) for cell in re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", shown, re.DOTALL)]

    assert [cell for cell in cells(both.quarto) if cell] == [cell for cell in cells(both.embedded) if cell]
    main = both.embedded[both.embedded.index("<main") : both.embedded.index("</main>")]
    paragraphs = [squeeze(p) for p in re.findall(r"<p>(.*?)</p>", main, re.DOTALL)]
    shown = squeeze(both.quarto)
    assert len(paragraphs) > 20
    assert [p for p in paragraphs if p not in shown] == []


def test_alt_texts_are_the_same(both: Both) -> None:
    embedded = re.findall(r'<div class="plot" role="img" aria-label="([^"]*)"', both.embedded)
    quarto = re.findall(r'<img\s[^>]*?alt="([^"]*)"', both.quarto)
    assert [html.unescape(alt) for alt in quarto] == [html.unescape(alt) for alt in embedded]


# --- the format extension ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A document with every part, with what stands beside it."""
    folder = tmp_path_factory.mktemp("whole")
    files = written(document(*EVERYTHING, notes=NOTES))
    write_files(folder, files)
    furnish(folder)
    return folder, markdown_of(files[f"{STEM}.ipynb"])


def test_the_template_is_the_theme_of_the_embedded_renderer(root: Path) -> None:
    theme = (root / "src" / "scorelib" / "render" / "theme" / "scorecard.typ").read_bytes()
    assert (EXTENSION / "typst-template.typ").read_bytes() == theme, "copy the theme to the template"
    # A dollar sign would begin a variable of pandoc's templates.
    assert b"$" not in theme


def test_brand_and_styles_have_the_colours_of_the_theme(root: Path) -> None:
    theme = (EXTENSION / "typst-template.typ").read_text("utf-8")
    colours = dict(re.findall(r'#let ([\w-]+) = rgb\("(#[0-9a-f]{6})"\)', theme))
    palette = yaml.safe_load((root / "_brand.yml").read_text("utf-8"))["color"]["palette"]
    css = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", (EXTENSION / "scorecard.css").read_text("utf-8")))
    for name, colour in colours.items():
        assert palette[name.removesuffix("-line")] == colour
        assert css[name.removesuffix("-line")] == colour


def test_the_pdf_conforms_and_shows_numbers_and_notes_as_the_embedded_one(whole: tuple[Path, str]) -> None:
    folder, source = whole
    made = folder / "made.pdf"
    made.write_bytes(pdf(source, folder))
    assert [str(finding) for finding in pdfua.validate(str(made)).findings] == []
    reader = pypdf.PdfReader(made)
    text = " ".join(" ".join(each.extract_text() for each in reader.pages).split())
    for part in (
        "Kaart", "Concept", "Fictief", "Pagina 1 van", "1 Eerste hoofdstuk", "1.1 Tweede kop", "2 Slot",
        "Tabel 1", "Figuur 1", "Zie tabel 1, figuur 1", "hoofdstuk 2", "paragraaf 1.1", "Let op", "62,2",
        "De noot zelf.", "Tweede alinea.", "Bijlage: gegevens bij de figuren", "[grinning face]",
        "Gemaakt met scorelib",
    ):  # fmt: skip
        assert part in text, part
    assert "1.1.1" not in text
    assert reader.metadata is not None
    assert reader.metadata.title == "Kaart – Organisatie"


def test_one_standard_alone_is_kept_as_well(whole: tuple[Path, str]) -> None:
    folder, source = whole
    assert pdf(source, folder, standards=["ua-1"]).startswith(b"%PDF-1.7")


@pytest.mark.browser
def test_charts_become_interactive_over_their_picture_and_nothing_is_loaded(
    whole: tuple[Path, str], chromium: Browser
) -> None:
    folder, source = whole
    made = page(
        source, folder, "--embed-resources", "--css", str(EXTENSION / "scorecard.css"),
        "--include-in-header", "page-head.html", "--include-after-body", "page-foot.html",
    )  # fmt: skip
    (folder / "made.html").write_text(made, "utf-8")
    shown = chromium.new_page()
    asked: list[str] = []
    problems: list[str] = []
    shown.on("request", lambda request: asked.append(request.url))
    shown.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    shown.goto((folder / "made.html").as_uri())
    assert shown.locator("#fig-a img").count() == 1
    shown.locator("#fig-a").scroll_into_view_if_needed()
    shown.wait_for_selector("#fig-a .scorecard-live svg")
    assert shown.locator("#fig-a img").get_attribute("hidden") is not None
    assert shown.get_by_role("img", name="De hoogste staaf is 62,2.").count() == 1
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert problems == []
    shown.close()
