"""What an organisation lives on: all revenue by kind, and how much of it is free to use.

Imports scoring, prose for currencies, the theme and parts; computes no share of its own, renders nothing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import altair as alt

from scorelib.document.nodes import Callout, Column, Figure
from scorelib.figures.layers import unchecked
from scorelib.figures.parts import (
    DASH,
    NETHERLANDS,
    amounts_source,
    cell,
    donor_names,
    figure,
    joined,
    millions,
    missing,
    row,
    spread,
    unit,
)
from scorelib.figures.stack import Series, stacked
from scorelib.figures.theme import (
    DUTCH,
    INK,
    KINDS,
    WIDTH,
    at,
    canvas,
    rows,
    ticks,
    value_axis,
)
from scorelib.prose.currency import in_one_currency
from scorelib.prose.origins import origins
from scorelib.scoring import funding as scoring
from scorelib.scoring.rows import records

if TYPE_CHECKING:
    import pandas as pd

    from scorelib.data.scorecard import Scorecard
    from scorelib.language import Language

__all__ = ["earmarked", "revenue"]

LEFT, RIGHT, TOP, BOTTOM, HEIGHT = 52, 168, 12, 32, 240

STYLES = {
    "organisation": (KINDS["unearmarked"], "circle", [1, 0]),
    "dutch": (DUTCH, "diamond", [6, 3]),
}
"""Colour, shape and dash of the two lines."""


def revenue(card: Scorecard) -> Figure | Callout:
    """All revenue of the organisation per year, by kind.

    Returns
    -------
    Figure or Callout
        ``fig-revenue``; a notice when there is no revenue in the data.
    """
    lang, table = card.language, _revenue(card)
    if table.empty:
        return missing(card, "revenue", organisation=card.organisation.abbreviation)
    found = scoring.revenue_by_kind(table)
    currency = scoring.currency(table) or ""
    series = [Series(kind, lang.label(f"figures.kind.{kind}")) for kind in KINDS]
    amounts: dict[int, dict[str, float]] = {}
    shares: dict[int, dict[str, float]] = {}
    for each in records(found):
        amounts.setdefault(each["year"], {})[each["kind"]] = each["amount"]
        shares.setdefault(each["year"], {})[each["kind"]] = each["share"]
    last = max(amounts)
    kinds = joined(
        lang.label(
            "figures.revenue.one",
            kind=each.label,
            amount=lang.money(amounts[last][each.kind], currency),
            share=_percent(card, shares[last][each.kind]),
        )
        for each in series
        if each.kind in amounts[last]
    )
    years = joined(f"{year}: {millions(lang, math.fsum(kinds.values()))}" for year, kinds in amounts.items())
    return figure(
        card,
        "revenue",
        stacked(lang, series, amounts, currency, decimals=0),
        alt_text=lang.label(
            "figures.revenue.alt",
            organisation=card.organisation.abbreviation,
            first=min(amounts),
            last=last,
            unit=unit(lang, currency),
            years=years,
            kinds=kinds,
        ),
        columns=[
            Column(lang.label("figures.column.year")),
            *(Column(each.label, "decimal") for each in series),
            Column(lang.label("figures.column.total"), "decimal"),
        ],
        body=[
            row(
                [
                    str(year),
                    *(
                        cell(millions(lang, kinds.get(each.kind)), origins(card).received(year, each.kind))
                        for each in series
                    ),
                    millions(lang, math.fsum(kinds.values())),
                ],
                origin=origins(card).received(year),
            )
            for year, kinds in amounts.items()
        ],
        source=amounts_source(card, table),
        organisation=card.organisation.abbreviation,
        unit=unit(lang, currency),
    )


def earmarked(card: Scorecard) -> Figure | Callout:
    """The unearmarked share of voluntary contributions, against the Funding Compact's mark.

    Of the organisation as a whole, and of what the Netherlands gives to it.

    Returns
    -------
    Figure or Callout
        ``fig-earmarked``; a notice when no year has voluntary contributions.

    Notes
    -----
    A year with a refund can give a share below 0% or above 100%: an arrow at the edge says so with
    its number. On the scale itself it would squeeze all other years together.
    """
    lang, table, given = card.language, _revenue(card), in_one_currency(card, "contributions")
    years = sorted({int(year) for year in table["year"]})
    lines = {
        "organisation": scoring.funding_compact_by_year(table, years),
        "dutch": scoring.funding_compact_by_year(given, years, donor=NETHERLANDS),
    }
    known = [each for line in lines.values() for each in line if each]
    if not known:
        return missing(card, "voluntary", organisation=card.organisation.abbreviation)
    mark = known[0].mark
    names = {
        "organisation": card.organisation.abbreviation,
        "dutch": donor_names(card).get(NETHERLANDS, NETHERLANDS),
    }
    values = [
        {"year": year, "line": line, "name": names[line], "share": _drawn(each)}
        | {"exact": _exact(each), "label": _percent(card, _exact(each), 1)}
        for line, found in lines.items()
        for year, each in zip(years, found, strict=True)
    ]
    own = given[(given["donor"] == NETHERLANDS) & given["year"].isin(years)]
    listed = {
        line: joined(f"{each['year']}: {each['label']}" for each in values if each["line"] == line)
        for line in lines
    }
    return figure(
        card,
        "earmarked",
        _share_chart(card, values, names, mark),
        alt_text=lang.label(
            "figures.earmarked.alt",
            organisation=names["organisation"],
            mark=lang.percent(mark),
            organisation_years=listed["organisation"],
            dutch_years=listed["dutch"],
        ),
        columns=[
            Column(lang.label("figures.column.year")),
            *(Column(names[line], "decimal") for line in lines),
        ],
        body=[
            row(
                [
                    str(year),
                    *(
                        cell(_percent(card, _exact(found[number]), 1), origin)
                        for found, origin in zip(lines.values(), _share_origins(card, year), strict=True)
                    ),
                ],
                origin=origins(card).part(year, "voluntary"),
            )
            for number, year in enumerate(years)
        ],
        source=amounts_source(card, table, own),
        organisation=names["organisation"],
        mark=lang.percent(mark),
    )


def _share_origins(card: Scorecard, year: int) -> tuple[str, str]:
    """Where the shares of a year come from: the organisation's revenue, and what the Netherlands gave."""
    rows = origins(card)
    return rows.part(year, "voluntary"), rows.dutch_free(NETHERLANDS, year)


