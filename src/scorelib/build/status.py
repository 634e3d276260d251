"""Keeps ``reports/status.json``: what became of every report the last time it was asked for.

Imports nothing of ours but errors and what a report is called.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scorelib.errors import ScorelibError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scorelib.build.report import Report

__all__ = ["STATUS", "entry", "read_status", "write_status"]

STATUS = "status.json"


def entry(
    report: Report, state: str, *, error: str = "", kind: str = "", seconds: float = 0.0
) -> dict[str, Any]:
    """What is kept of a report: made, fresh, failed or left, and of a failure what and why."""
    facts: dict[str, Any] = {
        "organisation": report.organisation,
        "year": report.year,
        "lang": report.lang,
        "state": state,
    }
    if state in {"made", "failed"}:
        facts["seconds"] = round(seconds, 3)
    if error:
        facts |= {"kind": kind, "error": error, "alone": alone(report)}
    return facts


def alone(report: Report) -> str:
    """How to make one report by itself."""
    return f"scorelib build {report.organisation} --year {report.year} --lang {report.lang} --jobs 1 --force"


def read_status(reports: Path) -> dict[str, dict[str, Any]]:
    """What is kept, by report; nothing where nothing can be read."""
    try:
        kept = json.loads((reports / STATUS).read_text("utf-8"))["reports"]
        return {f"{row['organisation']}/{row['year']}/{row['lang']}": row for row in kept}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def write_status(reports: Path, news: Iterable[Mapping[str, Any]], known: Iterable[Report]) -> None:
    """Add what is new, and leave out reports that are no longer known.

    Raises
    ------
    ScorelibError
        If it cannot be written; what was there is untouched.
    """
    rows = read_status(reports)
    for row in news:
        name = f"{row['organisation']}/{row['year']}/{row['lang']}"
        # That it is still as it was says nothing against how it came to be.
        if row["state"] != "fresh" or rows.get(name, {}).get("state") != "made":
            rows[name] = dict(row)
    wanted = {str(report) for report in known}
    facts = {"reports": [row for name, row in sorted(rows.items()) if name in wanted]}
    made = None
    try:
        handle, made = tempfile.mkstemp(prefix=".status-", dir=reports)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(facts, file, indent=2, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        Path(made).chmod(0o644)
        Path(made).replace(reports / STATUS)
    except OSError as error:
        if made is not None:
            Path(made).unlink(missing_ok=True)
        message = f"cannot write {reports / STATUS}: {error.strerror}; make room or rights there"
        raise ScorelibError(message) from error
