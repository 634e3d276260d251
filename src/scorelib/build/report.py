"""What a report is called, what is asked of whoever makes it and what comes back; imports nothing.

So planning stays light, and whoever waits for a report imports none of what makes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scorelib.errors import Diagnostic, Finding

__all__ = ["Commit", "Examined", "Format", "Kind", "Report", "Result", "Task"]

Format = Literal["html", "pdf"]


@dataclass(frozen=True, slots=True, order=True)
class Report:
    """One report: an organisation, a year, a language."""

    organisation: str
    year: int
    lang: str

    def __str__(self) -> str:
        return f"{self.organisation}/{self.year}/{self.lang}"

    @property
    def pdf(self) -> str:
        """File name of its PDF."""
        return f"scorecard-{self.organisation}-{self.year}-{self.lang}.pdf"


Kind = Literal["", "data", "check", "execution", "rendering", "writing", "worker", "bug"]
"""What stopped a report; empty if nothing did."""


@dataclass(frozen=True, slots=True)
class Commit:
    """The commit that is checked out, and the inputs of reports that differ from it."""

    id: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """What all reports of a build have in common, and the executed notebook that one may keep."""

    formats: tuple[Format, ...]
    cell_timeout: int
    memory_limit: int | None
    kept: bytes | None = None
    commit: Commit | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found in the texts of a scorecard.

    Parameters
    ----------
    unreadable
        What cannot be read or filled in: then nothing is made.
    wrong
        What must not be printed, by language: then its report in that language is not made.
    """

    unreadable: tuple[Finding, ...] = ()
    wrong: Mapping[str, tuple[Diagnostic, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a report; `error` is empty if it was made, `files` if they are in their place."""

    error: str = ""
    kind: Kind = ""
    seconds: float = 0.0
    files: Mapping[str, bytes] | None = None
