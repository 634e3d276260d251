"""Writes the notebooks that `quarto render` takes, and publishes what it made of them; imports run and batch.

They are in ``build/``, with the executed notebook and the inputs of each beside them in a folder that
Quarto passes over. One whose inputs are the same stays as it is; one that was executed already, for
``reports/`` or for here, is not executed again.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scorelib.build.batch import Rendered, draw, finish
from scorelib.build.report import EXECUTED
from scorelib.build.run import Built, kept_notebook
from scorelib.errors import ScorelibError
from scorelib.render.foreign import foreign
from scorelib.render.quartoproject import FOLDER, OUTPUT, furnish, write_files
from scorelib.sealed import as_made, read_json, read_plain, seal_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scorelib.build.plan import Step
    from scorelib.build.report import Format, Report
    from scorelib.build.run import Work

__all__ = [
    "drop", "failed_before", "formats_of", "made_by_quarto", "publish_made", "remember_failed", "stale",
    "write_notebooks",
]  # fmt: skip

KEPT = ".executed"
FAILED = "failed.json"
SUFFIXES: Mapping[str, Format] = {".html": "html", ".pdf": "pdf"}


def stale(project: Path, steps: Iterable[Step]) -> list[Step]:
    """The steps whose notebook in ``build/`` is not as it has to be, with what each needs."""
    return [
        replace(step, stage="execute" if _executed(project, step) is None else "render")
        for step in steps
        if not _as_written(project, step)
    ]


def write_notebooks(work: Work) -> Built:
    """Have the notebooks written: a route for `run.build`."""
    folder = work.project / FOLDER
    steps = {step.report: step for step in work.steps}

    def keep(report: Report, files: Mapping[str, bytes]) -> None:
        rest = dict(files)
        executed = rest.pop(EXECUTED)
        known = {**{name: _hash(content) for name, content in rest.items()}, EXECUTED: _hash(executed)}
        record = seal_json({**_inputs(steps[report]), "files": known})
        try:
            write_files(folder, rest)
            # The record is written last: without it, all this is written again.
            write_files(folder / KEPT, {f"{report.stem}.ipynb": executed})
            write_files(folder / KEPT, {f"{report.stem}.json": record})
        except OSError as error:
            message = f"cannot write in {folder}: {error.strerror}; make room or rights there"
            raise ScorelibError(message) from error

    try:
        furnish(folder)
    except OSError as error:
        message = f"cannot write in {folder}: {error.strerror}; make room or rights there"
        raise ScorelibError(message) from error
    return draw(work, lambda step: _executed(work.project, step), keep)


def drop(project: Path, reports: Iterable[Report]) -> None:
    """Remove notebooks of other reports than these, which Quarto would render all the same."""
    wanted = {report.stem for report in reports}
    for place in (project / FOLDER, project / FOLDER / KEPT):
        for path in [*place.glob("scorecard-*.ipynb"), *place.glob("scorecard-*.json")]:
            if path.stem not in wanted:
                path.unlink()


def remember_failed(project: Path, errors: Mapping[str, str]) -> None:
    """Keep what failed for whoever publishes; a run of Quarto is not to end for one report."""
    write_files(project / FOLDER / KEPT, {FAILED: seal_json({"errors": dict(errors)})})


def failed_before(project: Path) -> dict[str, str]:
    """What failed when the notebooks were written, by report."""
    try:
        errors: dict[str, str] = read_json(project / FOLDER / KEPT / FAILED)["errors"]
    except (OSError, ValueError):
        return {}
    return errors


def made_by_quarto(project: Path, reports: Iterable[Report]) -> dict[Report, dict[str, bytes]]:
    """What a run of Quarto has made: the files that it names in its environment, or all that are there.

    Raises
    ------
    ScorelibError
        If a page would load something from elsewhere.
    """
    told = os.environ.get("QUARTO_PROJECT_OUTPUT_FILES")
    listed = os.environ.get("QUARTO_USE_FILE_FOR_PROJECT_OUTPUT_FILES")
    if listed:
        told = Path(listed).read_text("utf-8")
    place = project / OUTPUT / FOLDER
    paths = [project / line for line in told.splitlines() if line] if told else list(place.glob("*"))
    known = {report.stem: report for report in reports}
    out: dict[Report, dict[str, bytes]] = {}
    for path in sorted(paths):
        report = known.get(path.stem)
        if report is None or path.suffix not in SUFFIXES or not path.is_file():
            continue
        name = "index.html" if path.suffix == ".html" else report.pdf
        content = path.read_bytes()
        if path.suffix == ".html" and (found := foreign(content.decode("utf-8", "replace"))):
            message = (
                f"{path.name} would load {', '.join(found[:3])} from the network, and is not published; "
                "look in _quarto.yml for what asks for it"
            )
            raise ScorelibError(message)
        out.setdefault(report, {})[name] = content
    return out


def formats_of(files: Iterable[str]) -> tuple[Format, ...]:
    """The formats of a report's files."""
    found = {Path(name).suffix for name in files}
    return tuple(name for suffix, name in SUFFIXES.items() if suffix in found)


def publish_made(work: Work, *, made: Mapping[Report, Mapping[str, bytes]]) -> Built:
    """Have reports made of what Quarto rendered: a route for `run.build`."""
    kept = work.project / FOLDER / KEPT
    return finish(
        work,
        [
            Rendered(step, made[step.report], (kept / f"{step.report.stem}.ipynb").read_bytes())
            for step in work.steps
        ],
    )


def _inputs(step: Step) -> dict[str, dict[str, str]]:
    return {"execution": dict(step.inputs.execution), "rendering": dict(step.inputs.rendering)}


def _record(project: Path, report: Report) -> dict[str, Any]:
    """What the notebook in ``build/`` rests on; nothing if that is not known."""
    try:
        return read_json(project / FOLDER / KEPT / f"{report.stem}.json")
    except (OSError, ValueError):
        return {}


def _as_written(project: Path, step: Step) -> bool:
    """Whether all that Quarto is to render of a report is there, made from the same, and not damaged."""
    record = _record(project, step.report)
    files = record.pop("files", {})
    folder = project / FOLDER
    return record == _inputs(step) and all(
        as_made(folder / name, digest) for name, digest in files.items() if name != EXECUTED
    )


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _executed(project: Path, step: Step) -> bytes | None:
    """The executed notebook, from ``reports/`` or from here, if it rests on the same."""
    if step.stage != "execute":
        return kept_notebook(project, replace(step, stage="render"))
    record = _record(project, step.report)
    if record.get("execution") != dict(step.inputs.execution):
        return None
    try:
        executed = read_plain(project / FOLDER / KEPT / f"{step.report.stem}.ipynb")
    except OSError:
        return None
    # What would be printed from it is what was executed, to the bit.
    return executed if _hash(executed) == record["files"][EXECUTED] else None
