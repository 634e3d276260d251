"""Hostile command lines and environments, and how each ends."""

from __future__ import annotations

__all__ = ["ARGUMENTS", "ENVIRONMENTS"]

LONG = "a" * 5000
ARGUMENTS: dict[str, tuple[list[str], str]] = {
    "an organisation upwards": (["build", "../../etc"], "there is no organisation"),
    "an organisation with a slash": (["build", "iom/2024"], "there is no organisation"),
    "an organisation of two lines": (["build", "iom\nx"], "there is no organisation"),
    "an organisation of five thousand letters": (["build", LONG], "there is no organisation"),
    "an organisation that colours": (["build", "\x1b[31mx"], r"there is no organisation '\\x1b"),
    "an organisation of half a character": (["build", "\udcff"], "there is no organisation"),
    "an organisation with an override": (["build", "a\u202eb"], r"there is no organisation 'a\\u202e"),
    "an organisation that looks like one": (["build", "i\u043em"], "there is no organisation"),
    "no organisation": (["build", ""], "there is no organisation"),
    "a year of eleven digits": (["build", "--year", "99999999999"], "is not in the range"),
    "a year of Arabic digits": (["new", "iom", "\u0662\u0660\u0662\u0665"], "is no year from 1945 to 2100"),
    "a language upwards": (["build", "--lang", "../../x"], "is not one of en, nl"),
    "a language that rings": (["build", "--lang", "n\x07l"], r"'n\\x07l' is not one of en, nl"),
    "no language": (["build", "--lang", ","], "name at least one of"),
    "a form that there is not": (["build", "--to", "exe"], "is not one of html, pdf"),
    "workers below none": (["build", "--jobs", "-1"], "is not in the range"),
    "workers without end": (["build", "--jobs", "9" * 30], "is not in the range"),
    "time without end": (["build", "--cell-timeout", "9" * 30], "is not in the range"),
    "memory without end": (["build", "--memory-limit", "9" * 30 + "TB"], "more than any machine has"),
    "memory that is no size": (["build", "--memory-limit", "1e999"], "is no size"),
    "a part of nothing": (["build", "--shard", "0/0"], "is no part"),
    "a part and a line": (["build", "--shard", "1/2\n"], "is no part"),
    "a scheduler that runs": (["build", "--scheduler", "javascript:x"], "is no address of a dask scheduler"),
    "a key that never ends": (["build", "--final", "--sign", "/dev/zero"], "is no file"),
    "a project that is a file": (["build", "-C", "/etc/passwd"], "is a file"),
    "a project elsewhere": (["build", "-C", "/proc"], "there is no data/datapackage.json"),
    "a command that there is not": (["../build"], "No such command"),
    "a command of half a character": (["\udcff"], "No such command"),
    "an option that there is not": (["--exec=id"], "No such option"),
    "a new one upwards": (["new", "../../x", "2025"], "there is no organisation"),
    "an assessment upwards": (["new", "iom", "2025", "--assessment", "../x"], "there is no assessment"),
    "a workbook over a device": (["new", "--template", "mopan", "/dev/null"], "must end in .xlsx"),
    "a workbook over a file": (["new", "--template", "mopan", "there.xlsx"], "is there already"),
    "a workbook over a link": (["new", "--template", "mopan", "link.xlsx"], "is there already"),
    "a workbook in no folder": (["new", "--template", "mopan", "no/x.xlsx"], "there is no folder"),
    "a framework upwards": (["new", "--template", "mopan", "x.xlsx", "--framework", "../x"], "no framework"),
    "a source upwards": (["import", "../../x", "y"], "there is no source"),
    "a file that is a device": (["import", "unsceb-government", "/dev/zero"], "it is no file"),
    "a file that is a folder": (["import", "unsceb-government", "data"], "it is no file"),
    "a file that is a pipe": (["import", "unsceb-government", "pipe"], "it is no file"),
    "a file of half a character": (["import", "fif", "\udcff"], r"\\udcff: its name has half"),
    "a mapping that is a device": (
        ["import", "table", "data/donors.csv", "--mapping", "/dev/zero"], "zero: it is no mapping file"
    ),
    "years backwards": (["import", "fif", "x", "--year", "2023-1999"], "is not between 1945 and 2100"),
    "a trace upwards": (["trace", "1", "--report", "../../etc"], "is no report; write it as"),
    "a report upwards": (["verify", "../../etc"], "there is no report"),
    "a preview upwards": (["preview", "../x", "2024"], "there is no organisation"),
    "a port beyond all": (["serve", "--port", "99999999"], "is not in the range"),
}  # fmt: skip
"""Command lines that end with exit code 2, and what they say."""

ENVIRONMENTS: dict[str, tuple[dict[str, str], list[str], int, str]] = {
    "a date that is none": ({"SOURCE_DATE_EPOCH": "garbage"}, ["list"], 2, "write seconds since 1970"),
    "a date before all": ({"SOURCE_DATE_EPOCH": "-5"}, ["list"], 2, "write seconds since 1970"),
    "a date after all": ({"SOURCE_DATE_EPOCH": "9" * 20}, ["list"], 2, "write seconds since 1970"),
    "a renderer that there is not": ({"SCORELIB_RENDERER": "; id"}, ["build"], 2, "is not one of 'auto'"),
    "no folder for what is made": ({"TMPDIR": "/nonexistent"}, ["list"], 0, "iom"),
    "no home": ({"HOME": "/nonexistent", "XDG_RUNTIME_DIR": "/nonexistent"}, ["doctor"], 0, "renderer"),
    "a language of nowhere": ({"LANG": "xx_YY.ebcdic", "LC_ALL": "no"}, ["list"], 0, "iom"),
    "no columns": ({"COLUMNS": "0"}, ["status"], 0, "iom"),
    "columns without end": ({"COLUMNS": "9" * 20}, ["--help"], 0, "Exit codes"),
    "columns of no number": ({"COLUMNS": "x", "LINES": "-1"}, ["--help"], 0, "Exit codes"),
    "a terminal that shows letters alone": ({"PYTHONIOENCODING": "ascii"}, ["status"], 0, "iom"),
    "programs that would run": (
        {"PAGER": "false", "EDITOR": "false", "BROWSER": "false"},
        ["list"],
        0,
        "iom",
    ),
}
"""What the environment says, a command, its exit code and a part of what it tells."""
