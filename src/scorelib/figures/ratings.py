"""The ratings of a scorecard's assessment, ready to show: scores, marks, coverage, in one language.

Imports scoring, the theme and parts; draws nothing. A score is computed in `scoring.mopan` only.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from scorelib.figures.parts import DASH, source_line
from scorelib.figures.theme import BANDS, MARKS
from scorelib.prose.inline import tree
from scorelib.scoring.rows import records

if TYPE_CHECKING:
    from scorelib.data.scorecard import Assessment, Scorecard
    from scorelib.language import Language

__all__ = ["Band", "Ratings", "Shown", "rate"]


@dataclass(frozen=True, slots=True)
class Shown:
    """One indicator as a reader sees it; `state` is scored, N/E, N/A or none."""

    code: str
    level: str
    parent: str
    area: str
    name: str
    title: str
    state: str
    score: float | None
    printed: str
    band: str
    mark: str
    band_title: str
    confidence: str
    coverage: str


@dataclass(frozen=True, slots=True)
class Band:
    """One rating of the framework, with the scores it spans as text."""

    band: str
    title: str
    minimum: float
    maximum: float
    span: str


@dataclass(frozen=True, slots=True)
class Ratings:
    """All indicators of an assessment in the order of its framework, and its bands, best first."""

    assessment: Assessment
    shown: tuple[Shown, ...]
    bands: tuple[Band, ...]
    source: str

    @property
    def scored(self) -> bool:
        """Whether anything is known of it: a score, or that there is none for a stated reason."""
        return any(each.state != "none" for each in self.shown)

    def kpis(self) -> tuple[Shown, ...]:
        """The key performance indicators."""
        return tuple(each for each in self.shown if each.level == "kpi")

    def parts(self, code: str) -> tuple[Shown, ...]:
        """The micro-indicators of a key performance indicator."""
        return tuple(each for each in self.shown if each.parent == code and each.level == "mi")


@functools.lru_cache(maxsize=4)
def rate(card: Scorecard) -> Ratings | None:
    """Rate the assessment of a scorecard.

    Parameters
    ----------
    card
        The scorecard.

    Returns
    -------
    Ratings or None
        None without an assessment, or when its framework is not in the data.
    """
    assessment, lang = card.assessment, card.language
    if assessment is None:
        return None
    framework, bands, scores = (card[name] for name in ("frameworks", "bands", "scores"))
    framework = framework[framework["framework"] == assessment.framework]
    bands = bands[bands["framework"] == assessment.framework]
    scores = scores[scores["assessment"] == assessment.id]
    if framework.empty:
        return None
    scored = tree(card)
    scored = scored[scored["level"] != "element"]
    source = source_line(card, [assessment.source, *framework["source"], *scores["source"]])
    if not framework["checked"].fillna(False).all():  # noqa: FBT003
        source = f"{source}. {lang.label('figures.assessment.unchecked')}"
    ordered = records(bands.sort_values("minimum", ascending=False))
    return Ratings(
        assessment,
        tuple(_shown(lang, each) for each in records(scored)),
        tuple(_band(lang, each) for each in ordered),
        source,
    )


def _band(lang: Language, each: dict[Any, Any]) -> Band:
    low, high = (lang.number(each[side], 2) for side in ("minimum", "maximum"))
    return Band(
        str(each["band"]),
        lang.pick(each, "title"),
        float(each["minimum"]),
        float(each["maximum"]),
        f"{low}–{high}",
    )


def _shown(lang: Language, each: dict[Any, Any]) -> Shown:
    known = pd.notna(each["score"])
    band = str(each["band"]) if known and pd.notna(each["band"]) else ""
    state = str(each["state"])
    blank = state if state in ("N/E", "N/A") else DASH
    return Shown(
        code=str(each["code"]),
        level=str(each["level"]),
        parent=str(each["parent"]) if pd.notna(each["parent"]) else "",
        area=str(each["area"]),
        name=lang.label(f"figures.code.{each['level']}", code=each["code"]),
        title=lang.pick(each, "title"),
        state=state,
        score=float(each["printed"]) if known else None,
        printed=lang.number(float(each["printed"]), 2) if known else blank,
        band=band if band in BANDS else "",
        mark=MARKS.get(band, ""),
        band_title=lang.pick(each, "band") if band else lang.label(f"figures.state.{_key(state)}"),
        confidence=_confidence(lang, each),
        coverage=_coverage(lang, each),
    )


def _key(state: str) -> str:
    return {"N/E": "no_evidence", "N/A": "not_applicable"}.get(state, "none")


def _confidence(lang: Language, each: dict[Any, Any]) -> str:
    if pd.notna(each["confidence"]):
        return lang.label(f"figures.confidence.{each['confidence']}")
    if each["low"]:
        return lang.label("figures.confidence.some_low", count=each["low"])
    return DASH


def _coverage(lang: Language, each: dict[Any, Any]) -> str:
    if not each["parts"] or each["state"] == "none":
        return DASH
    return lang.label("figures.coverage", scored=each["scored"], parts=each["parts"])
