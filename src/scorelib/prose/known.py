"""What the data hold about an organisation, as bare numbers; imports scoring and currency, words nothing.

Each number is worked out once by the functions of `scoring`. `inline` prints them in a text, and the
figure check holds what is typed by hand against them, so that both mean the same by a share or a rank.
"""

from __future__ import annotations

import functools
import math
from collections import ChainMap
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scorelib.prose.currency import in_one_currency
from scorelib.scoring import funding, mopan
from scorelib.scoring import revenue as receipts
from scorelib.scoring.funding import BASES, Position, amounts, currency
from scorelib.scoring.rows import records

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from scorelib.data.scorecard import Scorecard
    from scorelib.scoring.funding import Basis
    from scorelib.scoring.revenue import Denominator

__all__ = ["Governments", "Known", "known", "known_of"]


@dataclass(frozen=True, slots=True)
class Governments:
    """What all governments together gave in a year on a basis, and how many they were."""

    amount: float
    donors: int


@dataclass(frozen=True, eq=False)
class Known:
    """The numbers of one organisation.

    Parameters
    ----------
    organisation
        Its id.
    tables
        Its rows of each table, as `Scorecard` holds them.
    assessment, framework
        Ids of the assessment that its report rests on and of its framework; empty for none.
    """

    organisation: str
    tables: Mapping[str, pd.DataFrame]
    assessment: str = ""
    framework: str = ""
    _rankings: dict[tuple[int, str], dict[str, Position]] = field(default_factory=dict, repr=False)
    _amounts: dict[str, dict[tuple[str, int], list[float]]] = field(default_factory=dict, repr=False)
    _growths: dict[tuple[int, int], receipts.Growth | None] = field(default_factory=dict, repr=False)

    # --- what donors gave -----------------------------------------------------------------------

    @cached_property
    def given_in(self) -> str:
        """Currency of the contributions; empty where there are none."""
        return currency(self.tables["contributions"]) or ""

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years of which there are contributions."""
        return tuple(sorted({int(year) for year in self.tables["contributions"]["year"]}))

    def positions(self, year: int, basis: Basis) -> dict[str, Position]:
        """Rank, amount and share of every government that gave in a year."""
        key = (year, basis)
        if key not in self._rankings:
            self._rankings[key] = funding.positions(self.tables["contributions"], year, basis)
        return self._rankings[key]

    def position(self, donor: str, year: int, basis: Basis) -> Position | None:
        """Rank, amount and share of a government in a year; None where it gave nothing of the kind."""
        return self.positions(year, basis).get(donor)

    def governments(self, year: int, basis: Basis) -> Governments | None:
        """All governments together in a year; None where none gave anything of the kind."""
        found = self.positions(year, basis)
        if not found:
            return None
        return Governments(math.fsum(each.amount for each in found.values()), len(found))

    @cached_property
    def _keys(self) -> list[tuple[str, int]]:
        table = self.tables["contributions"]
        return list(zip(table["donor"].tolist(), table["year"].tolist(), strict=True))

    def _given(self, basis: Basis) -> dict[tuple[str, int], list[float]]:
        if basis not in self._amounts:
            found: dict[tuple[str, int], list[float]] = {}
            given = amounts(self.tables["contributions"], basis).tolist()
            for key, amount in zip(self._keys, given, strict=True):
                if not math.isnan(amount):
                    found.setdefault(key, []).append(amount)
            self._amounts[basis] = found
        return self._amounts[basis]

    def contribution(self, donor: str, year: int, basis: Basis) -> float | None:
        """What any donor gave in a year, governments and others."""
        found = self._given(basis).get((donor, year))
        return None if found is None else math.fsum(found)

    @cached_property
    def _lines(self) -> dict[tuple[str, int], int]:
        return dict(zip(self._keys, self.tables["contributions"]["line"].tolist(), strict=True))

    def contribution_line(self, donor: str, year: int) -> int:
        """Line of ``contributions`` with a donor's row of a year; 0 for none."""
        return self._lines.get((donor, year), 0)

    # --- what the organisation received ---------------------------------------------------------

    @cached_property
    def received_in(self) -> str:
        """Currency of the revenue; empty where there is none."""
        return currency(self.tables["revenue"]) or ""

    @cached_property
    def revenue_years(self) -> tuple[int, ...]:
        """Years of which there is revenue."""
        return tuple(sorted({int(year) for year in self.tables["revenue"]["year"]}))

    @cached_property
    def _received(self) -> dict[str, dict[int, float]]:
        table = self.tables["revenue"]
        long = receipts.revenue_by_kind(table)
        out = {"": _per_year(long["year"], long["amount"]), "other": _per_year(table["year"], table["other"])}
        for basis in BASES:
            out[basis] = _per_year(table["year"], amounts(table, basis))
        return out

    def revenue(self, year: int, kind: str = "") -> float | None:
        """Revenue of a year, all of it or of one kind or basis; None where the year has no row."""
        return self._received[kind].get(year)

    def growth(self, first: int, last: int) -> receipts.Growth | None:
        """Change of all revenue between two years."""
        if (first, last) not in self._growths:
            self._growths[first, last] = receipts.growth(self.tables["revenue"], first, last)
        return self._growths[first, last]

    def earmarked_share(self, year: int, of: Denominator) -> receipts.Share | None:
        """The earmarked share of what was received in a year."""
        return receipts.earmarked_share(self.tables["revenue"], year, of=of)

    # --- facts and scores -----------------------------------------------------------------------

    @cached_property
    def facts(self) -> dict[str, dict[Any, Any]]:
        """Rows of ``facts`` by their ids."""
        return {str(row["id"]): row for row in records(self.tables["facts"])}

    @cached_property
    def tree(self) -> pd.DataFrame:
        """The scored indicator tree of the assessment; not to be changed, since others read it too."""
        frameworks, bands, scores = (self.tables[name] for name in ("frameworks", "bands", "scores"))
        return mopan.score_tree(
            frameworks[frameworks["framework"] == self.framework],
            scores[scores["assessment"] == self.assessment],
            bands[bands["framework"] == self.framework],
        )

    @cached_property
    def indicators(self) -> dict[str, dict[Any, Any]]:
        """Rows of that tree by their codes; empty without an assessment."""
        if not self.assessment:
            return {}
        return {str(row["code"]): row for row in records(self.tree)}


