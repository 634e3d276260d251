"""What `portfolio.ipynb` shows of all organisations together: money, relevance, assessments.

Imports scoring, prose for currencies, the theme and parts; computes no rank, share or sum itself.
What is made up is in no sum: it would be money that nobody gave.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from scorelib.document.nodes import Callout, Column, Cover, Figure, Item, Panel, Row, Section, Table
from scorelib.figures.bars import Bar, bars
from scorelib.figures.parts import (
    DASH,
    NETHERLANDS,
    figure,
    joined,
    millions,
    missing,
    row,
    source_line,
    table,
    unit,
)
from scorelib.figures.stack import Series, stacked
from scorelib.prose.currency import all_in_one_currency, common_currency
from scorelib.scoring.portfolio import overview, sums

if TYPE_CHECKING:
    from scorelib.data.portfolio import Portfolio

__all__ = ["contributions", "cover", "heading", "key", "largest", "ranks", "years"]

GIVEN = ("earmarked", "unearmarked", "assessed")
LARGEST = 15
"""Organisations that the chart shows; the table has all."""


@dataclass(frozen=True, eq=False)
class _Money:
    """What the Netherlands gave to organisations that exist, on the voluntary basis."""

    given: pd.DataFrame
    names: dict[str, str]
    currency: str
    last: int
    source: str
    left_out: tuple[str, ...]


@functools.lru_cache(maxsize=4)
def _money(portfolio: Portfolio) -> _Money | None:
    organisations = portfolio["organisations"]
    real = organisations[~organisations["fictional"].astype(bool)]
    rows = all_in_one_currency(portfolio, "contributions")
    rows = rows[rows["organisation"].isin(set(real["id"]))]
    rows, left_out = common_currency(portfolio, rows)
    given = overview(rows, NETHERLANDS)
    if given.empty:
        return None
    names = {str(each["id"]): str(each["abbreviation"]) for each in real.to_dict("records")}
    own = rows[rows["donor"] == NETHERLANDS]
    return _Money(
        given,
        names,
        str(given["currency"].iloc[0]),
        int(given["year"].max()),
        source_line(portfolio, own["source"]),
        tuple(names[name] for name in left_out),
    )


def cover(portfolio: Portfolio) -> Cover:
    """What the notebook is about."""
    lang = portfolio.language
    title = lang.label("site.page.portfolio")
    return Cover(title, lang.label("site.title"), title, lang.tag)


def heading(portfolio: Portfolio, name: str) -> Section:
    """A chapter: its heading and the lines that say how to read it."""
    label = portfolio.language.label
    return Section(1, label(f"portfolio.{name}.title"), f"sec-{name}", label(f"portfolio.{name}.text"))


def key(portfolio: Portfolio) -> Panel | Callout:
    """The few figures that a reader must know."""
    money, lang = _money(portfolio), portfolio.language
    if money is None:
        return missing(portfolio, "portfolio")
    label = lang.label
    now = _whole(money)[-1]
    cards = portfolio["scorecards"]
    items = [
        Item(lang.money(float(now["given"]), money.currency), label("portfolio.key.given", year=money.last)),
        Item(lang.percent(float(now["core"])), label("portfolio.key.core", year=money.last)),
        Item(lang.number(int(now["organisations"])), label("portfolio.key.organisations", year=money.last)),
        Item(lang.number(len(cards)), label("portfolio.key.scorecards")),
    ]
    note = label("portfolio.key.note")
    if money.left_out:
        note = f"{note} {label('portfolio.key.left_out', organisations=', '.join(money.left_out))}"
    return Panel("", tuple(items), note)


def years(portfolio: Portfolio) -> Figure | Callout:
    """What the Netherlands gave to all organisations, by year and kind."""
    money, lang = _money(portfolio), portfolio.language
    if money is None:
        return missing(portfolio, "portfolio")
    whole = _whole(money)
    series = [Series(kind, lang.label(f"figures.kind.{kind}")) for kind in GIVEN]
    amounts = {int(each["year"]): {kind: float(each[kind]) for kind in GIVEN} for each in whole}
    return figure(
        portfolio,
        "years",
        stacked(lang, series, amounts, money.currency, decimals=0),
        alt_text=lang.label(
            "figures.years.alt",
            first=whole[0]["year"],
            last=whole[-1]["year"],
            unit=unit(lang, money.currency),
            years=joined(
                lang.label(
                    "figures.years.one",
                    year=each["year"],
                    amount=millions(lang, each["given"]),
                    **{kind: millions(lang, each[kind]) for kind in GIVEN},
                )
                for each in whole
            ),
        ),
        columns=[
            Column(lang.label("figures.column.year")),
            *(Column(each.label, "decimal") for each in series),
            Column(lang.label("figures.column.total"), "decimal"),
            Column(lang.label("portfolio.organisations"), "right"),
        ],
        body=[
            row(
                [
                    str(each["year"]),
                    *(millions(lang, each[kind]) for kind in GIVEN),
                    millions(lang, each["given"]),
                    str(each["organisations"]),
                ]
            )
            for each in whole
        ],
        source=money.source,
        unit=unit(lang, money.currency),
    )


def largest(portfolio: Portfolio) -> Figure | Callout:
    """The organisations that received most from the Netherlands in the last year, by kind of money."""
    money, lang = _money(portfolio), portfolio.language
    if money is None:
        return missing(portfolio, "portfolio")
    found = _of(money, money.last)[:LARGEST]
    series = [Series(kind, lang.label(f"figures.kind.{kind}")) for kind in GIVEN]
    return figure(
        portfolio,
        "largest",
        bars(
            lang,
            series,
            [
                Bar(money.names[each["organisation"]], {kind: each[kind] for kind in GIVEN}, each["given"])
                for each in found
            ],
            money.currency,
        ),
        alt_text=lang.label(
            "figures.largest.alt",
            year=money.last,
            organisations=joined(
                f"{money.names[each['organisation']]} {lang.money(each['given'], money.currency)}"
                for each in found
            ),
        ),
        columns=_columns(portfolio, money),
        body=[_row(portfolio, money, each) for each in found],
        source=money.source,
        count=len(found),
        year=money.last,
        unit=unit(lang, money.currency),
    )


def contributions(portfolio: Portfolio) -> Table | Callout:
    """Every organisation that the Netherlands gave to in the last year: kinds, core, rank and share."""
    money, lang = _money(portfolio), portfolio.language
    if money is None:
        return missing(portfolio, "portfolio")
    body: list[Row] = [_row(portfolio, money, each) for each in _of(money, money.last)]
    now = _whole(money)[-1]
    body.append(
        row(
            [
                lang.label("portfolio.all"),
                *(millions(lang, now[kind]) for kind in GIVEN),
                millions(lang, now["given"]),
                _percent(portfolio, now["core"]),
                "",
                "",
            ],
            "total",
        )
    )
    return table(
        "tbl-contributions",
        lang.label("portfolio.contributions.caption", year=money.last, unit=unit(lang, money.currency)),
        _columns(portfolio, money),
        body,
        money.source,
    )


def ranks(portfolio: Portfolio) -> Table | Callout:
    """The amount and the rank of the Netherlands at every organisation, year by year."""
    money, lang = _money(portfolio), portfolio.language
    if money is None:
        return missing(portfolio, "portfolio")
    given = money.given
    all_years = sorted({int(year) for year in given["year"]})
    cells = {
        (each["organisation"], int(each["year"])): _with_rank(portfolio, each)
        for each in given.to_dict("records")
    }
    ordered = sorted(set(given["organisation"]), key=lambda name: money.names[name].casefold())
    return table(
        "tbl-ranks",
        lang.label("portfolio.ranks.caption", unit=unit(lang, money.currency)),
        [
            Column(lang.label("portfolio.organisation")),
            *(Column(str(year), "right") for year in all_years),
        ],
        [
            row([money.names[name], *(cells.get((name, year), DASH) for year in all_years)])
            for name in ordered
        ],
        money.source,
    )


def _whole(money: _Money) -> list[dict[str, Any]]:
    """What was given to all organisations together, by year."""
    found = sums(money.given).sort_values("year").to_dict("records")
    return [{str(key): value for key, value in each.items()} for each in found]


def _of(money: _Money, year: int) -> list[dict[str, Any]]:
    """Rows of one year, the largest first."""
    rows = money.given[money.given["year"] == year]
    rows = rows.sort_values(["given", "organisation"], ascending=[False, True], kind="stable")
    found = [{str(key): value for key, value in each.items()} for each in rows.to_dict("records")]
    return [each for each in found if pd.notna(each["given"])]


def _columns(portfolio: Portfolio, money: _Money) -> list[Column]:
    label = portfolio.language.label
    return [
        Column(label("portfolio.organisation")),
        *(Column(label(f"figures.kind.{kind}"), "decimal") for kind in GIVEN),
        Column(unit(portfolio.language, money.currency), "decimal"),
        Column(label("portfolio.core"), "right"),
        Column(label("figures.column.rank"), "right"),
        Column(label("figures.column.share"), "right"),
    ]


def _row(portfolio: Portfolio, money: _Money, each: dict[str, Any]) -> Row:
    lang = portfolio.language
    return row(
        [
            money.names[each["organisation"]],
            *(millions(lang, each[kind]) for kind in GIVEN),
            millions(lang, each["given"]),
            _percent(portfolio, each["core"]),
            DASH if pd.isna(each["rank"]) else f"{lang.ordinal(int(each['rank']))} / {each['donors']}",
            _percent(portfolio, each["share"], 1),
        ]
    )


def _with_rank(portfolio: Portfolio, each: dict[Any, Any]) -> str:
    amount = millions(portfolio.language, each["amount"])
    return amount if pd.isna(each["rank"]) else f"{amount} ({int(each['rank'])})"


def _percent(portfolio: Portfolio, share: Any, decimals: int = 0) -> str:
    return DASH if pd.isna(share) else portfolio.language.percent(float(share), decimals)
