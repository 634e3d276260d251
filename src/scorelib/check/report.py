"""What must be right in the texts of a scorecard before its reports are made; prints nothing."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from scorelib.check.library import Checkable
from scorelib.data.check import load_tables
from scorelib.data.package import Package
from scorelib.data.read import read_rows
from scorelib.data.scorecard import frames
from scorelib.prose.known import Known, known, known_of
from scorelib.prose.lint.names import Names
from scorelib.prose.lint.words import readable, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scorelib.data.scorecard import Scorecard
    from scorelib.errors import Diagnostic, Finding

__all__ = ["check_report"]


def check_report(card: Scorecard, langs: Sequence[str]) -> tuple[list[Finding], dict[str, list[Diagnostic]]]:
    """What cannot be read in the texts of a scorecard, and what is wrong in them by language.

    Parameters
    ----------
    card
        Its data, in any language.
    langs
        Codes of the languages in which it is to be made. Texts in another are read as well, since the
        two must agree, but what is wrong in them alone is not told.
    """
    package = Package.load(card.project / "data")
    report = Checkable(card, known(card), _names(card, package), functools.cache(_Others(package)))
    unreadable = report.unreadable(langs)
    if unreadable:
        return sorted(unreadable), {}
    grave = [each for each in {*report.linted().findings, *report.files()} if each.severity == "error"]
    files = {code: {text.path for text in report.texts[code]} for code in langs}
    return [], {code: sorted(each for each in grave if each.file in files[code]) for code in langs}


def _names(card: Scorecard, package: Package) -> Mapping[str, Names]:
    donors = card["donors"].to_dict("records")
    organisations = read_rows(package, package.table("organisations")).rows
    return {code: Names(words(code), donors, organisations) for code in readable()}


class _Others:
    """The numbers of other organisations that a text speaks of, read when one is."""

    def __init__(self, package: Package) -> None:
        self.package = package

    def __call__(self, organisation: str) -> Known | None:
        tables, findings = load_tables(self.package, organisation)
        # What is wrong there is for the reports of that organisation to say.
        return None if findings else known_of(organisation, frames(tables))
