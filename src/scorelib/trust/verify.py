"""Makes reports again in a clean folder and compares; imports build and compare.

What is proven is that the inputs that a report names give the report. The folder is a temporary one:
nothing of earlier builds is there, and nothing in the project is written.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from scorelib.build.plan import plan
from scorelib.build.provenance import FILE, Manifest
from scorelib.build.report import Format, Report, Task
from scorelib.build.run import build
from scorelib.data.package import Package
from scorelib.errors import ScorelibError, UsageError
from scorelib.language import available
from scorelib.scratch import new_folder
from scorelib.sealed import as_made
from scorelib.settings import Settings
from scorelib.trust.compare import difference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scorelib.build.plan import Step
    from scorelib.build.run import Listener, Workers

__all__ = ["Verdict", "made_reports", "verify"]

COPIED = ("data", "notebooks")
EMBEDDED = "embedded"
YEAR = re.compile("[0-9]{4}")
FONTS = ("package ttf-opensans", "package fonttools", "package brotli")
UNKNOWN = (
    "nothing that it rests on changed: what it shows depends on something else, such as a clock, chance "
    "or a file that it reads by itself"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one report.

    Parameters
    ----------
    report
        Which.
    altered
        Files in its folder that are not as they were made.
    differing
        Files that came out otherwise, with the part that differs.
    changed
        Inputs that are not as they are recorded, by kind: data, text, notebook, dependency, font or code.
    error
        Why it could not be made again; empty if it was.
    """

    report: Report
    altered: tuple[str, ...] = ()
    differing: Mapping[str, str] = field(default_factory=dict)
    changed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    error: str = ""

    @property
    def same(self) -> bool:
        """Whether the report is what its inputs give, byte by byte."""
        return not (self.altered or self.differing or self.error)

    @property
    def reason(self) -> str:
        """The likely reason of a difference; empty where there is none."""
        if not self.differing:
            return ""
        if not self.changed:
            return UNKNOWN
        return "; ".join(f"{kind}: {', '.join(names)}" for kind, names in self.changed.items())


def made_reports(project: Path, names: Sequence[str] = ()) -> list[Report]:
    """The reports that are made, all or those of some names such as ``iom`` or ``iom/2024/nl``.

    Raises
    ------
    UsageError
        If a name stands for none.
    """
    root = project / "reports"
    places = (path.parent.relative_to(root) for path in root.glob(f"*/[0-9]*/*/{FILE}"))
    found = sorted(Report(*_split(place)) for place in places if YEAR.fullmatch(place.parts[1]))
    for name in names:
        if not any(_within(report, name) for report in found):
            message = f"there is no report {name} in {root.name}/; `scorelib list` shows which are made"
            raise UsageError(message)
    if not found:
        message = f"there are no reports in {root.name}/; make them with: scorelib build"
        raise UsageError(message)
    return [report for report in found if not names or any(_within(report, name) for name in names)]


def _split(path: Path) -> tuple[str, int, str]:
    organisation, year, lang = path.parts
    return organisation, int(year), lang


def _within(report: Report, name: str) -> bool:
    return f"{report}/".startswith(f"{name.strip('/')}/")


def verify(
    project: Path,
    reports: Sequence[Report],
    pool: Callable[[Path, int], Workers],
    listener: Listener | None = None,
) -> list[Verdict]:
    """Make reports again, and say of each whether it came out the same.

    Parameters
    ----------
    project
        The folder that holds ``data/``, ``notebooks/`` and ``reports/``.
    reports
        Reports that are made.
    pool
        Gives workers for a folder and a number of reports.
    listener
        Hears what happens.

    Raises
    ------
    DataError
        If the data are wrong by now.
    ScorelibError
        If there is no room for a copy.
    """
    kept: dict[Report, Manifest] = {}
    verdicts: list[Verdict] = []
    for report in reports:
        try:
            kept[report] = Manifest.read(project / "reports" / str(report) / FILE)
        except (OSError, ValueError) as error:
            verdicts.append(Verdict(report, error=f"its {FILE} cannot be read: {error}"))
            continue
        renderer = kept[report].rendering.get("renderer", "")
        if renderer != EMBEDDED:
            del kept[report]
            verdicts.append(
                Verdict(report, error=f"{renderer} made it; only reports of the embedded renderer can be")
            )
        elif unknown := _unknown(report, kept[report]):
            del kept[report]
            told = f"its {FILE} says that it is of {', '.join(unknown)}, which is not made here"
            verdicts.append(Verdict(report, error=told))
    scratch = new_folder()
    try:
        copy = _copy(project, Path(scratch) / "project")
        for formats, group in _by_formats(kept).items():
            again = _Again(project, copy, formats, pool, listener)
            verdicts += again.verdicts(group)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return sorted(verdicts, key=lambda verdict: verdict.report)


def _words(manifest: Manifest, name: str) -> list[str]:
    """What a setting of a report lists."""
    return list(filter(None, manifest.rendering.get(name, "").split(",")))


def _unknown(report: Report, manifest: Manifest) -> list[str]:
    """Formats and languages that a report says to have and that there are not."""
    formats = set(_words(manifest, "formats")) - set(get_args(Format))
    return sorted(formats | {report.lang, *_words(manifest, "other languages")} - set(available()))


