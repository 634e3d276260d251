"""The words of a language that the figure check goes by, from ``words/<code>.toml``; imports errors only.

A language without such a file is not read: the check says so instead of guessing.
"""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass, field
from fractions import Fraction
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

from scorelib.prose.lint.source import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Matcher", "Tag", "Words", "readable", "words"]


class Tag(NamedTuple):
    """What some tokens are: a class of words, and which of it; from token `first` to before `last`."""

    kind: str
    value: Any
    first: int
    last: int


class Matcher:
    """Finds phrases of one or more words, each with a star for any letters."""

    def __init__(self) -> None:
        self.single: dict[str, list[tuple[str, Any]]] = {}
        self.patterns: list[tuple[re.Pattern[str], str, Any]] = []
        self.phrases: dict[str, list[tuple[tuple[str, ...], str, Any]]] = {}
        self.known: dict[str, list[tuple[str, Any]]] = {}

    def add(self, phrase: str, kind: str, value: Any) -> None:
        """Learn a phrase."""
        parts = tuple(phrase.split(" "))
        if len(parts) > 1:
            self.phrases.setdefault(parts[0], []).append((parts, kind, value))
        elif "*" in phrase:
            pattern = ".*".join(map(re.escape, phrase.split("*")))
            self.patterns.append((re.compile(pattern), kind, value))
        else:
            self.single.setdefault(phrase, []).append((kind, value))

    def of(self, word: str) -> list[tuple[str, Any]]:
        """Classes of a single word, remembered."""
        found = self.known.get(word)
        if found is None:
            found = list(self.single.get(word, ()))
            found += [(kind, value) for pattern, kind, value in self.patterns if pattern.fullmatch(word)]
            self.known[word] = found
        return found

    def find(self, tokens: Sequence[str]) -> list[Tag]:
        """Everything that is found in a sentence; a phrase and its words may both be."""
        tags: list[Tag] = []
        for index, token in enumerate(tokens):
            known = self.known.get(token)
            for kind, value in self.of(token) if known is None else known:
                tags.append(Tag(kind, value, index, index + 1))
            if token in self.phrases:
                for parts, kind, value in self.phrases[token]:
                    if tuple(tokens[index : index + len(parts)]) == parts:
                        tags.append(Tag(kind, value, index, index + len(parts)))
        return tags


@dataclass(frozen=True, eq=False)
class Words:
    """The words of one language.

    Parameters
    ----------
    code
        Of the language.
    decimal, group
        What stands before decimals, and between groups of three digits.
    suffixes
        What makes a number an ordinal: ``6e``, ``6th``.
    abbreviations
        Words whose full stop ends no sentence.
    numbers, ordinals, scales, months
        Values of words; a scale is a power of ten.
    donors
        Names of donors beside those of the table.
    ignored
        Words of a label that say nothing of what it labels.
    signals, stems
        Words that make a sentence worth reading, and what such words and phrases begin with.
    """

    code: str
    decimal: str
    group: str
    suffixes: frozenset[str]
    abbreviations: frozenset[str]
    numbers: Mapping[str, int]
    ordinals: Mapping[str, int]
    scales: Mapping[str, int]
    months: Mapping[str, int]
    donors: Mapping[str, Sequence[str]]
    ignored: frozenset[str]
    signals: frozenset[str]
    stems: tuple[str, ...]
    matcher: Matcher = field(default_factory=Matcher, repr=False)

    def worth_reading(self, text: str) -> bool:
        """Whether a text has a number, a placeholder, or a word that is a number or dates badly."""
        if NUMBER.search(text):
            return True
        lower = text.lower()
        return not self.signals.isdisjoint(WORD.findall(lower)) or any(stem in lower for stem in self.stems)

    def tags(self, tokens: Sequence[str]) -> list[Tag]:
        """Classes of the words of a sentence, given in small letters."""
        return self.matcher.find(tokens)


NUMBER = re.compile(rf"[0-9{HOLE}]")
WORD = re.compile(r"[^\W\d_]+")


@functools.cache
def readable() -> tuple[str, ...]:
    """Codes of the languages that can be read."""
    folder = resources.files("scorelib.prose.lint") / "words"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


@functools.cache
def words(code: str) -> Words:
    """The words of a language that can be read."""
    path = resources.files("scorelib.prose.lint") / "words" / f"{code}.toml"
    data = tomllib.loads(path.read_text("utf-8"))
    matcher = Matcher()
    for kind, value, phrases in _classes(data):
        for phrase in phrases:
            matcher.add(phrase.lower().replace("’", "'"), kind, value)
    return Words(
        code=code,
        decimal=data["decimal"],
        group=data["group"],
        suffixes=frozenset(data["suffixes"]),
        abbreviations=frozenset(data["abbreviations"]),
        numbers=data["number"],
        ordinals=data["ordinal"],
        scales=data["scale"],
        months={name.lower(): number for name, number in data["month"].items()},
        donors=data["donor"],
        ignored=frozenset(data["word"]["ignored"]),
        signals=frozenset(phrase for phrase in _signals(data) if phrase.isalpha()),
        stems=tuple(phrase.rstrip("*") for phrase in _signals(data) if not phrase.isalpha()),
        matcher=matcher,
    )


def _signals(data: Mapping[str, Any]) -> Iterable[str]:
    """Words and phrases that are numbers or date a text badly; a star ends those that only begin."""
    for name in ("number", "ordinal", "fraction", "factor"):
        yield from (phrase.lower() for phrase in data[name])
    for name in ("undated", "largest"):
        yield from (phrase.lower() for phrase in data["word"][name])


def _classes(data: Mapping[str, Any]) -> Iterable[tuple[str, Any, Iterable[str]]]:
    """Every class of words with its value and its phrases."""
    for name in ("currency", "hedge", "kind"):
        for value, phrases in data[name].items():
            yield name, value, phrases
    for name in ("fraction", "factor"):
        for phrase, value in data[name].items():
            yield name, Fraction(value), (phrase,)
    for name, phrases in data["word"].items():
        yield name, None, phrases
