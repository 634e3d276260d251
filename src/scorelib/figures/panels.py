"""The first page and the last: cover, the few figures a reader must know, facts, sources.

Imports scoring, prose for the writing of facts and for currencies, and parts; draws nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from scorelib.document.nodes import (
    Callout,
    Cell,
    Column,
    Cover,
    Item,
    Panel,
    Row,
    Span,
    Table,
    Text,
    linked,
)
from scorelib.figures.parts import DASH, NETHERLANDS, assessment_name, cell, missing, table
from scorelib.figures.ratings import rate
from scorelib.prose.currency import in_one_currency, rates_line
from scorelib.prose.inline import fact_value
from scorelib.prose.origins import origins
from scorelib.scoring import funding as scoring
from scorelib.scoring.rates import used
from scorelib.scoring.relevance import rated
from scorelib.scoring.rows import records

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from scorelib.data.scorecard import Scorecard
    from scorelib.scoring.funding import Basis

__all__ = ["cover", "facts", "sources", "summary"]

FACTS = 4
"""How many facts stand in the panel when a notebook names none: the first of the table."""

GOOD = ("highly-satisfactory", "satisfactory")


def cover(card: Scorecard) -> Cover:
    """What the report is about, how final it is, and whether the organisation exists.

    Parameters
    ----------
    card
        The scorecard.
    """
    label, organisation = card.language.label, card.organisation
    fields = {"abbreviation": organisation.abbreviation, "year": card.year}
    assessment = label("document.no_assessment")
    if card.assessment:
        name = assessment_name(card)
        assessment = name[0].upper() + name[1:]
    return Cover(
        title=label("document.title", **fields),
        subtitle=organisation.name,
        running=label("document.running", **fields),
        lang=card.language.tag,
        status=label("document.draft") if card.status == "draft" else "",
        notice=label("document.fictional") if organisation.fictional else "",
        facts=(
            Item(assessment, label("document.assessment"), origin=origins(card).assessment()),
            Item(
                card.language.date(card.data_date),
                label("document.data_date"),
                origin=origins(card).scorecard("data_date"),
            ),
        ),
    )


def summary(card: Scorecard) -> Panel:
    """The few figures and ratings that a reader must know, each leading to its place.

    Parameters
    ----------
    card
        The scorecard. What it has no data for is left out; only the state of the assessment is
        always there.

    Returns
    -------
    Panel
        Items with the id of the figure or table where the number stands in full.
    """
    items = [*_dutch(card), *_received(card), *_relevant(card), _assessed(card)]
    title = card.language.label("figures.summary.title")
    note = card.language.label(
        "figures.summary.note", year=card.data_year, date=card.language.date(card.data_date)
    )
    for name in ("contributions", "revenue"):
        rows = in_one_currency(card, name)
        note = f"{note} {rates_line(card, rows[rows['year'] == card.data_year])}".strip()
    return Panel(title, tuple(items), note)


def _dutch(card: Scorecard) -> list[Item]:
    lang, given = card.language, in_one_currency(card, "contributions")
    basis: Basis = "total" if card.basis == "total" else "voluntary"
    place = scoring.position(given, NETHERLANDS, card.data_year, basis)
    if place is None:
        return []
    now = given[given["year"] == card.data_year]
    currency = scoring.currency(now) or ""
    free = scoring.amounts(now[now["donor"] == NETHERLANDS], "unearmarked").sum()
    return [
        Item(
            lang.money(place.amount, currency),
            lang.label(
                f"figures.summary.dutch_{card.basis}",
                year=card.data_year,
                rank=lang.ordinal(place.rank),
                donors=place.donors,
            ),
            "tbl-donors",
            origins(card).given(NETHERLANDS, card.data_year, basis),
        ),
        Item(
            lang.money(float(free), currency),
            lang.label("figures.summary.core", year=card.data_year),
            "fig-trend",
            origins(card).given(NETHERLANDS, card.data_year, "unearmarked"),
        ),
    ]


def _received(card: Scorecard) -> list[Item]:
    lang, revenue = card.language, in_one_currency(card, "revenue")
    found = scoring.revenue_by_kind(revenue[revenue["year"] == card.data_year])
    share = scoring.earmarked_share(revenue, card.data_year, of="contributions")
    if found.empty or share is None:
        return []
    items = [
        Item(
            lang.money(float(found["amount"].sum()), scoring.currency(revenue) or ""),
            lang.label("figures.summary.revenue", year=card.data_year),
            "fig-revenue",
            origins(card).received(card.data_year),
        )
    ]
    if pd.notna(share.share):
        text = lang.label("figures.summary.earmarked", year=card.data_year)
        origin = origins(card).part(card.data_year)
        items.append(Item(lang.percent(share.share, 1), text, "fig-revenue", origin))
    return items


def _relevant(card: Scorecard) -> list[Item]:
    if card["relevance"].empty:
        return []
    found = rated(card["relevance"], card["themes"])
    label = card.language.label
    value = label(
        "figures.summary.of",
        part=int((found["rating"] == "highly-relevant").sum()),
        whole=int(found["rating"].notna().sum()),
    )
    return [Item(value, label("figures.summary.relevance"), "tbl-relevance", origins(card).relevances())]


def _assessed(card: Scorecard) -> Item:
    label, ratings = card.language.label, rate(card)
    if card.assessment is None:
        return Item(label("figures.summary.none"), label("figures.summary.no_assessment"))
    kpis = [kpi for kpi in ratings.kpis() if kpi.score is not None] if ratings else []
    title = assessment_name(card)
    if ratings is None or not kpis:
        text = label("figures.summary.no_scores", assessment=title)
        return Item(label("figures.summary.unscored"), text, "fig-wheel" if ratings else "")
    good = sum(kpi.band in GOOD for kpi in kpis)
    value = label("figures.summary.of", part=good, whole=len(kpis))
    text = label("figures.summary.good", assessment=title)
    return Item(value, text, "fig-wheel", origins(card).scores())


def facts(card: Scorecard, only: Sequence[str] | None = None) -> Panel | Callout:
    """Facts and figures about the organisation, with the date at which they held.

    Parameters
    ----------
    card
        The scorecard.
    only
        Ids of facts, in the order in which they are shown; the first four when not given.

    Returns
    -------
    Panel or Callout
        A notice when there are no facts.
    """
    lang = card.language
    listed = records(card["facts"])
    by_id = {str(each["id"]): each for each in listed}
    shown = listed[:FACTS] if only is None else [by_id[name] for name in only if name in by_id]
    if not shown:
        return missing(card, "facts", organisation=card.organisation.abbreviation)
    days = {each["as_of"] for each in shown}
    one = len(days) == 1
    title = lang.label("figures.facts.title", organisation=card.organisation.abbreviation)
    items = tuple(
        Item(
            fact_value(card, each),
            _fact_label(card, each, None if one else each["as_of"]),
            origin=origins(card).fact(str(each["id"])),
        )
        for each in shown
    )
    note = lang.label("figures.facts.note", date=lang.date(days.pop())) if one else ""
    return Panel(title, items, note)


def _fact_label(card: Scorecard, each: dict[Any, Any], day: datetime.date | None) -> str:
    label = card.language.pick(each, "label")
    if day is None:
        return label
    return card.language.label("figures.facts.dated", label=label, date=card.language.date(day))


def sources(card: Scorecard) -> Table:
    """The sources of every row that this scorecard shows.

    Parameters
    ----------
    card
        The scorecard.

    Returns
    -------
    Table
        ``tbl-sources``: publisher, title, address and what a reader must know, in the order of
        the table ``sources``.
    """
    label = card.language.label
    used = _used(card)
    body = [
        Row(
            (
                cell(str(each["publisher"])),
                cell(str(each["title"])),
                _address(each["url"]),
                _note(card, _text(each["note"])),
            ),
            origin=origins(card).source(str(each["id"])),
        )
        for each in records(card["sources"])
        if each["id"] in used
    ]
    columns = [Column(label(f"figures.sources.{name}")) for name in ("publisher", "title", "url", "note")]
    caption = label("figures.sources.caption")
    return table("tbl-sources", caption, columns, body)


def _used(card: Scorecard) -> set[str]:
    found: set[str] = set()
    for name in ("contributions", "revenue"):
        rows = in_one_currency(card, name)
        rows = rows[rows["year"] <= card.data_year]
        found |= set(rows["source"]) | set(used(rows)["source"])
    for name in ("facts", "relevance"):
        found |= set(card[name]["source"])
    own = card["organisations"]
    found |= set(own.loc[own["id"] == card.organisation.id, "source"])
    if card.assessment:
        framework, scores = card["frameworks"], card["scores"]
        found.add(card.assessment.source)
        found |= set(framework.loc[framework["framework"] == card.assessment.framework, "source"])
        found |= set(scores.loc[scores["assessment"] == card.assessment.id, "source"])
    return {str(each) for each in found}


def _address(url: Any) -> Cell:
    text = _text(url)
    return (Text(DASH),) if text == DASH else linked((Text(text),), text)


def _note(card: Scorecard, text: str) -> Cell:
    """A note of the data package, which is kept in English: other reports mark it as such."""
    plain = (Text(text),)
    return plain if text == DASH or card.language.code == "en" else (Span(plain, "en"),)


def _text(value: Any) -> str:
    return DASH if value is None or pd.isna(value) or value == "" else str(value)
