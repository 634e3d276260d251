"""Writes and reads ``provenance.json``: what a report was made from, and what was made.

Imports the standard library and sealed. It is an RO-Crate 1.2 metadata document. The two stages of
making a report are its two actions, so that what `plan` compares and what a reader finds in it are the
same. It ends in its own checksum. It holds no time of a clock, no path, host or user; the state of
version control is in it and in no other file of a report.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from scorelib.sealed import DamagedError, read_plain, seal, unseal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from scorelib.build.report import Commit

__all__ = ["FILE", "Accepted", "Facts", "Manifest", "UnknownFormatError", "document"]

FILE = "provenance.json"
CONTEXT = "https://w3id.org/ro/crate/1.2/context"
PROFILE = "https://w3id.org/ro/crate/1.2"
DESCRIPTOR = "ro-crate-metadata.json"
STAGES = {"execution": "#execute", "rendering": "#render"}
EXECUTED = ("notebook.ipynb", "data.zip")
"""Results of running the notebook; all other files are results of rendering."""
DIGEST = re.compile(r"[0-9a-f]{64}")
MEDIA = {
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".ipynb": "application/x-ipynb+json",
}
DONE = "http://schema.org/CompletedActionStatus"
SELF = (
    '{"@id": "#file-digest", "@type": "PropertyValue", "name": "SHA-256 of this file up to this value", '
    '"value": "'
)
LARGEST = 1 << 26
"""Bytes of a manifest; a report of a hundred texts has 100 kB."""
TAIL = b'"}\n]}\n'
"""How a manifest ends, before and after its own checksum."""


class UnknownFormatError(ValueError):
    """A provenance.json that this version does not know."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a report is, as its manifest says it."""

    organisation: str
    year: int
    lang: str
    title: str
    status: str
    fictional: bool
    data_date: str
    data_sha256: str
    scorelib: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """A finding of the figure check that a reviewer has accepted."""

    text: str
    quantity: str
    reason: str
    source: str
    reviewed: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A provenance.json that was read.

    Parameters
    ----------
    facts
        What the report is.
    execution, rendering
        Inputs of the two stages by name, with their hashes or versions.
    files
        Size and SHA-256 of each file of the report.
    commit, changed
        The commit that was checked out, empty for none, and the inputs that differed from it.
    accepted
        Findings that were accepted.
    """

    facts: Facts
    execution: Mapping[str, str]
    rendering: Mapping[str, str]
    files: Mapping[str, Mapping[str, Any]]
    commit: str = ""
    changed: tuple[str, ...] = ()
    accepted: tuple[Accepted, ...] = field(default=())

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read one.

        Raises
        ------
        OSError
            If it cannot be opened.
        DamagedError
            If it is not as it was written.
        UnknownFormatError
            If it was written by another version of scorelib.
        ValueError
            If it cannot be read otherwise.
        """
        read = read_plain(path, LARGEST)
        try:
            unseal(read, TAIL)
        except DamagedError:
            if not _other_format(read):
                raise
            message = "it has the format of another version of scorelib"
            raise UnknownFormatError(message) from None
        try:
            content = json.loads(read)
        except RecursionError:
            message = "it is nested too deeply"
            raise ValueError(message) from None
        try:
            graph = {each["@id"]: each for each in content["@graph"]}
            return cls._of(graph)
        except (KeyError, TypeError, AttributeError) as error:
            message = f"it lacks {error}"
            raise ValueError(message) from None

    @classmethod
    def _of(cls, graph: Mapping[str, Mapping[str, Any]]) -> Manifest:
        def value(name: str) -> Any:
            return graph[f"#{name}"]["value"]

        root = graph["./"]
        facts = Facts(
            value("organisation"),
            value("year"),
            value("lang"),
            root["name"],
            root["creativeWorkStatus"],
            value("fictional"),
            root["datePublished"],
            value("data-digest"),
            graph["#scorelib"]["version"],
        )
        inputs = {
            stage: {
                unquote(each["@id"][len(f"#{stage}/") :]): _value(graph[each["@id"]])
                for each in graph[action]["object"]
                if each["@id"].startswith(f"#{stage}/")
            }
            for stage, action in STAGES.items()
        }
        files = {
            each["@id"]: {"sha256": graph[each["@id"]]["sha256"], "bytes": graph[each["@id"]]["contentSize"]}
            for each in root["hasPart"]
        }
        if wrong := [name for name, each in files.items() if not _is_file(name, each)]:
            message = f"it names {wrong[0]!r} as a file of the report"
            raise ValueError(message)
        accepted = tuple(
            Accepted(
                each["itemReviewed"], each["about"], each["reviewBody"], each["citation"], each["dateCreated"]
            )
            for each in graph.values()
            if each["@type"] == "Review"
        )
        commit = graph.get("#commit", {})
        return cls(
            facts,
            inputs["execution"],
            inputs["rendering"],
            files,
            commit.get("value", ""),
            tuple(graph["#changed"]["value"]) if "#changed" in graph else (),
            accepted,
        )


