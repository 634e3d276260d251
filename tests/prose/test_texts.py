"""Texts get their numbers from the data, and say plainly when they cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scorelib.data.scorecard import load_scorecard
from scorelib.errors import DataError
from scorelib.prose.texts import chapter, check_texts, fill, heading, section, text_file

if TYPE_CHECKING:
    from pathlib import Path

    from scorelib.data.scorecard import Scorecard


@pytest.fixture(scope="module")
def iom(root: Path) -> Scorecard:
    return load_scorecard("iom", 2024, project=root)


@pytest.fixture(scope="module")
def example(root: Path) -> Scorecard:
    return load_scorecard("voorbeeld", 2024, lang="en", project=root)


def filled(text: str, card: Scorecard) -> str:
    return fill(text, "text.md", card).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("asked", "printed"),
    [
        ('usd("NL", 2023)', "USD 62,2 mln."),
        ('usd("NL", 2023, "earmarked")', "USD 59,0 mln."),
        ('usd("NL", 2023, "total")', "USD 63,2 mln."),
        ('rank("NL", 2023)', "6e"),
        ('rank("NL", 2021, "total")', "7e"),
        ('share("NL", 2023)', "2,3%"),
        ("revenue(2022)", "USD 2,99 mld."),
        ('revenue(2022, "earmarked")', "USD 2,74 mld."),
        ("growth(2019, 2022)", "40%"),
        ('earmarked_share(2022, of="contributions")', "97%"),
        ('earmarked_share(2022, of="revenue")', "92%"),
        ('fact("staff")', "32.000"),
        ('fact("humanitarian-share")', "57%"),
        ('fact("assessed-increase")', "USD 60 mln."),
        ('fact_date("member-states")', "30 oktober 2023"),
        ('rating("migration")', "Zeer relevant"),
        ("abbreviation", "IOM"),
        ("name", "Internationale Organisatie voor Migratie"),
        ("data_year", "2023"),
    ],
)
def test_a_name_in_a_text_becomes_the_figure_of_the_data(iom: Scorecard, asked: str, printed: str) -> None:
    assert filled("{{ " + asked + " }}", iom) == printed


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ('Dat is {{ usd("NL", 2023) }}.', "Dat is USD 62,2 mln."),
        ('Dat is {{ usd("NL", 2023) }}. Meer niet.', "Dat is USD 62,2 mln. Meer niet."),
        ('Plaats: {{ rank("NL", 2023) }}.', "Plaats: 6e."),
        ('Dat is {{ usd("NL", 2023) if True else "" }}.', "Dat is USD 62,2 mln."),
        ('Dat is {{ usd("NL", 2023) }}, veel.', "Dat is USD 62,2 mln., veel."),
        ('Dat is {{ usd("NL", 2023) }}...', "Dat is USD 62,2 mln...."),
    ],
)
def test_a_sentence_that_ends_in_an_abbreviation_has_one_full_stop(
    iom: Scorecard, text: str, printed: str
) -> None:
    assert filled(text, iom) == printed


def test_scores_and_bands_are_those_of_the_assessment(example: Scorecard) -> None:
    assert filled('{{ score("1") }} {{ band("1") }}', example) == "3.71 Highly satisfactory"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ('usd("XX", 2023)', "XX has no voluntary contribution to iom in 2023"),
        ('usd("NL", 1999)', "contributions.csv"),
        ('usd("NL", 2023, "gross")', "voluntary, total"),
        ('fact("nothing")', "member-states"),
        ('rating("space")', "migration"),
        ('score("1")', "score of indicator '1'"),
        ("revenue(1999)", "2013"),
        ('revenue(2022, "gross")', "earmarked"),
        ("growth(1999, 2022)", "revenue.csv"),
        ('earmarked_share(2022, of="all")', "contributions, revenue"),
        ("nonsense", "a text may not ask for 'nonsense'; there are: abbreviation, band"),
        ("ranks(1)", "did you mean rank"),
        ("usd(NL, 2023)", 'an id stands between quotes: "NL"'),
        ("1 / 0", "may not use Jinja's 'div'"),
        ("name.__class__", "may not ask for '__class__'"),
        ("usd(", "unexpected"),
        ('usd("NL")', "year"),
    ],
)
def test_what_the_data_do_not_hold_is_an_error_with_its_line(iom: Scorecard, asked: str, told: str) -> None:
    with pytest.raises(DataError) as caught:
        fill("Eerste regel.\n\nTweede {{ " + asked + " }}.\n", "text.md", iom)
    (finding,) = caught.value.findings
    assert (finding.file, finding.row) == ("text.md", 3)
    assert told in finding.problem


def test_the_id_of_a_heading_is_no_comment_of_jinja(iom: Scorecard) -> None:
    assert filled("## Kop {#sec-x}\n", iom) == "## Kop {#sec-x}\n"


def test_an_organisation_has_its_own_text_before_the_common_one(project: Path) -> None:
    own = project / "data" / "texts" / "iom" / "2024" / "nl" / "10-introduction.md"
    card = load_scorecard("iom", 2024, project=project)
    common = text_file(card, "introduction")
    assert common is not None
    assert common.parts[-3:] == ("common", "nl", "10-introduction.md")
    own.write_text("Eigen inleiding.")
    assert text_file(card, "introduction") == own
    assert chapter(card, "introduction").markdown == "Eigen inleiding."


def test_a_section_without_a_text_says_so(root: Path) -> None:
    card = load_scorecard("undp", 2023, project=root)
    missing = section(card, "role")
    assert (missing.level, missing.id, missing.path) == (2, "sec-role", "")
    assert "Nog niet geschreven" in missing.markdown
    assert heading(card, "mopan").markdown == ""


def test_a_text_that_is_not_utf8_is_told_with_its_line(project: Path) -> None:
    path = project / "data" / "texts" / "iom" / "2024" / "nl" / "20-summary.md"
    path.write_bytes(b"Goed.\n\nFinanci\xeble structuur.\n")
    (finding,) = check_texts(load_scorecard("iom", 2024, project=project))
    assert (finding.row, finding.rule) == (3, "encoding")


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize(("organisation", "year"), [("iom", 2024), ("voorbeeld", 2024)])
def test_every_text_of_the_project_can_be_filled_in(
    root: Path, organisation: str, year: int, lang: str
) -> None:
    card = load_scorecard(organisation, year, lang=lang, project=root)
    assert check_texts(card) == []
    names = ("introduction", "summary", "description", "role", "finance", "assessment", "appreciation")
    assert all(text_file(card, name) is not None for name in (*names, "relevance", "other-relevance"))


def test_both_languages_ask_the_data_for_the_same(root: Path) -> None:
    import re  # noqa: PLC0415

    for dutch in sorted((root / "data" / "texts").rglob("nl/*.md")):
        english = dutch.parents[1] / "en" / dutch.name
        pattern = re.compile(r"\{\{(.*?)\}\}|(\[\^[^\]]+\])|(@(?:fig|tbl|sec)-[\w-]+)|(\{#[\w-]+\})")
        asked = [sorted(map(str, pattern.findall(path.read_text("utf-8")))) for path in (dutch, english)]
        assert asked[0] == asked[1], dutch.name
