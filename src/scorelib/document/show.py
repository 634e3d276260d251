"""How parts of a document, charts and DataFrames show themselves in a notebook; draws nothing.

Imports nothing of ours but nodes. Every part travels as ``application/vnd.scorelib.node+json``
for the renderers, and beside it as Markdown, which JupyterLab and VS Code show in their own style,
light or dark; a chart travels as Vega-Lite JSON, never as HTML.
"""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

from scorelib.document.nodes import (
    Callout,
    Column,
    Cover,
    Figure,
    Number,
    Panel,
    Row,
    Section,
    Table,
    Text,
    plain,
    to_json,
)
from scorelib.document.origin import unmarked

if TYPE_CHECKING:
    import pandas as pd

    from scorelib.document.nodes import Inline

__all__ = ["NODE", "VEGALITE", "bundle", "register"]

NODE = "application/vnd.scorelib.node+json"
VEGALITE = "application/vnd.vegalite.v5+json"
"""JupyterLab and VS Code draw no newer one, and nothing in a specification of ours needs it."""


PAPER = "#ffffff"
"""What charts stand on in a notebook: their ink is dark, and a notebook may be. Reading leaves it out."""


def bundle(node: Any) -> dict[str, Any]:
    """The representations of a part, by MIME type."""
    shown = {NODE: to_json(node), "text/plain": f"<{type(node).__name__}>"}
    match node:
        case Figure(_, caption, alt, spec):
            # The specification stands beside it, where Jupyter looks for it; once is enough.
            del shown[NODE]["spec"]
            return {**shown, VEGALITE: {**spec, "background": PAPER}, "text/plain": f"{caption}\n{alt}"}
        case Section(level, title, _, markdown):
            text = f"{'#' * (level + 1)} {title}\n\n{_readable(unmarked(markdown))}"
        case Table():
            text = _markdown_table(node)
        case Panel(title, items, note):
            lines = [f"- **{_cell(item.value)}** {_cell(item.label)}" for item in items]
            text = "\n".join([f"**{title}**", "", *lines, "", note])
        case Callout(_, title, children):
            inner = [plain(getattr(child, "children", ())) for child in children]
            text = "\n".join(f"> {line}" for line in [f"**{title}**", "", *inner])
        case Cover(title, subtitle):
            text = f"# {title}\n\n{subtitle}\n\n{' '.join(filter(None, [node.status, node.notice]))}"
        case _:
            return shown
    return {**shown, "text/markdown": text}


# None of these looks for an end behind the next beginning, which would take the square of a text's length.
SPAN = re.compile(r"\[([^\[\]]+)\]\{lang=[^{}]*\}")
MARK = re.compile(r"\[\^([^\[\]\s]+)\](?!:)")
NOTE = re.compile(r"^\[\^([^\]\s]+)\]:\s*", re.MULTILINE)
REFERENCE = re.compile(r"(?<![\w`])@((?:fig|tbl|sec)-[A-Za-z0-9-]*[A-Za-z0-9])")
OPENED = re.compile(r":::[ \t]*\{[^{}]*\}")
CLOSED = re.compile(r":::[ \t]*")
HEADING_ID = re.compile(r"^(#+ .*\S)[ \t]*\{#[^{}\n]*\}[ \t]*$", re.MULTILINE)


def _readable(markdown: str) -> str:
    """A text for the eye: what only Quarto's Markdown has, in words that any Markdown has.

    Reports are made from the text itself, which travels beside it.
    """
    numbers: dict[str, int] = {}

    def mark(found: re.Match[str]) -> str:
        return f"<sup>{numbers.setdefault(found[1], len(numbers) + 1)}</sup>"

    text = SPAN.sub(r"\1", markdown)
    text = MARK.sub(mark, text)
    text = NOTE.sub(lambda found: f"<sup>{numbers.get(found[1], '?')}</sup> ", text)
    text = HEADING_ID.sub(r"\1", _quoted(text))
    return REFERENCE.sub(r"`\1`", text)


def _quoted(text: str) -> str:
    """A text with its callouts as quotations."""
    lines: list[str] = []
    begun: int | None = None
    for line in text.split("\n"):
        if begun is None and OPENED.fullmatch(line):
            begun = len(lines)
        elif begun is not None and CLOSED.fullmatch(line):
            inner = "\n".join(lines[begun + 1 :]).strip()
            lines[begun:] = ["> " + inner.replace("\n", "\n> ")]
            begun = None
            continue
        lines.append(line)
    return "\n".join(lines)


def _markdown_table(table: Table) -> str:
    marks = {"left": ":--", "right": "--:", "decimal": "--:"}
    width = len(table.columns)
    lines = [
        _line([column.title for column in table.columns]),
        _line([marks[column.align] for column in table.columns]),
    ]
    for row in table.rows:
        cells = [plain(cell) for cell in row.cells] + [""] * (width - len(row.cells))
        lines.append(_line([f"**{cell}**" if cell and row.kind != "body" else cell for cell in cells]))
    return "\n".join([f"*{_cell(table.caption)}*", "", *lines, "", _cell(table.source)])


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


# --- objects of other libraries ---------------------------------------------------------------


def register() -> None:
    """Have IPython, where it runs, show charts and DataFrames in a way that renderers can read.

    Altair's own renderer either emits HTML, which loads scripts from elsewhere, or a MIME type
    that nbformat refuses. By name, so that neither library is imported for it.
    """
    if "IPython" not in sys.modules:
        return
    shell = sys.modules["IPython"].get_ipython()
    if shell is None:
        return
    formatter = shell.display_formatter.mimebundle_formatter
    formatter.for_type_by_name("altair.vegalite.v6.api", "TopLevelMixin", _chart)
    formatter.for_type_by_name("pandas", "DataFrame", _frame)


def _chart(chart: Any, **_: object) -> dict[str, Any]:
    # As JSON and back: what Altair leaves in a specification is not always plain JSON.
    return {VEGALITE: json.loads(chart.to_json()), "text/plain": repr(chart)}


def _frame(frame: pd.DataFrame, **_: object) -> dict[str, Any]:
    return {NODE: to_json(table_of(frame))}


def table_of(frame: pd.DataFrame) -> Table:
    """A DataFrame as a table: a named index becomes columns, numbers keep their decimals."""
    flat = frame if frame.index.name is None and frame.index.nlevels == 1 else frame.reset_index()
    columns = []
    cells: list[list[tuple[Inline, ...]]] = []
    for position, name in enumerate(flat.columns):
        series = flat.iloc[:, position]
        numeric = series.dtype.kind in "iuf"
        title = " ".join(map(str, name)) if isinstance(name, tuple) else str(name)
        columns.append(Column(title, "decimal" if numeric else "left"))
        decimals = 1 if series.dtype.kind == "f" else 0
        cells.append([_value(value, decimals if numeric else None) for value in series])
    rows = tuple(Row(tuple(row)) for row in zip(*cells, strict=True))
    return Table("", "", tuple(columns), rows)


def _value(value: Any, decimals: int | None) -> tuple[Inline, ...]:
    if value is None or value != value:  # noqa: PLR0124 - NaN is the one value unequal to itself
        return (Text("–"),)
    if decimals is not None:
        return (Number(float(value), decimals),)
    return (Text(str(value)),)
