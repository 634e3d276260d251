"""Any table, CSV or Excel, into a table of the package; imports `files`, `mapping`, `model`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scorelib.data.cells import Fault, cast, shown
from scorelib.data.columns import Columns, Text
from scorelib.data.sources.contributions import Selection, begin
from scorelib.data.sources.files import Layout, read_source
from scorelib.data.sources.mapping import read_mapping
from scorelib.data.sources.model import Batch, Intake, resolve
from scorelib.errors import UsageError

if TYPE_CHECKING:
    from scorelib.data.columns import Floats, Ints
    from scorelib.data.package import Field
    from scorelib.data.sources.files import Read
    from scorelib.data.sources.mapping import Mapped
    from scorelib.data.sources.model import Context, Opener
    from scorelib.data.sources.names import Kind

__all__ = ["rows"]

DAY = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")


def rows(opens: Opener, context: Context) -> Intake:
    """Rows of any table.

    Raises
    ------
    UsageError
        If there is no mapping file.
    DataError
        If the mapping or the layout of the file is wrong.
    """
    if context.request.mapping is None:
        raise UsageError("the source table needs --mapping FILE")
    mapped = read_mapping(context.request.mapping, context.package)
    read = read_source(opens(mapped.sheet), [_layout(mapped)], context.request.style or mapped.style)
    inside = begin(read)
    text = {name: _tidy(read, name, mapped) for name in mapped.columns if name in read.columns.text}
    read.columns.text.update(text)
    _select(inside, mapped, context)
    numbers = {
        name: inside.number(name) * mapped.scale[name] if name in mapped.scale else inside.number(name)
        for name in read.columns.numbers
    }
    # What is scaled is rounded: 62.2 million is not 62200000.00000001.
    numbers = {
        name: np.round(values, 6) if name in mapped.scale else values for name, values in numbers.items()
    }
    found = {name: inside.text(name) for name in text}
    for name, cell in mapped.constants.items():
        if mapped.table.field(name).type == "number":
            numbers[name] = np.full(len(inside.rows), _constant(cell, mapped.table.field(name), read))
        else:
            found[name] = Text.constant(cell, len(inside.rows))
    columns = Columns(found, numbers, read.columns.lines[inside.rows])
    _check(inside, columns, mapped)
    context.findings += read.findings
    inside.tally.notes += read.notes
    batch = Batch(mapped.table.name, columns, np.ones(len(columns), dtype=np.int8), mapped.scope)
    publication = mapped.publication
    years = sorted(found["year"].used()) if "year" in found else []
    edition = (
        context.request.edition or publication.edition or "-".join(dict.fromkeys([*years[:1], *years[-1:]]))
    )
    return Intake(read.file, replace(publication, edition=edition), [batch], inside.tally)


def _layout(mapped: Mapped) -> Layout:
    numbers = {column.name for column in mapped.table.fields if column.type == "number"}
    return Layout(
        "the mapping",
        {name: (column,) for name, column in mapped.columns.items() if name not in numbers},
        {name: (column,) for name, column in mapped.columns.items() if name in numbers},
        ignored=frozenset(mapped.ignore or ()),
        others=mapped.ignore is None,
        breaks=True,
        header=mapped.header,
    )


def _tidy(read: Read, name: str, mapped: Mapped) -> Text:
    """A column without spaces around its texts, with what the mapping puts in their place."""
    column = read.columns.text[name]
    kind, values = mapped.table.field(name).type, mapped.values.get(name, {})
    spaced = int(np.count_nonzero(column.where(lambda text: text != text.strip())))
    if spaced:
        read.notes.append(f"{spaced:,} cells of {name} had spaces around them")

    def become(text: str) -> str:
        bare = text.strip()
        if bare in values:
            return values[bare]
        return _date(bare, mapped.dates) if kind == "date" else bare

    return column.into(become)


def _date(text: str, order: str) -> str:
    """A date as the mapping says it is written, as ISO has it; any other text as it stands."""
    found = DAY.fullmatch(text)
    if not found or order == "iso":
        return text
    one, two, year = found.groups()
    day, month = (one, two) if order == "dmy" else (two, one)
    return f"{year}-{int(month):02}-{int(day):02}"


def _select(inside: Selection, mapped: Mapped, context: Context) -> None:
    """Turn names into ids, and keep the organisations and years that were asked for."""
    read, request = inside.read, context.request
    for name in mapped.names:
        kind: Kind = "donor" if name == "donor" else "organisation"
        known = resolve(read, name, kind, context, schemes=(), rows=inside.rows)
        read.columns.text[name] = read.columns.text[name].into(
            lambda text, known=known: known[text].id if text in known else text  # type: ignore[misc]
        )
    if "organisation" in mapped.names:
        given, have = inside.text("organisation"), context.organisations.ids
        named = {known.id for names in context.organisations.schemes.values() for known in names.values()}
        for absent in [name for name in given.used() if name in named - have]:
            reason = f"{absent} is not in organisations.csv; add it there to have it"
            inside.keep(inside.text("organisation").where(lambda name, absent=absent: name != absent), reason)  # type: ignore[misc]
    wanted = {"organisation": request.organisations, "year": frozenset(map(str, request.years))}
    for name, asked in wanted.items():
        if asked and name in mapped.columns:
            inside.keep(inside.text(name).where(asked.__contains__), f"its {name} was not asked for")
        elif asked and name in mapped.constants and mapped.constants[name] not in asked:
            inside.keep(np.zeros(len(inside.rows), dtype=np.bool_), f"its {name} was not asked for")


def _constant(cell: str, field: Field, read: Read) -> float:
    value = cast(cell, field)
    if isinstance(value, Fault):
        words = (value.problem, value.remedy, value.rule)
        read.findings.append(read.file.finding(0, field.name, 0, cell, *words))
        return float("nan")
    return float("nan") if value is None else float(value)


def _check(inside: Selection, columns: Columns, mapped: Mapped) -> None:
    """Hold each cell against the rules of its column, so that what is wrong is told where it stands."""
    for name, column in columns.text.items():
        field = mapped.table.field(name)
        for text in column.used():
            fault = _fault(text, field, mapped.table.missing)
            if fault is not None:
                _find(inside, name, column.first(text), text, fault, count=column.count(text))
    for name, values in columns.numbers.items():
        field = mapped.table.field(name)
        for row in np.flatnonzero(_beyond(values, field))[:20].tolist():
            if (name, int(columns.lines[row])) in inside.read.unread:
                continue
            text = "" if np.isnan(values[row]) else repr(float(values[row]))
            fault = cast(text, field)
            if isinstance(fault, Fault):
                _find(inside, name, row, text, fault)


def _find(inside: Selection, name: str, row: int, text: str, fault: Fault, *, count: int = 1) -> None:
    read = inside.read
    more = f" ({count:,} rows)" if count > 1 else ""
    read.find(int(inside.rows[row]), name, shown(text), fault.problem + more, fault.remedy, fault.rule)


def _fault(text: str, field: Field, missing: tuple[str, ...]) -> Fault | None:
    value = cast(text, field, missing)
    return value if isinstance(value, Fault) else None


def _beyond(values: Floats, field: Field) -> Ints:
    """Numbers that may break a rule of their column."""
    doubt: Ints = np.isnan(values) if field.required else np.zeros(len(values), dtype=np.bool_)
    if field.minimum is not None:
        doubt = doubt | (values < float(field.minimum))
    if field.maximum is not None:
        doubt = doubt | (values > float(field.maximum))
    return doubt
