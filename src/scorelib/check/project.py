"""Holds a whole project against its rules: tables and texts; prints nothing, renders nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scorelib.data.check import check_package, load_tables
from scorelib.data.listing import listed
from scorelib.data.package import Package
from scorelib.data.scorecard import load_scorecard
from scorelib.language import available
from scorelib.prose.texts import check_texts

if TYPE_CHECKING:
    from pathlib import Path

    from scorelib.errors import Finding

__all__ = ["Checked", "check_project"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what was found."""

    findings: tuple[Finding, ...]
    tables: int
    rows: int
    texts: int


def check_project(project: Path) -> Checked:
    """Check every table, and every text in every language once the tables are right.

    Raises
    ------
    DataError
        If ``datapackage.json`` itself cannot be read.
    """
    package = Package.load(project / "data")
    findings = check_package(package)
    texts: list[Finding] = []
    if not findings:
        for row in listed(package):
            for code in available():
                card = load_scorecard(
                    str(row["organisation"]), int(str(row["year"])), lang=code, project=project
                )
                texts += check_texts(card)
    tables, _ = load_tables(package, None)
    return Checked(
        findings=tuple(sorted({*findings, *texts})),
        tables=len(tables),
        rows=sum(len(rows.rows) for rows in tables.values()),
        texts=len(sorted((project / "data" / "texts").rglob("*.md"))),
    )
