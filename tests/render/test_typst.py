"""The PDF is accessible by standard, and no text in it is ever read as Typst."""

from __future__ import annotations

import datetime
import io

import pikepdf
import pypdf
import pytest

from scorelib.document.nodes import (
    Block,
    Callout,
    CodeBlock,
    Column,
    Cover,
    Document,
    Figure,
    Heading,
    Item,
    List,
    Note,
    NoteMark,
    Panel,
    Paragraph,
    Quote,
    Reference,
    Row,
    Span,
    Table,
    Text,
)
from scorelib.document.number import numbered
from scorelib.language import language
from scorelib.render import typst
from scorelib.render.assets import font_folder

DAY = datetime.date(2024, 11, 1)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="5" viewBox="0 0 10 5">'
    '<rect width="5" height="5"/></svg>'
)
EVERYTHING: tuple[Block, ...] = (
    Heading(1, (Text("Eerste hoofdstuk"),), "sec-a"),
    Panel("Kerncijfers", (Item("62,2", "bijdrage", "tbl-a"), Item("6e", "rang")), "Stand"),
    Paragraph((Text("Zie "), Reference("tbl-a"), Text(" en "), Reference("fig-a"), NoteMark("n"), Text("."))),
    Heading(2, (Text("Tweede kop"),), "sec-b"),
    List(((Paragraph((Text("punt"),)), List(((Paragraph((Text("dieper"),)),),), ordered=True, start=3)),)),
    Callout("warning", "", (Paragraph((Text("Opgelet"),)),)),
    Quote((Paragraph((Text("Citaat"),)),)),
    CodeBlock("x = 1"),
    Table(
        "tbl-a",
        "Donoren",
        (Column("Donor"), Column("USD", "decimal")),
        (
            Row(((Text("2023"),),), "group"),
            Row(((Text("Verenigde Staten"),), (Text("1.387,6"),))),
            Row(((Text("Nederland"),), (Text("62,2"),)), "highlight"),
            Row(((Text("Totaal"),), (Text("2.666,3"),)), "total"),
        ),
        "CEB",
    ),
    Figure("fig-a", "Een grafiek", "De hoogste staaf is 62,2.", {}, None, "CEB"),
    Paragraph((Span((Text("leave no one behind"),), "en"),)),
)
NOTES = (Note("n", (Paragraph((Text("De noot zelf."),)),)),)


def pdf(*blocks: Block, notes: tuple[Note, ...] = (), lang: str = "nl") -> bytes:
    tongue = language(lang)
    cover = Cover("Scorekaart", "Organisatie", "2024 Scorekaart | IOM", tongue.tag, "Concept", "Fictief")
    document = numbered(Document(cover, blocks, notes), tongue)
    charts = {block.id: SVG for block in blocks if isinstance(block, Figure)}
    return typst.pdf(document, tongue, charts, font_folder(), date=DAY, made="Gemaakt")


def text(made: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    return "\n".join(page.extract_text() for page in pages).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def everything() -> bytes:
    return pdf(*EVERYTHING, notes=NOTES)


def structure(made: bytes) -> list[tuple[str, str, str]]:
    """Kind, alternative text and header scope of every element, in reading order."""
    found: list[tuple[str, str, str]] = []

    def scope(attributes: object) -> str:
        several = list(attributes) if isinstance(attributes, pikepdf.Array) else [attributes]
        return next(
            (str(a["/Scope"]) for a in several if isinstance(a, pikepdf.Dictionary) and "/Scope" in a), ""
        )

    def walk(node: object) -> None:
        if isinstance(node, pikepdf.Array):
            for child in node:
                walk(child)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found.append((str(node["/S"]), str(node.get("/Alt", "")), scope(node.get("/A"))))
            if "/K" in node:
                walk(node["/K"])

    with pikepdf.open(io.BytesIO(made)) as document:
        walk(document.Root.StructTreeRoot.K)
    return found


def test_every_figure_has_its_alt_text_and_every_header_cell_its_scope(everything: bytes) -> None:
    parts = structure(everything)
    assert [alt for kind, alt, _ in parts if kind == "/Figure"] == ["De hoogste staaf is 62,2."]
    heads = [scope for kind, _, scope in parts if kind == "/TH"]
    assert heads == ["/Column"] * 3


def test_headings_go_down_level_by_level(everything: bytes) -> None:
    assert [kind for kind, *_ in structure(everything) if kind in {"/H1", "/H2", "/H3"}] == [
        "/H1",
        "/H2",
        "/H3",
    ]


def test_it_is_tagged_has_a_language_shows_its_title_and_claims_both_standards(everything: bytes) -> None:
    with pikepdf.open(io.BytesIO(everything)) as document:
        root = document.Root
        assert str(root.Lang) == "nl-NL"
        assert bool(root.MarkInfo.Marked)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        metadata = root.Metadata.read_bytes().decode()
    assert "<pdfuaid:part>1" in metadata
    assert "<pdfaid:part>2" in metadata
    assert "<pdfaid:conformance>A" in metadata


def test_english_reports_are_in_british_english() -> None:
    with pikepdf.open(io.BytesIO(pdf(*EVERYTHING, notes=NOTES, lang="en"))) as document:
        assert str(document.Root.Lang) == "en-GB"


def test_bookmarks_are_the_headings(everything: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(everything))

    def titles(outline: object) -> list[str]:
        return [t for o in outline for t in (titles(o) if isinstance(o, list) else [o.title])]  # type: ignore[attr-defined]

    assert [" ".join(title.split()) for title in titles(reader.outline)] == [
        "Scorekaart",
        "1 Eerste hoofdstuk",
        "1.1 Tweede kop",
    ]


def test_every_page_has_its_running_head_its_number_and_its_notices(everything: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(everything))
    for number, page in enumerate(reader.pages, 1):
        shown = page.extract_text()
        assert "2024 Scorekaart | IOM" in shown
        assert f"Pagina {number} van {len(reader.pages)}" in shown
        assert "Concept" in shown
        assert "Fictief" in shown


def test_every_part_of_the_document_is_there(everything: bytes) -> None:
    shown = text(everything)
    parts = (
        "Kerncijfers", "tabel 1", "figuur 1", "punt", "dieper", "Opgelet", "Let op", "Citaat", "x = 1",
        "Tabel 1", "1.387,6", "Figuur 1", "De noot zelf.", "Bron: CEB", "Gemaakt",
    )  # fmt: skip
    for part in parts:
        assert part in shown, part


def test_every_font_is_embedded(everything: bytes) -> None:
    with pikepdf.open(io.BytesIO(everything)) as document:
        fonts = [
            o
            for o in document.objects
            if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"
        ]
        assert fonts
        assert all(any(key in font for key in ("/FontFile", "/FontFile2", "/FontFile3")) for font in fonts)


@pytest.mark.parametrize(
    "hostile",
    ['#panic("x")', '"#panic("x")', "\\", '\\"', "$x$ $5 en 10$", "*a* _b_ `c`", "= kop", "@naam <label>",
     "// weg", "[a](b)", "#{", "}]", "\\u{41}", "a\nb", "{{ x }}", "<script>alert(1)</script>"],
)  # fmt: skip
def test_no_text_is_read_as_typst(hostile: str) -> None:
    shown = text(pdf(Heading(1, (Text("K"),)), Paragraph((Text("begin" + hostile + "einde"),))))
    squeezed = "".join(shown.split())
    assert "begin" + "".join(hostile.split()) + "einde" in squeezed


def test_the_same_document_gives_the_same_bytes(everything: bytes) -> None:
    assert pdf(*EVERYTHING, notes=NOTES) == everything


def test_a_hundred_rows_repeat_their_header_on_every_page() -> None:
    rows = tuple(Row(((Text(f"Donor {n} met een naam"),), (Text(str(n)),))) for n in range(100))
    made = pdf(
        Heading(1, (Text("K"),)), Table("tbl-a", "Lang", (Column("Kolomkop"), Column("USD", "right")), rows)
    )
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]
    with_rows = [page for page in pages if "met een naam" in page]
    assert len(with_rows) > 1
    assert all("Kolomkop" in page for page in with_rows)


