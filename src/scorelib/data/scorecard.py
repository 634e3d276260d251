"""One organisation in one year, validated: what every figure and text is made from.

Imports errors, language and the rest of this room; nothing that draws or renders.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from scorelib.data.check import load_tables
from scorelib.data.listing import must_be_described
from scorelib.data.package import Package, find_project
from scorelib.errors import DataError, UsageError
from scorelib.language import language

if TYPE_CHECKING:
    import datetime
    from pathlib import Path

    from scorelib.data.read import Rows
    from scorelib.language import Language

__all__ = [
    "Assessment",
    "Organisation",
    "Scorecard",
    "frames",
    "load_scorecard",
    "scorecard_from",
    "scorecard_of",
    "translated",
]


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as the tables name it."""

    id: str
    abbreviation: str
    name: str
    kind: str
    fictional: bool


@dataclass(frozen=True, slots=True)
class Assessment:
    """An assessment that a scorecard rests on; `published` is an ISO date of any precision."""

    id: str
    framework: str
    title: str
    period: str
    published: str
    source: str


@dataclass(frozen=True, eq=False)
class Scorecard:
    """The data of one scorecard, in one language; nothing in it can be changed.

    Two of them are equal if they are the same object: frames cannot be compared at a glance.

    Tables are read by name, ``card["contributions"]``; each reading gives a new DataFrame with the
    columns of the data package, so what a notebook does to it stays in that cell. Tables with an
    organisation hold its rows alone.
    """

    organisation: Organisation
    year: int
    language: Language
    status: str
    data_year: int
    basis: str
    data_date: datetime.date
    assessment: Assessment | None
    project: Path
    digest: str
    tables: Mapping[str, pd.DataFrame]

    def __getitem__(self, table: str) -> pd.DataFrame:
        """A table by its name in the data package."""
        if table not in self.tables:
            message = f"there is no table {table!r}; choose one of: {', '.join(sorted(self.tables))}"
            raise UsageError(message)
        return self.tables[table].copy()

    def __repr__(self) -> str:
        return f"<Scorecard {self.organisation.id} {self.year} {self.language.code}, {self.status}>"


def load_scorecard(
    organisation: str, year: int, *, lang: str = "nl", project: Path | None = None
) -> Scorecard:
    """Load and validate the data of one scorecard.

    Parameters
    ----------
    organisation
        Its id in ``organisations``, such as ``iom``.
    year
        Year of the scorecard.
    lang
        Language in which its labels, names and numbers are shown.
    project
        The folder that holds ``data/``; found upwards from the working directory if not given.

    Raises
    ------
    UsageError
        If there is no such organisation, scorecard or language, or no project.
    DataError
        If any row that the scorecard needs is wrong; it holds all of them.

    Examples
    --------
    >>> import scorelib as sl
    >>> card = sl.load_scorecard("iom", 2024)
    >>> card.organisation.name
    'Internationale Organisatie voor Migratie'
    """
    tongue = language(lang)
    folder = project if project is not None else find_project()
    return scorecard_from(Package.load(folder / "data"), organisation, year, tongue, folder)


def scorecard_from(
    package: Package, organisation: str, year: int, tongue: Language, folder: Path
) -> Scorecard:
    """A scorecard from the tables of a package, which may lie elsewhere than its project; see above."""
    must_be_described(package, "organisations", "scorecards", "assessments", "relevance")
    tables, findings = load_tables(package, organisation)
    _must_exist(tables, organisation, year)
    if findings:
        raise DataError(findings)
    tables["organisations"] = _only(tables["organisations"], organisation)
    return scorecard_of(tables, organisation, year, tongue, folder)


def scorecard_of(
    tables: Mapping[str, Rows], organisation: str, year: int, tongue: Language, folder: Path
) -> Scorecard:
    """A scorecard from rows that were read and found right: those of its organisation alone."""
    own = _one(tables["organisations"], id=organisation)
    row = _one(tables["scorecards"], year=year)
    return Scorecard(
        organisation=Organisation(
            id=organisation,
            abbreviation=str(own["abbreviation"]),
            name=tongue.pick(own, "name"),
            kind=str(own["kind"]),
            fictional=bool(own["fictional"]),
        ),
        year=year,
        language=tongue,
        status=str(row["status"]),
        data_year=int(str(row["data_year"])),
        basis=str(row["basis"]),
        data_date=row["data_date"],  # type: ignore[arg-type]  # a date by the table's schema
        assessment=_assessment(tables["assessments"], row["assessment"]),
        project=folder,
        digest=_digest(tables),
        # Relevance of this scorecard alone; every other table keeps all its years.
        tables=_Frames(tables, year),
    )


