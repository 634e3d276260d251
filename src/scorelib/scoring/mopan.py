"""MOPAN scores: from elements to micro-indicators to key performance indicators, and their bands.

Imports nothing of ours but `errors` and, beside it, `bands`, `comparison` and `rounding`.
**Every rule of MOPAN here is from memory and was not checked against the publication** ("MOPAN 3.1
Methodology"): elements are scored 0-4; a micro-indicator (MI) is the mean of its elements; a key
performance indicator (KPI) is the unweighted mean of its MIs; the MIs of KPI 9-12 are scored
directly; N/E (no evidence) and N/A (not applicable) leave the mean. The indicator tree and the
bands are data that belong to a framework: no code of an indicator and no threshold stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from scorelib.errors import DataError, Finding, UsageError
from scorelib.scoring.bands import Band, band_of, find_band, one_only, read_bands
from scorelib.scoring.comparison import Assessment, Comparison, compare
from scorelib.scoring.rounding import round_half_up
from scorelib.scoring.rows import records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "Assessment",
    "Comparison",
    "State",
    "band_of",
    "compare",
    "score_tree",
    "strongest",
    "weakest",
]

State = Literal["scored", "N/E", "N/A", "none"]

CONFIDENCE = ("low", "medium", "high")
"""From lowest to highest."""

_COLUMNS = {
    "code": "str",
    "level": "str",
    "parent": "str",
    "area": "str",
    "position": "int64",
    "title_nl": "str",
    "title_en": "str",
    "score": "float64",
    "printed": "float64",
    "state": "str",
    "direct": "bool",
    "scored": "int64",
    "applicable": "int64",
    "parts": "int64",
    "band": "str",
    "band_nl": "str",
    "band_en": "str",
    "confidence": "str",
    "low": "int64",
}


@dataclass(frozen=True, slots=True)
class _Indicator:
    code: str
    level: str
    parent: str | None
    area: str
    title_nl: str | None
    title_en: str | None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What an indicator comes to, stated (`direct`) or computed from its parts."""

    state: State
    score: Fraction | None = None
    confidence: str | None = None
    direct: bool = False
    scored: int = 0
    applicable: int = 0
    parts: int = 0
    low: int = 0


def score_tree(framework: pd.DataFrame, scores: pd.DataFrame, bands: pd.DataFrame) -> pd.DataFrame:
    """Score every indicator of a framework from the scores of one assessment.

    An indicator with a row in `scores` has that score; any other is computed from its direct
    parts. Means are unweighted, exact (fractions of what is written, not binary floats), taken
    from unrounded parts, and rounded half up to two decimals once, before they are held against a
    band. So the order of the rows changes nothing, and nothing is ever counted as 0 but a 0.

    Parameters
    ----------
    framework
        Rows of ``frameworks`` of one framework: ``framework``, ``code``, ``level``, ``parent``
        (missing for a KPI), ``area``, ``position``, ``title_nl``, ``title_en``.
    scores
        Rows of ``scores`` of one assessment: ``assessment``, ``code``, ``score`` (text: ``0`` to
        ``4``, ``N/E`` or ``N/A``), ``confidence``. An element that the framework does not list
        belongs to the micro-indicator whose code is its own without the last ``.n``. May be empty.
    bands
        Rows of ``bands`` of that framework. May be empty; then no indicator has a band.

    Returns
    -------
    DataFrame
        One row per indicator and element, each KPI followed by its MIs and each MI by its
        elements.

        - ``code``, ``level``, ``parent``, ``area``, ``title_nl``, ``title_en``: from the framework;
          an element that it does not list has no titles. ``position``: 1 to n in this table.
        - ``score`` (float): 0 to 4, unrounded; NaN without one. ``printed`` (float): the same with
          two decimals, rounded half up: what a reader sees, and what the band is for.
        - ``state``: ``scored``; ``N/A`` when all parts are N/A; ``N/E`` when no part is scored but
          at least one is N/E; ``none`` otherwise (not rated in the data at hand).
        - ``direct``: True where the score or N/E or N/A is stated in `scores`, False where it was
          computed.
        - ``scored``, ``applicable``, ``parts``: the coverage: of the direct parts, how many have a
          score, how many are not N/A, how many there are. 0 where there are no parts: an element,
          or an MI that is scored directly.
        - ``band``, ``band_nl``, ``band_en``: missing without a score or without bands. Elements
          are held against the same bands.
        - ``confidence``: as stated with the score; of an MI that is computed, the lowest that is
          stated with its elements; missing for a KPI that is computed. ``low``: number of direct
          parts with low confidence, which is what a KPI shows instead.

    Raises
    ------
    DataError
        A score is not 0-4, N/E or N/A; an indicator is not in the framework, has two rows, or has
        a score of its own as well as scores of its parts; a printed score falls in no band. All
        that are found in `scores` come at once.
    UsageError
        The rows are of several frameworks or assessments, or the bands of another framework.

    Notes
    -----
    Source of the formulas: MOPAN 3.1 methodology, from memory, not checked against the
    publication.
    """
    one_only("framework", framework, bands)
    one_only("assessment", scores)
    indicators = {item.code: item for item in _indicators(framework)}
    stated, findings = _stated(scores, indicators)
    indicators |= _unlisted(stated, indicators)
    children = _children(indicators)
    findings += _twice(stated, indicators)
    if findings:
        raise DataError(findings)
    scale = read_bands(bands)
    rows: list[dict[str, Any]] = []

    def visit(item: _Indicator) -> _Outcome:
        row: dict[str, Any] = {}
        rows.append(row)  # before its parts: a reader meets the whole first
        row["position"] = len(rows)
        parts = [visit(part) for part in children.get(item.code, [])]
        outcome = _outcome(item.level, stated.get(item.code), parts)
        row |= _row(item, outcome, scale)
        return outcome

    for kpi in children.get(None, []):
        visit(kpi)
    # Column by column: made of rows and then converted, it takes twice as long.
    columns = {name: [row[name] for row in rows] for name in _COLUMNS}
    return pd.DataFrame({name: pd.Series(columns[name], dtype=kind) for name, kind in _COLUMNS.items()})


