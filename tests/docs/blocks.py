"""Blocks of a Markdown file that a reader could run, and runs them as the reader would.

- ``sh`` and ``python`` blocks are run, in the order of the page, in one copy of the project
- a ``text`` block straight below one is what it prints: its lines in this order, ``…`` for anything
- ``<!-- not run: why -->`` above a block keeps it from being run
- ``<!-- slow -->`` above a block has it run in the slow suite alone
- ``<!-- exit code: 2 -->`` above a block says how it ends; 0 if nothing does. Both: ``slow, exit code: 1``
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
RUN = {"sh", "python"}
SHOWN = {"csv", "html", "json", "markdown", "text", "toml", "yaml"}
MARK = re.compile(
    r"<!--\s*(?:not run: (?P<why>.+?)|(?P<slow>slow)?(?:, )?(?:exit code: (?P<code>\d+))?)\s*-->"
)
LEFT_OUT = (
    ".git", ".venv", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", "tests", "benchmarks",
    "_site", ".quarto",
)  # fmt: skip


@dataclass(frozen=True)
class Block:
    """A block of code, what stands above it, and what is to come of it."""

    line: int
    language: str
    content: str
    printed: str | None
    slow: bool
    why_not: str
    exit_code: int


def pages() -> list[Path]:
    """Every page for readers."""
    own = [ROOT / name for name in ("README.md", "CONTRIBUTING.md")]
    return [*own, *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of code of a page."""
    tokens = MarkdownIt("commonmark").parse(page.read_text("utf-8"))
    for index, token in enumerate(tokens):
        if token.type not in {"fence", "code_block"} or token.map is None:
            continue
        above = tokens[index - 1].content if index and tokens[index - 1].type == "html_block" else ""
        mark = MARK.fullmatch(above.strip())
        below = tokens[index + 1] if index + 1 < len(tokens) else None
        prints = below is not None and below.type == "fence" and below.info.strip() == "text"
        yield Block(
            line=token.map[0] + 1,
            language=token.info.strip() if token.type == "fence" else "indented",
            content=token.content,
            printed=below.content if below is not None and prints else None,
            slow=bool(mark and mark["slow"]),
            why_not=(mark["why"] or "") if mark else "",
            exit_code=int(mark["code"] or 0) if mark else 0,
        )


def copy_of_the_project(folder: Path) -> Path:
    """All that a clone holds but its tests, with what `make` sets up already done."""
    project = folder / "scorelib"
    left_out = set(LEFT_OUT)
    top = str(ROOT)

    def ignore(where: str, names: list[str]) -> set[str]:
        if where == str(ROOT / "reports"):
            return {name for name in names if name != "README.md"}
        return {name for name in names if name in left_out} if where == top else set()

    shutil.copytree(ROOT, project, ignore=ignore)
    (project / ".venv").mkdir()
    for name in ("bin", "lib", "share"):
        if (Path(sys.prefix) / name).exists():
            (project / ".venv" / name).symlink_to(Path(sys.prefix) / name)
    # Python finds what is installed by this file, beside the folder that it was started from.
    shutil.copy(Path(sys.prefix) / "pyvenv.cfg", project / ".venv")
    for done in ("created", "default.done", "dev.done"):
        (project / ".venv" / done).touch()
    who = ["-c", "user.name=Reader", "-c", "user.email=reader@example.org"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "As cloned"]):
        subprocess.run(["git", *command], cwd=project, check=True, capture_output=True)
    return project


def environment(project: Path) -> dict[str, str]:
    """Where commands are run: the copy's own code, and its programs first."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "MAKE", "MFLAGS"))
    }
    return {
        **kept,
        "PATH": f"{project / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(project / "src"),
        "COLUMNS": "100",
        "LC_ALL": "C.UTF-8",
    }


def run(block: Block, project: Path, before: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a block; Python of a page goes on where the page's last block of Python ended."""
    if block.language == "python":
        command = [sys.executable, "-c", "".join([*before, block.content])]
    else:
        command = ["bash", "-e", "-o", "pipefail", "-c", block.content]
    return subprocess.run(
        command,
        cwd=project,
        env=environment(project),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
        timeout=240,
    )


def not_printed(expected: str, actual: str) -> str:
    """The first line that should have been printed, after those before it, and was not."""
    lines = iter(actual.replace("\N{NO-BREAK SPACE}", " ").splitlines())
    for wanted in expected.splitlines():
        if not wanted.strip() or wanted.strip() == "…":
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in wanted.rstrip().split("…")))
        if not any(pattern.fullmatch(line.rstrip()) for line in lines):
            return wanted
    return ""
