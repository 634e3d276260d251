"""Rules over whole tables and between them; standard library and errors only, pandas not.

Keys are Table Schema's own. Below them stand the house rules that Table Schema cannot say.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from scorelib.data.cells import Fault
from scorelib.data.description import DESCRIPTION
from scorelib.data.read import Rows, read_rows
from scorelib.errors import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scorelib.data.package import Package, Table

__all__ = ["check_package", "lacking", "load_tables", "read_shared"]

Tables = dict[str, Rows]


def check_package(package: Package) -> list[Finding]:
    """Everything that is wrong in a package, in the order of files and lines."""
    _, findings = load_tables(package, None)
    return findings


def lacking(package: Package) -> list[Finding]:
    """Columns that the house rules and `Scorecard` go by, and that the description does not have."""
    findings = []
    for name in NEEDED.keys() & package.tables.keys():
        types = {field.name: field.type for field in package.table(name).fields}
        for column, kind in NEEDED[name].items():
            if types.get(column) != kind:
                problem = f"the reports need this column, as {kind}"
                findings.append(
                    Finding(DESCRIPTION, 0, "", f"{name}.{column}", problem, "describe it so", "package")
                )
    return sorted(findings)


def load_tables(package: Package, organisation: str | None) -> tuple[Tables, list[Finding]]:
    """Read and check the tables of a package.

    Parameters
    ----------
    package
        The package.
    organisation
        Read only this organisation's rows of tables that have a column ``organisation``, only the
        scores of its assessments, and no table that reports do not use; None reads everything.

    Returns
    -------
    tuple
        The rows of each table, and all that is wrong in them, sorted.
    """
    tables: Tables = {}
    undescribed = lacking(package)
    for table in package.tables.values():
        if organisation is not None and not table.in_reports:
            continue
        has_column = any(field.name == "organisation" for field in table.fields)
        where = {"organisation": organisation} if organisation is not None and has_column else None
        tables[table.name] = read_rows(package, table, where)
    if organisation is not None and {"scores", "assessments"} <= set(tables) and not undescribed:
        tables["scores"] = _own_scores(package, tables)
    for rows in tables.values():
        _primary_key(rows)
        _unique(rows)
    for rows in tables.values():
        _foreign_keys(rows, tables)
    for needed, rule in HOUSE_RULES:
        if needed <= set(tables) and not undescribed:
            rule(tables)
    found = {finding for rows in tables.values() for finding in rows.findings}
    return tables, sorted({*undescribed, *found, *(_rest(rows) for rows in tables.values() if rows.untold)})


def _rest(rows: Rows) -> Finding:
    problem = f"{rows.untold:,} more faults in this table are not listed"
    return Finding(rows.table.place, 0, "", "", problem, "mend those that are, and check again", "many")


def read_shared(package: Package) -> None:
    """Read what every scorecard shares, for `load_tables` to find it read; what is wrong, that one tells."""
    for table in package.tables.values():
        names = {field.name for field in table.fields}
        if table.in_reports and not table.sheet and not {"organisation", "assessment"} & names:
            read_rows(package, table)


def _own_scores(package: Package, tables: Tables) -> Rows:
    """Scores of the assessments that were read; others belong to other organisations."""
    table = package.table("scores")
    out = Rows(table)
    names = dict.fromkeys(row["id"] for row in tables["assessments"].rows if row["id"])
    for name in names:
        part = read_rows(package, table, {"assessment": name})
        out.rows += part.rows
        out.lines += part.lines
        out.raw += part.raw
        out.findings += part.findings
    if not names:
        # Nothing to read, but a file that is missing or broken is still told.
        out.findings += read_rows(package, table, {"assessment": ""}).findings
    return out


# --- keys -------------------------------------------------------------------------------------


def _text(row: Mapping[str, Any], fields: tuple[str, ...]) -> str:
    return ",".join("" if row[name] is None else str(row[name]) for name in fields)


def _keys(rows: Rows, fields: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """The values of some columns, row by row."""
    return list(zip(*([row[name] for row in rows.rows] for name in fields), strict=True))


def _primary_key(rows: Rows) -> None:
    key = rows.table.primary_key
    first: dict[tuple[Any, ...], int] = {}
    if not key:
        return
    keys = _keys(rows, key)
    if len(different := set(keys)) == len(keys) and (None,) * len(key) not in different:
        return
    for row, line, values in zip(rows.rows, rows.lines, keys, strict=True):
        if set(values) == {None}:
            rows.find(
                line, "", "", Fault(f"its key ({', '.join(key)}) is empty", "fill it in", "primary-key")
            )
        elif values in first:
            fault = Fault(
                f"line {first[values]} has the same {', '.join(key)}", "delete one of the two", "primary-key"
            )
            rows.find(line, "", _text(row, key), fault)
        else:
            first[values] = line


def _unique(rows: Rows) -> None:
    for column in rows.table.fields:
        if not column.unique:
            continue
        first: dict[Any, int] = {}
        for row, line in zip(rows.rows, rows.lines, strict=True):
            value = row[column.name]
            if value is None:
                continue
            if value in first:
                fault = Fault(f"line {first[value]} has the same value", "each may be there once", "unique")
                rows.find(line, column.name, str(value), fault)
            else:
                first[value] = line


def _foreign_keys(rows: Rows, tables: Tables) -> None:
    for key in rows.table.foreign_keys:
        other = tables[key.table]
        of = " of ".join(["", *other.where.values()])
        wanted = f"{other.table.place} has no such {', '.join(key.references)}{of}"
        if not other.whole:
            continue
        remedies: dict[tuple[Any, ...], str] = {}
        there = set(_keys(other, key.references))
        keys = _keys(rows, key.fields)
        # A cell that could not be read has been told already.
        there.add((None,) * len(key.fields))
        if there.issuperset(keys):
            continue
        for row, line, values in zip(rows.rows, rows.lines, keys, strict=True):
            if values in there:
                continue
            if values not in remedies:
                remedies[values] = _nearest(values, there, other.table)
            fault = Fault(wanted, remedies[values], "foreign-key")
            rows.find(line, key.fields[-1], _text(row, key.fields), fault)


def _nearest(values: tuple[Any, ...], there: set[tuple[Any, ...]], table: Table) -> str:
    import difflib  # noqa: PLC0415 - only for a message

    known = [
        str(candidate[-1])
        for candidate in there
        if candidate[:-1] == values[:-1] and candidate[-1] is not None
    ]
    near = difflib.get_close_matches(str(values[-1]), sorted(set(known)), 3, 0.5)
    meant = f"write {' or '.join(near)}, or " if near else ""
    return f"{meant}add a row to {table.place}"


# --- house rules ------------------------------------------------------------------------------


def _tree(tables: Tables) -> None:
    """The parent of an indicator is there, one level up, in the same framework."""
    rows = tables["frameworks"]
    levels = {(row["framework"], row["code"]): row["level"] for row in rows.rows}
    above = {"mi": "kpi", "element": "mi"}
    for row, line in zip(rows.rows, rows.lines, strict=True):
        if row["framework"] is None:
            continue
        wanted = above.get(row["level"])
        found = levels.get((row["framework"], row["parent"]))
        parent = row["parent"] or ""
        if row["level"] == "kpi" and parent:
            rows.find(line, "parent", parent, Fault("a kpi is part of nothing", "empty the cell", "tree"))
        elif wanted is not None and found != wanted:
            problem = f"there is no {wanted} with this code in framework {row['framework']}"
            rows.find(line, "parent", parent, Fault(problem, f"write the code of its {wanted}", "tree"))


def _codes(tables: Tables) -> None:
    """A score is of an indicator of its assessment's framework, or of an element of one."""
    known: dict[str, dict[str, str]] = {}
    for row in tables["frameworks"].rows:
        known.setdefault(str(row["framework"]), {})[str(row["code"])] = str(row["level"])
    framework = {row["id"]: str(row["framework"]) for row in tables["assessments"].rows}
    rows = tables["scores"]
    for row, line in zip(rows.rows, rows.lines, strict=True):
        name = framework.get(row["assessment"])
        code = row["code"]
        if name is None or code is None or name not in known:
            continue
        parent, _, number = code.rpartition(".")
        element = known[name].get(parent) == "mi" and re.fullmatch("[0-9]+", number)
        if code not in known[name] and not element:
            fault = Fault(
                f"framework {name} has no indicator with this code",
                "write a code of the framework, or of an element: the code of its mi, a point, a number",
                "code",
            )
            rows.find(line, "code", code, fault)


