"""A report in which amounts were converted says with which rates, and of which date."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from scorelib.data.scorecard import Scorecard, load_scorecard
from scorelib.errors import UsageError
from scorelib.figures import donor_table, donors, earmarked, sources, summary, trend
from scorelib.prose.inline import names

ROOT = Path(__file__).parents[2]


def project(folder: Path, *rates: str) -> Path:
    """The project, with what the fictional Westland gave in euros."""
    shutil.copytree(ROOT / "data", folder / "data")
    path = folder / "data" / "contributions.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        if row["organisation"] == "voorbeeld" and row["donor"] == "fictief-westerland":
            row["currency"] = "EUR"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    with (folder / "data" / "exchange_rates.csv").open("a", encoding="utf-8") as stream:
        stream.writelines(f"{rate}\n" for rate in rates)
    return folder


RATES = [f"EUR,USD,{year},1.25,fictional" for year in range(2013, 2023)] + [
    "EUR,USD,2023-12-31,1.5,general-knowledge"
]


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Scorecard:
    folder = project(tmp_path_factory.mktemp("currencies"), *RATES)
    return load_scorecard("voorbeeld", 2024, lang="en", project=folder)


def test_the_tables_and_figures_say_by_which_rates_amounts_were_converted(card: Scorecard) -> None:
    said = "Converted into USD: "
    for shown in (donor_table(card), donors(card)):
        assert said in shown.source  # type: ignore[union-attr]  # neither is a notice
        assert "EUR 1 = 1.5000 (31 December 2023)" in shown.source  # type: ignore[union-attr]  # as above
    assert "EUR 1 = 1.2500 (average of 2022)" in donor_table(card).source  # type: ignore[union-attr]  # as above
    assert said not in trend(card).source  # type: ignore[union-attr]  # the Netherlands gave in USD
    assert said not in earmarked(card).source  # type: ignore[union-attr]  # as above
    assert "EUR 1 = 1.5000 (31 December 2023)" in summary(card).note


def test_texts_get_the_converted_amount(card: Scorecard) -> None:
    usd = names(card)["usd"]
    before = names(load_scorecard("voorbeeld", 2024, lang="en", project=ROOT))["usd"]
    assert usd("fictief-westerland", 2023) != before("fictief-westerland", 2023)
    assert usd("NL", 2023) == before("NL", 2023)


def test_without_a_rate_the_report_fails_and_says_what_to_add(tmp_path: Path) -> None:
    card = load_scorecard("voorbeeld", 2024, lang="nl", project=project(tmp_path))
    with pytest.raises(
        UsageError, match=r"more than one currency \(EUR, USD\); add a rate for each to data/exchange_rates"
    ):
        donors(card)


def test_a_made_up_rate_converts_nothing_real(tmp_path: Path) -> None:
    folder = project(tmp_path, *(rate.replace("general-knowledge", "fictional") for rate in RATES))
    path = folder / "data" / "organisations.csv"
    path.write_text(
        path.read_text("utf-8").replace(",other,true,fictional", ",other,false,fictional"), "utf-8"
    )
    with pytest.raises(UsageError, match="more than one currency"):
        donors(load_scorecard("voorbeeld", 2024, lang="nl", project=folder))


def test_the_sources_of_rates_are_listed(card: Scorecard) -> None:
    titles = ["".join(getattr(part, "text", "") for part in row.cells[1]) for row in sources(card).rows]
    assert "General knowledge" in titles
