"""``datapackage.json`` says which tables there are; what is wrong with it is told at once."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scorelib.data.check import check_package
from scorelib.data.package import Field, ForeignKey, Package, find_project
from scorelib.errors import DataError, UsageError

from .broken import draft

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, described: Any) -> Path:
    text = described if isinstance(described, str) else json.dumps(described)
    (folder / "datapackage.json").write_text(text, "utf-8")
    return folder


def resource(name: str = "table", **changes: Any) -> dict[str, Any]:
    schema = {"fields": [{"name": "id", "type": "string"}]}
    return {"name": name, "path": f"{name}.csv", "schema": schema, **changes}


def column(**changes: Any) -> dict[str, Any]:
    return {"resources": [resource(schema={"fields": [{"name": "id", **changes}]})]}


def schema(**changes: Any) -> dict[str, Any]:
    return {"resources": [resource(schema={"fields": [{"name": "id"}], **changes})]}


def told(folder: Path, described: Any) -> list[str]:
    with pytest.raises(DataError) as caught:
        Package.load(write(folder, described))
    assert {finding.file for finding in caught.value.findings} == {"datapackage.json"}
    return [str(finding) for finding in caught.value.findings]


def test_the_description_of_a_table_is_read_whole(tmp_path: Path) -> None:
    fields = [
        {
            "name": "id",
            "type": "integer",
            "description": "Number.",
            "constraints": {"required": True, "minimum": 1},
        },
        {"name": "word", "constraints": {"enum": ["a", "b"], "unique": True}},
        {"name": "day", "type": "date", "constraints": {"maximum": "2024-12-31"}},
        {"name": "code", "type": "string", "constraints": {"pattern": "[A-Z]+"}},
    ]
    keys = [{"fields": "word", "reference": {"resource": "", "fields": "code"}}]
    described = {
        "fields": fields,
        "primaryKey": "id",
        "foreignKeys": keys,
        "missingValues": ["", "-"],
    }
    table = Package.load(write(tmp_path, {"resources": [resource(title="Tafel", schema=described)]})).table(
        "table"
    )
    assert table.fields == (
        Field("id", "integer", "Number.", required=True, minimum="1"),
        Field("word", "string", enum=("a", "b"), unique=True),
        Field("day", "date", maximum="2024-12-31"),
        Field("code", "string", pattern="[A-Z]+"),
    )
    assert (table.title, table.place, table.primary_key) == ("Tafel", "table.csv", ("id",))
    assert table.missing == ("", "-")
    assert table.foreign_keys == (ForeignKey(("word",), "table", ("code",)),)
    assert table.field("day").type == "date"


def test_a_byte_order_mark_is_no_part_of_the_description(tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_text(json.dumps({"resources": [resource()]}), "utf-8-sig")
    assert list(Package.load(tmp_path).tables) == ["table"]


def test_a_table_that_is_not_described_is_told_by_name(tmp_path: Path) -> None:
    package = Package.load(write(tmp_path, {"resources": [resource()]}))
    with pytest.raises(DataError, match=r"'donors': this table is not described; add it to the resources"):
        package.table("donors")


def test_a_description_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"^datapackage\.json: the file is missing; put it back"):
        Package.load(tmp_path)


def test_a_description_that_is_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").mkdir()
    with pytest.raises(DataError, match="it is no file; put a file there"):
        Package.load(tmp_path)


def test_a_description_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_bytes(b'{"resources": ["\xff"]}')
    with pytest.raises(DataError, match="it is not UTF-8"):
        Package.load(tmp_path)


def test_a_description_that_is_no_json_is_told_with_its_line(tmp_path: Path) -> None:
    (message,) = told(tmp_path, '{\n"resources": [\n}')
    assert message.startswith("datapackage.json:3: it is no JSON: ")


@pytest.mark.parametrize("depth", [900, 930, 950, 960, 970, 980, 990, 1000, 100_000])
def test_a_description_that_is_nested_deeply_is_told(tmp_path: Path, depth: int) -> None:
    assert told(tmp_path, '{"resources": [' + "[" * depth + "]" * depth + "]}")


def test_a_number_without_end_is_told(tmp_path: Path) -> None:
    (message,) = told(tmp_path, '{"resources": [' + "9" * 5000 + "]}")
    assert "a number that is too long" in message


@pytest.mark.parametrize("described", ["[]", "null", "5", "{}", '{"resources": {}}', '{"resources": null}'])
def test_a_description_without_resources_is_told(tmp_path: Path, described: str) -> None:
    assert told(tmp_path, described) == [
        "datapackage.json: it has no list of resources; describe each table as a resource"
    ]


@pytest.mark.parametrize(
    "path",
    [
        "../secret.csv",
        "/etc/passwd",
        "a/../../secret.csv",
        "..",
        ".",
        "",
        "a\\b.csv",
        "./table.csv",
        "table.csv/",
        "https://example.org/table.csv",
        "a" * 300,
        None,
        5,
        ["table.csv"],
    ],
)
def test_a_table_is_within_the_data_folder(tmp_path: Path, path: Any) -> None:
    (message,) = told(tmp_path, {"resources": [resource(path=path)]})
    assert "no path within data/; name one file within data/" in message


def test_a_link_out_of_the_data_folder_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (tmp_path / "secret.csv").write_text("id\n1\n")
    (folder / "table.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "up").symlink_to(tmp_path)
    assert "no path within data/" in told(folder, {"resources": [resource()]})[0]
    assert "no path within data/" in told(folder, {"resources": [resource(path="up/secret.csv")]})[0]


def test_a_link_to_itself_is_told(tmp_path: Path) -> None:
    (tmp_path / "table.csv").symlink_to(tmp_path / "table.csv")
    assert told(tmp_path, {"resources": [resource()]})


def test_a_link_within_the_data_folder_is_a_file_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("id\n1\n")
    (tmp_path / "table.csv").symlink_to("real.csv")
    assert Package.load(write(tmp_path, {"resources": [resource()]})).table("table").path == "table.csv"


@pytest.mark.parametrize(
    ("described", "message"),
    [
        ({"resources": [5]}, "'5': a resource without a name; give it a name"),
        ({"resources": [{"name": 5}]}, "a resource without a name"),
        ({"resources": [resource(), resource()]}, "'table': two resources have this name"),
        ({"resources": [resource("../up", path="up.csv")]}, "'../up': no name of a table"),
        ({"resources": [resource("", path="up.csv")]}, "no name of a table"),
        ({"resources": [resource(schema=None)]}, "'table': it has no schema with fields"),
        ({"resources": [resource(schema={"fields": {}})]}, "it has no schema with fields"),
        (schema(fields=[{"name": "a"}, {"name": "a"}]), "'table': two fields have one name"),
        (schema(fields=[7]), "'table: 7': a field without a name"),
        (schema(fields=[{"name": ""}]), "a field without a name"),
        (schema(missingValues="NA"), "missingValues or foreignKeys is no list"),
        (schema(missingValues=5), "missingValues or foreignKeys is no list"),
        (schema(foreignKeys=5), "missingValues or foreignKeys is no list"),
        (schema(primaryKey="code"), "'table: code': a key names a field that is not there"),
        (column(type="text"), "'table.id: text': a type that is not known; choose one of string, integer,"),
        (column(type=["string"]), "a type that is not known"),
        (column(constraints=5), "rules that are not known"),
        (column(constraints={"minLength": 3}), "'table.id: minLength': rules that are not known; use enum,"),
        (
            column(constraints={"required": "false"}),
            "'table.id: required false': no required for type string",
        ),
        (column(constraints={"unique": 1}), "no unique for type string; write true or false"),
        (column(constraints={"enum": "a"}), "no enum for type string; list the words that are allowed"),
        (column(constraints={"enum": []}), "no enum for type string"),
        (column(constraints={"pattern": "["}), "'table.id: pattern [': no pattern for type string"),
        (column(constraints={"pattern": ["a"]}), "no pattern for type string"),
        (
            column(type="date", constraints={"pattern": ".*"}),
            "no pattern for type date; only a string has one",
        ),
        (column(constraints={"minimum": 1}), "no minimum for type string; only numbers and dates have one"),
        (column(type="date", constraints={"maximum": "1-1-2024"}), "no maximum for type date"),
        (column(type="number", constraints={"minimum": {}}), "no minimum for type number"),
        (column(type="integer", constraints={"minimum": True}), "no minimum for type integer"),
        (
            column(type="date", format="%d/%m/%Y"),
            "'table.id: format': a way of writing that is not read here",
        ),
        (column(type="number", groupChar="."), "'table.id: groupChar': a way of writing that is not read"),
    ],
)
def test_a_broken_description_is_told(tmp_path: Path, described: Any, message: str) -> None:
    assert [text for text in told(tmp_path, described) if message in text]


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (5, "a foreign key without a reference"),
        ({}, "a foreign key without a reference"),
        ({"fields": "id", "reference": {"resource": 5}}, "a foreign key without a reference"),
        ({"fields": [], "reference": {"resource": "", "fields": []}}, "a foreign key whose sides differ"),
        ({"fields": "id", "reference": {"resource": "", "fields": ["id", "id"]}}, "whose sides differ"),
        (
            {"fields": "id", "reference": {"resource": "away", "fields": "id"}},
            "a foreign key to what is not there",
        ),
        (
            {"fields": "id", "reference": {"resource": "", "fields": "no"}},
            "a foreign key to what is not there",
        ),
        (
            {"fields": "no", "reference": {"resource": "", "fields": "id"}},
            "a key names a field that is not there",
        ),
    ],
)
def test_a_broken_foreign_key_is_told(tmp_path: Path, key: Any, message: str) -> None:
    assert [text for text in told(tmp_path, schema(foreignKeys=[key])) if message in text]


def test_everything_that_is_wrong_with_a_description_is_told_at_once(tmp_path: Path) -> None:
    fields = [{"name": "a", "type": "text"}, {"name": "b", "constraints": {"size": 3}}]
    described = {"resources": [resource(path="/x"), resource("other", schema={"fields": fields}), 5]}
    assert len(told(tmp_path, described)) == 4


def test_a_sheet_of_a_workbook_is_named_by_its_place(tmp_path: Path) -> None:
    resources = [
        resource("first", path="book.xlsx"),
        resource("named", path="book.xlsx", dialect={"sheet": "Blad 2"}),
        resource("old", path="book.xlsx", dialect={"excel": {"sheet": 3}}),
        resource("odd", path="book.xlsx", dialect=5),
    ]
    package = Package.load(write(tmp_path, {"resources": resources}))
    assert [table.place for table in package.tables.values()] == [
        "book.xlsx[1]",
        "book.xlsx[Blad 2]",
        "book.xlsx[3]",
        "book.xlsx[1]",
    ]


def test_a_project_is_found_from_any_folder_within_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    write(tmp_path / "data", {"resources": []})
    below = tmp_path / "notebooks" / "deep"
    below.mkdir(parents=True)
    assert find_project(below) == tmp_path.resolve()
    monkeypatch.chdir(below)
    assert find_project() == tmp_path.resolve()


def test_a_folder_without_a_project_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no data/datapackage\.json in .* --project"):
        find_project(tmp_path)


# --- anything at all ------------------------------------------------------------------------------

anything = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
WORDS = st.sampled_from(
    ["id", "code", "name", "table", "countries", "projects", "string", "number", "date", "", "1", "["]
)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)


def reads_or_tells(folder: Path, described: Any) -> None:
    with contextlib.suppress(DataError):
        for found in check_package(Package.load(write(folder, described))):
            assert str(found)


@anything
@given(VALUE | st.builds(lambda value: {"resources": value}, VALUE))
def test_json_of_any_kind_is_read_or_told(tmp_path: Path, described: Any) -> None:
    reads_or_tells(tmp_path, described)


@anything
@given(st.text(max_size=40).map(lambda text: '{"resources": [' + text))
def test_text_of_any_kind_is_read_or_told(tmp_path: Path, described: str) -> None:
    reads_or_tells(tmp_path, described.encode("utf-8", "replace").decode())


@anything
@given(st.data())
def test_a_valid_description_with_any_part_replaced_is_read_or_told(
    tmp_path: Path, data: st.DataObject
) -> None:
    draft().write(tmp_path)
    described = json.loads((tmp_path / "datapackage.json").read_text("utf-8"))
    place: Any = described["resources"]
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not place[key] or not isinstance(place[key], dict | list) or data.draw(st.integers(0, 3)) == 0:
            break
        place = place[key]
    place[key] = data.draw(VALUE)
    reads_or_tells(tmp_path, described)
