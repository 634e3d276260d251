"""The page is one file, says everything once, and lets nothing in."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from scorelib.document.nodes import (
    Block,
    Callout,
    Column,
    Cover,
    Document,
    Figure,
    Heading,
    Item,
    Link,
    List,
    Note,
    NoteMark,
    Panel,
    Paragraph,
    Row,
    Span,
    Strong,
    Table,
    Text,
)
from scorelib.document.number import numbered
from scorelib.language import language
from scorelib.render import html

NL = language("nl")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>'
HOSTILE = "<script>alert(1)</script>\"'&</style>"


class Tags(HTMLParser):
    """Collects tags with their attributes, and the text outside scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._raw = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._raw = tag if tag in {"script", "style"} else ""

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - HTMLParser calls it with the tag
        self._raw = ""

    def handle_data(self, data: str) -> None:
        if not self._raw:
            self.text += data


def page(*blocks: Block, notes: tuple[Note, ...] = (), cover: Cover | None = None) -> str:
    document = Document(cover or Cover("Titel", "Onder", "Kop", "nl-NL"), blocks, notes)
    charts = {block.id: SVG for block in blocks if isinstance(block, Figure)}
    return html.write(numbered(document, NL), NL, html.Page(charts, made="Gemaakt"))


def table(*rows: Row) -> Table:
    return Table("tbl-a", "Donoren", (Column("Donor"), Column("USD", "decimal")), rows, "Bron A")


def test_the_page_has_one_h1_a_language_landmarks_and_a_way_to_skip_to_the_content() -> None:
    tags = Tags(page(Heading(1, (Text("Een"),)))).tags
    assert [tag for tag, _ in tags].count("h1") == 1
    assert dict(tags)["html"]["lang"] == "nl-NL"
    assert {"header", "nav", "main", "footer"} <= {tag for tag, _ in tags}
    assert ("a", {"class": "skip", "href": "#content"}) in tags


@pytest.mark.parametrize(
    "block",
    [
        Paragraph((Text(HOSTILE),)),
        Heading(1, (Text(HOSTILE),)),
        Callout("note", HOSTILE, (Paragraph((Text(HOSTILE),)),)),
        Panel(HOSTILE, (Item(HOSTILE, HOSTILE),), HOSTILE),
        List(((Paragraph((Strong((Text(HOSTILE),)),)),),)),
        Table("tbl-a", HOSTILE, (Column(HOSTILE),), (Row(((Text(HOSTILE),),)),), HOSTILE),
        Figure("fig-a", HOSTILE, HOSTILE, {"description": HOSTILE}, None, HOSTILE),
        Paragraph((Link((Text(HOSTILE),), "https://example.org/?" + HOSTILE),)),
        Paragraph((Span((Text(HOSTILE),), HOSTILE),)),
    ],
)
def test_a_hostile_text_is_shown_and_never_becomes_a_tag(block: Block) -> None:
    made = page(block)
    clean = page(Paragraph((Text("x"),)))
    scripts = [tag for tag, attributes in Tags(made).tags if tag == "script" and not attributes.get("type")]
    assert len(scripts) == len([1 for tag, _ in Tags(clean).tags if tag == "script"])
    assert "<script>alert(1)</script>" in Tags(made).text or isinstance(block, Figure)
    assert not [
        attributes for _, attributes in Tags(made).tags if any(k.startswith("on") for k in attributes)
    ]


def test_a_hostile_title_stays_in_the_title() -> None:
    made = page(cover=Cover(HOSTILE, HOSTILE, HOSTILE, "nl-NL", HOSTILE, HOSTILE, (Item(HOSTILE, HOSTILE),)))
    assert "<script>alert" not in made


def test_the_policy_allows_only_the_styles_and_scripts_that_are_in_the_page() -> None:
    made = page(Paragraph((Text("x"),)))
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', made)
    assert policy is not None
    assert "default-src &#39;none&#39;" in policy.group(1)
    assert "unsafe" not in policy.group(1)
    assert not re.search(r"\sstyle=", made.split("</style>")[1].split("<script>")[0])


def test_nothing_in_the_page_is_loaded_from_elsewhere() -> None:
    tags = Tags(page(Paragraph((Link((Text("a"),), "https://example.org"),)))).tags
    loaded = [
        attributes
        for tag, attributes in tags
        if attributes.get("src") or (tag == "link" and "href" in attributes)
    ]
    assert loaded == []


def test_a_table_has_a_caption_headers_with_scope_and_named_groups() -> None:
    made = page(table(Row(((Text("2023"),),), "group"), Row(((Text("VS"),), (Text("1"),)))))
    assert '<span class="label">Tabel 1</span> Donoren' in made
    assert made.count('scope="col"') == 2
    assert '<th scope="rowgroup" colspan="2">2023</th>' in made


def test_a_figure_is_described_by_its_alt_text_and_has_its_data_beside_it() -> None:
    data = Table("", "", (Column("a"),), (Row(((Text("62,2"),),)),))
    made = page(Figure("fig-a", "Bijschrift", "De hoogste staaf is 62,2.", {"mark": "bar"}, data, "CEB"))
    assert 'role="img" aria-label="De hoogste staaf is 62,2."' in made
    assert "<summary>Gegevens bij deze figuur</summary>" in made
    assert "Bron: CEB" in made


def test_a_specification_cannot_end_its_script() -> None:
    made = page(Figure("fig-a", "b", "c", {"title": "</script><script>alert(1)</script>"}))
    assert "</script><script>alert" not in made


def test_footnotes_lead_there_and_back() -> None:
    note = Note("n", (Paragraph((Text("De noot."),)),))
    made = page(Paragraph((Text("a"), NoteMark("n"), Text("b"), NoteMark("n"))), notes=(note,))
    assert made.count('href="#note-1"') == 2
    assert 'id="noteref-1"' in made
    assert 'id="noteref-1-2"' in made
    assert 'href="#noteref-1" role="doc-backlink"' in made


def test_every_link_within_the_page_leads_to_something() -> None:
    made = page(
        Heading(1, (Text("Een"),), "sec-a"),
        Panel("", (Item("1", "een", "tbl-a"),)),
        table(Row(((Text("VS"),), (Text("1"),)))),
        Paragraph((NoteMark("n"),)),
        notes=(Note("n", (Paragraph((Text("x"),)),)),),
    )
    tags = Tags(made).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    links = [str(a["href"])[1:] for _, a in tags if str(a.get("href", "")).startswith("#")]
    assert len(ids) == len(set(ids))
    assert set(links) <= set(ids)