def test_a_note_of_two_paragraphs_begins_on_the_line_of_its_number() -> None:
    note = Note("n", (Paragraph((Text("Eerste alinea."),)), Paragraph((Text("Tweede alinea."),))))
    shown = text(pdf(Heading(1, (Text("K"),)), Paragraph((Text("Zin"), NoteMark("n"))), notes=(note,)))
    assert "1Eerste alinea." in shown.replace(" ", "").replace("Eerstealinea", "Eerste alinea")


def test_a_row_is_never_split_between_two_pages() -> None:
    long = "woord " * 60
    rows = tuple(Row(((Text(f"begin{n:02}"),), (Text(f"{long}einde{n:02}"),))) for n in range(30))
    made = pdf(Heading(1, (Text("K"),)), Table("tbl-a", "Lang", (Column("A"), Column("B")), rows))
    for page in pypdf.PdfReader(io.BytesIO(made)).pages:
        shown = page.extract_text()
        assert all((f"begin{n:02}" in shown) == (f"einde{n:02}" in shown) for n in range(30))


def test_a_short_table_is_not_split_between_two_pages() -> None:
    rows = tuple(Row(((Text(f"rij{n:02}"),), (Text("x"),))) for n in range(15))
    filler = tuple(Paragraph((Text(f"Alinea {n}."),)) for n in range(18))
    for count in range(10, 18):
        table = Table("tbl-a", "Kort", (Column("A"), Column("B")), rows)
        made = pdf(Heading(1, (Text("K"),)), *filler[:count], table)
        pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]
        assert any("rij00" in page and "rij14" in page for page in pages)


def test_letters_of_other_scripts_are_shown_and_what_no_font_has_is_named() -> None:
    shown = text(pdf(Heading(1, (Text("K"),)), Paragraph((Text("Ελλάδα Київ ő → 😀 漢"),))))
    assert "Ελλάδα Київ ő →" in shown
    assert "[grinning face]" in shown
    assert "[cjk unified ideograph-6f22]" in shown
    pdf(Heading(1, (Text("K"),)), Paragraph((Text("مرحبا بالعالم עברית हिन्दी"),)))


def test_the_data_of_a_figure_are_in_the_annex_unless_a_table_shows_them() -> None:
    rows = tuple(Row(((Text(f"donor {n}"),), (Text(str(n)),))) for n in range(3))
    columns = (Column("Donor"), Column("USD", "decimal"))
    figure = Figure("fig-a", "Een grafiek", "Alt.", {}, Table("", "", columns, rows))
    alone = text(pdf(Heading(1, (Text("K"),)), figure))
    assert "Bijlage: gegevens bij de figuren" in alone
    assert "Gegevens bij figuur 1" in alone
    assert "donor 2" in alone
    beside = text(pdf(Heading(1, (Text("K"),)), figure, Table("tbl-a", "Alles", columns, rows)))
    assert "Bijlage" not in beside
