"""Begins a scorecard: its row in ``scorecards`` and files for its texts, with hints what to write.

Imports data, language, errors and the rest of this room. Nothing that is there is changed; what is added
is put in place by `data.write`, all of it or nothing.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scorelib.data.columns import Columns, Text
from scorelib.data.listing import must_be_described
from scorelib.data.package import Package
from scorelib.data.proof import columns_of
from scorelib.data.read import read_rows
from scorelib.data.scorecard import scorecard_from
from scorelib.data.write import commit, interrupted, locked, staged, write_table
from scorelib.errors import DataError, UsageError
from scorelib.language import NBSP, language
from scorelib.prose.texts import CHAPTERS, fill

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping, Sequence

    from scorelib.data.scorecard import Scorecard
    from scorelib.scoring.funding import Basis

__all__ = ["Begun", "Wishes", "begin"]

EXAMPLES = {
    "summary": ('usd("NL", {last})', 'rank("NL", {last})'),
    "role": ('usd("NL", {last})', 'share("NL", {last})'),
    "finance": (
        "revenue({last})",
        "growth({before}, {last})",
        'earmarked_share({last}, of="contributions")',
        'usd("NL", {last})',
        'rank("NL", {last})',
        'share("NL", {last})',
    ),
    "assessment": ('score("1")', 'band("1")'),
    "appreciation": ('score("1")', 'band("1")'),
}
"""Placeholders of each chapter that are offered where the data have what they ask for."""
SHOWN_FACTS = 6


@dataclass(frozen=True, slots=True)
class Wishes:
    """What of a new scorecard is not as it would be by itself; None for what is.

    Parameters
    ----------
    assessment
        Id of the assessment it rests on; empty for none. Of itself: the last one published by its year.
    data_year
        Last year of the contributions shown. Of itself: the last one in the data before its year.
    basis
        Basis of the donor ranking. Of itself: that of the organisation's last scorecard.
    """

    assessment: str | None = None
    data_year: int | None = None
    basis: Basis | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """What was added, what was there already, and what is still to be done.

    Parameters
    ----------
    row
        The row of ``scorecards``, by column; empty if it was there.
    added, kept
        Files of texts that were made, and those that were there and stay as they are.
    card
        The scorecard as it is now.
    """

    row: Mapping[str, str]
    added: tuple[Path, ...]
    kept: tuple[Path, ...]
    card: Scorecard

    @property
    def unrated(self) -> list[str]:
        """Themes on which it has still to be rated."""
        rated = set(self.card["relevance"]["theme"])
        return [str(theme) for theme in self.card["themes"]["id"] if theme not in rated]


def begin(
    project: Path,
    organisation: str,
    year: int,
    *,
    langs: Sequence[str],
    today: datetime.date,
    wishes: Wishes | None = None,
) -> Begun:
    """Add a scorecard to a project: its row, and a file for each of its texts.

    Parameters
    ----------
    project
        The folder that holds ``data/``.
    organisation, year
        What the scorecard is of.
    langs
        Languages in which files for texts are made.
    today
        The day that the row gives for its data.
    wishes
        What is not to be as it would be by itself.

    Raises
    ------
    UsageError
        If there is no such organisation or assessment, or files cannot be written.
    DataError
        If the data that the scorecard needs are wrong; nothing is written then.
    """
    folder = project / "data"
    with locked(folder):
        package = Package.load(folder)
        must_be_described(package, "organisations", "scorecards", "assessments", "relevance", "contributions")
        _must_exist(package, organisation)
        row = _row(package, organisation, year, wishes or Wishes(), today)
        try:
            with tempfile.TemporaryDirectory() as name:
                trial = _trial(package, row, Path(name))
                card = scorecard_from(trial, organisation, year, language(langs[0]), project)
            added, kept = _texts(card, langs)
            if added or row:
                _put_in_place(package, row, added)
        except OSError as error:
            state = "nothing was written" if not interrupted(folder) else "run the command again to finish it"
            message = f"the scorecard cannot be written into {folder} ({error.strerror}); {state}"
            raise UsageError(message) from None
    return Begun(row, tuple(folder / name for name in added), kept, card)


def _must_exist(package: Package, organisation: str) -> None:
    """See that an organisation is in the table; say how to add it otherwise."""
    rows = read_rows(package, package.table("organisations"))
    if rows.findings:
        raise DataError(rows.findings)
    words = {
        str(row["id"]): f"{row['id']} {row['abbreviation']} {row['name_en']}".casefold() for row in rows.rows
    }
    if organisation in words:
        return
    import difflib  # noqa: PLC0415 - only for a message

    near = difflib.get_close_matches(organisation.casefold(), list(words), 3, 0.6)
    near += [name for name, text in words.items() if organisation.casefold() in text and name not in near]
    meant = f"did you mean {' or '.join(near[:3])}? If not, " if near else ""
    table = rows.table
    kinds = ", ".join(table.field("kind").enum)
    message = (
        f"there is no organisation {organisation!r} in data/{table.place}; {meant or 'to add it, '}"
        f"{'add' if meant else 'write'} a row there: {','.join(column.name for column in table.fields)}\n"
        f"  kind is one of {kinds}; fictional is true or false; source is an id of data/sources.csv"
    )
    raise UsageError(message)


# --- the row ----------------------------------------------------------------------------------


def _row(
    package: Package, organisation: str, year: int, wishes: Wishes, today: datetime.date
) -> dict[str, str]:
    """The row of the scorecard; empty if there is one."""
    own = {"organisation": organisation}
    tables = {
        name: read_rows(package, package.table(name), own)
        for name in ("scorecards", "assessments", "contributions")
    }
    if findings := [finding for rows in tables.values() for finding in rows.findings]:
        raise DataError(findings)
    others = sorted(tables["scorecards"].rows, key=lambda row: int(row["year"]))
    if any(row["year"] == year for row in others):
        return {}
    before = [row for row in others if row["year"] < year]
    years = [int(row["year"]) for row in tables["contributions"].rows if row["year"] < year]
    row = {
        **own,
        "year": str(year),
        "status": "draft",
        "assessment": _assessment(tables["assessments"].rows, organisation, year, wishes.assessment),
        "data_year": str(wishes.data_year or max(years, default=year - 1)),
        "basis": wishes.basis or (str(before[-1]["basis"]) if before else "voluntary"),
        "data_date": today.isoformat(),
    }
    return {column.name: row.get(column.name, "") for column in package.table("scorecards").fields}


def _assessment(
    rows: Sequence[Mapping[str, object]], organisation: str, year: int, wanted: str | None
) -> str:
    there = {str(row["id"]): str(row["published"] or "") for row in rows}
    if wanted:
        if wanted not in there:
            known = ", ".join(there) or "none at all"
            message = (
                f"there is no assessment {wanted!r} of {organisation} in data/assessments.csv; "
                f"there are: {known}"
            )
            raise UsageError(message)
        return wanted
    if wanted is not None:
        return ""
    known_by_then = [name for name in there if there[name][:4] <= str(year)]
    return max(known_by_then, key=there.__getitem__, default="")


def _trial(package: Package, row: Mapping[str, str], folder: Path) -> Package:
    """The tables as they would be, in a folder of their own: that of scorecards new, the others linked."""
    for table in package.tables.values():
        path = folder / table.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if row and table.name == "scorecards":
            _write_row(package, row, path)
        elif not path.is_symlink():
            path.symlink_to((package.folder / table.path).resolve())
    return Package(folder, package.tables)


def _write_row(package: Package, row: Mapping[str, str], target: Path) -> None:
    """The table of scorecards with one row more; every other row keeps its bytes."""
    table = package.table("scorecards")
    if table.sheet:
        message = f"data/{table.place} is a sheet of a workbook; add the row there: {','.join(row.values())}"
        raise UsageError(message)
    before = columns_of(package, table)
    count = len(before)
    rows = Columns(
        {name: Text.of([*column.cells(), row[name]]) for name, column in before.text.items()},
        {},
        np.append(before.lines, 0),
    )
    write_table(
        target,
        table,
        rows,
        before=(package.folder / table.path).read_bytes(),
        starts=before.lines,
        origin=np.append(np.arange(count), -1),
        touched=np.zeros(count + 1, dtype=np.bool_),
    )


# --- the texts --------------------------------------------------------------------------------


def _texts(card: Scorecard, langs: Sequence[str]) -> tuple[dict[str, str], tuple[Path, ...]]:
    """Contents of the files to add, by their paths below ``data``; and the files that are there."""
    added: dict[str, str] = {}
    kept: list[Path] = []
    for code in langs:
        tongue = replace(card, language=language(code))
        place = f"texts/{card.organisation.id}/{card.year}/{code}"
        for chapter in CHAPTERS:
            name = chapter.partition("-")[2]
            there = sorted((card.project / "data" / place).glob(f"[0-9][0-9]-{name}.md"))
            if there:
                kept += there
            else:
                added[f"{place}/{chapter}.md"] = _stub(tongue, name)
    return added, tuple(kept)


def _stub(card: Scorecard, name: str) -> str:
    """A file for a text that has still to be written: a comment that says what belongs there."""
    label = card.language.label
    lines = [
        f"{label('stub.todo', title=label(f'section.{name}'))}. {label('stub.hidden')}",
        "",
        label(f"stub.hint.{name}"),
    ]
    if examples := list(_examples(card, name)):
        width = max(len(said) for said, _ in examples)
        lines += ["", label("stub.numbers"), ""]
        lines += [f"    {said:{width}}  {given}" for said, given in examples]
    if name == "relevance":
        lines += ["", label("stub.headings"), ""]
        for row in card["themes"].to_dict("records"):
            theme = {str(key): value for key, value in row.items()}
            lines.append(f"    ## {card.language.pick(theme, 'title')} {{#sec-theme-{theme['id']}}}")
            lines.append(f'    **{{{{ rating("{theme["id"]}") }}}}.**')
    # The data may hold the sign that ends a comment.
    return "<!--\n" + "\n".join(lines).replace("--", "-") + "\n-->\n"


def _examples(card: Scorecard, name: str) -> Iterator[tuple[str, str]]:
    """Placeholders that a chapter can use, and what they give."""
    years = {"last": card.data_year, "before": card.data_year - 4}
    calls = [each.format(**years) for each in EXAMPLES.get(name, ())]
    if name == "description":
        calls += [f'fact("{fact}")' for fact in list(card["facts"]["id"])[:SHOWN_FACTS]]
    for call in calls:
        try:
            given = fill(f"{{{{ {call} }}}}", "", card)
        except DataError:
            continue
        yield f"{{{{ {call} }}}}", given.replace(NBSP, " ")


def _put_in_place(package: Package, row: Mapping[str, str], texts: Mapping[str, str]) -> None:
    table = package.table("scorecards")
    with staged(package.folder) as stage:
        for name, content in texts.items():
            path = stage / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
        if row:
            (stage / table.path).parent.mkdir(parents=True, exist_ok=True)
            _write_row(package, row, stage / table.path)
        commit(package.folder, stage, [table.path] if row else [], list(texts))
