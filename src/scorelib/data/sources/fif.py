"""World Bank: contributions to financial intermediary funds (Global Fund, GEF, GCF, GPE and others).

Imports `contributions`, `files`, `model`. Amounts are those in USD as the World Bank converted them when
they came in; the currency of receipt is not used, since a donor may pay one fund in several.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from scorelib.data.columns import Text
from scorelib.data.sources.contributions import (
    KINDS,
    add_up,
    amounts,
    begin,
    donor_kinds,
    finish,
    ids_of,
    is_country,
    select,
)
from scorelib.data.sources.files import Layout, read_source
from scorelib.data.sources.model import Publication, resolve
from scorelib.data.sources.names import folded

if TYPE_CHECKING:
    from scorelib.data.sources.contributions import Selection
    from scorelib.data.sources.model import Context, Intake, Opener
    from scorelib.data.sources.names import Known

__all__ = ["contributions"]

LAYOUT = Layout(
    "contributions to financial intermediary funds",
    {
        "snapshot": ("as_of_date", "As of Date"),
        "fund": ("fund_name", "Fund Name"),
        "donor": ("donor_name", "Donor Name"),
        "year": ("calendar_year", "Calendar Year"),
        "type": ("contribution_type", "Contribution Type"),
    },
    {"amount": ("amount_in_usd", "Amount in USD")},
    ignored=frozenset({
        "donor_country_code", "receipt_type", "receipt_quarter", "receipt_currency", "receipt_amount",
        "sub_account", "sector_theme", "Donor Country Code", "Receipt Type", "Receipt Quarter",
        "Receipt Currency", "Receipt Amount", "Sub Account", "Sector/Theme", "Sector Theme",
    }),
)  # fmt: skip
PUBLICATION = Publication(
    "world-bank-fif",
    "World Bank",
    "Contributions to Financial Intermediary Funds",
    "https://financesone.worldbank.org",
    note="Amounts in USD as the World Bank converted them when they were received; loans are left out.",
)
ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
AMERICAN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
NAMED = re.compile(r"([0-9]{1,2})-([A-Za-z]{3})-([0-9]{4})")
MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
KEPT = ("grant", "capital", "contribution", "")
"""Types of contribution that are given for good."""


def contributions(opens: Opener, context: Context) -> Intake:
    """Contributions of donors to funds; all are voluntary and to the fund as a whole."""
    read = read_source(opens(), [LAYOUT], context.request.style)
    inside = begin(read)
    _latest(inside)
    known = select(inside, context, organisation="fund", year="year", schemes=("World Bank",))
    _types(inside)
    values = amounts(inside, "amount")
    meant = resolve(read, "donor", "donor", context, schemes=("World Bank", "ISO 3166"), rows=inside.rows)
    kinds = inside.text("donor").into(lambda name: _kind(meant[name]) if name in meant else "other")
    donors = ids_of(inside.text("donor"), meant)
    keys = {
        "organisation": ids_of(inside.text("fund"), known),
        "year": inside.text("year"),
        "donor": donors,
        "donor_kind": donor_kinds(donors, kinds),
    }
    batch = add_up(
        inside,
        "contributions",
        keys,
        kinds=np.full(len(values), KINDS.index("unearmarked")),
        values=values,
        currency=Text.constant("USD", len(values)),
    )
    return finish(inside, context, PUBLICATION, batch)


def _latest(inside: Selection) -> None:
    """Keep the last of several snapshots: each repeats what came before it."""
    days = inside.text("snapshot")
    snapshots = {day: _day(day) for day in days.used()}
    for wrong in [day for day, order in snapshots.items() if not order]:
        row = int(inside.rows[days.first(wrong)])
        problem = "this is no date"
        inside.read.find(row, "snapshot", wrong, problem, "write such as 2024-09-30 or 09/30/2024", "date")
    last = max(snapshots.values(), default="")
    inside.keep(days.where(lambda day: snapshots.get(day, last) == last), "a later snapshot is in the file")


def _day(text: str) -> str:
    """A date in ISO's order; empty if it is none."""
    if found := ISO.match(text):
        return "-".join(found.groups())
    if found := AMERICAN.match(text):
        return f"{found[3]}-{int(found[1]):02}-{int(found[2]):02}"
    if found := NAMED.match(text):
        month = MONTHS.find(found[2].lower())
        return f"{found[3]}-{month // 3 + 1:02}-{int(found[1]):02}" if month % 3 == 0 else ""
    return ""


def _types(inside: Selection) -> None:
    """Leave out loans; a type that is not known is a finding."""
    given = inside.text("type")
    for wrong in [name for name in given.used() if folded(name) not in {*KEPT, "loan"}]:
        row = int(inside.rows[given.first(wrong)])
        problem = f"this type of contribution is not known ({given.count(wrong):,} rows)"
        inside.read.find(row, "type", wrong, problem, "it must be Grant, Capital or Loan", "word")
    inside.keep(given.where(lambda name: folded(name) != "loan"), "it is a loan")


def _kind(donor: Known) -> str:
    return "government" if is_country(donor.id) else donor.kind or "other"
