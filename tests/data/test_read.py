"""A table is read row by row; whatever is wrong is told with the line that an editor shows."""

from __future__ import annotations

import csv
import datetime
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scorelib.data.check import check_package
from scorelib.data.csvfile import FIELD_LIMIT
from scorelib.data.package import Field, Package, Table
from scorelib.data.read import Rows, read_rows
from scorelib.data.workbook import unreadable
from scorelib.errors import UsageError

from .broken import draft

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = (
    Field("id", "string", required=True),
    Field("amount", "number"),
    Field("day", "date"),
    Field("sure", "boolean"),
)
HEAD = b"id,amount,day,sure\n"


def read(folder: Path, content: bytes, **where: str) -> Rows:
    (folder / "t.csv").write_bytes(content)
    table = Table("t", "t.csv", FIELDS)
    return read_rows(Package(folder, {"t": table}), table, where)


def told(rows: Rows) -> list[str]:
    return [str(finding) for finding in rows.findings]


def rules(rows: Rows) -> list[tuple[int, str, str]]:
    return [(found.row, found.column, found.rule) for found in rows.findings]


def test_rows_are_read_with_their_lines_and_their_texts(tmp_path: Path) -> None:
    rows = read(tmp_path, HEAD + b"a,1.50,2024-11-01,true\nNA,,,\n")
    assert rows.rows == [
        {"id": "a", "amount": 1.5, "day": datetime.date(2024, 11, 1), "sure": True},
        {"id": "NA", "amount": None, "day": None, "sure": None},
    ]
    assert rows.lines == [2, 3]
    assert rows.raw[0] == ["a", "1.50", "2024-11-01", "true"]
    assert not rows.findings


def test_the_last_line_needs_no_end(tmp_path: Path) -> None:
    rows = read(tmp_path, HEAD + b"a,,,")
    assert (rows.lines, rows.findings) == ([2], [])


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    assert not read(tmp_path, b"\xef\xbb\xbf" + HEAD + b"a,,,\n").findings


def test_line_ends_of_windows_are_line_ends(tmp_path: Path) -> None:
    rows = read(tmp_path, (HEAD + b"a,1,,\nb,x,,\n").replace(b"\n", b"\r\n"))
    assert rules(rows) == [(3, "amount", "type")]


def test_a_faulty_cell_is_told_with_its_line_column_and_text(tmp_path: Path) -> None:
    assert told(read(tmp_path, HEAD + b"a,1.2.3,,\n")) == [
        "t.csv:2:amount '1.2.3': this is no number; write a number with a decimal point and no thousands "
        "separators, such as 1234.5"
    ]


def test_every_faulty_cell_is_told_and_the_rest_of_the_row_is_read(tmp_path: Path) -> None:
    rows = read(tmp_path, HEAD + b"a,x,y,z\n,1,,\n")
    assert rules(rows) == [
        (2, "amount", "type"),
        (2, "day", "type"),
        (2, "sure", "type"),
        (3, "id", "required"),
    ]
    assert rows.rows[0] == {"id": "a", "amount": None, "day": None, "sure": None}
    assert rows.rows[1]["amount"] == 1


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    rows = read(tmp_path, HEAD + b'"first\nsecond\nthird",1,,\nb,x,,\n\n"c\r\nd",x,,\ne,x,,\n')
    assert rules(rows) == [
        (5, "amount", "type"),
        (6, "", "blank-row"),
        (7, "amount", "type"),
        (9, "amount", "type"),
    ]
    assert rows.lines == [2, 5, 7, 9]


def test_a_line_separator_of_unicode_ends_no_line(tmp_path: Path) -> None:
    rows = read(tmp_path, HEAD + "a\u2028b\u2029c,1,,\nb,x,,\n".encode())
    assert rows.rows[0]["id"] == "a\u2028b\u2029c"
    assert rules(rows) == [(3, "amount", "type")]