@unchecked
def _share_chart(
    card: Scorecard, values: list[dict[str, Any]], names: dict[str, str], mark: float
) -> dict[str, Any]:
    lang = card.language
    drawn = [each["share"] for each in values if each["share"] is not None]
    marks = ticks(0, max([mark * 1.2, *drawn]))
    scale = alt.Scale(domain=[0, marks[-1]], nice=False)
    years = sorted({each["year"] for each in values})
    plot = WIDTH - LEFT - RIGHT
    x = alt.X("year:O", axis=None, scale=alt.Scale(domain=years, paddingOuter=0.3))
    y = alt.Y("share:Q", axis=value_axis(marks, [lang.percent(each) for each in marks]), scale=scale)
    layers: list[alt.Chart] = [
        alt.Chart(rows([{"share": mark}]))
        .mark_rule(color=INK, strokeDash=[2, 3], strokeWidth=1.5)
        .encode(y=alt.Y("share:Q", scale=scale))
    ]
    for line, (colour, shape, dash) in STYLES.items():
        base = alt.Chart(rows([each for each in values if each["line"] == line])).encode(
            x=x,
            y=y,
            tooltip=[
                alt.Tooltip("name:N", title=lang.label("figures.column.who")),
                alt.Tooltip("year:O", title=lang.label("figures.column.year")),
                alt.Tooltip("label:N", title=lang.label("figures.earmarked.share")),
            ],
        )
        layers += [
            base.mark_line(color=colour, strokeWidth=2, strokeDash=dash),
            base.transform_filter("isValid(datum.share)").mark_point(
                shape=shape, filled=True, size=70, opacity=1, color=colour
            ),
            *_outside([each for each in values if each["line"] == line], x, colour),
        ]
    layers += [
        alt.Chart(rows([{"year": year} for year in years]))
        .mark_text(baseline="middle", color=INK)
        .encode(x=x, y=at("y", HEIGHT + 18), text=alt.Text("year:O")),
        *_ends(lang, values, names, mark=mark, high=marks[-1], plot=plot),
    ]
    return canvas(layers, (plot, HEIGHT), (LEFT, RIGHT, TOP, BOTTOM))


