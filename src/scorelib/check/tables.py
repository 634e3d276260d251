"""Rules between tables that need judgement: sums, ranks, negative and lumpy amounts; imports data.

What is plainly wrong is an error of the data (`scorelib.data.check`). Here is what may be right and
must be looked at, or must be known when a figure is read.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from scorelib.errors import Diagnostic
from scorelib.scoring.funding import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scorelib.data.batch import Batch
    from scorelib.data.read import Rows
    from scorelib.errors import Severity
    from scorelib.prose.known import Known

__all__ = ["check_tables"]

TOLERANCE = 0.005
"""Part of a year's revenue by which the sum of its donors may differ: what publishers round away."""
SHOWN_DONOR = "NL"
"""The donor that every report shows."""
TOP = 3
WINDOW = 5
"""Years over which core contributions are held against each other."""
LITTLE, MUCH = 0.1, 1.5
"""Of their mean: a year with less than the first beside one with more than the second is lumpy."""


def check_tables(batch: Batch, known: Mapping[str, Known]) -> Iterator[Diagnostic]:
    """What is to be looked at in the tables.

    Parameters
    ----------
    batch
        Tables without errors.
    known
        The numbers of organisations, by id; scorecards of others are passed over.
    """
    yield from _sums(batch)
    yield from _donor_kinds(batch)
    for row, line in _lines(batch.tables["scorecards"]):
        if row["organisation"] in known:
            yield from _scorecard(batch, row, line, known[row["organisation"]])


def _lines(rows: Rows) -> Iterator[tuple[Mapping[str, Any], int]]:
    return zip(rows.rows, rows.lines, strict=True)


def _found(
    table: Rows, line: int, severity: Severity, rule: str, *, value: str = "", problem: str, remedy: str
) -> Diagnostic:
    return Diagnostic(f"data/{table.table.place}", line, 0, severity, rule, value, problem, remedy)


# --- sums and donors --------------------------------------------------------------------------


def _sums(batch: Batch) -> Iterator[Diagnostic]:
    """What donors gave adds up to the revenue of the year, kind by kind."""
    sums: dict[tuple[Any, ...], list[float]] = defaultdict(list)
    for given in batch.tables["contributions"].rows:
        for kind in KINDS:
            key = (given["organisation"], given["year"], given["currency"], kind)
            sums[key].append(given[kind] or 0.0)
    revenue = batch.tables["revenue"]
    for row, line in _lines(revenue):
        whole = math.fsum(abs(row[kind] or 0.0) for kind in KINDS)
        for kind in KINDS:
            parts = sums.get((row["organisation"], row["year"], row["currency"], kind))
            if parts is None:
                continue
            stated, found = row[kind] or 0.0, math.fsum(parts)
            if abs(stated - found) > TOLERANCE * whole:
                problem = (
                    f"{row['organisation']} received {stated:,.0f} in {row['year']}, but its rows of "
                    f"contributions add up to {found:,.0f} ({found - stated:+,.0f})"
                )
                remedy = "look for a donor that is missing or is there twice"
                yield _found(revenue, line, "warning", "sums", value=kind, problem=problem, remedy=remedy)


def _donor_kinds(batch: Batch) -> Iterator[Diagnostic]:
    """A donor is a government in every row or in none: only governments are ranked."""
    contributions = batch.tables["contributions"]
    first: dict[str, tuple[str, int]] = {}
    told: set[str] = set()
    for row, line in _lines(contributions):
        donor, kind = str(row["donor"]), str(row["donor_kind"])
        seen, where = first.setdefault(donor, (kind, line))
        if seen != kind and "government" in (seen, kind) and donor not in told:
            told.add(donor)
            problem = f"{donor} is ‘{kind}’ here and ‘{seen}’ in line {where}, so it is ranked in some years"
            remedy = "give it one kind; the European Union is no government of a member state"
            yield _found(contributions, line, "warning", "ranks", value=donor, problem=problem, remedy=remedy)


# --- scorecards -------------------------------------------------------------------------------