def translated(card: Scorecard, tongue: Language) -> Scorecard:
    """The same scorecard in another language; the two share their tables."""
    (row,) = card.tables["organisations"].to_dict("records")
    name = tongue.pick({str(column): value for column, value in row.items()}, "name")
    return replace(card, language=tongue, organisation=replace(card.organisation, name=name))


def _must_exist(tables: Mapping[str, Rows], organisation: str, year: int) -> None:
    rows = tables["organisations"]
    known = sorted(str(row["id"]) for row in rows.rows if row["id"])
    if organisation not in known:
        # It may be there, in a row or a file that cannot be read.
        if rows.findings:
            raise DataError(rows.findings)
        import difflib  # noqa: PLC0415 - only for a message

        near = difflib.get_close_matches(organisation.lower(), known, 3, 0.5) or known[:3]
        meant = f"did you mean {' or '.join(near)}?" if near else "the table is empty."
        message = (
            f"there is no organisation {organisation!r} in data/{rows.table.place}; {meant} "
            "`scorelib list` shows every scorecard"
        )
        raise UsageError(message)
    rows = tables["scorecards"]
    years = sorted(int(str(row["year"])) for row in rows.rows if row["year"])
    if year not in years:
        if rows.findings:
            raise DataError(rows.findings)
        there = f"there are scorecards of {', '.join(map(str, years))}" if years else "it has none yet"
        message = (
            f"there is no scorecard of {organisation} for {year} in data/{rows.table.place}: {there}; "
            "add a row to that table to make one"
        )
        raise UsageError(message)


def _only(rows: Rows, organisation: str) -> Rows:
    kept = [index for index, row in enumerate(rows.rows) if row["id"] == organisation]
    return replace(
        rows,
        rows=[rows.rows[index] for index in kept],
        lines=[rows.lines[index] for index in kept],
        raw=[rows.raw[index] for index in kept],
    )


def _one(rows: Rows, **where: object) -> dict[str, object]:
    return next(row for row in rows.rows if all(row[key] == value for key, value in where.items()))


def _assessment(rows: Rows, wanted: object) -> Assessment | None:
    for row in rows.rows:
        if wanted and row["id"] == wanted:
            text = {key: str(value or "") for key, value in row.items()}
            return Assessment(
                text["id"],
                text["framework"],
                text["title"],
                text["period"],
                text["published"],
                text["source"],
            )
    return None


def frames(tables: Mapping[str, Rows]) -> Mapping[str, pd.DataFrame]:
    """Rows of each table as a DataFrame, as a scorecard holds them."""
    return _Frames(tables)


class _Frames(Mapping[str, pd.DataFrame]):
    """Tables as DataFrames, each made when it is first asked for: a report reads half of them."""

    def __init__(self, tables: Mapping[str, Rows], relevance_of: int | None = None) -> None:
        self._tables = tables
        self._year = relevance_of
        self._made: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._made:
            frame = _frame(self._tables[name])
            if name == "relevance" and self._year is not None:
                frame = frame[frame["year"] == self._year].reset_index(drop=True)
            self._made[name] = frame
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __contains__(self, name: object) -> bool:
        # Mapping's own asks for the table, which would make it.
        return name in self._tables


def _frame(rows: Rows) -> pd.DataFrame:
    """Rows as a DataFrame: numbers as float64 with NaN, dates and texts as objects with None."""
    frame = pd.DataFrame(
        {
            f.name: pd.Series([row[f.name] for row in rows.rows], dtype=_dtype(f.type))
            for f in rows.table.fields
        }
    )
    frame.attrs["file"] = rows.table.name
    frame.insert(0, "line", rows.lines)
    return frame


def _dtype(kind: str) -> str:
    return {"number": "float64", "integer": "Int64", "boolean": "boolean"}.get(kind, "object")


def _digest(tables: Mapping[str, Rows]) -> str:
    """SHA-256 over the organisation's rows, so that two reports can be told apart by their data."""
    digest = hashlib.sha256()
    for name in sorted(tables):
        digest.update(name.encode())
        for row in tables[name].rows:
            digest.update(repr(list(row.values())).encode())
    return digest.hexdigest()
