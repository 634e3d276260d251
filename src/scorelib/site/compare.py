"""The page on which readers put organisations side by side; imports scoring, figures and the frame.

What may stand beside what is decided here, by `scoring.comparison`, and not in the reader's browser:
assessments that it would compare are in one group, and the page shows no scores of two groups together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from scorelib.figures.overtime import comparable
from scorelib.figures.parts import DASH, NETHERLANDS, source_line
from scorelib.figures.theme import MARKS
from scorelib.prose.currency import all_in_one_currency
from scorelib.prose.inline import fact_value
from scorelib.scoring.funding import KINDS
from scorelib.scoring.portfolio import overview
from scorelib.site.pages import Page, described, template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scorelib.data.portfolio import Portfolio
    from scorelib.data.scorecard import Scorecard
    from scorelib.figures.overtime import Scored
    from scorelib.language import Language

__all__ = ["compare_page"]

COLUMNS = ("assessed", "unearmarked", "earmarked", "amount", "rank", "share", "donors", "core")
"""Numbers of a year, in the order in which the script reads them."""

TEXTS = (
    "alone", "assessedIn", "chart", "chartAlt", "chooseTwo", "core", "courseCaption", "factsCaption",
    "factsTitle", "fictional", "moneyCaption", "moneyTitle", "noFacts", "noRelevance",
    "nothingSideBySide", "rankOf", "relevanceCaption", "relevanceTitle", "revenue", "scorecard",
    "scoresCaption", "scoresTitle", "showing", "unscored", "voluntary",
)  # fmt: skip


def compare_page(
    portfolio: Portfolio,
    cards: Mapping[str, Scorecard],
    scored: Mapping[str, Sequence[Scored]],
    script: str,
) -> Page:
    """The page in the language of the portfolio.

    Parameters
    ----------
    portfolio
        All tables.
    cards
        The latest scorecard of each organisation that has one.
    scored
        Assessments with scores by organisation.
    script
        The script of the page, from the root of the site.
    """
    lang = portfolio.language
    groups, members = _groups(scored)
    found = _organisations(portfolio, cards, scored, members)
    years = sorted({int(year) for each in found for year in each["money"]}, reverse=True)
    themes = portfolio["themes"].sort_values("position", kind="stable").to_dict("records")
    given = {
        "organisations": found,
        "themes": [lang.pick(theme, "title") for theme in themes],  # type: ignore[arg-type]
        "frameworks": [
            {
                "framework": group[0].assessment.framework,
                "indicators": [[kpi["code"], lang.pick(kpi, "title")] for kpi in _kpis(group[0])],
            }
            for group in groups
        ],
        "text": _texts(portfolio),
    }
    body = template("compare.html.jinja").render(
        label=lang.label,
        organisations=[(each["id"], f"{each['name']} – {each['full']}") for each in found],
        years=years,
        given=described(given),
    )
    return Page(
        key="compare",
        section="compare",
        title=lang.label("site.compare.title"),
        description=lang.label("site.compare.lead"),
        lead=lang.label("site.compare.lead"),
        body=Markup(body),  # noqa: S704 - the template escapes every text
        scripts=(script,),
    )


def _texts(portfolio: Portfolio) -> dict[str, str]:
    label = portfolio.language.label
    # The script fills these in: {o} for organisations, {y} for the year.
    fields = {name: f"{{{name}}}" for name in "ofynr"}
    own = {name: label(f"site.compare.text.{name}", **fields) for name in TEXTS}
    contributions = portfolio["contributions"]
    used = contributions[contributions["donor"] == NETHERLANDS]["source"].unique()
    shared = {
        "attention": label("document.warning_title"),
        "caution": label("portfolio.caution.text"),
        "cautionTitle": label("portfolio.caution.title"),
        "million": label("scale.million"),
        "moneySource": source_line(portfolio, used),
        "rank": label("figures.column.rank"),
        "share": label("figures.column.share"),
        "source": label("document.source"),
        **{kind: label(f"figures.kind.{kind}") for kind in ("assessed", "unearmarked", "earmarked")},
    }
    return own | shared


def _groups(scored: Mapping[str, Sequence[Scored]]) -> tuple[list[list[Scored]], dict[str, int]]:
    """Assessments in groups that may be compared, and the group of each by its id."""
    groups: list[list[Scored]] = []
    members: dict[str, int] = {}
    for each in (one for name in sorted(scored) for one in scored[name]):
        number = next((n for n, group in enumerate(groups) if comparable(group[0], each)), len(groups))
        if number == len(groups):
            groups.append([])
        groups[number].append(each)
        members[each.assessment.id] = number
    return groups, members


def _kpis(one: Scored) -> list[dict[str, Any]]:
    tree = one.assessment.tree
    return [
        {str(key): value for key, value in each.items()}
        for each in tree[tree["level"] == "kpi"].to_dict("records")
    ]


def _organisations(
    portfolio: Portfolio,
    cards: Mapping[str, Scorecard],
    scored: Mapping[str, Sequence[Scored]],
    members: Mapping[str, int],
) -> list[dict[str, Any]]:
    lang = portfolio.language
    money, currencies = _money(portfolio)
    revenue, fictional = _revenue(portfolio), lang.label("site.find.fictional").lower()
    found = []
    for own in portfolio["organisations"].to_dict("records"):
        name = str(own["id"])
        if name not in money and name not in cards:
            continue
        made_up = bool(own["fictional"])
        card = cards.get(name)
        found.append(
            {
                "id": name,
                "name": f"{own['abbreviation']} ({fictional})" if made_up else str(own["abbreviation"]),
                "full": lang.pick(own, "name"),  # type: ignore[arg-type]
                "fictional": made_up,
                "currency": currencies.get(name, ""),
                "money": money.get(name, {}),
                "revenue": revenue.get(name, {}),
                "relevance": _relevance(portfolio, card) if card else None,
                "facts": _facts(card) if card else [],
                "assessments": [_scores(lang, each, members) for each in scored.get(name, ())],
            }
        )
    return sorted(found, key=lambda each: each["name"].casefold())


def _money(portfolio: Portfolio) -> tuple[dict[str, dict[str, list[float | None]]], dict[str, str]]:
    found: dict[str, dict[str, list[float | None]]] = {}
    currencies: dict[str, str] = {}
    given = overview(all_in_one_currency(portfolio, "contributions"), NETHERLANDS)
    for each in given.to_dict("records"):
        name = str(each["organisation"])
        currencies[name] = str(each["currency"])
        found.setdefault(name, {})[str(each["year"])] = [_plain(each[column]) for column in COLUMNS]
    return found, currencies


def _revenue(portfolio: Portfolio) -> dict[str, dict[str, float | None]]:
    rows = all_in_one_currency(portfolio, "revenue")
    rows = rows.assign(whole=rows[list(KINDS)].sum(axis=1, min_count=1))
    found: dict[str, dict[str, float | None]] = {}
    for each in rows[["organisation", "year", "whole"]].to_dict("records"):
        found.setdefault(str(each["organisation"]), {})[str(each["year"])] = _plain(each["whole"])
    return found


def _plain(value: Any) -> float | None:
    """A number as JSON has it: whole where it is an amount or a count, four decimals where it is a share."""
    if value is None or pd.isna(value):
        return None
    number = float(value)
    return int(number) if abs(number) >= 2 or number.is_integer() else round(number, 4)


def _relevance(portfolio: Portfolio, card: Scorecard) -> dict[str, Any] | None:
    lang = portfolio.language
    if card["relevance"].empty:
        return None
    rated = dict(zip(card["relevance"]["theme"], card["relevance"]["rating"], strict=True))
    themes = portfolio["themes"].sort_values("position", kind="stable")["id"]
    words = [
        lang.label(f"rating.{rated[theme]}" if theme in rated else "figures.not_rated") for theme in themes
    ]
    return {"year": card.year, "words": words}


def _facts(card: Scorecard) -> list[list[str]]:
    lang = card.language
    return [
        [
            lang.pick(each, "label"),  # type: ignore[arg-type]
            fact_value(card, each),
            lang.date(each["as_of"]),
        ]
        for each in card["facts"].to_dict("records")
    ]


def _scores(lang: Language, each: Scored, members: Mapping[str, int]) -> dict[str, Any]:
    return {
        "year": each.year,
        "group": members[each.assessment.id],
        "scores": {
            kpi["code"]: [
                kpi["printed"],
                lang.pick(kpi, "band").lower() if isinstance(kpi["band"], str) else DASH,
                MARKS.get(kpi["band"], "") if isinstance(kpi["band"], str) else "",
            ]
            for kpi in each.kpis
        },
    }
