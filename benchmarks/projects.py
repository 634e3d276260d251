"""Makes projects with as many reports as a benchmark needs, from our own data; measures nothing."""

from __future__ import annotations

import csv
import itertools
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["LANGUAGES", "ROOT", "Report", "Scorecard", "chosen", "every_year", "make_project"]

ROOT = Path(__file__).parents[1]
LANGUAGES = ("nl", "en")
YEARS = (2024, 2023, 2022, 2021, 2020)
EXAMPLE = "voorbeeld"
EXAMPLE_YEAR = 2024
EXAMPLE_ASSESSMENT = "mopan-voorbeeld-2023"
COPIES = 25
FIRST_REAL = "iom"
AMOUNTS = ("assessed", "unearmarked", "earmarked", "other")
FEW_ROWS = 600
"""An organisation with fewer contributions shows notices instead of figures, which would flatter us."""

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """One scorecard of a made project; `fictional` ones are copies of the example organisation."""

    organisation: str
    year: int
    fictional: bool


class Report(NamedTuple):
    """One report, as it is asked for."""

    organisation: str
    year: int
    lang: str

    @property
    def name(self) -> str:
        """A name for files."""
        return f"{self.organisation}-{self.year}-{self.lang}"

    def folder(self, project: Path) -> Path:
        """Where our command puts it."""
        return project / "reports" / self.organisation / str(self.year) / self.lang


Years = dict[str, dict[int, int]]
"""Rows of contributions of each real organisation in each year."""


def chosen(scorecards: int, contributions: Years) -> list[Scorecard]:
    """Scorecards of real and fictional organisations by turns, so that any first few are a fair mix.

    Parameters
    ----------
    scorecards
        How many; each is a report in each of the `LANGUAGES`.
    contributions
        What the data have.

    Raises
    ------
    ValueError
        If the data do not have so many.
    """
    enough = (name for name, years in contributions.items() if sum(years.values()) >= FEW_ROWS)
    real = sorted(enough, key=_first_real_first)
    ours = (Scorecard(name, year, fictional=False) for year in YEARS for name in real)
    turns = (card for pair in zip(ours, _copies(), strict=False) for card in pair)
    return _enough(list(itertools.islice(turns, scorecards)), scorecards)


def every_year(scorecards: int, contributions: Years) -> list[Scorecard]:
    """Scorecards of each real organisation and year that the data have, filled up with fictional ones.

    The newest years come first; a scorecard rests on the figures of the year before. Organisations of which
    there are few figures are among them, whose reports say so.
    """
    real = [
        Scorecard(name, year + 1, fictional=False) for name, years in contributions.items() for year in years
    ]
    real.sort(key=lambda card: (-card.year, card.organisation))
    real = real[:scorecards]
    return _enough([*real, *itertools.islice(_copies(), scorecards - len(real))], scorecards)


def _copies() -> Iterator[Scorecard]:
    # Its texts ask for figures of one year, so that a copy has the same data in every year.
    for year in YEARS:
        for number in range(1, COPIES + 1):
            yield Scorecard(f"{EXAMPLE}-{number}", year, fictional=True)


def _enough(cards: list[Scorecard], scorecards: int) -> list[Scorecard]:
    if len(cards) < scorecards:
        message = f"the data are enough for {len(cards)} scorecards, not for {scorecards}"
        raise ValueError(message)
    return cards


def _first_real_first(name: str) -> tuple[bool, str]:
    return (name != FIRST_REAL, name)


