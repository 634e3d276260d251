"""A report of anybody is read as bytes and data: traced or verified, it hangs, fills and ends nothing."""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from scorelib.build.provenance import FILE, TAIL, Manifest
from scorelib.cli import run
from scorelib.sealed import seal

from .hostile import bounded, snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "iom/2024/nl"


@pytest.fixture
def report(made: Path, tmp_path: Path) -> Path:
    """The folder of a report of somebody else, in a project with our data."""
    project = tmp_path / "project"
    shutil.copytree(made / "reports", project / "reports")
    (project / "data").symlink_to(made / "data")
    (project / "notebooks").symlink_to(made / "notebooks")
    return project / "reports" / NAME


def content(given: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(given)


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def sparse(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(5 << 30)


def cells(*given: Any) -> Callable[[Path], object]:
    """A notebook of these cells."""
    return content(json.dumps({"cells": given, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode())


def shows(data: dict[str, Any]) -> Callable[[Path], object]:
    """A notebook that has shown something."""
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    cell = {"cell_type": "code", "id": "a", "source": "", "metadata": {}, "execution_count": 1}
    return cells({**cell, "outputs": [output]})


NODE = "application/vnd.scorelib.node+json"


def origin(text: str) -> Callable[[Path], object]:
    """A notebook with a number that says where it comes from."""
    return shows(
        {NODE: {"node": "Paragraph", "children": [{"node": "Text", "text": "62,2", "origin": text}]}}
    )


ANY: dict[str, Callable[[Path], object]] = {
    "nothing": content(b""),
    "a pipe": pipe,
    "a device": device,
    "a folder": folder,
    "five gigabytes of nothing": sparse,
    "bytes that are no text": content(b"\xff\xfe\x00"),
    "a hundred thousand lists": content(b"[" * 100_000),
    "a list": content(b"[]"),
    "a number": content(b"1" * 10_000),
}

NOTEBOOKS: dict[str, Callable[[Path], object]] = {
    **ANY,
    "nothing in it": content(b"{}"),
    "a format of another time": content(b'{"nbformat": 99, "nbformat_minor": 0, "cells": []}'),
    "cells of no list": content(b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 5}'),
    "a cell that is a number": cells(5),
    "a cell of no kind": cells({"cell_type": "evil"}),
    "a part of no kind": shows({NODE: {"node": "__class__"}}),
    "a part that is a list": shows({NODE: [1]}),
    "a part of a thousand levels": shows(
        {NODE: json.loads('{"node":"Span","children":[' * 400 + "]}" * 400)}
    ),
    "an origin that is none": origin("x"),
    "rows without end": origin("read assessed contributions 2-99999999999999"),
    "a row of no number": origin("read assessed contributions 2-x"),
    "Markdown of marks": shows({"text/markdown": "[" * 20_000}),
}


def archive(name: str, given: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, given)
    return out.getvalue()


def flagged(given: bytes, at: int, value: int) -> bytes:
    """An archive with two bytes of each of its directory's entries replaced."""
    changed = bytearray(given)
    place = changed.find(b"PK\x01\x02")
    changed[place + at : place + at + 2] = value.to_bytes(2, "little")
    return bytes(changed)


def bomb(name: str) -> Callable[[Path], object]:
    """A hundred megabytes in a part, packed when it is asked for."""
    return lambda path: path.write_bytes(archive(name, b"\0" * 100_000_000))


TABLE = archive("contributions.csv", b"organisation,year\niom,2023\n")
ARCHIVES: dict[str, Callable[[Path], object]] = {
    **ANY,
    "a bomb": bomb("contributions.csv"),
    "a bomb that is no table": bomb("x.bin"),
    "a name upwards": content(archive("../../../../tmp/x.csv", b"a\nb\n")),
    "no text": content(archive("contributions.csv", b"\xff\xfe")),
    "rows of other lengths": content(archive("contributions.csv", b"a,b\n1\n1,2,3\n")),
    "a cell of megabytes": content(archive("contributions.csv", b"a\n" + b"x" * 3_000_000)),
    "sources without names": content(archive("sources.csv", b"a\nb\n")),
    "a lock": content(flagged(TABLE, 8, 1)),
    "a packing that there is not": content(flagged(TABLE, 10, 77)),
    "another sum": content(flagged(TABLE, 16, 0)),
    "half of it": content(TABLE[: len(TABLE) // 2]),
}


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        *(pytest.param("notebook.ipynb", each, id=f"notebook: {key}") for key, each in NOTEBOOKS.items()),
        *(pytest.param("data.zip", each, id=f"data: {key}") for key, each in ARCHIVES.items()),
    ],
)
@pytest.mark.timeout(30)
def test_a_trace_ends_soon_and_says_what_it_found(
    report: Path, capsys: pytest.CaptureFixture[str], name: str, spoil: Callable[[Path], object]
) -> None:
    spoil(report / name)
    before = snapshot(report)
    with bounded():
        code = run(["trace", "62,2", "--report", NAME, "-C", str(report.parents[3])])
    told = capsys.readouterr()
    assert code in {0, 1, 2}
    if code == 2:
        assert name in told.err
        assert "build" in told.err
    assert told.out or told.err
    assert snapshot(report) == before


def forged(edit: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    """What a report says of itself, changed and with a checksum that is right."""

    def change(path: Path) -> None:
        said = json.loads(path.read_text("utf-8"))
        edit({each["@id"]: each for each in said["@graph"]} | {"": said})
        # The last member of the last entity is the checksum of what stands before it.
        text = json.dumps(said).removesuffix("}")
        path.write_bytes(seal(f'{text}, "x": [{{"value": "'.encode(), TAIL))

    return change


def renamed(name: str) -> Callable[[dict[str, Any]], object]:
    """A file of the report called otherwise."""

    def edit(graph: dict[str, Any]) -> None:
        graph["index.html"]["@id"] = name
        next(each for each in graph["./"]["hasPart"] if each["@id"] == "index.html")["@id"] = name

    return edit


MANIFESTS: dict[str, Callable[[Path], object]] = {
    **ANY,
    "a depth without end": lambda path: path.write_bytes(seal(b'{"a": ' + b"[" * 100_000, TAIL)),
    "a graph that is a word": forged(lambda graph: graph[""].update({"@graph": "x"})),
    "a graph of words": forged(lambda graph: graph[""].update({"@graph": ["x"]})),
    "no graph": forged(lambda graph: graph[""].pop("@graph")),
    "a file upwards": forged(renamed("../../../../../../etc/passwd")),
    "a file from the root": forged(renamed("/etc/passwd")),
    "a file of no name": forged(renamed("")),
    "a hash that is a list": forged(lambda graph: graph["index.html"].update(sha256=[])),
    "a size that is a word": forged(lambda graph: graph["index.html"].update(contentSize="x")),
    "inputs that are a number": forged(lambda graph: graph["#execute"].update(object=5)),
    "formats that there are not": forged(lambda graph: graph["#rendering/formats"].update(value="exe,../x")),
    "languages that there are not": forged(
        lambda graph: graph["#rendering/other%20languages"].update(value="../x")
    ),
}


@pytest.mark.parametrize("spoil", MANIFESTS.values(), ids=MANIFESTS)
@pytest.mark.timeout(60)
def test_a_report_that_says_what_cannot_be_is_not_verified_and_no_build_ends(
    report: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], object]
) -> None:
    spoil(report / FILE)
    project = report.parents[3]
    with bounded():
        assert run(["verify", NAME, "-C", str(project)]) in {1, 2}
        told = capsys.readouterr()
        assert f"its {FILE} " in told.out or "there is no report" in told.err
        assert run(["build", "iom", "--lang", "nl", "--dry-run", "--explain", "-C", str(project)]) == 0


def test_a_checksum_is_no_signature(report: Path) -> None:
    forged(lambda graph: graph["./"].update(name="of somebody else"))(report / FILE)
    assert Manifest.read(report / FILE).facts.title == "of somebody else"
