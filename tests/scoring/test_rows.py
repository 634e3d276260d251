from __future__ import annotations

import datetime

import pandas as pd

from scorelib.scoring.rows import records


def test_rows_as_dictionaries_are_those_of_pandas() -> None:
    table = pd.DataFrame(
        {
            "year": pd.array([2023, None], "Int64"),
            "checked": pd.array([True, None], "boolean"),
            "amount": [1.5, float("nan")],
            "rank": [1, 2],
            "donor": pd.array(["NL", None], "str"),
            "day": [datetime.date(2024, 1, 1), None],
            "rating": pd.Categorical(["low", None]),
        },
        index=[7, 3],
    )
    assert repr(records(table)) == repr(table.to_dict("records"))
    assert {type(each) for each in records(table)[0].values()} == {int, bool, float, str, datetime.date}
    assert records(table.head(0)) == []