def _frameworks(tables: Tables) -> None:
    """An assessment is by a framework that is there."""
    there = {row["framework"] for row in tables["frameworks"].rows if row["framework"]}
    rows = tables["assessments"]
    for row, line in zip(rows.rows, rows.lines, strict=True):
        if row["framework"] is not None and there and row["framework"] not in there:
            known = " or ".join(sorted(there))
            rows.find(
                line,
                "framework",
                row["framework"],
                Fault("this framework is not there", f"write {known}", "framework"),
            )


def _bands(tables: Tables) -> None:
    """The bands of a framework cover 0.00 to 4.00 in steps of 0.01, without gap or overlap."""
    rows = tables["bands"]
    by_framework: dict[str, list[tuple[Decimal, Decimal, int]]] = {}
    for row, line in zip(rows.rows, rows.lines, strict=True):
        if row["framework"] and row["minimum"] is not None and row["maximum"] is not None:
            low, high = Decimal(str(row["minimum"])), Decimal(str(row["maximum"]))
            by_framework.setdefault(row["framework"], []).append((low, high, line))
    # A band that could not be read has been told; without it the others seem to leave a gap.
    unread = {row["framework"] for row in rows.rows if row["minimum"] is None or row["maximum"] is None}
    for name, bands in by_framework.items():
        if name in unread:
            continue
        expected = Decimal(0)
        for low, high, line in sorted(bands):
            if low != expected:
                problem = f"the bands of framework {name} leave a gap or overlap here"
                rows.find(line, "minimum", str(low), Fault(problem, f"begin at {expected}", "bands"))
            if high < low:
                problem = f"this band of framework {name} ends before it begins"
                rows.find(line, "maximum", str(high), Fault(problem, f"end at {low} or above", "bands"))
            expected = high + Decimal("0.01")
        _, high, line = max(bands)
        if high != 4:
            problem = f"the bands of framework {name} do not end at 4"
            rows.find(line, "maximum", str(high), Fault(problem, "end at 4", "bands"))


