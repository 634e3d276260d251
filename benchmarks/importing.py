"""How long an import of a million rows takes and how much memory; writes its section of RESULTS.md.

Run with ``python -m benchmarks.importing``. Files are made in a temporary folder: the same million rows as
CSV, as the CSV that a Dutch Excel writes, as a workbook, and a UN CEB download of that size. Each is
imported by the real command into a copy of the project, first with ``--dry-run``, then for good.
"""

from __future__ import annotations

import csv
import itertools
import multiprocessing
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl import Workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
BEGIN, END = "<!-- importing: begin -->", "<!-- importing: end -->"
ROWS = 1_000_000
RUNS = 3
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


def main() -> None:
    """Measure, and write the section."""
    with tempfile.TemporaryDirectory() as name:
        # Elsewhere: what a process starts is charged with the memory that it has itself.
        maker = multiprocessing.get_context("spawn").Process(target=make, args=(Path(name),))
        maker.start()
        maker.join()
        measured = list(_all(Path(name)))
    _publish(_section(measured))


def make(folder: Path) -> None:
    """Write the files that are imported."""
    rows = list(itertools.islice(_rows(), ROWS))
    (folder / "mapping.yaml").write_text(MAPPING)
    _csv(folder / "plain.csv", [HEADER, *rows])
    _dutch(folder / "dutch.csv", [HEADER, *rows])
    _ceb(folder / "ceb.csv")
    _workbook(folder / "book.xlsx", [HEADER, *rows])


def _all(folder: Path) -> Iterator[Measured]:
    plain, dutch, book, ceb = (folder / name for name in ("plain.csv", "dutch.csv", "book.xlsx", "ceb.csv"))
    table = ["table", "--mapping", str(folder / "mapping.yaml")]
    for what, file, arguments in (
        ("CSV, any table", plain, [*table, str(plain)]),
        ("CSV of a Dutch Excel (`;`, decimal comma), any table", dutch, [*table, str(dutch)]),
        ("UN CEB download", ceb, ["unsceb-government", str(ceb)]),
    ):
        yield _measure(folder, f"{what}, `--dry-run`", file, [*arguments, "--dry-run"])
        yield _measure(folder, f"{what}, written", file, arguments)
    what = "Excel (`.xlsx`), any table, `--dry-run`; size is that of its CSV"
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


def _measure(folder: Path, what: str, file: Path, arguments: Sequence[str], *, runs: int = RUNS) -> Measured:
    """Import a few times, each into a new copy of the project; the median time and the most memory."""
    times, works, most = [], [], 0
    for _ in range(runs):
        project = folder / "project"
        shutil.copytree(ROOT / "data", project / "data")
        begun = time.perf_counter()
        command = [sys.executable, "-m", "scorelib", "import", *arguments, "-C", str(project), "--yes"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        times.append(time.perf_counter() - begun)
        works.append(usage.ru_utime + usage.ru_stime)
        assert status == 0, what
        # In KiB; of the process or the largest that it started, whichever is more.
        most = max(most, usage.ru_maxrss * 1024)
        shutil.rmtree(project)
    measured = Measured(what, file.stat().st_size, statistics.median(times), statistics.median(works), most)
    print(f"{what}: {measured.seconds:.2f} s, {measured.work:.2f} s of work, {most / 1e6:.0f} MB")
    return measured


def _section(measured: Sequence[Measured]) -> str:
    lines = [
        "## Importing",
        "",
        "A million rows by the real command: start of Python, reading, check of the whole package and "
        f"difference included. Median of {RUNS} runs (Excel: one), most memory of any. {os.cpu_count()} "
        f"cores, {platform.machine()}, Python {platform.python_version()}; load of the machine "
        f"{os.getloadavg()[0]:.1f}, so the processor's seconds say more than the clock's. Made by "
        "`python -m benchmarks.importing`. Aim: at most 4 s and 400 MB per 100 MB of CSV.",
        "",
        "| what | file, MB | clock, s | work, s | work per 100 MB, s | memory, MB | memory / file |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for each in measured:
        size, memory = each.size / 1e6, each.memory / 1e6
        lines.append(
            f"| {each.what} | {size:.0f} | {each.seconds:.1f} | {each.work:.1f} "
            f"| {each.work / size * 100:.1f} | {memory:.0f} | {memory / size:.1f} |"
        )
    return "\n".join(lines)


def _publish(section: str) -> None:
    text = RESULTS.read_text("utf-8") if RESULTS.exists() else "# Results\n"
    whole = f"{BEGIN}\n{section}\n{END}\n"
    if BEGIN in text and END in text:
        before, _, rest = text.partition(BEGIN)
        text = before + whole + rest.partition(END)[2].lstrip("\n")
    else:
        text = f"{text.rstrip()}\n\n{whole}"
    RESULTS.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