def document(
    facts: Facts,
    inputs: Mapping[str, Mapping[str, str]],
    files: Mapping[str, bytes],
    *,
    commit: Commit | None,
    checks: Mapping[str, str],
    accepted: Iterable[Accepted] = (),
) -> bytes:
    """The content of ``provenance.json``.

    Parameters
    ----------
    facts
        What the report is.
    inputs
        Inputs of the stages ``execution`` and ``rendering``: names, with hashes or versions.
    files
        The files of the report.
    commit
        What version control said, if there is any.
    checks
        What was checked and found right, by a short name.
    accepted
        Findings that were accepted.
    """
    graph = [
        _descriptor(),
        _root(facts, files, commit, checks),
        *(_file(name, content) for name, content in sorted(files.items())),
        *_actions(inputs, files),
        *_about(facts, commit),
        *_checked(checks, accepted),
        *(_input(stage, name, value) for stage in STAGES for name, value in sorted(inputs[stage].items())),
    ]
    # An entity a line, so that two of them can be compared by lines.
    lines = "".join(f"{json.dumps(each, ensure_ascii=False)},\n" for each in graph)
    return seal(f'{{"@context": "{CONTEXT}",\n"@graph": [\n{lines}{SELF}'.encode(), TAIL)


def _other_format(content: bytes) -> bool:
    """Whether this is a whole manifest of another version: JSON, but not with our context and end."""
    if content.endswith(TAIL):
        return False
    try:
        read = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(read, dict) and read.get("@context") != CONTEXT


def _descriptor() -> dict[str, Any]:
    return {
        "@id": DESCRIPTOR,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": PROFILE},
        "description": f"Kept as {FILE}; copied as {DESCRIPTOR}, it makes its folder an RO-Crate.",
    }


def _root(
    facts: Facts, files: Mapping[str, bytes], commit: Commit | None, checks: Mapping[str, str]
) -> dict[str, Any]:
    named = ["organisation", "year", "lang", "fictional", "data-digest", "file-digest"]
    named += ["commit", "changed"] if commit else []
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": facts.title,
        "description": "A scorecard, the data and the notebook that it was made from, and how it was made.",
        "identifier": f"{facts.organisation}/{facts.year}/{facts.lang}",
        "datePublished": facts.data_date,
        "inLanguage": facts.lang,
        "creativeWorkStatus": facts.status,
        "license": {"@id": "#licence"},
        "hasPart": [{"@id": name} for name in sorted(files)],
        "mentions": _ids([*STAGES.values(), *(f"#check/{quote(name)}" for name in checks)]),
        "additionalProperty": _ids([f"#{name}" for name in named]),
    }


