"""Two assessments side by side, where that can be defended; imports nothing of ours but `errors`.

The ministry's scorecards strongly advise against comparing an organisation with others or with
earlier MOPAN assessments, because the methodology changed over time and organisations differ in
scale, context and comparative advantage (Ministerie van Buitenlandse Zaken, Scorekaart IOM 2024).
So a comparison across methodologies is refused, and any other carries its caution with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from scorelib.errors import UsageError
from scorelib.scoring.rounding import exactly

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Assessment", "Caution", "Comparison", "compare"]

Caution = Literal["other-organisation", "earlier-assessment"]
"""Which part of the ministry's caution applies; the reader must see it beside the comparison."""

_SIDE = ("score", "printed", "state", "scored", "applicable", "parts", "band", "confidence", "low")


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """A scored assessment.

    Parameters
    ----------
    id, organisation, framework
        As in the table ``assessments``.
    tree
        What `scorelib.scoring.mopan.score_tree` made of its scores.
    """

    id: str
    organisation: str
    framework: str
    tree: pd.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two assessments of one framework, indicator by indicator.

    Parameters
    ----------
    first, second
        Ids of the two assessments.
    caution
        What to tell the reader; None only when an assessment is compared with itself.
    table
        One row per KPI and MI in the order of the framework: ``code``, ``level``, ``parent``,
        ``area``, ``title_nl``, ``title_en``; then ``score``, ``printed``, ``state``, ``scored``,
        ``applicable``, ``parts``, ``band``, ``confidence`` and ``low`` of each, ending in
        ``_first`` or ``_second``; ``difference`` (float): second minus first of the printed
        scores, so that a reader who subtracts finds the same; NaN unless both have one.
    """

    first: str
    second: str
    caution: Caution | None
    table: pd.DataFrame


def compare(first: Assessment, second: Assessment) -> Comparison:
    """Put two assessments of one framework side by side.

    Parameters
    ----------
    first, second
        The assessments; differences are second minus first.

    Returns
    -------
    Comparison
        Its `caution` is ``other-organisation`` or ``earlier-assessment``: show it with the table.

    Raises
    ------
    UsageError
        The two have different frameworks, or were scored on different indicators (an adapted
        framework under the same name): a difference would not be one in performance.
    """
    who = f"{first.id} (framework {first.framework}) with {second.id} (framework {second.framework})"
    if first.framework != second.framework:
        raise UsageError(
            f"cannot compare {who}: the methodologies differ in their indicators or rating bands, "
            "so a difference in scores would not be a difference in performance; "
            "choose two assessments of the same framework"
        )
    one, other = _indicators(first.tree), _indicators(second.tree)
    if list(one["code"]) != list(other["code"]):
        differing = sorted(set(one["code"]) ^ set(other["code"])) or ["the order"]
        raise UsageError(
            f"cannot compare {who}: they were scored on different indicators "
            f"({', '.join(differing[:5])}{', …' if len(differing) > 5 else ''}); "
            "give an adapted framework an id of its own"
        )
    table = one[["code", "level", "parent", "area", "title_nl", "title_en"]].copy()
    for side, tree in (("first", one), ("second", other)):
        for column in _SIDE:
            table[f"{column}_{side}"] = tree[column]
    table["difference"] = _differences(list(one["printed"]), list(other["printed"]))
    return Comparison(first.id, second.id, _caution(first, second), table)


def _indicators(tree: pd.DataFrame) -> pd.DataFrame:
    """Leave out elements: where the framework lists none, each assessment numbers its own."""
    return tree[tree["level"] != "element"].reset_index(drop=True)


def _caution(first: Assessment, second: Assessment) -> Caution | None:
    if first.organisation != second.organisation:
        return "other-organisation"
    return None if first.id == second.id else "earlier-assessment"


def _differences(first: Sequence[float], second: Sequence[float]) -> pd.Series[float]:
    # In exact arithmetic: 3.1 - 2.9 in floats is 0.20000000000000018.
    found = [
        float(exactly(b) - exactly(a)) if pd.notna(a) and pd.notna(b) else float("nan")
        for a, b in zip(first, second, strict=True)
    ]
    return pd.Series(found, dtype="float64")
