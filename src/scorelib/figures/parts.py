"""What all figures are put together from: cells, rows, sources, honest notices for what lacks.

Imports nodes, errors, the theme, the rates of amounts and, for types, the scorecard; no rendering.
"""

from __future__ import annotations

import functools
import textwrap
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from scorelib.document.nodes import Callout, Cell, Column, Figure, Paragraph, Row, Table, Text
from scorelib.figures.theme import spec
from scorelib.prose.currency import rates_line
from scorelib.scoring.rates import converted, used
from scorelib.scoring.rows import records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scorelib.data.portfolio import Portfolio
    from scorelib.data.scorecard import Scorecard
    from scorelib.language import Language

__all__ = [
    "DASH",
    "NETHERLANDS",
    "amounts_source",
    "assessment_name",
    "cell",
    "donor_names",
    "figure",
    "joined",
    "millions",
    "missing",
    "row",
    "source_line",
    "spread",
    "table",
    "unit",
    "wrapped",
]

NETHERLANDS = "NL"
DASH = "–"
"""What a cell shows when there is no value; never 0, which is a value."""

Kind = Literal["body", "group", "total", "highlight"]


def cell(text: str, origin: str = "") -> Cell:
    """A cell of plain text, and where it comes from."""
    return (Text(text, origin),)


def row(texts: Iterable[str | Cell], kind: Kind = "body", origin: str = "") -> Row:
    """A row of cells, or of plain text; `origin` is that of the cells that do not say their own."""
    return Row(tuple(cell(text) if isinstance(text, str) else text for text in texts), kind, origin)


def table(
    label: str, caption: str, columns: Sequence[Column], body: Iterable[Row], source: str = ""
) -> Table:
    """A table of these parts."""
    return Table(label, caption, tuple(columns), tuple(body), source)


def figure(
    card: Scorecard | Portfolio,
    name: str,
    chart: dict[str, Any],
    *,
    alt_text: str,
    columns: Sequence[Column],
    body: Iterable[Row],
    source: str,
    wording: str = "",
    **fields: object,
) -> Figure:
    """A figure with its data table.

    Parameters
    ----------
    card
        The scorecard or portfolio, for its language.
    name
        Name of the figure, such as ``donors``: the id becomes ``fig-donors`` and the caption is
        the label ``figures.donors.caption``.
    chart
        The chart.
    alt_text
        What it shows, with its numbers, in complete sentences.
    columns, body
        Its data as a table.
    source
        The line that says where the data come from.
    wording
        Name of its labels when that is not the figure's own.
    fields
        What the caption names.
    """
    lang = card.language
    caption = lang.label(f"figures.{wording or name}.caption", **fields)
    # A sentence that ends in an abbreviation, "USD 1,2 mln.", has one full stop.
    alt_text = alt_text.replace("..", ".")
    shown = lang.label("figures.data", caption=caption)
    return Figure(
        id=f"fig-{name}",
        caption=caption,
        alt=alt_text,
        spec=spec(chart, lang, alt_text),
        data=table(f"fig-{name}-data", shown, columns, body, source),
        source=source,
    )


def missing(card: Scorecard | Portfolio, key: str, **fields: object) -> Callout:
    """A notice that says what is not in the data, instead of an empty chart or a crash."""
    lang = card.language
    text = lang.label(f"figures.missing.{key}", **fields)
    return Callout("note", lang.label("figures.missing.title"), (Paragraph((Text(text),)),))


def source_line(card: Scorecard | Portfolio, ids: Iterable[object]) -> str:
    """Publisher and title of some sources, in the order of the table ``sources``."""
    wanted = {str(each) for each in ids if not pd.isna(each)}  # type: ignore[call-overload]
    listed: dict[str, list[str]] = {}
    for name, publisher, title in _sources(card):
        if name in wanted:
            listed.setdefault(publisher, []).append(title)
    return "; ".join(f"{publisher}, {', '.join(titles)}" for publisher, titles in listed.items())


@functools.lru_cache(maxsize=4)
def _sources(card: Scorecard | Portfolio) -> list[tuple[object, str, str]]:
    """Id, publisher and title of every source; not to be changed."""
    table = card["sources"]
    columns = (table["id"].tolist(), map(str, table["publisher"]), map(str, table["title"]))
    return list(zip(*columns, strict=True))


def amounts_source(card: Scorecard, *tables: pd.DataFrame) -> str:
    """The line that says where amounts come from, and by which rates they were converted."""
    ids = [each for rows in tables for each in rows["source"].unique()]
    ids += [each for rows in tables if converted(rows) for each in used(rows)["source"]]
    rates = dict.fromkeys(filter(None, (rates_line(card, rows) for rows in tables)))
    return ". ".join([source_line(card, ids), *rates])


def assessment_name(card: Scorecard) -> str:
    """The assessment in the report's language; the table has its title in one language only."""
    if card.assessment is None:
        return ""
    kind = "fictional" if card.organisation.fictional else "real"
    published = card.assessment.published
    return card.language.label(
        f"figures.assessment.{kind}",
        organisation=card.organisation.abbreviation,
        year=f" ({published[:4]})" if published else "",
    )


@functools.lru_cache(maxsize=4)
def donor_names(card: Scorecard) -> Mapping[str, str]:
    """Names of all donors by id, in the scorecard's language."""
    return {str(each["id"]): card.language.pick(each, "name") for each in records(card["donors"])}


def unit(lang: Language, currency: str) -> str:
    """The unit of amounts in tables and on axes: ``USD mln.``."""
    return f"{currency} {lang.label('scale.million')}"


def millions(lang: Language, amount: float | None, decimals: int = 1) -> str:
    """An amount in millions, without its unit; a dash when there is none."""
    return DASH if amount is None or pd.isna(amount) else lang.number(amount / 1e6, decimals)


def joined(parts: Iterable[str]) -> str:
    """Parts of a sentence that hold commas themselves, one after another."""
    return "; ".join(parts)


def wrapped(text: str, width: int) -> str:
    """Text broken into lines of at most `width` characters; the chart breaks where it does."""
    return "\n".join(textwrap.wrap(text, width, break_long_words=True)) or text


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions as near as can be to the wanted ones, at least `gap` apart, in the same order.

    Labels beside thin slices would stand on each other without it.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed: list[float] = []
    for index in order:
        placed.append(max([wanted[index], low, *(p + gap for p in placed[-1:])]))
    ceiling = high
    for number in reversed(range(len(placed))):
        placed[number] = min(placed[number], ceiling)
        ceiling = placed[number] - gap
    result: list[Any] = [0.0] * len(wanted)
    for index, position in zip(order, placed, strict=True):
        result[index] = round(position, 2)
    return result
