"""Any table goes in by a mapping file; what the file or the mapping does not say rightly is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from scorelib.errors import DataError

from .world import records, rows_of, take, told, world, write

if TYPE_CHECKING:
    from pathlib import Path

FACTS = [
    ["Organisatie", "Feit", "Waarde", "Eenheid", "Tekst", "Text", "Peildatum", "Opmerking"],
    ["IOM", "offices", "1.500,5", "aantal", " kantoren ", "offices", "31-12-2023", "nieuw"],
    ["UNDP", "offices", "170", "aantal", "kantoren", "offices", "1-1-2024", ""],
]
MAPPING = """\
table: facts
source:
  id: annual-reports
  publisher: Organisations
  title: Annual reports
  edition: 2023
columns:
  organisation: Organisatie
  id: Feit
  value: Waarde
  unit: Eenheid
  label_nl: Tekst
  label_en: Text
  as_of: Peildatum
values:
  unit: {aantal: count}
names: [organisation]
numbers: dutch
dates: dmy
ignore: [Opmerking]
"""
TOML = """\
table = "facts"
names = ["organisation"]
numbers = "dutch"
dates = "dmy"
ignore = "*"
[source]
id = "annual-reports"
publisher = "Organisations"
title = "Annual reports"
edition = "2023"
[columns]
organisation = "Organisatie"
id = "Feit"
value = "Waarde"
unit = "Eenheid"
label_nl = "Tekst"
label_en = "Text"
as_of = "Peildatum"
[values.unit]
aantal = "count"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return world(tmp_path / "project")


def mapped(project: Path, text: str, name: str = "mapping.yaml") -> Path:
    path = project / name
    path.write_text(text, "utf-8")
    return path


def facts(project: Path) -> list[tuple[str, ...]]:
    return [tuple(row.values())[:-1] for row in rows_of(project, "facts", "annual-reports")]


EXPECTED = [
    ("iom", "offices", "1500.5", "count", "kantoren", "offices", "2023-12-31"),
    ("undp", "offices", "170", "count", "kantoren", "offices", "2024-01-01"),
]


@pytest.mark.parametrize(("name", "text"), [("mapping.yaml", MAPPING), ("mapping.toml", TOML)])
def test_a_table_goes_in_by_its_mapping(project: Path, name: str, text: str) -> None:
    path = write(project, FACTS)
    outcome = take(project, "table", path, mapping=mapped(project, text, name))
    assert facts(project) == EXPECTED
    assert records(outcome) == (2, 2, {})
    assert "1 cells of label_nl had spaces around them" in told(outcome)
    [source] = [row for row in rows_of(project, "sources") if row["id"] == "annual-reports"]
    assert (source["publisher"], source["edition"], source["file"]) == (
        "Organisations",
        "2023",
        "download.csv",
    )
    assert not take(project, "table", path, mapping=mapped(project, text, name)).plan.changed()


