"""What a report is called, what is asked of whoever makes it and what comes back; imports nothing.

So planning stays light, and whoever waits for a report imports none of what makes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scorelib.errors import Diagnostic, Finding

__all__ = ["EXECUTED", "Commit", "Examined", "Format", "Kind", "Renderer", "Report", "Result", "Task"]

Format = Literal["html", "pdf"]
Renderer = Literal["embedded", "quarto"]

EXECUTED = "notebook.ipynb"
"""The notebook of a report as it was run, whatever rendered it."""


@dataclass(frozen=True, slots=True, order=True)
class Report:
    """One report: an organisation, a year, a language."""

    organisation: str
    year: int
    lang: str

    def __str__(self) -> str:
        return f"{self.organisation}/{self.year}/{self.lang}"

    @property
    def stem(self) -> str:
        """Name that no other report has, without spaces."""
        return f"scorecard-{self.organisation}-{self.year}-{self.lang}"

    @property
    def pdf(self) -> str:
        """File name of its PDF."""
        return f"{self.stem}.pdf"


Kind = Literal["", "data", "check", "execution", "rendering", "writing", "worker", "bug"]
"""What stopped a report; empty if nothing did."""


@dataclass(frozen=True, slots=True)
class Commit:
    """The commit that is checked out, and the inputs of reports that differ from it."""

    id: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """What all reports of a build have in common, and what one may have of its own.

    Parameters
    ----------
    formats
        Which files are made.
    cell_timeout, memory_limit
        What the kernel of one report may take.
    kept
        The executed notebook of a report, if only its rendering is stale.
    commit
        What version control said.
    renderer
        What renders. For Quarto a worker gives back the notebooks that Quarto is to render, and is
        then asked again with what came of them.
    standards
        What a PDF through Quarto has to conform to.
    rendered
        What Quarto made of a report.
    """

    formats: tuple[Format, ...]
    cell_timeout: int
    memory_limit: int | None
    kept: bytes | None = None
    commit: Commit | None = None
    renderer: Renderer = "embedded"
    standards: tuple[str, ...] = ()
    rendered: Mapping[str, bytes] | None = None

    @property
    def final(self) -> bool:
        """Whether what comes of it are the files of a report, and not notebooks for Quarto."""
        return self.renderer == "embedded" or self.rendered is not None


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
