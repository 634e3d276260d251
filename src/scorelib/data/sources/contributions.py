"""From records with donor, year and kind of amount to rows of ``contributions`` and ``revenue``.

What the importers of UN CEB, OECD and World Bank files share; imports `columns`, `model`. Amounts are
added up exactly, in millionths: floating-point noise such as 2260.0499999999997 is no figure of anybody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scorelib.data.columns import Columns, Text, factor, grouped
from scorelib.data.sources.model import Batch, Intake, Tally, resolve, years_of

if TYPE_CHECKING:
    from scorelib.data.columns import Floats, Ints
    from scorelib.data.sources.files import Read
    from scorelib.data.sources.model import Context, Publication
    from scorelib.data.sources.names import Known

__all__ = [
    "KINDS",
    "Selection",
    "add_up",
    "amounts",
    "begin",
    "donor_kinds",
    "finish",
    "ids_of",
    "is_country",
    "select",
]

KINDS = ("assessed", "unearmarked", "earmarked", "other")
"""Columns of amounts, in the order of the tables."""
MILLION = 1_000_000
LARGEST = 1e12
"""A trillion in one record is a mistake of units."""
SUM = 9e12
"""What 64 bits hold in millionths."""
NO_AMOUNT = "it has no amount"


@dataclass
class Selection:
    """Records of a file that are still in, by their numbers; the others have been counted with a reason."""

    read: Read
    tally: Tally
    rows: Ints

    def keep(self, wanted: Ints, reason: str) -> None:
        """Leave out the records that are not wanted."""
        lost = len(wanted) - int(np.count_nonzero(wanted))
        self.tally.leave(reason, lost)
        self.rows = self.rows[wanted] if lost else self.rows

    def text(self, name: str) -> Text:
        """A column of texts, of the records that are in."""
        column = self.read.columns.text[name]
        return column if self.whole else column.take(self.rows)

    def number(self, name: str) -> Floats:
        """A column of numbers, of the records that are in."""
        column: Floats = self.read.columns.numbers[name]
        return column if self.whole else column[self.rows]

    @property
    def whole(self) -> bool:
        """Whether every record is in, so that nothing need be copied."""
        return len(self.rows) == len(self.read.columns)


def begin(read: Read) -> Selection:
    """All records of a file."""
    tally = Tally(read.records)
    tally.leave("the row is empty", read.empty)
    return Selection(read, tally, np.arange(len(read.columns), dtype=np.int32))


def finish(inside: Selection, context: Context, publication: Publication, batch: Batch) -> Intake:
    """What a file gives, with the years in it as its edition where nobody names another."""
    read = inside.read
    context.findings += read.findings
    inside.tally.notes += read.notes
    years = sorted(read.columns.text["year"].used())
    edition = context.request.edition or "-".join(dict.fromkeys([*years[:1], *years[-1:]]))
    return Intake(read.file, replace(publication, edition=edition), [batch], inside.tally)


def ids_of(names: Text, known: dict[str, Known]) -> Text:
    """Names into ids; a name that is not known, which is told elsewhere, stays."""
    return names.into(lambda name: known[name].id if name in known else name)


def select(
    inside: Selection, context: Context, *, organisation: str, year: str, schemes: tuple[str, ...]
) -> dict[str, Known]:
    """Keep the records of the organisations and years that were asked for, and that the tables have."""
    read, request = inside.read, context.request
    years_of(read, year)
    known = resolve(read, organisation, "organisation", context, schemes=schemes, rows=inside.rows)
    if request.organisations:
        ids = {name for name, each in known.items() if each.id in request.organisations}
        wanted = inside.text(organisation).where(lambda name: name in ids or name not in known)
        inside.keep(wanted, "its organisation was not asked for")
    if request.years:
        asked = {str(each) for each in request.years}
        inside.keep(inside.text(year).where(asked.__contains__), "its year was not asked for")
    have = context.organisations.ids
    absent = {name: each.id for name, each in known.items() if each.id not in have}
    given = inside.text(organisation)
    for name, missing in sorted(absent.items(), key=lambda each: each[1]):
        reason = f"{missing} is not in organisations.csv; add it there to have it"
        inside.tally.leave(reason, int(np.count_nonzero(given.where(name.__eq__))))
    inside.rows = inside.rows[given.where(lambda name: name not in absent)]
    return known


def is_country(donor: str) -> bool:
    """Whether an id is a country's ISO 3166 code; the European Union has one and is none."""
    return len(donor) == 2 and donor.isupper() and donor != "EU"


