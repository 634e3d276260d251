"""What a percentage is a part of: the share's numerator and its whole, if it is named; imports subjects.

*97% is earmarked* says nothing until it says 97% of what. Of contributions and of all revenue are both
named wholes; *resources* or *funding* may be either, so they name none where the two differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scorelib.prose.lint.measures import Measure

if TYPE_CHECKING:
    from scorelib.prose.lint.context import Context, Near
    from scorelib.prose.lint.quantities import Quantity
    from scorelib.prose.lint.subjects import Subjects
    from scorelib.prose.lint.words import Tag

__all__ = ["Found", "shares"]

PHRASE = 7
"""Tokens of the longest phrase from *of* to the noun that names a whole."""
NARROW = ("earmarked", "unearmarked")
KINDS = ("unearmarked", "earmarked", "assessed", "voluntary")
WHOLES = ("contributions", "income", "vague")
NAMED = ("contributions", "revenue")


class Found(NamedTuple):
    """What a percentage may be a share of.

    Parameters
    ----------
    measures
        The shares that it may be.
    firm
        Whether it must be one of them.
    unnamed
        Whether its whole is not named.
    of_amounts
        Whether part and whole are amounts in the sentence itself.
    """

    measures: tuple[Measure, ...] = ()
    firm: bool = False
    unnamed: bool = False
    of_amounts: bool = False


class _Whole(NamedTuple):
    kind: str
    """``contributions``, ``income``, ``vague``, ``governments`` or ``donor``."""
    first: int
    last: int
    """Tokens of the phrase that names it, from *of* on."""


def shares(quantity: Quantity, context: Context, subjects: Subjects, year: int) -> Found:
    """What a percentage in a sentence is a share of."""
    reader = _Reader(quantity, context, subjects, year)
    whole = reader.whole()
    if whole is None or whole.kind == "vague":
        if reader.of_amounts():
            return Found(of_amounts=True)
        return reader.unnamed(whole)
    match whole.kind:
        case "governments":
            return reader.of_governments(whole)
        case "donor":
            return reader.of_donor(whole)
    return reader.of_organisation(whole)


class _Reader:
    def __init__(self, quantity: Quantity, context: Context, subjects: Subjects, year: int) -> None:
        self.quantity = quantity
        self.context = context
        self.subjects = subjects
        self.year = year
        self.organisation = subjects.organisations(quantity)[0]

    # --- the whole ------------------------------------------------------------------------------

    def whole(self) -> _Whole | None:
        """The nearest phrase that names a whole."""
        context = self.context
        found = []
        for tag in context.tags.of("contributions", "income", "vague", "governments", "contribute"):
            first = self._of(tag.first)
            kind = self._kind(tag, first) if first is not None else ""
            if first is not None and kind:
                cost = context.cost(self.quantity, first, tag.last)
                found.append((cost, -tag.last, _Whole(kind, first, tag.last)))
        if context.before_hedge(self.quantity, "portion"):
            # *De inkomsten bestaan voor 18% uit …*
            before = [tag for tag in context.tags.of(*WHOLES) if tag.last <= self.quantity.first]
            found += [(0.0, -tag.last, _Whole(tag.kind, tag.first, tag.last)) for tag in before[-1:]]
        return min(found)[2] if found else None

    def _of(self, noun: int) -> int | None:
        """The token *of* to which a noun belongs; None if it belongs to none."""
        context = self.context
        for index in range(noun, max(0, noun - PHRASE), -1):
            if context.tags.until("of", index):
                return index - 1
            if context.text(index - 1) in {",", ";", "(", ")", ":"} or self._within(index - 1):
                return None
        return None

    def _within(self, index: int) -> bool:
        return self.quantity.first <= index < self.quantity.last

    def _kind(self, tag: Tag, first: int) -> str:
        """Sort of whole; empty if the noun is none."""
        context = self.context
        donors = [each for each in context.donors if first <= each.first < tag.last + 3]
        if (
            tag.kind == "contribute"
            and context.donors
            and any(context.text(index) in POSSESSIVE for index in range(first, tag.first))
        ):
            return "donor"
        if tag.kind == "contribute":
            singular = not context.tags.at("contributions", tag.first)
            return "donor" if donors and singular and context.text(tag.first) in SINGULAR else ""
        if tag.kind == "contributions":
            if donors:
                return "donor"
            governments = any(context.tags.at("governments", index) for index in range(first, tag.last + 4))
            return "governments" if governments else "contributions"
        return tag.kind

    def _bases(self, whole: _Whole) -> tuple[str, ...]:
        """Kinds that belong to the whole: those within its phrase, and after *what governments*."""
        beyond = whole.last + (5 if whole.kind == "governments" else 0)
        found = {
            str(tag.value)
            for tag in self.context.tags.of("kind")
            if whole.first <= tag.first < beyond and tag.value in ("voluntary", "assessed")
        }
        if len(found) == 1:
            return tuple(found)
        return ("total",) if found else ()

    def numerator(self, whole: _Whole | None) -> str:
        """The kind of money that the share is, such as earmarked; empty if no word says."""
        words = self.subjects.kind_words(self.quantity)
        for near in words:
            if near.value == "voluntary" and any(
                each.value in NARROW and abs(each.first - near.first) <= 2 for each in words
            ):
                # *Earmarked voluntary contributions* are earmarked before all.
                continue
            inside = whole is not None and whole.first <= near.first < whole.last
            general = near.value == "voluntary" and whole is not None and whole.kind == "governments"
            if not inside and not general:
                return str(near.value)
        return ""

    def donor(self, whole: _Whole | None) -> tuple[str, ...]:
        """The donors whose share it is."""
        found = self.subjects.donors(self.quantity)
        if whole is None or found:
            return found
        return self.subjects.topic

    # --- shares of each sort of whole -----------------------------------------------------------

    def of_governments(self, whole: _Whole) -> Found:
        donors = self.donor(whole)
        bases = self._bases(whole) or self.subjects.both_bases()
        measures = tuple(
            Measure(
                "share",
                self.organisation,
                "donor",
                donor,
                (self.year,),
                basis,
                f"{basis} contributions of all governments",
            )
            for donor in donors
            for basis in bases
        )
        return Found(measures, firm=bool(donors))

    def of_donor(self, whole: _Whole) -> Found:
        kind = self.numerator(whole)
        donors = self.subjects.donors(self.quantity)
        if kind not in ("earmarked", "unearmarked", "assessed"):
            return Found()
        bases = self._bases(whole) or self.subjects.both_bases()
        measures = tuple(
            Measure(
                "share",
                self.organisation,
                "donor",
                donor,
                (self.year,),
                kind,
                f"{basis} contribution of {donor}",
            )
            for donor in donors
            for basis in bases
        )
        return Found(measures, firm=True)

    def of_organisation(self, whole: _Whole) -> Found:
        kind = self.numerator(whole)
        if not kind and self.context.beside(self.quantity, "namely", 2):
            return Found(tuple(self._part(each, self._named(whole)) for each in KINDS))
        if not kind:
            return self._donor_of_organisation(whole)
        return Found((self._part(kind, self._named(whole)),), firm=True)

    def _named(self, whole: _Whole) -> str:
        """The whole as measures name it."""
        if whole.kind == "income":
            return "revenue"
        return "voluntary contributions" if self._bases(whole) == ("voluntary",) else "contributions"

    def _part(self, kind: str, whole: str) -> Measure:
        return Measure("share", self.organisation, years=(self.year,), kind=kind, whole=whole)

    def _donor_of_organisation(self, whole: _Whole) -> Found:
        of = "revenue" if whole.kind == "income" else "contributions"
        measures = tuple(
            Measure("share", self.organisation, "donor", donor, (self.year,), basis, of)
            for donor in self.subjects.donors(self.quantity)
            for basis in self.subjects.both_bases()
        )
        return Found(measures)

    # --- no whole -------------------------------------------------------------------------------

    def of_amounts(self) -> bool:
        """Whether a percentage sums up two amounts beside it: *59,0 van de 62,2, ofwel 95%*."""
        bracketed = self.context.text(self.context.opens(self.quantity) - 1) == "("
        return self._amounts() >= 2 and (bracketed or self.context.beside(self.quantity, "namely", 2))

    def _amounts(self) -> int:
        return sum(each.kind == "amount" for each in self.context.quantities)

    def _of_amount(self) -> bool:
        """Whether an amount is the whole: *of the USD 60 million, 96%*."""
        amounts = [
            each
            for each in self.context.quantities
            if each.kind == "amount" and not self.context.is_start(each)
        ]
        return any(
            self.context.tags.until("of", index)
            for each in amounts
            for index in (each.first, each.first - 1, self.context.opens(each))
        )

    def _belongs_to_other(self, word: Near) -> bool:
        """Whether another percentage is nearer to a word: *3% is free, while 96% is earmarked*."""
        return any(
            each.kind == "percent"
            and each is not self.quantity
            and self.context.cost(each, word.first, word.last) < word.cost
            for each in self.context.quantities
        )

    def unnamed(self, whole: _Whole | None) -> Found:
        """A share of something that is not said, or not clearly."""
        if self._of_amount():
            return Found(of_amounts=self._amounts() >= 2)
        kind = self.numerator(whole) or self.numerator(None)
        words = self.subjects.kind_words(self.quantity)
        if words and self._belongs_to_other(words[0]):
            return Found()
        near = next((each.cost for each in words), 99.0)
        said = self.context.nearest(self.quantity, "share")
        if kind in ("earmarked", "unearmarked", "assessed") and (whole is not None or near <= 8):
            return Found(tuple(self._part(kind, each) for each in NAMED), unnamed=True)
        if whole is None and said <= 4 and (donors := self.subjects.donors(self.quantity)):
            wholes = (
                *(f"{basis} contributions of all governments" for basis in self.subjects.both_bases()),
                *NAMED,
            )
            basis = self.subjects.both_bases()[0]
            measures = tuple(
                Measure("share", self.organisation, "donor", donor, (self.year,), basis, each)
                for donor in donors
                for each in wholes
            )
            return Found(measures, unnamed=True)
        return Found()


POSSESSIVE = {"zijn", "haar", "hun", "diens", "its", "their", "whose"}
SINGULAR = {"bijdrage", "contribution", "steun", "support"}
