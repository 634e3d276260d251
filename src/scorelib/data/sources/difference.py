"""What an import changes, as lines to read: rows added, changed and removed; imports `merge`, `columns`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scorelib.data.columns import show_number
from scorelib.data.sources.merge import keys_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scorelib.data.columns import Columns, Ints
    from scorelib.data.sources.merge import State
    from scorelib.data.sources.plan import Plan

__all__ = ["Change", "differences"]


@dataclass(frozen=True, slots=True)
class Change:
    """What changes in one table."""

    title: str
    lines: tuple[str, ...]
    added: int
    changed: int
    removed: int


def differences(plan: Plan, most: int) -> list[Change]:
    """What a plan changes, table by table.

    Parameters
    ----------
    plan
        The plan.
    most
        Rows that are shown of each kind of change; the others are counted. Of rows that change, those that
        change by more than their source come first.
    """
    return [_change(state, plan.before[name], most) for name, state in plan.after.items()]


def _change(state: State, before: Columns, most: int) -> Change:
    added = np.flatnonzero(state.origin < 0)
    changed = _gravest_first(state, before)
    there = np.zeros(len(before), dtype=np.bool_)
    there[state.origin[state.origin >= 0]] = True
    removed = np.flatnonzero(~there)
    same = len(state.now) - len(added) - len(changed)
    title = (
        f"data/{state.table.path}: {len(added):,} added, {len(changed):,} changed, "
        f"{len(removed):,} removed, {same:,} unchanged"
    )
    lines = [
        *_some(
            "+",
            [f"{_key(state, state.now, row)}: {_values(state, row)}" for row in _first(added, most)],
            added,
        ),
        *_some("~", [_old_new(state, before, row) for row in _first(changed, most)], changed),
        *_some("-", [f"{_key(state, before, row)}" for row in _first(removed, most)], removed),
    ]
    return Change(title, tuple(lines), len(added), len(changed), len(removed))


def _gravest_first(state: State, before: Columns) -> Ints:
    """Rows that change: those of which a figure or a word does before those that only change their source."""
    changed = np.flatnonzero(state.touched)
    old, new = before.take(state.origin[changed]), state.now.take(changed)
    grave = np.zeros(len(changed), dtype=np.bool_)
    for name in old.text.keys() - {"source"}:
        one, two = keys_of([name], old, new)
        grave |= one != two
    for name, amounts in old.numbers.items():
        grave |= ~np.isclose(amounts, new.numbers[name], rtol=0, atol=0, equal_nan=True)
    return np.concatenate([changed[grave], changed[~grave]])


def _first(rows: Ints, most: int) -> list[int]:
    found: list[int] = rows[:most].tolist()
    return found


def _some(sign: str, lines: list[str], rows: Ints) -> Iterator[str]:
    for line in lines:
        yield f"{sign} {line}"
    if len(rows) > len(lines):
        yield f"{sign} … and {len(rows) - len(lines):,} more"


def _key(state: State, rows: Columns, row: int) -> str:
    names = state.table.primary_key or tuple(rows.text)
    return " ".join(_cell(rows, name, row) for name in names)


def _cell(rows: Columns, name: str, row: int) -> str:
    if name in rows.numbers:
        return show_number(float(rows.numbers[name][row]))
    return rows.text[name][row]


def _values(state: State, row: int) -> str:
    names = [column.name for column in state.table.fields if column.name not in state.table.primary_key]
    cells = [(name, _cell(state.now, name, row)) for name in names]
    return ", ".join(f"{name} {_short(cell)}" for name, cell in cells if cell)


def _old_new(state: State, before: Columns, row: int) -> str:
    old = int(state.origin[row])
    cells = [
        (column.name, _cell(before, column.name, old), _cell(state.now, column.name, row))
        for column in state.table.fields
    ]
    told = ", ".join(
        f"{name} {_short(one) or 'empty'} → {_short(two) or 'empty'}"
        for name, one, two in cells
        if one != two
    )
    return f"{_key(state, state.now, row)}: {told}"


def _short(cell: str) -> str:
    """A cell on one line, without what a terminal would obey."""
    plain = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in cell)
    return plain if len(plain) <= 60 else f"{plain[:57]}…"
