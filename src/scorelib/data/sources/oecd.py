"""OECD: members' total use of the multilateral system, as SDMX-CSV with labels (``csvfilewithlabels``).

Imports `contributions`, `files`, `model`. The flow holds the same money many times over: totals and their
parts by recipient and sector, current and constant prices, commitments and disbursements, groups of
donors. One cell per donor, channel and year is the contribution; the others are left out and counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scorelib.data.columns import Text, factor, grouped
from scorelib.data.proof import columns_of
from scorelib.data.sources.contributions import (
    KINDS,
    add_up,
    amounts,
    begin,
    donor_kinds,
    finish,
    ids_of,
    select,
)
from scorelib.data.sources.files import Layout, read_source
from scorelib.data.sources.model import Publication, lookup, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scorelib.data.columns import Ints
    from scorelib.data.sources.contributions import Selection
    from scorelib.data.sources.model import Context, Intake, Opener
    from scorelib.data.sources.names import Known

__all__ = ["multi"]

DIMENSIONS = {
    "donor": "DONOR",
    "recipient": "RECIPIENT",
    "sector": "SECTOR",
    "measure": "MEASURE",
    "channel": "CHANNEL",
    "flow": "FLOW_TYPE",
    "prices": "PRICE_BASE",
    "microdata": "MD_DIM",
    "currency": "UNIT_MEASURE",
    "year": "TIME_PERIOD",
    "multiplier": "UNIT_MULT",
}
LABELS = frozenset({
    "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "Donor", "Recipient", "Sector", "Measure",
    "Channel", "Flow type", "Price base", "Drilldown dimension", "MD_ID", "Microdata ID", "Unit of measure",
    "Time period", "Observation value", "BASE_PER", "Base period", "OBS_STATUS", "Observation status",
    "Unit multiplier", "DECIMALS", "Decimals", "DONOR_AGENCY", "Donor agency", "OECD_ID", "OECD ID",
})  # fmt: skip
LAYOUT = Layout(
    "SDMX-CSV of DSD_MULTI@DF_MULTI",
    {name: (code,) for name, code in DIMENSIONS.items()},
    {"amount": ("OBS_VALUE",)},
    ignored=LABELS,
    exact=True,
)
PUBLICATION = Publication(
    "oecd-multi",
    "Organisation for Economic Co-operation and Development (OECD)",
    "Members' total use of the multilateral system",
    "https://data-explorer.oecd.org",
    note="Core contributions include assessed ones, which OECD tells apart for a few channels only.",
)
GROUPS = frozenset({"DAC", "DAC_EC", "DACEU", "DACEU_EC", "G7"})
"""Codes of donors that are sums over others."""
ASSESSED = frozenset({"41302", "41307", "41312"})
"""Channels that are the assessed contributions of ILO, WHO and IAEA, as the list of channels names them."""
VOLUNTARY = frozenset({"41107", "41143", "41144", "41145"})
"""Channels that are their voluntary funds."""
CORE, EARMARKED = "10", "20"
"""Codes of ``MEASURE``: contributions to an organisation, and through it."""


def multi(opens: Opener, context: Context) -> Intake:
    """Contributions of members to organisations and through them."""
    read = read_source(opens(), [LAYOUT], context.request.style)
    inside = begin(read)
    inside.keep(inside.text("donor").where(lambda code: code not in GROUPS), "its donor is a group of donors")
    inside.keep(inside.text("prices").where("V".__eq__), "it is not in current prices (V)")
    inside.keep(inside.text("currency").where("USD".__eq__), "it is not in USD")
    inside.keep(inside.text("flow").where("D".__eq__), "it is no disbursement (D)")
    inside.keep(inside.text("microdata").where("_T".__eq__), "it is one activity, not a total (_T)")
    inside.keep(
        inside.text("measure").where({CORE, EARMARKED}.__contains__),
        "it is neither a contribution to the organisation (10) nor through it (20)",
    )
    known = select(inside, context, organisation="channel", year="year", schemes=("OECD channel",))
    _totals(inside)
    _told_apart(inside, known, _with_assessed(context))
    values = amounts(inside, "amount", 10.0 ** _powers(inside))
    meant = resolve(read, "donor", "donor", context, schemes=("ISO 3166", "OECD"), rows=inside.rows)
    donors = ids_of(inside.text("donor"), meant)
    keys = {
        "organisation": ids_of(inside.text("channel"), known),
        "year": inside.text("year"),
        "donor": donors,
        "donor_kind": donor_kinds(donors, Text.constant("government", len(values))),
    }
    batch = add_up(
        inside,
        "contributions",
        keys,
        kinds=_kinds(inside),
        values=values,
        currency=inside.text("currency"),
    )
    return finish(inside, context, PUBLICATION, batch)


def _totals(inside: Selection) -> None:
    """Keep the cell that is the total over recipients and sectors; its parts repeat it."""
    total = inside.text("recipient").where("DPGC".__eq__) & inside.text("sector").where("1000".__eq__)
    names = ("donor", "channel", "measure", "year")
    key = factor([inside.text(name) for name in names], len(inside.rows))
    has = np.isin(key, key[total])
    inside.tally.leave(
        "it is a part, by recipient or sector, of a total that was taken", int((has & ~total).sum())
    )
    inside.tally.leave(
        "it is a part without its total; download recipient DPGC and sector 1000 too", int((~has).sum())
    )
    inside.rows, key = inside.rows[total], key[total]
    first, back = grouped(key)
    for row in np.flatnonzero(first[back] != np.arange(len(key)))[:20].tolist():
        line = int(inside.read.columns.lines[inside.rows[first[back[row]]]])
        problem = f"row {line} is the same donor, channel, measure and year"
        remedy = "download the flow without other dimensions open"
        inside.read.find(int(inside.rows[row]), "donor", inside.text("donor")[row], problem, remedy, "key")


def _with_assessed(context: Context) -> frozenset[str]:
    """Organisations that have assessed contributions, as other sources tell."""
    rows = columns_of(context.package, context.package.table("contributions"))
    other = ~rows.text["source"].where(lambda source: source.startswith(PUBLICATION.id))
    some = np.nan_to_num(rows.numbers["assessed"]) != 0
    return frozenset(rows.text["organisation"].take(other & some).used())


def _told_apart(inside: Selection, known: Mapping[str, Known], with_assessed: frozenset[str]) -> None:
    """Leave out core contributions that may be assessed or voluntary."""
    mixed = {
        code
        for code, each in known.items()
        if each.id in with_assessed and code not in ASSESSED and code not in VOLUNTARY
    }
    core = inside.text("measure").where(CORE.__eq__)
    inside.keep(
        ~(core & inside.text("channel").where(mixed.__contains__)),
        "its core contributions include assessed ones, which OECD does not tell apart for this channel",
    )


def _kinds(inside: Selection) -> Ints:
    """Per record which of `KINDS` its amount is."""
    core = inside.text("measure").where(CORE.__eq__)
    assessed = inside.text("channel").where(ASSESSED.__contains__)
    kinds: Ints = np.where(
        core,
        np.where(assessed, KINDS.index("assessed"), KINDS.index("unearmarked")),
        KINDS.index("earmarked"),
    )
    return kinds


def _powers(inside: Selection) -> Ints:
    """Per record the power of ten that its amount is in; one that is no such number is a finding."""
    given = inside.text("multiplier")
    known = {
        text: int(text) for text in given.used() if text.isdecimal() and text.isascii() and int(text) <= 12
    }
    for wrong in [text for text in given.used() if text not in known]:
        row = int(inside.rows[given.first(wrong)])
        problem = "this is no power of ten"
        inside.read.find(row, "multiplier", wrong, problem, "write 6 for millions, 0 for units", "word")
    return lookup(given, lambda text: known.get(text, 0))
