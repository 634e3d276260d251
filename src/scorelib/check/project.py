"""What `scorelib check` finds out about a project; prints nothing."""

from __future__ import annotations

import contextlib
import gc
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scorelib.check.library import Library
from scorelib.check.tables import check_tables
from scorelib.data.batch import Batch
from scorelib.errors import Diagnostic, UsageError
from scorelib.language import available
from scorelib.prose.lint.acceptances import unused
from scorelib.prose.lint.words import readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from scorelib.errors import Finding
    from scorelib.prose.lint.report import Linted

__all__ = ["Checked", "check_project", "short_lived"]


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


@contextlib.contextmanager
def short_lived() -> Iterator[None]:
    """Look for no garbage meanwhile: beside a million cells that stay, that takes a fourth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@short_lived()
def check_project(project: Path, organisations: Sequence[str] = ()) -> Checked:
    """Check every table, and every text in every language once the tables are right.

    Parameters
    ----------
    project
        The folder that holds ``data/``.
    organisations
        Look at the texts of these alone, and at what their rows hold; errors of the data are told of all.

    Raises
    ------
    DataError
        If ``datapackage.json`` itself cannot be read, or lacks what every report needs.
    UsageError
        If one of the organisations has no scorecard.
    """
    batch = Batch(project)
    errors = set(batch.findings)
    found: set[Diagnostic] = set()
    linted: list[Linted] = []
    if not errors:
        library = Library(batch)
        for row in _wanted(batch, organisations):
            report = library.report(str(row["organisation"]), int(row["year"]))
            errors |= report.unreadable(available())
            if not errors:
                linted.append(report.linted())
                found |= {*linted[-1].findings, *report.files()}
        if not errors:
            of_tables = check_tables(batch, library.numbers)
            found |= {*_own(of_tables, batch, organisations), *_unused(linted), *_unread(project)}
    return Checked(
        errors=tuple(sorted(errors)),
        findings=tuple(sorted(found)) if not errors else (),
        tables=len(batch.tables),
        rows=sum(len(rows.rows) for rows in batch.tables.values()),
        texts=len(sorted((project / "data" / "texts").rglob("*.md"))),
        numbers=sum((Counter(each.numbers) for each in linted), Counter()),
        accepted=len({acceptance for each in linted for acceptance in each.used}),
    )


def _wanted(batch: Batch, organisations: Sequence[str]) -> list[dict[str, Any]]:
    """The scorecards that are to be looked at."""
    rows = batch.tables["scorecards"].rows
    there = sorted({str(row["organisation"]) for row in rows})
    for name in organisations:
        if name not in there:
            message = (
                f"there is no scorecard of {name!r} in data/scorecards.csv; there are of {', '.join(there)}"
            )
            raise UsageError(message)
    return [row for row in rows if not organisations or row["organisation"] in organisations]


def _own(found: Iterable[Diagnostic], batch: Batch, organisations: Sequence[str]) -> Iterator[Diagnostic]:
    """What was found in rows of some organisations; all if none is named."""
    if not organisations:
        yield from found
        return
    owners = {
        (f"data/{rows.table.place}", line): row.get("organisation")
        for rows in batch.tables.values()
        for row, line in zip(rows.rows, rows.lines, strict=True)
    }
    yield from (each for each in found if owners.get((each.file, each.line)) in organisations)


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
