from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorelib.errors import UsageError
from scorelib.scoring.rounding import exactly, round_half_up

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2.505, "2.51"),
        (0.125, "0.13"),
        (1.005, "1.01"),
        (2.675, "2.68"),
        (2.5049, "2.50"),
        (3, "3.00"),
        (Decimal("2.505"), "2.51"),
        (Fraction(5, 3), "1.67"),
        (Fraction(501, 200), "2.51"),
    ],
)
def test_a_half_goes_away_from_zero(value: float | Decimal | Fraction, expected: str) -> None:
    assert str(round_half_up(value, 2)) == expected
    assert round_half_up(-value, 2) == -Decimal(expected)


def test_the_decimals_asked_for_are_all_there() -> None:
    assert [str(round_half_up(59.75, digits)) for digits in (0, 1, 2, 3)] == [
        "60",
        "59.8",
        "59.75",
        "59.750",
    ]


def test_nothing_is_minus_zero() -> None:
    assert str(round_half_up(-0.001, 2)) == "0.00"
    assert str(round_half_up(-0.0, 1)) == "0.0"


def test_very_large_amounts_keep_every_digit() -> None:
    value = Decimal("123456789012345678901234567890123456789.125")
    assert str(round_half_up(value, 2)) == "123456789012345678901234567890123456789.13"


@given(FINITE, st.integers(0, 6))
def test_rounding_moves_by_half_a_unit_at_most(value: float, decimals: int) -> None:
    moved = abs(Fraction(round_half_up(value, decimals)) - exactly(value))
    assert moved <= Fraction(1, 2 * 10**decimals)


@given(FINITE, st.integers(0, 6))
def test_rounding_is_symmetrical(value: float, decimals: int) -> None:
    assert round_half_up(-value, decimals) == round_half_up(value, decimals).copy_negate()


@given(FINITE, FINITE, st.integers(0, 3))
def test_rounding_never_changes_an_order(a: float, b: float, decimals: int) -> None:
    low, high = sorted([a, b])
    assert round_half_up(low, decimals) <= round_half_up(high, decimals)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_missing_cannot_be_rounded(value: float | Decimal) -> None:
    with pytest.raises(UsageError, match="cannot be rounded"):
        round_half_up(value, 2)


def test_fewer_than_no_decimals_are_refused() -> None:
    with pytest.raises(UsageError, match="0 or more"):
        round_half_up(1, -1)
