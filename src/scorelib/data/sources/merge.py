"""Holds new rows against a table: what is added, changed, removed, or belongs to another source.

Imports `columns` and `package`. A file is the whole truth of what it covers (an organisation's year, an
assessment) as far as its own source goes: rows of that source which it lacks are removed, rows of
other sources are never touched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from scorelib.data.columns import Columns, Text, factor, grouped, repeated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scorelib.data.columns import Floats, Ints
    from scorelib.data.package import Table
    from scorelib.data.sources.model import Batch

__all__ = ["Merged", "State", "covered", "doubles", "keys_of", "merge"]


@dataclass
class State:
    """A table on its way: its rows now, and which row of the file each was."""

    table: Table
    now: Columns
    origin: Ints
    """Number of the row in the file; -1 for one that is new."""
    touched: Ints
    """Whether a cell of the row differs from the file."""

    @classmethod
    def start(cls, table: Table, rows: Columns) -> State:
        """The table as it stands in its file."""
        return cls(table, rows, np.arange(len(rows)), np.zeros(len(rows), dtype=np.bool_))


@dataclass
class Merged:
    """What a batch does to a table."""

    held: dict[str, int] = field(default_factory=dict)
    """Records that are left out since another source holds their row, by that source."""


def merge(state: State, batch: Batch, source: str, family: frozenset[str]) -> Merged:
    """Put a batch of rows into a table.

    Parameters
    ----------
    state
        The table; it is changed.
    batch
        The rows; no two with the same key.
    source
        The source that the rows get.
    family
        Ids under which earlier editions of the same publication stand.
    """
    old, table = state.now, state.table
    new = _with_source(batch, table, source)
    key_old, key_new = keys_of(table.primary_key, old, new)
    at = _positions(key_old, key_new)
    merged = Merged()
    own = _owned(old, family)
    known = at >= 0
    foreign = np.zeros(len(at), dtype=np.bool_)
    foreign[known] = ~own[at[known]]
    if foreign.any():
        sources = old.text["source"].take(at[foreign])
        for name in sources.used():
            behind = batch.behind[foreign][sources.where(name.__eq__)]
            merged.held[name] = int(behind.sum())
    same = known & ~foreign
    keep = ~(own & _in_scope(old, new.take(~foreign), batch.scope))
    keep[at[known]] = True
    differs = _differs(old, new, at, same)
    added = np.flatnonzero(~known)
    state.now = _put(old, new, at[differs], differs)
    state.touched[at[differs]] = True
    rest = state.now if keep.all() else state.now.take(keep)
    state.now = _append(rest, new if len(added) == len(new) else new.take(added))
    state.origin = np.concatenate([state.origin[keep], np.full(len(added), -1)])
    state.touched = np.concatenate([state.touched[keep], np.zeros(len(added), dtype=np.bool_)])
    return merged


def covered(state: State, batch: Batch, family: frozenset[str]) -> bool:
    """Whether no row of a source would stay as an earlier file gave it."""
    own = _owned(state.now, family)
    there = _in_scope(state.now, batch.rows, batch.scope or state.table.primary_key)
    return not bool((own & ~there).any())


def doubles(table: Table, rows: Columns) -> list[tuple[int, int]]:
    """Pairs of rows with the same key: the first, and one that comes after it."""
    key, _ = keys_of(table.primary_key, rows, rows.take(slice(0, 0)))
    if not repeated(key):
        return []
    first, back = grouped(key)
    before = first[back]
    later = np.flatnonzero(before != np.arange(len(rows)))
    return [(int(before[row]), int(row)) for row in later]


def keys_of(names: Sequence[str], old: Columns, new: Columns) -> tuple[Ints, Ints]:
    """One number per row of both, the same where the columns of a key are the same."""
    joined = [_join(old.text[name], new.text[name]) for name in names]
    key = factor(joined, len(old) + len(new))
    return key[: len(old)], key[len(old) :]


def _positions(old: Ints, new: Ints) -> Ints:
    """Per new key the row that has it, or -1."""
    order = np.argsort(old, kind="stable")
    if not len(old):
        return np.full(len(new), -1)
    place = np.minimum(np.searchsorted(old[order], new), len(old) - 1)
    rows = order[place]
    return np.where(old[rows] == new, rows, -1)


def _owned(rows: Columns, family: frozenset[str]) -> Ints:
    """Rows that an import may change: those of its own source; all, in a table that names none."""
    if "source" not in rows.text:
        return np.ones(len(rows), dtype=np.bool_)
    return rows.text["source"].where(family.__contains__)


def _in_scope(old: Columns, new: Columns, scope: Sequence[str]) -> Ints:
    """Rows that the file is the truth of."""
    if not scope:
        return np.zeros(len(old), dtype=np.bool_)
    key_old, key_new = keys_of(scope, old, new)
    return np.isin(key_old, key_new)


def _with_source(batch: Batch, table: Table, source: str) -> Columns:
    rows = batch.rows
    if not any(column.name == "source" for column in table.fields):
        return rows
    text = {**rows.text, "source": Text.constant(source, len(rows))}
    return Columns(text, rows.numbers, rows.lines)


def _differs(old: Columns, new: Columns, at: Ints, same: Ints) -> Ints:
    """New rows whose row is there and has another value in some cell."""
    differs = np.zeros(len(at), dtype=np.bool_)
    rows = np.flatnonzero(same)
    where = at[rows]
    for name, column in new.text.items():
        joined = _join(old.text[name], column)
        before, after = joined.codes[: len(old)], joined.codes[len(old) :]
        differs[rows] |= before[where] != after[rows]
    for name, numbers in new.numbers.items():
        one, two = old.numbers[name][where], numbers[rows]
        differs[rows] |= ~((one == two) | (np.isnan(one) & np.isnan(two)))
    return differs


def _put(old: Columns, new: Columns, where: Ints, rows: Ints) -> Columns:
    """The old rows with some replaced by new ones, in the columns that the new ones have."""
    if not len(where):
        return old
    text, numbers = dict(old.text), dict(old.numbers)
    for name, column in new.text.items():
        joined = _join(old.text[name], column)
        codes = joined.codes[: len(old)].copy()
        codes[where] = joined.codes[len(old) :][rows]
        text[name] = Text(codes, joined.values)
    for name, values in new.numbers.items():
        numbers[name] = old.numbers[name].copy()
        numbers[name][where] = values[rows]
    return Columns(text, numbers, old.lines)


def _append(old: Columns, new: Columns) -> Columns:
    """Old rows and new ones; columns that the new ones lack are empty there."""
    if not len(new):
        return old
    text = {
        name: _join(column, new.text.get(name) or Text.constant("", len(new)))
        for name, column in old.text.items()
    }
    nothing: Floats = np.full(len(new), np.nan)
    numbers = {
        name: np.concatenate([column, new.numbers.get(name, nothing)]) for name, column in old.numbers.items()
    }
    return Columns(text, numbers, np.concatenate([old.lines, new.lines]))


def _join(one: Text, two: Text) -> Text:
    """Two columns under each other."""
    index = {text: code for code, text in enumerate(one.values)}
    for text in two.values:
        index.setdefault(text, len(index))
    turned = np.array([index[text] for text in two.values], dtype=np.int32)
    codes = turned[two.codes] if len(turned) else two.codes
    return Text(np.concatenate([one.codes, codes]).astype(np.int32), tuple(index))
