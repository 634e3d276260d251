"""A whole text, read and judged sentence by sentence; imports every module that reads.

Only sentences with a number, a placeholder or a word that dates badly are read closely, which makes
the check of a long report a matter of milliseconds.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scorelib.prose.lint.arithmetic import Relation, relations
from scorelib.prose.lint.claim import Claim, Topic
from scorelib.prose.lint.claims import claims
from scorelib.prose.lint.context import Context, Setting, read_sentence
from scorelib.prose.lint.tokens import sentences, tokens
from scorelib.prose.lint.verdicts import Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scorelib.prose.lint.source import Block, Source


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
    topic, header = Topic(), None
    for number, block in enumerate(source.blocks):
        if not setting.language.worth_reading(block.text):
            continue
        # The rows of a table go on from each other: a year may stand in the first of its rows alone.
        row = block.kind == "row" and block.header is not None and block.header is header
        topic = topic if row else Topic()
        header = block.header if block.kind == "row" else None
        before: list[Claim] = []
        for start, end in _parts(block, setting):
            if not setting.language.worth_reading(block.text[start:end]):
                topic.skip(functools.partial(_donors, block.text, start, end, setting))
                before = []
                continue
            context = read_sentence(source, block, start, end, setting)
            found = claims(context, topic)
            yield Read(
                number,
                context,
                tuple(judge(claim, setting) for claim in found),
                tuple(relations(found, before)),
            )
            before = found


def _parts(block: Block, setting: Setting) -> Iterator[tuple[int, int]]:
    """The sentences of a block; a row of a table is one."""
    if block.kind == "row":
        yield 0, len(block.text)
    else:
        yield from sentences(block.text, setting.language)


def _donors(text: str, start: int, end: int, setting: Setting) -> tuple[str, ...]:
    """The donors that a sentence without numbers speaks of."""
    found = setting.names.find(tokens(text, start, end))
    return tuple(dict.fromkeys(tag.value for tag in found if tag.kind == "donor"))
