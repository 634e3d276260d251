"""What can go wrong, each with what, where and what to do next; imports nothing of ours.

Data errors are collected (a `DataError` holds every `Finding`); anything else is raised at once.
Exceptions here pickle, since they cross processes: their arguments are what they were made from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "SEVERITIES",
    "DataError",
    "Diagnostic",
    "ExecutionError",
    "Finding",
    "RenderError",
    "ScorelibError",
    "Severity",
    "UsageError",
]

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The gravest first."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong in the data, with its place and its remedy.

    Parameters
    ----------
    file
        Path of the file relative to the data folder, such as ``contributions.csv``; a sheet of a
        workbook is written ``book.xlsx[sheet]``.
    row
        Line number in the file, counted from 1 with the header as line 1; 0 for the whole file.
    column
        Name of the column; empty for the whole row.
    value
        What stands there, as text.
    problem
        What is wrong with it.
    remedy
        What would be right, or what to do next.
    rule
        Short name of the rule that was broken, such as ``type`` or ``foreign-key``.
    """

    file: str
    row: int
    column: str
    value: str
    problem: str
    remedy: str
    rule: str

    def __str__(self) -> str:
        place = ":".join(
            [
                self.file,
                *([str(self.row)] if self.row else []),
                *([self.column] if self.column else []),
            ]
        )
        shown = self.value if len(self.value) <= 60 else self.value[:57] + "…"
        value = f" {shown!r}" if self.value else ""
        return _line(f"{place}{value}: {self.problem}; {self.remedy}")


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """Something that a check has found in the project, at a place, with its remedy.

    Parameters
    ----------
    file
        Path of the file relative to the project.
    line, column
        Where it begins, counted from 1 in lines and characters; 0 for a whole file or line.
    severity
        ``error``: it must not be published; ``warning``: look at it; ``note``: know it.
    rule
        Short name of the rule, such as ``contradiction``.
    value
        What stands there, as text.
    problem
        What was read, and what it was compared with.
    remedy
        How to mend it, or how to accept it.
    related
        Other places that it was compared with, as file:line:column.
    length
        Characters of it on its line; 0 for not known.
    """

    file: str
    line: int
    column: int
    severity: Severity
    rule: str
    value: str
    problem: str
    remedy: str
    related: tuple[str, ...] = ()
    length: int = 0

    @property
    def place(self) -> str:
        """File, line and column, as editors take them."""
        return ":".join([self.file, *(str(part) for part in (self.line, self.column) if part)])

    def __str__(self) -> str:
        shown = self.value if len(self.value) <= 60 else self.value[:57] + "…"
        value = f" ‘{shown}’" if self.value else ""
        return _line(f"{self.place}: {self.severity}:{value} {self.problem}; {self.remedy} [{self.rule}]")


def _line(text: str) -> str:
    """A text on one line: after an end of line in the name of a file, its rest would look like ours."""
    return text.replace("\r", "\\r").replace("\n", "\\n")


class ScorelibError(Exception):
    """Anything that scorelib reports to its user without a traceback."""


class UsageError(ScorelibError):
    """What was asked for does not exist or cannot be done."""


class DataError(ScorelibError):
    """The data are wrong; `findings` holds every place."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(tuple(findings))
        self.findings = tuple(findings)

    def __str__(self) -> str:
        return "\n".join(str(finding) for finding in self.findings)


class ExecutionError(ScorelibError):
    """A notebook failed while it ran."""


class RenderError(ScorelibError):
    """A document could not be turned into HTML or PDF."""
