"""Which reports are stale, and why; standard library and the light part of data, renders nothing.

A report rests on named inputs, each with a hash: its organisation's rows of each table, its texts,
the notebook, scorelib's own code, the packages it was made with. They are kept in the report's
``provenance.json``. An input that changed makes the report stale, and names the reason. Inputs that
only rendering rests on leave the executed notebook as it is, and it is used again.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import platform
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from scorelib.build.provenance import FILE, Manifest, UnknownFormatError
from scorelib.data.csvfile import UnreadableError, open_csv
from scorelib.data.read import records
from scorelib.sealed import DamagedError, as_made

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from scorelib.build.report import Format, Report
    from scorelib.data.package import Package, Table

__all__ = ["Inputs", "Step", "key_of", "plan", "same_software", "vanished"]

Stage = Literal["fresh", "render", "execute"]
"""What a report needs: nothing, rendering alone, or to run its notebook first."""

NOTEBOOK = "scorecard.ipynb"
EXECUTION = ("altair", "ipykernel", "nbclient", "pandas", "papermill")
RENDERING = ("babel", "fonttools", "jinja2", "markdown-it-py", "ttf-opensans", "typst", "vl-convert-python")
RENDERING_CODE = (
    "render/",
    "document/read.py",
    "document/number.py",
    "document/markdown.py",
    "build/provenance.py",
    "sealed.py",
)
"""Our own code that runs after the notebook; all other code counts for execution."""
IDLE_CODE = (
    "settings.py",
    "waker.py",
    "cli.py",
    "commands/",
    "__main__.py",
    "doctor.py",
    "overview.py",
    "check/",
    "data/batch.py",
    "prose/begin.py",
    "data/portfolio.py",
    "scoring/portfolio.py",
    "site/",
    "prose/lint/",
    "jupyter/",
    "preview/",
    "trust/",
    "serve/",
    *(f"build/{name}.py" for name in ("batch", "cluster", "here", "lock", "notebooks", "plan", "pool")),
    *(f"build/{name}.py" for name in ("publish", "quick")),
    *(f"build/{name}.py" for name in ("run", "status", "vcs", "watch")),
)
"""Our own code that leaves no trace in a report."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Hashes of what a report rests on, by name, apart for its two stages."""

    execution: Mapping[str, str]
    rendering: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """One report: what it needs, why, and the inputs it will rest on.

    `damaged` are those of the reasons that no change of an input explains: a file of the report, or what is
    kept of it, is not as it was written.
    """

    report: Report
    stage: Stage
    reasons: tuple[str, ...]
    inputs: Inputs
    damaged: tuple[str, ...] = ()


@dataclass
class _Partition:
    """Rows of one organisation in one table."""

    digest: Any = field(default_factory=hashlib.sha256)
    first: int = 0
    last: int = 0

    def add(self, line: int, text: str) -> None:
        self.digest.update(f"{text}\n".encode("utf-8", "surrogatepass"))
        self.first = self.first or line
        self.last = line + text.count("\n")


def plan(
    project: Path,
    package: Package,
    reports: Sequence[Report],
    formats: Sequence[Format],
    others: Mapping[Report, Sequence[str]],
    *,
    renderer: str = "embedded",
    force: bool = False,
) -> list[Step]:
    """What each report needs.

    Parameters
    ----------
    project
        The folder that holds ``data/``, ``notebooks/`` and ``reports/``.
    package
        Its data package.
    reports
        The reports that are asked for.
    formats
        Which files they are to have.
    others
        Other languages in which each report is there, to which its page leads.
    renderer
        What renders them: ``embedded``, or ``quarto`` and its version.
    force
        Whether to make them all, whatever is there.
    """
    tables = _Tables(package)
    software = _software()
    shared_execution = {
        "data/datapackage.json": _file(project / "data" / "datapackage.json"),
        f"notebooks/{NOTEBOOK}": _sources(project / "notebooks" / NOTEBOOK),
        **software.execution,
    }
    shared_rendering = {
        **software.rendering,
        "renderer": renderer,
        "formats": ",".join(sorted(formats)),
        **({} if renderer == "embedded" else _quarto_files(project)),
    }
    steps = []
    for report in reports:
        inputs = Inputs(
            {**shared_execution, **tables.inputs(report.organisation), **_texts(project, report)},
            {**shared_rendering, "other languages": ",".join(others[report])},
        )
        steps.append(
            Step(report, "execute", ("--force",), inputs)
            if force
            else _compare(project, report, inputs, tables)
        )
    return steps


