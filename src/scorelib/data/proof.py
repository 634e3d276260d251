"""Reads a large table of the package as columns, and proves it right without a look at each row.

Imports `columns`, `cells`, `check`, `read`. The rules are those of `read` and `check`; here is only a
quick way to see that none is broken. Where it does not see that, they decide, row by row.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np

from scorelib.data.cells import Fault, cast
from scorelib.data.check import HOUSE_RULES, load_tables
from scorelib.data.columns import Columns, Text, cut, decimal, factor, reader, repeated
from scorelib.data.package import Package
from scorelib.data.read import read_rows
from scorelib.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scorelib.data.columns import Floats
    from scorelib.data.package import Field, Table
    from scorelib.data.read import Rows
    from scorelib.errors import Finding

__all__ = ["LARGE", "columns_of", "proven", "verify"]

LARGE = 1 << 20
"""Bytes of a table from which on it is worth the trouble."""


class _DoubtError(Exception):
    """A table cannot be read the quick way."""


def columns_of(package: Package, table: Table) -> Columns:
    """The rows of a table as columns: numbers as numbers, everything else as its text.

    Raises
    ------
    DataError
        If the table cannot be read, with all that is wrong in it.
    """
    quick = None if table.sheet else _quick(package, table)
    if quick is not None:
        return quick
    rows = read_rows(package, table)
    if rows.findings:
        raise DataError(rows.findings)
    at = {column.name: index for index, column in enumerate(table.fields)}
    names = [column.name for column in table.fields if column.type == "number"]
    return Columns(
        {name: Text.of([raw[at[name]] for raw in rows.raw]) for name in at if name not in names},
        {
            name: np.array(
                [np.nan if row[name] is None else row[name] for row in rows.rows], dtype=np.float64
            )
            for name in names
        },
        np.array(rows.lines, dtype=np.int32),
    )


def verify(package: Package, columns: Mapping[str, Columns]) -> list[Finding] | None:
    """Everything that is wrong in a package, as `check.check_package` finds it, but quicker.

    Parameters
    ----------
    package
        The package.
    columns
        Rows of tables that are to take the place of those in their files.

    Returns
    -------
    list or None
        The findings; None if a table of `columns` is not proven to be right, so that only its file
        can tell what is wrong.
    """
    large = {table.name: table for table in package.tables.values() if _is_large(package, table, columns)}
    small = Package(
        package.folder, {name: table for name, table in package.tables.items() if name not in large}
    )
    referred = {key.table for table in package.tables.values() for key in table.foreign_keys}
    if not large or referred & set(large) or not set(columns) <= set(large):
        return None if columns else load_tables(package, None)[1]
    tables, findings = load_tables(small, None)
    for table in large.values():
        rows = columns.get(table.name) or _quick(package, table)
        if rows is None or not proven(table, rows, tables):
            return None if columns else load_tables(package, None)[1]
    return findings


def _is_large(package: Package, table: Table, columns: Mapping[str, Columns]) -> bool:
    if table.sheet or table.name in {name for needed, _ in HOUSE_RULES for name in needed}:
        return False
    try:
        size = (package.folder / table.path).stat().st_size
    except OSError:
        size = 0
    return table.name in columns or size >= LARGE


def _quick(package: Package, table: Table) -> Columns | None:
    """The table, if each record and each number is plain."""
    names = [column.name for column in table.fields]
    numbers = [column.name for column in table.fields if column.type == "number"]
    text = [name for name in names if name not in numbers]
    try:
        with (package.folder / table.path).open(encoding="utf-8-sig", newline="") as stream:
            records = reader(stream)
            if next(records, None) != names:
                return None
            done = cut(records, names, text, numbers, _plain, first=2)
    except (OSError, UnicodeError, csv.Error, _DoubtError):
        return None
    return None if done.empty or done.ragged or done.broken else done.columns


def _plain(name: str, cells: Sequence[str], lines: Sequence[int]) -> Floats:  # noqa: ARG001 - as `cut` calls it
    numbers = decimal(cells)
    if numbers is None:
        raise _DoubtError
    return numbers


def proven(table: Table, columns: Columns, others: Mapping[str, Rows]) -> bool:
    """Whether it is plain to see that a table breaks no rule.

    Parameters
    ----------
    table
        Its description.
    columns
        Its rows.
    others
        The tables that its foreign keys lead to.
    """
    if table.missing != ("",) or any(column.unique for column in table.fields):
        return False
    return (
        all(_cells(column, columns, table) for column in table.fields)
        and _keys(table, columns)
        and all(
            len(key.fields) == 1
            and key.table in others
            and others[key.table].whole
            and key.fields[0] in columns.text
            and set(columns.text[key.fields[0]].used()) - {""}
            <= {str(row[key.references[0]]) for row in others[key.table].rows}
            for key in table.foreign_keys
        )
    )


def _cells(column: Field, columns: Columns, table: Table) -> bool:
    if column.name in columns.numbers:
        bounded = column.minimum is not None or column.maximum is not None or column.enum
        return not bounded and not (column.required and np.isnan(columns.numbers[column.name]).any())
    return not any(
        isinstance(cast(text, column, table.missing), Fault) for text in columns.text[column.name].used()
    )


def _keys(table: Table, columns: Columns) -> bool:
    """Whether no two rows have the same key, and none an empty one."""
    if not table.primary_key:
        return True
    if not set(table.primary_key) <= set(columns.text):
        return False
    needed = any(table.field(name).required for name in table.primary_key)
    key = factor([columns.text[name] for name in table.primary_key], len(columns))
    return needed and not repeated(key)
