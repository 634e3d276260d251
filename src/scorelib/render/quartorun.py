"""The quarto program: which there is, what it can, how it is run; imports the standard library alone.

Quarto stops at the first notebook that it cannot render, with what it made before. So the one it stopped
at is named with Quarto's message, and the others are rendered again without it.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scorelib.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "INSTALL",
    "Choice",
    "Quarto",
    "QuartoFormat",
    "Run",
    "Wanted",
    "checked",
    "choose",
    "find",
    "works",
]

Wanted = Literal["auto", "quarto", "embedded"]
QuartoFormat = Literal["scorecard-html", "scorecard-typst"]
SUFFIXES: dict[QuartoFormat, str] = {"scorecard-html": ".html", "scorecard-typst": ".pdf"}

OLDEST = (1, 6)
CHECKED = (1, 9)
"""From here on Quarto has `pdf-standard` and a Typst that checks PDF/UA-1."""
BOTH = (1, 10)
"""From here on its Typst takes PDF/A and PDF/UA together."""

INSTALL = "install Quarto 1.9 or later from https://quarto.org, or run: pip install 'scorelib[quarto]'"
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
PROGRESS = re.compile(r"\[\s*\d+/\d+\]\s+(?P<path>\S.*\.ipynb)\s*$")
STACK = re.compile(r"\s+at\s|\s*Stack trace:|\s*$")
SHOWN_LINES = 8
ATTEMPTS = 3
"""Runs that may end at once with the same words before it is Quarto, and no notebook, that is broken."""
PATIENCE = 120
PATIENCE_EACH = 60
"""Seconds a run may take, and more for each notebook; one that takes longer hangs."""


@dataclass(frozen=True, slots=True)
class Quarto:
    """The program that was found; `problem` says why it cannot be used, and is empty if it can."""

    program: str
    version: str
    problem: str = ""

    @property
    def numbers(self) -> tuple[int, ...]:
        """The version, to compare with."""
        return tuple(int(part) for part in self.version.split(".")[:2])

    @property
    def standards(self) -> tuple[str, ...]:
        """What the PDFs of this version can be held to."""
        if self.numbers >= BOTH:
            return ("a-2a", "ua-1")
        return ("ua-1",) if self.numbers >= CHECKED else ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Which renderer is used, and what is to be said about that."""

    quarto: Quarto | None
    why: str
    warning: str = ""

    @property
    def key(self) -> str:
        """What a report's key holds of it: another renderer, or version of it, makes another report."""
        return f"quarto {self.quarto.version}" if self.quarto else "embedded"


def find() -> Quarto | None:
    """The quarto on the PATH; None if there is none."""
    program = shutil.which("quarto")
    return _examined(program) if program else None


@functools.cache
def _examined(program: str) -> Quarto:
    done = _answer(program, "--version")
    found = re.match(r"\d+\.\d+(?:\.\d+)*", done.strip()) if done is not None else None
    if not found:
        return Quarto(program, "", f"{program} is broken: `quarto --version` names no version")
    quarto = Quarto(program, found.group())
    if quarto.numbers < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return Quarto(program, quarto.version, f"Quarto {quarto.version} is too old; {oldest} is the oldest")
    return quarto


def works(quarto: Quarto) -> bool:
    """Whether it starts what it brings along; its `--version` only reads a file."""
    answer = _answer(quarto.program, "pandoc", "--version")
    return answer is not None and "pandoc" in answer