def donor_kinds(donors: Text, kinds: Text) -> Text:
    """The kind of each record's donor: what the file says, but only countries are governments.

    Parameters
    ----------
    donors
        Ids.
    kinds
        Words of ``donor_kind`` as the file has them.
    """
    first, group = grouped(factor([donors, kinds], len(donors)))
    values = [_kind(donors[row], kinds[row]) for row in first.tolist()]
    return Text(group, tuple(values)).into(lambda kind: kind)


def _kind(donor: str, kind: str) -> str:
    if donor == "EU":
        return "european-union"
    return "other" if kind == "government" and not is_country(donor) else kind


def amounts(inside: Selection, name: str, scale: Floats | int = 1) -> Floats:
    """The amounts of the records that are in; those without one are left out."""
    given = inside.number(name) * scale
    for row in np.flatnonzero(np.abs(given) > LARGEST)[:20].tolist():
        problem = "more than a trillion in one record"
        inside.read.find(
            int(inside.rows[row]), name, f"{given[row]:.0f}", problem, "look at its unit", "amount"
        )
    there = ~np.isnan(given)
    inside.keep(there, NO_AMOUNT)
    found: Floats = given[there]
    return found


def add_up(
    inside: Selection, table: str, keys: dict[str, Text], *, kinds: Ints, values: Floats, currency: Text
) -> Batch:
    """Add records with the same key up into a row, each kind of amount in a column of its own.

    Parameters
    ----------
    inside
        The records.
    table
        The table the rows are for.
    keys
        Its key, in the order of its columns.
    kinds
        Per record which of `KINDS` its amount is.
    values
        Per record its amount.
    currency
        Per record its currency; a row in two currencies is a finding.
    """
    read = inside.read
    first, group = grouped(factor(list(keys.values()), len(values)))
    currencies = currency.take(first)
    for row in np.flatnonzero(currency.codes != currencies.codes[group])[:20].tolist():
        problem = f"amounts of the same donor and year are also in {currencies[int(group[row])]}"
        remedy = "import one currency at a time, into tables of their own"
        read.find(int(inside.rows[row]), "currency", currency[row], problem, remedy, "currency")
    cells = group * np.int32(len(KINDS)) + kinds
    counts = np.bincount(cells, minlength=len(first) * len(KINDS))
    sums = _exact(inside, cells, values, counts).reshape(-1, len(KINDS))
    several = counts[counts > 1]
    if len(several):
        read.notes.append(f"{int(several.sum()):,} records were added up into {len(several):,} amounts")
    negative = int(np.count_nonzero(values < 0))
    if negative:
        read.notes.append(f"{negative:,} amounts are negative: refunds or corrections by the publisher")
    columns = Columns(
        {name: column.take(first) for name, column in keys.items()} | {"currency": currencies},
        {kind: sums[:, at] for at, kind in enumerate(KINDS)},
        read.columns.lines[inside.rows[first]],
    )
    behind = counts.reshape(-1, len(KINDS)).sum(axis=1)
    return Batch(table, columns, behind, ("organisation", "year"))


def _exact(inside: Selection, cells: Ints, values: Floats, counts: Ints) -> Floats:
    """Sums of the values per cell, to the millionth, whatever the order of the records; NaN for none."""
    bounded = (
        values if not len(values) or np.abs(values).max() <= LARGEST else np.clip(values, -LARGEST, LARGEST)
    )
    large = np.bincount(cells, weights=np.abs(bounded), minlength=len(counts)) > SUM
    for row in np.flatnonzero(large[cells])[:1].tolist():
        problem = "the amounts of this donor and year add up to more than nine trillion"
        inside.read.find(
            int(inside.rows[row]), "amount", f"{values[row]:.0f}", problem, "look at the unit", "amount"
        )
        bounded = np.zeros(len(values))
    sums = np.zeros(len(counts), dtype=np.int64)
    np.add.at(sums, cells, np.rint(bounded * MILLION).astype(np.int64))
    there = counts > 0
    out = np.full(len(counts), np.nan)
    # Division of whole numbers rounds once; of doubles beyond 2^53, twice.
    out[there] = [each / MILLION for each in sums[there].tolist()]
    return out
