"""Which Quarto is used is decided by what it can, and a notebook that breaks it spoils no other.

Quarto itself is stood in for here, by a program that behaves as it does towards whoever starts it and
renders nothing (`standin/quarto.py`): what is tested is how it is called, and what becomes of its files,
exit codes and messages. `test_quarto_itself.py` runs the real program.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from scorelib import doctor
from scorelib.errors import UsageError
from scorelib.render import quartorun
from scorelib.render.foreign import foreign
from scorelib.render.quartorun import Quarto, Run, checked, choose, find

STANDIN = Path(__file__).parent / "standin" / "quarto.py"
TYPST = (
    "error: label `<fig-x>` does not exist in the document\n  ┌─ build/x.typ:3:1\n\n"
    "ERROR: Typst compilation failed"
)
BOTH = ("html", "pdf")


class Standin:
    """The stand-in on the PATH, what it is told to do, and how it was called."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.log = folder / "calls"
        self.program = folder / "bin" / "quarto"
        self.program.parent.mkdir()
        self.program.write_text(f'#!/bin/sh\nexec {sys.executable} -S -E {STANDIN} "$@"\n', "utf-8")
        self.program.chmod(0o755)
        self.set = monkeypatch.setenv
        self.set("PATH", f"{self.program.parent}{os.pathsep}{os.environ['PATH']}")
        self.set("STANDIN_LOG", str(self.log))
        self.told()
        quartorun._examined.cache_clear()

    def told(self, **plan: Any) -> None:
        self.set("STANDIN", json.dumps(plan))

    @property
    def renders(self) -> list[dict[str, Any]]:
        calls = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [call for call in calls if call["arguments"][0] == "render"]


@pytest.fixture
def standin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Standin:
    return Standin(tmp_path, monkeypatch)


@pytest.fixture
def run(tmp_path: Path, standin: Standin) -> Run:
    folder = tmp_path / "project"
    (folder / "build").mkdir(parents=True)
    options = {
        "project": {"output-dir": "_site", "render": ["build/*.ipynb"]},
        "format": {"scorecard-html": "default", "scorecard-typst": "default"},
    }
    (folder / "_quarto.yml").write_text(json.dumps(options), "utf-8")
    for stem in "abcdef":
        cell = {"cell_type": "raw", "source": f"---\ntitle: {stem}\n---"}
        (folder / "build" / f"{stem}.ipynb").write_text(json.dumps({"cells": [cell]}), "utf-8")
    quarto = Quarto(str(standin.program), "1.10.18")
    return Run(quarto, folder, "build", "_site", ("scorecard-html", "scorecard-typst"))


def test_all_notebooks_are_rendered_in_one_run(run: Run, standin: Standin) -> None:
    standin.set("QUARTO_PROFILE", "draft")
    run.render("abcdef")
    assert run.errors == {}
    assert set(run.files("d")) == {".html", ".pdf"}
    assert b"<title>d</title>" in run.files("d")[".html"]
    [call] = standin.renders
    assert call["arguments"] == ["render", str(run.folder)]
    # No clock gets into a PDF, and no profile of whoever builds into a report.
    assert call["environment"] == {"SOURCE_DATE_EPOCH": "0", "QUARTO_PROFILE": None}


def test_one_that_breaks_quarto_is_named_with_its_message_and_the_others_are_rendered(
    run: Run, standin: Standin
) -> None:
    standin.told(cannot={"c": TYPST})
    run.render("abcdef")
    [(stem, message)] = run.errors.items()
    assert stem == "c"
    assert message.startswith("error: label `<fig-x>` does not exist in the document")
    assert "ERROR: Typst compilation failed" in message
    assert "quarto.js" not in message
    assert all(run.files(other) for other in "abdef")
    # What was rendered before it stopped is not rendered again.
    assert len(standin.renders) == 2


def test_several_that_break_it_are_each_named(run: Run, standin: Standin) -> None:
    standin.told(cannot={"a": "ERROR: YAMLException: bad indentation", "e": TYPST, "f": TYPST})
    run.render("abcdef")
    assert set(run.errors) == {"a", "e", "f"}
    assert "YAMLException" in run.errors["a"]
    assert all(run.files(other) for other in "bcd")


def test_one_alone_that_breaks_it_is_named(run: Run, standin: Standin) -> None:
    standin.told(cannot={"b": TYPST})
    run.render("b")
    assert set(run.errors) == {"b"}


def test_a_quarto_that_renders_nothing_whatever_it_is_given_is_given_up_soon(
    run: Run, standin: Standin
) -> None:
    standin.told(ends="ERROR: Validation of _quarto.yml failed\n")
    run.render("abcdef")
    assert set(run.errors) == set("abcdef")
    assert set(run.errors.values()) == {"ERROR: Validation of _quarto.yml failed"}
    assert len(standin.renders) < 6


def test_a_quarto_that_ends_without_a_word_is_told_by_its_exit_code(run: Run, standin: Standin) -> None:
    standin.told(ends="")
    run.render("a")
    assert run.errors["a"] == "Quarto ended with exit code 1 and said nothing"


