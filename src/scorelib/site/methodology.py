"""The pages that explain: methodology, about the figures, changes to the data, accessibility.

Imports scoring for its constants, the data and parts. Every number, limit and list on these pages
is taken from the tables or from the code that uses it, so that none can go stale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from scorelib.document.markdown import parse
from scorelib.document.nodes import Cell, Column, Cover, Document, Heading, Row, Table, Text, linked
from scorelib.figures.across import caution
from scorelib.figures.parts import DASH, cell, row, table
from scorelib.figures.theme import MARKS
from scorelib.scoring.cycle import CYCLE
from scorelib.scoring.funding import BASES
from scorelib.scoring.relevance import WORDS
from scorelib.scoring.revenue import MARK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scorelib.data.portfolio import Portfolio
    from scorelib.document.nodes import Block
    from scorelib.site.publication import Party, Publication

__all__ = ["about", "accessibility", "changes", "methodology"]


def _document(portfolio: Portfolio, key: str, blocks: Sequence[Block]) -> Document:
    label = portfolio.language.label
    title = label(f"site.page.{key}")
    return Document(
        Cover(title, label(f"explained.{key}.description"), title, portfolio.language.tag), tuple(blocks)
    )


def _text(portfolio: Portfolio, key: str, **fields: object) -> list[Block]:
    """The blocks of a text in Markdown; its headings are the chapters of the page."""
    text = portfolio.language.label(key, **fields)
    return list(parse(text, prefix=f"{key.replace('.', '-')}-", deeper=-1).blocks)


def _heading(portfolio: Portfolio, name: str) -> Heading:
    return Heading(1, (Text(portfolio.language.label(f"explained.heading.{name}")),), f"sec-{name}")


def methodology(portfolio: Portfolio) -> Document:
    """Frameworks, bands, rules of calculation, coverage, sources and known gaps."""
    lang = portfolio.language
    blocks: list[Block] = [
        *_text(portfolio, "explained.methodology.intro"),
        _heading(portfolio, "frameworks"),
        *_text(portfolio, "explained.methodology.frameworks"),
        _frameworks(portfolio),
        _bands(portfolio),
        _heading(portfolio, "scores"),
        *_text(portfolio, "explained.methodology.scores"),
        caution(portfolio),
        _heading(portfolio, "money"),
        *_text(
            portfolio,
            "explained.methodology.money",
            mark=lang.percent(float(MARK)),
            voluntary=_kinds(portfolio, BASES["voluntary"]),
            total=_kinds(portfolio, BASES["total"]),
        ),
        _heading(portfolio, "relevance"),
        *_text(
            portfolio,
            "explained.methodology.relevance",
            words=", ".join(f"‘{lang.label(f'rating.{word}').lower()}’" for word in WORDS),
        ),
        _heading(portfolio, "cycle"),
        *_text(portfolio, "explained.methodology.cycle", first=CYCLE[0], last=CYCLE[1]),
        _heading(portfolio, "coverage"),
        _coverage(portfolio),
        _heading(portfolio, "gaps"),
        *_text(portfolio, "explained.methodology.gaps", **_gaps(portfolio)),
        _heading(portfolio, "sources"),
        _sources(portfolio),
    ]
    return _document(portfolio, "methodology", blocks)


def _kinds(portfolio: Portfolio, kinds: Sequence[str]) -> str:
    return ", ".join(portfolio.language.label(f"figures.kind.{kind}").lower() for kind in kinds)


def _frameworks(portfolio: Portfolio) -> Table:
    label, given = portfolio.language.label, portfolio["frameworks"]
    used = portfolio["assessments"]["framework"].value_counts()
    body = []
    for name, own in given.groupby("framework"):
        levels = own["level"].value_counts()
        checked = bool(own["checked"].astype(bool).all())
        body.append(
            row(
                [
                    str(name),
                    *(str(levels.get(level, 0)) for level in ("kpi", "mi")),
                    str(used.get(name, 0)),
                    label(f"explained.checked.{'yes' if checked else 'no'}"),
                ]
            )
        )
    columns = [
        Column(label("organisation.framework")),
        Column("KPI", "right"),
        Column(label("explained.column.mi"), "right"),
        Column(label("explained.column.assessments"), "right"),
        Column(label("explained.column.checked")),
    ]
    return table("tbl-frameworks", label("explained.caption.frameworks"), columns, body)


def _bands(portfolio: Portfolio) -> Table:
    lang, body = portfolio.language, []
    for name, own in portfolio["bands"].groupby("framework"):
        body.append(Row((cell(lang.label("portfolio.framework", framework=name)),), "group"))
        for each in own.sort_values("minimum", ascending=False).to_dict("records"):
            title = lang.pick(each, "title")  # type: ignore[arg-type]
            span = f"{lang.number(each['minimum'], 2)} – {lang.number(each['maximum'], 2)}"
            body.append(row([f"{MARKS.get(str(each['band']), '')} {title}".strip(), span]))
    columns = [Column(lang.label("figures.column.band")), Column(lang.label("figures.column.score"), "right")]
    return table("tbl-bands", lang.label("explained.caption.bands"), columns, body)


def _coverage(portfolio: Portfolio) -> Table:
    lang = portfolio.language
    fictional = portfolio["organisations"].query("fictional")["id"]
    given, revenue = (
        rows[~rows["organisation"].isin(fictional)]
        for rows in (portfolio["contributions"], portfolio["revenue"])
    )
    body = []
    for year in sorted({*given["year"], *revenue["year"]}):
        own = given[given["year"] == year]
        counts = (
            own["organisation"].nunique(),
            own["donor"].nunique(),
            len(own),
            revenue[revenue["year"] == year]["organisation"].nunique(),
        )
        body.append(row([str(year), *(lang.number(count) for count in counts)]))
    columns = [
        Column(lang.label("figures.column.year")),
        *(
            Column(lang.label(f"explained.column.{name}"), "right")
            for name in ("given", "donors", "rows", "revenue")
        ),
    ]
    return table("tbl-coverage", lang.label("explained.caption.coverage"), columns, body)


def _gaps(portfolio: Portfolio) -> dict[str, str]:
    """What is missing, counted in the tables."""
    lang = portfolio.language
    real = set(portfolio["organisations"].query("not fictional")["id"])
    money = set(portfolio["contributions"]["organisation"])
    assessments = portfolio["assessments"]
    assessments = assessments[assessments["organisation"].isin(real)]
    scored = set(portfolio["scores"]["assessment"])
    titles, bands = portfolio["frameworks"], portfolio["bands"]
    names = portfolio["organisations"].set_index("id")["abbreviation"]
    without = sorted(str(names[name]) for name in real - money)
    return {
        "titles": lang.number(int((~titles["checked"].astype(bool)).sum())),
        "all_titles": lang.number(len(titles)),
        "bands": lang.number(int((~bands["checked"].astype(bool)).sum())),
        "all_bands": lang.number(len(bands)),
        "assessments": lang.number(len(assessments)),
        "scored": lang.number(int(assessments["id"].isin(scored).sum())),
        "without": ", ".join(without) or DASH,
        "rates": lang.number(len(portfolio["exchange_rates"])),
    }


def _sources(portfolio: Portfolio) -> Table:
    lang = portfolio.language
    columns = [Column(lang.label(f"figures.sources.{name}")) for name in ("publisher", "title", "note")]
    body = []
    for each in portfolio["sources"].to_dict("records"):
        title: Cell = cell(str(each["title"]))
        if each["url"]:
            title = linked(title, str(each["url"]))
        body.append(Row((cell(str(each["publisher"])), title, cell(str(each["note"] or DASH)))))
    return table("tbl-sources", lang.label("explained.caption.sources"), columns, body)


def about(portfolio: Portfolio) -> Document:
    """What the figures say and what they do not."""
    lang = portfolio.language
    fictional = portfolio["organisations"].query("fictional")["abbreviation"]
    years = sorted(set(portfolio["contributions"]["year"]))
    fields = {
        "first": years[0] if years else DASH,
        "last": years[-1] if years else DASH,
        "fictional": ", ".join(str(each) for each in fictional[:5]) or DASH,
        "date": lang.date(portfolio.data_date) if portfolio.data_date else DASH,
    }
    return _document(portfolio, "about", _text(portfolio, "explained.about.text", **fields))


def changes(portfolio: Portfolio) -> Document:
    """Which files were taken into the tables, and when; and the day of each scorecard's data."""
    lang, label = portfolio.language, portfolio.language.label
    sources = portfolio["sources"]
    counted: dict[str, int] = {}
    for name in ("contributions", "revenue", "scores", "relevance", "facts"):
        for source, count in portfolio[name]["source"].value_counts().items():
            counted[str(source)] = counted.get(str(source), 0) + int(count)
    imported = sources[sources["retrieved"].notna()].sort_values("retrieved", ascending=False, kind="stable")
    body = [
        row(
            [
                lang.date(each["retrieved"]),
                f"{each['publisher']}, {each['title']}",
                str(each["edition"] or DASH),
                lang.number(counted.get(str(each["id"]), 0)),
                str(each["file"] or DASH),
            ]
        )
        for each in imported.to_dict("records")
    ]
    names = portfolio["organisations"].set_index("id")["abbreviation"]
    cards = portfolio["scorecards"].sort_values(
        ["data_date", "organisation"], ascending=[False, True], kind="stable"
    )
    updated = [
        row(
            [
                lang.date(each["data_date"]),
                label("document.title", abbreviation=names[each["organisation"]], year=each["year"]),
                label(f"document.{each['status']}"),
                str(each["data_year"]),
            ]
        )
        for each in cards.to_dict("records")
        if pd.notna(each["data_date"])
    ]
    column = "explained.column"
    blocks: list[Block] = [
        *_text(portfolio, "explained.changes.intro"),
        table(
            "tbl-imported",
            label("explained.caption.imported"),
            [
                Column(label(f"{column}.retrieved")),
                Column(label("document.source")),
                Column(label(f"{column}.edition")),
                Column(label(f"{column}.rows"), "right"),
                Column(label(f"{column}.file")),
            ],
            body,
        ),
        table(
            "tbl-updated",
            label("explained.caption.updated"),
            [
                Column(label("document.data_date")),
                Column(label("document.scorecard")),
                Column(label("document.status")),
                Column(label(f"{column}.last"), "right"),
            ],
            updated,
        ),
    ]
    return _document(portfolio, "changes", blocks)


def accessibility(portfolio: Portfolio, published: Publication) -> Document:
    """The accessibility statement, in the parts that Dutch law asks for; it says what is not known."""
    lang = portfolio.language
    unnamed = lang.label("explained.accessibility.publisher")
    fields = {
        "publisher": published.publisher.name if published.named else unnamed,
        "home": published.home or lang.label("explained.accessibility.unknown"),
        "contact": _reach(portfolio, published.contact),
        "date": lang.date(portfolio.data_date) if portfolio.data_date else DASH,
    }
    return _document(portfolio, "accessibility", _text(portfolio, "explained.accessibility.text", **fields))


def _reach(portfolio: Portfolio, contact: Party) -> str:
    known = [each for each in (contact.mail, contact.page) if each]
    unknown = portfolio.language.label("explained.accessibility.unknown")
    return f"{contact.name}, {', '.join(known)}" if known else unknown
