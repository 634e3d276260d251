"""What a report was made from stands in its provenance.json, as an RO-Crate that tools of others read."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from scorelib.build.provenance import TAIL, Manifest, UnknownFormatError
from scorelib.build.vcs import commit_of
from scorelib.sealed import DamagedError, seal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def crate(built: Path) -> dict[str, Any]:
    return json.loads((built / "reports/iom/2024/nl/provenance.json").read_text("utf-8"))  # type: ignore[no-any-return]


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if set(value) == {"@id"}:
            yield value["@id"]
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def test_it_is_a_flat_graph_whose_references_all_lead_somewhere(crate: dict[str, Any]) -> None:
    graph = crate["@graph"]
    names = [each["@id"] for each in graph]
    assert len(names) == len(set(names))
    assert all(each["@type"] for each in graph)
    elsewhere = {name for name in references(graph) if name not in names}
    assert elsewhere == {"https://w3id.org/ro/crate/1.2"}


def test_it_has_what_an_ro_crate_must_have(crate: dict[str, Any]) -> None:
    graph = {each["@id"]: each for each in crate["@graph"]}
    assert crate["@context"] == "https://w3id.org/ro/crate/1.2/context"
    descriptor = graph["ro-crate-metadata.json"]
    assert (descriptor["@type"], descriptor["about"]) == ("CreativeWork", {"@id": "./"})
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}
    root = graph["./"]
    assert root["@type"] == "Dataset"
    assert {"name", "description", "datePublished", "license", "hasPart"} <= set(root)
    for part in root["hasPart"]:
        assert graph[part["@id"]]["@type"] == "File"


def test_it_names_every_file_of_the_report_with_its_hash(built: Path) -> None:
    folder = built / "reports/iom/2024/nl"
    made = Manifest.read(folder / "provenance.json").files
    there = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "provenance.json"}
    assert {name: (facts["sha256"], facts["bytes"]) for name, facts in made.items()} == {
        name: (hashlib.sha256(content).hexdigest(), len(content)) for name, content in there.items()
    }


def test_it_names_data_texts_notebook_code_packages_and_renderer(built: Path) -> None:
    kept = Manifest.read(built / "reports/iom/2024/nl/provenance.json")
    wanted = {
        "data/contributions.csv",
        "data/texts/iom/2024/nl/33-finance.md",
        "notebooks/scorecard.ipynb",
        "scorelib/figures/money.py",
        "package pandas",
        "python",
    }
    assert wanted <= set(kept.execution)
    assert {"renderer", "formats", "package typst", "package ttf-opensans"} <= set(kept.rendering)
    assert kept.rendering["renderer"] == "embedded"
    assert (kept.facts.organisation, kept.facts.year, kept.facts.lang) == ("iom", 2024, "nl")
    assert (kept.facts.status, kept.facts.fictional) == ("draft", False)


def test_it_names_the_findings_that_were_accepted_in_its_language(built: Path) -> None:
    kept = Manifest.read(built / "reports/iom/2024/nl/provenance.json")
    with (built / "data" / "accepted.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if (row["organisation"], row["year"], row["lang"]) == ("iom", "2024", "nl")
        ]
    assert rows
    assert [(each.quantity, each.reason, each.reviewed) for each in kept.accepted] == [
        (row["quantity"], row["reason"], row["reviewed"]) for row in rows
    ]


def test_a_manifest_of_an_older_version_is_told_from_a_broken_one(tmp_path: Path) -> None:
    path = tmp_path / "provenance.json"
    path.write_text('{"files": {}, "inputs": {"execution": {}, "rendering": {}}}')
    with pytest.raises(UnknownFormatError, match="another version"):
        Manifest.read(path)
    path.write_text('{"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": []}')
    with pytest.raises(DamagedError, match="not as it was written"):
        Manifest.read(path)
    path.write_bytes(
        seal(b'{"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": [{"@id": "', TAIL)
    )
    with pytest.raises(ValueError, match="lacks"):
        Manifest.read(path)


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_the_state_of_version_control_is_that_of_the_inputs(project: Path) -> None:
    assert commit_of(project) is None
    git(project, "init", "-q")
    assert commit_of(project) is None, "before the first commit there is none"
    git(project, "add", "-A")
    git(project, "commit", "-qm", "first")
    clean = commit_of(project)
    assert clean is not None
    assert (len(clean.id), clean.changed) == (40, ())
    (project / "reports" / "note.txt").write_text("not an input")
    (project / "data" / "texts" / "iom" / "2024" / "nl" / "99-new é.md").write_text("# New\n")
    with (project / "data" / "facts.csv").open("a") as file:
        file.write("\n")
    changed = commit_of(project)
    assert changed is not None
    assert changed.id == clean.id
    assert changed.changed == ("data/facts.csv", "data/texts/iom/2024/nl/99-new é.md")
