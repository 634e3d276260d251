"""The rating bands of a framework, and the band of a score; imports `errors` and `rounding` only.

Thresholds are data: they differ between frameworks (3.0 breaks at 1, 2 and 3; 3.0* and 3.1 at 1.5,
2.5 and 3.5; from memory, not checked against the publication), so none stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from scorelib.errors import DataError, Finding, UsageError
from scorelib.scoring.rounding import exactly, round_half_up
from scorelib.scoring.rows import records

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    import pandas as pd

__all__ = ["Band", "band_of", "find_band", "one_only", "read_bands"]


@dataclass(frozen=True, slots=True)
class Band:
    """One rating of a framework, its limits inclusive and with two decimals."""

    band: str
    minimum: Fraction
    maximum: Fraction
    title_nl: str
    title_en: str


def band_of(score: float | Decimal | Fraction | None, bands: pd.DataFrame) -> str | None:
    """Return the band of a score, rounded half up to two decimals first.

    Parameters
    ----------
    score
        0 to 4, or a missing value (None, NaN).
    bands
        Rows of ``bands`` of one framework, limits inclusive. May be empty.

    Returns
    -------
    str or None
        The ``band``; None for a missing score, or when the framework has no bands.

    Raises
    ------
    DataError
        There are bands, and the score falls in none of them.
    UsageError
        The bands are of several frameworks.

    Notes
    -----
    Printed bands leave gaps (2.51-3.50, 3.51-4.00), hence the rounding before the comparison.
    That MOPAN rounds half up is from memory, not checked against the publication.
    """
    one_only("framework", bands)
    if score is None or score != score:  # noqa: PLR0124 (NaN, of whatever type)
        return None
    found = find_band(round_half_up(score, 2), read_bands(bands))
    return found.band if found else None


def one_only(column: str, *tables: pd.DataFrame) -> None:
    """Refuse (UsageError) tables that hold more than one value in a column together."""
    values = sorted({str(value) for table in tables for value in table[column]})
    if len(values) > 1:
        raise UsageError(
            f"rows of several {column}s ({', '.join(values)}) cannot be scored together; "
            f"give those of one {column}"
        )


def read_bands(bands: pd.DataFrame) -> list[Band]:
    """Read rows of ``bands``, limits as the decimals that are written."""
    return [
        Band(
            band=row["band"],
            minimum=exactly(row["minimum"]),
            maximum=exactly(row["maximum"]),
            title_nl=row["title_nl"],
            title_en=row["title_en"],
        )
        for row in records(bands)
    ]


def find_band(printed: Decimal, bands: Sequence[Band]) -> Band | None:
    """Return the band of a printed score; None without bands, DataError in a gap between them."""
    for band in bands:
        if band.minimum <= Fraction(printed) <= band.maximum:
            return band
    if bands:
        problem = "falls in no band"
        remedy = "let the bands cover 0.00 to 4.00 in steps of 0.01"
        raise DataError([Finding("bands.csv", 0, "minimum", str(printed), problem, remedy, "bands")])
    return None
