"""Markdown becomes parts of a document, and nothing in a text becomes anything else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorelib.document.markdown import parse
from scorelib.document.nodes import (
    Callout,
    Emphasis,
    Heading,
    Link,
    List,
    NoteMark,
    Paragraph,
    Reference,
    Row,
    Span,
    Strong,
    Table,
    Text,
    from_json,
    to_json,
)


def only(markdown: str) -> object:
    (block,) = parse(markdown).blocks
    return block


def test_a_heading_takes_its_id_from_its_attributes() -> None:
    assert only("## Rol {#sec-role}") == Heading(2, (Text("Rol"),), "sec-role")


def test_headings_go_below_the_section_that_the_text_stands_in() -> None:
    (block,) = parse("## Rol", deeper=1).blocks
    assert block == Heading(3, (Text("Rol"),))


def test_references_to_figures_tables_and_sections_are_found_in_a_sentence() -> None:
    assert only("Zie @fig-wheel, @tbl-donors en @sec-finance.") == Paragraph(
        (
            Text("Zie "),
            Reference("fig-wheel"),
            Text(", "),
            Reference("tbl-donors"),
            Text(" en "),
            Reference("sec-finance"),
            Text("."),
        )
    )


@pytest.mark.parametrize(
    "text",
    [
        "@naam en a@fig.nl",
        "$5 en 10$",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "#let x = 1",
        "{{ naam }}",
        "😀 مرحبا",
    ],
)
def test_what_is_no_markdown_stays_text_to_the_letter(text: str) -> None:
    assert only(text) == Paragraph((Text(text),))


def test_a_link_that_could_run_something_is_shown_as_text() -> None:
    for url in ("javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"):
        block = only(f"[tekst]({url})")
        assert isinstance(block, Paragraph)
        assert not any(isinstance(child, Link) for child in block.children)


def test_an_image_is_shown_as_its_description_and_loads_nothing() -> None:
    assert only("![een foto](http://example.org/x.png)") == Paragraph((Text("een foto"),))


def test_a_foreign_phrase_keeps_its_language() -> None:
    assert only("Dit is [leave no one behind]{lang=en}.") == Paragraph(
        (Text("Dit is "), Span((Text("leave no one behind"),), "en"), Text("."))
    )


def test_footnotes_are_kept_by_label_under_a_prefix_of_their_own() -> None:
    parsed = parse("Een[^a] en twee[^b].\n\n[^a]: Noot *een*.\n[^b]: Noot twee.", prefix="sec-role-")
    assert parsed.blocks == (
        Paragraph((Text("Een"), NoteMark("sec-role-a"), Text(" en twee"), NoteMark("sec-role-b"), Text("."))),
    )
    assert [note.label for note in parsed.notes] == ["sec-role-a", "sec-role-b"]
    assert parsed.notes[0].children == (Paragraph((Text("Noot "), Emphasis((Text("een"),)), Text("."))),)


def test_a_callout_has_its_kind_its_title_and_its_blocks() -> None:
    block = only('::: {.callout-warning title="Let op"}\nDe *basis*.\n\n- a\n:::')
    assert isinstance(block, Callout)
    assert (block.kind, block.title) == ("warning", "Let op")
    assert isinstance(block.children[1], List)


def test_a_heading_that_begins_a_callout_is_its_title() -> None:
    assert only("::: {.callout-note}\n## Titel\nTekst\n:::") == Callout(
        "note", "Titel", (Paragraph((Text("Tekst"),)),)
    )


def test_a_pipe_table_keeps_its_alignment_and_its_markup() -> None:
    block = only("| a | b |\n|---|--:|\n| 1 | **2** |")
    assert isinstance(block, Table)
    assert [(column.title, column.align) for column in block.columns] == [("a", "left"), ("b", "right")]
    assert block.rows == (Row(((Text("1"),), (Strong((Text("2"),)),))),)


def test_lists_nest() -> None:
    block = only("1. een\n   - twee\n2. drie")
    assert isinstance(block, List)
    assert block.ordered
    assert len(block.items) == 2
    assert isinstance(block.items[0][1], List)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_text_breaks_the_parser_and_every_part_survives_json(text: str) -> None:
    parsed = parse(text)
    assert from_json(to_json(parsed.blocks)) == parsed.blocks
    assert from_json(to_json(parsed.notes)) == parsed.notes


MARKS = st.sampled_from([*"*_`[]()!#>-|:{}^~<&\\\n 1.a@", "[^a]", "[^a]: ", ":::", "{.callout-note}", "{#x}"])


@settings(max_examples=500, deadline=None)
@given(st.lists(MARKS, max_size=40).map("".join))
def test_no_run_of_marks_breaks_the_parser(text: str) -> None:
    parse(text)
