"""Imports files: reads them, holds them against the tables, verifies the result, writes it.

The way into this room; imports the rest of it, `proof` and `write`. Nothing is written before the tables
as they would be have passed the package's own rules, and then all changed tables together.
"""

from __future__ import annotations

import importlib
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scorelib.data.package import Package
from scorelib.data.proof import verify
from scorelib.data.sources.editions import source_of
from scorelib.data.sources.files import open_source
from scorelib.data.sources.merge import doubles, merge
from scorelib.data.sources.model import Context, Request
from scorelib.data.sources.names import Names
from scorelib.data.sources.plan import Plan, Taken
from scorelib.data.write import commit, interrupted, locked, staged, write_table
from scorelib.errors import DataError, Finding, UsageError

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Sequence

    from scorelib.data.sources.files import SourceFile
    from scorelib.data.sources.model import Importer, Intake, Opener

__all__ = ["IMPORTERS", "Outcome", "import_files"]

MANY = 5_000
"""Rows of a table from which on it is proven as columns."""

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
        intakes = _read(importer, files, context, scratch)
        while intakes:
            # What has been merged is not held on to: a file can be large.
            _merge(plan, intakes.pop(0), context, today)
        if context.findings:
            raise DataError(sorted(set(context.findings)))
        changed = plan.changed()
        if findings := _verified(plan, scratch, changed):
            raise DataError(findings)
        if not agree(plan) or not changed or dry_run:
            return Outcome(plan, written=False)
        _unchanged(plan)
        _put_in_place(plan, changed)
    return Outcome(plan, written=True)


def _put_in_place(plan: Plan, changed: Sequence[str]) -> None:
    """Let the tables that passed take the place of the old ones."""
    folder = plan.package.folder
    paths = [plan.package.table(name).path for name in changed]
    try:
        with staged(folder) as stage:
            for path in paths:
                (stage / path).parent.mkdir(parents=True, exist_ok=True)
            _tables(plan, stage, changed)
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
    for intake in intakes if len(intakes) > 1 else ():
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
    source, family = source_of(plan, intake, today)
    for batch in intake.batches:
        state = plan.state(batch.table)
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


# --- writing ----------------------------------------------------------------------------------


def _verified(plan: Plan, scratch: Path, changed: Sequence[str]) -> list[Finding]:
    """What is wrong in the package as it would be.

    Large tables are proven as columns. Where that shows no proof, all are written into a folder of
    their own, and the rules decide row by row.
    """
    try:
        columns = {name: plan.after[name].now for name in changed if len(plan.after[name].now) > MANY}
        _stage(plan, scratch, [name for name in changed if name not in columns])
        findings = verify(Package(scratch, plan.package.tables), columns)
        if findings is None:
            _tables(plan, scratch, list(columns))
            findings = verify(Package(scratch, plan.package.tables), {})
    except OSError as error:
        message = f"the import cannot be tried out in {scratch} ({error.strerror}); make room, or set TMPDIR"
        raise UsageError(message) from None
    assert findings is not None  # noqa: S101 - without columns the rules decide
    return findings


def _stage(plan: Plan, scratch: Path, changed: Sequence[str]) -> None:
    """The package as it would be, in a folder of its own: changed tables new, the others linked."""
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