def strongest(tree: pd.DataFrame, n: int) -> pd.DataFrame:
    """Return the `n` micro-indicators with the highest scores.

    Parameters
    ----------
    tree
        What `score_tree` returns.
    n
        How many, 0 or more; fewer come back when fewer have a score.

    Returns
    -------
    DataFrame
        Rows of `tree`, the highest first; where scores are equal, in the order of the framework.

    Raises
    ------
    UsageError
        `n` is negative.
    """
    return _extreme(tree, n, [False, True])


def weakest(tree: pd.DataFrame, n: int) -> pd.DataFrame:
    """Return the `n` micro-indicators with the lowest scores, the lowest first.

    Parameters, order of equal scores and errors are those of `strongest`. A micro-indicator
    without evidence is not weak: it is not in it.
    """
    return _extreme(tree, n, [True, True])


def _extreme(tree: pd.DataFrame, n: int, ascending: list[bool]) -> pd.DataFrame:
    if n < 0:
        raise UsageError(f"cannot show {n} indicators; ask for 0 or more")
    rated = tree[(tree["level"] == "mi") & tree["score"].notna()]
    ordered = rated.sort_values(["score", "position"], ascending=ascending, kind="stable")
    return ordered.head(n).reset_index(drop=True)


def _indicators(framework: pd.DataFrame) -> list[_Indicator]:
    rows = sorted(records(framework), key=lambda row: (row["position"], _by_code(row)))
    return [
        _Indicator(
            code=row["code"],
            level=row["level"],
            parent=_text(row["parent"]),
            area=row["area"],
            title_nl=_text(row["title_nl"]),
            title_en=_text(row["title_en"]),
        )
        for row in rows
    ]


