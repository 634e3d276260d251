"""What a report is called and where it is; imports nothing, so that planning stays light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Format", "Report"]

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
