"""A text may speak of an organisation that has no report; its numbers count where they can be told."""

from __future__ import annotations

import pandas as pd

from scorelib.prose.known import known_of


def tables(*currencies: str) -> dict[str, pd.DataFrame]:
    rows = pd.DataFrame({"currency": list(currencies), "year": 2023, "organisation": "x"})
    return {"contributions": rows, "revenue": rows.head(1)}


def test_amounts_in_several_currencies_are_not_added_up() -> None:
    assert known_of("x", tables("USD", "USD")) is not None
    assert known_of("x", tables("USD", "EUR")) is None
