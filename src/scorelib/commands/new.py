"""`scorelib new`: begins a scorecard, or makes a workbook for the scores of an assessment."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scorelib.commands.options import Words, languages, project_folder, project_option, shown
from scorelib.commands.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scorelib.prose.begin import Begun
    from scorelib.scoring.funding import Basis

__all__ = ["new"]

HELP = """Begin a scorecard: its row, and a file with hints for each text.

\b
scorelib new iom 2025                          begin a scorecard
scorelib new --template mopan iom-2023.xlsx    a workbook to transcribe an assessment's scores in

What is there already stays as it is: run it again to get files that are missing.
"""


@click.command(help=HELP)
@click.argument("words", metavar="ORG YEAR | FILE", nargs=-1, required=True)
@click.option(
    "--lang", type=Words(languages), help="Languages of the texts, such as nl,en; all if not given."
)
@click.option(
    "--assessment", metavar="ID", help="The assessment it rests on, or none; the last one if not given."
)
@click.option(
    "--data-year",
    type=click.IntRange(1945, 2100),
    help="Last year of the contributions shown; the last one in the data if not given.",
)
@click.option(
    "--basis",
    type=click.Choice(["voluntary", "total"]),
    help="Basis of the donor ranking; as in the scorecard before if not given.",
)
@click.option("--template", type=click.Choice(["mopan"]), help="Make a workbook: mopan, for scores.")
@click.option("--framework", default="3.1", show_default=True, help="For --template: the framework.")
@click.option("--organisation", "-o", default="", help="For --template: id of the organisation assessed.")
@project_option
def new(
    words: tuple[str, ...],
    *,
    lang: tuple[str, ...] | None,
    assessment: str | None,
    data_year: int | None,
    basis: Basis | None,
    template: str | None,
    framework: str,
    organisation: str,
    project: Path | None,
) -> int:
    """Begin what the words name."""
    folder = project_folder(project)
    if template:
        if len(words) != 1:
            message = "name one file: scorelib new --template mopan FILE.xlsx"
            raise click.UsageError(message)
        return _template(folder, Path(words[0]), framework, organisation)
    name, year = _scorecard(words)
    from scorelib.prose.begin import Wishes, begin  # noqa: PLC0415

    begun = begin(
        folder,
        name,
        year,
        langs=lang or tuple(languages()),
        today=datetime.datetime.now().astimezone().date(),
        wishes=Wishes("" if assessment == "none" else assessment, data_year, basis),
    )
    for line in _told(begun):
        say(line)
    return 0


def _scorecard(words: tuple[str, ...]) -> tuple[str, int]:
    """Organisation and year, as they were typed."""
    if len(words) == 1 and words[0].endswith(".xlsx"):
        message = f"to make a workbook, say of what: scorelib new --template mopan {words[0]}"
        raise click.UsageError(message)
    if len(words) != 2:
        message = "name an organisation and a year, such as: scorelib new iom 2025"
        raise click.UsageError(message)
    name, year = words
    if not (len(year) == 4 and year.isascii() and year.isdecimal() and 1945 <= int(year) <= 2100):
        message = f"{year!r} is no year from 1945 to 2100; write such as: scorelib new {name} 2025"
        raise click.UsageError(message)
    return name, int(year)


def _told(begun: Begun) -> Iterator[str]:
    """What was made, and what to do next."""
    card = begun.card
    if begun.row:
        yield f"added to data/scorecards.csv: {','.join(begun.row.values())}"
    else:
        yield f"data/scorecards.csv has {card.organisation.id} {card.year} already; its row stays as it is"
    folders = dict.fromkeys(path.parent for path in begun.added)
    for folder in folders:
        names = ", ".join(path.name for path in begun.added if path.parent == folder)
        yield f"added in {shown(folder)}/: {names}"
    if begun.kept:
        count = len(begun.kept)
        yield f"{count} text{'s' if count != 1 else ''} that were there stay as they are"
    yield ""
    yield "what to do next:"
    for number, step in enumerate(_steps(begun), 1):
        yield f"  {number}. {step}"


def _steps(begun: Begun) -> Iterator[str]:
    card = begun.card
    name, year = card.organisation.id, card.year
    if card["contributions"].empty:
        yield f"import what donors gave to {name}: docs/how-to/import-data.md"
    if card.assessment is None:
        yield (
            "if there is an assessment, transcribe it (scorelib new --template mopan FILE.xlsx) and put "
            "its id into data/scorecards.csv"
        )
    if begun.unrated:
        row = f"{name},{year},{begun.unrated[0]},relevant,SOURCE"
        yield (
            f"rate its relevance: a row in data/relevance.csv for each of {', '.join(begun.unrated)}, "
            f"such as {row} (SOURCE is an id of data/sources.csv)"
        )
    yield f"write the texts in data/texts/{name}/{year}/: each file says what belongs in it"
    yield f"scorelib check; scorelib build {name} --year {year}; scorelib status {name} says what is missing"


def _template(folder: Path, file: Path, framework: str, organisation: str) -> int:
    """Make a workbook in which an assessment's scores are transcribed."""
    from scorelib.data.package import Package  # noqa: PLC0415
    from scorelib.data.sources.template import write_template  # noqa: PLC0415

    if file.suffix != ".xlsx":
        raise click.UsageError(f"{file} must end in .xlsx")
    package = Package.load(folder / "data")
    count = write_template(package, framework, file, organisation=organisation)
    say(f"{shown(file)}: {count} indicators of framework {framework}")
    say(f"fill in both sheets, then run: scorelib import mopan-xlsx {shown(file)}")
    return 0
