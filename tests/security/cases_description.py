"""Hostile descriptions: ``datapackage.json``, its schemas and patterns, and the message that each gets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .hostile import field, resource_of, text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["BROKEN", "PATHS", "PATTERNS", "SAID"]


def top(**said: Any) -> Callable[[dict[str, Any]], object]:
    """Say something of the whole package."""
    return lambda package: package.update(said)


def table(**said: Any) -> Callable[[dict[str, Any]], object]:
    """Say something of a table."""
    return lambda package: resource_of(package, "donors").update(said)


def schema(**said: Any) -> Callable[[dict[str, Any]], object]:
    """Say something of its schema."""
    return lambda package: resource_of(package, "donors")["schema"].update(said)


def column(**said: Any) -> Callable[[dict[str, Any]], object]:
    """Say something of its first column."""
    return lambda package: field(package, "donors", "id").update(said)


def rule(**said: Any) -> Callable[[dict[str, Any]], object]:
    """Hold that column to a rule."""
    return column(constraints=said)


def another_field(given: Any) -> Callable[[dict[str, Any]], object]:
    """Add a column."""
    return lambda package: resource_of(package, "donors")["schema"]["fields"].append(given)


def another_resource(given: Any) -> Callable[[dict[str, Any]], object]:
    """Add a table."""
    return lambda package: package["resources"].append(given)


PATHS = {
    "absolute": "/etc/passwd",
    "upwards": "../x.csv",
    "upwards in between": "a/../../x.csv",
    "of Windows": "..\\x.csv",
    "with a drive": "C:\\x.csv",
    "the folder itself": ".",
    "nothing": "",
    "a web address": "https://example.org/x.csv",
    "an address of a file": "file:///etc/passwd",
    "a slash at the end": "donors.csv/",
    "two slashes": "x//donors.csv",
    "a dot in between": "./donors.csv",
    "longer than names can be": "a" * 5000,
    "a list": ["donors.csv"],
    "a number": 5,
    "none": None,
}
"""Paths of a table that lead nowhere good."""

PATTERNS = {
    "nested repetition": ("^(a+)+$", "a" * 40 + "!"),
    "overlapping words": ("^(a|aa)+$", "a" * 60 + "!"),
    "nested stars": ("^((a*)*)*$", "a" * 40 + "!"),
    "many maybe": ("a?" * 40 + "a" * 40, "a" * 39),
    "two stars": ("^.*.*.*=.*$", "x" * 5000),
    "mail of folklore": (r"^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*$", "a" * 60 + "@"),
}
"""Patterns on which a backtracking engine never ends, each with the text for that."""

SAID: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "half a character in a title": (top(title="\ud800"), "'title: .': half of a surrogate"),
    "half a character in a description": (
        table(description="x\udfff"),
        r"resources\.\d+\.description",
    ),
    "half a character as a key": (top(**{"\ud800": 1}), "half of a surrogate"),
    "an override in a title": (top(title="a\u202eb"), "turns the direction of writing"),
    "an escape in a title": (top(title="\x1b]0;x\x07"), r"a control character \(U\+001B\)"),
    "a private character deep inside": (top(x=[{"y": ["\ue000"]}]), "'x.0.y.0: .'"),
    "a licence that runs": (top(licenses=[{"path": "javascript:alert(1)"}]), "no address of the web"),
    "a licence that is a page": (top(licenses=[{"path": "data:text/html,x"}]), "no address of the web"),
    "a licence of no list": (top(licenses="MIT"), "'licenses': it is no list"),
    "a home that runs": (top(homepage=" javascript:alert(1)"), "no address of the web"),
    "a home in an attribute": (top(homepage='https://example.org/" onclick="x'), "no address of the web"),
    "a home that is none": (top(homepage={"a": 1}), "no address of the web"),
    "a contributor that runs": (
        top(contributors=[{"title": "x", "path": "vbscript:x"}]),
        "no address of the web",
    ),
    "mail with a copy to others": (
        top(contributors=[{"title": "x", "email": "a@b.nl?bcc=c@d.nl"}]),
        "no address of mail",
    ),
    "contributors that are words": (top(contributors=["x"]), "it is no list of what"),
    "resources that are a word": (top(resources="x"), "it has no list of resources"),
    "a resource that is a number": (another_resource(5), "a resource without a name"),
    "a resource twice": (
        lambda said: said["resources"].append(said["resources"][0]),
        "two resources have this",
    ),
    "a name upwards": (table(name="../x"), "no name of a table"),
    "a name of two lines": (table(name="a\nb"), "no name of a table"),
    "a name that is an option": (table(name="é"), "no name of a table"),
    "no schema": (table(schema="schema.json"), "it has no schema"),
    "fields of no list": (schema(fields={}), "no schema with"),
    "a field that is a number": (another_field(1), "a field without a name"),
    "a field that runs": (another_field({"name": "=1+1"}), "no name of a field"),
    "a field that is a book": (
        another_field({"name": "a" * 10_000}),
        "no name of a field",
    ),
    "a type that is a list": (column(type=["a"]), "a type that is not"),
    "a type that there is not": (column(type="object"), "a type that is not"),
    "a format": (column(format="binary"), "a way of writing"),
    "constraints of no names": (column(constraints=[]), "rules that are not"),
    "a rule that is unknown": (column(constraints={"jsonSchema": {}}), "rules that are not known"),
    "a bound for a text": (rule(minimum=1), "no minimum for type string"),
    "words of objects": (
        lambda said: field(said, "organisations", "fictional").update(constraints={"enum": [{}]}),
        "no enum for type",
    ),
    "a pattern that is a list": (rule(pattern=["x"]), "no pattern for type"),
    "a pattern that looks back": (rule(pattern=r"(a)\1"), "no pattern for type"),
    "a pattern that looks ahead": (rule(pattern="(?=a)b"), "no pattern for type"),
    "a pattern of a million": (
        rule(pattern="((a{900}){900}){900}"),
        "no pattern for type",
    ),
    "a pattern that is not closed": (rule(pattern="[" * 5000), "no pattern for type"),
    "a key of an object": (schema(primaryKey=[{}]), "a key names a field"),
    "a key that is a number": (schema(primaryKey=5), "primaryKey is no name"),
    "a reference to nothing": (
        schema(foreignKeys=[{"fields": "id", "reference": {"resource": "x", "fields": "id"}}]),
        "a foreign key to what is not there",
    ),
    "a reference that is a word": (schema(foreignKeys=["x"]), "a foreign key without a"),
    "missing values of no list": (schema(missingValues="x"), "missingValues or foreignKeys"),
    "an encoding": (table(encoding="utf-7"), "a way of writing"),
    "a compression": (table(format="csv.gz"), "a way of writing"),
    "a delimiter": (table(dialect={"delimiter": "\t"}), "a way of writing"),
}
"""What a description may not say."""

PLAIN = json.dumps({"resources": []})
BROKEN: dict[str, tuple[Callable[[Path], None], str]] = {
    "a hundred thousand lists": (text("[" * 100_000), "it is nested too deeply"),
    "a hundred thousand names": (text('{"resources":' * 100_000), "it is nested too deeply"),
    "lists in a title": (
        text('{"resources":[],"x":' + "[" * 500 + "]" * 500 + "}"),
        "it is nested too deeply",
    ),
    "a number of ten thousand digits": (
        text('{"resources":[],"x":' + "9" * 10_000 + "}"),
        "a number that is too",
    ),
    "a number beyond all": (text('{"resources":[],"x":1e999999}'), "a number that is too large"),
    "not a number": (text('{"resources":[],"x":NaN}'), "it holds NaN"),
    "minus infinity": (text('{"resources":[],"x":-Infinity}'), "it holds -Infinity"),
    "a key twice": (text('{"resources":[],"resources":[]}'), "it says 'resources' twice"),
    "a key twice inside": (text('{"resources":[{"name":"a","name":"b"}]}'), "it says 'name' twice"),
    "a list": (text("[]"), "it has no list of resources"),
    "null": (text("null"), "it has no list of resources"),
    "a word": (text('"resources"'), "it has no list of resources"),
    "no bytes": (text(""), r"datapackage\.json:1: it is no JSON"),
    "a NUL": (text(PLAIN + "\0"), r"datapackage\.json:1: it is no JSON"),
    "two of them": (text(PLAIN + "\n" + PLAIN), r"datapackage\.json:2: it is no JSON"),
    "a comment": (text("// x\n" + PLAIN), r"datapackage\.json:1: it is no JSON"),
    "a comma too many": (text('{"resources":[],}'), r"datapackage\.json:1: it is no JSON"),
    "a raw line break in a text": (text('{"resources":["a\nb"]}'), r"datapackage\.json:1: it is no JSON"),
    "an escape that is none": (text('{"resources":["\\x41"]}'), r"datapackage\.json:1: it is no JSON"),
    "UTF-16": (text(PLAIN.encode("utf-16")), "it is not UTF-8"),
    "half a character": (text(b'{"resources":["\xe2\x82"]}'), "it is not UTF-8"),
    "surrogates as bytes": (text(b'{"resources":["\xed\xa0\x80"]}'), "it is not UTF-8"),
    "seventeen megabytes of spaces": (text(" " * (17 << 20) + PLAIN), "it has more than 16,777,216 bytes"),
}
"""Files that are no description."""
