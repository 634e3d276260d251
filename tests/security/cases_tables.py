"""Hostile cells and files of tables: what is shown as the text it is, and what is refused at which place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..data.small import TABLES
from .hostile import put, raw, with_cell

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["FILES", "FORMULAS", "HEAVY", "IDS", "NUMBERS", "SHOWN", "SIGNS"]

SHOWN = {
    "markup": "<script>alert(1)</script>",
    "an event": "<img src=x onerror=alert(1)>",
    "an attribute": '" onmouseover="alert(1)" x="',
    "a closed element": "</title></style></script><svg/onload=alert(1)>",
    "a comment": "<!-- --><!--> --!><![CDATA[ ]]>",
    "an entity": "&lt;script&gt; &#60; &amp;amp; &nosuch;",
    "an address that runs": "javascript:alert(1)",
    "an address that holds a page": "data:text/html,<script>alert(1)</script>",
    "a link of Markdown": "[a](javascript:alert(1)) ![b](http://example.org/b.png)",
    "a call of Jinja": "{{ 7 * 7 }} {% raw %} {# #}",
    "a call of Typst": '#eval("1") #read("/etc/passwd") $x$ @tbl-donors \\',
    "a shortcode of Quarto": "{{< include /etc/passwd >}} `{=html}` ::: {.x} :::",
    "a command of a shell": "$(id) `id` ; rm -rf / | cat && true",
    "a statement of SQL": "'; DROP TABLE donors; SELECT 1",
    "a format of Python": "{0.__class__} %s %(x)s {",
    "a path": "../../../etc/passwd",
    "quotes and commas": 'a "b", c\'s, d',
    "line breaks": "one\ntwo\r\nthree",
    "Arabic, right to left": "\u0647\u0648\u0644\u0646\u062f\u0627",
    "Hebrew with points": "\u05d4\u05d5\u05b9\u05dc\u05b7\u05e0\u05d3",
    "a joiner that Persian needs": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "letters that look like others": "N\u0435d\u0435rland",
    "letters with a hundred accents": "N" + "\u0301" * 100,
    "a picture of several characters": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "a letter that was not normalised": "Namibie\u0308",
    "a separator of lines that is none": "a\u2028b",
    "a cell as long as a book": "N" * 100_000,
    "a number with a sign": "-12",
    "a dash for nothing": "-",
    "a number of telephone": "+31 70 000 0000",
}
"""Cells that stand in the report's own data exactly as they were given."""

SIGNS = {
    "a NUL": "\0",
    "a bell": "\x07",
    "an escape that colours a terminal": "\x1b[31m",
    "a backspace": "\x08\x08\x08",
    "a delete": "\x7f",
    "a line end of another age": "\x85",
    "a control of Windows-1252": "\x93",
    "an override to the left": "\u202e",
    "an embedding": "\u202b",
    "an isolate": "\u2066",
    "an isolate that is closed": "a\u2067b\u2069c",
    "a space of no width": "\u200b",
    "a byte order mark": "\ufeff",
    "a word joiner": "\u2060",
    "an invisible times": "\u2062",
    "an annotation": "\ufff9a\ufffab\ufffb",
    "a tag that hides words": "".join(chr(0xE0000 + ord(each)) for each in "ignore"),
    "a private character": "\ue000",
    "a private character of another plane": "\U000f0000",
    "the last character there is": "\U0010ffff",
    "a character that is none": "\uffff",
    "another that is none": "\ufdd0",
}
"""Characters that no cell holds: within a word, they are refused with the cell."""

FORMULAS = {
    "a formula": "=1+1",
    "a command": "=cmd|' /C calc'!A0",
    "a link": '=HYPERLINK("http://example.org?x="&A1,"Click")',
    "a plus": "+1+cmd|' /C calc'!A0",
    "a minus": "-2+3+cmd|' /C calc'!A0",
    "a list": "- one",
    "an at": "@SUM(1+1)",
    "full width": "\uff1d1+1",
    "a tab before": "\t=1+1",
    "a line break before": "x\n=1+1",
    "a carriage return before": "\r\n=1+1",
    "a quote before": '"=1+1',
    "a semicolon, where that separates": "Nederland;=1+1",
    "a semicolon and a quote": 'Nederland;"=1+1',
    "a tab, where that separates": "Nederland\t@x",
}
"""Cells that a spreadsheet would run, here or in another separator's country."""

