"""The summary numbers of every scorecard, the same in all languages; imports scoring and the data.

Computes no rank and no share itself, and draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from scorelib.figures.parts import NETHERLANDS
from scorelib.prose.currency import all_in_one_currency
from scorelib.scoring.portfolio import overview
from scorelib.scoring.relevance import WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scorelib.data.portfolio import Portfolio
    from scorelib.scoring.funding import Basis

__all__ = ["Entry", "entries", "relevant"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One scorecard in a list: what it is, and the few numbers by which readers choose.

    `ratings` are the words of relevance by theme, in the order of the themes; an empty one was not
    rated. `amount`, `rank` and `core` are None where the Netherlands has nothing on the basis.
    """

    organisation: str
    abbreviation: str
    names: Mapping[str, str]
    kind: str
    fictional: bool
    year: int
    status: str
    data_year: int
    data_date: str
    basis: str
    currency: str
    amount: float | None
    rank: int | None
    core: float | None
    ratings: tuple[str, ...]
    framework: str
    published: str


def entries(portfolio: Portfolio) -> list[Entry]:
    """Every scorecard, by the abbreviation of its organisation, the latest year first."""
    organisations = {str(each["id"]): each for each in portfolio["organisations"].to_dict("records")}
    assessments = {str(each["id"]): each for each in portfolio["assessments"].to_dict("records")}
    themes = list(portfolio["themes"].sort_values("position", kind="stable")["id"])
    ratings: dict[tuple[str, int], dict[str, str]] = {}
    for each in portfolio["relevance"].to_dict("records"):
        ratings.setdefault((each["organisation"], int(each["year"])), {})[each["theme"]] = each["rating"]
    money = _money(portfolio)
    found = []
    for card in portfolio["scorecards"].to_dict("records"):
        name, year = str(card["organisation"]), int(card["year"])
        own = organisations[name]
        place = money[str(card["basis"])].get((name, int(card["data_year"])), {})
        assessment = assessments.get(str(card["assessment"]), {})
        rated = ratings.get((name, year), {})
        found.append(
            Entry(
                organisation=name,
                abbreviation=str(own["abbreviation"]),
                names={str(key)[5:]: str(text) for key, text in own.items() if str(key).startswith("name_")},
                kind=str(own["kind"]),
                fictional=bool(own["fictional"]),
                year=year,
                status=str(card["status"]),
                data_year=int(card["data_year"]),
                data_date=card["data_date"].isoformat(),
                basis=str(card["basis"]),
                currency=str(place.get("currency", "")),
                amount=_number(place.get("amount")),
                rank=None if _number(place.get("rank")) is None else int(place["rank"]),
                core=_number(place.get("core")),
                ratings=tuple(str(rated.get(theme, "")) for theme in themes) if rated else (),
                framework=str(assessment.get("framework") or ""),
                published=str(assessment.get("published") or "")[:4],
            )
        )
    return sorted(found, key=lambda each: (each.abbreviation.casefold(), each.organisation, -each.year))


def _money(portfolio: Portfolio) -> dict[str, dict[tuple[str, int], dict[str, Any]]]:
    """What the Netherlands gave on each basis, by organisation and year."""
    rows = all_in_one_currency(portfolio, "contributions")
    bases: tuple[Basis, ...] = ("voluntary", "total")
    return {
        basis: {
            (str(each["organisation"]), int(each["year"])): {str(key): value for key, value in each.items()}
            for each in overview(rows, NETHERLANDS, basis).to_dict("records")
        }
        for basis in bases
    }


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def relevant(entry: Entry) -> int:
    """For how many themes an organisation has the highest word."""
    return sum(word == WORDS[0] for word in entry.ratings)
