"""Files are read for what they are; what is hostile or broken is told with its place, and loses nothing."""

from __future__ import annotations

import codecs
import csv
import datetime
import io
import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from scorelib.data import sheetworker
from scorelib.errors import DataError, UsageError

from .world import GOVERNMENT, ceb, records, rows_of, take, told, world

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = "unsceb-revenue-government"
HEADER = ",".join(GOVERNMENT)
ROW = "IOM,2020,Côte D'Ivoire,Government,R03E,1234.5,USD"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return world(tmp_path / "project")


def refused(project: Path, *files: Path, **asked: Any) -> str:
    with pytest.raises((DataError, UsageError)) as error:
        take(project, "unsceb-government", *files, **asked)
    assert rows_of(project, "contributions", SOURCE) == []
    return str(error.value)


def put(project: Path, content: bytes | str, name: str = "download.csv") -> Path:
    path = project / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def earmarked(project: Path, path: Path, **asked: Any) -> list[str]:
    take(project, "unsceb-government", path, **asked)
    return [row["earmarked"] for row in rows_of(project, "contributions", SOURCE)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_make_no_difference(project: Path, encoding: str, end: str) -> None:
    content = end.join([HEADER, ROW, ""]).encode(encoding)
    bom = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(encoding, b"")
    assert earmarked(project, put(project, bom + content)) == ["1234.5"]
    assert [row["donor"] for row in rows_of(project, "contributions", SOURCE)] == ["CI"]


def test_windows_text_is_told(project: Path) -> None:
    outcome = take(project, "unsceb-government", put(project, f"{HEADER}\n{ROW}\n".encode("cp1252")))
    assert "it is not UTF-8 and was read as Windows-1252" in told(outcome)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_csv_of_a_dutch_excel_is_read(project: Path, delimiter: str) -> None:
    lines = [
        GOVERNMENT,
        ("IOM", "2020", "Germany", "Government", "R03E", "1.234.567,89", "USD"),
        ("IOM", "2021", "Germany", "Government", "R03E", "1.234", "USD"),
    ]
    content = "\r\n".join(delimiter.join(line) for line in lines) + "\r\n"
    assert earmarked(project, put(project, codecs.BOM_UTF8 + content.encode())) == ["1234567.89", "1234"]


def test_excels_own_first_line_is_passed_over(project: Path) -> None:
    content = "sep=;\r\n" + "\r\n".join([HEADER, ROW]).replace(",", ";").replace("1234.5", "1234,5")
    assert earmarked(project, put(project, content)) == ["1234.5"]


def test_a_number_that_could_be_either_is_asked_about_and_never_guessed(project: Path) -> None:
    path = put(project, f"{HEADER}\n{ROW}\n".replace(",", ";").replace("1234.5", "1.234"))
    told = refused(project, path)
    assert "download.csv:2:amount '1.234': this could be either of two numbers" in told
    assert "--numbers english (1,234.5) or --numbers dutch (1.234,5)" in told
    assert earmarked(project, path, style="dutch") == ["1234"]
    assert earmarked(project, path, style="english") == ["1.234"]


def test_two_ways_of_writing_numbers_in_one_file_are_refused(project: Path) -> None:
    other = 'IOM,2021,Germany,Government,R03E,"1.234,5",USD'
    told = refused(project, put(project, f"{HEADER}\n{ROW}\n{other}\n"))
    assert "download.csv:3:amount '1.234,5': this is no number" in told


@pytest.mark.parametrize("amount", ["=SUM(A1:A9)", "+A1", "@cmd", "=cmd|' /C calc'!A0"])
def test_a_formula_is_no_number_and_no_name(project: Path, amount: str) -> None:
    row = f"IOM,2020,Germany,Government,R03E,{amount},USD"
    assert "this is a formula, not a number; put its result in its place" in refused(
        project, put(project, f"{HEADER}\n{row}\n")
    )
    row = f"IOM,2020,{amount},Government,R03E,1,USD"
    assert "no donor has this name" in refused(project, put(project, f"{HEADER}\n{row}\n"))


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("(1 234)", "-1234"), ("\N{MINUS SIGN}5", "-5"), (" 7 ", "7"), ("1\u00a0234.5", "1234.5"),
        ("-.5", "-0.5"), ("1e3", "1000"),
    ],
)  # fmt: skip
def test_amounts_as_people_and_spreadsheets_write_them(project: Path, cell: str, amount: str) -> None:
    row = f"IOM,2020,Germany,Government,R03E,{cell},USD"
    assert earmarked(project, put(project, f"{HEADER}\n{row}\n")) == [amount]


@pytest.mark.parametrize(
    "cell", ["1,23,4.5", "1.2.3", "NaN", "inf", "1_000", "--5", "5-", "0x10", "١٢", "1e999", "-", "."]
)
def test_what_is_no_number_is_told(project: Path, cell: str) -> None:
    row = f'IOM,2020,Germany,Government,R03E,"{cell}",USD'
    assert f"download.csv:2:amount {cell!r}: this is no number" in refused(
        project, put(project, f"{HEADER}\n{row}\n")
    )