def _copy(project: Path, copy: Path) -> Path:
    data = (project / "data").resolve()

    def left_out(folder: str, names: list[str]) -> set[str]:
        """Hidden files; and of data, what no report reads: pipes, devices and links that lead out of them."""
        hidden = shutil.ignore_patterns(".*", "__pycache__")(folder, names)
        paths = [Path(folder, name) for name in names]
        of_data = paths if Path(folder).resolve().is_relative_to(data) else []
        return hidden | {path.name for path in of_data if not _is_data(path, data)}

    try:
        for name in COPIED:
            shutil.copytree(project / name, copy / name, ignore=left_out)
        (copy / "reports").mkdir()
        if (project / "pyproject.toml").exists():
            shutil.copy(project / "pyproject.toml", copy)
    except (OSError, shutil.Error) as error:
        message = f"the project cannot be copied to {copy}: {error}; make room there, or set TMPDIR"
        raise ScorelibError(message) from error
    return copy


def _is_data(path: Path, data: Path) -> bool:
    """Whether this is a file or a folder of data; a link to a folder above would have no end."""
    try:
        found = path.resolve()
    except (OSError, RuntimeError):
        return False
    above = path.parent.resolve().is_relative_to(found)
    if path.is_symlink() and (above or not found.is_relative_to(data)):
        return False
    return found.is_file() or found.is_dir()


def _by_formats(kept: Mapping[Report, Manifest]) -> dict[tuple[str, ...], dict[Report, Manifest]]:
    groups: dict[tuple[str, ...], dict[Report, Manifest]] = {}
    for report, manifest in kept.items():
        formats = tuple(_words(manifest, "formats"))
        groups.setdefault(formats, {})[report] = manifest
    return groups


@dataclass(frozen=True)
class _Again:
    """Makes the reports that have the same formats, in a copy of the project."""

    project: Path
    copy: Path
    formats: tuple[str, ...]
    pool: Callable[[Path, int], Workers]
    listener: Listener | None

    def verdicts(self, group: Mapping[Report, Manifest]) -> list[Verdict]:
        """Of each report."""
        others = {report: _words(manifest, "other languages") for report, manifest in group.items()}
        package = Package.load(self.copy / "data")
        steps = plan(self.copy, package, list(group), self.formats, others, force=True)  # type: ignore[arg-type]  # as they were asked for
        errors = self._built(steps)
        return _held(self.project, self.copy, steps, group, errors)

    def _built(self, steps: Sequence[Step]) -> dict[Report, str]:
        """Make them; gives why some could not be made."""
        settings = Settings.load(self.project)
        task = Task(self.formats, settings.cell_timeout, settings.memory_limit)  # type: ignore[arg-type]  # as above
        built = build(self.copy, steps, task, lambda count: self.pool(self.copy, count), self.listener)
        errors = {outcome.report: outcome.error for outcome in built.outcomes if outcome.error}
        return errors | dict.fromkeys(built.left, "it was interrupted before this report was made")


def _held(
    project: Path,
    copy: Path,
    steps: Sequence[Step],
    group: Mapping[Report, Manifest],
    errors: Mapping[Report, str],
) -> list[Verdict]:
    """Hold what was made against what is recorded and what is there."""
    found = []
    for step in steps:
        report, manifest = step.report, group[step.report]
        changed = _changed(
            {**manifest.execution, **manifest.rendering}, {**step.inputs.execution, **step.inputs.rendering}
        )
        folder, again = (root / "reports" / str(report) for root in (project, copy))
        altered = tuple(
            name
            for name, facts in manifest.files.items()
            if not as_made(folder / name, facts["sha256"], facts["bytes"])
        )
        error = errors.get(report, "")
        differing = {} if error else _differing(manifest, folder, again)
        found.append(Verdict(report, altered, differing, changed, error))
    return found


def _differing(manifest: Manifest, folder: Path, again: Path) -> dict[str, str]:
    found = {}
    for name, facts in manifest.files.items():
        path = again / name
        if not path.exists():
            found[name] = "it is not made any more"
        elif not as_made(path, facts["sha256"]):
            original = as_made(folder / name, facts["sha256"], facts["bytes"])
            found[name] = (
                difference(name, (folder / name).read_bytes(), path.read_bytes())
                if original
                else "the one that was made is gone"
            )
    return found


def _changed(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Inputs that changed, by kind."""
    kinds: dict[str, list[str]] = {}
    for name in sorted({*before, *now}):
        old, new = before.get(name, "none"), now.get(name, "none")
        if old != new:
            versions = f" {old} is now {new}" if max(len(old), len(new)) < 64 else ""
            kinds.setdefault(_kind(name), []).append(f"{name.removeprefix('package ')}{versions}")
    return {kind: tuple(names) for kind, names in kinds.items()}


def _kind(name: str) -> str:
    if name in FONTS:
        return "font"
    if name.startswith("package ") or name == "python":
        return "dependency"
    starts = {"data/texts/": "text", "data/": "data", "notebooks/": "notebook", "scorelib/": "code"}
    return next((kind for start, kind in starts.items() if name.startswith(start)), "setting")
