"""Which rows of the data a number of a scorecard rests on; imports scoring, currency and origins.

Figures and texts ask here, so that a table and a sentence name the same rows for the same number.
Nothing is computed but which rows: `scoring` says what the number is.
"""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Any

from scorelib.document.origin import FIRST_ROW, Origin, spans
from scorelib.prose.currency import in_one_currency
from scorelib.scoring.funding import BASES, KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scorelib.data.scorecard import Scorecard

__all__ = ["Origins", "origins"]

COLUMNS: dict[str, tuple[str, ...]] = {**dict(BASES.items()), "": KINDS}
"""What a basis adds up, and all revenue; any other kind is the column of its name."""


@functools.lru_cache(maxsize=4)
def origins(card: Scorecard) -> Origins:
    """The origins of a scorecard's numbers."""
    return Origins(card)


def _columns(basis: str) -> tuple[str, ...]:
    return COLUMNS.get(basis, (basis,))


class Origins:
    """Names the rows behind each number; every method gives the origin as a line."""

    def __init__(self, card: Scorecard) -> None:
        self.card = card
        self._rows: dict[tuple[str, tuple[str, ...]], dict[tuple[Any, ...], list[int]]] = {}
        self._rated: dict[str, dict[int, int]] = {}

    # --- rows -------------------------------------------------------------------------------------

    def rows(self, table: str, **where: object) -> list[int]:
        """Rows whose columns have these values, counted as `document.origin` does."""
        names = tuple(where)
        if (table, names) not in self._rows:
            frame = self.card.tables[table]
            found: dict[tuple[Any, ...], list[int]] = {}
            columns = [frame[name].tolist() for name in names]
            for number, key in enumerate(zip(*columns, strict=True), FIRST_ROW):
                found.setdefault(key, []).append(number)
            self._rows[table, names] = found
        return self._rows[table, names].get(tuple(where.values()), [])

    def line(
        self, how: str, table: str, rows: Iterable[int], columns: Sequence[str] = (), **more: Iterable[int]
    ) -> str:
        """An origin from rows of a table, and of others; empty where there is no row at all."""
        own = list(rows)
        pairs: list[tuple[str, Iterable[int]]] = [(table, own), *more.items()]
        if table in {"contributions", "revenue"}:
            pairs.append(("exchange_rates", self._rates(table, own)))
        found = tuple((name, spans(numbers)) for name, numbers in pairs if numbers)
        return str(Origin(how, tuple(columns), found)) if found else ""

    def _rates(self, table: str, rows: Iterable[int]) -> set[int]:
        """Rows of the rates with which amounts were converted."""
        if table not in self._rated:
            self._rated[table] = self._converted(table)
        known = self._rated[table]
        return {known[row] for row in rows if row in known} if known else set()

    def _converted(self, table: str) -> dict[int, int]:
        if self.card.tables[table]["currency"].nunique() < 2:
            return {}
        frame = in_one_currency(self.card, table)
        found = {}
        used: Mapping[str, list[Any]] = {
            name: frame[name].tolist() for name in ("rate_from", "currency", "rate_period")
        }
        for number, (code, base, period) in enumerate(zip(*used.values(), strict=True), FIRST_ROW):
            rates = self.rows("exchange_rates", currency=code, base=base, period=period) if period else []
            if rates:
                found[number] = rates[0]
        return found

    # --- contributions ----------------------------------------------------------------------------

    def _of_donor(self, donor: str, year: int) -> list[int]:
        return self.rows("contributions", donor=donor, year=year)

    def _governments(self, year: int) -> list[int]:
        return self.rows("contributions", donor_kind="government", year=year)

    def given(self, donor: str, year: int, basis: str) -> str:
        """What a donor gave in a year."""
        columns = _columns(basis)
        how = "sum" if len(columns) > 1 else "value"
        return self.line(how, "contributions", self._of_donor(donor, year), columns)

    def rank(self, year: int, basis: str) -> str:
        """The rank of a government in a year: all governments' rows decide it."""
        return self.line("rank", "contributions", self._governments(year), _columns(basis))

    def share(self, year: int, basis: str) -> str:
        """The share of a government in what all of them gave."""
        return self.line("share", "contributions", self._governments(year), _columns(basis))

    def governments(self, year: int, basis: str) -> str:
        """What all governments gave together."""
        return self.line("sum", "contributions", self._governments(year), _columns(basis))

    def dutch_free(self, donor: str, year: int) -> str:
        """The unearmarked part of what a donor gave of its own will."""
        return self.line("part", "contributions", self._of_donor(donor, year), _columns("voluntary"))

    # --- revenue ----------------------------------------------------------------------------------

    def received(self, year: int, kind: str = "") -> str:
        """Revenue of a year, all of it or of one kind."""
        columns = _columns(kind)
        how = "sum" if len(columns) > 1 else "value"
        return self.line(how, "revenue", self.rows("revenue", year=year), columns)

    def growth(self, first: int, last: int) -> str:
        """The change of revenue between two years."""
        rows = [*self.rows("revenue", year=first), *self.rows("revenue", year=last)]
        return self.line("growth", "revenue", rows, _columns(""))

    def part(self, year: int, of: str = "contributions") -> str:
        """The earmarked or unearmarked part of a year's revenue."""
        columns = _columns({"contributions": "total", "voluntary": "voluntary"}.get(of, ""))
        return self.line("part", "revenue", self.rows("revenue", year=year), columns)

    # --- everything else --------------------------------------------------------------------------

    def fact(self, name: str) -> str:
        """A fact."""
        return self.line("value", "facts", self.rows("facts", id=name), ("value",))

    def fact_date(self, name: str) -> str:
        """The date at which a fact held."""
        return self.line("value", "facts", self.rows("facts", id=name), ("as_of",))

    def relevance(self, theme: str) -> str:
        """The rating of a policy priority."""
        return self.line("value", "relevance", self.rows("relevance", theme=theme), ("rating",))

    def relevances(self) -> str:
        """How many policy priorities were rated so."""
        rows = range(FIRST_ROW, FIRST_ROW + len(self.card.tables["relevance"]))
        return self.line("count", "relevance", rows, ("rating",))

    def theme(self, name: str) -> str:
        """The title of a policy priority."""
        return self.line("title", "themes", self.rows("themes", id=name))

    def donor(self, name: str) -> str:
        """The name of a donor."""
        return self.line("title", "donors", self.rows("donors", id=name))

    @functools.cached_property
    def _scored(self) -> dict[str, list[int]]:
        """Rows of scores by every code that they are a part of."""
        found: dict[str, list[int]] = {}
        frame = self.card.tables["scores"]
        own = self.card.assessment.id if self.card.assessment else ""
        pairs = zip(frame["assessment"].tolist(), frame["code"].tolist(), strict=True)
        for number, (assessment, code) in enumerate(pairs, FIRST_ROW):
            if assessment == own:
                for above in itertools.accumulate(str(code).split(".")[:-1], "{}.{}".format):
                    found.setdefault(above, []).append(number)
        return found

    def _scores(self, code: str) -> list[int]:
        """Rows with the score of an indicator, or of the parts that it is the mean of."""
        if self.card.assessment is None:
            return []
        own = self.rows("scores", assessment=self.card.assessment.id, code=code)
        return own or self._scored.get(code, [])

    def indicator(self, code: str) -> str:
        """The title of an indicator, and where it stands in its framework."""
        framework = self.card.assessment.framework if self.card.assessment else ""
        return self.line("title", "frameworks", self.rows("frameworks", framework=framework, code=code))

    def score(self, code: str, band: str = "") -> str:
        """The score of an indicator, and the band it falls in."""
        if self.card.assessment is None:
            return ""
        scores = self._scores(code)
        bands = self.rows("bands", framework=self.card.assessment.framework, band=band) if band else []
        how = "value" if len(scores) == 1 else "mean"
        return self.line(how, "scores", scores, ("score",), bands=bands)

    def scores(self) -> str:
        """How many indicators were scored so."""
        if self.card.assessment is None:
            return ""
        return self.line(
            "count", "scores", self.rows("scores", assessment=self.card.assessment.id), ("score",)
        )

    def assessment(self) -> str:
        """The assessment itself."""
        if self.card.assessment is None:
            return self.scorecard("assessment")
        return self.line("value", "assessments", self.rows("assessments", id=self.card.assessment.id))

    def scorecard(self, column: str) -> str:
        """What the row of the scorecard itself says."""
        return self.line("value", "scorecards", self.rows("scorecards", year=self.card.year), (column,))

    def source(self, name: str) -> str:
        """A source."""
        return self.line("title", "sources", self.rows("sources", id=name))