def test_a_byte_zero_is_no_text(project: Path) -> None:
    assert "it holds bytes 0" in refused(project, put(project, f"{HEADER}\n{ROW}\0\n"))


def test_ragged_rows_are_told_with_their_lines(project: Path) -> None:
    told = refused(project, put(project, f"{HEADER}\n{ROW},x\n{ROW}\n\nIOM,2020\n"))
    assert "download.csv:2: the row has 8 cells, the header 7" in told
    assert "download.csv:5: the row has 2 cells, the header 7" in told


def test_empty_rows_are_counted(project: Path) -> None:
    outcome = take(project, "unsceb-government", put(project, f"{HEADER}\n\n{ROW}\n,,,,,,\n\n"))
    assert records(outcome) == (4, 1, {"the row is empty": 3})


def test_a_stray_quote_swallows_no_row(project: Path) -> None:
    assert "it is no CSV from some row on" in refused(
        project, put(project, f'{HEADER}\n{ROW}\n"{ROW}\n{ROW}\n')
    )
    swallowed = f'{HEADER}\nIOM,2020,Germany,"Government\n{ROW}\n",R03E,1,USD\n'
    told = refused(project, put(project, swallowed))
    assert (
        "download.csv:2: a cell of this row holds a line break, so it may have swallowed other rows" in told
    )


def test_lines_are_counted_as_an_editor_counts_them(project: Path) -> None:
    wrong = ROW.replace("1234.5", "x")
    told = refused(
        project,
        put(project, f'{HEADER}\r\n\r\n{ROW}\r\nIOM,2020,"Ger\r\nmany",Government,R03E,1,USD\r\n{wrong}\r\n'),
    )
    assert "download.csv:4: a cell of this row holds a line break" in told
    assert "download.csv:6:amount 'x'" in told


