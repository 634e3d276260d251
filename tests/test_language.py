"""Numbers, dates and labels are written as each language writes them."""

from __future__ import annotations

import datetime
import string
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorelib.errors import UsageError
from scorelib.language import available, language

if TYPE_CHECKING:
    from collections.abc import Mapping

NL, EN = language("nl"), language("en")


def spaced(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("amount", "dutch", "english"),
    [
        (62_177_242, "USD 62,2 mln.", "USD 62.2 million"),
        (2_985_723_146, "USD 2,99 mld.", "USD 2.99 billion"),
        (60_000_000, "USD 60 mln.", "USD 60 million"),
        (999_940_000, "USD 999,9 mln.", "USD 999.9 million"),
        (999_999_999, "USD 1,00 mld.", "USD 1.00 billion"),
        (1_365, "USD 1.365", "USD 1,365"),
        (-14_700_000, "USD −14,7 mln.", "USD −14.7 million"),
        (0, "USD 0", "USD 0"),
    ],
)
def test_amounts_are_scaled_for_a_sentence(amount: float, dutch: str, english: str) -> None:
    assert spaced(NL.money(amount, "USD")) == dutch
    assert spaced(EN.money(amount, "USD")) == english


def test_an_amount_never_breaks_from_its_currency() -> None:
    assert " " not in NL.money(62_177_242, "USD")


@pytest.mark.parametrize(
    ("value", "printed"), [(2.505, "2,51"), (2.5049, "2,50"), (-2.505, "−2,51"), (-0.001, "0,00")]
)
def test_numbers_are_rounded_half_up_from_what_was_written(value: float, printed: str) -> None:
    assert NL.number(value, 2) == printed


def test_shares_are_percentages_of_one() -> None:
    assert NL.percent(0.96789) == "97%"
    assert NL.percent(0.0233, 1) == "2,3%"


def test_ranks_are_ordinals() -> None:
    assert [NL.ordinal(n) for n in (1, 6, 12)] == ["1e", "6e", "12e"]
    assert [EN.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 112)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th",
    ]  # fmt: skip


def test_dates_are_written_in_full_and_as_precisely_as_they_are_known() -> None:
    assert NL.date(datetime.date(2023, 10, 30)) == "30 oktober 2023"
    assert EN.date(datetime.date(2023, 10, 30)) == "30 October 2023"
    assert [NL.month(text) for text in ("2023", "2023-10", "2023-10-30")] == [
        "2023", "oktober 2023", "30 oktober 2023",
    ]  # fmt: skip


def test_every_language_has_every_label_with_the_same_fields() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert set(available()) >= {"nl", "en"}

    def shared(labels: Mapping[str, str]) -> dict[str, str]:
        return {key: text for key, text in labels.items() if not key.startswith("ordinal.")}

    for code in available():
        labels = shared(language(code).labels)
        assert set(labels) == set(shared(NL.labels))
        for key, text in labels.items():
            assert fields(text) == fields(NL.labels[key]), key
            assert text.strip()


def test_every_language_has_the_ordinals_that_its_plural_rules_ask_for() -> None:
    for code in available():
        tongue = language(code)
        wanted = {*tongue.locale.ordinal_form.tags, "other"}
        assert {key for key in tongue.labels if key.startswith("ordinal.")} == {
            f"ordinal.{tag}" for tag in wanted
        }


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="en, nl"):
        language("fy")


def test_an_unknown_label_is_an_error_of_the_program() -> None:
    with pytest.raises(KeyError, match=r"nl\.toml"):
        NL.label("document.nothing")


@given(st.floats(-1e13, 1e13), st.integers(0, 4))
def test_a_printed_number_is_within_half_a_unit_of_the_number(value: float, decimals: int) -> None:
    text = EN.number(value, decimals).replace(",", "").replace("\N{MINUS SIGN}", "-")
    assert abs(float(text) - value) <= 0.5 * 10**-decimals * (1 + 1e-6) + abs(value) * 1e-12


def test_a_float_counts_as_it_is_written_and_a_decimal_as_it_is_whichever_came_first() -> None:
    tongue, value = language("nl"), 2.675
    for _ in range(2):
        assert tongue.number(value, 2) == "2,68"
        assert tongue.number(Decimal(value), 2) == "2,67"
        assert tongue.number(Decimal("0.5")) == tongue.number(0.5) == "1"
