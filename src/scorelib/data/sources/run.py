"""Imports files: reads them, holds them against the tables, verifies the result, writes it.

The way into this room; imports the rest of it and `proof`, `write`. Nothing is written before the tables
as they would be have passed the package's own rules, and then all changed tables together.
"""

from __future__ import annotations

import importlib
import re
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scorelib.data.columns import Columns, Text
from scorelib.data.package import Package
from scorelib.data.proof import columns_of, verify
from scorelib.data.sources.files import open_source
from scorelib.data.sources.merge import State, covered, doubles, merge
from scorelib.data.sources.model import Batch, Context, Request
from scorelib.data.sources.names import Names
from scorelib.data.write import commit, interrupted, locked, staged, write_table
from scorelib.errors import DataError, Finding, UsageError

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Sequence

    from scorelib.data.sources.files import SourceFile
    from scorelib.data.sources.model import Importer, Intake, Opener, Tally

__all__ = ["IMPORTERS", "Outcome", "Plan", "Taken", "import_files"]

IMPORTERS = {
    "unsceb-government": "unsceb.government",
    "unsceb-non-government": "unsceb.non_government",
    "unsceb-revenue": "unsceb.revenue",
    "oecd-multi": "oecd.multi",
    "fif": "fif.contributions",
    "mopan-xlsx": "mopan.scores",
    "table": "table.rows",
}
"""Where each source is read: a module and a function of this room."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file."""

    file: str
    sha256: str
    source: str
    edition: str
    tally: Tally
    rows: dict[str, int]
    """Rows made of it, by table."""


