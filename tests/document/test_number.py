"""A document gets its numbers, and every reference leads somewhere."""

from __future__ import annotations

import pytest

from scorelib.document.nodes import (
    Column,
    Cover,
    Document,
    Figure,
    Heading,
    Item,
    Note,
    NoteMark,
    Number,
    Panel,
    Paragraph,
    Reference,
    Row,
    Table,
    Text,
    plain,
)
from scorelib.document.number import numbered
from scorelib.errors import RenderError
from scorelib.language import language

NL = language("nl")
COVER = Cover("Titel", "", "", "nl-NL")


def heading(level: int, label: str = "") -> Heading:
    return Heading(level, (Text(f"Kop {label}"),), label)


def table(label: str) -> Table:
    return Table(label, "Tabel", (Column("a"),), ())


def make(*blocks: object, notes: tuple[Note, ...] = ()) -> Document:
    return numbered(Document(COVER, blocks, notes), NL)  # type: ignore[arg-type]  # blocks of a test


def test_chapters_and_sections_are_numbered_and_deeper_headings_are_not() -> None:
    document = make(heading(1, "a"), heading(2, "b"), heading(2, "c"), heading(3, "d"), heading(1, "e"))
    assert [block.number for block in document.blocks] == ["1", "1.1", "1.2", "", "2"]  # type: ignore[union-attr]


def test_a_level_is_never_skipped() -> None:
    document = make(heading(1, "a"), heading(4, "b"), heading(4, "c"))
    assert [block.level for block in document.blocks] == [1, 2, 3]  # type: ignore[union-attr]


def test_figures_and_tables_are_counted_apart_and_a_table_without_id_is_not_counted() -> None:
    document = make(table("tbl-a"), Figure("fig-a", "", "", {}), table(""), table("tbl-b"))
    assert [block.number for block in document.blocks] == ["1", "1", "", "2"]  # type: ignore[union-attr]


def test_references_read_as_part_of_a_sentence() -> None:
    targets = ("sec-a", "sec-b", "sec-c", "tbl-a", "fig-a")
    line = Paragraph(tuple(Reference(target) for target in targets))
    document = make(
        heading(1, "sec-a"),
        heading(2, "sec-b"),
        heading(3, "sec-c"),
        table("tbl-a"),
        Figure("fig-a", "", "", {}),
        line,
    )
    last = document.blocks[-1]
    assert isinstance(last, Paragraph)
    texts = [plain((child,)).replace(" ", "_").replace("\N{NO-BREAK SPACE}", "_") for child in last.children]
    assert texts == ["hoofdstuk_1", "paragraaf_1.1", "‘Kop_sec-c’", "tabel_1", "figuur_1"]


def test_notes_are_numbered_in_the_order_of_their_marks_and_unmarked_ones_left_out() -> None:
    notes = tuple(Note(label, (Paragraph((Text(label),)),)) for label in ("x", "y", "z"))
    document = make(Paragraph((NoteMark("z"), NoteMark("x"), NoteMark("z"))), notes=notes)
    assert [(note.label, note.number) for note in document.notes] == [("z", 1), ("x", 2)]


def test_every_reference_that_leads_nowhere_is_named_at_once() -> None:
    line = Paragraph((Reference("fig-x"), Reference("tbl-y"), NoteMark("z")))
    with pytest.raises(RenderError, match=r"@fig-x.*@tbl-y.*\[\^z\]"):
        make(line)


def test_a_reference_that_leads_nowhere_is_told_with_the_nearest_or_with_all_there_are() -> None:
    figures = [Figure(f"fig-{name}", "", "", {}) for name in ("donors", "trend")]
    with pytest.raises(RenderError, match="did you mean @fig-donors"):
        make(*figures, Paragraph((Reference("fig-donor"),)))
    with pytest.raises(RenderError, match="there are: @fig-donors, @fig-trend"):
        make(*figures, Paragraph((Reference("fig-xxxxxx"),)))


def test_a_panel_that_leads_nowhere_is_an_error() -> None:
    with pytest.raises(RenderError, match="tbl-x"):
        make(Panel("", (Item("1", "een", "tbl-x"),)))


def test_two_parts_with_one_id_are_an_error() -> None:
    with pytest.raises(RenderError, match="tbl-a"):
        make(table("tbl-a"), table("tbl-a"))


def test_headings_without_an_id_get_one_that_is_theirs_alone() -> None:
    document = make(Heading(1, (Text("Rol & invloed"),)), Heading(1, (Text("Rol & invloed"),)))
    assert [block.id for block in document.blocks] == ["sec-rol-invloed", "sec-rol-invloed-2"]  # type: ignore[union-attr]


def test_numbers_are_written_in_the_style_of_the_language_also_behind_a_figure() -> None:
    data = Table("", "", (Column("a"),), (Row(((Number(1234.5, 1),),)),))
    document = make(Figure("fig-a", "", "", {}, data))
    assert document.blocks[0].data.rows[0].cells[0] == (Text("1.234,5"),)  # type: ignore[union-attr]
