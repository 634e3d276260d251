"""What a placeholder of a text gives, as a number; imports measures, evaluates no template.

``{{ usd("NL", 2023) }}`` is right by construction. It is read here because a number that is typed
beside it may have to follow from it: a growth, a share, a sum.
"""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scorelib.prose.lint.measures import Measure, lookup

if TYPE_CHECKING:
    from decimal import Decimal

    from scorelib.prose.known import Known
    from scorelib.prose.lint.quantities import Kind

__all__ = ["Computed", "called", "computed"]

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


@functools.lru_cache(maxsize=4096)
def called(expression: str) -> tuple[str, tuple[tuple[str, Any], ...]] | None:
    """Name and arguments of a placeholder that is a plain call or a name; None for anything else."""
    try:
        node = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if isinstance(node, ast.Name):
        return node.id, ()
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return None
    values = [*node.args, *(keyword.value for keyword in node.keywords)]
    if not all(isinstance(value, ast.Constant) for value in values):
        return None
    names = [*PARAMETERS.get(node.func.id, ())[: len(node.args)], *(word.arg for word in node.keywords)]
    if len(names) != len(values) or None in names:
        return None
    return node.func.id, tuple(
        (str(name), value.value)
        for name, value in zip(names, values, strict=True)
        if isinstance(value, ast.Constant)
    )


def computed(expression: str, known: Known) -> Computed | None:
    """The number that a placeholder prints; None if it prints none, or none that can be told."""
    call = called(expression)
    if call is None or call[0] not in PARAMETERS:
        return None
    name, given = call[0], dict(call[1])
    try:
        measure = _measure(name, given, known.organisation)
        datum = lookup(measure, known)
    except (KeyError, TypeError, ValueError):
        # `check_texts` says what is wrong with it.
        return None
    if datum is None:
        return None
    unit = datum.unit
    kind = _KINDS.get(name)
    if kind is None:
        stated = str(known.facts[measure.name]["unit"])
        kind = "percent" if stated == "percent" else "count" if stated == "count" else "amount"
    return Computed(kind, datum.value, unit, measure)


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
