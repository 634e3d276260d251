"""Hostile words for whoever reads them on a terminal, in a log of CI, or as JSON."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS = {
    "a title of the window": "\x1b]0;taken\x07",
    "a colour of rich without an end": "[red]x [link=file:::etc:passwd]y",
    "a title that ends otherwise": "\x1b]2;taken\x1b\\",
    "a link of the terminal": "\x1b]8;;file:::etc:passwd\x1b\\click\x1b]8;;\x1b\\",
    "the clipboard": "\x1b]52;c;Y3VybCBldmls\x07",
    "a colour": "\x1b[31mred\x1b[0m",
    "a screen that is wiped": "\x1b[2J\x1b[H0 errors",
    "a line that is written over": "wrong\rright",
    "a line that goes up": "wrong\x1b[1A\x1b[2K",
    "a question that types": "\x1b[6n\x1b[c",
    "a device's own string": "\x1bP$q\x1b\\",
    "one character for two": "\x9b31mred",
    "a title in one character": "\x9d0;taken\x9c",
    "a bell": "ring\x07",
    "steps back": "wrong\x08\x08\x08\x08\x08right",
    "a delete": "a\x7fb",
    "an end of line of another age": "a\x85::error::b",
    "a separator of lines": "a\u2028::error::b",
    "an override": "a\u202egnp.exe",
    "an isolate": "a\u2066b\u2069",
    "nothing to see": "a\u200b\u2060b",
    "half of a pair": "a\udcffb",
    "a colour of rich": "[red]x[/red]",
    "a link of rich": "[link=file:::etc:passwd]x[/link]",
    "an end without a beginning": "[/]",
    "an end of another": "[bold]x[/italic]",
    "a style that there is not": "[nosuch]x",
    "a backslash before a bracket": "\\[red]x",
    "a picture of rich": ":smiley: :warning:",
    "a command of CI": "::error file=x.py,line=1::broken",
    "a command of CI on a line of its own": "a\n::set-output name=key::taken",
    "one behind spaces": "a\n \t::add-mask::e",
    "one behind another end of line": "a\r\n::stop-commands::x",
    "one of the old form": "a ##[add-path]tmp",
    "the old form on a line of its own": "a\n##[set-env name=PATH]tmp",
    "a group that never ends": "\n::group::x",
    "a line like ours": "x\n9 made, 0 failed, in reports",
    "formats": "%s %n {0.__class__} {x}",
}  # fmt: skip
"""What an argument or, without a slash, the name of a file may hold."""
