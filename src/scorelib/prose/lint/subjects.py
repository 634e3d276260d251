"""Whose number it is, of which years and of which kind, by the words near it; imports context."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from scorelib.prose.lint.context import FAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scorelib.prose.lint.context import Context, Near
    from scorelib.prose.lint.marks import Year
    from scorelib.prose.lint.quantities import Quantity

__all__ = ["Reading", "Subject", "Subjects", "Years"]

MARGIN = 1.0
"""How much farther than the nearest a word may be and still be meant."""
CLOSE, LOOSE = 4, 9
"""Within the first, a kind surely belongs to a number; beyond the second, it surely does not."""
SKIPPED = {"de", "het", "een", "the", "a", "an"}


class Reading(NamedTuple):
    """One way to read whose money a number is."""

    organisation: str
    of: Literal["donor", "organisation", "governments"]
    donor: str
    kind: str


class Subject(NamedTuple):
    """The ways to read whose money a number is, and whether it must be one of them."""

    readings: tuple[Reading, ...]
    firm: bool


class Years(NamedTuple):
    """First and last year, and whether the text names them."""

    first: int
    last: int
    dated: bool


@dataclass(frozen=True)
class Subjects:
    """Finds subject, years and kind of the numbers of a sentence.

    Parameters
    ----------
    context
        The sentence.
    year, topic
        The year and the donors that the block spoke of last.
    """

    context: Context
    year: int | None
    topic: tuple[str, ...]

    # --- words beside a number ------------------------------------------------------------------

    def start(self, quantity: Quantity) -> int:
        """The first token of a number with its hedge."""
        first = quantity.first
        while tag := self.context.tags.until("hedge", first):
            if tag.value == "plain" and self.context.tags.until("of", first):
                return first
            first = tag.first
        return first

    def before_hedge(self, quantity: Quantity, kind: str) -> bool:
        """Whether a word of a kind stands directly before a number and its hedge."""
        return self.context.tags.until(kind, self.start(quantity)) is not None

    def beside(self, quantity: Quantity, kind: str, within: int) -> bool:
        """Whether a word of a kind stands directly before or after a number."""
        context = self.context
        start = self.start(quantity)
        before = any(context.tags.until(kind, index) for index in range(start, start - within, -1))
        return before or any(
            context.tags.at(kind, index) for index in range(quantity.last, quantity.last + within)
        )

    def follows_of(self, quantity: Quantity) -> bool:
        """Whether a percentage is of something: *97% van*."""
        return self.context.text(quantity.last) in {"van", "of"}

    # --- direction ------------------------------------------------------------------------------

    def _directions(self, quantity: Quantity) -> list[tuple[float, str]]:
        """Words of growth and decline by their distance."""
        context = self.context
        found = [
            (context.cost(quantity, tag.first, tag.last), tag.kind)
            for tag in context.tags.of("up", "down", "more", "less")
        ]
        if context.has("take"):
            # As in *nam in 2022 met 11% af*.
            found += [
                (context.nearest(quantity, "take", tag.kind), tag.kind.removeprefix("particle_"))
                for tag in context.tags.of("particle_up", "particle_down")
            ]
        return sorted(found)

    def direction_cost(self, quantity: Quantity) -> float:
        """Distance of the nearest word of growth or decline."""
        return next((cost for cost, _ in self._directions(quantity)), FAR)

    def declines(self, quantity: Quantity) -> bool:
        """Whether the nearest such word says that something declines."""
        return next((kind in ("down", "less") for _, kind in self._directions(quantity)), False)

    def level_of_change(self, quantity: Quantity) -> bool:
        """Whether a percentage is an end of a change, not its size: *from 74% to 76%*."""
        return self.before_hedge(quantity, "to") or (
            self.before_hedge(quantity, "from")
            and any(
                other.kind == quantity.kind
                and other.first > quantity.first
                and self.before_hedge(other, "to")
                for other in self.context.quantities
            )
        )

    # --- years ----------------------------------------------------------------------------------

    def moved(self) -> int | None:
        """The year that *a year earlier* and the like lead to from the one spoken of."""
        if self.year is None:
            return None
        for kind, step in (("previous", -1), ("next", 1), ("same", 0)):
            if self.context.has(kind):
                return self.year + step
        return None

    def _is_base(self, year: Year) -> bool:
        """Whether a year is what something is compared with: *than in 2022*."""
        return self.context.tags.until("since", year.first) is not None

    def _mentions(self, quantity: Quantity) -> list[tuple[float, int, int]]:
        """Years that a number may be of, the nearest first."""
        context = self.context
        found = [
            (context.cost(quantity, year.first, year.last), year.start, year.end)
            for year in context.marks.years
            if not self._is_base(year)
        ]
        for kind, step in (("previous", -1), ("next", 1), ("same", 0)):
            for tag in context.tags.of(kind):
                anchor = self._anchor(tag.first)
                if anchor is not None and not context.tags.until("since", tag.first):
                    cost = context.cost(quantity, tag.first, tag.last)
                    found.append((cost, anchor + step, anchor + step))
        return sorted(found)

    def _anchor(self, token: int) -> int | None:
        """The year spoken of last before a token."""
        before = [year.end for year in self.context.marks.years if year.last <= token]
        return before[-1] if before else self.year

    def years(self, quantity: Quantity) -> Years:
        """The year that a number is of; a run of years has a first and a last."""
        listed = self._respectively(quantity)
        if listed is not None:
            return Years(listed, listed, dated=True)
        mentions = self._mentions(quantity)
        if not mentions:
            mentions = [(0, year.start, year.end) for year in self.context.marks.years]
        if mentions:
            _, first, last = mentions[0]
            return Years(first, last, dated=True)
        if self.year is not None:
            return Years(self.year, self.year, dated=True)
        default = self.context.setting.data_year
        return Years(default, default, dated=False)

    def _respectively(self, quantity: Quantity) -> int | None:
        """The year of a number in *in 2021, 2022 and 2023 … respectively*."""
        if not self.context.has("respectively"):
            return None
        alike = [each for each in self.context.quantities if each.kind == quantity.kind]
        single = [year for year in self.context.marks.years if year.start == year.end]
        return single[alike.index(quantity)].start if len(alike) == len(single) else None

    def span(self, quantity: Quantity) -> Years | None:
        """The two years that a change lies between; None if the text leaves them open."""
        context = self.context
        runs = [year for year in context.marks.years if year.start != year.end]
        if runs:
            nearest = min(runs, key=lambda year: context.cost(quantity, year.first, year.last))
            return Years(nearest.start, nearest.end, dated=True)
        ordered = sorted(context.marks.years, key=lambda year: context.cost(quantity, year.first, year.last))
        singles = list(dict.fromkeys(year.start for year in ordered))
        if len(singles) >= 2:
            return Years(min(singles[:2]), max(singles[:2]), dated=True)
        if not singles:
            moved = self.moved()
            if moved is not None and self.year is not None:
                return Years(min(moved, self.year), max(moved, self.year), dated=True)
            return None
        year = singles[0]
        if self._is_base(ordered[0]):
            other = self.year if self.year is not None and self.year > year else None
            return Years(year, other or context.setting.data_year, dated=True)
        return Years(year - 1, year, dated=True)

    # --- kinds ----------------------------------------------------------------------------------

    def both_bases(self) -> tuple[str, ...]:
        """The basis of the report, and the other one that a text may mean."""
        other = "total" if self.context.setting.basis == "voluntary" else "voluntary"
        return (self.context.setting.basis, other)

    def kind_words(self, quantity: Quantity) -> list[Near]:
        """Words of a kind of money by their distance; *not earmarked* is unearmarked."""
        context = self.context
        found = []
        for near in context.near(quantity, context.tags.of("kind")):
            negated = near.value == "earmarked" and context.tags.until("not", near.first)
            found.append(near._replace(value="unearmarked") if negated else near)
        return found

    def kinds(self, quantity: Quantity, *, within: float, default: Sequence[str]) -> tuple[str, ...]:
        """The kinds that a number may be of; `default` stands for no word of a kind."""
        words = self.kind_words(quantity)
        if self._negated(quantity) and any(near.value == "earmarked" for near in words):
            return ("unearmarked",)
        if self._in_all(words):
            return ("total",)
        words = [near for near in words if near.cost <= within]
        if not words:
            return tuple(default)
        nearest = words[0]
        specific = [
            near
            for near in words
            if near.value != "voluntary" and nearest.value == "voluntary"
            if abs(near.first - nearest.first) <= 2 and near.value != "assessed"
        ]
        kind = str((specific or [nearest])[0].value)
        return (kind,) if nearest.cost <= CLOSE else tuple(dict.fromkeys([kind, *default]))

    def _negated(self, quantity: Quantity) -> bool:
        """Whether *was not* follows a number, so that it is the rest of what was earmarked."""
        following = range(quantity.last, quantity.last + 3)
        for index in following:
            if self.context.tags.at("kind", index):
                return False
            if self.context.tags.at("not", index):
                return not self.context.tags.at("kind", index + 1)
        return False

    def _in_all(self, words: Sequence[Near]) -> bool:
        """Whether assessed and voluntary money are taken together."""
        kinds = {near.value for near in words}
        if self.context.has("including") and "assessed" in kinds:
            return True
        pairs = itertools.permutations(words, 2)
        return any(
            {one.value, two.value} == {"assessed", "voluntary"}
            and one.last < two.first
            and two.first - one.last <= 2
            and any(self.context.tags.at("conjunction", index) for index in range(one.last, two.first))
            for one, two in pairs
        )

    # --- subjects -------------------------------------------------------------------------------

    def donors(self, quantity: Quantity) -> tuple[str, ...]:
        """The donors that a number may be of."""
        context = self.context
        given = [tag for tag in context.donors if not self._is_place(tag.first)]
        near = context.near(quantity, given)
        if not near:
            return ()
        if context.has("each"):
            return tuple(dict.fromkeys(str(each.value) for each in near))
        return tuple(dict.fromkeys(str(each.value) for each in near if each.cost <= near[0].cost + MARGIN))

    def _is_place(self, first: int) -> bool:
        """Whether a country is where something is or goes to: *for Yemen*."""
        index = first - 1
        while self.context.text(index) in SKIPPED:
            index -= 1
        return index >= 0 and self.context.tags.at("place", index) is not None

    def donor_cost(self, quantity: Quantity) -> float:
        """Distance of the nearest donor."""
        given = [tag for tag in self.context.donors if not self._is_place(tag.first)]
        return min((near.cost for near in self.context.near(quantity, given)), default=FAR)

    def organisations(self, quantity: Quantity) -> tuple[str, ...]:
        """The organisations that a number may be about."""
        own = self.context.setting.known.organisation
        near = self.context.near(quantity, self.context.organisations)
        if not near or any(each.value == own for each in near):
            return (own,)
        return (str(near[0].value),)

    def subject(self, quantity: Quantity) -> Subject | None:
        """Whose money a number is; None if nothing near it says."""
        context = self.context
        donor = self.donor_cost(quantity)
        received = context.nearest(quantity, "revenue")
        together = self._governments(quantity)
        organisation = self.organisations(quantity)[0]
        if together < FAR and together <= donor:
            kinds = self.kinds(quantity, within=LOOSE, default=self.both_bases())
            readings = [Reading(organisation, "governments", "", kind) for kind in kinds]
            return Subject(tuple(readings), firm=True)
        if donor < FAR and donor <= received:
            return self._given(quantity, organisation)
        budget = context.nearest(quantity, "budget")
        if min(received, budget) < FAR or context.has("receive", "contribute"):
            kinds = self.kinds(quantity, within=LOOSE, default=("",))
            if received >= FAR and kinds == ("",):
                kinds = ("", "total")
            readings = [Reading(organisation, "organisation", "", kind) for kind in kinds]
            # A budget is no revenue: one may differ from the other.
            return Subject(
                tuple(readings), firm=min(received, context.nearest(quantity, "receive")) <= budget
            )
        return None

    def _given(self, quantity: Quantity, organisation: str) -> Subject:
        kinds = self.kinds(quantity, within=LOOSE, default=self.both_bases())
        readings = [
            Reading(organisation, "donor", donor, kind)
            for donor, kind in itertools.product(self.donors(quantity), kinds)
        ]
        return Subject(tuple(readings), firm=True)

    def _governments(self, quantity: Quantity) -> float:
        """Distance of *all governments together*."""
        context = self.context
        if not context.has("all"):
            return FAR
        return context.nearest(quantity, "governments")