def test_a_sheet_goes_in_by_the_same_mapping(project: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Feiten"
    book.create_sheet("Toelichting")
    for row in (["Feiten per organisatie"], [], *FACTS):
        book.active.append(row)
    book.active["C4"], book.active["C5"] = 1500.5, 170
    book.save(project / "facts.xlsx")
    mapping = mapped(project, f"{MAPPING}sheet: Feiten\nheader: 3\n")
    take(project, "table", project / "facts.xlsx", mapping=mapping)
    assert facts(project) == EXPECTED


def test_amounts_can_be_scaled_and_columns_be_constant(project: Path) -> None:
    path = write(project, [["Jaar", "Ontvangen"], ["2020", "62.2"], ["2021", "-0.1"]])
    mapping = """
table: revenue
source: {id: annual-report, publisher: GEF, title: Annual report}
columns: {year: Jaar, earmarked: Ontvangen}
constants: {organisation: gef, currency: EUR, assessed: 0}
scale: {earmarked: 1000000}
"""
    take(project, "table", path, mapping=mapped(project, mapping))
    assert [tuple(row.values()) for row in rows_of(project, "revenue", "annual-report")] == [
        ("gef", "2020", "0", "", "62200000", "", "EUR", "annual-report"),
        ("gef", "2021", "0", "", "-100000", "", "EUR", "annual-report"),
    ]


def test_rows_that_the_file_lacks_are_removed_within_its_scope_alone(project: Path) -> None:
    mapping = mapped(project, MAPPING)
    take(project, "table", write(project, FACTS), mapping=mapping)
    other = [FACTS[0], ["IOM", "staff-abroad", *FACTS[1][2:]]]
    take(project, "table", write(project, other), mapping=mapping)
    found = {(row["organisation"], row["id"]) for row in rows_of(project, "facts") if row["source"] != "ceb"}
    assert found == {("iom", "staff-abroad"), ("undp", "offices")}
    mapping = mapped(project, f"{MAPPING}scope: []\n")
    take(project, "table", write(project, FACTS[:2]), mapping=mapping)
    found = {(row["organisation"], row["id"]) for row in rows_of(project, "facts") if row["source"] != "ceb"}
    assert found == {("iom", "staff-abroad"), ("iom", "offices"), ("undp", "offices")}


def test_a_table_without_sources_is_added_to_and_nothing_is_removed(project: Path) -> None:
    path = write(
        project, [["code", "nl", "en"], ["BE", "België", "Belgium"], ["NL", "Nederland", "The Netherlands"]]
    )
    mapping = "table: donors\ncolumns: {id: code, name_nl: nl, name_en: en}\n"
    outcome = take(project, "table", path, mapping=mapped(project, mapping))
    assert outcome.plan.changed() == ["donors"]
    names = {row["id"]: row["name_en"] for row in rows_of(project, "donors")}
    assert names["BE"] == "Belgium"
    assert names["NL"] == "The Netherlands"
    assert names["DE"] == "Germany"


def refused(project: Path, path: Path, mapping: str, name: str = "mapping.yaml") -> list[str]:
    before = {each: each.read_bytes() for each in (project / "data").glob("*.csv")}
    with pytest.raises(DataError) as error:
        take(project, "table", path, mapping=mapped(project, mapping, name))
    assert {each: each.read_bytes() for each in (project / "data").glob("*.csv")} == before
    return [str(finding) for finding in error.value.findings]


def test_each_wrong_cell_is_told_where_it_stands_in_the_file(project: Path) -> None:
    rows = [
        FACTS[0],
        ["Atlantis", "offices", "1", "aantal", "x", "x", "31-12-2023", ""],
        ["IOM", "Offices!", "1", "aantal", "x", "x", "31-12-2023", ""],
        ["IOM", "a", "veel", "aantal", "x", "x", "31-12-2023", ""],
        ["IOM", "b", "1", "stuks", "x", "x", "31-12-2023", ""],
        ["IOM", "c", "1", "aantal", "=HYPERLINK(1)", "x", "31-12-2023", ""],
        ["IOM", "d", "1", "aantal", "x", "", "31-12-2023", ""],
        ["IOM", "e", "", "aantal", "x", "x", "31-12-2023", ""],
        ["IOM", "f", "1", "aantal", "x", "x\x07", "30 oktober", ""],
    ]
    lines = refused(project, write(project, rows), MAPPING)
    assert [line.split(": ")[0].removeprefix("download.csv:") for line in lines] == [
        "2:organisation 'Atlantis'", "3:id 'Offices!'", "4:value 'veel'", "5:unit 'stuks'",
        "6:label_nl '=HYPERLINK(1)'", "7:label_en", "8:value", "9:as_of '30 oktober'",
        "9:label_en 'x\N{REPLACEMENT CHARACTER}'",
    ]  # fmt: skip


def test_the_same_key_twice_is_told_with_both_rows(project: Path) -> None:
    [line] = refused(project, write(project, [*FACTS, FACTS[1]]), MAPPING)
    assert line.startswith("download.csv:4:organisation 'iom,offices': row 2 has the same organisation, id")


def test_a_column_that_is_not_in_the_file_is_told_with_those_that_are(project: Path) -> None:
    [line] = refused(project, write(project, FACTS), MAPPING.replace("value: Waarde", "value: Bedrag"))
    assert "found: Organisatie, Feit, Waarde, Eenheid" in line
    assert "expected the mapping: Organisatie, Feit, Eenheid" in line


def test_a_column_of_the_file_that_nobody_mentions_is_an_error(project: Path) -> None:
    [line] = refused(project, write(project, FACTS), MAPPING.replace("ignore: [Opmerking]\n", ""))
    assert "of no layout that is known" in line


def test_a_name_that_is_known_without_an_organisation_is_left_out_and_counted(project: Path) -> None:
    rows = [*FACTS, ["UNV", *FACTS[1][1:]]]
    outcome = take(project, "table", write(project, rows), mapping=mapped(project, MAPPING))
    assert records(outcome) == (3, 2, {"unv is not in organisations.csv; add it there to have it": 1})


def test_only_what_is_asked_for_is_taken(project: Path) -> None:
    outcome = take(
        project, "table", write(project, FACTS), mapping=mapped(project, MAPPING), organisations=["undp"]
    )
    assert records(outcome) == (2, 1, {"its organisation was not asked for": 1})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "table: facts",
            "table: fact",
            "mapping.yaml:table 'fact': there is no such table; write one of sources",
        ),
        (
            "dates: dmy",
            "datums: dmy",
            "mapping.yaml:datums: this word is not known; use table, source, sheet",
        ),
        ("dates: dmy", "dates: ymd", "mapping.yaml:dates 'ymd': this word is not known; use iso, dmy"),
        ("numbers: dutch", "numbers: nederlands", "use english, dutch"),
        ("  value: Waarde", "  waarde: Waarde", "mapping.yaml:columns.waarde: the table has no such column"),
        ("  value: Waarde\n", "", "mapping.yaml:columns 'value': this column must be given"),
        ("  value: Waarde", "  value: [Waarde]", "mapping.yaml:columns.value \"['Waarde']\": this is no"),
        ("  value: Waarde", "  value: Feit", "columns 'Feit': two columns are read from this one"),
        ("  as_of: Peildatum", "  as_of: Peildatum\n  source: Bron", "the source of rows follows from"),
        ("names: [organisation]", "names: [unit]", "mapping.yaml:names 'unit': this is no column with names"),
        (
            "names: [organisation]",
            "names: organisation",
            "mapping.yaml:names 'organisation': this is not of the",
        ),
        ("  title: Annual reports\n", "", "mapping.yaml:source.title: it is missing; say what the file is"),
        ("  edition: 2023", "  isbn: 2023", "mapping.yaml:source.isbn '2023': this says nothing of a source"),
        ("{aantal: count}", "aantal", "mapping.yaml:values.unit: this is no column of the table with texts"),
        ("ignore: [Opmerking]", "ignore: all", "mapping.yaml:ignore 'all': this is no list"),
        ("ignore: [Opmerking]", "scope: [value]", "mapping.yaml:scope 'value': this is no column of the key"),
        ("ignore: [Opmerking]", "scale: {unit: 10}", "mapping.yaml:scale.unit '10': this scales no"),
        ("ignore: [Opmerking]", "scale: {value: yes}", "this scales no column of numbers"),
        ("ignore: [Opmerking]", "header: 0", "mapping.yaml:header '0': this is no line of a header"),
        ("ignore: [Opmerking]", "constants: {unit: count}", "mapping.yaml:unit: it is both a column and"),
        ("dates: dmy", "dates: dmy\ndates: dmy", "mapping.yaml:20: it is no YAML: 'dates' is there twice"),
        ("unit: {aantal: count}", "unit: &a {aantal: count}\n  id: *a", "references (*name) are not read"),
        ("table: facts", "table: !!python/object/apply:os.system [id]", "it is no YAML: could not"),
        ("table: facts", "table: [facts", "it is no YAML"),
        (MAPPING, "- facts", "it is no list of words and what they mean"),
        (MAPPING, "", "it is no list of words and what they mean"),
        (MAPPING, "[" * 5000, "it is"),
    ],
)  # fmt: skip
def test_a_mapping_is_held_to_what_is_known(project: Path, old: str, new: str, message: str) -> None:
    assert old in MAPPING
    lines = refused(project, write(project, FACTS), MAPPING.replace(old, new))
    assert any(message in line for line in lines), lines


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("table = facts", "it is no TOML"),
        ("table = 'x'\ntable = 'y'", "it is no TOML"),
        ("\ufeff\0", "it is no TOML"),
    ],
)
def test_toml_is_held_to_its_rules(project: Path, text: str, message: str) -> None:
    assert message in refused(project, write(project, FACTS), text, "mapping.toml")[0]


def test_a_mapping_that_is_no_file_is_told(project: Path, tmp_path: Path) -> None:
    for path, message in ((tmp_path, "it is no file"), (tmp_path / "none.yaml", "No such file")):
        with pytest.raises(DataError, match=message):
            take(project, "table", write(project, FACTS), mapping=path)
    large = mapped(project, "x" * (1 << 21))
    with pytest.raises(DataError, match="it has more than"):
        take(project, "table", write(project, FACTS), mapping=large)


def test_the_examples_of_the_documentation_are_right(project: Path, root: Path) -> None:
    page = (root / "docs" / "how-to" / "import-data.md").read_text("utf-8")
    blocks = [block.split("```")[0] for block in page.split("```yaml\n")[1:]]
    assert blocks
    path = write(
        project,
        [["Organisatie", "Jaar", "Vastgesteld", "Geoormerkt", "Opmerking"], ["IOM", "2020", "1.5", "2", ""]],
    )
    for block in blocks:
        take(project, "table", path, mapping=mapped(project, block))
        assert rows_of(project, "revenue", "annual-report-2020")[0]["earmarked"] == "2000000"
