"""What one donor gives to all organisations is what the functions for one organisation say of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from scorelib.data.portfolio import load_portfolio
from scorelib.errors import UsageError
from scorelib.scoring.funding import position
from scorelib.scoring.portfolio import overview

if TYPE_CHECKING:
    from pathlib import Path


def test_every_amount_rank_and_share_is_that_of_the_organisation_alone(root: Path) -> None:
    rows = load_portfolio(project=root)["contributions"]
    found = overview(rows, "NL").set_index(["organisation", "year"])
    compared = 0
    for name, own in rows.groupby("organisation"):
        for year in sorted(set(own["year"]))[::4]:
            place = position(own, "NL", int(year), "voluntary")
            if place is None:
                assert (name, year) not in found.index or pd.isna(found.loc[(name, year), "rank"])
                continue
            row = found.loc[(name, year)]
            assert (row["rank"], row["donors"]) == (place.rank, place.donors)
            assert row["amount"] == pytest.approx(place.amount)
            assert row["share"] == pytest.approx(place.share, nan_ok=True)
            compared += 1
    assert compared > 80


def rows(*given: tuple[str, float | None, float | None]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "organisation": "a", "year": 2020, "donor": donor, "donor_kind": "government",
                "assessed": None, "unearmarked": free, "earmarked": tied, "other": None, "currency": "USD",
            }
            for donor, free, tied in given
        ]
    ).astype({"assessed": float, "unearmarked": float, "earmarked": float})  # fmt: skip


def test_equal_amounts_share_a_rank_and_a_refund_leaves_no_share_of_core() -> None:
    table = rows(("NL", -1.0, 4.0), ("DE", 3.0, None), ("FR", 9.0, 0.0))
    (own,) = overview(table, "NL").to_dict("records")
    assert (own["rank"], own["donors"]) == (2, 3)
    assert pd.isna(own["core"])
    assert overview(table, "DE")["core"].tolist() == [1.0]


def test_amounts_in_several_currencies_are_refused() -> None:
    table = rows(("NL", 1.0, 1.0), ("DE", 1.0, 1.0))
    table.loc[1, "currency"] = "EUR"
    with pytest.raises(UsageError, match="several currencies"):
        overview(table, "NL")
