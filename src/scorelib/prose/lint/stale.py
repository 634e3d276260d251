"""What dates badly: facts that are old, words such as *currently*, dates in the future; imports readings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scorelib.prose.lint.findings import diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scorelib.errors import Diagnostic
    from scorelib.prose.lint.context import Context, Setting
    from scorelib.prose.lint.marks import Year
    from scorelib.prose.lint.reading import Read
    from scorelib.prose.lint.verdicts import Verdict

__all__ = ["stale"]

LASTS = 2
"""Years before its report from which a fact may be without the text saying so."""


def stale(read: Read) -> Iterator[Diagnostic]:
    """What in a sentence is out of date, or will be."""
    context, setting = read.context, read.context.setting
    yield from _undated(context)
    yield from _future(context, setting)
    for verdict in read.verdicts:
        yield from _old(verdict, setting)


def _undated(context: Context) -> Iterator[Diagnostic]:
    """Words that mean another time with every reading, where no year stands beside them."""
    if context.marks.years:
        return
    for tag in context.tags.of("undated"):
        problem = "says no date, and will be read for years"
        remedy = _or_accept(context, tag.first, tag.last, "say of which date this is, or leave the word out")
        yield diagnostic(context, (tag.first, tag.last), "stale", problem=problem, remedy=remedy)


def _future(context: Context, setting: Setting) -> Iterator[Diagnostic]:
    """Dates after the report as if they had been; a plan says that it is one."""
    if context.has("future"):
        return
    for year in context.marks.years:
        if not _lies_ahead(year, setting) or context.tags.until("deadline", year.first):
            continue
        problem = f"lies in the future of a report with data up to {setting.data_date.isoformat()}"
        remedy = _or_accept(context, year.first, year.last, "correct it, or say that it is planned")
        yield diagnostic(context, (year.first, year.last), "stale", problem=problem, remedy=remedy)


def _lies_ahead(year: Year, setting: Setting) -> bool:
    if year.day is not None:
        return year.day > setting.data_date
    # A run of years, such as that of a plan, may end later.
    return year.start > max(setting.year, setting.data_date.year)


def _old(verdict: Verdict, setting: Setting) -> Iterator[Diagnostic]:
    """A fact from long before the report, where the text names no year for it."""
    claim = verdict.claim
    names = {measure.name for measure, _ in verdict.data if measure.statistic == "fact"}
    if claim.quantity.computed:
        names = {measure.name for measure in claim.measures if measure.statistic == "fact"}
    for name in sorted(names):
        row = setting.known.facts[name]
        day = row["as_of"]
        named = any(year.start <= day.year for year in claim.context.marks.years)
        if day.year >= setting.year - LASTS or named:
            continue
        problem = (
            f"is a fact as of {day.isoformat()} (data/facts.csv:{row['line']}), and no year stands with it"
        )
        span = (claim.quantity.first, claim.quantity.last)
        remedy = _or_accept(claim.context, *span, "name its date, or bring the fact up to date")
        yield diagnostic(claim.context, span, "stale", problem=problem, remedy=remedy)


def _or_accept(context: Context, first: int, last: int, mend: str) -> str:
    start, end = context.span(first, last)
    shown = " ".join(context.source.text[start:end].split())
    return f"{mend}, or accept it: <!-- accept: {shown} — source, date -->"
