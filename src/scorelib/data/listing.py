"""Which scorecards there are, without their data; imports errors and the rest of this room, no pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scorelib.data.check import lacking
from scorelib.data.read import read_rows
from scorelib.errors import DataError

if TYPE_CHECKING:
    from scorelib.data.package import Package

__all__ = ["listed", "must_be_described"]


def listed(package: Package) -> list[dict[str, object]]:
    """The scorecards there are, as rows of ``scorecards`` with the organisation's abbreviation.

    Raises
    ------
    DataError
        If one of the two tables is wrong.
    """
    must_be_described(package, "organisations", "scorecards")
    tables = {name: read_rows(package, package.table(name)) for name in ("organisations", "scorecards")}
    findings = [finding for rows in tables.values() for finding in rows.findings]
    if findings:
        raise DataError(findings)
    names = {row["id"]: row["abbreviation"] for row in tables["organisations"].rows}
    return [{**row, "abbreviation": names.get(row["organisation"])} for row in tables["scorecards"].rows]


def must_be_described(package: Package, *names: str) -> None:
    """See that the tables are in the data package, with the columns that code relies on.

    Raises
    ------
    DataError
        If one of them is not.
    """
    for name in names:
        package.table(name)
    if findings := lacking(package):
        raise DataError(findings)
