"""Names of donors and organisations as texts write them; imports words and the tables' rows alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scorelib.prose.lint.words import Matcher, Tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scorelib.prose.lint.tokens import Token
    from scorelib.prose.lint.words import Words

__all__ = ["Names"]

BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")


@dataclass(frozen=True)
class Names:
    """Finds names in a sentence of one language.

    Parameters
    ----------
    language
        Words of the language, with other names of donors.
    donors, organisations
        Rows of the tables of these names.
    """

    language: Words
    donors: Iterable[Mapping[Any, Any]]
    organisations: Iterable[Mapping[Any, Any]]
    _matcher: Matcher = field(default_factory=Matcher, repr=False)

    def __post_init__(self) -> None:
        organisations: set[str] = set()
        for row in self.organisations:
            own = {self._title(row), str(row["abbreviation"])}
            organisations |= own
            for each in own:
                self._learn(each, "organisation", str(row["id"]))
        for row in self.donors:
            # *UNDP (as donor)* is a donor to others; UNDP by itself is the organisation.
            for each in {self._title(row), *self.language.donors.get(str(row["id"]), ())} - organisations:
                self._learn(each, "donor", str(row["id"]))

    def _title(self, row: Mapping[Any, Any]) -> str:
        return BRACKETS.sub("", str(row.get(f"name_{self.language.code}") or row["name_en"]))

    def _learn(self, name: str, kind: str, value: str) -> None:
        words = name.lower().replace("’", "'").replace(",", " ,")
        self._matcher.add(" ".join(words.split()), kind, (value, name))

    def find(self, tokens: Sequence[Token]) -> list[Tag]:
        """The names in a sentence; a name within a longer one is part of that."""
        found = [
            Tag(tag.kind, tag.value[0], tag.first, tag.last)
            for tag in self._matcher.find([token.lower for token in tokens])
            if _is_name(tokens[tag.first].text, tag.value[1])
        ]
        return [tag for tag in found if not any(_within(tag, other) for other in found)]


def _is_name(written: str, name: str) -> bool:
    """Whether a word is written as a name: *US* is one, *us* is none."""
    if name.isupper():
        return written.isupper() or written.removesuffix("s")[:-1].isupper()
    return written[:1].isupper()


def _within(tag: Tag, other: Tag) -> bool:
    longer = other.last - other.first > tag.last - tag.first
    return longer and other.first <= tag.first and tag.last <= other.last
