"""Under which source the rows of a file stand: a row of ``sources`` is one file, one edition.

Imports `merge`, `plan`. Every row of every table leads to the file it came from, also where only a
part of a new edition was imported.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from scorelib.data.columns import Columns, Text
from scorelib.data.sources.merge import covered, merge
from scorelib.data.sources.model import Batch

if TYPE_CHECKING:
    import datetime

    from scorelib.data.sources.model import Intake
    from scorelib.data.sources.plan import Plan

__all__ = ["source_of"]


def source_of(plan: Plan, intake: Intake, today: datetime.date) -> tuple[str, frozenset[str]]:
    """The id under which the rows of a file stand, and those of earlier editions; both go into ``sources``.

    A row of ``sources`` is one file. Where rows of another file would stay beside those of this one, this
    one gets a row of its own, with its edition in the id.
    """
    publication, file = intake.publication, intake.file
    batches = [batch for batch in intake.batches if _has_source(plan, batch.table)]
    if not publication.id or not batches:
        return "", frozenset()
    state = plan.state("sources")
    rows = state.now
    ids = rows.text["id"].cells()
    family = frozenset(each for each in ids if _is_edition(each, publication.id)) | {publication.id}
    hashes = rows.text["sha256"].cells()
    same = [
        each for each, digest in zip(ids, hashes, strict=True) if each in family and digest == file.sha256
    ]
    whole = all(covered(plan.state(batch.table), batch, family) for batch in batches)
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
