"""The figure check of one report: its texts in every language, judged and held against each other.

Imports the modules of this room. It is given texts and numbers, and reads no file.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scorelib.prose.lint.acceptances import Acceptance, apply, from_comments
from scorelib.prose.lint.agreement import between_chapters, between_languages
from scorelib.prose.lint.findings import findings
from scorelib.prose.lint.reading import Reading, read_text
from scorelib.prose.lint.source import read_source
from scorelib.prose.lint.stale import stale

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from scorelib.errors import Diagnostic
    from scorelib.prose.lint.context import Setting

__all__ = ["Linted", "Text", "lint"]


@dataclass(frozen=True, slots=True)
class Text:
    """A text: the path that messages name, its chapter, and what it holds."""

    path: str
    chapter: str
    content: str


@dataclass(frozen=True)
class Linted:
    """What the figure check made of the texts of a report.

    Parameters
    ----------
    findings
        What is wrong and nobody has accepted.
    accepted, used
        The acceptances there are, and those that were needed.
    numbers
        How many numbers there are of each state; see `scorelib.prose.lint.verdicts.State`.
    """

    findings: tuple[Diagnostic, ...]
    accepted: tuple[Acceptance, ...] = ()
    used: frozenset[Acceptance] = frozenset()
    numbers: Mapping[str, int] = field(default_factory=Counter)


def lint(
    texts: Mapping[str, Sequence[Text]], settings: Mapping[str, Setting], table: Iterable[Acceptance]
) -> Linted:
    """Check the texts of a report.

    Parameters
    ----------
    texts
        By the codes of their languages.
    settings
        The report in each of these languages.
    table
        What the table ``accepted`` has for it.
    """
    readings = {
        code: {text.chapter: read_text(read_source(text.content, text.path), settings[code]) for text in each}
        for code, each in texts.items()
    }
    every = [reading for chapters in readings.values() for reading in chapters.values()]
    accepted = (*table, *itertools.chain.from_iterable(from_comments(each.source) for each in every))
    kept, used = apply(_once(_found(readings)), accepted)
    numbers: Counter[str] = Counter(
        verdict.state for each in every for read in each.sentences for verdict in read.verdicts
    )
    return Linted(tuple(kept), accepted, frozenset(used), numbers)


def _found(readings: Mapping[str, Mapping[str, Reading]]) -> Iterator[Diagnostic]:
    for chapters in readings.values():
        for reading in chapters.values():
            for read in reading.sentences:
                yield from findings(read)
                yield from stale(read)
        yield from between_chapters(list(chapters.values()))
    for one, two in itertools.combinations(readings.values(), 2):
        for chapter in sorted(one.keys() & two.keys()):
            yield from between_languages(one[chapter], two[chapter])


def _once(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """One finding for each place, the gravest: a number that is wrong differs in the other language too."""
    order = {"error": 0, "warning": 1, "note": 2}
    kept: dict[tuple[str, int, int], Diagnostic] = {}
    for each in found:
        key = (each.file, each.line, each.column)
        if key not in kept or order[each.severity] < order[kept[key].severity]:
            kept[key] = each
    return sorted(kept.values())
