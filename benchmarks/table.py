"""Lines, tables and RESULTS.md; measures nothing and starts nothing."""

from __future__ import annotations

import platform
import re
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.timing import Timings

__all__ = ["Aim", "Line", "Section", "bounded", "compared", "counted", "machine", "unavailable", "write"]

HEADS = ("figure", "ours", "other", "ratio", "aim", "reached", "runs")
PACKAGES = ("papermill", "ipykernel", "pandas", "altair", "vl-convert-python", "typst", "nbconvert")
OPENING = """\
# Results

What `make bench` measured; each table by itself with `python -m benchmarks NAME`. Times are medians with
their spread (lowest-highest) over the number of runs given, taken by turns with what they are compared with,
in the same environment, with bytecode on. What is measured, and how to read it: [README.md](README.md).
"""


@dataclass(frozen=True, slots=True)
class Aim:
    """A bound that a figure has to keep; `better` is what is hoped for."""

    sense: Literal["at least", "at most"]
    bound: float
    better: float | None = None
    unit: str = "×"

    def reached(self, value: float) -> bool:
        """Whether a figure keeps the bound."""
        return value >= self.bound if self.sense == "at least" else value <= self.bound

    def __str__(self) -> str:
        sign = "≥" if self.sense == "at least" else "≤"
        hoped = f", hoped for {self.better:g}{self.unit}" if self.better is not None else ""
        return f"{sign} {self.bound:g}{self.unit}{hoped}"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure; each cell as it is printed."""

    figure: str
    ours: str
    other: str = ""
    ratio: str = ""
    aim: str = ""
    reached: str = ""
    runs: str = ""

    def cells(self) -> tuple[str, ...]:
        """The cells in the order of the columns."""
        return (self.figure, self.ours, self.other, self.ratio, self.aim, self.reached, self.runs)


@dataclass(frozen=True, slots=True)
class Section:
    """One question and its table."""

    name: str
    title: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    machine: str = ""

    def on(self, machine: str) -> Section:
        """The same, with what it was measured on."""
        return replace(self, machine=machine)

    def __str__(self) -> str:
        rows = [
            HEADS,
            ("---", "---:", "---:", "---:", "---", "---", "---:"),
            *(line.cells() for line in self.lines),
        ]
        table = "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows)
        notes = "\n".join(f"- {note}" for note in (*self.notes, self.machine) if note)
        return f"<!-- {self.name} -->\n## {self.title}\n\n{table}\n\n{notes}\n<!-- end of {self.name} -->\n"


def compared(figure: str, ours: Timings, other: Timings, aim: Aim | None = None) -> Line:
    """A line of two times: how many times as fast we are, or, for an upper bound, as slow."""
    slower = aim is not None and aim.sense == "at most"
    ratio = ours.median / other.median if slower else other.median / ours.median
    runs = len(ours.seconds), len(other.seconds)
    return Line(
        figure,
        str(ours),
        str(other),
        f"{ratio:.2f}×" if ratio < 10 else f"{ratio:.1f}×",
        str(aim or ""),
        _reached(aim, ratio),
        str(runs[0]) if runs[0] == runs[1] else f"{runs[0]} and {runs[1]}",
    )


def counted(figure: str, value: float, aim: Aim | None = None, *, unit: str, runs: int = 1) -> Line:
    """A line of one figure that is held against a bound by itself."""
    return Line(
        figure, f"{value:,.0f}{unit}", aim=str(aim or ""), reached=_reached(aim, value), runs=str(runs)
    )


def bounded(figure: str, times: Timings, aim: Aim) -> Line:
    """A line of one time that is held against a bound in seconds by itself."""
    runs = str(len(times.seconds))
    return Line(figure, str(times), aim=str(aim), reached=_reached(aim, times.median), runs=runs)


def unavailable(figure: str, why: str) -> Line:
    """A line for what could not be measured here."""
    return Line(figure, "not available", why)


def _reached(aim: Aim | None, value: float) -> str:
    if aim is None:
        return ""
    return "yes" if aim.reached(value) else "**no**"


def machine(cores: int, load: float) -> str:
    """What it was measured on, in terms that name no machine."""
    memory = ""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:  # noqa: PTH123
            memory = f", {int(file.readline().split()[1]) / 1024**2:.0f} GiB of memory"
    except (OSError, ValueError, IndexError):
        pass
    versions = []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            versions.append(f"no {name}")
    return (
        f"Machine: {cores} cores ({platform.machine()}){memory}, load before the start {load:.1f}; "
        f"{platform.system()}, Python {platform.python_version()}, {', '.join(versions)}."
    )


def write(path: Path, sections: Sequence[Section], order: Sequence[str]) -> None:
    """Put sections into RESULTS.md, each in the place of its old one; others stay as they are."""
    there = _sections(path.read_text("utf-8")) if path.exists() else {}
    there |= {section.name: str(section) for section in sections}
    kept = [there[name] for name in order if name in there]
    path.write_text("\n".join([OPENING, *kept]), "utf-8")


def _sections(text: str) -> dict[str, str]:
    found = re.finditer(r"<!-- (?P<name>\w+) -->\n.*?<!-- end of (?P=name) -->\n", text, re.DOTALL)
    return {match["name"]: match.group() for match in found}