def _by_code(row: Mapping[Any, Any]) -> tuple[tuple[int, str], ...]:
    """Order 1.9 before 1.10."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in row["code"].split("."))


def _text(value: Any) -> str | None:
    return None if pd.isna(value) or value == "" else str(value)


def _finding(code: str, value: str, problem: str, remedy: str, rule: str) -> Finding:
    shown = f"{code} = {value}" if value else code
    return Finding("scores.csv", 0, "score" if value else "code", shown, problem, remedy, rule)


def _stated(
    scores: pd.DataFrame, indicators: Mapping[str, _Indicator]
) -> tuple[dict[str, _Outcome], list[Finding]]:
    """Read the rows of scores, in the order of their codes."""
    stated: dict[str, _Outcome] = {}
    findings: list[Finding] = []
    for row in sorted(records(scores), key=_by_code):
        code, text, confidence = row["code"], str(row["score"]), _text(row["confidence"])
        outcome = _read(text, confidence)
        if outcome is None:
            remedy = "write 0 to 4 with a decimal point, N/E or N/A"
            findings.append(_finding(code, text, "is no score", remedy, "pattern"))
        elif confidence is not None and confidence not in CONFIDENCE:
            remedy = f"write one of {', '.join(CONFIDENCE)}"
            findings.append(_finding(code, confidence, "is no confidence", remedy, "enum"))
        elif code in stated:
            findings.append(_finding(code, "", "has two scores", "keep one row", "primary-key"))
        elif code not in indicators and _parent(code, indicators) is None:
            remedy = "correct the code, or add the indicator to frameworks.csv"
            findings.append(_finding(code, "", "is not in the framework", remedy, "indicator"))
        else:
            stated[code] = outcome
    return stated, findings


def _read(text: str, confidence: str | None) -> _Outcome | None:
    if text == "N/E":
        return _Outcome("N/E", confidence=confidence, direct=True)
    if text == "N/A":
        return _Outcome("N/A", confidence=confidence, direct=True)
    try:
        number = Decimal(text)
        if not 0 <= number <= 4:
            return None
    except InvalidOperation:
        return None
    return _Outcome("scored", score=Fraction(number), confidence=confidence, direct=True)


def _parent(code: str, indicators: Mapping[str, _Indicator]) -> _Indicator | None:
    """Return the micro-indicator that an unlisted element belongs to."""
    stem, _, number = code.rpartition(".")
    found = indicators.get(stem)
    return found if found and found.level == "mi" and number.isdecimal() else None


def _unlisted(stated: Iterable[str], indicators: Mapping[str, _Indicator]) -> dict[str, _Indicator]:
    found: dict[str, _Indicator] = {}
    for code in stated:
        parent = _parent(code, indicators)
        if code not in indicators and parent is not None:
            found[code] = _Indicator(code, "element", parent.code, parent.area, None, None)
    return found


def _children(indicators: Mapping[str, _Indicator]) -> dict[str | None, list[_Indicator]]:
    children: dict[str | None, list[_Indicator]] = {}
    for item in indicators.values():
        if item.parent is not None and item.parent not in indicators:
            problem = f"is part of {item.parent}, which the framework does not have"
            remedy = "add it, or correct the parent"
            place = ("frameworks.csv", 0, "parent", item.code)
            raise DataError([Finding(*place, problem, remedy, "foreign-key")])
        children.setdefault(item.parent, []).append(item)
    return children


def _twice(stated: Mapping[str, _Outcome], indicators: Mapping[str, _Indicator]) -> list[Finding]:
    """Find indicators with a score of their own above parts that have one too."""
    wholes: dict[str, None] = {}
    for code in stated:
        above = indicators[code].parent
        while above is not None:
            if above in stated:
                wholes[above] = None
            above = indicators[above].parent
    problem = "has a score of its own, and its parts have scores"
    remedy = "keep the parts and remove its row, or keep its row and remove theirs"
    return [_finding(code, "", problem, remedy, "score-and-parts") for code in wholes]


def _outcome(level: str, own: _Outcome | None, parts: Sequence[_Outcome]) -> _Outcome:
    known = [part.score for part in parts if part.score is not None]
    states = {part.state for part in parts}
    state: State = "none"
    if known:
        state = "scored"
    elif states == {"N/A"}:
        state = "N/A"
    elif "N/E" in states:
        state = "N/E"
    stated = [part.confidence for part in parts if part.confidence is not None]
    lowest = min(stated, key=CONFIDENCE.index) if stated and level == "mi" else None
    return _Outcome(
        state=own.state if own else state,
        score=own.score if own else sum(known, Fraction()) / len(known) if known else None,
        confidence=own.confidence if own else lowest,
        direct=own is not None,
        scored=len(known),
        applicable=sum(part.state != "N/A" for part in parts),
        parts=len(parts),
        low=stated.count("low"),
    )


def _row(item: _Indicator, outcome: _Outcome, bands: Sequence[Band]) -> dict[str, Any]:
    printed = None if outcome.score is None else round_half_up(outcome.score, 2)
    band = None if printed is None else find_band(printed, bands)
    return {
        "code": item.code,
        "level": item.level,
        "parent": item.parent,
        "area": item.area,
        "title_nl": item.title_nl,
        "title_en": item.title_en,
        "score": None if outcome.score is None else float(outcome.score),
        "printed": None if printed is None else float(printed),
        "state": outcome.state,
        "direct": outcome.direct,
        "scored": outcome.scored,
        "applicable": outcome.applicable,
        "parts": outcome.parts,
        "band": band.band if band else None,
        "band_nl": band.title_nl if band else None,
        "band_en": band.title_en if band else None,
        "confidence": outcome.confidence,
        "low": outcome.low,
    }
