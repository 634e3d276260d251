"""Hostile mapping files and settings, and the message that each gets."""

from __future__ import annotations

__all__ = ["MAPPINGS", "SETTINGS", "TOML"]

GOOD = """\
table: revenue
source: {id: x, publisher: X, title: X}
columns: {organisation: org, year: year, unearmarked: amount}
constants: {currency: USD}
"""
LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24)
)

MAPPINGS: dict[str, tuple[str | bytes, str]] = {
    "laughs": (LAUGHS, "references"),
    "a merge": ("a: &a {x: 1}\nb: {<<: *a}", "references"),
    "an object of Python": ("!!python/object/apply:os.system ['id']", "it is no YAML"),
    "a name of Python": ("table: !!python/name:os.system", "it is no YAML"),
    "a tag of another": ("table: !secret x", "it is no YAML"),
    "a hundred thousand lists": ("[" * 100_000, "nested too deeply|it is no YAML"),
    "a hundred thousand levels": ("- " * 100_000, "nested too deeply|it is no YAML"),
    "a key twice": (GOOD + "table: donors\n", "is there twice"),
    "two documents": (GOOD + "---\n" + GOOD, "it is no YAML"),
    "a NUL": (GOOD + "\0", "it is no YAML"),
    "an escape": (GOOD + 'sheet: "\x1b[31m"\n', "it is no YAML"),
    "UTF-16": (GOOD.encode("utf-16"), "it is no mapping file"),
    "half a character": (b"table: \xe2\x82", "it is no mapping file"),
    "a list": ("- table", "it is no list of words"),
    "a word": ("table", "it is no list of words"),
    "nothing": ("", "it is no list of words"),
    "two megabytes": ("# " + "x" * 2_000_000, "it has more than 1,048,576 bytes"),
    "a word that is unknown": (GOOD + "run: id\n", "run: this word is not known"),
    "a table that there is not": (GOOD.replace("revenue", "../revenue"), "there is no such table"),
    "a table of a number": (GOOD.replace("revenue", "5"), "not of the right form"),
    "a column that there is not": (
        GOOD.replace("unearmarked: amount", "__class__: amount"),
        "no such column",
    ),
    "a constant that is a list": (GOOD.replace("USD", "[USD]"), "this is no text"),
    "a date as a constant that is none": (GOOD.replace("USD", "2024-99-99"), "month must be in"),
    "a scale without end": (GOOD + "scale: {unearmarked: .inf}\n", "scales no column"),
    "a scale that is no number": (GOOD + "scale: {unearmarked: .nan}\n", "scales no column"),
    "a scale of zero": (GOOD + "scale: {unearmarked: 0}\n", "scales no column"),
    "a header beyond": (GOOD + "header: 99999999999999999999\n", "this is no line of a header"),
    "a header that is true": (GOOD + "header: true\n", "not of the right form"),
    "numbers of another country": (GOOD + "numbers: klingon\n", "this word is not known"),
    "an address that is a list": (
        GOOD.replace("title: X", "title: X, url: [x]"),
        "says nothing of a source",
    ),
    "a source without a name": (GOOD.replace("id: x, ", ""), "source.id: it is missing"),
}
"""Mapping files of an import."""

TOML: dict[str, tuple[str | bytes, str]] = {
    "a hundred thousand lists": ("x = " + "[" * 100_000, "nested too deeply|it is no TOML"),
    "a hundred thousand tables": ("x = " + "{a=" * 100_000, "nested too deeply|it is no TOML"),
    "names within names": (f"{'a.' * 50_000}b = 1", "a name of more than 32 parts \\(at line 1\\)"),
    "names in quotes within names": ("\n'=' . " + '"." . ' * 50_000 + "b = 1", "than 32 parts .at line 2"),
    "tables within tables": (f"[{'a.' * 50_000}b]", "a name of more than 32 parts"),
    "one name as long as the file": ("a" * 1_000_000 + " = 1", "this word is not known"),
    "names that nearly are": (("a." * 30 + "a ") * 16_000, "it is no TOML"),
    "quotes that nearly are": ("'a\"." * 200_000, "it is no TOML"),
    "a key twice": ("table = 'revenue'\ntable = 'donors'", "it is no TOML"),
    "digits without end": ("x = " + "9" * 10_000, "it is no TOML|not known"),
    "a NUL": ("table = 'a\0'", "it is no TOML"),
    "an escape": ("table = \"\\u001b[31m\"", "there is no such table|control|not of the right form|missing"),
    "half a character": (b"table = '\xe2\x82'", "it is no TOML"),
    "a date": ("table = 2024-01-01", "not of the right form|missing"),
}  # fmt: skip
"""Mapping files of an import in TOML."""

SETTINGS: dict[str, tuple[str | bytes, str]] = {
    "no TOML": ("[tool", "cannot be read"),
    "names within names": (f"{'a.' * 50_000}b = 1", "cannot be read: a name of more than 32 parts"),
    "a key twice": ("[tool.scorelib]\njobs = 1\njobs = 2", "cannot be read"),
    "a hundred thousand lists": ("x = " + "[" * 100_000, "cannot be read"),
    "a table that is a number": ("tool = 5", "tool is no table"),
    "settings that are a list": ("[tool]\nscorelib = []", "scorelib is no table"),
    "a setting that there is not": ("[tool.scorelib]\nshell = 'id'", "there is no such setting"),
    "no workers": ("[tool.scorelib]\njobs = 0", "from 1 to 256"),
    "a billion workers": ("[tool.scorelib]\njobs = 1000000000", "from 1 to 256"),
    "workers that are true": ("[tool.scorelib]\njobs = true", "from 1 to 256"),
    "time without end": ("[tool.scorelib]\ncell-timeout = inf", "from 1 to 604800"),
    "time beyond clocks": (
        f"[tool.scorelib]\ncell-timeout = {10**18}",
        "from 1 to 604800",
    ),
    "digits without end": ("[tool.scorelib]\njobs = " + "9" * 10_000, "cannot be read"),
    "memory that no machine has": (
        "[tool.scorelib]\nmemory-limit = '99999999 TB'",
        "than any machine has",
    ),
    "memory beyond numbers": (
        f"[tool.scorelib]\nmemory-limit = '{'9' * 400} TB'",
        "than any machine has",
    ),
    "memory for nothing": ("[tool.scorelib]\nmemory-limit = '1 KB'", "less than a kernel needs"),
    "memory that is a number": ("[tool.scorelib]\nmemory-limit = 5", "write a size such as"),
    "half a character": (b"[tool.scorelib]\nx = '\xe2\x82'", "cannot be read"),
    "two megabytes": ("# " + "x" * 2_000_000, "it is no file, or a very large one"),
}
"""pyproject.toml of a project."""