def test_a_file_that_quarto_forgot_is_a_failure(run: Run, standin: Standin) -> None:
    standin.told(forgets=[["b", "scorecard-typst"]])
    run.render("abc")
    assert set(run.errors) == {"b"}
    assert "not all of its files" in run.errors["b"]


def test_a_quarto_that_hangs_is_ended_with_all_that_it_started(
    run: Run, standin: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    standin.told(hang=True)
    monkeypatch.setattr(quartorun, "PATIENCE", 1)
    monkeypatch.setattr(quartorun, "PATIENCE_EACH", 0)
    run.render("a")
    assert "took longer than 1 s and was ended" in run.errors["a"]


# --- which is used ----------------------------------------------------------------------------


def test_it_is_the_default_where_it_is_and_can_check_a_pdf(standin: Standin) -> None:  # noqa: ARG001
    choice = choose("auto", BOTH)
    assert choice.key == "quarto 1.10.18"
    assert choice.warning == ""
    assert checked(choice, "auto") is choice
    assert choose("embedded", BOTH).key == "embedded"


@pytest.mark.parametrize(
    ("version", "standards"),
    [("1.10.18", ("a-2a", "ua-1")), ("1.9.37", ("ua-1",)), ("1.11.0", ("a-2a", "ua-1")), ("1.8.25", ())],
)
def test_a_pdf_is_held_to_what_the_version_can_check(version: str, standards: tuple[str, ...]) -> None:
    assert Quarto("quarto", version).standards == standards


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"version": "1.5.57"}, "Quarto 1.5.57 is too old; 1.6 is the oldest"),
        ({"version": "99"}, "names no version"),
        ({"version-code": 1}, "names no version"),
        ({"pandoc-code": 1}, "`quarto pandoc --version` fails"),
    ],
)
def test_one_that_is_too_old_or_broken_is_not_used_and_that_is_said(
    standin: Standin, plan: dict[str, Any], said: str
) -> None:
    standin.told(**plan)
    choice = checked(choose("auto", BOTH), "auto")
    assert choice.key == "embedded"
    assert said in choice.warning
    assert choice.warning.endswith("the embedded renderer is used instead")
    with pytest.raises(UsageError, match=r"pip install 'scorelib\[quarto\]'"):
        checked(choose("quarto", BOTH), "quarto")


def test_one_that_cannot_check_a_pdf_makes_one_only_where_it_is_asked_for(standin: Standin) -> None:
    standin.told(version="1.6.40")
    cannot = "Quarto 1.6.40 cannot hold a PDF to PDF/UA, which 1.9 and later can"
    auto, asked = choose("auto", BOTH), choose("quarto", BOTH)
    assert auto.key == "embedded"
    assert auto.warning.startswith(cannot)
    assert asked.key == "quarto 1.6.40"
    assert asked.warning == cannot
    assert choose("auto", ("html",)).key == "quarto 1.6.40"


def test_without_it_the_embedded_renderer_is_used_and_asking_for_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find() is None
    assert choose("auto", BOTH).key == "embedded"
    assert choose("auto", BOTH).warning == ""
    with pytest.raises(UsageError, match="quarto is not on the PATH; install Quarto"):
        choose("quarto", BOTH)


def test_doctor_says_which_quarto_there_is_which_renderer_is_used_and_why(
    standin: Standin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, renderer = map(str, doctor._renderer())
    assert program.startswith(f"ok     quarto: 1.10.18, {standin.program}; its PDFs are held to PDF/A-2A and")
    assert renderer.startswith("ok     renderer: quarto: it is on the PATH")
    standin.told(version="1.5.57")
    quartorun._examined.cache_clear()
    program, renderer = map(str, doctor._renderer())
    assert program.startswith("note   quarto: 1.5.57")
    assert renderer.startswith("ok     renderer: embedded: Quarto 1.5.57 is too old")
    monkeypatch.setenv("PATH", str(tmp_path))
    program, renderer = map(str, doctor._renderer())
    assert program.startswith("note   quarto: none on the PATH; to have it, install Quarto")
    assert renderer.startswith("ok     renderer: embedded: quarto is not on the PATH; it is not needed")


# --- nothing from elsewhere -------------------------------------------------------------------


@pytest.mark.parametrize(
    "loads",
    [
        '<script src="https://cdn.example.org/a.js"></script>',
        '<script src="//cdn.example.org/a.js"></script>',
        '<link rel="stylesheet" href="http://example.org/a.css">',
        '<img alt="" src="HTTPS://example.org/a.png">',
        '<iframe src="https://example.org"></iframe>',
        "<style>@import 'https://example.org/a.css';</style>",
        '<p style="background: url(https://example.org/a.png)">x</p>',
    ],
)
def test_a_page_that_would_load_something_is_found_out(loads: str) -> None:
    assert len(foreign(f"<!doctype html><title>x</title>{loads}")) == 1


def test_links_own_data_and_what_scripts_say_are_nothing_that_a_page_loads() -> None:
    page = (
        '<a href="https://example.org">x</a><img alt="" src="data:image/png;base64,AA=="><link rel="icon" '
        'href="data:,"><link rel="canonical" href="https://example.org"><script>const a = '
        '"<img src=\\"https://example.org\\">";</script><img alt="" src="figures/a.svg">'
    )
    assert foreign(page) == []
