"""Labelled sentences, and how well the figure check tells which of their numbers are wrong; starts nothing.

A file of the corpus has a sentence a line: organisation | label | the wrong part | text. A label is `ok`
or the rule that is broken; `a/b` says that either rule is right, `a+b` that both are broken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scorelib.check.library import Library
from scorelib.data.batch import Batch
from scorelib.prose.lint.report import Text, lint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from scorelib.errors import Diagnostic
    from scorelib.prose.lint.context import Setting

__all__ = ["KINDS", "Judged", "Sentence", "Tally", "judged", "sentences", "tally"]

KINDS = ("contradiction", "arithmetic", "unbacked", "stale")
GRAVE = ("contradiction", "arithmetic")
"""What stops a report."""
OK = "ok"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with what is wrong in it.

    Parameters
    ----------
    place
        File and line of the corpus.
    lang
        Code of its language.
    organisation
        Whose report it is in.
    kinds
        Rules that a finding at the wrong part may name, the likeliest first; empty if nothing is wrong.
    also
        Rules that are broken elsewhere in it too; findings of them count for nothing.
    wrong
        The part that is wrong.
    text
        The sentence, or a few.
    """

    place: str
    lang: str
    organisation: str
    kinds: tuple[str, ...]
    also: tuple[str, ...]
    wrong: str
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence and what the figure check found in it: at the wrong part, and elsewhere."""

    sentence: Sentence
    hits: tuple[Diagnostic, ...]
    others: tuple[Diagnostic, ...]

    @property
    def found(self) -> str:
        """The rule that was named at the wrong part, if it is one that may be; else nothing."""
        return next((each.rule for each in self.hits if each.rule in self.sentence.kinds), "")

    @property
    def false(self) -> list[Diagnostic]:
        """Findings that are not right."""
        misnamed = [each for each in self.hits if each.rule not in self.sentence.kinds]
        return [*misnamed, *(each for each in self.others if each.rule not in self.sentence.also)]


@dataclass
class Tally:
    """How many findings of a kind were right, wrong and missing."""

    right: int = 0
    false: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Of all findings, the part that is right; 1 where nothing was found."""
        return self.right / (self.right + self.false) if self.right + self.false else 1.0

    @property
    def recall(self) -> float:
        """Of all that is wrong, the part that was found; 1 where nothing was wrong."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def sentences(folder: Path) -> list[Sentence]:
    """The sentences of a folder, a file for each language."""
    return [each for path in sorted(folder.glob("*.txt")) for each in _of_file(path)]


def _of_file(path: Path) -> Iterator[Sentence]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        organisation, label, wrong, text = (part.strip() for part in line.split("|", 3))
        own, *also = label.split("+")
        kinds = () if own == OK else tuple(own.split("/"))
        place = f"{path.name}:{number}"
        unknown = {*kinds, *also} - {*KINDS}
        if unknown or (kinds and text.count(wrong) < 1) or bool(kinds) != bool(wrong):
            message = f"{place}: {label} | {wrong} is no label of this sentence"
            raise ValueError(message)
        yield Sentence(place, path.stem, organisation, kinds, tuple(also), wrong, text)


def judged(corpus: Iterable[Sentence], project: Path) -> list[Judged]:
    """What the figure check finds in each sentence, as a text of its own in its organisation's report."""
    settings = _Settings(project)
    return [_judge(each, settings.of(each)) for each in corpus]


class _Settings:
    """The reports that sentences are part of: the last of their organisation."""

    def __init__(self, project: Path) -> None:
        batch = Batch(project)
        self.library = Library(batch)
        self.years: dict[str, int] = {}
        for row in batch.tables["scorecards"].rows:
            name, year = str(row["organisation"]), int(row["year"])
            self.years[name] = max(year, self.years.get(name, 0))
        self.made: dict[str, dict[str, Setting]] = {}

    def of(self, sentence: Sentence) -> Setting:
        name = sentence.organisation
        if name not in self.made:
            self.made[name] = self.library.report(name, self.years[name]).settings()
        return self.made[name][sentence.lang]


def _judge(sentence: Sentence, setting: Setting) -> Judged:
    text = Text(sentence.place, "corpus", sentence.text)
    found = lint({sentence.lang: [text]}, {sentence.lang: setting}, ()).findings
    start = sentence.text.index(sentence.wrong) if sentence.wrong else 0
    end = start + len(sentence.wrong)
    hits = [each for each in found if each.column - 1 < end and start < each.column - 1 + each.length]
    return Judged(sentence, tuple(hits), tuple(each for each in found if each not in hits))


def tally(results: Sequence[Judged]) -> dict[str, Tally]:
    """Right, false and missing findings by kind, and together for the kinds that stop a report.

    What may be either of two kinds counts for the one that was named; for the first if none was.
    """
    counts: dict[str, Tally] = {kind: Tally() for kind in KINDS}
    for each in results:
        if each.sentence.kinds:
            counts[each.found or each.sentence.kinds[0]].right += bool(each.found)
            counts[each.found or each.sentence.kinds[0]].missed += not each.found
        for finding in each.false:
            if finding.rule in counts:
                counts[finding.rule].false += 1
    parts = [counts[kind] for kind in GRAVE]
    whole = Tally(
        sum(each.right for each in parts),
        sum(each.false for each in parts),
        sum(each.missed for each in parts),
    )
    return {" and ".join(GRAVE): whole, **counts}
