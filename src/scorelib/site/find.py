"""The page on which readers find a scorecard: a list, filters, search; imports entries and the frame."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from scorelib.figures.parts import DASH, millions, unit
from scorelib.scoring.relevance import WORDS
from scorelib.site.entries import relevant
from scorelib.site.pages import Page, template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scorelib.data.portfolio import Portfolio
    from scorelib.language import Language
    from scorelib.site.entries import Entry
    from scorelib.site.manifests import Manifest

__all__ = ["card_labels", "find_page", "report_page"]

STATUSES = ("draft", "final")


def report_page(organisation: str, year: int) -> str:
    """Where the site's own page of a report stands, below its language."""
    return f"scorecards/{organisation}-{year}"


def find_page(
    portfolio: Portfolio,
    listed: Sequence[Entry],
    made: Mapping[tuple[str, int, str], Manifest],
    script: str,
    described: Markup,
) -> Page:
    """The list of scorecards in the language of the portfolio.

    Parameters
    ----------
    portfolio
        All tables.
    listed
        Every scorecard.
    made
        The reports that there are, by organisation, year and language.
    script
        The script of the list, from the root of the site.
    described
        The catalogue as schema.org has it.
    """
    lang = portfolio.language
    label = lang.label
    body = template("find.html.jinja").render(
        label=label,
        filters=_filters(portfolio, listed),
        columns=_columns(lang, listed),
        entries=[_row(lang, each, made) for each in listed],
    )
    return Page(
        key="index",
        section="index",
        title=label("site.title"),
        description=label("site.find.description"),
        lead=label("site.find.lead"),
        body=Markup(body),  # noqa: S704 - the template escapes every text
        scripts=(script,),
        described=described,
    )


def card_labels(languages: Sequence[Language], listed: Sequence[Entry]) -> str:
    """Style rules that name each number where a narrow screen shows rows as cards, without headings.

    In the style sheet they stand once; in the page they would stand in every row.
    """
    rules = []
    for lang in languages:
        for number, (_, name) in enumerate(_columns(lang, listed), 1):
            text = name.replace("\\", "\\\\").replace('"', '\\"')
            rules.append(
                f':lang({lang.code}) .entries td:nth-child({number})::before {{ content: "{text}"; }}'
            )
    narrow = "\n".join(rules)
    return f"@media screen and (max-width: 47.99rem) {{\n{narrow}\n}}\n"


def _filters(portfolio: Portfolio, listed: Sequence[Entry]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Name, label and choices of each filter; one with a single choice is none."""
    lang = portfolio.language
    label = lang.label
    themes = portfolio["themes"].sort_values("position", kind="stable").to_dict("records")
    kinds = {each.kind: label(f"site.kind.{each.kind}") for each in listed}
    years = sorted({each.year for each in listed}, reverse=True)
    relevance = [
        (
            str(len(WORDS) - number),
            label(f"rating.{word}" if not number else "site.find.at_least", rating=label(f"rating.{word}")),
        )
        for number, word in enumerate(WORDS[:-1])
    ]
    return [
        ("kind", label("site.find.kind"), sorted(kinds.items(), key=lambda each: each[1])),
        ("theme", label("figures.column.theme"), [
            (str(number), lang.pick(each, "title"))  # type: ignore[arg-type]
            for number, each in enumerate(themes)
        ]),
        ("relevance", label("figures.column.rating"), relevance),
        ("year", label("figures.column.year"), [(str(year), str(year)) for year in years]),
        ("status", label("document.status"), [(each, label(f"document.{each}")) for each in STATUSES]),
    ]  # fmt: skip


def _columns(lang: Language, listed: Sequence[Entry]) -> list[tuple[str, str]]:
    label = lang.label
    currencies = sorted({each.currency for each in listed if each.currency})
    amount = unit(lang, currencies[0]) if len(currencies) == 1 else label("scale.million")
    return [
        ("left", label("site.find.scorecard")),
        ("left", label("document.status")),
        ("right", label("site.find.amount", unit=amount)),
        ("right", label("figures.column.rank")),
        ("right", label("site.find.core")),
        ("right", label("site.find.relevant")),
        ("left", label("document.assessment")),
    ]


def _row(lang: Language, entry: Entry, made: Mapping[tuple[str, int, str], Manifest]) -> dict[str, Any]:
    label = lang.label
    codes = sorted(code for name, year, code in made if (name, year) == (entry.organisation, entry.year))
    code = lang.code if lang.code in codes else next(iter(codes), "")
    href = posixpath.relpath(f"{code}/{report_page(entry.organisation, entry.year)}.html", lang.code)
    tags = [("made-up", label("site.find.fictional"))] if entry.fictional else []
    if not code:
        tags.append(("unmade", label("site.find.unmade")))
    name = entry.names.get(lang.code) or entry.names["en"]
    return {
        "kind": entry.kind,
        "year": entry.year,
        "status": entry.status,
        "status_word": label(f"document.{entry.status}"),
        "ratings": "".join(str(len(WORDS) - WORDS.index(word)) if word else "0" for word in entry.ratings),
        "also": " ".join(sorted({each for each in entry.names.values() if each != name})),
        "href": href if code else "",
        "lang": code if code != lang.code else "",
        "abbreviation": entry.abbreviation,
        "name": name,
        "tags": tags,
        "amount_raw": "" if entry.amount is None else f"{entry.amount:.0f}",
        "amount": millions(lang, entry.amount),
        "amount_year": "" if entry.amount is None else entry.data_year,
        "rank": DASH if entry.rank is None else lang.ordinal(entry.rank),
        "core": DASH if entry.core is None else lang.percent(entry.core),
        "relevant": f"{relevant(entry)}/{len(entry.ratings)}" if entry.ratings else DASH,
        "assessment": _assessment(entry),
    }


def _assessment(entry: Entry) -> str:
    if not entry.framework:
        return DASH
    return f"MOPAN {entry.framework}" + (f" ({entry.published})" if entry.published else "")
