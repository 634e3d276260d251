"""What is printed in Dutch or English is read back as the number that it stands for."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorelib.language import language
from scorelib.prose.lint.marks import Tags, marks
from scorelib.prose.lint.numerals import Interval, hedged, numeral
from scorelib.prose.lint.quantities import Quantity, quantities
from scorelib.prose.lint.tokens import tokens
from scorelib.prose.lint.words import words

LANGUAGES = st.sampled_from(["nl", "en"])
AMOUNTS = st.decimals(1, 10**12, places=2, allow_nan=False)
HEDGES = st.sampled_from(["", "over", "under", "about", "least", "most"])


def read(text: str, code: str) -> list[Quantity]:
    """The quantities of a sentence."""
    tongue = words(code)
    found = tokens(text, 0, len(text))
    tags = Tags(tongue.tags([token.lower for token in found]))
    return quantities(found, tags, marks(found, tags, tongue), tongue)


@given(LANGUAGES, st.decimals(0, 10**12, places=4, allow_nan=False), st.integers(0, 4))
def test_a_number_is_read_back_as_it_was_rounded(code: str, value: Decimal, digits: int) -> None:
    printed = language(code).number(value, digits)
    found = numeral(printed, words(code))
    assert found is not None, printed
    assert found.value == value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    assert found.place == -digits
    assert abs(found.value - value) <= found.half()


@given(LANGUAGES, AMOUNTS, st.sampled_from(["USD", "EUR", "CHF"]))
def test_an_amount_of_money_is_read_back_with_its_currency_and_holds_what_was_printed(
    code: str, amount: Decimal, currency: str
) -> None:
    printed = language(code).money(amount, currency)
    sentence = f"In 2023 {printed} " + ("werd gegeven." if code == "nl" else "was given.")
    (found,) = read(sentence, code)
    assert (found.kind, found.unit) == ("amount", currency), printed
    assert found.interval.holds(amount), printed
    assert not found.foreign


@given(LANGUAGES, st.decimals(0, 10, places=6, allow_nan=False), st.integers(0, 2))
def test_a_percentage_is_read_back_and_holds_what_was_printed(code: str, share: Decimal, digits: int) -> None:
    printed = language(code).percent(share, digits)
    (found,) = read(f"{printed} is", code)
    assert found.kind == "percent"
    assert found.interval.holds(share * 100), printed


@given(LANGUAGES, st.integers(1, 300))
def test_a_rank_is_read_back(code: str, rank: int) -> None:
    (found,) = read(f"{language(code).ordinal(rank)} donor", code)
    assert found.kind == "rank"
    assert found.value == rank


@given(LANGUAGES, st.text(max_size=40))
def test_no_text_stops_the_reading_of_numbers(code: str, text: str) -> None:
    numeral(text, words(code))
    read(text, code)


@given(LANGUAGES, st.text("0123456789.,   ", min_size=1, max_size=25))
def test_digits_are_one_number_or_none_and_never_another(code: str, text: str) -> None:
    tongue = words(code)
    found = numeral(text, tongue)
    if found is not None:
        digits = "".join(sign for sign in text if sign.isdigit())
        assert str(found.value).replace(".", "").lstrip("0") == digits.lstrip("0")


@given(AMOUNTS, AMOUNTS, HEDGES)
def test_a_number_is_within_what_it_stands_for_whatever_hedges_it(
    value: Decimal, half: Decimal, hedge: str
) -> None:
    assert hedged(value, half, hedge).holds(value)  # type: ignore[arg-type]  # a Hedge


@given(AMOUNTS, st.integers(0, 3))
def test_rounding_a_rounded_number_contradicts_nothing(value: Decimal, digits: int) -> None:
    once = value.quantize(Decimal(1).scaleb(-digits - 1), ROUND_HALF_UP)
    twice = once.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    assert hedged(twice, Decimal(5).scaleb(-digits - 1), "").holds(value)


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("nl", "USD 62,2 mln.", [("amount", 62_200_000, "USD")]),
        ("nl", "2,99 miljard dollar", [("amount", 2_990_000_000, "USD")]),
        ("nl", "€ 4 mln", [("amount", 4_000_000, "EUR")]),
        ("nl", "EUR 1.850", [("amount", 1850, "EUR")]),
        ("nl", "40, 50 en 60 miljoen dollar", [("amount", n * 10**6, "USD") for n in (40, 50, 60)]),
        ("nl", "de 6e donor", [("rank", 6, "")]),
        ("nl", "de zesde donor", [("rank", 6, "")]),
        ("nl", "97%", [("percent", 97, "")]),
        ("nl", "97 procent", [("percent", 97, "")]),
        ("nl", "3 procentpunt", [("points", 3, "")]),
        ("nl", "een kwart van het geld", [("percent", 25, "")]),
        ("nl", "de steun verdubbelde", [("percent", 100, "")]),
        ("nl", "twintig veldkantoren", [("count", 20, "")]),
        ("nl", "4.072 projecten", [("count", 4072, "")]),
        ("nl", "USD −14,7 mln.", [("amount", -14_700_000, "USD")]),
        ("nl", "tussen 2019 en 2023, op 30 oktober 2023, KPI 7, pagina 5", []),
        ("nl", "in 2022/23 en van 2019 tot 2022", []),
        ("en", "USD 62.2 million", [("amount", 62_200_000, "USD")]),
        ("en", "$51.1m", [("amount", 51_100_000, "USD")]),
        ("en", "40 to 50 million euros", [("amount", 40_000_000, "EUR")]),
        ("en", "a third of revenue", [("percent", Decimal(100) / 3, "")]),
        ("en", "the 6th donor", [("rank", 6, "")]),
        ("en", "1,250 officers", [("count", 1250, "")]),
        ("en", "COVID-19 and the G7", []),
        ("en", "in the three years to 2023", []),
    ],
)
def test_quantities_are_found_with_their_kind_and_unit(
    code: str, text: str, expected: list[tuple[str, Decimal, str]]
) -> None:
    found = [(each.kind, each.value, each.unit) for each in read(text, code)]
    assert [(kind, round(value, 6), unit) for kind, value, unit in found] == [
        (kind, round(Decimal(value), 6), unit) for kind, value, unit in expected
    ]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("ruim USD 60 mln.", 60, 66),
        ("bijna USD 60 mln.", 54, 60),
        ("ongeveer USD 60 mln.", 57, 63),
        ("tussen 40 en 50 miljoen dollar", Decimal("39.45"), Decimal("50.55")),
    ],
)
def test_a_hedge_widens_what_a_number_stands_for(text: str, low: Decimal, high: Decimal) -> None:
    (found,) = read(text, "nl")
    assert found.interval.low >= (Decimal(low) - Decimal("0.1")) * 10**6
    assert found.interval.high <= (Decimal(high) + Decimal("0.1")) * 10**6


def test_more_than_has_no_end_but_where_its_meaning_is_in_doubt() -> None:
    (found,) = read("meer dan USD 80 mln.", "nl")
    assert found.interval.holds(Decimal(10**12))
    bounded = found.interval.within(found.value, Decimal("1.25"))
    assert bounded == Interval(Decimal(80_000_000), Decimal(100_000_000))