@pytest.mark.parametrize(
    ("header", "messages"),
    [
        (
            b"id,amount,day\n",
            ["t.csv:1:sure: this column is missing; the first line must be: id,amount,day,sure"],
        ),
        (
            b"id,day,amount,sure\n",
            [
                "t.csv:1:amount 'day': column 2 must be amount; the first line must be: id,amount,day,sure",
                "t.csv:1:day 'amount': column 3 must be day; the first line must be: id,amount,day,sure",
            ],
        ),
        (
            b"id,amount,day,sure,note\n",
            ["t.csv:1 'note': this column is not described; delete it, or describe it in datapackage.json"],
        ),
        (
            b"ID,amount,day,sure\n",
            ["t.csv:1:id 'ID': column 1 must be id; the first line must be: id,amount,day,sure"],
        ),
        (
            b"\nid,amount,day,sure\n",
            ["t.csv:1: there is no header; the first line must be: id,amount,day,sure"],
        ),
        (b",,,\n", ["t.csv:1: there is no header; the first line must be: id,amount,day,sure"]),
    ],
)
def test_a_wrong_header_is_told_once_and_nothing_is_read_below_it(
    tmp_path: Path, header: bytes, messages: list[str]
) -> None:
    rows = read(tmp_path, header + b"a,x,y,z\n")
    assert told(rows) == messages
    assert not rows.rows
    assert not rows.whole


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n"])
def test_an_empty_file_lacks_its_header(tmp_path: Path, content: bytes) -> None:
    assert told(read(tmp_path, content)) == [
        "t.csv:1: there is no header; the first line must be: id,amount,day,sure"
    ]


def test_a_table_of_a_header_alone_is_empty_and_right(tmp_path: Path) -> None:
    rows = read(tmp_path, HEAD)
    assert (rows.rows, rows.findings, rows.whole) == ([], [], True)


def test_a_row_that_ends_early_lacks_each_of_its_cells(tmp_path: Path) -> None:
    rows = read(tmp_path, HEAD + b"a,1\n")
    assert rules(rows) == [(2, "day", "missing-cell"), (2, "sure", "missing-cell")]
    assert rows.rows[0]["amount"] == 1


def test_a_cell_beyond_the_last_column_is_told_with_its_text(tmp_path: Path) -> None:
    assert told(read(tmp_path, HEAD + b"a,1,000,,\n"))[0] == (
        't.csv:2: a cell beyond the last column; delete it; put a text with a comma between "quotes"'
    )
    assert told(read(tmp_path, HEAD + b"a,1,,,why\n"))[0].startswith("t.csv:2 'why': a cell beyond")


@pytest.mark.parametrize("blank", [b"\n", b",,,\n", b",\n", b'"",,,\n'])
def test_a_blank_row_is_told_and_is_no_row(tmp_path: Path, blank: bytes) -> None:
    rows = read(tmp_path, HEAD + blank + b"a,,,\n")
    assert told(rows) == ["t.csv:2: the row is empty; delete it"]
    assert rows.lines == [3]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_the_line_that_is_not_utf8_is_named(tmp_path: Path, mark: bytes) -> None:
    rows = read(tmp_path, mark + HEAD + b"\xe9,,,\n")
    assert told(rows) == ["t.csv:2: it is not UTF-8 here; save the file as UTF-8 (in Excel: CSV UTF-8)"]
    assert not rows.whole


def test_a_byte_order_mark_does_not_move_the_line_that_is_not_utf8(tmp_path: Path) -> None:
    assert rules(read(tmp_path, b"\xef\xbb\xbfa\n\xff")) == [(2, "", "encoding")]


def test_utf16_is_not_utf8(tmp_path: Path) -> None:
    assert rules(read(tmp_path, HEAD.decode().encode("utf-16"))) == [(1, "", "encoding")]


