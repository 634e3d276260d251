"""The command says what there is, in words for people and in JSON for machines."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import click

from scorelib.cli import COMMANDS, cli, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    Command = Callable[..., subprocess.CompletedProcess[str]]


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    for command in ("build", "check", "list", "doctor"):
        assert command in shown


def test_the_table_of_commands_says_what_each_command_says(capsys: pytest.CaptureFixture[str]) -> None:
    context = click.Context(cli)
    for name, line in COMMANDS.items():
        command = cli.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.get_short_help_str(200) == line
    assert run(["--help"]) == 0
    assert "\\b" not in capsys.readouterr().out


def test_list_shows_every_scorecard(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list", "--project", str(root)]) == 0
    shown = capsys.readouterr().out
    assert "iom" in shown
    assert "voorbeeld" in shown


def test_list_gives_machines_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list", "--json", "-C", str(root)]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"organisation": "iom", "year": 2024, "status": "draft"}.items() <= rows[0].items()
    assert rows[0]["languages"] == ["en", "nl"]


def test_check_counts_what_it_looked_at(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "-C", str(root)]) == 0
    shown = capsys.readouterr().out
    assert "tables with" in shown
    assert "right by construction" in shown
    assert " error" not in shown


def test_check_of_one_organisation_tells_what_is_in_its_texts_and_rows_alone(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = project / "data" / "texts" / "voorbeeld" / "2024" / "en" / "20-summary.md"
    text.write_text(f"{text.read_text()}\nIn 2023 the Netherlands gave USD 1 million.\n")
    assert run(["check", "undp", "-C", str(project)]) == 0
    shown = capsys.readouterr().out
    assert "NL gave undp" in shown
    assert "data/texts/undp/2023" in shown
    assert "voorbeeld" not in shown
    assert "iom" not in shown
    assert run(["check", "voorbeeld", "-C", str(project)]) == 1
    assert "voorbeeld/2024/en/20-summary.md" in capsys.readouterr().out
    assert run(["check", "unpd", "-C", str(project)]) == 2
    assert "there are of iom, undp, voorbeeld" in capsys.readouterr().err


def test_check_tells_wrong_data_and_wrong_texts(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = project / "data" / "texts" / "iom" / "2024" / "en" / "20-summary.md"
    text.write_text("{{ nonsense }}")
    assert run(["check", "-C", str(project)]) == 2
    assert "data/texts/iom/2024/en/20-summary.md:1" in capsys.readouterr().err


def test_doctor_says_what_is_used_and_finds_nothing_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == 0
    shown = capsys.readouterr().out
    for what in ("kernel", "charts", "fonts", "renderer"):
        assert what in shown
    assert "ERROR" not in shown


def test_wrong_usage_is_exit_code_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["nonsense"]) == 2
    assert "nonsense" in capsys.readouterr().err


def test_an_interruption_is_exit_code_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("scorelib.doctor.examine", interrupt)
    assert run(["doctor"]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_help_imports_nothing_heavy(root: Path, scorelib: Command) -> None:
    code = (
        "import sys; from scorelib.cli import run; run(['--help']); "
        "heavy = {'pandas', 'altair', 'papermill', 'babel', 'typst', 'jinja2'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
    assert scorelib("--version", cwd=root).stdout.startswith("scorelib ")


# --- the house --------------------------------------------------------------------------------

# From the ground up: a room imports from itself and from those before it.
FLOORS = (
    "errors", "imports", "scratch", "sealed", "toml", "waker", "settings", "language", "serve", "document",
    "data", "scoring", "prose", "check", "figures", "render", "execute", "jupyter", "build", "site",
    "preview", "trust", "doctor", "overview", "commands", "cli", "__main__",
)  # fmt: skip


def imports(path: Path) -> set[str]:
    """Rooms that a module imports, also inside functions and for types."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("scorelib.")}
    return found


def test_imports_run_downwards_only(root: Path) -> None:
    source = root / "src" / "scorelib"
    wrong = []
    for path in sorted(source.rglob("*.py")):
        room = path.relative_to(source).parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        assert room in FLOORS, f"{room} has no place in the house"
        wrong += [
            f"{path.relative_to(source)} imports {name}"
            for name in imports(path)
            if FLOORS.index(name) > FLOORS.index(room)
        ]
    assert wrong == []


def test_every_module_says_what_it_is_for_and_keeps_to_one_subject(root: Path) -> None:
    for path in sorted((root / "src" / "scorelib").rglob("*.py")):
        text = path.read_text("utf-8")
        assert ast.get_docstring(ast.parse(text)), path
        assert len(text.splitlines()) <= 420, path