def make_project(
    target: Path, reports: int, choose: Callable[[int, Years], list[Scorecard]] = chosen
) -> list[Report]:
    """Make a project of `reports` reports in the folder `target`, which must not be there yet.

    Real organisations get drafts from their data alone: nothing about them is made up. Fictional
    ones have texts, scores and relevance, so that every kind of figure is drawn.
    """
    if reports % len(LANGUAGES):
        message = f"{reports} reports are not {len(LANGUAGES)} languages of any number of scorecards"
        raise ValueError(message)
    shutil.copytree(ROOT / "data", target / "data")
    ignored = shutil.ignore_patterns(".ipynb_checkpoints")
    shutil.copytree(ROOT / "notebooks", target / "notebooks", ignore=ignored)
    (target / "reports").mkdir()
    data = target / "data"
    cards = choose(reports // len(LANGUAGES), _contributions(data))
    copies = sorted({card.organisation for card in cards if card.fictional})
    for table in ("organisations", "contributions", "revenue", "facts"):
        column = "id" if table == "organisations" else "organisation"
        _add(data / f"{table}.csv", lambda rows, column=column: _copied(rows, column, copies))  # type: ignore[misc]
    _rewrite(data / "organisations.csv", lambda rows: [_named(row) for row in rows])
    for table in ("contributions", "revenue"):
        _rewrite(data / f"{table}.csv", lambda rows: [_scaled(row) for row in rows])
    _add(data / "assessments.csv", lambda rows: _assessments(rows, copies))
    _add(data / "scores.csv", lambda rows: _scores(rows, copies))
    _rewrite(data / "scorecards.csv", lambda rows: _scorecards(rows, cards))
    _rewrite(data / "relevance.csv", lambda rows: _relevance(rows, cards))
    there = {(card.organisation, str(card.year)) for card in cards}
    # What was accepted is in texts of scorecards that may not be among these.
    _rewrite(
        data / "accepted.csv",
        lambda rows: [row for row in rows if (row["organisation"], row["year"]) in there],
    )
    for card in cards:
        if card.fictional:
            _write_texts(data / "texts", card)
    return [Report(card.organisation, card.year, lang) for card in cards for lang in LANGUAGES]


# --- rows -------------------------------------------------------------------------------------


def _contributions(data: Path) -> Years:
    counted: Years = {}
    with (data / "contributions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            years = counted.setdefault(row["organisation"], {})
            years[int(row["year"])] = years.get(int(row["year"]), 0) + 1
    counted.pop(EXAMPLE)
    return counted


def _copied(rows: list[Row], column: str, copies: list[str]) -> list[Row]:
    own = [row for row in rows if row[column] == EXAMPLE]
    return [{**row, column: copy} for copy in copies for row in own]


def _number(organisation: str) -> int:
    """Which copy an organisation is; 0 if it is none."""
    return int(organisation.removeprefix(f"{EXAMPLE}-")) if organisation.startswith(f"{EXAMPLE}-") else 0


def _named(row: Row) -> Row:
    """A copy with names of its own."""
    number = _number(row["id"])
    own = {name: f"{row[name]} {number}" for name in ("abbreviation", "name_nl", "name_en")}
    return {**row, **own} if number else row


def _scaled(row: Row) -> Row:
    """A copy with amounts of its own, a few percent larger: no two draw the same charts."""
    number = _number(row["organisation"])
    own = {name: f"{float(row[name]) * (1 + number / 100):.2f}" for name in AMOUNTS if row[name]}
    return {**row, **own} if number else row


def _write_texts(texts: Path, card: Scorecard) -> None:
    """The example's texts, each paragraph with a mark of its own.

    Typst keeps what it has set and uses it again for the same paragraph; real scorecards have no
    paragraphs in common but the introduction.
    """
    mark = f" ({_number(card.organisation)}, {card.year})."
    for path in (texts / EXAMPLE / str(EXAMPLE_YEAR)).rglob("*.md"):
        target = texts / card.organisation / str(card.year) / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text("utf-8").split("\n")
        changed = [f"{line[:-1]}{mark}" if line.endswith(".") else line for line in lines]
        target.write_text("\n".join(changed), "utf-8")


def _assessment(copy: str) -> str:
    return f"mopan-{copy}"


def _assessments(rows: list[Row], copies: list[str]) -> list[Row]:
    own = [row for row in rows if row["id"] == EXAMPLE_ASSESSMENT]
    return [{**row, "id": _assessment(row["organisation"])} for row in _copied(own, "organisation", copies)]


def _scores(rows: list[Row], copies: list[str]) -> list[Row]:
    own = [row for row in rows if row["assessment"] == EXAMPLE_ASSESSMENT]
    return [{**row, "assessment": _assessment(copy)} for copy in copies for row in own]


def _scorecards(rows: list[Row], cards: list[Scorecard]) -> list[Row]:
    there = {(row["organisation"], row["year"]): row for row in rows}
    example = there[EXAMPLE, str(EXAMPLE_YEAR)]
    made = []
    for card in cards:
        key = (card.organisation, str(card.year))
        plain = {**example, "organisation": card.organisation, "year": str(card.year)}
        if card.fictional:
            made.append({**plain, "assessment": _assessment(card.organisation)})
        else:
            # A year's scorecard rests on the figures of the year before.
            made.append(there.get(key, {**plain, "assessment": "", "data_year": str(card.year - 1)}))
    return made


def _relevance(rows: list[Row], cards: list[Scorecard]) -> list[Row]:
    wanted = {(card.organisation, str(card.year)) for card in cards}
    kept = [row for row in rows if (row["organisation"], row["year"]) in wanted]
    own = [row for row in rows if row["organisation"] == EXAMPLE]
    return kept + [
        {**row, "organisation": card.organisation, "year": str(card.year)}
        for card in cards
        if card.fictional
        for row in own
    ]


def _add(path: Path, more: Callable[[list[Row]], list[Row]]) -> None:
    _rewrite(path, lambda rows: rows + more(rows))


def _rewrite(path: Path, change: Callable[[list[Row]], list[Row]]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or ())
        rows = change(list(reader))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
