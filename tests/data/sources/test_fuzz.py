"""Whatever a file holds, an import ends in rows or in findings: no crash, no record lost, nothing half done.

A few hundred files in the default suite; SCORELIB_FUZZ says how many per importer otherwise. With 2500,
that was 21,500 files besides the workbooks of scores: none crashed an importer, and no record was lost.
Every import is flushed, so it goes much faster with ``--basetemp`` on a disk in memory; add
``--timeout=7200``.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import random
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scorelib.data.package import Package
from scorelib.data.proof import verify
from scorelib.data.sources.template import write_template
from scorelib.errors import DataError, UsageError

from .test_oecd import CELL, FIF, HEADER, receipt
from .world import GOVERNMENT, rows_of, take, world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CASES = int(os.environ.get("SCORELIB_FUZZ", "50"))
relaxed = settings(
    max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), database=None, print_blob=True
)

GOOD: dict[str, list[list[str]]] = {
    "unsceb-government": [
        list(GOVERNMENT),
        ["IOM", "2020", "Germany", "Government", "R01", "1,234.5", "USD"],
        ["IOM", "2021", "Côte D'Ivoire", "Government", "R03E", "-7", "USD"],
        ["UNDP", "2020", "Netherlands (Kingdom of the)", "C01", "Assessed contributions", "0.1", "USD"],
        ["UNV", "2020", "EU", "1", "R02", "3", "USD"],
    ],
    "unsceb-non-government": [
        ["amount", "_currency", "entity", "calendar_year", "rev_type", "donor", "contrib_type"],
        ["5", "USD", "IOM", "2018", "R03", "World Bank", "C04A"],
        ["6.25", "USD", "WHO", "2018", "R09", "Global Fund", "2"],
        ["7", "USD", "IOM", "2018", "R02", "European Union", "C08A"],
    ],
    "unsceb-revenue": [
        ["agency", "sub_agency", "calendar_year", "amount", "sub_type_name", "rev_type", "sub_type"],
        ["IOM", "IOM", "2022", "100", "Assessed contributions", "Assessed contributions", "R01"],
        ["UNWOMEN", "UNWOMEN", "2022", "1,000", "Thematic", "R03", "R03B"],
    ],
    "oecd-multi": [
        HEADER,
        *(
            [{**CELL, **cell}.get(name, "") for name in HEADER]
            for cell in ({}, {"MEASURE": "20"}, {"DONOR": "DEU"}, {"SECTOR": "998"}, {"CHANNEL": "41307"})
        ),
    ],
    "fif": [
        FIF,
        receipt("2024-09-30", "Global Environment Facility", "Netherlands", "2022", "Grant", "1,000.5"),
        receipt("2024-09-30", "Adaptation Fund", "World Bank Group", "2023", "Loan", "2"),
    ],
    "table": [
        ["Organisatie", "Jaar", "Ontvangen", "Opmerking"],
        ["IOM", "2020", "1.234,5", "=1+1"],
        ["gef", "2021", "7", ""],
    ],
}  # fmt: skip
MAPPING = """\
table: revenue
source: {id: annual-report, publisher: GEF, title: Annual report}
columns: {organisation: Organisatie, year: Jaar, earmarked: Ontvangen}
constants: {currency: EUR}
names: [organisation]
ignore: "*"
"""

CELLS = st.one_of(
    st.sampled_from([
        "", " ", "NaN", "inf", "-0", "1e400", "1.234", "1,234", "1.234,5", "(5)", "\N{MINUS SIGN}3", "2020",
        "2020.0", "=1+1", "@x", "+A1", "-", "\x00", "\ufeff", "\u2028", "\x85", "\x1c", "a\nb", "a\r\nb", '"',
        '""', "'", "NA", "Germany", "germany ", "Neverland", "T?rkiye", "C?te d'Ivoire", "USD", "EUR", "usd",
        "IOM", "UNV", "R01", "R99", "Government", "٢٠٢٠", "９", "🇳🇱", "x" * 5000, "9" * 400, "DPGC", "1000",
        "_T", "Grant",
    ]),
    st.text(max_size=12),
    st.floats(allow_nan=True).map(str),
    st.integers().map(str),
)  # fmt: skip


def one_cell(draw: st.DrawFn, rows: list[list[str]], row: int) -> None:
    if rows[row]:
        rows[row][draw(st.integers(0, len(rows[row]) - 1))] = draw(CELLS)


def one_name(draw: st.DrawFn, rows: list[list[str]], row: int) -> None:
    del row
    one_cell(draw, rows, 0)


def one_row(draw: st.DrawFn, rows: list[list[str]], row: int) -> None:
    rows.insert(row, [draw(CELLS) for _ in rows[0]])


def one_less(_: st.DrawFn, rows: list[list[str]], row: int) -> None:
    if len(rows) > 1:
        del rows[row]


def again(draw: st.DrawFn, rows: list[list[str]], row: int) -> None:
    rows += [list(rows[row]) for _ in range(draw(st.sampled_from([1, 2, 40])))]


def reversed_columns(_: st.DrawFn, rows: list[list[str]], row: int) -> None:
    del row
    rows[:] = [list(reversed(each)) for each in rows]


def short(draw: st.DrawFn, rows: list[list[str]], row: int) -> None:
    rows[row] = rows[row][: draw(st.integers(0, len(rows[row])))]


def long(draw: st.DrawFn, rows: list[list[str]], row: int) -> None:
    rows[row] = [*rows[row], draw(CELLS)]


def empty(_: st.DrawFn, rows: list[list[str]], row: int) -> None:
    rows.insert(row, [])


CHANGES = [one_cell, one_cell, one_name, one_row, one_less, again, reversed_columns, short, long, empty]


@st.composite
def tables(draw: st.DrawFn, source: str) -> list[list[str]]:
    """A good file with cells, rows and columns changed, repeated, lost or added."""
    rows = [list(row) for row in GOOD[source]]
    for change in draw(st.lists(st.sampled_from(CHANGES), max_size=4)):
        change(draw, rows, draw(st.integers(0, len(rows) - 1)))
    return rows


@st.composite
def contents(draw: st.DrawFn, source: str) -> bytes:
    """The bytes of such a file, in some encoding and dialect, at times with bytes changed or cut off."""
    rows = draw(tables(source))
    out = io.StringIO()
    dialect: dict[str, Any] = {
        "delimiter": draw(st.sampled_from([",", ",", ",", ";", "\t", "|"])),
        "lineterminator": draw(st.sampled_from(["\n", "\r\n", "\r"])),
        "quoting": draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    }
    csv.writer(out, **dialect).writerows(rows)
    encoding = draw(
        st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "utf-16-le"])
    )
    content = out.getvalue().encode(encoding, "replace")
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 3]))):
        place = draw(st.integers(0, max(len(content) - 1, 0)))
        byte = draw(st.sampled_from([b"\x00", b'"', b",", b"\n", b"\r", b"\xff", b"\xc3", b"", b";"]))
        content = content[:place] + byte + content[place + draw(st.integers(0, 2)) :]
    if draw(st.integers(0, 19)) == 0:
        content = content[: draw(st.integers(0, len(content)))]
    return content


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world(tmp_path_factory.mktemp("template") / "project")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("fuzz") / "project"
    shutil.copytree(template, folder)
    yield folder
    shutil.rmtree(folder)


def state(project: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((project / "data").iterdir())
    }


def restore(project: Path, template: Path) -> None:
    for path in (template / "data").glob("*.csv"):
        target = project / "data" / path.name
        if target.read_bytes() != path.read_bytes():
            shutil.copyfile(path, target)


def attempt(project: Path, template: Path, source: str, path: Path, **asked: Any) -> str:
    """Import a file; whatever comes of it, the tables are right and every record is accounted for."""
    restore(project, template)
    before = state(project)
    try:
        outcome = take(project, source, path, **asked)
    except (DataError, UsageError):
        assert state(project) == before
        return "refused"
    [taken] = outcome.plan.taken
    tally = taken.tally
    assert tally.read == tally.taken + sum(tally.left.values())
    assert min([tally.read, tally.taken, *tally.left.values()]) >= 0
    assert verify(Package.load(project / "data"), {}) == []
    after = state(project)
    again = take(project, source, path, **asked)
    assert again.plan.changed() == []
    assert state(project) == after
    return "taken"


@pytest.mark.parametrize("source", list(GOOD))
def test_no_file_crashes_an_importer_or_loses_a_record(place: Path, template: Path, source: str) -> None:
    path = place / "fuzzed.csv"
    mapping = place / "mapping.yaml"
    mapping.write_text(MAPPING)
    asked = {"mapping": mapping} if source == "table" else {}
    seen = set()
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(GOOD[source])
    assert attempt(place, template, source, path, **asked) == "taken"

    @given(contents(source), st.sampled_from([None, None, "english", "dutch"]))
    @relaxed
    def run(content: bytes, style: Any) -> None:
        path.write_bytes(content)
        seen.add(attempt(place, template, source, path, style=style, **asked))

    run()
    assert "refused" in seen


@pytest.mark.parametrize("source", ["unsceb-government", "oecd-multi"])
def test_money_that_goes_in_comes_out(place: Path, template: Path, source: str) -> None:
    """What stands in the table is what the accepted records of the file come to, counted another way."""
    amount = {"unsceb-government": "amount", "oecd-multi": "OBS_VALUE"}[source]
    header = GOOD[source][0]
    values = st.decimals(-(10**6), 10**6, places=2, allow_nan=False)

    @given(st.lists(st.tuples(st.sampled_from(GOOD[source][1:4]), values), min_size=1, max_size=12))
    @relaxed
    def run(picked: list[tuple[list[str], Any]]) -> None:
        rows = [
            [str(value) if name == amount else cell for name, cell in zip(header, row, strict=True)]
            for row, value in picked
        ]
        if source == "oecd-multi":
            rows = [
                row for index, row in enumerate(rows) if row[:26] not in [each[:26] for each in rows[:index]]
            ]
        path = place / "money.csv"
        with path.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([header, *rows])
        restore(place, template)
        outcome = take(place, source, path)
        name = outcome.plan.taken[0].source
        held = sum(
            records
            for reason, records in outcome.plan.taken[0].tally.left.items()
            if "has these rows" in reason
        )
        found = sum(
            round(float(row[kind] or 0) * 100)
            for row in rows_of(place, "contributions", name)
            for kind in ("assessed", "unearmarked", "earmarked", "other")
        )
        factor = 10**6 if source == "oecd-multi" else 1
        wanted = sum(round(float(row[header.index(amount)]) * 100) * factor for row in rows)
        assert held or found == wanted

    run()


def workbook(rows: list[list[str]], folder: Path) -> Path:
    """Rows as a workbook; characters that XML forbids are left out, as a spreadsheet would."""
    book = openpyxl.Workbook()
    for row in rows:
        cells = [openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", cell)[:30_000] for cell in row]
        book.active.append(
            [float(cell) if cell.isascii() and cell.isdigit() and len(cell) < 15 else cell for cell in cells]
        )
    path = folder / "fuzzed.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("source", ["unsceb-government", "table"])
def test_no_workbook_crashes_an_importer_or_loses_a_record(place: Path, template: Path, source: str) -> None:
    mapping = place / "mapping.yaml"
    mapping.write_text(MAPPING)
    damage = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=3)

    @given(tables(source), damage)
    @settings(relaxed, max_examples=max(CASES // 5, 5))
    def run(rows: list[list[str]], damaged: list[tuple[float, int]]) -> None:
        path = workbook(rows, place)
        content = bytearray(path.read_bytes())
        for where, byte in damaged:
            content[int(where * (len(content) - 1))] = byte
        path.write_bytes(content)
        attempt(place, template, source, path, **({"mapping": mapping} if source == "table" else {}))

    run()


def test_no_rubbish_in_a_zip_crashes_an_importer(place: Path, template: Path) -> None:
    names = st.sampled_from(
        ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml", "a", "../../x"]
    )
    parts = st.dictionaries(
        names, st.binary(max_size=200) | st.just(b"<worksheet><sheetData/></worksheet>"), max_size=4
    )

    @given(parts, st.binary(max_size=50))
    @settings(relaxed, max_examples=max(CASES // 5, 5))
    def run(inside: dict[str, bytes], tail: bytes) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in inside.items():
                archive.writestr(name, content)
        path = place / "rubbish.xlsx"
        path.write_bytes((buffer.getvalue() if inside else b"PK\x03\x04") + tail)
        assert attempt(place, template, "unsceb-government", path) == "refused"

    run()


def test_no_workbook_of_scores_crashes_its_importer(place: Path, template: Path) -> None:
    base = place / "base.xlsx"
    if not base.exists():
        write_template(Package.load(template / "data"), "3.1", base)
    cells = st.tuples(st.sampled_from("ABCDEFGHR"), st.integers(1, 8), CELLS)
    about = st.tuples(
        st.just("B"), st.integers(1, 11), CELLS | st.sampled_from(["gef", "3.1", "2024", "mopan-gef"])
    )

    @given(st.lists(cells, max_size=5), st.lists(about, max_size=5), st.booleans())
    @settings(relaxed, max_examples=max(CASES // 5, 5))
    def run(scores: list[tuple[str, int, str]], first: list[tuple[str, int, str]], whole: bool) -> None:  # noqa: FBT001 - hypothesis gives it by position
        book = openpyxl.load_workbook(base)
        if whole:
            for row, text in (
                (1, "mopan-gef-2024"),
                (2, "gef"),
                (5, "2024"),
                (6, "Assessment"),
                (7, "MOPAN"),
            ):
                book["assessment"].cell(row, 2, text)
            book["scores"]["E2"] = 3
        for sheet, changes in (("scores", scores), ("assessment", first)):
            for column, row, text in changes:
                clean = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", text)
                book[sheet][f"{column}{row}"] = (
                    float(clean) if clean.isascii() and clean.isdigit() and len(clean) < 15 else clean
                )
        path = place / "scores.xlsx"
        book.save(path)
        attempt(place, template, "mopan-xlsx", path)

    run()


@pytest.mark.parametrize("word", ["mapping.yaml", "mapping.toml"])
def test_no_mapping_crashes_its_reader(place: Path, template: Path, word: str) -> None:
    path = place / "fuzzed.csv"
    chance = random.Random(1)  # noqa: S311 - no secret
    lines = MAPPING.splitlines()

    def damaged(seed: int) -> Callable[[str], str]:
        chance.seed(seed)
        return lambda line: line.replace(
            chance.choice(line or " "), chance.choice(["[", "{", "*", "&a", "\t", ":", "", "!", "%"]), 1
        )

    @given(st.integers(0, 2**32), st.lists(st.text(max_size=30), max_size=3), st.integers(0, len(lines) - 1))
    @relaxed
    def run(seed: int, more: list[str], at: int) -> None:
        text = [*lines[:at], damaged(seed)(lines[at]), *lines[at + 1 :], *more]
        mapping = place / word
        mapping.write_text("\n".join(text), "utf-8", errors="replace")
        with path.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows(GOOD["table"])
        attempt(place, template, "table", path, mapping=mapping)

    run()
