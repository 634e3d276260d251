"""Cover, summary, facts and sources: few numbers, each with its place, nothing pretended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from scorelib import figures
from scorelib.document.nodes import Figure, Link, Panel, Span, Table, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from scorelib.data.scorecard import Scorecard

    Show = Callable[[str, str], dict[str, Any]]
    Card = Callable[[str, str], Scorecard]


def test_a_fictional_organisation_says_so(show: Show) -> None:
    for lang, word in (("nl", "Fictief"), ("en", "Fictional")):
        assert word in show("voorbeeld", lang)["cover"].notice
        assert not show("iom", lang)["cover"].notice
        assert word.lower()[:5] in show("voorbeeld", lang)["wheel"].caption


def test_a_draft_says_so(show: Show) -> None:
    cover = show("undp", "nl")["cover"]
    assert cover.status == "Concept"
    assert cover.lang == "nl-NL"
    assert cover.title == "Scorekaart UNDP 2023"


@pytest.mark.parametrize("organisation", ["voorbeeld", "iom", "undp"])
def test_every_item_of_the_summary_leads_to_something_the_report_shows(show: Show, organisation: str) -> None:
    shown = show(organisation, "nl")
    there = {part.id for part in shown.values() if isinstance(part, Figure | Table)}
    targets = [item.target for item in shown["summary"].items]
    assert set(targets) - {""} <= there
    assert targets.count("") == (organisation == "undp")


def test_the_summary_of_iom_names_rank_and_denominator(show: Show) -> None:
    items = show("iom", "nl")["summary"].items
    assert items[0].value == "USD\xa062,2\xa0mln."
    assert "6e van" in items[0].label
    assert items[1].value == "USD\xa03,2\xa0mln."
    assert items[2].value == "USD\xa03,53\xa0mld."
    assert items[3].value == "96,4%"
    assert "verplichte en vrijwillige bijdragen" in items[3].label
    assert items[4].value == "2 van 7"
    assert "niet in de gegevens" in items[5].label


def test_facts_have_their_date(show: Show, card: Card) -> None:
    panel = show("iom", "nl")["facts"]
    assert [item.value for item in panel.items] == ["175", "4.072", "32.000", "557"]
    assert "30 oktober 2023" in panel.items[0].label
    one = figures.facts(card("iom", "nl"), ["humanitarian-share", "assessed-increase"])
    assert isinstance(one, Panel)
    assert [item.value for item in one.items] == ["57%", "USD\xa060\xa0mln."]
    assert "31 december 2022" in one.note


def test_sources_are_those_of_the_rows_shown(show: Show) -> None:
    fictional = [plain(row.cells[1]) for row in show("voorbeeld", "nl")["sources"].rows]
    assert fictional[0] == "Fictional data"
    assert not any("Financial Statistics" in title for title in fictional)
    real = show("iom", "nl")["sources"]
    assert any(isinstance(part, Link) for row in real.rows for part in row.cells[2])
    assert "Fictional data" not in [plain(row.cells[1]) for row in real.rows]


def test_notes_in_another_language_than_the_report_are_marked(show: Show) -> None:
    notes = [row.cells[3][0] for row in show("iom", "nl")["sources"].rows]
    assert all(isinstance(note, Span) and note.lang == "en" for note in notes)
    assert not any(isinstance(row.cells[3][0], Span) for row in show("iom", "en")["sources"].rows)


def test_no_text_is_left_in_the_other_language(show: Show) -> None:
    english = re.compile(r"\b(the|with|and|Rank|Year)\b")
    for part in show("iom", "nl").values():
        if isinstance(part, Figure):
            assert not english.search(part.caption), part.caption
            assert not english.search(part.alt), part.alt
