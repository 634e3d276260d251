"""How long an import of a million rows takes, and how much memory.

Files are made in a temporary folder: the same million rows as CSV, as the CSV that a Dutch Excel writes, as
a workbook, and a UN CEB download of that size. Each is imported by the real command into a copy of the
project, first with ``--dry-run``, then for good.
"""

from __future__ import annotations

import csv
import itertools
import multiprocessing
import random
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpyxl import Workbook

from benchmarks.projects import ROOT
from benchmarks.table import Aim, Line, Section
from benchmarks.timing import Failed, environment, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.effort import Effort, Workshop

__all__ = ["measure"]

SECONDS = Aim("at most", 4, unit=" s per 100 MB")
MEMORY = Aim("at most", 4)
ROWS = 1_000_000
RUNS = 3
LAUNCH = """\
import os, sys
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
_, status, usage = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet), 0)
print(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
"""
"""Starts the command from a small process: the most memory that Linux tells of is at least its starter's.

Told are its exit code, its seconds of the processor, and the KiB of the largest process there was."""
HEADER = ("Organisatie", "Jaar", "Donor", "Soort", "Vastgesteld", "Geoormerkt", "Valuta")
MAPPING = """\
table: contributions
source: {id: benchmark, publisher: scorelib, title: Made up for a measurement}
columns: {organisation: Organisatie, year: Jaar, donor: Donor, donor_kind: Soort, assessed: Vastgesteld,
          earmarked: Geoormerkt, currency: Valuta}
names: [organisation, donor]
"""


@dataclass(frozen=True)
class Measured:
    """One way of importing: its file, its arguments, and what it took."""

    what: str
    size: int
    seconds: float
    work: float
    """Seconds of the processor: what the clock would show if nobody else were at work."""
    memory: int
    runs: int


def measure(effort: Effort, workshop: Workshop) -> Section:
    """Make the files, and import each."""
    folder = workshop.folder / "importing"
    folder.mkdir()
    # Elsewhere: what a process starts is charged with the memory that it has itself.
    maker = multiprocessing.get_context("spawn").Process(target=make, args=(folder,))
    maker.start()
    maker.join()
    runs = min(effort.rounds, RUNS)
    lines = [line for measured in _all(folder, runs) for line in _lines(measured)]
    shutil.rmtree(folder)
    notes = (
        "A million rows by the real command: start of Python, reading, check of the whole package and the "
        "difference included. Seconds are those of the processor: what else is at work shows on the clock.",
        "Memory is the most that the command had in any run. The size of the workbook is that of its CSV.",
    )
    return Section("importing", "Importing a million rows", tuple(lines), notes)


def _lines(measured: Measured) -> Iterator[Line]:
    """Time per 100 MB and memory per byte of the file, each beside its bound."""
    size = measured.size / 1e6
    what = f"{measured.what}, {size:.0f} MB"
    memory = f"{measured.memory / 1e6:.0f} MB"
    clock = f"{measured.work:.2f} s ({measured.seconds:.1f} s by the clock)"
    for name, ours, ratio, aim, value in (
        ("seconds", clock, "{:.1f} s per 100 MB", SECONDS, measured.work / size * 100),
        ("memory", memory, "{:.1f}× the file", MEMORY, measured.memory / measured.size),
    ):
        reached = "yes" if aim.reached(value) else "**no**"
        shown = ratio.format(value)
        yield Line(f"{what}: {name}", ours, "", shown, str(aim), reached, str(measured.runs))


def make(folder: Path) -> None:
    """Write the files that are imported."""
    rows = list(itertools.islice(_rows(), ROWS))
    (folder / "mapping.yaml").write_text(MAPPING)
    _csv(folder / "plain.csv", [HEADER, *rows])
    _dutch(folder / "dutch.csv", [HEADER, *rows])
    _ceb(folder / "ceb.csv")
    _workbook(folder / "book.xlsx", [HEADER, *rows])