def _file(name: str, content: bytes) -> dict[str, Any]:
    return {
        "@id": name,
        "@type": "File",
        "name": name,
        "encodingFormat": MEDIA.get(name[name.rfind(".") :], "application/octet-stream"),
        "contentSize": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _actions(inputs: Mapping[str, Mapping[str, str]], files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    def action(stage: str, name: str, given: Sequence[str], made: Sequence[str]) -> dict[str, Any]:
        rests = [*given, *(f"#{stage}/{quote(each)}" for each in sorted(inputs[stage]))]
        return {
            "@id": STAGES[stage],
            "@type": "CreateAction",
            "name": name,
            "actionStatus": DONE,
            "instrument": {"@id": "#scorelib"},
            "object": _ids(rests),
            "result": _ids(made),
        }

    made = [name for name in EXECUTED if name in files]
    rendered = [name for name in sorted(files) if name not in EXECUTED]
    given = ["#organisation", "#year", "#lang"]
    return [
        action("execution", "The notebook was run on the data", given, made),
        action("rendering", "The document was rendered", made[:1], rendered),
    ]


def _about(facts: Facts, commit: Commit | None) -> list[dict[str, Any]]:
    def property_(name: str, title: str, value: object) -> dict[str, Any]:
        return {"@id": f"#{name}", "@type": "PropertyValue", "name": title, "value": value}

    found = [
        {
            "@id": "#scorelib",
            "@type": "SoftwareApplication",
            "name": "scorelib",
            "version": facts.scorelib,
        },
        {
            "@id": "#licence",
            "@type": "CreativeWork",
            "name": "Licences of the sources",
            "description": "What each source allows stands in sources.csv within data.zip.",
        },
        property_("organisation", "parameter organisation", facts.organisation),
        property_("year", "parameter year", facts.year),
        property_("lang", "parameter lang", facts.lang),
        property_("fictional", "made-up organisation", facts.fictional),
        property_("data-digest", "SHA-256 of the rows", facts.data_sha256),
    ]
    if commit:
        found += [
            property_("commit", "git commit that was checked out", commit.id),
            property_("changed", "inputs that differed from that commit", list(commit.changed)),
        ]
    return found


def _checked(checks: Mapping[str, str], accepted: Iterable[Accepted]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "@id": f"#check/{quote(name)}",
            "@type": "AssessAction",
            "name": name,
            "description": what,
            "actionStatus": DONE,
        }
        for name, what in checks.items()
    ]
    for number, each in enumerate(accepted, 1):
        found.append(
            {
                "@id": f"#accepted/{number}",
                "@type": "Review",
                "name": "A finding of the figure check that was accepted",
                "itemReviewed": each.text,
                "about": each.quantity,
                "reviewBody": each.reason,
                "citation": each.source,
                "dateCreated": each.reviewed,
            }
        )
    return found


def _input(stage: str, name: str, value: str) -> dict[str, Any]:
    kind, _, rest = name.partition(" ")
    found: dict[str, Any] = {"@id": f"#{stage}/{quote(name)}"}
    if kind == "package" or name == "python":
        return {**found, "@type": "SoftwareApplication", "name": rest or name, "version": value}
    if not DIGEST.fullmatch(value):
        return {**found, "@type": "PropertyValue", "name": name, "value": value}
    source = name.endswith((".py", ".ipynb", ".js", ".css", ".jinja", ".typ"))
    return {
        **found,
        "@type": "SoftwareSourceCode" if source else "CreativeWork",
        "name": name,
        "sha256": value,
    }


def _is_file(name: object, facts: Mapping[str, object]) -> bool:
    """Whether this can be a file of a report: in its folder, with a size and a hash."""
    return (
        isinstance(name, str)
        and not {"", ".", ".."} & set(name.split("/"))
        and isinstance(facts["sha256"], str)
        and isinstance(facts["bytes"], int)
    )


def _value(entity: Mapping[str, Any]) -> str:
    for name in ("sha256", "version"):
        if name in entity:
            return str(entity[name])
    return str(entity["value"])


def _ids(names: Iterable[str]) -> list[dict[str, str]]:
    return [{"@id": name} for name in names]
