"""What a reviewer has accepted, each with a source and a date; imports comments and errors alone.

A comment in the text, ``<!-- accept: 12.000 — annual report of 2023, 2024-05-01 -->``, holds for its
file; a row of the table ``accepted`` for the chapter that it names. Either is for one number, as it is
written, and is told of itself once that number is no longer found wrong.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scorelib.errors import Diagnostic
from scorelib.prose.comments import comments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scorelib.prose.lint.source import Source

__all__ = ["Acceptance", "apply", "from_comments", "from_table", "unused"]

ACCEPT = re.compile(r"\s*accept\s*:(?P<rest>.*)", re.DOTALL | re.IGNORECASE)
PARTS = re.compile(
    r"\s*(?P<quantity>\S.*?)\s+(?:—|–|--?)\s+(?P<source>\S.*?)\s*,\s*(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})\s*",
    re.DOTALL,
)
FORM = "write <!-- accept: 12.000 — source, 2024-05-01 -->"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A number that a reviewer stands for.

    Parameters
    ----------
    file
        The text that it is in.
    quantity
        As it is written there.
    where, line, column
        Where the acceptance itself stands.
    wrong
        Why it does not hold; empty if it does.
    """

    file: str
    quantity: str
    where: str
    line: int
    column: int
    wrong: str = ""

    def covers(self, finding: Diagnostic) -> bool:
        """Whether a finding is about this number."""
        if self.wrong or finding.file != self.file:
            return False
        one, other = _plain(self.quantity), _plain(finding.value)
        return _within(one, other) or _within(other, one)


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(".")


def _within(part: str, whole: str) -> bool:
    """Whether a text stands in another as words and numbers of its own."""
    found = re.search(rf"(?<![\w.,]){re.escape(part)}(?![\w%]|[.,][0-9])", whole)
    return bool(part) and found is not None


def from_comments(source: Source) -> Iterator[Acceptance]:
    """The acceptances in the comments of a text."""
    for comment in comments(source.text):
        found = ACCEPT.fullmatch(comment.text)
        if found is None:
            continue
        place = source.place(comment.start)
        parts = PARTS.fullmatch(found["rest"])
        quantity = parts["quantity"] if parts else " ".join(found["rest"].split())
        wrong = "" if parts else "it names no quantity with a source and a date"
        if parts and not _is_date(parts["date"]):
            wrong = f"{parts['date']} is no date"
        yield Acceptance(source.file, quantity, source.file, place.line, place.column, wrong)


def _is_date(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def from_table(rows: Iterable[Mapping[Any, Any]], place: str) -> Iterator[Acceptance]:
    """The acceptances in rows of the table ``accepted``."""
    for row in rows:
        folder = f"data/texts/{row['organisation']}/{row['year']}/{row['lang']}"
        file = f"{folder}/{row['chapter']}.md"
        yield Acceptance(file, str(row["quantity"]), place, int(row["line"]), 0)


def apply(
    found: Iterable[Diagnostic], accepted: Iterable[Acceptance]
) -> tuple[list[Diagnostic], set[Acceptance]]:
    """The findings that nobody has accepted, and the acceptances that were needed."""
    by_file: dict[str, list[Acceptance]] = {}
    for acceptance in accepted:
        by_file.setdefault(acceptance.file, []).append(acceptance)
    kept: list[Diagnostic] = []
    used: set[Acceptance] = set()
    for finding in found:
        covering = [each for each in by_file.get(finding.file, ()) if each.covers(finding)]
        used.update(covering)
        if not covering:
            kept.append(finding)
    return kept, used


def unused(accepted: Iterable[Acceptance], used: set[Acceptance]) -> Iterator[Diagnostic]:
    """Acceptances that say too little, or that no finding needs any more."""
    for each in accepted:
        if each in used:
            continue
        problem = each.wrong or f"this acceptance matches nothing that the check finds in {each.file}"
        remedy = FORM if each.wrong else "delete it, or write the number as the text has it"
        yield Diagnostic(
            each.where, each.line, each.column, "warning", "acceptance", each.quantity, problem, remedy
        )
