"""Keeps ``reports/status.json``: what became of every report the last time it was asked for.

Imports nothing of ours but errors, sealed and what a report is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scorelib.errors import ScorelibError
from scorelib.sealed import put, read_json, seal_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from scorelib.build.report import Report

__all__ = ["STATUS", "damaged", "entry", "read_status", "write_status"]

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
        kept = read_json(reports / STATUS)["reports"]
        return {f"{row['organisation']}/{row['year']}/{row['lang']}": row for row in kept}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def damaged(reports: Path) -> bool:
    """Whether there is a status that is not as it was written."""
    try:
        read_json(reports / STATUS)
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        return True
    return False


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
    try:
        put(reports / STATUS, seal_json(facts))
    except OSError as error:
        message = f"cannot write {reports / STATUS}: {error.strerror}; make room or rights there"
        raise ScorelibError(message) from error