def key_of(steps: Iterable[Step]) -> str:
    """One hash over all that reports rest on: a cache that has it holds them up to date."""
    rests_on = {
        str(step.report): [dict(step.inputs.execution), dict(step.inputs.rendering)] for step in steps
    }
    return _hash(json.dumps(rests_on, sort_keys=True).encode())


def vanished(project: Path, reports: Iterable[Report]) -> list[Path]:
    """Folders of reports whose scorecard is no longer in the tables.

    What a link leads to lies with somebody else, and is not ours to remove.
    """
    wanted = {str(report) for report in reports}
    root = project / "reports"
    found = (path.parent for path in root.glob(f"*/*/*/{FILE}"))
    gone = sorted(folder for folder in found if folder.relative_to(root).as_posix() not in wanted)
    return [
        folder for folder in gone if not (folder.parent.is_symlink() or folder.parent.parent.is_symlink())
    ]


def _compare(project: Path, report: Report, inputs: Inputs, tables: _Tables) -> Step:
    folder = project / "reports" / str(report)

    def step(stage: Stage, reasons: Sequence[str], damaged: Sequence[str] = ()) -> Step:
        return Step(report, stage, (*reasons, *damaged), inputs, tuple(damaged))

    try:
        kept = Manifest.read(folder / FILE)
    except FileNotFoundError:
        return step("execute", ["it has not been made yet"])
    except UnknownFormatError as error:
        return step("execute", [f"its {FILE} cannot be compared: {error}"])
    except DamagedError:
        return step("execute", [], [f"its {FILE} is not as it was written"])
    except (OSError, ValueError):
        return step("execute", [], [f"its {FILE} cannot be read"])
    broken = [
        f"{name} is not as it was made"
        for name, facts in kept.files.items()
        if not as_made(folder / name, facts["sha256"], facts["bytes"])
    ]
    reasons = _differences(kept.execution, inputs.execution, report, tables)
    if reasons or any(reason.startswith("notebook.ipynb") for reason in broken):
        return step("execute", reasons, broken)
    reasons = _differences(kept.rendering, inputs.rendering, report, tables)
    return step("render" if reasons or broken else "fresh", reasons, broken)


def _differences(
    before: Mapping[str, str], now: Mapping[str, str], report: Report, tables: _Tables
) -> list[str]:
    reasons = []
    for name in sorted({*before, *now}):
        if name not in before:
            reasons.append(f"{name} is new")
        elif name not in now:
            reasons.append(f"{name} is gone")
        elif before[name] != now[name]:
            reasons.append(
                f"{name} changed{tables.where(name, report.organisation, before[name], now[name])}"
            )
    return reasons


def _keyed(package: Package, table: Table, column: int) -> Iterator[tuple[int, str, str]]:
    """Rows of a table by key, as line, key and text; rows that follow each other in one piece."""
    with contextlib.suppress(UnreadableError):
        file = open_csv(package.folder / table.path)
        if file.plain:
            runs = [(run.first, key, run.text) for key, found in file.runs(column).items() for run in found]
            yield from sorted(runs)
            return
    for line, cells in records(package, table):
        yield line, cells[column] if column < len(cells) else "", ",".join(cells)


# --- inputs -----------------------------------------------------------------------------------