@pytest.mark.parametrize("code", [0x00, 0x07, 0x0B, 0x1B, 0x7F, 0x85])
def test_a_control_character_is_told_by_its_number_and_not_printed(tmp_path: Path, code: int) -> None:
    rows = read(tmp_path, HEAD + f"a{chr(code)}b,,,\n".encode())
    assert told(rows) == [
        f"t.csv:2:id 'a\N{REPLACEMENT CHARACTER}b': a control character (U+{code:04X}); delete it"
    ]


def test_tabs_and_line_ends_within_a_text_are_part_of_it(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD + b'"a\tb\nc\r\nd",,,\n').rows[0]["id"] == "a\tb\nc\r\nd"


def test_quotes_are_those_of_csv(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD + b'"a ""b"", c",,,\n').rows[0]["id"] == 'a "b", c'


@pytest.mark.parametrize("row", [b'"b,,,\nc,,,\n', b'"b"c,,,\n', b"b,,,\rc,,,\n"])
def test_a_file_that_is_no_csv_from_some_line_on_is_told_with_that_line(tmp_path: Path, row: bytes) -> None:
    rows = read(tmp_path, HEAD + b"a,,,\n" + row)
    assert rules(rows) == [(3, "", "csv")]
    assert "look for a quote that is not closed" in rows.findings[0].remedy
    assert [each["id"] for each in rows.rows] == ["a"]
    assert not rows.whole


def test_a_huge_cell_is_read_until_it_can_only_be_a_mistake(tmp_path: Path) -> None:
    huge = b"x" * 500_000
    assert len(read(tmp_path, HEAD + huge + b",,,\n").rows[0]["id"]) == len(huge)
    assert rules(read(tmp_path, HEAD + b"x" * (FIELD_LIMIT + 1) + b",,,\n")) == [(2, "", "csv")]


def test_a_huge_cell_that_is_wrong_makes_no_huge_message(tmp_path: Path) -> None:
    (message,) = told(read(tmp_path, HEAD + b"a," + b"x" * 500_000 + b",,\n"))
    assert len(message) < 250


