"""Which fact of the data a number in a sentence is about, by the words around it; imports context.

A fact says what it counts in its label. A number is taken for it when it stands with enough words of
that label; sharing only one word is enough to back a number that agrees, never to contradict one.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scorelib.prose.lint.context import Context
    from scorelib.prose.lint.quantities import Quantity

__all__ = ["Match", "facts_about"]

WORD = re.compile(r"[^\W\d_][\w’'-]*|[,(]")
ENOUGH = 0.6
LONG = 5
"""Letters by which the forms of a word begin alike; a shorter word must have all of its own but one."""
APART = 5
"""How many times a number may differ from the fact that it is meant to be."""
NEAR = 3
"""Tokens after a number within which what it counts must stand."""


class Match(NamedTuple):
    """A fact, and whether the words leave no doubt that it is meant."""

    name: str
    strong: bool


def facts_about(quantity: Quantity, context: Context) -> list[Match]:
    """The facts that a number may be about."""
    known = context.setting.of(context.setting.known.organisation)
    if known is None:
        return []
    found = []
    for name, row in known.facts.items():
        if not _comparable(quantity, str(row["unit"])):
            continue
        label = str(row.get(f"label_{context.setting.language.code}") or row["label_en"])
        strength = _strength(quantity, context, label)
        if strength is not None:
            sure = strength and _dated(quantity, context, row) and _of_its_size(quantity, float(row["value"]))
            found.append(Match(name, sure))
    # Beside a fact that is surely meant, one that may be is worth agreeing with.
    return sorted(found, key=lambda match: not match.strong)


def _of_its_size(quantity: Quantity, value: float) -> bool:
    """Whether a count may be a fact misprinted, and not a count of a part: staff of one office."""
    return quantity.kind != "count" or value / APART <= float(quantity.value) <= value * APART


def _comparable(quantity: Quantity, unit: str) -> bool:
    match quantity.kind:
        case "amount":
            return unit == (quantity.unit or "USD")
        case "percent":
            return unit == "percent" and not quantity.factor
        case "count":
            return unit == "count"
    return False


def _strength(quantity: Quantity, context: Context, label: str) -> bool | None:
    """True for a strong match, False for a weak one, None where no word is shared."""
    ignored = context.setting.language.ignored
    phrase, content = _words(label, ignored)
    if not content:
        return None
    shared = [word for word in content if _in_sentence(word, context)]
    if not shared:
        return None
    if quantity.kind == "count":
        return _counted(quantity, context, phrase, ignored)
    others = [each for each in context.quantities if each.kind == quantity.kind]
    nearest = min(others, key=lambda each: _distance(each, context, shared))
    enough = len(shared) > 1 and len(shared) >= ENOUGH * len(content) and nearest is quantity
    return enough and (quantity.kind == "percent" or _own_words(quantity, context, shared))


def _own_words(quantity: Quantity, context: Context, shared: Sequence[str]) -> bool:
    """Whether an amount shares more with a fact than the words of every contribution.

    In another currency than the contributions', it cannot be one.
    """
    if quantity.unit != context.setting.known.given_in:
        return True
    general = {
        context.text(index)
        for tag in context.tags.of("kind", "contribute", "donors", "rank", "yearly")
        for index in range(tag.first, tag.last)
    }
    return any(not any(alike(word, each) for each in general) for word in shared)


@functools.lru_cache(maxsize=4096)
def _words(label: str, ignored: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """All words of a label with its commas and brackets, and those that say what it is."""
    phrase = tuple(WORD.findall(label.lower().replace("’", "'")))
    return phrase, tuple(word for word in phrase if word not in ignored and len(word) > 2)


def _counted(quantity: Quantity, context: Context, phrase: Sequence[str], ignored: frozenset[str]) -> bool:
    """Whether a number counts what a label begins with, in words that set it apart."""
    noun: list[str] = []
    for word in phrase:
        if word in ignored or word in ",(":
            break
        noun.append(word)
    if not noun or not any(alike(noun[-1], word) for word in _nouns(quantity, context)):
        return False
    main = phrase[: phrase.index(",")] if "," in phrase else phrase
    main = main[: main.index("(")] if "(" in main else main
    others = [word for word in main if word not in ignored and word != noun[-1] and len(word) > 2]
    shared = [word for word in others if _in_sentence(word, context)]
    return 2 * len(shared) >= len(others) or len(noun) == len(others) + 1


def _nouns(quantity: Quantity, context: Context) -> list[str]:
    """Words that may be what a number counts: those after it, or the one before its bracket."""
    following = context.tokens[quantity.last : quantity.last + NEAR]
    opens = context.opens(quantity) - 1
    if context.text(opens) == "(" and following and following[0].text == ")":
        return [context.text(opens - 1)]
    signs = [index for index, token in enumerate(following) if token.kind == "sign"]
    return [token.lower for token in (following[: signs[0]] if signs else following)]


def _in_sentence(word: str, context: Context) -> bool:
    if len(word) >= LONG:
        found = word[:LONG] in context.stems or word[: LONG - 1] in context.words
    else:
        found = word in context.words or any(stem[: len(word)] == word for stem in context.stems)
    if found and len(word) >= LONG - 1:
        return True
    donors = {tag.value for tag in context.donors}
    names = context.setting.language.donors
    return any(word == name.lower() for donor in donors for name in names.get(donor, ()))


def _distance(quantity: Quantity, context: Context, shared: Sequence[str]) -> float:
    return sum(
        min(
            (
                context.cost(quantity, index, index + 1)
                for index, token in enumerate(context.tokens)
                if alike(word, token.lower)
            ),
            default=0,
        )
        for word in shared
    )


def _dated(quantity: Quantity, context: Context, row: Mapping[Any, Any]) -> bool:
    """Whether the sentence does not date the number to another year than the fact's."""
    near = [
        year
        for year in context.marks.years
        if context.cost(quantity, year.first, year.last) <= 8 and year.start == year.end
    ]
    return not near or any(year.start == row["as_of"].year for year in near)


def alike(one: str, other: str) -> bool:
    """Whether two words are forms of one: they begin alike, and both or neither are persons."""
    length = min(LONG, len(one), len(other))
    return length >= LONG - 1 and one[:length] == other[:length] and _is_person(one) == _is_person(other)


def _is_person(word: str) -> bool:
    """Whether a word ends as *officers* does, and *offices* does not."""
    return word.endswith(("er", "ers"))
