"""`scorelib status`: a table of every scorecard, with what is missing, stale or unchecked."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Literal

import click

from scorelib.commands.options import project_folder, project_option
from scorelib.commands.terminal import plain, say, say_json, say_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from scorelib.overview import Made, Standing

__all__ = ["status"]

Mark = Literal["good", "look", "bad"]
Cell = tuple[str, Mark]
HEADS = ("scorecard", "texts", "relevance", "scores", "data", "sources", "reports")
COLOURS: dict[Mark, str] = {"good": "green", "look": "yellow", "bad": "red"}
WIDE = 160
"""Columns of the table where no terminal says how wide it is."""


@click.command()
@click.argument("organisations", metavar="[ORG]...", nargs=-1)
@click.option("--year", type=click.IntRange(1945, 2100), help="Only scorecards of this year.")
@click.option("--json", "as_json", is_flag=True, help="For machines: a list of objects.")
@click.option("--markdown", is_flag=True, help="As Markdown, for the summary of a CI run.")
@project_option
def status(
    organisations: tuple[str, ...], *, year: int | None, as_json: bool, markdown: bool, project: Path | None
) -> int:
    """Show how each scorecard stands: what is missing, stale, unchecked, and what was made.

    With organisations, what is to be done is listed below the table.
    """
    from scorelib.overview import survey  # noqa: PLC0415

    if as_json and markdown:
        message = "--json and --markdown are two ways to write the same; choose one"
        raise click.UsageError(message)
    found = survey(project_folder(project), organisations, year)
    if as_json:
        say_json([each.to_json() for each in found], indent=2)
        return 0
    details = [(each, list(_to_do(each))) for each in found] if organisations else []
    if markdown:
        _markdown(found, details)
    else:
        _table(found)
        if not organisations:
            say("`scorelib status ORG` says what is missing, stale or unchecked of an organisation")
        for each, lines in details:
            say(f"{each.organisation} {each.year}" + (":" if lines else ": nothing is missing"))
            for line in lines:
                say_line(f"  - {line}")
    return 0


def _table(found: Sequence[Standing]) -> None:
    from rich import box  # noqa: PLC0415 - not for machines
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in HEADS:
        table.add_column(head, overflow="fold")
    for each in found:
        table.add_row(
            *(Text(plain(said), style=COLOURS[mark] if mark != "good" else "") for said, mark in _cells(each))
        )
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)


def _markdown(found: Sequence[Standing], details: Sequence[tuple[Standing, list[str]]]) -> None:
    def row(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("\n", "<br>").replace("|", "\\|") for cell in cells) + " |"

    say(row(HEADS))
    say(row(["---"] * len(HEADS)))
    for each in found:
        say(row([f"**{said}**" if mark == "bad" else said for said, mark in _cells(each)]))
    for each, lines in details:
        say(f"\n**{each.organisation} {each.year}**" + ("" if lines else ": nothing is missing") + "\n")
        for line in lines:
            say_line(f"- {line}")
        for made in each.made:
            if made.error:
                name = f"{each.organisation}/{each.year}/{made.lang}"
                fence = "`" * max(6, 1 + max(map(len, re.findall("`*", made.error))))
                say(f"\n{name} failed:\n\n{fence}text\n{made.error}\n{fence}")


# --- in words ---------------------------------------------------------------------------------


def _cells(each: Standing) -> Iterator[Cell]:
    """The row of a scorecard, a cell a column of `HEADS`."""
    yield f"{each.organisation} {each.year}\n{each.status}", "good"
    texts = [
        f"{text.lang} {len(text.written)} of {_whole(text.written, text.stubs, text.missing)}"
        for text in each.texts
    ]
    yield "\n".join(texts), "look" if any(text.stubs or text.missing for text in each.texts) else "good"
    rated = each.themes - len(each.unrated)
    yield f"{rated} of {each.themes}", "look" if each.unrated else "good"
    if not each.assessment:
        yield "no assessment", "look"
    else:
        words = [f"{each.scores} scores"] if each.scores else ["no scores"]
        words += [f"{each.unchecked} unchecked"] if each.unchecked else []
        yield "\n".join(words), "look" if each.unchecked or not each.scores else "good"
    words = [f"up to {each.data_year}"] if each.newest is not None else ["no contributions"]
    words += [f"{each.newest} is there"] if _newer(each) else []
    words += (
        [f"{len(each.old_facts)} old fact{'s' if len(each.old_facts) > 1 else ''}"] if each.old_facts else []
    )
    yield "\n".join(words), "look" if len(words) > 1 or each.newest is None else "good"
    undated = len(each.sources.undated)
    words = [str(len(each.sources.used)), *([f"{undated} undated"] if undated else [])]
    yield "\n".join(words), "look" if undated else "good"
    states = {made.state for made in each.made}
    mark: Mark = "bad" if "failed" in states else "look" if states != {"up to date"} else "good"
    yield "\n".join(f"{made.lang} {_report(made)}" for made in each.made), mark


def _newer(each: Standing) -> bool:
    """Whether the data have later contributions than the scorecard shows."""
    return each.newest is not None and each.data_year < min(each.newest, each.year)


def _whole(*parts: Sequence[str]) -> int:
    return sum(map(len, parts))


def _report(made: Made) -> str:
    return f"{made.state}, {made.made[:10]}" if made.made else made.state


def _to_do(each: Standing) -> Iterator[str]:
    """What is missing, stale or unchecked, a line for each."""
    yield from _to_write(each)
    yield from _to_enter(each)
    yield from _to_look_at(each)
    yield from _to_make(each)


def _to_write(each: Standing) -> Iterator[str]:
    root = f"data/texts/{each.organisation}/{each.year}"
    for text in each.texts:
        if text.stubs:
            yield f"texts still to be written in {root}/{text.lang}/: {', '.join(text.stubs)}"
        if text.missing:
            names = ", ".join(text.missing)
            remedy = f"`scorelib new {each.organisation} {each.year}` makes files with hints"
            yield f"texts missing in {root}/{text.lang}/: {names} ({remedy})"


def _to_enter(each: Standing) -> Iterator[str]:
    if each.unrated:
        yield f"relevance not rated in data/relevance.csv: {', '.join(each.unrated)}"
    if not each.assessment:
        yield "no assessment in data/scorecards.csv"
    elif not each.scores:
        yield f"no scores of {each.assessment} in data/scores.csv"
    if each.newest is None:
        yield "no contributions in data/contributions.csv"
    elif _newer(each):
        yield (
            f"it shows contributions up to {each.data_year} (data_year in data/scorecards.csv), "
            f"and the data have {each.newest}"
        )


def _to_look_at(each: Standing) -> Iterator[str]:
    if each.unchecked:
        what = f"titles and bands of framework {each.framework}"
        yield f"{what} not checked against the publication: {each.unchecked}"
    if each.old_facts:
        yield f"facts from long before {each.year} in data/facts.csv: {', '.join(each.old_facts)}"
    if each.sources.undated:
        names = ", ".join(each.sources.undated)
        yield f"sources without an edition or a day of reading in data/sources.csv: {names}"


def _to_make(each: Standing) -> Iterator[str]:
    for made in each.made:
        if made.state == "failed":
            yield f"{made.lang} failed: {made.error.strip().partition(chr(10))[0]}"
        elif made.state != "up to date":
            more = f" and {len(made.reasons) - 1} more" if len(made.reasons) > 1 else ""
            yield f"{made.lang} {made.state}: {made.reasons[0]}{more}"