def _outside(own: list[dict[str, Any]], x: alt.X, colour: str) -> list[alt.Chart]:
    """Years whose share lies beyond 0-100%: an arrow at that edge, with the number."""
    beyond = [
        {"year": each["year"], "text": each["label"], "below": each["exact"] < 0}
        for each in own
        if each["share"] is None and each["exact"] is not None
    ]
    layers: list[alt.Chart] = []
    for below, shape, y, shift in ((True, "triangle-down", HEIGHT - 8, -14), (False, "triangle-up", 8, 14)):
        data = [each for each in beyond if each["below"] is below]
        if data:
            base = alt.Chart(rows(data)).encode(x=x, y=at("y", y))
            layers += [
                base.mark_point(shape=shape, filled=True, size=80, opacity=1, color=colour),
                base.mark_text(baseline="middle", dy=shift, color=INK).encode(text=alt.Text("text:N")),
            ]
    return layers


def _ends(
    lang: Language,
    values: list[dict[str, Any]],
    names: dict[str, str],
    *,
    mark: float,
    high: float,
    plot: int,
) -> list[alt.Chart]:
    """Name and last share of each line at its end, and what the rule stands for."""
    rule = lang.label("figures.earmarked.mark", mark=lang.percent(mark))
    ends: list[tuple[str, float, str]] = [("", mark, rule)]
    last = max(each["year"] for each in values)
    for line, name in names.items():
        own = [each for each in values if each["line"] == line and each["share"] is not None]
        if own:
            when = "" if own[-1]["year"] == last else f" ({own[-1]['year']})"
            ends.append((line, own[-1]["share"], f"{name} {own[-1]['label']}{when}"))
    places = spread([HEIGHT * (1 - share / high) for _, share, _ in ends], 19, 6, HEIGHT - 6)
    layers: list[alt.Chart] = []
    for (line, _, text), place in zip(ends, places, strict=True):
        data = alt.Chart(rows([{"text": text}])).encode(y=at("y", place))
        layers.append(
            data.mark_text(align="left", baseline="middle", color=INK).encode(
                x=at("x", plot + 18), text=alt.Text("text:N")
            )
        )
        if line:
            colour, shape, _dash = STYLES[line]
            layers.append(
                data.mark_point(shape=shape, filled=True, size=70, opacity=1, color=colour).encode(
                    x=at("x", plot + 8)
                )
            )
    return layers


def _exact(each: scoring.FundingCompact | None) -> float | None:
    return None if each is None or math.isnan(each.share) else round(each.share, 6)


def _drawn(each: scoring.FundingCompact | None) -> float | None:
    """The share as a point of its line: none where a refund puts it beyond 0-100%."""
    share = _exact(each)
    return share if share is not None and 0 <= share <= 1 else None


def _percent(card: Scorecard, share: float | None, decimals: int = 0) -> str:
    return DASH if share is None or math.isnan(share) else card.language.percent(share, decimals)


def _revenue(card: Scorecard) -> pd.DataFrame:
    """Revenue up to the last year that the scorecard shows."""
    table = in_one_currency(card, "revenue")
    return table[table["year"] <= card.data_year]
