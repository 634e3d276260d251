"""When an assessment is old, and when the next may be expected; imports nothing of ours.

Selected organisations are assessed every four to five years on average (Ministerie van Buitenlandse
Zaken, Scorekaart IOM 2024, introduction). That is an average, and no date that anyone has set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["CYCLE", "Due", "State", "due"]

CYCLE = (4, 5)
"""Years from one assessment of an organisation to its next, on average: at the earliest, at the latest."""

State = Literal["recent", "due", "overdue"]


@dataclass(frozen=True, slots=True)
class Due:
    """How old an assessment is in years, and the years in which the next may be expected."""

    age: int
    first: int
    last: int
    state: State


def due(published: int, now: int) -> Due:
    """Return how an assessment of one year stands in another.

    Parameters
    ----------
    published
        Calendar year of its publication.
    now
        Calendar year to which the data go: never that of a clock.

    Returns
    -------
    Due
        ``due`` from the first of the years in which the next may be expected, ``overdue`` after
        the last.

    Examples
    --------
    >>> due(2019, 2024)
    Due(age=5, first=2023, last=2024, state='due')
    """
    first, last = published + CYCLE[0], published + CYCLE[1]
    state: State = "recent" if now < first else "due" if now <= last else "overdue"
    return Due(now - published, first, last, state)
