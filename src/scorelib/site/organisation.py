"""The page of one organisation over the years, made of the figures of its reports and two of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scorelib.document.nodes import (
    Callout,
    Column,
    Cover,
    Document,
    Heading,
    Link,
    List,
    Paragraph,
    Table,
    Text,
)
from scorelib.figures import money, overtime
from scorelib.figures.across import caution
from scorelib.figures.parts import DASH, missing, source_line, table
from scorelib.figures.parts import row as cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scorelib.data.portfolio import Portfolio
    from scorelib.data.scorecard import Scorecard
    from scorelib.document.nodes import Block
    from scorelib.figures.overtime import Scored
    from scorelib.site.entries import Entry

__all__ = ["organisation_document", "organisation_page"]


def organisation_page(organisation: str) -> str:
    """Where the page of an organisation stands, below its language."""
    return f"organisations/{organisation}"


def organisation_document(
    card: Scorecard,
    portfolio: Portfolio,
    own: Sequence[Entry],
    scored: Sequence[Scored],
    links: Sequence[tuple[str, str]],
) -> Document:
    """What the page shows.

    Parameters
    ----------
    card
        The organisation's latest scorecard.
    portfolio
        All tables, for what all pages say alike.
    own
        Every scorecard of the organisation.
    scored
        Its assessments that have scores.
    links
        Text and address of each page to go on to.
    """
    label, name = card.language.label, card.organisation.abbreviation
    blocks: list[Block] = [
        List(tuple((Paragraph((Link((Text(text),), href),)),) for text, href in links)),
        _heading(label("organisation.money"), "sec-money"),
        money.trend(card),
        overtime.ranks(card),
        _heading(label("organisation.finance"), "sec-finance"),
        money.revenue(card),
        money.earmarked(card),
        _heading(label("organisation.assessments"), "sec-assessments"),
        caution(portfolio),
        _assessments(card),
        overtime.history(card, scored),
    ]
    kept: list[Block] = []
    for block in blocks:
        # Two figures that lack the same say so once.
        if not (isinstance(block, Callout) and block in kept):
            kept.append(block)
    title = label("organisation.title", organisation=name)
    cover = Cover(
        title,
        label("organisation.description", organisation=card.organisation.name, years=_years(own)),
        title,
        card.language.tag,
        notice=label("document.fictional") if card.organisation.fictional else "",
    )
    return Document(cover, tuple(kept))


def _years(own: Sequence[Entry]) -> str:
    return ", ".join(str(each.year) for each in own)


def _heading(title: str, name: str) -> Heading:
    return Heading(1, (Text(title),), name)


def _assessments(card: Scorecard) -> Table | Callout:
    lang, given = card.language, card["assessments"]
    if given.empty:
        return missing(card, "assessment", organisation=card.organisation.abbreviation)
    counted = card["scores"]["assessment"].value_counts()
    ordered = given.sort_values("published", na_position="last", kind="stable").to_dict("records")
    return table(
        "tbl-assessments",
        lang.label("organisation.listed", organisation=card.organisation.abbreviation),
        _columns(card),
        [
            cells(
                [
                    lang.month(str(each["published"])) if each["published"] else DASH,
                    lang.label("portfolio.framework", framework=each["framework"]),
                    str(each["period"] or DASH),
                    lang.number(int(counted[each["id"]]))
                    if each["id"] in counted
                    else lang.label("portfolio.assessments.none"),
                ]
            )
            for each in ordered
        ],
        source_line(card, given["source"]),
    )


def _columns(card: Scorecard) -> list[Column]:
    label = card.language.label
    return [
        Column(label("portfolio.assessments.published")),
        Column(label("organisation.framework")),
        Column(label("portfolio.assessments.period")),
        Column(label("portfolio.assessments.scores"), "right"),
    ]
