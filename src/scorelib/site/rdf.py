"""A description as nested values, written as JSON-LD and as Turtle; imports nothing of ours.

A node is a dictionary: ``@id``, ``@type``, and properties with prefixed names. A value is a node, a
`literal`, a text, or a list of these. There are no blank nodes, so that two catalogues can be compared.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["PREFIXES", "json_ld", "literal", "nodes", "turtle"]

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

Node = dict[str, Any]


def literal(text: str, *, lang: str = "", kind: str = "") -> Node:
    """A text in a language, or a value of a type such as ``xsd:date``."""
    return {"@value": text} | ({"@language": lang} if lang else {}) | ({"@type": kind} if kind else {})


def nodes(root: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A node and all that it leads to."""
    yield root
    for value in root.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict) and "@value" not in each:
                yield from nodes(each)


def json_ld(root: Node) -> bytes:
    """The description as JSON-LD; addresses are relative to the file, or whole."""
    text = json.dumps({"@context": PREFIXES} | root, indent=1, ensure_ascii=False)
    return f"{text}\n".encode()


def turtle(root: Node) -> bytes:
    """The same as Turtle."""
    lines = [f"@prefix {name}: <{address}> ." for name, address in PREFIXES.items()]
    later: list[Node] = []
    seen: set[str] = set()
    waiting = [root]
    while waiting:
        for node in waiting:
            if node["@id"] not in seen and set(node) - {"@id"}:
                seen.add(node["@id"])
                lines += ["", f"<{node['@id']}>", f"{_properties(node, later)} ."]
        waiting, later = later, []
    return ("\n".join(lines) + "\n").encode()


def _properties(node: Node, later: list[Node]) -> str:
    parts = []
    for key, value in node.items():
        if key == "@id":
            continue
        values = value if isinstance(value, list) else [value]
        if key == "@type":
            parts.append(f"  a {', '.join(values)}")
        else:
            parts.append(f"  {key} {', '.join(_value(each, later) for each in values)}")
    return " ;\n".join(parts)


def _value(value: Any, later: list[Node]) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if "@value" in value:
        mark = f"@{value['@language']}" if "@language" in value else ""
        return _quoted(value["@value"]) + mark + (f"^^{value['@type']}" if "@type" in value else "")
    # What else is said of it stands by itself.
    later.append(value)
    return f"<{value['@id']}>"


def _quoted(text: str) -> str:
    # Escapes of JSON are a part of those of Turtle.
    return json.dumps(text, ensure_ascii=False)