def _all(folder: Path, runs: int) -> Iterator[Measured]:
    plain, dutch, book, ceb = (folder / name for name in ("plain.csv", "dutch.csv", "book.xlsx", "ceb.csv"))
    table = ["table", "--mapping", str(folder / "mapping.yaml")]
    for what, file, arguments in (
        ("CSV, any table", plain, [*table, str(plain)]),
        ("CSV of a Dutch Excel (`;`, decimal comma), any table", dutch, [*table, str(dutch)]),
        ("UN CEB download", ceb, ["unsceb-government", str(ceb)]),
    ):
        yield _measure(folder, f"{what}, `--dry-run`", file, [*arguments, "--dry-run"], runs=runs)
        yield _measure(folder, f"{what}, written", file, arguments, runs=runs)
    what = "Excel (`.xlsx`), any table, `--dry-run`"
    yield _measure(folder, what, plain, [*table, str(book), "--dry-run"], runs=1)


def _rows() -> Iterator[tuple[str, ...]]:
    """Rows with different keys, of organisations and donors that the project has."""
    chance = random.Random(1)
    organisations = _column("organisations", "abbreviation")
    donors = [each for each in _column("donors", "name_en") if "fictional" not in each]
    kinds = ("government", "other")
    for year, kind, organisation, donor in itertools.product(range(1945, 2013), kinds, organisations, donors):
        amounts = (f"{chance.uniform(-1e5, 1e8):.2f}", f"{chance.uniform(-1e5, 1e8):.2f}")
        yield (organisation, str(year), donor, kind, *amounts, "USD")


def _column(table: str, name: str) -> list[str]:
    with (ROOT / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return [row[name] for row in csv.DictReader(stream)]


def _csv(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def _dutch(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        writer.writerow(rows[0])
        writer.writerows(
            (*row[:4], *(cell.replace(".", ",") for cell in row[4:6]), row[6]) for row in rows[1:]
        )


def _ceb(path: Path) -> None:
    """A download of UN CEB's layout, its kinds of revenue as codes, every 7th amount with separators."""
    chance = random.Random(2)
    entities = _column("organisations", "abbreviation")
    donors = [each for each in _column("donors", "name_en") if "fictional" not in each]
    codes = ("R01", "R02A", "R03A", "R03E", "R04A")
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            ["entity", "calendar_year", "government_donor", "contrib_type", "rev_type", "amount", "_currency"]
        )
        product = itertools.product(range(1945, 2013), codes, entities, donors)
        for number, (year, code, entity, donor) in enumerate(itertools.islice(product, ROWS)):
            amount = chance.uniform(-1e5, 1e8)
            shown = f"{amount:,.2f}" if number % 7 == 0 else f"{amount:.2f}"
            writer.writerow((entity, year, donor, "Government", code, shown, "USD"))


def _workbook(path: Path, rows: Sequence[Sequence[str]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")
    for number, row in enumerate(rows):
        sheet.append(
            row if not number else (row[0], int(row[1]), *row[2:4], float(row[4]), float(row[5]), row[6])
        )
    book.save(path)


def _measure(folder: Path, what: str, file: Path, arguments: Sequence[str], *, runs: int) -> Measured:
    """Import a few times, each into a new copy of the project; the median time and the most memory."""
    times, works, most = [], [], 0
    for _ in range(runs):
        project = folder / "project"
        shutil.copytree(ROOT / "data", project / "data")
        begun = time.perf_counter()
        command = [sys.executable, "-m", "scorelib", "import", *arguments, "-C", str(project), "--yes"]
        started = [sys.executable, "-S", "-c", LAUNCH, *command]
        told = subprocess.run(started, capture_output=True, text=True, env=environment(), check=False)
        times.append(time.perf_counter() - begun)
        code, work, memory = told.stdout.split()
        if code != "0":
            message = f"{what} ended with {code}: {told.stderr}"
            raise Failed(message)
        works.append(float(work))
        most = max(most, int(memory) * 1024)
        shutil.rmtree(project)
    say(f"  {what}: {statistics.median(works):.2f} s of work, {most / 1e6:.0f} MB")
    size = file.stat().st_size
    return Measured(what, size, statistics.median(times), statistics.median(works), most, runs)
