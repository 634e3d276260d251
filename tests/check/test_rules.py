"""What may be right in tables and texts, but has to be looked at or known, is told with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scorelib.check import check_project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scorelib.errors import Diagnostic


def change(path: Path, *changes: tuple[str, str]) -> None:
    """Write other lines in the place of some."""
    text = path.read_text("utf-8")
    for old, new in changes:
        assert text.count(f"{old}\n") == 1, old
        text = text.replace(f"{old}\n", f"{new}\n")
    path.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def found(new_project: Callable[[], Path]) -> list[Diagnostic]:
    """What is found in a project with one thing of each sort to be looked at."""
    project = new_project()
    data = project / "data"
    change(
        data / "contributions.csv",
        # As much as the Netherlands, who are sixth: they share a rank.
        (
            "iom,2023,JP,government,5932473,,62194746,,USD,unsceb-revenue-government",
            "iom,2023,JP,government,5932473,,62177242,,USD,unsceb-revenue-government",
        ),
        # A fourth of what Germany gave is lost: the year's sum no longer is the revenue.
        (
            "iom,2022,DE,government,3719978,,271608004,,USD,unsceb-revenue-government",
            "iom,2022,DE,government,3719978,,201608004,,USD,unsceb-revenue-government",
        ),
        (
            "iom,2023,EU,european-union,,,439402532,,USD,unsceb-revenue-non-government",
            "iom,2023,EU,government,,,439402532,,USD,unsceb-revenue-non-government",
        ),
    )
    change(
        data / "scorecards.csv",
        ("undp,2023,draft,,2022,voluntary,2024-11-01", "undp,2023,final,,2024,voluntary,2024-11-01"),
    )
    texts = data / "texts" / "iom" / "2024"
    (texts / "en" / "52-other-relevance.md").unlink()
    (texts / "nl" / "77-nothing.md").write_text("Niets.\n", "utf-8")
    with (texts / "nl" / "20-summary.md").open("a", encoding="utf-8") as file:
        file.write(
            "\nZie[^weg] en [hier](bijlage.docx), @sec-nergens en [dit](#nergens).\n\n[^los]: Een noot.\n"
        )
    checked = check_project(project)
    assert checked.errors == ()
    return list(checked.findings)


def told(found: list[Diagnostic], rule: str, file: str = "") -> list[str]:
    """What is said by a rule, a severity before each."""
    return [
        f"{each.severity}: {each.value} {each.problem}"
        for each in found
        if each.rule == rule and each.file.endswith(file)
    ]


def test_what_donors_gave_must_add_up_to_the_revenue(found: list[Diagnostic]) -> None:
    sums = told(found, "sums", "revenue.csv")
    assert any("warning: earmarked iom received" in each and "in 2022" in each for each in sums), sums


def test_a_rank_that_is_shared_is_told(found: list[Diagnostic]) -> None:
    assert any("JP, NL share rank" in each for each in told(found, "ranks", "scorecards.csv"))


def test_a_donor_that_is_a_government_in_some_years_alone_is_told(found: list[Diagnostic]) -> None:
    assert any("EU is ‘government’ here and ‘european-union’" in each for each in told(found, "ranks"))


def test_a_report_on_a_year_without_contributions_is_told(found: list[Diagnostic]) -> None:
    assert any("no contributions to undp in 2024" in each for each in told(found, "ranks", "scorecards.csv"))


def test_negative_and_lumpy_core_contributions_are_explained(found: list[Diagnostic]) -> None:
    assert any("unearmarked in 2021: a refund or a correction" in each for each in told(found, "negative"))
    assert any("voorbeeld are booked unevenly (2019" in each for each in told(found, "lumpy"))


def test_what_a_final_report_lacks_is_a_warning_and_a_draft_a_note(found: list[Diagnostic]) -> None:
    assert [each.split(":")[0] for each in told(found, "relevance")] == ["warning"]
    assert [each.split(":")[0] for each in told(found, "scores")] == ["note", "warning"]
    assert [each.split(":")[0] for each in told(found, "texts", "undp/2023")] == ["warning"]


def test_a_chapter_in_one_language_alone_and_a_text_that_nothing_prints_are_told(
    found: list[Diagnostic],
) -> None:
    assert any(
        "there in nl, but not in en" in each for each in told(found, "language", "nl/52-other-relevance.md")
    )
    assert any("nothing prints it" in each for each in told(found, "texts", "77-nothing.md"))


def test_notes_links_and_references_that_lead_nowhere_are_told(found: list[Diagnostic]) -> None:
    notes = told(found, "footnotes")
    assert any("error: [^weg]" in each for each in notes)
    assert any("warning: [^los]" in each for each in notes)
    links = told(found, "links")
    assert any("warning: bijlage.docx" in each for each in links)
    assert any("warning: #nergens" in each for each in links)
    assert any("error: @sec-nergens" in each for each in links)


def test_each_thing_has_a_place_and_a_remedy(found: list[Diagnostic]) -> None:
    for each in found:
        assert each.file
        assert each.remedy