def _answer(program: str, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - the program that is on the PATH
            [program, *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def choose(wanted: Wanted, formats: Sequence[str]) -> Choice:
    """Which renderer makes reports in these formats.

    Raises
    ------
    UsageError
        If Quarto is asked for and is not there or cannot be used; the message says how to get it.
    """
    if wanted == "embedded":
        return Choice(None, "it was asked for")
    quarto = find()
    problem = "quarto is not on the PATH" if quarto is None else quarto.problem
    if wanted == "quarto":
        if quarto is None or problem:
            message = f"{problem}; {INSTALL}"
            raise UsageError(message)
        warning = _unchecked(quarto) if "pdf" in formats else ""
        return Choice(quarto, "it was asked for", warning)
    if quarto is None:
        return Choice(None, f"{problem}; it is not needed")
    if not problem and "pdf" in formats:
        problem = _unchecked(quarto)
    if problem:
        return Choice(None, problem, f"{problem}: the embedded renderer is used instead")
    return Choice(quarto, "it is on the PATH")


def checked(choice: Choice, wanted: Wanted) -> Choice:
    """The same choice, once Quarto has shown that it starts; the embedded renderer if it does not.

    Raises
    ------
    UsageError
        If Quarto was asked for and does not start.
    """
    if choice.quarto is None or works(choice.quarto):
        return choice
    problem = f"{choice.quarto.program} is broken: `quarto pandoc --version` fails"
    if wanted == "quarto":
        message = f"{problem}; {INSTALL}"
        raise UsageError(message)
    return Choice(None, problem, f"{problem}: the embedded renderer is used instead")


def _unchecked(quarto: Quarto) -> str:
    if quarto.standards:
        return ""
    checked = ".".join(map(str, CHECKED))
    return f"Quarto {quarto.version} cannot hold a PDF to PDF/UA, which {checked} and later can"


@dataclass
class Run:
    """Renders the notebooks of a folder, in as few runs of Quarto as can be.

    Parameters
    ----------
    quarto
        The program.
    folder
        The project that Quarto renders.
    inputs
        Where in it the notebooks are.
    output
        Where in it Quarto puts what it made.
    formats
        What each is rendered to.
    """

    quarto: Quarto
    folder: Path
    inputs: str
    output: str
    formats: Sequence[QuartoFormat]
    errors: dict[str, str] = field(default_factory=dict)
    _made: Path = field(init=False)
    _idle: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._made = self.folder.with_name(f"{self.folder.name}-made")

    def render(self, stems: Sequence[str]) -> None:
        """Render them all; afterwards `errors` says of each that could not be rendered why."""
        self._made.mkdir(exist_ok=True)
        waiting = list(stems)
        while waiting:
            waiting = self._pass(waiting)

    def files(self, stem: str) -> dict[str, bytes]:
        """What was made of a notebook, by suffix."""
        suffixes = [SUFFIXES[name] for name in self.formats]
        return {suffix: (self._made / f"{stem}{suffix}").read_bytes() for suffix in suffixes}

    def close(self) -> None:
        """Remove what was made."""
        shutil.rmtree(self._made, ignore_errors=True)

    def _pass(self, stems: Sequence[str]) -> list[str]:
        """One run over some notebooks; gives those that still have to be rendered."""
        self._only(stems)
        code, said = self._run(len(stems))
        done = [stem for stem in stems if self._collect(stem)]
        left = [stem for stem in stems if stem not in done]
        if code == 0:
            for stem in left:
                self.errors[stem] = "Quarto ended well, but made not all of its files"
            return []
        message = _message(said) or f"Quarto ended with exit code {code} and said nothing"
        culprit = _culprit(said, left)
        # A notebook alone is the culprit, unless Quarto fails with the same words whatever it is given.
        self._idle = [*self._idle, message] if culprit is None and not done else []
        if self._idle.count(message) > ATTEMPTS:
            self.errors.update(dict.fromkeys(left, message))
            return []
        if culprit is None and len(left) == 1:
            culprit = left[0]
        if culprit is None:
            middle = len(left) // 2
            self.render(left[:middle])
            return left[middle:]
        self.errors[culprit] = message
        return [stem for stem in left if stem != culprit]

    def _only(self, stems: Sequence[str]) -> None:
        """Leave these notebooks where Quarto finds them, and no others."""
        aside = self.folder.with_name(f"{self.folder.name}-made") / "waiting"
        aside.mkdir(exist_ok=True)
        place = self.folder / self.inputs
        for path in place.glob("*.ipynb"):
            if path.stem not in stems:
                path.rename(aside / path.name)
        for stem in stems:
            if (aside / f"{stem}.ipynb").exists():
                (aside / f"{stem}.ipynb").rename(place / f"{stem}.ipynb")

    def _collect(self, stem: str) -> bool:
        """Take what was made of a notebook out of Quarto's way; whether all of it is there."""
        place = self.folder / self.output / self.inputs
        names = [f"{stem}{SUFFIXES[name]}" for name in self.formats]
        if not all((place / name).is_file() for name in names):
            return False
        for name in names:
            (place / name).replace(self._made / name)
        return True

    def _run(self, count: int) -> tuple[int, str]:
        """Run Quarto over the folder; gives its exit code and what it said."""
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(  # noqa: S603 - the program that is on the PATH
                [self.quarto.program, "render", str(self.folder)],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=_environment(),
                # A group of its own, so that what it starts can be ended with it; Ctrl-C is ours to hear.
                start_new_session=True,
            )
            try:
                code = process.wait(PATIENCE + PATIENCE_EACH * count)
            except subprocess.TimeoutExpired:
                code = -signal.SIGALRM
            finally:
                _end(process)
            said.seek(0)
            text = ANSI.sub("", said.read().decode("utf-8", "replace"))
        if code == -signal.SIGALRM:
            text += f"\nERROR: Quarto took longer than {PATIENCE + PATIENCE_EACH * count} s and was ended\n"
        return code, text


def _end(process: subprocess.Popen[bytes]) -> None:
    """End all that Quarto has started; nothing of it is left in any case."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUARTO_PRO")}
    # The date of a document is that of its data; no clock gets into a PDF.
    return {**kept, "SOURCE_DATE_EPOCH": "0", "NO_COLOR": "1", "QUARTO_PYTHON": sys.executable}


def _culprit(said: str, stems: Sequence[str]) -> str | None:
    """The notebook that Quarto was at, or names in its message."""
    at = [Path(found["path"]).stem for line in said.splitlines() if (found := PROGRESS.search(line))]
    if at and at[-1] in stems:
        return at[-1]
    named = [stem for stem in stems if re.search(rf"(?<![\w-]){re.escape(stem)}(?![\w-])", said)]
    return named[0] if len(named) == 1 else None


def _message(said: str) -> str:
    """What Quarto said of the error, without its stack."""
    lines = said.splitlines()
    last = max((i for i, line in enumerate(lines) if PROGRESS.search(line)), default=-1)
    lines = lines[last + 1 :]
    first = next((i for i, line in enumerate(lines) if re.match(r"\s*error\b", line, re.IGNORECASE)), 0)
    kept = [line.rstrip() for line in lines[first:] if not STACK.match(line)]
    return "\n  ".join(kept[:SHOWN_LINES])