IDS = {
    "a way upwards": "../../x",
    "the folder above": "..",
    "an absolute path": "/etc/passwd",
    "a way of Windows": "..\\x",
    "a line end": "iom\n",
    "a space": "iom x",
    "capitals": "IOM",
    "a Cyrillic o": "i\u043em",
    "a full width letter": "\uff49om",
    "a dotless i": "\u0131om",
    "a hyphen that is none": "iom\u2011x",
    "a percent": "%2e%2e",
    "a tilde": "~root",
    "an option": "--force",
    "a hidden file": ".git",
    "a folder of the site": "_site",
    "a NUL": "iom\0x",
    "nothing": "",
}
"""Ids of an organisation, which become folders."""

NUMBERS = {
    "an amount beyond all numbers": "1e999",
    "an exponent of a thousand digits": "1e" + "9" * 1000,
    "four hundred thousand digits": "9" * 400_000,
    "more money than there is": "1e300",
    "not a number": "NaN",
    "infinity": "-Infinity",
    "hexadecimal": "0x10",
    "digits of Arabic": "\u0661\u0662",
    "digits of full width": "\uff11",
    "an underscore": "1_000",
    "a space of no break": "1\u00a0000",
    "a formula": "=1000",
}
"""Amounts that are none."""


def _file(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def change(project: Path) -> None:
        path = project / "data" / "donors.csv"
        path.unlink()
        make(path)

    return change


def _sparse(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(5 << 30)


D = TABLES["donors"].encode()
FILES: dict[str, tuple[Callable[[Path], None], str]] = {
    "a pipe": (_file(os.mkfifo), r"donors\.csv: it is no file"),
    "a folder": (_file(lambda path: path.mkdir()), r"donors\.csv: it is no file"),
    "nothing": (_file(str), r"donors\.csv: the file is missing"),
    "a link to a device": (_file(lambda path: path.symlink_to("/dev/zero")), "no path within data/"),
    "a link out of the folder": (_file(lambda path: path.symlink_to("/etc/passwd")), "no path within data/"),
    "a link to itself": (_file(lambda path: path.symlink_to("donors.csv")), "no path within data/"),
    "a link to nothing": (_file(lambda path: path.symlink_to("gone.csv")), "the file is missing"),
    "five gigabytes of nothing": (_file(_sparse), r"donors\.csv: it has 5,368,709,120 bytes"),
    "no bytes": (raw("donors", b""), r"donors\.csv:1: there is no header"),
    "zeros": (raw("donors", b"\0" * 10_000), r"donors\.csv:1:id"),
    "UTF-16": (raw("donors", TABLES["donors"].encode("utf-16")), r"donors\.csv:1: it is not UTF-8"),
    "UTF-32": (raw("donors", TABLES["donors"].encode("utf-32")), r"donors\.csv:1: it is not UTF-8"),
    "Windows-1252": (raw("donors", TABLES["donors"].encode("cp1252")), r"donors\.csv:2: it is not UTF-8"),
    "half a character": (raw("donors", D + b"BE,\xe2\x82,x\n"), r"donors\.csv:4: it is not UTF-8"),
    "surrogates as bytes": (put("donors", "Nederland", "\ud800"), r"donors\.csv:3: it is not UTF-8"),
    "an overlong slash": (raw("donors", D + b"BE,\xc0\xaf,x\n"), r"donors\.csv:4: it is not UTF-8"),
    "two byte order marks": (raw("donors", b"\xef\xbb\xbf" * 2 + D), r"donors\.csv:1:id"),
    "a zip": (raw("donors", b"PK\x03\x04" + b"\0" * 100), r"donors\.csv: it is a workbook, or packed"),
    "a page": (raw("donors", b"<!doctype html><title>403</title>"), r"donors\.csv:1:id"),
    "a header ten times": (raw("donors", b"id," * 1_000_000), r"donors\.csv:1:"),
    "a header that runs": (raw("donors", D.replace(b"name_nl", b"=1+1")), r"donors\.csv:1:name_nl '=1\+1'"),
    "nine hundred thousand commas": (
        raw("donors", D.replace(b"NL,", b"NL" + b"," * 900_000)),
        r"donors\.csv:3: 'Netherlands'|donors\.csv:3.*a cell beyond the last column, and 8\d\d,\d\d\d more",
    ),
    "a hundred thousand rows of one cell": (raw("donors", D + b"x\n" * 100_000), r"donors\.csv:4:name_nl"),
    "a quote not closed": (raw("donors", D.replace(b"Neder", b'"Neder')), r"donors\.csv:3: it is no CSV"),
    "a quote within": (raw("donors", D.replace(b"Nederland", b'"N"erland')), r"donors\.csv:3: it is no CSV"),
    "a lone carriage return": (raw("donors", D.replace(b"\nNL", b"\rNL")), r"donors\.csv:2: it is no CSV|1:"),
    "two million letters": (put("donors", "Nederland", "N" * 2_000_000), r"donors\.csv:3: it is no CSV"),
    "a row twice": (raw("donors", D + b"NL,Nederland,Netherlands\n"), r"donors\.csv:4.*same id"),
    "a key in another case": (raw("donors", D.replace(b"NL,", b"Nl,")), r"donors\.csv:3:id 'Nl'"),
    "a reference to nothing": (put("contributions", "1000", "x"), r"contributions\.csv:2:assessed 'x'"),
    "a year of eleven digits": (
        raw("scorecards", TABLES["scorecards"].replace("iom,2024", "iom,99999999999").encode()),
        r"scorecards\.csv:2:year",
    ),
    "a day before all days": (
        raw("sources", TABLES["sources"].replace("2024-11-01", "0000-13-99").encode()),
        r"sources\.csv:2:retrieved",
    ),
    "a language upwards": (
        raw("accepted", TABLES["accepted"].replace(",nl,", ",../x,").encode()),
        r"accepted\.csv:2:lang",
    ),
    "a chapter upwards": (
        raw("accepted", with_cell("accepted", "33-finance", "../../../secret").encode()),
        r"accepted\.csv:2:chapter",
    ),
    "a number that is no words": (
        raw("accepted", with_cell("accepted", "12.000", "=12").encode()), r"accepted\.csv:2:quantity '=12'"
    ),
    "a currency of a path": (put("exchange_rates", "EUR", "../"), r"exchange_rates\.csv:2:currency"),
    "a rate of zero": (put("exchange_rates", "1.08", "0"), r"exchange_rates\.csv:2:rate"),
    "a rate below zero": (put("exchange_rates", "1.08", "-1"), r"exchange_rates\.csv:2:rate"),
    "a rate beyond numbers": (put("exchange_rates", "1.08", "1e999"), r"exchange_rates\.csv:2:rate"),
    "a period that is none": (put("exchange_rates", "2023", "2023-99-99x"), r"exchange_rates\.csv:2:period"),
    "a hash that is none": (
        raw("sources", TABLES["sources"].replace(",,,,\n", ",,,,../../x\n", 1).encode()),
        r"sources\.csv:2:sha256",
    ),
}  # fmt: skip
"""Files of a table, and the message that each gets."""


def large(unit: bytes, times: int, head: bytes = b"") -> Callable[[Path], None]:
    """Add something to the donors many times, made only when it is asked for."""

    def change(project: Path) -> None:
        raw("donors", D + head + unit * times)(project)

    return change


HEAVY: dict[str, tuple[Callable[[Path], None], str]] = {
    "a cell of a hundred megabytes": (
        large(b"N", 100_000_000, b"BE,"),
        r"donors\.csv:4: it is no CSV from here on \(field larger",
    ),
    "a quote not closed in ten megabytes": (
        large(b"N,\n", 2_900_000, b'BE,"'),
        r"donors\.csv:4: it is no CSV",
    ),
    "two hundred million commas": (large(b",", 200_000_000), "more than 3,000,000 lines"),
    "a hundred million empty lines": (large(b"\n", 100_000_000), "more than 3,000,000 lines"),
    "a hundred megabytes of quotes": (large(b'"', 100_000_000), r"donors\.csv:4: it is no CSV"),
}
"""Files that are refused although reading them alone takes a second."""
