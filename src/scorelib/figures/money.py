"""Who funds an organisation and what the Netherlands gives: table and charts of donors.

Imports scoring, prose for currencies, the theme and parts; computes no rank, share or sum, renders nothing.
`revenue` and `earmarked` stand in `funding` and are handed on here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from scorelib.document.nodes import Callout, Column, Figure, Row, Table
from scorelib.figures.funding import earmarked, revenue
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
    table,
    unit,
    wrapped,
)
from scorelib.figures.stack import Series, stacked
from scorelib.figures.theme import (
    DUTCH,
    MUTED,
    OTHERS,
    SIZE,
    WIDTH,
    at,
    canvas,
    rows,
    written,
)
from scorelib.prose.currency import in_one_currency
from scorelib.prose.origins import origins
from scorelib.scoring import funding as scoring
from scorelib.scoring.rows import records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scorelib.data.scorecard import Scorecard
    from scorelib.language import Language
    from scorelib.scoring.funding import Basis

__all__ = ["donor_table", "donors", "earmarked", "revenue", "trend"]

TOP = 10
HALF_A_LINE = "indexof(datum.name, '\\n') < 0 ? 0 : -6.5"
GIVEN = ("earmarked", "unearmarked", "assessed")


def donor_table(card: Scorecard, years: Sequence[int] | None = None) -> Table | Callout:
    """The three largest donors of each year, the Netherlands at its rank, and the total.

    Parameters
    ----------
    card
        The scorecard; its basis decides what counts.
    years
        Years in the order in which they stand; the last three with data when not given.

    Returns
    -------
    Table or Callout
        ``tbl-donors``; a notice when there are no contributions.
    """
    given = _contributions(card)
    if given.empty:
        return missing(card, "contributions", organisation=card.organisation.abbreviation)
    lang, names = card.language, donor_names(card)
    shown = list(years) if years is not None else [card.data_year - back for back in range(3)]
    found = scoring.donor_table(given, shown, _basis(card), donor=NETHERLANDS)
    body: list[Row] = []
    for year in shown:
        body.append(Row((cell(str(year)),), "group"))
        body += [_donor_row(card, each, names) for each in records(found[found["year"] == year])]
    used = given[given["year"].isin(shown) & (given["donor_kind"] == "government")]
    currency = scoring.currency(used) or ""
    return table(
        "tbl-donors",
        lang.label("figures.donor_table.caption", basis=lang.label(f"basis.{card.basis}")),
        [
            Column(lang.label("figures.column.rank"), "right"),
            Column(lang.label("figures.column.donor")),
            Column(unit(lang, currency), "decimal"),
        ],
        body,
        amounts_source(card, used),
    )


def _donor_row(card: Scorecard, each: dict[Any, Any], names: Mapping[str, str]) -> Row:
    lang, basis, donor = card.language, _basis(card), each["donor"]
    amount, year = millions(lang, each["amount"]), int(each["year"])
    if each["kind"] == "total":
        total = lang.label("figures.donor_table.total")
        return row(["", total, amount], "total", origins(card).governments(year, basis))
    return row(
        [
            cell(str(each["rank"]), origins(card).rank(year, basis)),
            cell(names.get(donor, donor), origins(card).donor(donor)),
            amount,
        ],
        "highlight" if donor == NETHERLANDS else "body",
        origins(card).given(donor, year, basis),
    )


def donors(card: Scorecard) -> Figure | Callout:
    """The ten largest donors of the last year, and the Netherlands at its rank, set apart.

    Returns
    -------
    Figure or Callout
        ``fig-donors``; a notice when there are no contributions of that year.
    """
    given, lang = _contributions(card), card.language
    ranked = scoring.ranking(given, card.data_year, _basis(card))
    if ranked.empty:
        return missing(card, "contributions", organisation=card.organisation.abbreviation)
    now = given[(given["year"] == card.data_year) & (given["donor_kind"] == "government")]
    currency, names = scoring.currency(now) or "", donor_names(card)
    shown = ranked[(ranked.index < TOP) | (ranked["donor"] == NETHERLANDS)]
    values = [
        {
            "place": number + (0.6 if number >= TOP else 0.0),
            "rank": str(each["rank"]),
            "id": str(each["donor"]),
            "donor": names.get(str(each["donor"]), str(each["donor"])),
            "name": wrapped(names.get(str(each["donor"]), str(each["donor"])), 34),
            "amount": round(float(each["amount"]), 2),
            "label": millions(lang, float(each["amount"])),
            "end": max(round(float(each["amount"]), 2), 0.0),
            "share": lang.percent(float(each["share"]), 1) if pd.notna(each["share"]) else DASH,
            "dutch": each["donor"] == NETHERLANDS,
        }
        for number, each in enumerate(records(shown))
    ]
    return figure(
        card,
        "donors",
        _donor_chart(card, values, unit(lang, currency)),
        alt_text=_donor_alt(card, values, currency, len(ranked)),
        columns=[
            Column(lang.label("figures.column.rank"), "right"),
            Column(lang.label("figures.column.donor")),
            Column(unit(lang, currency), "decimal"),
            Column(lang.label("figures.column.share"), "decimal"),
        ],
        body=[_ranked_row(card, each) for each in values],
        source=amounts_source(card, now),
        year=card.data_year,
        basis=lang.label(f"basis.{card.basis}"),
        unit=unit(lang, currency),
    )


def _ranked_row(card: Scorecard, each: dict[str, Any]) -> Row:
    rows, year, basis = origins(card), card.data_year, _basis(card)
    return row(
        [
            cell(each["rank"], rows.rank(year, basis)),
            cell(each["donor"], rows.donor(each["id"])),
            each["label"],
            cell(each["share"], rows.share(year, basis)),
        ],
        "highlight" if each["dutch"] else "body",
        rows.given(each["id"], year, basis),
    )


@unchecked
def _donor_chart(card: Scorecard, values: list[dict[str, Any]], amount: str) -> dict[str, Any]:
    label = card.language.label
    right, step = 76, 27
    # As wide as the longest name asks, which may take two lines.
    left = 50 + min(240, 7 * max(len(line) for each in values for line in each["name"].split("\n")))
    last = values[-1]["place"]
    amounts = [each["amount"] for each in values]
    x_scale = alt.Scale(domain=[min(0.0, *amounts), max(1.0, *amounts)], nice=False)
    y_scale = alt.Scale(domain=[-0.5, last + 0.5], nice=False, reverse=True)
    layers: list[alt.Chart] = []
    for dutch, colour, weight in ((False, OTHERS, "normal"), (True, DUTCH, "bold")):
        # Weight tells the Netherlands apart as well: no reader depends on the colour.
        look: dict[str, Any] = {"fontSize": SIZE["body"], "fontWeight": weight}
        base = alt.Chart(rows([each for each in values if each["dutch"] is dutch])).encode(
            y=alt.Y("place:Q", axis=None, scale=y_scale),
            tooltip=[
                alt.Tooltip("donor:N", title=label("figures.column.donor")),
                alt.Tooltip("rank:N", title=label("figures.column.rank")),
                alt.Tooltip("label:N", title=amount),
                alt.Tooltip("share:N", title=label("figures.column.share")),
            ],
        )
        x = alt.X("amount:Q", axis=None, scale=x_scale)
        end = alt.X("end:Q", axis=None, scale=x_scale)
        layers += [
            base.mark_bar(height=17, color=colour).encode(x=x, x2=alt.X2Datum(0)),
            written(base, "label", align="left", dx=6, **look).encode(x=end),
            written(base, "rank", align="right", color=MUTED, **look).encode(x=at("x", 28 - left)),
            # Vega hangs a second line below the first; half a line up, both are in the middle.
            written(base, "name", align="left", lineHeight=13, dy={"expr": HALF_A_LINE}, **look).encode(
                x=at("x", 38 - left)
            ),
        ]
    return canvas(layers, (WIDTH - left - right, round((last + 1) * step)), (left, right, 4, 4))


def _donor_alt(card: Scorecard, values: list[dict[str, Any]], currency: str, ranked: int) -> str:
    lang = card.language
    listed = joined(
        lang.label(
            "figures.donors.one",
            rank=each["rank"],
            donor=each["donor"],
            amount=lang.money(each["amount"], currency),
        )
        for each in values
    )
    return lang.label(
        "figures.donors.alt",
        count=len(values),
        year=card.data_year,
        organisation=card.organisation.abbreviation,
        donors=listed,
        ranked=ranked,
    )


def trend(card: Scorecard) -> Figure | Callout:
    """What the Netherlands gave in every year, by kind, with its rank.

    Returns
    -------
    Figure or Callout
        ``fig-trend``; a notice when the Netherlands gave nothing in any year.
    """
    given, lang = _contributions(card), card.language
    own = given[given["donor"] == NETHERLANDS]
    if own.empty:
        return missing(card, "dutch", organisation=card.organisation.abbreviation)
    every = scoring.trend(given, NETHERLANDS, basis=_basis(card))
    found = records(every[every["year"] >= own["year"].min()])
    currency = scoring.currency(own) or ""
    ranks = {each["year"]: _rank(lang, each["rank"]) for each in found}
    series = [Series(kind, lang.label(f"figures.kind.{kind}")) for kind in GIVEN]
    chart = stacked(
        lang,
        series,
        {each["year"]: {kind: each[kind] for kind in GIVEN} for each in found},
        currency,
        decimals=1,
        notes=(lang.label("figures.column.rank"), ranks),
    )
    return figure(
        card,
        "trend",
        chart,
        alt_text=_trend_alt(card, found, currency, ranks),
        columns=[
            Column(lang.label("figures.column.year")),
            *(Column(each.label, "decimal") for each in series),
            Column(lang.label(f"figures.trend.{card.basis}"), "decimal"),
            Column(lang.label("figures.column.rank"), "right"),
        ],
        body=[
            row(
                [
                    str(each["year"]),
                    *(
                        cell(
                            millions(lang, each[kind]),
                            origins(card).given(NETHERLANDS, int(each["year"]), kind),
                        )
                        for kind in GIVEN
                    ),
                    millions(lang, each["amount"]),
                    cell(ranks[each["year"]], origins(card).rank(int(each["year"]), _basis(card))),
                ],
                origin=origins(card).given(NETHERLANDS, int(each["year"]), _basis(card)),
            )
            for each in found
        ],
        source=amounts_source(card, own),
        organisation=card.organisation.abbreviation,
        unit=unit(lang, currency),
        basis=lang.label(f"figures.trend.{card.basis}").lower(),
    )


def _rank(lang: Language, rank: Any) -> str:
    return DASH if pd.isna(rank) else lang.ordinal(int(rank))


def _trend_alt(card: Scorecard, found: list[dict[Any, Any]], currency: str, ranks: dict[int, str]) -> str:
    lang = card.language
    booked = [each for each in found if pd.notna(each["amount"])]
    listed = joined(
        lang.label(
            "figures.trend.one",
            year=each["year"],
            amount=millions(lang, each["amount"]),
            earmarked=millions(lang, each["earmarked"]),
            unearmarked=millions(lang, each["unearmarked"]),
            assessed=millions(lang, each["assessed"]),
            rank=ranks[each["year"]],
        )
        for each in booked
    )
    return lang.label(
        "figures.trend.alt",
        organisation=card.organisation.abbreviation,
        first=found[0]["year"],
        last=found[-1]["year"],
        unit=unit(lang, currency),
        basis=lang.label(f"figures.trend.{card.basis}"),
        years=listed,
    )


def _contributions(card: Scorecard) -> pd.DataFrame:
    """Contributions up to the last year that the scorecard shows."""
    given = in_one_currency(card, "contributions")
    return given[given["year"] <= card.data_year]


def _basis(card: Scorecard) -> Basis:
    return "total" if card.basis == "total" else "voluntary"