@dataclass
class Plan:
    """What an import would do: each file's tally, and each table as it is and as it would be."""

    project: Path
    package: Package
    taken: list[Taken] = field(default_factory=list)
    before: dict[str, Columns] = field(default_factory=dict)
    bytes: dict[str, bytes] = field(default_factory=dict)
    after: dict[str, State] = field(default_factory=dict)

    def changed(self) -> list[str]:
        """Names of tables that would change; those that others refer to come first."""
        names = [name for name in self.package.tables if name in self.after]
        return [
            name
            for name in names
            if self.after[name].touched.any()
            or (self.after[name].origin < 0).any()
            or len(self.after[name].now) != len(self.before[name])
        ]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did."""

    plan: Plan
    written: bool

    def paths(self) -> list[Path]:
        """Files of the tables that changed."""
        package = self.plan.package
        return [package.folder / package.table(name).path for name in self.plan.changed()]


def import_files(
    project: Path,
    source: str,
    files: Sequence[Path],
    request: Request,
    *,
    today: datetime.date,
    agree: Callable[[Plan], bool],
    dry_run: bool = False,
) -> Outcome:
    """Import files of one source into a project's tables.

    Parameters
    ----------
    project
        The folder that holds ``data/``.
    source
        One of `IMPORTERS`.
    files
        Files of that source, each with other years or organisations than the others.
    request
        What of them is wanted.
    today
        The day on which the files are read.
    agree
        Asked with the plan before anything is written; the files are in place afterwards if it agrees.
    dry_run
        Write nothing into the project, whatever it answers.

    Raises
    ------
    DataError
        If a file or the tables that would come of it are wrong; nothing is written then.
    UsageError
        If what was asked for does not exist, or another import is at work.
    """
    importer = _importer(source)
    folder = project / "data"
    with ExitStack() as stack:
        stack.enter_context(locked(folder, finish=not dry_run))
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        package = Package.load(folder)
        _asked(package, request)
        context = Context(package, request)
        plan = Plan(project, package)
        for intake in _read(importer, files, context, scratch):
            _merge(plan, intake, context, today)
        if context.findings:
            raise DataError(sorted(set(context.findings)))
        changed = plan.changed()
        try:
            _stage(plan, scratch, changed)
        except OSError as error:
            message = (
                f"the import cannot be tried out in {scratch} ({error.strerror}); make room, or set TMPDIR"
            )
            raise UsageError(message) from None
        if findings := verify(Package(scratch, package.tables)):
            raise DataError(findings)
        if not agree(plan) or not changed or dry_run:
            return Outcome(plan, written=False)
        _unchanged(plan)
        _put_in_place(plan, scratch, changed)
    return Outcome(plan, written=True)


def _put_in_place(plan: Plan, scratch: Path, changed: Sequence[str]) -> None:
    """Let the tables that passed take the place of the old ones."""
    folder = plan.package.folder
    paths = [plan.package.table(name).path for name in changed]
    try:
        with staged(folder) as stage:
            for path in paths:
                (stage / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(scratch / path, stage / path)
            commit(folder, stage, paths)
    except OSError as error:
        state = "nothing was written" if not interrupted(folder) else "the next import will finish it"
        raise UsageError(f"the tables in {folder} cannot be written ({error.strerror}); {state}") from None


def _importer(source: str) -> Importer:
    module, _, name = IMPORTERS[source].partition(".")
    found: Importer = getattr(importlib.import_module(f"scorelib.data.sources.{module}"), name)
    return found


def _asked(package: Package, request: Request) -> None:
    """See that the organisations that were asked for exist."""
    if not request.organisations:
        return
    names = Names.load(package, "organisation")
    for wanted in sorted(request.organisations - names.ids):
        near = " or ".join(each for each in names.nearest(wanted, 5) if each in names.ids)
        message = (
            f"there is no organisation {wanted!r} in data/organisations.csv; did you mean {near or 'none'}?"
        )
        raise UsageError(message)


def _read(importer: Importer, files: Sequence[Path], context: Context, scratch: Path) -> list[Intake]:
    """Read all files, and collect what is wrong in any."""
    intakes = []
    seen: dict[str, str] = {}
    for number, path in enumerate(files):
        folder = scratch / f".file-{number}"
        folder.mkdir()
        try:
            intakes.append(importer(_opener(path, folder, context.request), context))
        except DataError as error:
            context.findings += error.findings
            continue
        file = intakes[-1].file
        if file.sha256 in seen:
            words = (f"it is the same file as {seen[file.sha256]}", "give each file once", "file")
            context.findings.append(Finding(file.name, 0, "", "", *words))
        seen[file.sha256] = file.name
    if context.findings:
        raise DataError(sorted(set(context.findings)))
    _overlap(intakes)
    return intakes


def _opener(path: Path, folder: Path, request: Request) -> Opener:
    def opens(sheet: str = "") -> SourceFile:
        return open_source(path, folder, sheet=request.sheet or sheet)

    return opens


def _overlap(intakes: Sequence[Intake]) -> None:
    """Refuse files that are both the truth of the same: one would undo the other."""
    owners: dict[tuple[str, ...], str] = {}
    for intake in intakes:
        for batch in intake.batches:
            pairs = {
                (batch.table, *each)
                for each in zip(*(batch.rows.text[name].cells() for name in batch.scope), strict=True)
            }
            for pair in sorted(pairs):
                if owners.setdefault(pair, intake.file.name) != intake.file.name:
                    problem = f"{owners[pair]} also holds {' '.join(pair[1:])}"
                    remedy = "give one of the two files, or tell them apart with --year or --organisation"
                    raise DataError([Finding(intake.file.name, 0, "", "", problem, remedy, "overlap")])


def _merge(plan: Plan, intake: Intake, context: Context, today: datetime.date) -> None:
    """Put what one file gives into the tables of a plan."""
    tally, rows = intake.tally, {}
    behind = sum(int(batch.behind.sum()) for batch in intake.batches)
    assert behind == tally.taken, f"{behind} records went in, {tally.taken} are left"  # noqa: S101 - a program error, if anything
    source, family = _source(plan, intake, today)
    for batch in intake.batches:
        state = _state(plan, batch.table)
        for first, second in doubles(state.table, batch.rows)[:100]:
            names = state.table.primary_key
            shown = ",".join(batch.rows.text[name][second] for name in names)
            line = int(batch.rows.lines[first])
            problem = f"row {line} has the same {', '.join(names)}"
            remedy = "delete one of the two, or add them up before"
            context.findings.append(
                intake.file.finding(int(batch.rows.lines[second]), names[0], 0, shown, problem, remedy, "key")
            )
        if context.findings:
            return
        merged = merge(state, batch, source, family)
        for holder, records in merged.held.items():
            tally.leave(f"{batch.table}.csv has these rows from {holder}", records)
        rows[batch.table] = len(batch.rows)
    plan.taken.append(
        Taken(intake.file.name, intake.file.sha256, source, intake.publication.edition, tally, rows)
    )


def _state(plan: Plan, name: str) -> State:
    """A table of a plan, read when it is first wanted."""
    if name not in plan.after:
        table = plan.package.table(name)
        if table.sheet:
            message = f"{table.place} is a sheet of a workbook; an import writes CSV: make {name} a CSV file"
            raise UsageError(message)
        path = plan.package.folder / table.path
        try:
            plan.bytes[name] = path.read_bytes()
        except OSError as error:
            raise UsageError(f"data/{table.path} cannot be read ({error.strerror})") from None
        plan.before[name] = columns_of(plan.package, table)
        plan.after[name] = State.start(table, plan.before[name])
    return plan.after[name]


# --- sources ----------------------------------------------------------------------------------


def _source(plan: Plan, intake: Intake, today: datetime.date) -> tuple[str, frozenset[str]]:
    """The id under which the rows of a file stand, and those of earlier editions; both go into ``sources``.

    A row of ``sources`` is one file. Where rows of another file would stay beside those of this one, this
    one gets a row of its own, with its edition in the id.
    """
    publication, file = intake.publication, intake.file
    batches = [batch for batch in intake.batches if _has_source(plan, batch.table)]
    if not publication.id or not batches:
        return "", frozenset()
    state = _state(plan, "sources")
    rows = state.now
    ids = rows.text["id"].cells()
    family = frozenset(each for each in ids if _is_edition(each, publication.id)) | {publication.id}
    hashes = rows.text["sha256"].cells()
    same = [
        each for each, digest in zip(ids, hashes, strict=True) if each in family and digest == file.sha256
    ]
    whole = all(covered(_state(plan, batch.table), batch, family) for batch in batches)
    if same:
        source = same[0]
    elif publication.id not in ids or whole:
        source = publication.id
    else:
        source = _another(publication.id, publication.edition, frozenset(ids))
    row = {
        "id": source,
        "publisher": publication.publisher,
        "title": publication.title,
        "url": publication.url,
        "edition": publication.edition,
        "retrieved": today.isoformat(),
        "licence": publication.licence,
        "note": publication.note,
        "file": file.name,
        "sha256": file.sha256,
    }
    if source in ids:
        row = _again(rows, ids.index(source), row)
    given = Columns({name: Text.of([cell]) for name, cell in row.items()}, {}, np.zeros(1, dtype=np.int32))
    merge(state, Batch("sources", given, np.zeros(1, dtype=np.int64)), source, family)
    return source, family


def _again(rows: Columns, at: int, row: dict[str, str]) -> dict[str, str]:
    """A row of ``sources`` that is there: what somebody wrote into it stays while its file does."""
    there = {name: column[at] for name, column in rows.text.items()}
    if there["sha256"] == row["sha256"]:
        return {"id": row["id"]}
    kept: tuple[str, ...] = ("publisher", "title", "url", "licence")
    if not there["sha256"]:
        # Written by hand before the file was known, so the note is about this very edition.
        kept = (*kept, "note", *(["edition"] if not row["edition"] else []))
    return {**row, **{name: there[name] for name in kept if there[name]}}


def _has_source(plan: Plan, table: str) -> bool:
    return any(column.name == "source" for column in plan.package.table(table).fields)


def _is_edition(name: str, base: str) -> bool:
    """Whether an id is a base with an edition behind it; editions begin with a digit."""
    rest = name.removeprefix(f"{base}-")
    return name.startswith(f"{base}-") and rest[:1].isdigit()


def _another(base: str, edition: str, taken: frozenset[str]) -> str:
    """An id that is free, with the edition in it."""
    slug = "-".join(re.findall("[a-z0-9]+", edition.lower()))
    name = f"{base}-{slug}" if slug[:1].isdigit() else f"{base}-0-{slug}".rstrip("-")
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free


# --- writing ----------------------------------------------------------------------------------


def _stage(plan: Plan, scratch: Path, changed: Sequence[str]) -> None:
    """The whole package as it would be, in a folder of its own: changed tables new, the others linked."""
    for table in plan.package.tables.values():
        path = scratch / table.path
        path.parent.mkdir(parents=True, exist_ok=True)
        real = (plan.package.folder / table.path).resolve()
        if table.name not in changed and not path.exists() and real.exists():
            path.symlink_to(real)
    _tables(plan, scratch, changed)


def _tables(plan: Plan, folder: Path, changed: Sequence[str]) -> None:
    for name in changed:
        state = plan.after[name]
        write_table(
            folder / state.table.path,
            state.table,
            state.now,
            before=plan.bytes[name],
            starts=plan.before[name].lines,
            origin=state.origin,
            touched=state.touched,
        )


def _unchanged(plan: Plan) -> None:
    """Refuse if a table was changed by somebody else since it was read."""
    for name in plan.changed():
        path = plan.package.folder / plan.package.table(name).path
        if path.read_bytes() != plan.bytes[name]:
            raise UsageError(f"{path} changed while it was being imported into; import again")
