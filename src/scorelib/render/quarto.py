"""A numbered document into a clean notebook for Quarto; imports document and language below it.

The notebook is front matter, Markdown and pictures, with no code and no output: an analyst reads it,
and Quarto has nothing to run. Sections, figures and tables are numbered by Quarto itself, which is
told to count as `document.number` does; what a chart needs to be interactive stands in blocks of
HTML, which other formats leave out.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from html import escape as html_escape
from typing import TYPE_CHECKING, Any

import yaml

from scorelib.document.nodes import Figure, Heading, Panel, Table, to_json
from scorelib.render.origins import annex
from scorelib.render.qmarkdown import Writer
from scorelib.render.qtext import attribute
from scorelib.render.typst import annex_tables, literal, page_label, panel, unprintable

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence

    from scorelib.document.ledger import Ledger
    from scorelib.document.nodes import Block, Document
    from scorelib.language import Language

__all__ = ["FONTS", "PAGE_FOOT", "PAGE_HEAD", "Extras", "sources"]

FONTS = "fonts"
PAGE_HEAD = "page-head.html"
PAGE_FOOT = "page-foot.html"
"""What stands beside the notebooks: see `render.quartoproject`."""

FIGURES = "figures"
HTML_ONLY = '.content-visible when-format="html"'
TYPST_ONLY = '.content-visible when-format="typst"'


@dataclass(frozen=True, slots=True)
class Extras:
    """What a report needs beside its document.

    Parameters
    ----------
    charts
        Static SVG of each figure by its id.
    date
        Date of the document, from its data.
    made
        One line that says how the report was made.
    files
        Links at the foot of the page: label and relative address.
    alternate
        Label, language code and address of the same report in another language.
    standards
        What the PDF has to conform to, as far as this Quarto can check it.
    ledger
        What the origins of its numbers lead to; None for no annex of them.
    """

    charts: Mapping[str, str]
    date: datetime.date
    made: str = ""
    files: Sequence[tuple[str, str]] = ()
    alternate: tuple[str, str, str] | None = None
    standards: Sequence[str] = ()
    ledger: Ledger | None = None


def sources(document: Document, language: Language, stem: str, extras: Extras) -> dict[str, bytes]:
    """The notebook and its pictures, by their paths in the folder that Quarto renders.

    Parameters
    ----------
    document
        A document that has been numbered.
    language
        The language of the report.
    stem
        Name of the notebook without suffix: one for each report, and without spaces.
    extras
        Charts, date and links.

    Raises
    ------
    RenderError
        If something in it can't be said in Quarto's Markdown.
    """
    return _Sources(document, language, stem, extras).files()


class _Sources:
    def __init__(self, document: Document, language: Language, stem: str, extras: Extras) -> None:
        self.document = document
        self.language = language
        self.stem = stem
        self.extras = extras
        written = json.dumps(to_json(document), ensure_ascii=False)
        self.unprintable = unprintable(written)
        self.writer = Writer(language, document, self.unprintable)
        self.pictures: dict[str, bytes] = {}

    def files(self) -> dict[str, bytes]:
        cells = [{"cell_type": "raw", "source": self._front_matter()}]
        cells += [{"cell_type": "markdown", "source": source} for source in self._texts()]
        notebook = {
            "cells": [
                # Ids by place and content: the same document gives the same bytes.
                {**cell, "id": _cell_id(number, cell["source"]), "metadata": {}}
                for number, cell in enumerate(cells, 1)
            ],
            "metadata": {
                "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                "language_info": {"name": "python"},
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        written = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        return {f"{self.stem}.ipynb": written.encode("utf-8", "replace"), **self.pictures}

    # --- front matter -----------------------------------------------------------------------------

    def _front_matter(self) -> str:
        cover, label, date = self.document.cover, self.language.label, self.extras.date
        card: dict[str, Any] = {
            "running": self.writer.text(cover.running),
            "status": self.writer.text(cover.status),
            "notice": self.writer.text(cover.notice),
            "language": self.language.code,
            "region": self.language.region,
            "year": date.year,
            "month": date.month,
            "day": date.day,
            "page-label": f"`{page_label(self.language)}`{{=typst}}",
            "facts": [
                {"label": self.writer.text(item.label), "value": self.writer.text(item.value)}
                for item in cover.facts
            ],
        }
        front: dict[str, Any] = {
            "title": self.writer.text(cover.title),
            "subtitle": self.writer.text(cover.subtitle),
            "lang": self.language.tag,
            "crossref": {
                "fig-title": label("document.figure", number="").strip(),
                "tbl-title": label("document.table", number="").strip(),
            },
            "scorecard": {key: value for key, value in card.items() if value != ""},
            "pdf-standard": list(self.extras.standards),
            "font-paths": [FONTS],
            "include-in-header": [PAGE_HEAD],
            "include-after-body": [PAGE_FOOT],
        }
        kept = {key: value for key, value in front.items() if value not in ("", [])}
        body = yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=10_000)
        return f"---\n{body}---"

    # --- texts ------------------------------------------------------------------------------------

    def _texts(self) -> list[str]:
        """The sources of the Markdown cells: one for the cover, one a chapter's text, one a figure."""
        blocks = self.document.blocks
        heads = (index for index, block in enumerate(blocks) if isinstance(block, Heading))
        first = next(heads, 0)
        contents = f"#table-of-contents({self._printed(self.language.label('document.contents'))})"
        texts = [self._cover()]
        for block in blocks[:first]:
            self._add(texts, block)
        texts.append(f"```{{=typst}}\n{contents}\n```")
        for block in blocks[first:]:
            self._add(texts, block)
        return [text for text in [*texts, *self._annex(), *self._origins(), self._foot()] if text]

    def _add(self, texts: list[str], block: Block) -> None:
        match block:
            case Figure():
                text = self._figure(block)
            case Panel():
                text = self._panel(block)
            case _:
                text = self.writer.block(block)
        own = isinstance(block, Figure | Panel) or (isinstance(block, Table) and block.id)
        head = isinstance(block, Heading) and block.number
        if own or head or not texts or _stands_alone(texts[-1]):
            texts.append(text)
        else:
            texts[-1] += f"\n\n{text}"

    def _cover(self) -> str:
        """What a page shows above its text; on paper the template does."""
        cover, parts = self.document.cover, []
        if cover.status:
            parts.append(f"[{self.writer.text(cover.status)}]{{.status}}")
        if cover.notice:
            parts.append(f"::: {{.fictional}}\n{self.writer.text(cover.notice)}\n:::")
        if cover.facts:
            facts = "\n\n".join(self.writer.definition(item) for item in cover.facts)
            parts.append(f"::: {{.facts}}\n{facts}\n:::")
        if self.extras.alternate:
            words, lang, address = self.extras.alternate
            parts.append(f"[{self.writer.text(words)}]({address}){{lang={lang} hreflang={lang}}}")
        return _only(HTML_ONLY, parts)

    def _printed(self, text: str) -> str:
        """A text for the template, as Typst takes it."""
        return self._shielded(literal(text))

    def _shielded(self, code: str) -> str:
        """A call in Typst whose texts hold no shortcode, for which Quarto looks in raw blocks as well."""
        return code.translate(self.unprintable).replace("{{", "\\u{7b}\\u{7b}")

    def _foot(self) -> str:
        links = [f"[{self.writer.text(words)}]({address})" for words, address in self.extras.files]
        parts = [" · ".join(links)] if links else []
        if not self.extras.made:
            return _only(HTML_ONLY, parts)
        parts.append(f"[{self.writer.text(self.extras.made)}]{{.colophon}}")
        printed = f"```{{=typst}}\n#colophon({self._printed(self.extras.made)})\n```"
        return f"{_only(HTML_ONLY, parts)}\n\n{printed}"

    def _panel(self, block: Panel) -> str:
        """A list of terms for the page; on paper the theme's own panel, as terms have no tags there."""
        parts = [f"**{self.writer.text(block.title)}**"] if block.title else []
        parts += [self.writer.definition(item) for item in block.items]
        parts += [f"[{self.writer.text(block.note)}]{{.panel-note}}"] if block.note else []
        printed = self._shielded(panel(block, self.writer.names))
        shown = "::: {.panel}\n" + "\n\n".join(parts) + "\n:::"
        return f"{_only(HTML_ONLY, [shown])}\n\n```{{=typst}}\n{printed}\n```"

    # --- figures ----------------------------------------------------------------------------------

    def _figure(self, figure: Figure) -> str:
        name = self.writer.names[figure.id]
        path = f"{FIGURES}/{self.stem}/{name}.svg"
        self.pictures[path] = (
            self.extras.charts[figure.id].translate(self.unprintable).encode("utf-8", "replace")
        )
        caption = self.writer.caption(figure.caption, figure.source)
        parts = [f"![{caption}]({path}){{#{name} fig-alt={attribute(figure.alt)} width=100%}}"]
        # As JSON in which no `<` is left, it cannot end its element or begin a shortcode.
        spec = json.dumps(figure.spec, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
        script = (
            f'<script type="application/json" class="scorecard-chart" data-figure="{name}">{spec}</script>'
        )
        parts.append(f"```{{=html}}\n{script}\n```")
        if figure.data is not None:
            summary = html_escape(self.language.label("document.data"))
            opened = f"```{{=html}}\n<details><summary>{summary}</summary>\n```"
            table = self.writer.table(figure.data)
            parts.append(_only(HTML_ONLY, [opened, table, "```{=html}\n</details>\n```"]))
        return "\n\n".join(parts)

    def _annex(self) -> list[str]:
        """The data of the figures, for readers on paper."""
        tables = annex_tables(self.document.blocks)
        if not tables:
            return []
        title = self._printed(self.language.label("document.annex"))
        title = f'```{{=typst}}\n#annex("annex", {title})\n```'
        parts = []
        for number, table in tables:
            caption = self.language.label("document.annex_table", number=number)
            parts += [f"**{self.writer.text(caption)}**", self.writer.table(table)]
        return [title, _only(TYPST_ONLY, parts)]

    def _origins(self) -> list[str]:
        """Where the numbers come from: an annex on paper, unfolded at will in a page."""
        ledger, label = self.extras.ledger, self.language.label
        if ledger is None or not ledger.places:
            return []
        title = label("origin.annex")
        opened = f"<details><summary>{html_escape(title)}</summary>"
        parts = [
            f'```{{=typst}}\n#annex("annex-origins", {self._printed(title)})\n```',
            f"```{{=html}}\n{opened}\n```",
            self.writer.text(label("origin.intro")),
        ]
        for table in annex(self.document, ledger, self.language):
            parts += [f"**{self.writer.text(table.caption)}**", self.writer.table(table)]
        return ["\n\n".join([*parts, "```{=html}\n</details>\n```"])]


def _only(where: str, parts: Sequence[str]) -> str:
    """Parts that one format alone shows."""
    return f"::: {{{where}}}\n\n" + "\n\n".join(parts) + "\n\n:::" if parts else ""


def _stands_alone(text: str) -> bool:
    """Whether a cell is a figure, a table or a block for one format, to which no text is added."""
    return text.startswith(("![", "::: ", "```{=")) or text.endswith("\n:::")


def _cell_id(number: int, source: str) -> str:
    digest = hashlib.sha256(source.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{number}-{digest}"