def test_the_limit_of_other_readers_of_csv_stays_as_it_was(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    for content in (HEAD + b"a,,,\n", b"wrong\n", HEAD + b'"', b"\xff"):
        read(tmp_path, content)
    assert csv.field_size_limit() == before


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    table = Table("t", "away.csv", FIELDS)
    assert told(read_rows(Package(tmp_path, {"t": table}), table)) == [
        "away.csv: the file is missing; put it back, or take its table out of datapackage.json"
    ]


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").mkdir()
    table = Table("t", "t.csv", FIELDS)
    (message,) = told(read_rows(Package(tmp_path, {"t": table}), table))
    assert message.startswith("t.csv: it is no file; put a file there")


def test_where_keeps_the_rows_with_exactly_these_texts_and_their_lines(tmp_path: Path) -> None:
    rows = read(tmp_path, HEAD + b"a,1,,\nb,2,,\na ,3,,\na,4,,\n", id="a")
    assert [row["amount"] for row in rows.rows] == [1, 4]
    assert rows.lines == [2, 5]


def test_where_leaves_the_faults_of_other_rows_untold(tmp_path: Path) -> None:
    rows = read(tmp_path, HEAD + b"b,x,,\n\nb\nb,,,,,\na,y,,\n", id="a")
    assert rules(rows) == [(6, "amount", "type")]


def test_where_does_not_hide_a_file_that_is_broken(tmp_path: Path) -> None:
    assert rules(read(tmp_path, HEAD + b'b,,,\n"b', id="a")) == [(3, "", "csv")]


# --- workbooks ------------------------------------------------------------------------------------


def workbook(folder: Path, *rows: list[Any], sheet: str = "Blad 1", name: str = "") -> Rows:
    book = openpyxl.Workbook()
    book.remove(book.active)
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(row)
    book.create_sheet("Leeg")
    book.save(folder / "book.xlsx")
    table = Table("t", "book.xlsx", FIELDS, sheet=name or sheet)
    return read_rows(Package(folder, {"t": table}), table)


HEADER = ["id", "amount", "day", "sure"]


def test_a_sheet_is_a_table_like_any_other(tmp_path: Path) -> None:
    rows = workbook(
        tmp_path,
        HEADER,
        ["NA", 1.5, datetime.date(2024, 11, 1), True],
        ["b", 62_177_242, datetime.datetime(2024, 2, 29), False],
        ["c", -0.1, None, None],
    )
    assert not rows.findings
    assert rows.rows == [
        {"id": "NA", "amount": 1.5, "day": datetime.date(2024, 11, 1), "sure": True},
        {"id": "b", "amount": 62_177_242.0, "day": datetime.date(2024, 2, 29), "sure": False},
        {"id": "c", "amount": -0.1, "day": None, "sure": None},
    ]
    assert rows.raw[1][1] == "62177242"


def test_a_faulty_cell_of_a_sheet_is_told_with_file_and_sheet(tmp_path: Path) -> None:
    rows = workbook(tmp_path, HEADER, ["a", 1], ["b", "veel"])
    assert told(rows)[0].startswith("book.xlsx[Blad 1]:3:amount 'veel': this is no number")


def test_a_time_of_day_is_not_cut_off_from_a_date(tmp_path: Path) -> None:
    day = datetime.datetime(2024, 11, 1, 13, 5)
    rows = workbook(tmp_path, HEADER, ["a", 1, day])
    assert told(rows)[0].startswith("book.xlsx[Blad 1]:2:day '2024-11-01 13:05:00': this is no date")


def test_a_number_where_a_text_is_wanted_is_written_without_a_fraction(tmp_path: Path) -> None:
    assert [row["id"] for row in workbook(tmp_path, HEADER, [2024], [3.1], [1e20]).rows] == [
        "2024",
        "3.1",
        "1e+20",
    ]


def test_a_blank_row_of_a_sheet_keeps_the_count(tmp_path: Path) -> None:
    rows = workbook(tmp_path, HEADER, ["a", 1], [], ["b", "x"])
    assert rules(rows) == [(3, "", "blank-row"), (4, "amount", "type")]


def test_rows_above_the_header_of_a_sheet_are_told(tmp_path: Path) -> None:
    assert rules(workbook(tmp_path, [], HEADER, ["a", 1])) == [(1, "", "header")]


def test_a_sheet_is_found_by_its_number_too(tmp_path: Path) -> None:
    assert workbook(tmp_path, HEADER, ["a", 1], name="1").rows[0]["id"] == "a"


def test_an_empty_sheet_lacks_its_header(tmp_path: Path) -> None:
    assert rules(workbook(tmp_path, HEADER, name="Leeg")) == [(1, "", "header")]


@pytest.mark.parametrize("name", ["Blad 3", "9", "0", "\N{SUPERSCRIPT TWO}"])
def test_a_sheet_that_is_missing_is_told(tmp_path: Path, name: str) -> None:
    (message,) = told(workbook(tmp_path, HEADER, name=name))
    assert message.startswith(f"book.xlsx[{name}]: the sheet cannot be read (")
    assert message.endswith("); name one of: Blad 1, Leeg")


@pytest.mark.parametrize("content", [b"", b"id,amount\n", b"PK\x03\x04"])
def test_a_workbook_that_is_no_workbook_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "book.xlsx").write_bytes(content)
    table = Table("t", "book.xlsx", FIELDS, sheet="1")
    (message,) = told(read_rows(Package(tmp_path, {"t": table}), table))
    assert message.startswith("book.xlsx[1]: the sheet cannot be read (")


def test_a_workbook_that_is_missing_is_told_as_any_file_is(tmp_path: Path) -> None:
    table = Table("t", "book.xlsx", FIELDS, sheet="1")
    assert told(read_rows(Package(tmp_path, {"t": table}), table)) == [
        "book.xlsx[1]: the file is missing; put it back, or take its table out of datapackage.json"
    ]