def _scorecard(batch: Batch, row: Mapping[str, Any], line: int, known: Known) -> Iterator[Diagnostic]:
    """What a reader of one report must know, and what it lacks."""
    table = batch.tables["scorecards"]
    grave: Severity = "warning" if row["status"] == "final" else "note"
    name, year, last = str(row["organisation"]), int(row["year"]), int(row["data_year"])
    if last not in known.years:
        problem = f"there are no contributions to {name} in {last}, the last year that it shows"
        remedy = "correct data_year, or add the contributions"
        yield _found(table, line, "warning", "ranks", value=str(last), problem=problem, remedy=remedy)
    else:
        yield from _ranks(batch, known, line, last, str(row["basis"]))
    if not any(r["organisation"] == name and r["year"] == year for r in batch.tables["relevance"].rows):
        problem = f"the relevance of {name} is not rated for {year}"
        remedy = "add a row to relevance.csv for each theme"
        yield _found(table, line, grave, "relevance", problem=problem, remedy=remedy)
    yield from _scores(batch, row, line, grave)
    yield from _core(batch, known, last)


def _ranks(batch: Batch, known: Known, line: int, year: int, basis: str) -> Iterator[Diagnostic]:
    table = batch.tables["scorecards"]
    ranked = known.positions(year, basis)  # type: ignore[arg-type]  # a basis by the table's schema
    own = ranked.get(SHOWN_DONOR)
    if own is None:
        problem = f"{SHOWN_DONOR} gave {known.organisation} nothing in {year} on the basis ‘{basis}’"
        remedy = "correct data_year or basis, or know that its rank will be missing"
        yield _found(table, line, "note", "ranks", value=SHOWN_DONOR, problem=problem, remedy=remedy)
    shown = {each.rank for each in ranked.values() if each.rank <= TOP} | ({own.rank} if own else set())
    for rank in sorted(shown):
        tied = sorted(donor for donor, each in ranked.items() if each.rank == rank)
        if len(tied) > 1:
            problem = (
                f"{', '.join(tied)} share rank {rank} among the donors of {known.organisation} in {year}"
            )
            remedy = "look whether a row is there twice; equal amounts share the lowest number"
            yield _found(table, line, "note", "ranks", value=str(rank), problem=problem, remedy=remedy)


def _scores(batch: Batch, row: Mapping[str, Any], line: int, grave: Severity) -> Iterator[Diagnostic]:
    table, assessment = batch.tables["scorecards"], row["assessment"]
    if assessment is None:
        problem = f"{row['organisation']} {row['year']} rests on no assessment"
        remedy = "name one of assessments.csv, if there is one"
        yield _found(table, line, grave, "scores", problem=problem, remedy=remedy)
    elif not any(each["assessment"] == assessment for each in batch.tables["scores"].rows):
        problem = "the scores of this assessment are not in the data; its figures are drawn without them"
        remedy = "transcribe them into scores.csv"
        yield _found(table, line, grave, "scores", value=str(assessment), problem=problem, remedy=remedy)


def _core(batch: Batch, known: Known, last: int) -> Iterator[Diagnostic]:
    """Core contributions that are negative, or are booked for several years at once."""
    table = batch.tables["contributions"]
    years = range(last - WINDOW + 1, last + 1)
    series = {year: known.contribution(SHOWN_DONOR, year, "unearmarked") for year in years}
    for year, amount in series.items():
        if amount is not None and amount < 0:
            problem = (
                f"{SHOWN_DONOR} gave {known.organisation} {amount:,.0f} unearmarked in {year}: a refund or a "
                "correction of an earlier year; it lowers the total and the rank of this one"
            )
            remedy = "say so where the report speaks of this year"
            line = known.contribution_line(SHOWN_DONOR, year)
            yield _found(table, line, "note", "negative", problem=problem, remedy=remedy)
    amounts = [amount or 0.0 for amount in series.values()]
    mean = math.fsum(amounts) / len(amounts)
    if mean > 0 and min(amounts) < LITTLE * mean and max(amounts) > MUCH * mean:
        booked = "; ".join(f"{year}: {amount or 0:,.0f}" for year, amount in series.items())
        problem = (
            f"core contributions of {SHOWN_DONOR} to {known.organisation} are booked unevenly ({booked}): "
            "some for several years at once, so that the rank of one year says little"
        )
        remedy = f"speak of the mean per year ({mean:,.0f}) beside a single year"
        line = known.contribution_line(SHOWN_DONOR, last)
        yield _found(table, line, "note", "lumpy", problem=problem, remedy=remedy)
