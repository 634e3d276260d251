"""OECD's flow repeats the same money in many cells; one of them is taken, the others are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scorelib.errors import DataError

from ..small import change
from .world import records, rows_of, take, told, world, write

if TYPE_CHECKING:
    from pathlib import Path

# The columns of the flow in the order of its files: each code with its label.
HEADER = [
    "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "DONOR",
    "Donor", "RECIPIENT", "Recipient", "SECTOR",
    "Sector", "MEASURE", "Measure", "CHANNEL", "Channel",
    "FLOW_TYPE", "Flow type", "PRICE_BASE", "Price base",
    "MD_DIM", "Drilldown dimension", "MD_ID", "Microdata ID",
    "UNIT_MEASURE", "Unit of measure", "TIME_PERIOD",
    "Time period", "OBS_VALUE", "Observation value", "BASE_PER",
    "Base period", "OBS_STATUS", "Observation status",
    "UNIT_MULT", "Unit multiplier", "DECIMALS", "Decimals", "DONOR_AGENCY",
    "Donor agency", "OECD_ID", "OECD ID",
]  # fmt: skip
CELL = {
    "DONOR": "NLD", "RECIPIENT": "DPGC", "SECTOR": "1000", "MEASURE": "10",
    "CHANNEL": "47044", "FLOW_TYPE": "D",
    "PRICE_BASE": "V", "MD_DIM": "_T", "UNIT_MEASURE": "USD", "TIME_PERIOD": "2022", "OBS_VALUE": "12.345678",
    "UNIT_MULT": "6", "DECIMALS": "2", "Recipient": "Developing countries, total", "Donor": "Netherlands",
}  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return world(tmp_path / "project")


def multi(project: Path, *cells: dict[str, str], header: list[str] = HEADER) -> Path:
    return write(project, [header, *([{**CELL, **cell}.get(name, "") for name in header] for cell in cells)])


def rows(project: Path) -> list[tuple[str, ...]]:
    names = (
        "organisation",
        "year",
        "donor",
        "donor_kind",
        "assessed",
        "unearmarked",
        "earmarked",
        "currency",
    )
    return [tuple(row[name] for name in names) for row in rows_of(project, "contributions", "oecd-multi")]


def test_contributions_to_and_through_an_organisation_in_millions_become_one_row(project: Path) -> None:
    outcome = take(project, "oecd-multi", multi(project, {}, {"MEASURE": "20", "OBS_VALUE": "0.1"}))
    assert rows(project) == [("gef", "2022", "NL", "government", "", "12345678", "100000", "USD")]
    assert records(outcome) == (2, 2, {})


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ({"RECIPIENT": "DPGC_X"}, "it is a part, by recipient or sector, of a total that was taken"),
        ({"SECTOR": "998"}, "it is a part, by recipient or sector, of a total that was taken"),
        (
            {"SECTOR": "998", "DONOR": "DEU"},
            "it is a part without its total; download recipient DPGC and sector 1000 too",
        ),
        ({"PRICE_BASE": "Q"}, "it is not in current prices (V)"),
        ({"FLOW_TYPE": "C"}, "it is no disbursement (D)"),
        ({"DONOR": "DAC_EC"}, "its donor is a group of donors"),
        ({"DONOR": "G7"}, "its donor is a group of donors"),
        ({"MD_DIM": "DD", "MD_ID": "7"}, "it is one activity, not a total (_T)"),
        ({"UNIT_MEASURE": "XDC"}, "it is not in USD"),
        ({"MEASURE": "99"}, "it is neither a contribution to the organisation (10) nor through it (20)"),
        ({"CHANNEL": "44002"}, "ida is not in organisations.csv; add it there to have it"),
        ({"DONOR": "DEU", "OBS_VALUE": ""}, "it has no amount"),
    ],
)  # fmt: skip
def test_a_cell_that_repeats_or_is_no_contribution_is_left_out_and_counted(
    project: Path, cell: dict[str, str], reason: str
) -> None:
    outcome = take(project, "oecd-multi", multi(project, {}, cell))
    assert records(outcome) == (2, 1, {reason: 1})
    assert len(rows(project)) == 1


def test_the_european_union_gives_but_is_no_government(project: Path) -> None:
    take(project, "oecd-multi", multi(project, {"DONOR": "4EU001"}))
    assert [row[2:4] for row in rows(project)] == [("EU", "european-union")]


def test_channels_of_assessed_contributions_are_told_apart_and_added_to_their_organisation(
    project: Path,
) -> None:
    path = multi(project, {"CHANNEL": "41307", "OBS_VALUE": "5"}, {"CHANNEL": "41143", "OBS_VALUE": "7"})
    take(project, "oecd-multi", path)
    assert [row[4:7] for row in rows(project)] == [("5000000", "7000000", "")]


def test_core_contributions_that_may_be_assessed_are_not_called_voluntary(project: Path) -> None:
    path = multi(project, {"CHANNEL": "47066"}, {"CHANNEL": "47066", "MEASURE": "20", "OBS_VALUE": "1"})
    outcome = take(project, "oecd-multi", path)
    assert [row[4:7] for row in rows(project)] == [("", "", "1000000")]
    reason = "its core contributions include assessed ones, which OECD does not tell apart for this channel"
    assert records(outcome) == (2, 1, {reason: 1})


def test_a_row_of_un_ceb_stays(project: Path) -> None:
    outcome = take(project, "oecd-multi", multi(project, {"CHANNEL": "41114"}))
    assert records(outcome) == (1, 0, {"contributions.csv has these rows from ceb": 1})


def test_the_same_cell_twice_is_refused_and_not_added_up(project: Path) -> None:
    with pytest.raises(
        DataError, match=r"download.csv:3:donor 'NLD': row 2 is the same donor, channel, measure and year"
    ):
        take(project, "oecd-multi", multi(project, {}, {"OBS_VALUE": "1"}))


def test_unknown_donors_channels_and_multipliers_are_told_at_once(project: Path) -> None:
    path = multi(project, {"DONOR": "NLX", "UNIT_MULT": "mln"}, {"CHANNEL": "47066x", "DONOR": "DEU"})
    with pytest.raises(DataError) as error:
        take(project, "oecd-multi", path)
    told = [str(finding) for finding in error.value.findings]
    assert [line.split(":")[1:3] for line in told] == [
        ["2", "donor 'NLX'"], ["2", "multiplier 'mln'"], ["3", "channel '47066x'"],
    ]  # fmt: skip
    assert "nearest are NL or" in told[0]


def test_capitals_tell_columns_apart(project: Path) -> None:
    with pytest.raises(DataError, match=r"expected SDMX-CSV of DSD_MULTI@DF_MULTI: DONOR, "):
        take(project, "oecd-multi", multi(project, {}, header=[name.lower() for name in HEADER]))


# --- World Bank -------------------------------------------------------------------------------

FIF = [
    "as_of_date", "fund_name", "donor_name", "donor_country_code",
    "receipt_type", "receipt_quarter", "calendar_year",
    "receipt_currency", "receipt_amount", "contribution_type", "sub_account", "amount_in_usd", "sector_theme",
]  # fmt: skip
SHOWN = [
    "As of Date", "Fund Name", "Donor Name", "Donor Country Code",
    "Receipt Type", "Receipt Quarter", "Calendar Year",
    "Receipt Currency", "Receipt Amount", "Contribution Type", "Sub Account", "Amount in USD", "Sector/Theme",
]  # fmt: skip


def receipt(*cells: str) -> list[str]:
    day, fund, donor, year, kind, amount = cells
    return [day, fund, donor, "", "Cash", "Q1", year, "EUR", "1", kind, "", amount, ""]


GEF = "Global Environment Facility"


@pytest.mark.parametrize("header", [FIF, SHOWN])
def test_receipts_of_a_fund_are_added_up_per_donor_and_year(project: Path, header: list[str]) -> None:
    path = write(project, [
        header,
        receipt("2024-09-30", GEF, "Netherlands", "2022", "Grant", "1,000.50"),
        receipt("2024-09-30", GEF, "Netherlands", "2022", "Grant", "2"),
        receipt("2024-09-30", GEF, "World Bank Group", "2022", "Capital", "3"),
        receipt("2024-09-30", GEF, "Netherlands", "2023", "Loan", "4"),
        receipt("2024-09-30", "Adaptation Fund", "Germany", "2022", "Grant", "5"),
    ])  # fmt: skip
    outcome = take(project, "fif", path)
    found = [
        (row["donor"], row["donor_kind"], row["unearmarked"], row["currency"])
        for row in rows_of(project, "contributions", "world-bank-fif")
    ]
    assert found == [("NL", "government", "1002.5", "USD"), ("world-bank", "multilateral", "3", "USD")]
    assert records(outcome) == (
        5, 3, {"adaptation-fund is not in organisations.csv; add it there to have it": 1, "it is a loan": 1},
    )  # fmt: skip
    assert "2 records were added up into 1 amounts" in told(outcome)


@pytest.mark.parametrize(
    ("old", "new"),
    [("2023-12-31", "2024-09-30"), ("12/31/2023", "9/30/2024"), ("31-Dec-2023", "30-Sep-2024")],
)
def test_of_several_snapshots_the_last_is_taken(project: Path, old: str, new: str) -> None:
    path = write(project, [
        FIF,
        receipt(old, GEF, "Netherlands", "2022", "Grant", "1"),
        receipt(new, GEF, "Netherlands", "2022", "Grant", "2"),
    ])  # fmt: skip
    outcome = take(project, "fif", path)
    assert records(outcome) == (2, 1, {"a later snapshot is in the file": 1})
    assert rows_of(project, "contributions", "world-bank-fif")[0]["unearmarked"] == "2"


def test_what_is_not_known_of_a_receipt_is_told(project: Path) -> None:
    path = write(project, [
        FIF,
        receipt("soon", GEF, "Netherlands", "2022", "Grant", "1"),
        receipt("2024-09-30", "Environment Facility", "Netherlands", "2022", "Grant", "1"),
        receipt("2024-09-30", GEF, "Neverland", "2022", "Guarantee", "1"),
    ])  # fmt: skip
    with pytest.raises(DataError) as error:
        take(project, "fif", path)
    told = [str(finding) for finding in error.value.findings]
    assert "download.csv:2:snapshot 'soon': this is no date" in told[0]
    assert "download.csv:3:fund 'Environment Facility'" in told[1]
    assert "nearest are gef or" in told[1]
    assert "'Neverland'" in told[2]
    assert "'Guarantee': this type of contribution is not known" in told[3]


def test_a_donor_that_gave_nothing_anymore_is_removed_with_the_next_file(project: Path) -> None:
    for donors in (("Netherlands", "Germany"), ("Netherlands",)):
        day = "2024-09-30"
        path = write(project, [FIF, *(receipt(day, GEF, donor, "2022", "Grant", "1") for donor in donors)])
        take(project, "fif", path)
    assert [row["donor"] for row in rows_of(project, "contributions", "world-bank-fif")] == ["NL"]
    change(project, "contributions", "gef,2022,NL", "gef,2021,NL")
    take(project, "fif", path)
    assert [row["year"] for row in rows_of(project, "contributions", "world-bank-fif")] == ["2021", "2022"]