def test_without_the_reader_of_workbooks_its_install_line_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    (tmp_path / "book.xlsx").touch()
    table = Table("t", "book.xlsx", FIELDS, sheet="1")
    with pytest.raises(UsageError, match=r"pip install 'scorelib\[excel\]'"):
        read_rows(Package(tmp_path, {"t": table}), table)


# --- anything at all ------------------------------------------------------------------------------

anything = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


@anything
@given(st.binary(max_size=300) | st.text(alphabet="a1,\"\n\r\ufeff\x00;' ").map(str.encode))
def test_bytes_of_any_kind_are_read_or_told(tmp_path: Path, content: bytes) -> None:
    for start in (b"", HEAD):
        rows = read(tmp_path, start + content)
        assert len(rows.rows) == len(rows.lines) == len(rows.raw)
        assert sorted(rows.lines) == rows.lines
        assert all(str(found) for found in rows.findings)


VALID = {name: draft().text(rows) for name, rows in draft().rows.items()}


@anything
@given(
    st.sampled_from(sorted(VALID)),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 3), st.text(max_size=3)), min_size=1, max_size=4),
)
def test_a_valid_package_with_any_change_to_a_table_is_checked_to_the_end(
    tmp_path: Path, name: str, edits: list[tuple[int, int, str]]
) -> None:
    text = VALID[name]
    for at, length, put in edits:
        where = at % (len(text) + 1)
        text = text[:where] + put + text[where + length :]
    draft().write(tmp_path)
    (tmp_path / f"{name}.csv").write_bytes(text.encode("utf-8", "surrogatepass"))
    findings = check_package(Package.load(tmp_path))
    assert findings == sorted(set(findings))
    assert all(found.file.endswith(".csv") and found.problem and found.remedy for found in findings)


def test_a_cell_with_an_error_or_without_a_result_is_told_and_not_read_as_empty(tmp_path: Path) -> None:
    rows = workbook(
        tmp_path, HEADER, ["a", 1, None, True], ["b", "#N/A", None, True], ["=A2", "#DIV/0!", None, True]
    )
    assert rows.rows == []
    assert not rows.whole
    (message,) = [str(each) for each in rows.findings]
    assert message.startswith("book.xlsx[Blad 1]:3: this cell holds an error (B3, B4); mend its formula")


@pytest.mark.parametrize(
    ("cell", "place"),
    [
        (b'<x:c r="B7" s="2" t="e"><x:v>#REF!</x:v></x:c>', (7, 1)),
        (b"<c t='e' r='AA12'><v>#N/A</v></c>", (12, 26)),
        (b'<c t="e"><v>#N/A</v></c>', (0, -1)),
        (b'<x:c r="C3"><x:f>A1+1</x:f><x:v/></x:c>', (3, 2)),
        (b'<c r="C3"><f t="shared" si="0"/><v></v></c>', (3, 2)),
    ],
)
def test_cells_are_found_whatever_program_wrote_the_workbook(
    tmp_path: Path, cell: bytes, place: tuple[int, int]
) -> None:
    whole = b'<c r="A1" t="n"><v>1</v></c><c r="A2"><f>A1</f><v>1</v></c><cols e="e"/>'
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as archive:
        sheet = '<s:sheet xmlns:s="s" name="S" r:id="1"/>'
        archive.writestr("xl/workbook.xml", f'<b xmlns:r="{relation}">{sheet}</b>')
        archive.writestr("xl/_rels/workbook.xml.rels", '<r><r Id="1" Target="s.xml"/></r>')
        archive.writestr("xl/s.xml", whole + cell + whole)
    with zipfile.ZipFile(tmp_path / "book.xlsx") as archive:
        found = unreadable(archive, "S")
    assert found is not None
    assert [(each.line, each.position) for each in found] == [place]
