"""What commands print is read and does nothing: neither to a terminal nor in a log of CI, nor as JSON."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorelib.check.project import Checked
from scorelib.check.show import to_sarif
from scorelib.cli import run
from scorelib.commands.terminal import plain, say_json
from scorelib.errors import Diagnostic, Finding

from .cases_terminal import WORDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OBEYED = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]|\r(?!\n)"
    r"|^\s*::|##\[",
    re.MULTILINE,
)
"""What a terminal or GitHub Actions would do something at."""

STYLES = re.compile(r"\x1b\[[0-9;]*m|\r(?=\n)")
"""What rich itself writes: colours, and nothing that moves, links or names anything."""

OURS = "9 made, 0 failed, in reports"


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
def test_a_word_is_shown_and_not_obeyed(word: str) -> None:
    assert not OBEYED.search(plain(f"{word}\n  {word} {word}"))


@given(st.text(alphabet=st.sampled_from("a:#[ \n\r\t\x1b\x9b\x07\u202e\u2028\udcff\\")))
def test_no_row_of_signs_is_obeyed(text: str) -> None:
    assert not OBEYED.search(plain(text))


def test_what_people_write_is_printed_as_it_is() -> None:
    text = "Zoë – € 5 – شبكة – 👩\u200d👧 [x] a::b std::map ## kop\n\tC:\\x\r\n"
    assert plain(text) == text


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
def test_in_json_a_word_is_the_same_word(capsys: pytest.CaptureFixture[str], word: str) -> None:
    for indent in (None, 2):
        say_json({word: [word, {"a": f"x {word}"}]}, indent=indent)
        told = capsys.readouterr().out
        assert json.loads(told) == {word: [word, {"a": f"x {word}"}]}
        assert not OBEYED.search(told)


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
def test_a_finding_has_one_line_whatever_its_file_is_called(word: str) -> None:
    for each in (
        Finding(f"{word}.md", 1, word, word, f"it is {word}", "mend it", "type"),
        Diagnostic(f"{word}.md", 1, 2, "error", "texts", word, f"it is {word}", "mend it"),
    ):
        assert "\n" not in str(each)
        assert not OBEYED.search(plain(str(each)))


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
def test_in_sarif_a_name_is_an_address_within_the_project_and_a_message_has_no_link(word: str) -> None:
    file = f"data/{word}:5.md"
    found = Diagnostic(
        file, 1, 2, "error", "texts", f"[click](javascript:{word})", "[a](1)", word, (f"{file}:3:4", file)
    )
    (run_of,) = to_sarif(Checked((), (found,), 1, 1, 1), "0")["runs"]
    (result,) = run_of["results"]
    assert not re.search(r"(?<!\\)(?:\\\\)*(?:\[|\]\()", result["message"]["text"])
    places = [each["physicalLocation"] for each in [*result["locations"], *result["relatedLocations"]]]
    for each in places:
        uri = each["artifactLocation"]["uri"]
        assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri)
        assert unquote(uri, errors="surrogateescape") == file
    assert [each.get("region", {}).get("startLine") for each in places] == [1, 3, None]


COMMANDS: list[Callable[[str], list[str]]] = [
    lambda word: [word],
    lambda word: [f"--{word}"],
    lambda word: ["build", word],
    lambda word: ["build", f"--{word}"],
    lambda word: ["build", "--lang", word],
    lambda word: ["build", "-C", word],
    lambda word: ["check", word],
    lambda word: ["status", word],
    lambda word: ["new", word, "2025"],
    lambda word: ["new", "iom", word],
    lambda word: ["new", "--template", "mopan", word],
    lambda word: ["import", word, "x"],
    lambda word: ["import", "fif", word],
    lambda word: ["import", "table", "x", "--mapping", word],
    lambda word: ["trace", word, "--report", "nosuch/2024/nl"],
    lambda word: ["trace", "1", "--report", word],
    lambda word: ["verify", word],
    lambda word: ["verify", "--key", word],
    lambda word: ["preview", word, "2024"],
    lambda word: ["serve", "--port", word],
]


@pytest.fixture(scope="module")
def project(
    new_project: Callable[[], Path], scorelib: Callable[..., subprocess.CompletedProcess[str]]
) -> Path:
    """A project with a report; and since then with a text for each word that is called so and claims much."""
    made = new_project()
    assert scorelib("build", "iom", "--year", "2024", "--lang", "nl", cwd=made).returncode == 0
    texts = made / "data" / "texts" / "iom" / "2024" / "nl"
    for number, word in enumerate(each for each in WORDS.values() if "/" not in each):
        (texts / f"{50 + number}-{word}.md").write_text("Nederland gaf USD 77 mln. in 2023.\n", "utf-8")
    return made


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
def test_no_argument_is_obeyed(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    monkeypatch.chdir(root)
    # Each word in a fourth of the commands, each command with a fourth of the words.
    for command in COMMANDS[list(WORDS.values()).index(word) % 4 :: 4]:
        assert run(command(word)) == 2, command(word)
        told = capsys.readouterr()
        assert told.err
        assert not OBEYED.search(told.out + told.err), command(word)


LISTS = {
    "check": ["check", "iom"],
    "what stands": ["status", "iom"],
    "what stands, in Markdown": ["status", "iom", "--markdown"],
    "why": ["build", "iom", "--lang", "nl", "--dry-run", "--explain"],
    "why, for machines": ["build", "iom", "--lang", "nl", "--dry-run", "--explain", "--json"],
    "check for machines": ["check", "iom", "--json"],
    "check for code review": ["check", "iom", "--sarif"],
}


@pytest.mark.parametrize("arguments", LISTS.values(), ids=LISTS)
def test_no_name_of_a_file_is_obeyed(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert run([*arguments, "-C", str(project)]) == (1 if arguments[0] == "check" else 0)
    told = capsys.readouterr()
    assert "taken" in told.out
    assert not OBEYED.search(told.out + told.err)
    assert f"\n{OURS}" not in told.out
    if {"--json", "--sarif"} & set(arguments):
        for each in told.out.splitlines() if arguments[0] == "build" else [told.out]:
            json.loads(each)


def on_terminal(project: Path, *arguments: str) -> str:
    """What a command shows on a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "scorelib", *arguments],
        cwd=project,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "160", "FORCE_COLOR": "1"},
    )
    os.close(theirs)
    pieces = []
    while True:
        try:
            piece = os.read(ours, 1 << 16)
        except OSError:  # What Linux says when nobody writes any more.
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(ours)
    assert process.wait() == (1 if "check" in arguments else 0)
    return b"".join(pieces).decode()


@pytest.mark.parametrize("command", ["check", "status"])
def test_on_a_terminal_it_is_as_harmless(project: Path, command: str) -> None:
    shown = on_terminal(project, command, "iom")
    assert "\x1b[" in shown  # It is the form for a terminal.
    words = STYLES.sub("", shown)
    assert not OBEYED.search(words)
    if command == "check":
        for mark in ("[red]x", "[nosuch]x", ":smiley:", "[link=file:::etc:passwd]y"):
            assert mark in "".join(words.split())
