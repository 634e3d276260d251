"""The reports of a project as a check sees them, from one reading of its tables; prints nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from scorelib.check.texts import check_chapters, check_marks
from scorelib.errors import DataError, ScorelibError
from scorelib.language import available, language
from scorelib.prose.comments import without_comments
from scorelib.prose.inline import names
from scorelib.prose.known import Known, known, known_of
from scorelib.prose.lint.acceptances import Acceptance, from_table
from scorelib.prose.lint.computed import called
from scorelib.prose.lint.context import Setting
from scorelib.prose.lint.names import Names
from scorelib.prose.lint.report import Linted, Text, lint
from scorelib.prose.lint.words import readable, words
from scorelib.prose.texts import check_texts, read_file, text_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from scorelib.data.batch import Batch
    from scorelib.data.scorecard import Scorecard
    from scorelib.errors import Diagnostic, Finding

__all__ = ["Checkable", "Library"]

PLACEHOLDER = re.compile(r"\{\{((?:(?!\{\{|\}\}).)*)\}\}", re.DOTALL)


class Library:
    """The reports of a project, made from one reading of its tables."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.numbers: dict[str, Known] = {}
        self._known: dict[tuple[str, str], Known] = {}
        self._others: dict[str, Known | None] = {}
        donors = batch.tables["donors"].rows if "donors" in batch.tables else []
        self.names = {
            code: Names(words(code), donors, batch.tables["organisations"].rows) for code in readable()
        }

    def report(self, organisation: str, year: int) -> Checkable:
        """One report."""
        card = self.batch.scorecard(organisation, year, available()[0])
        key = (organisation, card.assessment.id if card.assessment else "")
        if key not in self._known:
            self._known[key] = known(card)
        self.numbers.setdefault(organisation, self._known[key])
        return Checkable(card, self._known[key], self.names, self.other)

    def other(self, organisation: str) -> Known | None:
        """The numbers of an organisation that a text speaks of."""
        if organisation not in self._others:
            self._others[organisation] = known_of(organisation, self.batch.frames(organisation))
        return self._others[organisation]


class Checkable:
    """A report to be checked, in every language."""

    def __init__(
        self,
        card: Scorecard,
        numbers: Known,
        names: Mapping[str, Names],
        others: Callable[[str], Known | None],
    ) -> None:
        self.card = card
        self.known = numbers
        self.names = names
        self.others = others

    @cached_property
    def texts(self) -> dict[str, list[Text]]:
        """Its texts by language, where they can be read."""
        found: dict[str, list[Text]] = {}
        project = self.card.project
        for code in available():
            found[code] = []
            for path in text_files(project, self.card.organisation.id, self.card.year, code):
                shown = path.relative_to(project).as_posix()
                found[code].append(Text(shown, path.stem, read_file(path, shown)))
        return found

    def unreadable(self, langs: Iterable[str]) -> set[Finding]:
        """What keeps its texts in some languages from being read or filled in."""
        errors: set[Finding] = set()
        for code in langs:
            card = replace(self.card, language=language(code))
            try:
                functions = names(card)
                if all(_fills(text.content, functions) for text in self.texts[code]):
                    continue
            except DataError as error:
                errors |= set(error.findings)
            errors |= set(check_texts(card))
        return errors

    def settings(self) -> dict[str, Setting]:
        """What the figure check must know of it, for each language that it can read."""
        return {
            code: Setting(
                known=self.known,
                others=self.others,
                language=words(code),
                names=self.names[code],
                basis=self.card.basis,
                year=self.card.year,
                data_year=self.card.data_year,
                data_date=self.card.data_date,
            )
            for code in self.texts
            if code in self.names
        }

    def linted(self) -> Linted:
        """The figure check of its texts."""
        settings = self.settings()
        return lint({code: self.texts[code] for code in settings}, settings, self._accepted())

    def _accepted(self) -> list[Acceptance]:
        if "accepted" not in self.card.tables:
            return []
        rows = self.card["accepted"]
        own = rows[rows["year"] == self.card.year].to_dict("records")
        return list(from_table(own, "data/accepted.csv"))

    def files(self) -> Iterator[Diagnostic]:
        """Chapters, notes and links."""
        yield from check_chapters(self.card.organisation.id, self.card.year, self.card.status, self.texts)
        for code, texts in self.texts.items():
            yield from check_marks(texts, code)


def _fills(text: str, functions: Mapping[str, object]) -> bool:
    """Whether the placeholders of a text are plain and right; Jinja is asked about any other.

    Compiling a template takes far longer than calling what it calls.
    """
    if "{" not in text:
        return True
    text = without_comments(text)
    if "{%" in text or "{##" in text or text.count("{{") != len(PLACEHOLDER.findall(text)):
        return False
    for found in PLACEHOLDER.finditer(text):
        call = called(found[1])
        function = functions.get(call.name) if call else None
        if call is None or function is None:
            return False
        if not call.bare:
            try:
                function(*call.values, **dict(call.keywords))  # type: ignore[operator]  # as TypeError tells
            except (ScorelibError, TypeError, ValueError, ArithmeticError):
                return False
    return True
