"""UN CEB downloads become rows; each trap of theirs is handled, or told with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scorelib.data.sources.unsceb import revenue_kind
from scorelib.errors import DataError

from .world import GOVERNMENT, ceb, records, rows_of, take, told, world, write

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = "unsceb-revenue-government"
ASSESSED = "Assessed contributions"
CORE = "Voluntary core (un-earmarked) contributions"
EARMARKED = "Voluntary non-core (earmarked) contributions"
OTHER = "Revenue from other activities"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return world(tmp_path / "project")


def taken(project: Path, path: Path, **asked: Any) -> list[dict[str, str]]:
    take(project, "unsceb-government", path, **asked)
    return rows_of(project, "contributions", SOURCE)


def amounts(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[kind] for kind in ("assessed", "unearmarked", "earmarked", "other"))


def refused(project: Path, path: Path, source: str = "unsceb-government", **asked: Any) -> list[str]:
    before = {each: each.read_bytes() for each in (project / "data").iterdir() if each.is_file()}
    with pytest.raises(DataError) as error:
        take(project, source, path, **asked)
    assert {each: each.read_bytes() for each in (project / "data").iterdir() if each.is_file()} == before
    return [str(finding) for finding in error.value.findings]


def test_kinds_of_revenue_become_the_columns_of_one_row(project: Path) -> None:
    path = ceb(
        project,
        ("IOM", 2020, "Netherlands", ASSESSED, "100"),
        ("IOM", 2020, "Netherlands", CORE, "20.5"),
        ("IOM", 2020, "Netherlands", EARMARKED, "3"),
        ("IOM", 2020, "Netherlands", OTHER, "0.25"),
    )
    [row] = taken(project, path)
    assert amounts(row) == ("100", "20.5", "3", "0.25")
    assert (row["organisation"], row["year"], row["donor"]) == ("iom", "2020", "NL")
    assert (row["donor_kind"], row["currency"]) == ("government", "USD")


def test_what_is_not_reported_stays_empty_and_is_not_zero(project: Path) -> None:
    [row] = taken(project, ceb(project, ("IOM", 2020, "Germany", CORE, "0.0")))
    assert amounts(row) == ("", "0", "", "")


def test_thousands_separators_are_read_and_told(project: Path) -> None:
    path = ceb(project, ("IOM", 2020, "Germany", CORE, "1,234,567.50"), ("IOM", 2021, "Germany", CORE, "7.5"))
    outcome = take(project, "unsceb-government", path)
    assert [amounts(row)[1] for row in rows_of(project, "contributions", SOURCE)] == ["1234567.5", "7.5"]
    assert "1 numbers had thousands separators" in told(outcome)


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("R01", "assessed"), ("R02", "unearmarked"), ("R02A", "unearmarked"), ("R02B", "unearmarked"),
        ("R03", "earmarked"), ("R03A", "earmarked"), ("R03E", "earmarked"), ("r03f", "earmarked"),
        ("R04", "other"), ("R04A", "other"), ("R05", "other"), ("R07", "earmarked"), ("R08", "unearmarked"),
        ("R08B", "unearmarked"), ("R12", "earmarked"), ("Assessed Contributions", "assessed"),
        (ASSESSED, "assessed"), (CORE, "unearmarked"), (EARMARKED, "earmarked"), (OTHER, "other"),
    ],
)  # fmt: skip
def test_kinds_of_revenue_are_known_as_codes_and_as_words(kind: str, column: str) -> None:
    assert revenue_kind(kind) == column


def test_a_kind_of_revenue_that_is_not_known_is_told_with_the_nearest(project: Path) -> None:
    path = ceb(project, ("IOM", 2020, "Germany", "R99", "1"), ("IOM", 2020, "Germany", "Voluntary", "1"))
    one, two = refused(project, path)
    assert one.startswith("download.csv:2:revenue 'R99': this is no kind of revenue that is known (1 rows)")
    assert two.startswith("download.csv:3:revenue 'Voluntary'")


def test_legacy_codes_are_told(project: Path) -> None:
    outcome = take(project, "unsceb-government", ceb(project, ("IOM", 2016, "Germany", "R08", "1")))
    assert "codes of 2015-2017 (R08)" in told(outcome)


@pytest.mark.parametrize(
    "name",
    [
        "Côte D'Ivoire",
        "Côte d’Ivoire",
        "CÔTE D'IVOIRE",
        "C?te d'Ivoire",
        "C\ufffdte d'Ivoire",
        "CÃ´te d'Ivoire",
    ],
)
def test_a_name_is_read_however_it_was_decoded(project: Path, name: str) -> None:
    [row] = taken(project, ceb(project, ("IOM", 2020, name, CORE, "1")))
    assert row["donor"] == "CI"


@pytest.mark.parametrize("name", ["T?rkiye", "T??rkiye", "TÃ¼rkiye"])
def test_what_was_mended_in_a_name_is_told(project: Path, name: str) -> None:
    outcome = take(project, "unsceb-government", ceb(project, ("IOM", 2020, name, CORE, "1")))
    assert f"{name!r} was wrongly decoded; it was read as 'türkiye' (TR)" in told(outcome)


@pytest.mark.parametrize(
    ("name", "organisation"),
    [("UNWOMEN", "un-women"), ("UN-Women", "un-women"), ("UN Women", "un-women"), ("UNWTO", "un-tourism"),
     ("UN Tourism", "un-tourism"), ("iom", "iom")],
)  # fmt: skip
def test_variants_of_a_name_are_one_organisation(project: Path, name: str, organisation: str) -> None:
    [row] = taken(project, ceb(project, (name, 2020, "Netherlands (Kingdom of the)", CORE, "1")))
    assert (row["organisation"], row["donor"]) == (organisation, "NL")


def test_unknown_names_are_told_all_at_once_each_with_the_three_nearest(project: Path) -> None:
    path = ceb(
        project,
        ("IOM", 2020, "Nederlandse Antillen", CORE, "1"),
        ("IOM", 2020, "Germany", CORE, "1"),
        ("IOM", 2021, "Nederlandse Antillen", CORE, "1"),
        ("UNMOMEN", 2020, "Untied States", CORE, "1"),
    )
    donor, country, organisation = refused(project, path)
    assert donor.startswith("download.csv:2:donor 'Nederlandse Antillen': no donor has this name (2 rows);")
    assert donor.split("nearest are ")[1].startswith("NL or ")
    assert country.split("nearest are ")[1].startswith("US or ")
    assert organisation.startswith("download.csv:5:entity 'UNMOMEN': no organisation has this name (1 row);")
    assert organisation.split("nearest are ")[1].startswith("un-women or ")
    assert [line.count(" or ") for line in (donor, country, organisation)] == [2, 2, 2]


def test_negative_amounts_stay_and_are_told(project: Path) -> None:
    outcome = take(
        project, "unsceb-government", ceb(project, ("UNDP", 2021, "Netherlands", CORE, "-14,700,000.00"))
    )
    [row] = rows_of(project, "contributions", SOURCE)
    assert row["unearmarked"] == "-14700000"
    assert "1 amounts are negative" in told(outcome)


def test_core_contributions_booked_in_lumps_stay_as_they_are_booked(project: Path) -> None:
    lumps = {"2021": "-14.7", "2022": "30.9", "2023": "110.6", "2024": "0"}
    path = ceb(project, *(("WHO", year, "Netherlands", CORE, amount) for year, amount in lumps.items()))
    assert {row["year"]: row["unearmarked"] for row in taken(project, path)} == lumps


def test_the_european_union_is_no_government(project: Path) -> None:
    path = ceb(project, ("IOM", 2020, "European Union", EARMARKED, "5"))
    outcome = take(project, "unsceb-government", path)
    [row] = rows_of(project, "contributions", SOURCE)
    assert row["donor_kind"] == "european-union"
    assert "EU is no government" in told(outcome)


def test_refunds_in_the_file_of_governments_are_no_government(project: Path) -> None:
    [row] = taken(project, ceb(project, ("IOM", 2020, "Refunds to donors/Miscellaneous", CORE, "-5")))
    assert (row["donor"], row["donor_kind"]) == ("refunds-to-donors-miscellaneous", "other")


def test_records_with_the_same_key_are_added_up_exactly(project: Path) -> None:
    path = ceb(project, *(("IOM", 2020, "Germany", kind, "0.1") for kind in ("R03A", "R03B", "R03E")))
    outcome = take(project, "unsceb-government", path)
    assert rows_of(project, "contributions", SOURCE)[0]["earmarked"] == "0.3"
    assert "3 records were added up into 1 amounts" in told(outcome)
    assert records(outcome) == (3, 3, {})


def test_floating_point_noise_is_no_figure(project: Path) -> None:
    [row] = taken(project, ceb(project, ("IOM", 2020, "Germany", CORE, "2260.0499999999997")))
    assert row["unearmarked"] == "2260.05"


def test_columns_may_stand_in_any_order_and_one_had_another_name(project: Path) -> None:
    header = [
        "amount",
        "_currency_amoun",
        "entity",
        "calendar_year",
        "rev_type",
        "government_donor",
        "contrib_type",
    ]
    path = write(project, [header, ["1.5", "USD", "IOM", "2019", "R03E", "Germany", "C01"]])
    [row] = taken(project, path)
    assert (row["year"], row["earmarked"]) == ("2019", "1.5")


def test_an_unknown_layout_is_refused_with_what_was_expected_and_found(project: Path) -> None:
    path = write(project, [["entity", "year", "donor", "amount"], ["IOM", "2020", "Germany", "1"]])
    [told] = refused(project, path)
    assert "of no layout that is known; found: entity, year, donor, amount" in told
    assert "expected revenue_government_donors.csv: entity, calendar_year, contrib_type" in told


def test_a_column_too_many_and_a_column_twice_are_refused(project: Path) -> None:
    [told] = refused(project, write(project, [[*GOVERNMENT, "note"], ["x"] * 8]))
    assert "found: entity" in told
    [told] = refused(project, write(project, [[*GOVERNMENT, "amount"], ["x"] * 8]))
    assert "columns have the same name: amount" in told


def test_the_tally_counts_every_record_and_why_it_was_left_out(project: Path) -> None:
    path = ceb(
        project,
        ("IOM", 2020, "Germany", CORE, "1"),
        ("IOM", 2021, "Germany", CORE, "2"),
        ("UNDP", 2020, "Germany", CORE, "3"),
        ("UNV", 2020, "Germany", CORE, "4"),
        ("IOM", 2020, "France", CORE, ""),
    )
    read, kept, left = records(take(project, "unsceb-government", path))
    assert (read, kept) == (5, 3)
    assert left == {"unv is not in organisations.csv; add it there to have it": 1, "it has no amount": 1}
    asked: dict[str, Any] = {"organisations": ["iom"], "years": [2020]}
    read, kept, left = records(take(project, "unsceb-government", path, **asked))
    assert (read, kept) == (5, 1)
    assert left == {
        "its organisation was not asked for": 2,
        "its year was not asked for": 1,
        "it has no amount": 1,
    }


def test_years_and_currencies_are_held_to_their_form(project: Path) -> None:
    path = write(
        project,
        [
            GOVERNMENT,
            ["IOM", "20", "Germany", "Government", "R01", "1", "USD"],
            ["IOM", "1850", "Germany", "Government", "R01", "1", "USD"],
            ["IOM", "2020", "Germany", "Government", "R01", "1", "dollars"],
        ],
    )
    told = refused(project, path)
    assert [line.split(":")[1:3] for line in told] == [
        ["2", "year '20'"],
        ["3", "year '1850'"],
        ["4", "currency 'dollars'"],
    ]


def test_one_donor_and_year_in_two_currencies_is_refused(project: Path) -> None:
    rows = [["IOM", "2020", "Germany", "Government", "R03E", "1", each] for each in ("USD", "EUR")]
    [told] = refused(project, write(project, [GOVERNMENT, *rows]))
    assert "amounts of the same donor and year are also in USD" in told


def test_amounts_keep_their_currency(project: Path) -> None:
    path = write(project, [GOVERNMENT, ["IOM", "2020", "Germany", "Government", "R03E", "1", "EUR"]])
    assert [row["currency"] for row in taken(project, path)] == ["EUR"]


def test_more_than_a_trillion_is_a_mistake_of_units(project: Path) -> None:
    [told] = refused(project, ceb(project, ("IOM", 2020, "Germany", CORE, "2e12")))
    assert "more than a trillion in one record; look at its unit" in told


NON_GOVERNMENT = ("amount", "_currency", "entity", "calendar_year", "rev_type", "donor", "contrib_type")


@pytest.mark.parametrize(
    ("contributor", "donor", "kind"),
    [
        ("C08A", "European Union", "european-union"), ("2", "European Union", "european-union"),
        ("Other - European Commission", "EU", "european-union"), ("C04A", "World Bank", "multilateral"),
        ("Multilateral - Global vertical funds", "Global Fund", "multilateral"), ("2", "World Bank", "other"),
        ("Non-Government", "Global Fund", "other"), ("C06", "Miscellaneous", "private-sector"),
        ("Other Contributors", "Miscellaneous", "other"), ("C09", "Miscellaneous", "none"),
        ("1", "Germany", "government"), ("C01", "World Bank", "other"), ("NGOs", "Miscellaneous", "ngo"),
    ],
)  # fmt: skip
def test_kinds_of_donors_are_known_as_codes_and_as_words(
    project: Path, contributor: str, donor: str, kind: str
) -> None:
    path = write(project, [NON_GOVERNMENT, ["5", "USD", "IOM", "2018", "R03", donor, contributor]])
    take(project, "unsceb-non-government", path)
    [row] = rows_of(project, "contributions", "unsceb-revenue-non-government")
    assert row["donor_kind"] == kind


def test_a_kind_of_donor_that_is_not_known_is_told(project: Path) -> None:
    path = write(project, [NON_GOVERNMENT, ["5", "USD", "IOM", "2018", "R03", "World Bank", "Banks"]])
    [told] = refused(project, path, "unsceb-non-government")
    assert "contributor 'Banks': this is no kind of contributor that is known" in told


@pytest.mark.parametrize("extra", [[], ["rev_code"]])
def test_revenue_is_added_up_per_organisation_and_year(project: Path, extra: list[str]) -> None:
    header = [
        "agency",
        "sub_agency",
        "calendar_year",
        "amount",
        "sub_type_name",
        "rev_type",
        *extra,
        "sub_type",
    ]
    rows = [
        ["IOM", "IOM", "2022", "100", ASSESSED, ASSESSED, *extra, "R01"],
        ["IOM", "IOM", "2022", "1,000", "Thematic funds", EARMARKED, *extra, "R03B"],
        ["IOM", "IOM", "2022", "50", "Project specific", EARMARKED, *extra, "R03E"],
    ]
    take(project, "unsceb-revenue", write(project, [header, *rows]))
    [row] = rows_of(project, "revenue", "unsceb-revenue")
    assert amounts(row) == ("100", "", "1050", "")
    assert (row["year"], row["currency"]) == ("2022", "USD")