class _Tables:
    """The rows of each table by organisation, read once for all reports of a plan."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.whole: dict[str, str] = {}
        self.parts: dict[str, dict[str, _Partition]] = {}
        self.owners: dict[str, str] = {}
        # Scores are told apart by their assessments, so these are read first.
        for table in sorted(package.tables.values(), key=lambda table: table.name == "scores"):
            if table.in_reports:
                self._read(table)

    def _read(self, table: Table) -> None:
        name = f"data/{table.place}"
        column = self._column(table)
        path = self.package.folder / table.path
        if column is None or table.sheet:
            self.whole[name] = _file(path)
            return
        parts: dict[str, _Partition] = {}
        for line, key, cells in _keyed(self.package, table, column):
            if table.name == "assessments":
                self.owners.update((row.split(",", 1)[0], key) for row in cells.split("\n"))
            owner = self.owners.get(key, key) if table.name == "scores" else key
            parts.setdefault(owner, _Partition()).add(line, cells)
        self.parts[name] = parts

    def _column(self, table: Table) -> int | None:
        """Position of the column that says whose a row is; None for a table that all share."""
        wanted = {"organisations": "id", "scores": "assessment"}.get(table.name, "organisation")
        return next((i for i, column in enumerate(table.fields) if column.name == wanted), None)

    def inputs(self, organisation: str) -> dict[str, str]:
        """Names and hashes of what an organisation's reports rest on."""
        own = {
            name: parts[organisation].digest.hexdigest() if organisation in parts else "none"
            for name, parts in self.parts.items()
        }
        return {**self.whole, **own}

    def where(self, name: str, organisation: str, before: str, now: str) -> str:
        """The place of a change, as far as it is known: lines of a table, or versions."""
        if organisation in self.parts.get(name, {}):
            part = self.parts[name][organisation]
            return f" (rows of {organisation}, lines {part.first}-{part.last})"
        return (
            f" (from {before or 'none'} to {now or 'none'})"
            if max(len(before), len(now)) < len(_hash(b""))
            else ""
        )


def _texts(project: Path, report: Report) -> dict[str, str]:
    root = project / "data" / "texts"
    folders = (root / "common" / report.lang, root / report.organisation / str(report.year) / report.lang)
    return {
        path.relative_to(project).as_posix(): _file(path)
        for folder in folders
        for path in sorted(folder.glob("*.md"))
    }


def _quarto_files(project: Path) -> dict[str, str]:
    """What Quarto reads of a project beside its notebooks."""
    own = [project / name for name in ("_quarto.yml", "_quarto-final.yml", "_brand.yml")]
    found = [*own, *sorted((project / "_extensions").rglob("*"))]
    return {path.relative_to(project).as_posix(): _file(path) for path in found if path.is_file()}


def _sources(notebook: Path) -> str:
    """Hash of what a notebook does: its cells' sources and tags, not what they once showed."""
    try:
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        kept = [[c["cell_type"], "".join(c["source"]), c.get("metadata", {}).get("tags", [])] for c in cells]
    except (OSError, ValueError, KeyError, TypeError):
        # Executing it will say what is wrong with it.
        return _file(notebook)
    return _hash(json.dumps(kept).encode())


def _code(*, rendering: bool) -> dict[str, str]:
    """Hashes of our own modules and theme files, of one of the two stages."""
    root = Path(__file__).parents[1]
    out = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.suffix in {".pyc", ""} or "__pycache__" in name or name.startswith(IDLE_CODE):
            continue
        if name.startswith(RENDERING_CODE) == rendering:
            out[f"scorelib/{name}"] = _file(path)
    return out


def _software() -> Inputs:
    """What a report rests on of this installation: our own code, the packages, Python."""
    return Inputs(
        {**_code(rendering=False), **_packages(EXECUTION), "python": platform.python_version()},
        {**_code(rendering=True), **_packages(RENDERING)},
    )


@functools.cache
def _software_once() -> Inputs:
    return _software()


def same_software(inputs: Inputs) -> list[str]:
    """In what this installation differs from the one that planned; nothing if reports come out alike."""
    here = _software_once()
    differences = []
    for planned, ours in ((inputs.execution, here.execution), (inputs.rendering, here.rendering)):
        for name, value in ours.items():
            if planned.get(name) != value:
                shown = (planned.get(name, "none"), value)
                known = max(map(len, shown)) < len(_hash(b""))
                differences.append(f"{name} {shown[1]} instead of {shown[0]}" if known else name)
    return differences


def _packages(names: Sequence[str]) -> dict[str, str]:
    out = {}
    for name in names:
        try:
            out[f"package {name}"] = version(name)
        except PackageNotFoundError:
            out[f"package {name}"] = "none"
    return out


def _file(path: Path) -> str:
    try:
        return _hash(path.read_bytes())
    except OSError:
        return "none"


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
