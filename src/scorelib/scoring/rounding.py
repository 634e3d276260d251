"""Rounding as people do it, half away from zero; imports nothing but `errors` of ours.

Python's `round` works on the binary value and goes to even: ``round(2.505, 2)`` is 2.5 and
``round(0.125, 2)`` is 0.12. A reader who does the sum by hand finds 2.51 and 0.13, and between the
two lies a rating band.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from scorelib.errors import UsageError

__all__ = ["exactly", "round_half_up"]


def exactly(value: float | Decimal | Fraction) -> Fraction:
    """Return the number that is written, not the binary number next to it.

    Parameters
    ----------
    value
        A float counts as its shortest decimal form, so 0.1 is one tenth.

    Raises
    ------
    UsageError
        The value is not a number or is infinite.

    Examples
    --------
    >>> exactly(0.1)
    Fraction(1, 10)
    """
    if isinstance(value, Fraction):
        return value
    if not math.isfinite(value):
        raise UsageError(f"{value} cannot be rounded; leave out what is missing before rounding")
    # float(): numpy's own floats are floats too, but spell themselves `np.float64(2.5)`.
    return Fraction(value if isinstance(value, (int, Decimal)) else Decimal(repr(float(value))))


def round_half_up(value: float | Decimal | Fraction, decimals: int) -> Decimal:
    """Round to a number of decimals, a half away from zero.

    Parameters
    ----------
    value
        The number, in any unit. A float counts as its shortest decimal form: 2.505 is 2505/1000
        although its binary value is a little less.
    decimals
        Digits kept after the decimal point, 0 or more.

    Returns
    -------
    Decimal
        With exactly that many decimals (``Decimal("2.50")``); never a negative zero.

    Raises
    ------
    UsageError
        The value is not a number or is infinite, or `decimals` is negative.

    Examples
    --------
    >>> round_half_up(2.505, 2), round_half_up(-0.125, 2), round_half_up(3, 1)
    (Decimal('2.51'), Decimal('-0.13'), Decimal('3.0'))
    """
    if decimals < 0:
        raise UsageError(f"cannot round to {decimals} decimals; give 0 or more")
    exact = exactly(value)
    units = math.floor(abs(exact) * 10**decimals + Fraction(1, 2))
    # Built digit by digit: arithmetic on Decimals would round to the context's 28 digits.
    sign = 1 if exact < 0 and units else 0
    return Decimal((sign, tuple(int(digit) for digit in str(units)), -decimals))
