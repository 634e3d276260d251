"""What `scorelib check` finds out about a project, and what `build` asks of a report; renders nothing."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from scorelib.check.tables import check_tables
from scorelib.check.texts import check_chapters, check_marks
from scorelib.data.batch import Batch
from scorelib.data.package import Package
from scorelib.data.read import read_rows
from scorelib.errors import DataError, Diagnostic, ScorelibError
from scorelib.language import available, language
from scorelib.prose.comments import without_comments
from scorelib.prose.inline import names
from scorelib.prose.known import Known, known
from scorelib.prose.lint.acceptances import Acceptance, from_table, unused
from scorelib.prose.lint.computed import called
from scorelib.prose.lint.context import Setting
from scorelib.prose.lint.names import Names
from scorelib.prose.lint.report import Linted, Text, lint
from scorelib.prose.lint.words import readable, words
from scorelib.prose.texts import check_texts, read_file, text_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from scorelib.data.scorecard import Scorecard
    from scorelib.errors import Finding

PLACEHOLDER = re.compile(r"\{\{((?:(?!\{\{|\}\}).)*)\}\}", re.DOTALL)

__all__ = ["Checked", "check_project", "report_errors"]


@dataclass(frozen=True)
class Checked:
    """What was looked at, and what was found.

    Parameters
    ----------
    errors
        What is wrong in the data or cannot be read in the texts; then nothing else was looked at.
    findings
        What else was found, in the order of files and lines.
    tables, rows, texts
        How many were looked at.
    numbers
        How many numbers of the texts there are of each state, such as ``computed`` and ``agrees``.
    accepted
        How many acceptances were needed.
    """

    errors: tuple[Finding, ...]
    findings: tuple[Diagnostic, ...]
    tables: int
    rows: int
    texts: int
    numbers: Mapping[str, int] = field(default_factory=Counter)
    accepted: int = 0


def check_project(project: Path) -> Checked:
    """Check every table, and every text in every language once the tables are right.

    Raises
    ------
    DataError
        If ``datapackage.json`` itself cannot be read, or lacks what every report needs.
    """
    batch = Batch(project)
    errors = set(batch.findings)
    found: set[Diagnostic] = set()
    linted: list[Linted] = []
    if not errors:
        library = _Library(batch)
        for row in batch.tables["scorecards"].rows:
            report = library.report(str(row["organisation"]), int(row["year"]))
            errors |= report.unreadable()
            if not errors:
                linted.append(report.linted())
                found |= {*linted[-1].findings, *report.files()}
        if not errors:
            found |= {*check_tables(batch, library.numbers), *_unused(linted), *_unread(project)}
    return Checked(
        errors=tuple(sorted(errors)),
        findings=tuple(sorted(found)) if not errors else (),
        tables=len(batch.tables),
        rows=sum(len(rows.rows) for rows in batch.tables.values()),
        texts=len(sorted((project / "data" / "texts").rglob("*.md"))),
        numbers=sum((Counter(each.numbers) for each in linted), Counter()),
        accepted=len({acceptance for each in linted for acceptance in each.used}),
    )


def report_errors(card: Scorecard) -> list[Diagnostic]:
    """What must keep a report from being made: wrong numbers in its texts, notes that are missing.

    Parameters
    ----------
    card
        Its data, in its language. Its texts can be read and filled in; `check_texts` sees to that.
    """
    package = Package.load(card.project / "data")
    organisations = read_rows(package, package.table("organisations")).rows
    donors = card["donors"].to_dict("records")
    vocabulary = {code: Names(words(code), donors, organisations) for code in readable()}
    report = _Report(card, known(card), vocabulary, lambda _: None)
    found = {*report.linted().findings, *report.files()}
    languages = {text.path for text in report.texts.get(card.language.code, ())}
    return sorted(each for each in found if each.severity == "error" and each.file in languages)


def _unused(linted: Sequence[Linted]) -> Iterator[Diagnostic]:
    """Acceptances that no report needs; one in a common text may be needed by any of them."""
    accepted = dict.fromkeys(acceptance for each in linted for acceptance in each.accepted)
    return unused(accepted, {acceptance for each in linted for acceptance in each.used})


def _unread(project: Path) -> Iterator[Diagnostic]:
    """Languages whose texts the figure check cannot read."""
    for code in sorted(set(available()) - set(readable())):
        if any((project / "data" / "texts").glob(f"**/{code}/*.md")):
            problem = "the figure check does not know the words of this language and has not read its texts"
            remedy = f"add prose/lint/words/{code}.toml to scorelib"
            yield Diagnostic("data/texts", 0, 0, "note", "language", code, problem, remedy)


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


class _Library:
    """The reports of a project, made from one reading of its tables."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.numbers: dict[str, Known] = {}
        self._known: dict[tuple[str, str], Known] = {}
        self._others: dict[str, Known] = {}
        donors = batch.tables["donors"].rows if "donors" in batch.tables else []
        self.names = {
            code: Names(words(code), donors, batch.tables["organisations"].rows) for code in readable()
        }

    def report(self, organisation: str, year: int) -> _Report:
        """One report."""
        card = self.batch.scorecard(organisation, year, available()[0])
        key = (organisation, card.assessment.id if card.assessment else "")
        if key not in self._known:
            self._known[key] = known(card)
        self.numbers.setdefault(organisation, self._known[key])
        return _Report(card, self._known[key], self.names, self.other)

    def other(self, organisation: str) -> Known:
        """The numbers of an organisation that a text speaks of."""
        if organisation not in self._others:
            self._others[organisation] = Known(organisation, self.batch.frames(organisation))
        return self._others[organisation]


class _Report:
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

    def unreadable(self) -> set[Finding]:
        """What keeps its texts from being read or filled in."""
        errors: set[Finding] = set()
        for code in available():
            card = replace(self.card, language=language(code))
            try:
                functions = names(card)
                if all(_fills(text.content, functions) for text in self.texts[code]):
                    continue
            except DataError as error:
                errors |= set(error.findings)
            errors |= set(check_texts(card))
        return errors

    def linted(self) -> Linted:
        """The figure check of its texts."""
        codes = [code for code in self.texts if code in self.names]
        settings = {
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
            for code in codes
        }
        return lint({code: self.texts[code] for code in codes}, settings, self._accepted())

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
