"""The downloads of the UN CEB Financial Statistics: governments, other donors, all revenue.

Imports `contributions`, `files`, `model`. Columns may stand in any order. Editions write kinds of revenue
and of donors as words or as codes, and names as their computer had them; what is not known is told.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

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
from scorelib.data.sources.model import Publication, lookup, resolve
from scorelib.data.sources.names import folded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scorelib.data.columns import Ints
    from scorelib.data.sources.contributions import Selection
    from scorelib.data.sources.model import Context, Intake, Opener

__all__ = ["government", "non_government", "revenue", "revenue_kind"]

SCHEMES = ("UN CEB",)
PUBLISHER = "United Nations System Chief Executives Board for Coordination (UN CEB)"
FILES = "https://unsceb.org/sites/default/files/statistic_files/Financial/"
AMOUNTS = {
    "entity": ("entity",),
    "year": ("calendar_year",),
    "contributor": ("contrib_type",),
    "revenue": ("rev_type",),
    "currency": ("_currency", "_currency_amoun"),
}
GOVERNMENT = Layout(
    "revenue_government_donors.csv", {**AMOUNTS, "donor": ("government_donor",)}, {"amount": ("amount",)}
)
NON_GOVERNMENT = Layout(
    "revenue_non_gov_donors.csv", {**AMOUNTS, "donor": ("donor",)}, {"amount": ("amount",)}
)
REVENUE = Layout(
    "revenue_sub_agency.csv or revenue.csv",
    {"entity": ("agency",), "year": ("calendar_year",), "revenue": ("rev_type",)},
    {"amount": ("amount",)},
    ignored=frozenset({"sub_agency", "sub_type_name", "sub_type", "rev_code"}),
)

REVENUE_CODE = re.compile(r"r([0-9]{2})[a-z]?")
REVENUE_CODES = {
    "01": "assessed",
    "02": "unearmarked",
    "03": "earmarked",
    "04": "other",
    "05": "other",
    "07": "earmarked",
    "08": "unearmarked",
    "09": "earmarked",
    "10": "earmarked",
    "11": "earmarked",
    "12": "earmarked",
}
"""The kind of amount by the first three signs of a code: ``R03E`` is a part of ``R03``."""
LEGACY = re.compile(r"r(07|08|09|1[0-2])[a-z]?")
"""Codes of 2015-2017."""
REVENUE_WORDS = {
    "assessed contributions": "assessed",
    "voluntary core (un-earmarked) contributions": "unearmarked",
    "voluntary non-core (earmarked) contributions": "earmarked",
    "revenue from other activities": "other",
}
CONTRIBUTORS = {
    "government": ("c01", "1", "government"),
    "ngo": ("c02", "ngo", "ngos"),
    "public-private-partnership": ("c03", "public private partnership"),
    "multilateral": (
        "c04a",
        "c04b",
        "c04c",
        "c04d",
        "c04e",
        "multilateral - ifis",
        "multilateral - international financial institutions",
        "multilateral - global funds",
        "multilateral - global vertical funds",
        "multilateral - un orgs",
        "multilateral - un organizations excluding pooled funds",
        "multilateral - un pooled funds",
        "multilateral - un inter-agency pooled funds",
        "multilateral - other",
    ),
    "foundation": ("c05", "foundation", "foundations"),
    "private-sector": ("c06", "private sector"),
    "academic": ("c07", "academic"),
    "european-union": ("c08a", "european union", "other - european commission"),
    "other": (
        "c08b",
        "2",
        "other contributors",
        "other - excluding european commission",
        "non-government",
        "other",
    ),
    "none": ("c09", "no contributor"),
}
"""Words of ``donor_kind``, each with what the editions call it; 1 and 2 stood for it until 2017."""
CONTRIBUTOR = {name: kind for kind, names in CONTRIBUTORS.items() for name in names}


CURRENCY = re.compile("[A-Z]{3}")


def government(opens: Opener, context: Context) -> Intake:
    """Contributions of governments."""
    title = "Financial Statistics: revenue by government donor"
    url = f"{FILES}revenue_government_donors.csv"
    return _donors(
        opens, context, GOVERNMENT, Publication("unsceb-revenue-government", PUBLISHER, title, url)
    )


def non_government(opens: Opener, context: Context) -> Intake:
    """Contributions of others than governments."""
    title = "Financial Statistics: revenue by non-government donor"
    url = f"{FILES}revenue_non_gov_donors.csv"
    publication = Publication("unsceb-revenue-non-government", PUBLISHER, title, url)
    return _donors(opens, context, NON_GOVERNMENT, publication)


def revenue(opens: Opener, context: Context) -> Intake:
    """All revenue, by kind."""
    read = read_source(opens(), [REVENUE], context.request.style)
    inside = begin(read)
    known = select(inside, context, organisation="entity", year="year", schemes=SCHEMES)
    values = amounts(inside, "amount")
    keys = {"organisation": ids_of(inside.text("entity"), known), "year": inside.text("year")}
    batch = add_up(
        inside,
        "revenue",
        keys,
        kinds=_kinds(inside),
        values=values,
        currency=Text.constant("USD", len(values)),
    )
    title = "Financial Statistics: total revenue"
    publication = Publication("unsceb-revenue", PUBLISHER, title, f"{FILES}revenue_sub_agency.csv")
    return finish(inside, context, publication, batch)


def _donors(opens: Opener, context: Context, layout: Layout, publication: Publication) -> Intake:
    read = read_source(opens(), [layout], context.request.style)
    inside = begin(read)
    known = select(inside, context, organisation="entity", year="year", schemes=SCHEMES)
    values = amounts(inside, "amount")
    meant = resolve(read, "donor", "donor", context, schemes=SCHEMES, rows=inside.rows)
    donors = ids_of(inside.text("donor"), meant)
    keys = {
        "organisation": ids_of(inside.text("entity"), known),
        "year": inside.text("year"),
        "donor": donors,
        "donor_kind": donor_kinds(donors, _contributors(inside)),
    }
    if layout is GOVERNMENT:
        others = donors.where(lambda donor: not is_country(donor))
        for donor in donors.take(others).used():
            read.notes.append(f"{donor} is no government: its {donors.count(donor):,} records are not ranked")
    currency = inside.text("currency")
    for wrong in [code for code in currency.used() if not CURRENCY.fullmatch(code)]:
        row = int(inside.rows[currency.first(wrong)])
        read.find(row, "currency", wrong, "this is no currency", "write its code, such as USD", "currency")
    batch = add_up(inside, "contributions", keys, kinds=_kinds(inside), values=values, currency=currency)
    return finish(inside, context, publication, batch)


def _kinds(inside: Selection) -> Ints:
    """Per record which of `KINDS` its amount is; a word or code that is not known is a finding."""
    given = inside.text("revenue")
    known = {name: kind for name in given.used() if (kind := revenue_kind(name))}
    _unknown(inside, "revenue", known, "kind of revenue", [*REVENUE_WORDS, "R01", "R02A", "R03E"])
    if legacy := [name for name in known if LEGACY.fullmatch(folded(name))]:
        codes = ", ".join(sorted(legacy))
        inside.read.notes.append(
            f"codes of 2015-2017 ({codes}): R08 was read as unearmarked, the others as earmarked"
        )
    return lookup(given, lambda name: KINDS.index(known.get(name, KINDS[-1])))


def revenue_kind(name: str) -> str | None:
    """The kind of amount that a word or a code of UN CEB stands for."""
    code = REVENUE_CODE.fullmatch(folded(name))
    return REVENUE_CODES.get(code[1]) if code else REVENUE_WORDS.get(folded(name))


def _contributors(inside: Selection) -> Text:
    given = inside.text("contributor")
    known = {name: kind for name in given.used() if (kind := CONTRIBUTOR.get(folded(name)))}
    words = [names[-1] for names in CONTRIBUTORS.values()]
    _unknown(inside, "contributor", known, "kind of contributor", words)
    return given.into(lambda name: known.get(name, "other"))


def _unknown(inside: Selection, column: str, known: Mapping[str, str], what: str, words: list[str]) -> None:
    given = inside.text(column)
    for name in [name for name in given.used() if name not in known]:
        near = difflib.get_close_matches(folded(name)[:100], words, 3, 0.0)
        problem = f"this is no {what} that is known ({given.count(name):,} rows)"
        remedy = f"nearest are {' or '.join(near)}; if it is new, it must be added to unsceb.py"
        inside.read.find(int(inside.rows[given.first(name)]), column, name, problem, remedy, "word")
