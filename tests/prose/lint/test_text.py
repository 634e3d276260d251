"""A text is read as Markdown prints it, and whatever is read stands where it is said to stand."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorelib.prose.lint.source import read_source
from scorelib.prose.lint.tokens import sentences, tokens
from scorelib.prose.lint.words import words

PARTS = st.sampled_from(
    [
        "# Kop",
        "- punt",
        "1. een",
        "> citaat",
        "| a | b |",
        "|---|---|",
        "| 6 | 62,2 |",
        "```",
        "`code 7`",
        "<!-- 8 -->",
        "{{ revenue(2023) }}",
        "[^noot]",
        "[^noot]: Tekst 9.",
        "[woord](https://x.nl/5)",
        "**62**",
        "*een*",
        '::: {.callout-note title="Let op 3"}',
        ":::",
        "{#sec-x}",
        "@tbl-donors",
        "USD 62,2 mln.",
        "In 2023",
        "---",
        "é ü",
        "“quote”",
        "[Title 2019]{lang=en}",
        "{{",
        "}}",
        "{%",
        "<x>",
        "",
        " ",
        "\n",
    ]
)
TEXTS = st.lists(PARTS, max_size=25).map(" ".join) | st.lists(PARTS, max_size=25).map("\n".join)


@given(TEXTS | st.text(max_size=80))
def test_every_token_stands_in_the_file_where_it_is_said_to_stand(text: str) -> None:
    source = read_source(text, "x.md")
    for block in source.blocks:
        for token in tokens(block.text, 0, len(block.text)):
            if token.kind != "hole":
                at = block.start + token.start
                assert text[at : at + len(token.text)] == token.text
                place = source.place(at)
                assert text.split("\n")[place.line - 1][place.column - 1 :].startswith(token.text)


@given(TEXTS)
def test_the_sentences_of_a_block_are_all_of_it_and_do_not_overlap(text: str) -> None:
    for block in read_source(text, "x.md").blocks:
        spans = list(sentences(block.text, words("nl")))
        assert all(one[1] == two[0] for one, two in itertools.pairwise(spans))
        outside = block.text[: spans[0][0]] + block.text[spans[-1][1] :] if spans else block.text
        assert not outside.strip()


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("---\ntitle: 5\n---\nTekst 1.", ["Tekst 1."]),
        ("Tekst `7` en <!-- 8 -->ook 1.", ["Tekst en ook 1."]),
        ("```\n9\n```\nTekst.", ["Tekst."]),
        ("Zie [het verslag](https://x.nl/2019) van 2020.", ["Zie het verslag van 2020."]),
        ("Tekst[^1] door.\n\n[^1]: Noot 5.", ["Tekst door.", "Noot 5."]),
        ("# Kop 3 {#sec-kop}\nTekst.", ["Kop 3", "Tekst."]),
        ('::: {.callout-note title="Let op 4"}\nTekst.\n:::', ["Let op 4", "Tekst."]),
        ("> een citaat\n> van 2 regels", ["een citaat van 2 regels"]),
        ("| a | 2023 |\n|---|---|\n| b | 62 |", ["| a | 2023 |", "| b | 62 |"]),
    ],
)
def test_what_is_no_prose_is_not_read(text: str, prose: list[str]) -> None:
    blocks = [" ".join(block.text.split()) for block in read_source(text, "x.md").blocks]
    assert blocks == prose


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dat is USD 62,2 mln. In 2022 was het minder.", 2),
        ("Dat is USD 62,2 mln. EUR 3 mln. kwam erbij.", 1),
        ("Dat geldt o.a. Nederland. Punt.", 2),
        ("Zie art. 5 en nr. 6.", 1),
        ("Is dat zo? Ja! “Dat is zo.” Klaar.", 4),
    ],
)
def test_a_full_stop_of_an_abbreviation_ends_no_sentence(text: str, count: int) -> None:
    assert len(list(sentences(text, words("nl")))) == count
