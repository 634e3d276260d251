"""Whose money a number is, and of which kind, by the words near it; imports context."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from scorelib.prose.lint.context import FAR
from scorelib.scoring.funding import BASES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scorelib.prose.lint.context import Context, Near
    from scorelib.prose.lint.quantities import Quantity
    from scorelib.prose.lint.words import Tag

__all__ = ["LOOSE", "Reading", "Subject", "Subjects"]

MARGIN = 1.0
"""How much farther than the nearest a word may be and still be meant."""
CLOSE, LOOSE = 4, 9
"""Within the first, a kind surely belongs to a number; beyond the second, it surely does not."""
WITHIN = 14
"""Distance within which a verb such as *gave* says whose money a number is."""
GIVING = (
    "contribute",
    "contributions",
    "donors",
    "governments",
    "kind",
    "largest",
    "rank",
    "rank_verb",
    "up",
    "down",
    "more",
    "less",
)
"""Words of which one says that an amount beside a donor is what it gave; it may be of a single project."""
LARGEST = {"grootste", "largest", "biggest", "top"}
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


@dataclass(frozen=True)
class Subjects:
    """Finds subject and kind of the numbers of a sentence.

    Parameters
    ----------
    context
        The sentence.
    topic
        The donors that the block spoke of last.
    """

    context: Context
    topic: tuple[str, ...]

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
        start = self.context.opens(quantity)
        for kind in ("up", "down"):
            # As in *up 14%* and *(+28%)*; elsewhere these words have other meanings.
            if context.tags.until(f"beside_{kind}", start):
                found.append((0, kind))
        return sorted(found)

    def direction_cost(self, quantity: Quantity) -> float:
        """Distance of the nearest word of growth or decline."""
        return next((cost for cost, _ in self._directions(quantity)), FAR)

    def declines(self, quantity: Quantity) -> bool:
        """Whether the nearest such word says that something declines."""
        return next((kind in ("down", "less") for _, kind in self._directions(quantity)), False)

    def level_of_change(self, quantity: Quantity) -> bool:
        """Whether a percentage is an end of a change, not its size: *from 74% to 76%*."""
        return self.context.before_hedge(quantity, "to") or self.context.is_start(quantity)

    # --- kinds ----------------------------------------------------------------------------------

    def both_bases(self) -> tuple[str, ...]:
        """The basis of the report, and the other one that a text may mean."""
        other = "total" if self.context.setting.basis == "voluntary" else "voluntary"
        return (self.context.setting.basis, other)

    def kind_words(self, quantity: Quantity) -> list[Near]:
        """Words of a kind of money by their distance; *not earmarked* is unearmarked."""
        context = self.context
        found = []
        tags = list(context.tags.of("kind"))
        longest = [tag for tag in tags if not any(_within(tag, other) for other in tags)]
        for near in context.near(quantity, longest):
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
        if (own := self._in_turn(quantity, given)) is not None:
            return (own,)
        if context.has("each"):
            return tuple(dict.fromkeys(str(each.value) for each in near))
        return tuple(dict.fromkeys(str(each.value) for each in near if each.cost <= near[0].cost + MARGIN))

    def _in_turn(self, quantity: Quantity, given: Sequence[Tag]) -> str | None:
        """The donor of a number in *Norway, Italy and Greece gave 51, 49 and 41 million*."""
        names = sorted(given, key=lambda tag: tag.first)
        alike = [each for each in self.context.quantities if each.kind == quantity.kind]
        if len(names) < 2 or len(alike) < len(names) or alike[0].first < names[-1].last:
            return None
        row = alike[: len(names)]
        listed = all(
            two.first - one.last <= 2 and self._separated(one.last, two.first)
            for pairs in (itertools.pairwise(names), itertools.pairwise(row))
            for one, two in pairs
        )
        return str(names[row.index(quantity)].value) if listed and quantity in row else None

    def _separated(self, first: int, last: int) -> bool:
        """Whether nothing but commas and *and* stands between two tokens."""
        between = range(first, last)
        return all(
            self.context.text(index) == "," or self.context.tags.at("conjunction", index) for index in between
        )

    def _is_place(self, first: int) -> bool:
        """Whether a country is where something is or goes to: *for Yemen*."""
        index = first - 1
        while self.context.text(index) in SKIPPED:
            index -= 1
        return index >= 0 and self.context.tags.at("place", index) is not None

    def is_compared(self, quantity: Quantity) -> bool:
        """Whether the donor nearest to a number is only what another is held against: *ahead of Japan*."""
        near = self.context.near(quantity, self.context.donors)
        return bool(near) and self._follows("compare", near[0].first)

    def _follows(self, kind: str, first: int) -> bool:
        """Whether a word of a kind stands before a name and its article."""
        index = first
        while self.context.text(index - 1) in SKIPPED:
            index -= 1
        return self.context.tags.until(kind, index) is not None

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
            without = any(self._follows("excluding", tag.first) for tag in context.donors)
            return Subject(tuple(readings), firm=not without)
        if donor < FAR and donor <= received:
            return self._given(quantity, organisation)
        budget = context.nearest(quantity, "budget")
        said = context.nearest(quantity, "receive", "contribute")
        if min(received, budget) < FAR or said <= WITHIN:
            kinds = self.kinds(quantity, within=LOOSE, default=("",))
            if received >= FAR and kinds == ("",):
                kinds = ("", "total")
            readings = [Reading(organisation, "organisation", "", kind) for kind in kinds]
            # A budget is no revenue, and *the contribution* may be anyone's: these may differ.
            plain = context.has("receive", "contributions", "kind") or min(received, budget) < FAR
            firm = plain and min(received, context.nearest(quantity, "receive")) <= budget
            return Subject(tuple(readings), firm=firm)
        return None

    def _given(self, quantity: Quantity, organisation: str) -> Subject:
        kinds = self.kinds(quantity, within=LOOSE, default=self.both_bases())
        readings = [
            Reading(organisation, "donor", donor, kind)
            for donor, kind in itertools.product(self.donors(quantity), kinds)
        ]
        return Subject(tuple(readings), firm=self.context.has(*GIVING) or self.in_brackets(quantity))

    def in_brackets(self, quantity: Quantity) -> bool:
        """Whether a number stands in brackets behind a donor: *Germany (USD 272 million)*."""
        opens = self.context.opens(quantity) - 1
        return self.context.text(opens) == "(" and any(tag.last == opens for tag in self.context.donors)

    def several(self, quantity: Quantity, year: int, *, together: bool) -> tuple[Reading, ...]:
        """Several donors whose money is taken together; none if each has an amount of its own."""
        context = self.context
        kinds = self.kinds(quantity, within=LOOSE, default=self.both_bases())
        organisation = self.organisations(quantity)[0]
        if largest := self._largest(quantity):
            return tuple(
                Reading(organisation, "donor", ",".join(self._first(largest, year, kind)), kind)
                for kind in kinds
            )
        if not together:
            return ()
        given = [tag for tag in context.donors if not self._is_place(tag.first)]
        donors = list(dict.fromkeys(str(tag.value) for tag in given))
        amounts = [each for each in context.quantities if each.kind == "amount"]
        if len(donors) < 2 or len(amounts) > 2 or self._governments(quantity) < FAR:
            return ()
        listed = [
            donor
            for donor in donors
            if any(tag.value == donor and tag.last <= self.context.opens(quantity) for tag in context.donors)
        ]
        names = ",".join(sorted(listed if len(listed) > 1 else donors))
        return tuple(Reading(organisation, "donor", names, kind) for kind in kinds)

    def _largest(self, quantity: Quantity) -> int:
        """How many donors *the three largest donors* are; 0 if the sentence speaks of none such."""
        context = self.context
        for each in context.quantities:
            following = range(each.last, each.last + 2)
            counted = each.kind == "count" and context.text(each.last) in LARGEST
            if counted and any(context.tags.at("donors", index) for index in following):
                return int(each.value) if context.cost(quantity, each.first, each.last) <= WITHIN else 0
        return 0

    def _first(self, count: int, year: int, kind: str) -> list[str]:
        """The largest donors of a year."""
        known = self.context.setting.known
        ranked = known.positions(year, kind) if kind in BASES else {}
        return [donor for donor, _ in sorted(ranked.items(), key=lambda each: each[1].rank)][:count]

    def _governments(self, quantity: Quantity) -> float:
        """Distance of *all governments together*, or of what governments gave."""
        context = self.context
        found = [
            context.cost(quantity, tag.first, tag.last)
            for tag in context.tags.of("governments")
            if context.has("all") or not self._among(tag.first)
        ]
        return min(found, default=FAR)

    def _among(self, first: int) -> bool:
        """Whether governments are only those among whom a donor stands."""
        return self._follows("among", first)


def _within(tag: Tag, other: Tag) -> bool:
    """Whether a phrase is part of a longer one: *earmarking* of *without earmarking*."""
    longer = other.last - other.first > tag.last - tag.first
    return longer and other.first <= tag.first and tag.last <= other.last
