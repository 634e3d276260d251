"""One cell of text into a value by its column's type and rules; imports `characters` and RE2 alone.

The rules are those of Table Schema. They are stricter than `frictionless` on purpose: ``NaN`` and
``INF`` are no amounts, a space around a value is not cut off in silence, and a number or a date is
written in one way (no ``1_000``, no ``2024-1-5``). Patterns come with the data, so RE2 matches them: its
time grows with the length of the text alone, so no pattern can hold a program up.
"""

from __future__ import annotations

import datetime
import difflib
import functools
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from scorelib.data.characters import UNFIT, runs, unfit

if TYPE_CHECKING:
    from scorelib.data.package import Field

__all__ = ["BEYOND", "Fault", "cast", "is_bound", "is_pattern", "is_value", "shown"]

BEYOND = 1e18
"""No amount or rate comes near it; from here on sums become infinite, or lose what was added."""
INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
YEAR = re.compile(r"[0-9]{4}")
TRUE = {"true", "True", "TRUE", "1"}
FALSE = {"false", "False", "FALSE", "0"}
ENGLISH = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
DUTCH = re.compile(r"[+-]?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+),[0-9]+")
DOTTED = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+")
GROUPING = re.compile(r"[\s_'’]")
"""What people put between groups of digits: spaces of any width too."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell, and what would be right."""

    problem: str
    remedy: str
    rule: str
    value: Any = None
    """What was read, if only a rule is broken: keys go by it, lest one fault be told many times."""


def cast(text: str, field: Field, missing: tuple[str, ...] = ("",)) -> Any:
    """The value of a cell, None for a missing one, or the `Fault` in it.

    Parameters
    ----------
    text
        What stands in the cell.
    field
        Its column.
    missing
        Texts that stand for "not known".
    """
    if UNFIT.search(text):
        return Fault(str(unfit(text)), "delete it", "control-character")
    if text in missing:
        if field.required:
            return Fault("the cell is empty", f"it must hold: {_wanted(field)}", "required")
        return None
    value = _CASTS[field.type](text)
    if value is None:
        return _mistyped(text, field)
    return _fault(text, value, field) or value


def is_bound(text: str, kind: str) -> bool:
    """Whether a text can be the minimum or maximum of a column of this type."""
    if kind == "date":
        return _date(text) is not None
    return kind in {"integer", "number", "year"} and _number(text) is not None


def is_value(text: str, kind: str) -> bool:
    """Whether a text is of this type."""
    return _CASTS[kind](text) is not None


def is_pattern(text: object) -> bool:
    """Whether a text is a regular expression of RE2: one without references and look-around."""
    import re2  # noqa: PLC0415 - few commands need it

    if not isinstance(text, str):
        return False
    try:
        _pattern(text)
    except (re2.error, UnicodeEncodeError):
        return False
    return True


@functools.cache
def _pattern(text: str) -> Any:
    import re2  # noqa: PLC0415 - as above

    options = re2.Options()
    options.log_errors = False  # It would write to the terminal by itself.
    return re2.compile(text, options)


def shown(text: str) -> str:
    """A cell as a message may show it."""
    return UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)


def _string(text: str) -> str:
    return text


def _integer(text: str) -> int | None:
    return int(text) if INTEGER.fullmatch(text) else None


def _number(text: str) -> float | None:
    if not NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if abs(number) < BEYOND else None


def _boolean(text: str) -> bool | None:
    return True if text in TRUE else False if text in FALSE else None


def _date(text: str) -> datetime.date | None:
    found = DATE.fullmatch(text)
    if not found:
        return None
    try:
        return datetime.date(*map(int, found.groups()))
    except ValueError:
        return None


def _year(text: str) -> int | None:
    return int(text) if YEAR.fullmatch(text) else None


_CASTS: dict[str, Any] = {
    "string": _string,
    "any": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "year": _year,
}

_RIGHT = {
    "integer": "a whole number, such as 2024",
    "number": "a number with a decimal point and no thousands separators, such as 1234.5",
    "boolean": "true or false",
    "date": "a date as year-month-day, such as 2024-11-01",
    "year": "a year of four digits, such as 2024",
}


def _wanted(field: Field) -> str:
    if field.enum:
        return " or ".join(field.enum)
    return (
        _RIGHT.get(field.type)
        or (field.description[:1].lower() + field.description[1:]).rstrip(".")
        or "a text"
    )


def _mistyped(text: str, field: Field) -> Fault:
    right = _RIGHT[field.type]
    remedy = f"write {right}"
    if field.type in {"number", "integer"}:
        bare = GROUPING.sub("", text)
        if ENGLISH.fullmatch(bare):
            remedy += f"; was {bare.replace(',', '')} meant?"
        elif DUTCH.fullmatch(bare):
            remedy += f"; was {bare.replace('.', '').replace(',', '.')} meant?"
        elif DOTTED.fullmatch(bare):
            remedy += f"; was {bare.replace('.', '')} meant?"
        elif text.strip() == text and bare != text and is_value(bare, field.type):
            remedy += f"; was {bare} meant?"
        elif text.strip() != text:
            remedy += "; take the spaces out"
    return Fault(f"this is no {field.type}", remedy, "type")


def _fault(text: str, value: Any, field: Field) -> Fault | None:
    # A value may be written in more ways than the description has it: 1.0 for 1, TRUE for true.
    if field.enum and text not in field.enum and value not in map(_CASTS[field.type], field.enum):
        near = difflib.get_close_matches(text, field.enum, 1, 0.4)
        hint = f"; was {near[0]} meant?" if near else ""
        return Fault("this word is not allowed", f"write {' or '.join(field.enum)}{hint}", "enum", value)
    if field.type in {"string", "any"} and runs(text):
        remedy = "let it, and each part after a ; or line break, begin with another sign than = + - @"
        return Fault("a spreadsheet would run this as a formula", remedy, "formula", value)
    if field.pattern and not _pattern(field.pattern).fullmatch(text):
        meaning = field.description.rstrip(".") or field.pattern
        return Fault("this is not of the right form", f"write: {meaning}", "pattern", value)
    for bound, is_minimum in ((field.minimum, True), (field.maximum, False)):
        if bound is not None and _beyond(value, bound, is_minimum=is_minimum):
            side = "least" if is_minimum else "most"
            return Fault(
                "this is out of bounds",
                f"it must be at {side} {bound}",
                "minimum" if is_minimum else "maximum",
                value,
            )
    return None


def _beyond(value: Any, bound: str, *, is_minimum: bool) -> bool:
    if isinstance(value, datetime.date):
        limit: Any = datetime.date.fromisoformat(bound)
    else:
        try:
            limit, value = Decimal(bound), Decimal(str(value))
        except InvalidOperation:
            return False
    return bool(value < limit if is_minimum else value > limit)
