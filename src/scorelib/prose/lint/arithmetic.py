"""Numbers of a sentence held against each other: growth, sums, parts, ranks; imports claims.

Each relation is worked out over intervals, so that rounding alone never breaks one.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from scorelib.prose.lint.numerals import INFINITE, Interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scorelib.prose.lint.claim import Claim

__all__ = ["Relation", "relations"]

HUNDRED = Decimal(100)
MOST_PARTS = 6
"""Parts of a sum beyond which not every choice of them is tried."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A number that follows from others of its sentence, or should.

    Parameters
    ----------
    claim
        The number.
    parts
        What it follows from.
    holds
        Whether it does.
    comes_to
        Where it would lie if it did.
    rule
        How it follows, in words.
    """

    claim: Claim
    parts: tuple[Claim, ...]
    holds: bool
    comes_to: Interval
    rule: str


def relations(claims: Sequence[Claim], before: Sequence[Claim] = ()) -> list[Relation]:
    """The relations between the numbers of a sentence.

    Parameters
    ----------
    claims
        Its numbers.
    before
        Those of the sentence before, for one that goes on from it: *that is a rise of 40%*.
    """
    finder = _Finder(claims, before)
    return [*finder.growths(), *finder.sums(), *finder.parts(), *finder.rests(), *finder.ranks()]


class _Finder:
    def __init__(self, claims: Sequence[Claim], before: Sequence[Claim]) -> None:
        self.claims = claims
        self.before = before
        self.amounts = [claim for claim in claims if claim.quantity.kind == "amount"]

    # --- growth ---------------------------------------------------------------------------------

    def growths(self) -> Iterator[Relation]:
        """A growth beside the two amounts, or a change in points beside the two percentages."""
        for claim in self.claims:
            kind = {"growth": "amount", "points": "percent"}.get(claim.role)
            if kind is None or claim.quantity.computed:
                continue
            pair = self._ends(kind, claim) or self._compared(claim)
            if pair is None:
                continue
            comes_to = _rate(*pair) if claim.role == "growth" else _change(*pair)
            if comes_to is None:
                continue
            stated = claim.interval
            if claim.role == "points":
                size = [abs(comes_to.low), abs(comes_to.high)]
                comes_to = Interval(min(size), max(size))
            yield Relation(
                claim, pair, stated.meets(comes_to), comes_to, "the growth from the first to the second"
            )

    def _ends(self, kind: str, growth: Claim) -> tuple[Claim, Claim] | None:
        """What stands after *from* and after *to*."""
        alike = [each for each in self.claims if each.quantity.kind == kind and each is not growth]
        if not alike and growth.context.has("pronoun"):
            alike = [each for each in self.before if each.quantity.kind == kind]
        for one, two in itertools.pairwise(alike):
            begins = one.context.before_hedge(one.quantity, "from")
            if (
                begins
                and two.context.before_hedge(two.quantity, "to")
                and one.quantity.unit == two.quantity.unit
            ):
                return one, two
        return None

    def _compared(self, growth: Claim) -> tuple[Claim, Claim] | None:
        """The two amounts of *with A, 40% more than the B of 2022*: what it grew from, and to."""
        if growth.role != "growth" or len(self.amounts) != 2:
            return None
        for base, other in (self.amounts, self.amounts[::-1]):
            if base.context.before_hedge(base.quantity, "since"):
                return base, other
        return None

    # --- sums -----------------------------------------------------------------------------------

    def sums(self) -> Iterator[Relation]:
        """A total beside its parts, and parts that are more than what they are part of."""
        for claim in self.amounts:
            if claim.role == "sum" and not claim.quantity.computed:
                yield from self._sum(claim)
        yield from self._which()

    def _sum(self, claim: Claim) -> Iterator[Relation]:
        parts = [
            each
            for each in self.amounts
            if each is not claim and each.quantity.unit == claim.quantity.unit and each.role == "level"
        ]
        if not 2 <= len(parts) <= MOST_PARTS:
            return
        for size in range(len(parts), 1, -1):
            for chosen in itertools.combinations(parts, size):
                total = _total(chosen)
                if total.meets(claim.interval):
                    yield Relation(claim, chosen, holds=True, comes_to=total, rule="the sum of the parts")
                    return
        yield Relation(claim, tuple(parts), holds=False, comes_to=_total(parts), rule="the sum of the parts")

    def _which(self) -> Iterator[Relation]:
        """*A, of which B*: B is no more than A."""
        for one, two in itertools.pairwise(self.amounts):
            context = two.context
            between = range(one.quantity.last, two.quantity.first)
            if not any(context.tags.at("which", index) for index in between):
                continue
            if one.quantity.unit != two.quantity.unit or two.quantity.computed:
                continue
            most = Interval(-INFINITE, one.interval.high)
            if not most.meets(two.interval):
                yield Relation(two, (one,), holds=False, comes_to=most, rule="a part of the amount before it")

    # --- parts ----------------------------------------------------------------------------------

    def parts(self) -> Iterator[Relation]:
        """A percentage beside the two amounts that it relates."""
        for claim in self.claims:
            if claim.role not in ("part", "share") or claim.quantity.computed:
                continue
            pairs = list(itertools.permutations(self.amounts, 2))
            shares = [(pair, share) for pair in pairs if (share := _share(*pair)) is not None]
            linked = claim.role == "part" or self._linked()
            if not shares or not linked:
                continue
            fitting = next(((pair, share) for pair, share in shares if share.meets(claim.interval)), None)
            pair, share = fitting or shares[0]
            rule = "the first as a share of the second"
            yield Relation(claim, pair, holds=fitting is not None, comes_to=share, rule=rule)

    def _linked(self) -> bool:
        """Whether two amounts stand as *A of B*."""
        for one, two in itertools.pairwise(self.amounts):
            context = one.context
            gap = range(one.quantity.last, two.quantity.first)
            if len(gap) <= 4 and any(context.text(index) in {"van", "of"} for index in gap):
                return True
        return False

    def rests(self) -> Iterator[Relation]:
        """*The remaining 53%* beside the percentages that leave it."""
        percents = [claim for claim in self.claims if claim.quantity.kind == "percent"]
        for claim in percents:
            if claim.quantity.computed or not claim.context.before_hedge(claim.quantity, "rest"):
                continue
            others = tuple(each for each in percents if each is not claim)
            if not others:
                continue
            total = _total(others)
            comes_to = Interval(HUNDRED - total.high, HUNDRED - total.low)
            rule = "what the others leave of 100%"
            yield Relation(claim, others, comes_to.meets(claim.interval), comes_to, rule)

    # --- ranks ----------------------------------------------------------------------------------

    def ranks(self) -> Iterator[Relation]:
        """A higher rank goes with a larger amount, where each amount stands beside its rank."""
        pairs = [pair for claim in self.claims if claim.role == "rank" and (pair := self._ranked(claim))]
        for (one, first), (two, second) in itertools.combinations(pairs, 2):
            if one.measures and two.measures and one.measures[0].years != two.measures[0].years:
                continue
            higher, lower = (first, second) if one.interval.high < two.interval.low else (second, first)
            if one.interval.meets(two.interval) or higher.interval.high >= lower.interval.low:
                continue
            claim = two if not two.quantity.computed else one
            if not claim.quantity.computed:
                bounds = Interval(Decimal(1), INFINITE)
                yield Relation(
                    claim, (first, second), holds=False, comes_to=bounds, rule="order of the amounts"
                )

    def _ranked(self, rank: Claim) -> tuple[Claim, Claim] | None:
        donors = {measure.donor for measure in rank.measures}
        for amount in self.amounts:
            if amount.measures and donors & {measure.donor for measure in amount.measures} - {""}:
                return rank, amount
        return None


def _total(claims: Sequence[Claim]) -> Interval:
    return Interval(
        sum((claim.interval.low for claim in claims), Decimal(0)),
        sum((claim.interval.high for claim in claims), Decimal(0)),
    )


def _finite(*intervals: Interval) -> bool:
    return all(each.low.is_finite() and each.high.is_finite() for each in intervals)


def _rate(before: Claim, after: Claim) -> Interval | None:
    """Growth in hundredths from one amount to another."""
    one, two = before.interval, after.interval
    if not _finite(one, two) or one.low <= 0 or two.low <= 0:
        return None
    return Interval((two.low / one.high - 1) * HUNDRED, (two.high / one.low - 1) * HUNDRED)


def _change(before: Claim, after: Claim) -> Interval | None:
    one, two = before.interval, after.interval
    if not _finite(one, two):
        return None
    return Interval(two.low - one.high, two.high - one.low)


def _share(part: Claim, whole: Claim) -> Interval | None:
    """One amount in hundredths of another that is larger."""
    one, two = part.interval, whole.interval
    if part.quantity.unit != whole.quantity.unit or not _finite(one, two):
        return None
    if one.low <= 0 or two.low <= 0 or one.low > two.high:
        return None
    return Interval(one.low / two.high * HUNDRED, one.high / two.low * HUNDRED)