class _Data:
    """The data of a scorecard, which are the same in each of its languages."""

    def __init__(self, card: Scorecard) -> None:
        self.card = card
        self.assessment = card.assessment.id if card.assessment else ""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Data):
            return NotImplemented
        return other.card.tables is self.card.tables and other.assessment == self.assessment

    def __hash__(self) -> int:
        return hash((id(self.card.tables), self.assessment))


def known(card: Scorecard) -> Known:
    """The numbers behind a scorecard, its amounts in one currency."""
    return _known(_Data(card))


@functools.lru_cache(maxsize=4)
def _known(data: _Data) -> Known:
    card = data.card
    money = {name: in_one_currency(card, name) for name in ("contributions", "revenue")}
    framework = card.assessment.framework if card.assessment else ""
    # Not one dictionary of all: a table is made when it is first read, and a text reads few.
    tables = ChainMap(money, card.tables)  # type: ignore[arg-type]  # nobody writes into it
    return Known(card.organisation.id, tables, data.assessment, framework)


def known_of(organisation: str, tables: Mapping[str, pd.DataFrame]) -> Known | None:
    """The numbers of another organisation, which a text speaks of; None for amounts in several currencies.

    Only a report of its own says how they are converted.
    """
    if any(tables[name]["currency"].nunique() > 1 for name in ("contributions", "revenue")):
        return None
    return Known(organisation, tables)


def _per_year(years: pd.Series[Any], values: pd.Series[float]) -> dict[int, float]:
    found: dict[int, list[float]] = {}
    for year, amount in zip(years.tolist(), values.tolist(), strict=True):
        found.setdefault(int(year), []).extend([] if math.isnan(amount) else [amount])
    return {year: math.fsum(each) for year, each in found.items()}