def _own_assessment(tables: Tables) -> None:
    """A scorecard rests on an assessment of its own organisation."""
    owner = {row["id"]: row["organisation"] for row in tables["assessments"].rows}
    rows = tables["scorecards"]
    for row, line in zip(rows.rows, rows.lines, strict=True):
        found = owner.get(row["assessment"])
        if found is not None and row["organisation"] is not None and found != row["organisation"]:
            fault = Fault(
                f"this assessment is of {found}", f"name one of {row['organisation']}, or none", "assessment"
            )
            rows.find(line, "assessment", row["assessment"], fault)


def _complete(tables: Tables) -> None:
    """A scorecard that rates relevance rates every theme."""
    themes = [row["id"] for row in tables["themes"].rows if row["id"]]
    rated: dict[tuple[Any, Any], tuple[set[str], int]] = {}
    rows = tables["relevance"]
    for row, line in zip(rows.rows, rows.lines, strict=True):
        if row["organisation"] is None or row["year"] is None:
            continue
        names, _ = rated.setdefault((row["organisation"], row["year"]), (set(), line))
        names.add(row["theme"])
    for (organisation, year), (names, line) in rated.items():
        lacking = [theme for theme in themes if theme not in names]
        if lacking:
            fault = Fault(
                f"{organisation} {year} is not rated on: {', '.join(lacking)}",
                "add a row for each theme",
                "complete",
            )
            rows.find(line, "theme", "", fault)


def _aliases(tables: Tables) -> None:
    """A donor's alias is of a donor that is there; one scheme calls one thing by one name."""
    donors = {row["id"] for row in tables["donors"].rows}
    first: dict[tuple[Any, ...], tuple[Any, int]] = {}
    rows = tables["aliases"]
    for row, line in zip(rows.rows, rows.lines, strict=True):
        if None in {row["kind"], row["scheme"], row["name"], row["id"]}:
            continue
        if row["kind"] == "donor" and tables["donors"].whole and row["id"] not in donors:
            place = tables["donors"].table.place
            fault = Fault(f"{place} has no such id", f"add a row to {place}", "alias")
            rows.find(line, "id", row["id"], fault)
        key = (row["kind"], row["scheme"], " ".join(row["name"].casefold().split()))
        other, before = first.setdefault(key, (row["id"], line))
        if other != row["id"]:
            problem = f"line {before} has the same name of {other}, but for capitals"
            rows.find(line, "name", row["name"], Fault(problem, "delete one of the two", "alias"))


NEEDED: dict[str, dict[str, str]] = {
    "organisations": {
        **dict.fromkeys(("id", "abbreviation", "name_en", "kind"), "string"),
        "fictional": "boolean",
    },
    "scorecards": {
        "organisation": "string",
        "year": "integer",
        "status": "string",
        "assessment": "string",
        "data_year": "integer",
        "basis": "string",
        "data_date": "date",
    },
    "assessments": dict.fromkeys(
        ("id", "organisation", "framework", "period", "published", "title", "source"), "string"
    ),
    "frameworks": dict.fromkeys(("framework", "code", "level", "parent"), "string"),
    "bands": {"framework": "string", "minimum": "number", "maximum": "number"},
    "scores": {"assessment": "string", "code": "string"},
    "themes": {"id": "string"},
    "relevance": {"organisation": "string", "year": "integer", "theme": "string"},
    "aliases": dict.fromkeys(("kind", "scheme", "name", "id", "donor_kind"), "string"),
}
"""Columns that code goes by, with their types; a table of another package may bear such a name."""

HOUSE_RULES: tuple[tuple[set[str], Callable[[Tables], None]], ...] = (
    ({"frameworks"}, _tree),
    ({"frameworks", "assessments", "scores"}, _codes),
    ({"frameworks", "assessments"}, _frameworks),
    ({"bands"}, _bands),
    ({"scorecards", "assessments"}, _own_assessment),
    ({"relevance", "themes"}, _complete),
    ({"aliases", "donors"}, _aliases),
)
"""Each rule with the tables it needs; a package without them is not held to it."""
