"""What a placeholder of a text gives, as a number; imports measures, evaluates no template.

``{{ usd("NL", 2023) }}`` is right by construction. It is read here because a number that is typed
beside it may have to follow from it: a growth, a share, a sum.
"""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from scorelib.prose.lint.measures import Measure, lookup

if TYPE_CHECKING:
    from decimal import Decimal

    from scorelib.prose.known import Known
    from scorelib.prose.lint.quantities import Kind

__all__ = ["Call", "Computed", "called", "computed"]

PARAMETERS = {
    "usd": ("donor", "year", "basis"),
    "rank": ("donor", "year", "basis"),
    "share": ("donor", "year", "basis"),
    "revenue": ("year", "kind"),
    "growth": ("first", "last"),
    "earmarked_share": ("year", "of"),
    "fact": ("id",),
    "score": ("code",),
}
"""Names that print a number, with what they are given; see `scorelib.prose.inline.names`."""
WHOLES = {"contributions": "contributions", "revenue": "revenue"}


@dataclass(frozen=True, slots=True)
class Computed:
    """A number of the data that a text asks for."""

    kind: Kind
    value: Decimal
    unit: str
    measure: Measure


class Call(NamedTuple):
    """A placeholder that is a name, or a call with nothing but constants."""

    name: str
    values: tuple[Any, ...]
    keywords: tuple[tuple[str, Any], ...]
    bare: bool


@functools.lru_cache(maxsize=4096)
def called(expression: str) -> Call | None:
    """Name and arguments of a placeholder; None for one that is more than a plain call."""
    try:
        node = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if isinstance(node, ast.Name):
        return Call(node.id, (), (), bare=True)
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return None
    values = [value.value for value in node.args if isinstance(value, ast.Constant)]
    keywords = [
        (word.arg, word.value.value)
        for word in node.keywords
        if word.arg is not None and isinstance(word.value, ast.Constant)
    ]
    if len(values) < len(node.args) or len(keywords) < len(node.keywords):
        return None
    return Call(node.func.id, tuple(values), tuple(keywords), bare=False)


def computed(expression: str, known: Known) -> Computed | None:
    """The number that a placeholder prints; None if it prints none, or none that can be told."""
    call = called(expression)
    if call is None or call.bare or call.name not in PARAMETERS:
        return None
    given = {**dict(zip(PARAMETERS[call.name], call.values, strict=False)), **dict(call.keywords)}
    try:
        measure = _measure(call.name, given, known.organisation)
        datum = lookup(measure, known)
    except (KeyError, TypeError, ValueError):
        # `check_texts` says what is wrong with it.
        return None
    if datum is None:
        return None
    kind = _KINDS.get(call.name)
    if kind is None:
        stated = str(known.facts[measure.name]["unit"])
        kind = "percent" if stated == "percent" else "count" if stated == "count" else "amount"
    return Computed(kind, datum.value, datum.unit, measure)


_KINDS: dict[str, Kind] = {
    "usd": "amount",
    "revenue": "amount",
    "rank": "rank",
    "share": "percent",
    "growth": "percent",
    "earmarked_share": "percent",
    "score": "score",
}


def _measure(name: str, given: dict[str, Any], organisation: str) -> Measure:
    basis = str(given.get("basis", "voluntary"))
    match name:
        case "usd":
            return Measure("level", organisation, "donor", given["donor"], (given["year"],), basis)
        case "rank":
            return Measure("rank", organisation, "donor", given["donor"], (given["year"],), basis)
        case "share":
            whole = f"{basis} of all governments"
            return Measure("share", organisation, "donor", given["donor"], (given["year"],), basis, whole)
        case "revenue":
            kind = str(given.get("kind") or "")
            return Measure("level", organisation, years=(given["year"],), kind=kind)
        case "growth":
            return Measure("growth", organisation, years=(given["first"], given["last"]))
        case "earmarked_share":
            whole = WHOLES[given["of"]]
            return Measure("share", organisation, years=(given["year"],), kind="earmarked", whole=whole)
        case "fact":
            return Measure("fact", organisation, name=str(given["id"]))
    return Measure("score", organisation, name=str(given["code"]))