def test_what_is_no_file_is_refused(project: Path, tmp_path: Path) -> None:
    assert "it is no file" in refused(project, tmp_path)
    assert "it cannot be read (No such file or directory)" in refused(project, tmp_path / "none.csv")
    assert "it is empty" in refused(project, put(project, b""))
    os.mkfifo(tmp_path / "pipe")
    assert "it is no file" in refused(project, tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert "it cannot be read" in refused(project, tmp_path / "loop")
    (tmp_path / "device").symlink_to("/dev/zero")
    assert "it is no file" in refused(project, tmp_path / "device")
    assert "it cannot be read" in refused(project, tmp_path / ("x" * 300))


def test_a_link_to_a_file_is_followed(project: Path, tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(put(project, f"{HEADER}\n{ROW}\n"))
    assert earmarked(project, tmp_path / "link.csv") == ["1234.5"]


def test_a_header_alone_gives_nothing_and_says_so(project: Path) -> None:
    assert records(take(project, "unsceb-government", put(project, f"{HEADER}\n"))) == (0, 0, {})


# --- workbooks --------------------------------------------------------------------------------


def workbook(project: Path, *rows: tuple[object, ...], name: str = "download.xlsx") -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(project / name)
    return project / name


def test_a_sheet_is_read_as_the_csv_would_be(project: Path) -> None:
    row = ("IOM", 2020, "Germany", "Government", "R03E", 1234.5, "USD")
    assert earmarked(project, workbook(project, GOVERNMENT, row)) == ["1234.5"]
    again = take(project, "unsceb-government", ceb(project, ("IOM", 2020, "Germany", "R03E", "1234.5")))
    assert "contributions" not in again.plan.changed()


def test_what_a_file_is_follows_from_its_bytes(project: Path) -> None:
    row = ("IOM", 2020, "Germany", "Government", "R03E", 5, "USD")
    assert earmarked(project, workbook(project, GOVERNMENT, row, name="download.csv")) == ["5"]


def test_a_wrong_cell_of_a_sheet_is_told_with_its_address(project: Path) -> None:
    row = ("IOM", 2020, "Germany", "Government", "R03E", "vijf", "USD")
    assert "download.xlsx:Sheet!F2 'vijf': this is no number" in refused(
        project, workbook(project, GOVERNMENT, row)
    )


def test_the_address_is_right_where_the_sheet_begins_lower_and_further_right(project: Path) -> None:
    rows = [
        (),
        (),
        (None, None, *GOVERNMENT),
        (None, None, "IOM", 2020, "Germany", "Government", "R03E", "vijf", "USD"),
    ]
    path = workbook(project, *rows)
    mapping = put(
        project,
        "table: contributions\nheader: 3\nignore: '*'\nsource: {id: x, publisher: x, title: x}\n"
        "columns: {organisation: entity, year: calendar_year, donor: government_donor, earmarked: amount}\n"
        "constants: {donor_kind: government, currency: USD}\nnames: [organisation, donor]\n",
        "mapping.yaml",
    )
    with pytest.raises(DataError, match=r"download.xlsx:Sheet!H4 'vijf': this is no number"):
        take(project, "table", path, mapping=mapping)


def test_a_text_that_could_be_either_of_two_numbers_is_told(project: Path) -> None:
    row = ("IOM", 2020, "Germany", "Government", "R03E", "1.234", "USD")
    told = refused(project, workbook(project, GOVERNMENT, row))
    assert "download.xlsx:Sheet!F2: this is a text that could be either of two numbers" in told


def test_merged_cells_errors_and_formulas_without_a_result_are_told(project: Path) -> None:
    rows = [("IOM", 2020, name, "Government", "R03E", 5, "USD") for name in ("Germany", "France", "Namibia")]
    path = workbook(project, GOVERNMENT, *rows)
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A2:A3")
    book.active["F2"] = "=1+1"
    book.active["F4"] = "#N/A"
    book.save(path)
    told = refused(project, path).splitlines()
    assert [line.split(": ")[0] for line in told] == [
        f"download.xlsx:Sheet!{cell}" for cell in ("A2", "F2", "F4")
    ]


def test_a_workbook_of_several_sheets_asks_for_one(project: Path) -> None:
    row = ("IOM", 2020, "Germany", "Government", "R03E", 5, "USD")
    path = workbook(project, GOVERNMENT, row)
    book = openpyxl.load_workbook(path)
    book.create_sheet("Toelichting")
    book.create_sheet("Verborgen").sheet_state = "hidden"
    book.save(path)
    assert "it has 2 sheets: Sheet, Toelichting" in refused(project, path)
    assert "there is no sheet 'Blad1'; name one of: Sheet" in refused(project, path, sheet="Blad1")
    outcome = take(project, "unsceb-government", path, sheet="Sheet")
    assert "hidden sheets were not looked at: Verborgen" in told(outcome)


def test_what_only_looks_like_a_workbook_is_refused(project: Path) -> None:
    assert "the workbook cannot be read" in refused(project, put(project, b"PK\x03\x04" + b"rubbish" * 100))
    assert "it is a workbook of Excel 97 to 2003 (.xls); save it as .xlsx" in refused(
        project, put(project, b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("hello.txt", "no workbook")
    assert "the workbook cannot be read" in refused(project, put(project, buffer.getvalue()))


def repacked(path: Path, change: dict[str, tuple[str, str]]) -> None:
    """Write a workbook again with texts in its parts replaced."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, (old, new) in change.items():
        assert old.encode() in parts[name]
        parts[name] = parts[name].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_a_sheet_that_claims_cells_without_number_kills_only_the_worker(project: Path) -> None:
    row = ("IOM", 2020, "Germany", "Government", "R03E", 5, "USD")
    path = workbook(project, GOVERNMENT, row)
    repacked(path, {"xl/worksheets/sheet1.xml": ('r="G2"', 'r="XFD1048576"')})
    assert "claims more cells than there is memory for" in refused(project, path)


def test_a_workbook_that_unpacks_without_end_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(project, GOVERNMENT)
    repacked(path, {"xl/worksheets/sheet1.xml": ("<sheetData>", f"<!--{' ' * 20_000_000}--><sheetData>")})
    with zipfile.ZipFile(path) as archive:
        monkeypatch.setattr(sheetworker, "UNPACKED", 10_000_000)
        with pytest.raises(Exception, match=r"it unpacks to more than 10,000,000 bytes"):
            sheetworker.measure(archive)


def test_a_size_that_the_archive_lies_about_is_measured(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(project, GOVERNMENT)
    repacked(path, {"xl/worksheets/sheet1.xml": ("<sheetData>", f"<!--{' ' * 20_000_000}--><sheetData>")})
    monkeypatch.setattr(sheetworker, "UNPACKED", 10_000_000)
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            entry.file_size = 10
        with pytest.raises(Exception, match="it unpacks to more than"):
            sheetworker.measure(archive)


def test_without_the_reader_of_workbooks_it_says_what_to_install(project: Path) -> None:
    path = workbook(project, GOVERNMENT)
    code = (
        "import sys; sys.modules['python_calamine'] = None; sys.argv = ['', *sys.argv[1:]]; "
        "from scorelib.data.sheetworker import main; sys.exit(main())"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path), "out.csv", ""], check=False)
    assert done.returncode == 3


def test_dates_and_truths_of_a_sheet_are_written_as_the_tables_have_them(tmp_path: Path) -> None:
    path = workbook(
        tmp_path, (datetime.date(2023, 10, 30), datetime.datetime(2023, 10, 30, 8, 5), True, 3.0, 0.1, "x\ny")
    )
    done = subprocess.run(
        [sys.executable, "-m", "scorelib.data.sheetworker", str(path), str(tmp_path / "out.csv"), ""],
        check=True, capture_output=True,
    )  # fmt: skip
    assert b'"faults": []' in done.stdout
    with (tmp_path / "out.csv").open(newline="") as stream:
        assert next(csv.reader(stream)) == ["2023-10-30", "2023-10-30 08:05:00", "true", "3", "0.1", "x\ny"]
