"""Texts are held against the data, against each other, and against the calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scorelib.prose.lint.acceptances import apply, from_comments, from_table, unused
from scorelib.prose.lint.report import Text, lint
from scorelib.prose.lint.source import read_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from scorelib.errors import Diagnostic
    from scorelib.prose.lint.context import Setting

    Found = Callable[..., list[Diagnostic]]


def rules(found: list[Diagnostic]) -> list[tuple[str, str]]:
    return [(each.rule, each.value) for each in found]


# --- two languages ------------------------------------------------------------------------------


def test_another_number_in_the_other_language_is_a_contradiction(found: Found) -> None:
    told = found(nl="In Jemen kregen 400 gezinnen hulp.", en="In Yemen 500 families received help.")
    assert ("contradiction", "500") in rules(told)
    assert any("‘400’ in the same place of the text in nl (nl.md:1:17)" in each.problem for each in told)


def test_the_same_number_in_the_other_style_is_none(found: Found) -> None:
    told = found(nl="Er kwamen 1.250 mensen in 2021.", en="In 2021, 1,250 people came.")
    assert {each.rule for each in told} == {"unbacked"}


def test_a_number_that_the_other_language_has_nowhere_is_a_warning(found: Found) -> None:
    (told,) = [
        each
        for each in found(nl="Er kwamen 1.250 mensen, uit 14 landen.", en="There came 1,250 people.")
        if each.value == "14"
    ]
    assert (told.rule, told.severity) == ("language", "warning")


# --- two places ---------------------------------------------------------------------------------


def chapters(settings: dict[str, Setting], *texts: str) -> list[Diagnostic]:
    given = [Text(f"{number}.md", f"{number}0-x", text) for number, text in enumerate(texts)]
    return list(lint({"nl": given}, {"nl": settings["nl"]}, ()).findings)


def test_two_chapters_that_give_different_numbers_of_the_same_contradict_each_other(
    settings_of_iom: dict[str, Setting],
) -> None:
    told = chapters(
        settings_of_iom, "De opvang in Tripoli telde 340 bedden.", "De opvang in Tripoli telde 430 bedden."
    )
    assert ("contradiction", "430") in rules(told)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("In 2022 telde de opvang in Tripoli 340 bedden.", "In 2023 telde de opvang in Tripoli 430 bedden."),
        ("De opvang in Tripoli telde 340 bedden.", "De opvang in Tripoli telde 430 medewerkers."),
        ("De opvang in Tripoli telde 340 bedden.", "De opvang in Tunis telde 430 bedden."),
    ],
)
def test_numbers_of_other_years_things_and_places_may_differ(
    settings_of_iom: dict[str, Setting], one: str, two: str
) -> None:
    assert {each.rule for each in chapters(settings_of_iom, one, two)} == {"unbacked"}


def test_numbers_of_one_sentence_do_not_contradict_each_other(found: Found) -> None:
    assert {each.rule for each in found("In Tripoli kregen 340 mannen en 430 mannen elders hulp.")} == {
        "unbacked"
    }


# --- names --------------------------------------------------------------------------------------


def test_an_organisation_that_is_also_a_donor_to_others_is_the_organisation(found: Found) -> None:
    assert found("UNDP ontving in 2022 USD 5,28 miljard.") == []
    (told,) = found("UNDP ontving in 2022 USD 8,25 miljard.")
    assert (told.rule, told.value) == ("contradiction", "USD 8,25 miljard")


def test_officers_are_not_offices(found: Found) -> None:
    assert rules(found(en="A training was given to 1,250 police officers.")) == [("unbacked", "1,250")]


def test_money_of_a_donor_for_one_project_is_not_all_that_it_gave(found: Found) -> None:
    assert rules(found("Voor de opvang trok de EU in 2023 USD 2,4 mln. uit.")) == [
        ("unbacked", "USD 2,4 mln.")
    ]


# --- arithmetic ---------------------------------------------------------------------------------


def test_a_part_of_what_a_change_led_to_is_no_share_of_what_it_began_with(found: Found) -> None:
    change = "De begroting steeg van USD 2,1 miljard in 2019 tot USD 2,99 miljard in 2022"
    text = f"{change}, waarvan 57% voor noodhulp."
    assert [each for each in found(text) if each.rule == "arithmetic"] == []


def test_a_growth_is_read_with_its_parts_and_says_what_they_come_to(found: Found) -> None:
    (told,) = found(
        "De inkomsten stegen van USD 2,13 miljard in 2019 naar USD 2,99 miljard in 2022, een groei van 140%."
    )
    assert told.rule == "arithmetic"
    assert "the growth from the first to the second is 39.8% to 41.0%" in told.problem
    assert told.related == ("nl.md:1:25", "nl.md:1:55")


@pytest.mark.parametrize(
    "text",
    [
        "In 2017 verdubbelde de Amerikaanse bijdrage niet.",
        "De norm is 30% ongeoormerkte bijdragen.",
        "In 2023 gaf Nederland nog geen USD 65 mln.",
    ],
)
def test_what_did_not_happen_and_what_is_asked_for_contradict_nothing(found: Found, text: str) -> None:
    assert [each for each in found(text) if each.severity == "error"] == []


# --- the calendar -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "stale"),
    [
        ("Momenteel loopt een evaluatie.", ["Momenteel"]),
        ("Momenteel (juni 2024) loopt een evaluatie.", []),
        ("In 2027 is dit ingevoerd.", ["2027"]),
        ("In 2027 zal dit worden ingevoerd.", []),
        ("Het plan loopt van 2024 tot 2028.", []),
    ],
)
def test_words_and_dates_that_will_not_hold_are_told(found: Found, text: str, stale: list[str]) -> None:
    assert [each.value for each in found(text) if each.rule == "stale"] == stale


# --- acceptances --------------------------------------------------------------------------------


def test_an_acceptance_names_a_number_a_source_and_a_day() -> None:
    text = (
        "<!-- accept: USD 59,8 mln. — annual report, p. 3, 2024-05-01 -->\n"
        "<!-- accept: 12.000 -->\n"
        "<!-- accept: 5 — report, 2024-02-31 -->\n"
        "<!-- a comment -->"
    )
    whole, without, no_day = from_comments(read_source(text, "x.md"))
    assert (whole.quantity, whole.wrong) == ("USD 59,8 mln.", "")
    assert without.wrong == "it names no quantity with a source and a date"
    assert no_day.wrong == "2024-02-31 is no date"
    told = list(unused([whole, without, no_day], set()))
    assert [each.line for each in told] == [1, 2, 3]
    assert "matches nothing" in told[0].problem


def test_an_acceptance_covers_its_own_number_in_its_own_file_alone(found: Found) -> None:
    text = "In Tripoli kregen 12 mannen en 112 vrouwen hulp, in Tunis 1.200."
    row = {"organisation": "iom", "year": 2024, "lang": "nl", "chapter": "20-summary"}
    row |= {"quantity": "12", "line": 2}
    (accepted,) = from_table([row], "data/accepted.csv")
    assert accepted.file == "data/texts/iom/2024/nl/20-summary.md"
    told = found(text)
    kept, used = apply(told, [accepted])
    assert (kept, used) == (told, set()), "it is of another file"
    comment = f"{text} <!-- accept: 12 — report, 2024-05-01 -->"
    assert [each.value for each in found(comment)] == ["112", "1.200"]


def test_a_third_party_is_no_rank_and_no_part(found: Found) -> None:
    assert found(en="A third party checked it.") == []
    assert found("Een derde partij keek het na.") == []
