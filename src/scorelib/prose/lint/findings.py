"""What the figure check tells: each verdict and relation that is wrong, in words; imports readings.

A finding says what was read, what it was compared with and where that stands, and how to mend or
accept it. A number is told of once: arithmetic explains more than a contradiction, and goes first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scorelib.errors import Diagnostic, Severity
from scorelib.prose.lint.measures import Datum, Measure, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scorelib.prose.lint.arithmetic import Relation
    from scorelib.prose.lint.claim import Claim
    from scorelib.prose.lint.context import Context
    from scorelib.prose.lint.numerals import Interval
    from scorelib.prose.lint.reading import Read
    from scorelib.prose.lint.verdicts import Verdict

__all__ = ["diagnostic", "findings", "quoted"]

SEVERITY: dict[str, Severity] = {
    "contradiction": "error",
    "arithmetic": "error",
    "unbacked": "warning",
    "stale": "warning",
    "language": "warning",
}
SHOWN = 3
"""Data that are shown beside a number; more of them are counted."""


def quoted(claim: Claim) -> str:
    """A number as it stands in the text."""
    quantity = claim.quantity
    start, end = claim.context.span(quantity.first, quantity.last)
    return " ".join(claim.context.source.text[start:end].split())


def diagnostic(
    context: Context,
    span: tuple[int, int],
    rule: str,
    *,
    problem: str,
    remedy: str,
    related: Iterable[str] = (),
) -> Diagnostic:
    """A finding about some tokens of a sentence, from the first to one beyond the last."""
    start, end = context.span(*span)
    place = context.source.place(start)
    text = context.source.text[start:end]
    return Diagnostic(
        file=place.file,
        line=place.line,
        column=place.column,
        severity=SEVERITY[rule],
        rule=rule,
        value=" ".join(text.split()),
        problem=problem,
        remedy=remedy,
        related=tuple(related),
        length=len(text.partition("\n")[0]),
    )


def findings(read: Read) -> Iterator[Diagnostic]:
    """What is wrong with the numbers of a sentence."""
    verdicts = {id(verdict.claim): verdict for verdict in read.verdicts}
    told: set[int] = set()
    for relation in read.relations:
        if id(relation.claim) in told or not _breaks(relation, verdicts):
            continue
        told.add(id(relation.claim))
        yield _arithmetic(relation)
    for verdict in read.verdicts:
        if id(verdict.claim) not in told and not read.follows(verdict.claim):
            yield from _judged(verdict)


def _breaks(relation: Relation, verdicts: dict[int, Verdict]) -> bool:
    """Whether a number does not follow from its parts, and it is the number that is wrong."""
    if relation.holds:
        return False
    agrees = verdicts[id(relation.claim)].state == "agrees"
    wrong_part = any(verdicts[id(part)].state == "differs" for part in relation.parts)
    return not agrees or not wrong_part


def _arithmetic(relation: Relation) -> Diagnostic:
    claim = relation.claim
    parts = " and ".join(f"‘{_shown(part)}’" for part in relation.parts)
    if relation.rule == "order of the amounts":
        problem = f"does not follow from the amounts beside it: {parts} are in another order"
    else:
        comes_to = _interval(relation.comes_to, claim)
        problem = f"does not follow from {parts}: {relation.rule} is {comes_to}"
    related = [str(_place(part)) for part in relation.parts]
    return _about(claim, "arithmetic", problem, _remedy(claim, "correct it or its parts"), related)


def _shown(claim: Claim) -> str:
    """A number as it stands, or the value of its placeholder."""
    if claim.quantity.computed:
        return f"{{{{ {claim.quantity.computed} }}}}"
    return quoted(claim)


def _place(claim: Claim) -> object:
    start, _ = claim.context.span(claim.quantity.first, claim.quantity.last)
    return claim.context.source.place(start)


def _judged(verdict: Verdict) -> Iterator[Diagnostic]:
    claim = verdict.claim
    match verdict.state:
        case "differs":
            problem = (
                f"is read as {_read(claim, verdict.data)}, but the data have {_data(verdict.data, claim)}"
            )
            problem += _hint(claim, verdict.data)
            remedy = _remedy(claim, _write(verdict.data))
            yield _about(claim, "contradiction", problem, remedy, _places(verdict.data))
        case "unnamed":
            shown = _data(verdict.data, claim)
            problem = f"is a share whose whole is not named, and wholes differ: {shown}"
            remedy = _remedy(claim, "say of what: of all contributions, of all revenue")
            yield _about(claim, "arithmetic", problem, remedy, _places(verdict.data))
        case "old":
            _, datum = verdict.data[0]
            problem = f"names no year and agrees with an older one alone: {datum.says} ({datum.place})"
            remedy = _remedy(claim, "name the year, or bring it up to date")
            yield _about(claim, "stale", problem, remedy, _places(verdict.data))
        case "unknown":
            known = f", which have {_data(verdict.data, claim)}" if verdict.data else ""
            problem = f"is backed by nothing in the data{known}"
            remedy = _remedy(claim, "add it to the data with its source")
            yield _about(claim, "unbacked", problem, remedy, _places(verdict.data))


def _about(claim: Claim, rule: str, problem: str, remedy: str, related: Iterable[str]) -> Diagnostic:
    quantity = claim.quantity
    span = (quantity.first, quantity.last)
    return diagnostic(claim.context, span, rule, problem=problem, remedy=remedy, related=related)


def _read(claim: Claim, data: Sequence[tuple[Measure, Datum]]) -> str:
    says = data[0][1].says
    # What is rounded stands for what it says; how far a hedge reaches is ours to say.
    return f"{says}, {_interval(claim.interval, claim)}" if claim.quantity.hedge else says


def _interval(interval: Interval, claim: Claim) -> str:
    statistic = "share" if claim.quantity.kind in ("percent", "points") else ""
    unit = claim.quantity.unit
    if not interval.low.is_finite():
        return f"at most {written(interval.high, statistic, unit)}"
    if not interval.high.is_finite():
        return f"at least {written(interval.low, statistic, unit)}"
    low, high = written(interval.low, statistic, unit), written(interval.high, statistic, unit)
    return low if low == high else f"{low} to {high}"


def _data(data: Sequence[tuple[Measure, Datum]], claim: Claim) -> str:
    """The data as messages show them."""
    statistic = "share" if claim.quantity.kind in ("percent", "points") else ""
    shown = [
        f"{written(datum.value, statistic, datum.unit)} as {datum.says} ({datum.place})"
        for _, datum in data[:SHOWN]
    ]
    more = f" and {len(data) - SHOWN} more" if len(data) > SHOWN else ""
    return f"{' and '.join(shown)}{more}"


def _places(data: Sequence[tuple[Measure, Datum]]) -> list[str]:
    return list(dict.fromkeys(datum.place for _, datum in data))


def _write(data: Sequence[tuple[Measure, Datum]]) -> str:
    placeholder = data[0][1].placeholder
    return f"write {placeholder}" if placeholder else "correct it"


def _remedy(claim: Claim, mend: str) -> str:
    return f"{mend}, or accept it: <!-- accept: {quoted(claim)} — source, date -->"


def _hint(claim: Claim, data: Sequence[tuple[Measure, Datum]]) -> str:
    """What may have gone wrong, where that can be told."""
    value = data[0][1].value
    interval = claim.interval
    for factor in (1000, 1_000_000):
        if interval.low <= value * factor <= interval.high or interval.low <= value / factor <= interval.high:
            return f" (the digits are right, the scale is off by {factor:,})"
    if claim.role == "growth" and interval.low - 100 <= value <= interval.high - 100:
        return " (it came to so many per cent of what it was; it did not grow by that)"
    return ""
