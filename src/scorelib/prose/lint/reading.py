"""A whole text, read and judged sentence by sentence; imports every module that reads.

Only sentences with a number, a placeholder or a word that dates badly are read closely, which makes
the check of a long report a matter of milliseconds.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scorelib.prose.lint.arithmetic import Relation, relations
from scorelib.prose.lint.claims import Claim, Topic, claims
from scorelib.prose.lint.context import Context, Setting, read_sentence
from scorelib.prose.lint.source import HOLE, Source
from scorelib.prose.lint.subjects import Subjects
from scorelib.prose.lint.tokens import sentences
from scorelib.prose.lint.verdicts import Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scorelib.prose.lint.words import Words

__all__ = ["Read", "Reading", "read_text"]


@dataclass(frozen=True)
class Read:
    """A sentence with what became of its numbers.

    Parameters
    ----------
    block
        Number of its block in the text.
    context
        The sentence.
    verdicts
        One for each of its claims.
    relations
        How its numbers follow from each other.
    """

    block: int
    context: Context
    verdicts: tuple[Verdict, ...]
    relations: tuple[Relation, ...]

    def follows(self, claim: Claim) -> bool:
        """Whether a number follows from others of the sentence."""
        return any(relation.holds and relation.claim is claim for relation in self.relations)


@dataclass(frozen=True)
class Reading:
    """A text, read."""

    source: Source
    setting: Setting
    sentences: tuple[Read, ...]


def read_text(source: Source, setting: Setting) -> Reading:
    """Read the sentences of a text that say a number or date badly."""
    return Reading(source, setting, tuple(_sentences(source, setting)))


def _sentences(source: Source, setting: Setting) -> Iterator[Read]:
    interesting = _interesting(setting.language)
    for number, block in enumerate(source.blocks):
        lower = block.text.lower()
        # A few letters are longer in small: İ. Then offsets differ, and the block is read as it is.
        if not interesting.search(lower):
            continue
        topic = Topic()
        for start, end in sentences(block.text, setting.language):
            context = read_sentence(source, block, start, end, setting)
            subjects = Subjects(context, topic.year, topic.donors)
            found = claims(context, topic)
            yield Read(
                number,
                context,
                tuple(judge(claim, setting) for claim in found),
                tuple(relations(found, subjects)),
            )


@functools.cache
def _interesting(language: Words) -> re.Pattern[str]:
    """Matches what makes a block worth reading."""
    phrases = sorted(re.escape(phrase) for phrase in language.signals)
    return re.compile(rf"[0-9{HOLE}]|\b(?:{'|'.join(phrases)})")
