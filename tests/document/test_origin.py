"""An origin travels with its number, through Markdown too, and hides from every reader on the way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scorelib.document.markdown import parse
from scorelib.document.nodes import (
    Code,
    Emphasis,
    Heading,
    Link,
    Paragraph,
    Section,
    Strong,
    Table,
    Text,
    from_json,
    plain,
    to_json,
)  # fmt: skip
from scorelib.document.origin import Origin, Told, cut, marked, parts, private, spans, unmarked
from scorelib.document.show import bundle

LINE = "sum unearmarked+earmarked contributions:214 exchange_rates:3"
AMOUNT = marked("USD 62,2 mln.", LINE)


@given(st.sets(st.integers(2, 400)))
def test_rows_are_written_short_and_read_back(rows: set[int]) -> None:
    assert set(cut(spans(rows))) == rows


@given(
    st.sampled_from(["sum", "rank"]),
    st.lists(st.from_regex(r"[a-z_]+", fullmatch=True), max_size=3),
    st.lists(st.tuples(st.from_regex(r"[a-z_]+", fullmatch=True), st.just("2-5,9")), max_size=3),
)
def test_an_origin_is_a_line_and_back(how: str, columns: list[str], rows: list[tuple[str, str]]) -> None:
    origin = Origin(how, tuple(columns), tuple(rows))
    assert Origin.parse(str(origin)) == origin


def test_a_number_in_a_text_keeps_its_origin() -> None:
    (paragraph,) = parse(f"Nederland gaf **{AMOUNT}** en [meer](https://e.org).").blocks
    assert isinstance(paragraph, Paragraph)
    assert paragraph.children[1] == Strong((Text("USD 62,2 mln.", LINE),))
    assert plain(paragraph.children) == "Nederland gaf USD 62,2 mln. en meer."


def test_it_keeps_it_in_a_heading_an_emphasis_and_a_table() -> None:
    blocks = parse(f"## In {AMOUNT}\n\n*{AMOUNT}*\n\n| a |\n|---|\n| {AMOUNT} |\n").blocks
    heading, paragraph, table = blocks
    assert isinstance(heading, Heading)
    assert heading.children[-1] == Text("USD 62,2 mln.", LINE)
    assert isinstance(paragraph, Paragraph)
    assert paragraph.children == (Emphasis((Text("USD 62,2 mln.", LINE),)),)
    assert isinstance(table, Table)
    assert table.rows[0].cells == ((Text("USD 62,2 mln.", LINE),),)


def test_where_no_origin_can_be_shown_nothing_of_it_is_left() -> None:
    (paragraph,) = parse(f"`{AMOUNT}` [x](https://e.org/{AMOUNT.replace(' ', '')})").blocks
    assert isinstance(paragraph, Paragraph)
    code, _, link = paragraph.children
    assert code == Code("USD 62,2 mln.")
    assert isinstance(link, Link)
    assert link.url == "https://e.org/USD62,2mln."
    (fence,) = parse(f"```\n{AMOUNT}\n```").blocks
    assert fence.text == "USD 62,2 mln."  # type: ignore[union-attr]


def test_jupyter_shows_the_text_alone() -> None:
    shown = bundle(Section(1, "Geld", "sec-money", f"Nederland gaf {AMOUNT}."))
    assert shown["text/markdown"] == "## Geld\n\nNederland gaf USD 62,2 mln.."


@given(st.text())
def test_what_comes_from_outside_cannot_pretend_to_be_an_origin(text: str) -> None:
    for hostile in (text, marked(text, LINE)):
        assert [origin for _, origin in parts(private(hostile)) if origin] == []
        assert unmarked(private(hostile)) == private(hostile)


def test_it_is_in_json_only_where_it_is() -> None:
    assert to_json(Text("62,2")) == {"node": "Text", "text": "62,2"}
    assert from_json(to_json(Text("62,2", LINE))) == Text("62,2", LINE)


def test_a_number_that_knows_its_origin_is_a_text_like_any_other() -> None:
    told = Told("6e", LINE)
    assert told == "6e"
    assert told.upper() == "6E"
    assert told.origin == LINE
