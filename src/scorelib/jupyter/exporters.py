"""nbconvert exporters ``scorecard-html`` and ``scorecard-pdf``; imports what renders, and runs nothing.

``jupyter nbconvert --to scorecard-pdf`` and JupyterLab's *Save and Export Notebook As* render a notebook
as it was run: headings, numbers, captions and notes as in a report that `scorelib build` makes. What
only a build knows stays out: where each number comes from, and the data as a file.

A Jupyter server cannot address a format with a hyphen (its route takes letters, digits and underscores
alone, and answers 404): in a server these two are ``scorecard_html`` and ``scorecard_pdf``.
"""

from __future__ import annotations

import datetime
import os
import sys
from typing import TYPE_CHECKING, Any

from nbconvert.exporters import Exporter
from nbconvert.utils.exceptions import ConversionException

import scorelib
from scorelib.document.nodes import Figure
from scorelib.document.number import numbered
from scorelib.document.read import HIDDEN, read
from scorelib.errors import ScorelibError
from scorelib.language import available, language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode

    from scorelib.document.nodes import Document
    from scorelib.language import Language

__all__ = [
    "ExportError",
    "HTMLExporter",
    "PDFExporter",
    "ServedHTMLExporter",
    "ServedPDFExporter",
    "check_run",
]


class ExportError(ConversionException):
    """A notebook cannot be exported as it is; the message says what to do first."""


class _Scorecard(Exporter):
    """What both have in common: a notebook becomes a numbered document with drawn charts."""

    def from_notebook_node(  # type: ignore[override] # as the exporters of nbconvert itself do
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str | bytes, dict[str, Any]]:
        """The notebook as a file.

        Raises
        ------
        ExportError
            If it was not run, a cell of it failed, or it cannot be rendered.
        """
        ready, resources = super().from_notebook_node(nb, resources, **kw)
        check_run(ready)
        try:
            document = read(ready)
            tongue = _language(document.cover.lang)
            document = numbered(document, tongue)
            return self.write(document, tongue, _charts(document)), resources
        except ScorelibError as error:
            message = f"{error}. Mend the cell, run the notebook, and export it again."
            raise ExportError(message) from None

    def write(self, document: Document, language: Language, charts: Mapping[str, str]) -> str | bytes:
        """The document as a file of this format."""
        raise NotImplementedError

    def _enabled_default(self) -> bool:
        # A server's menu would show a format that it then does not find.
        return "jupyter_server.nbconvert.handlers" not in sys.modules


class HTMLExporter(_Scorecard):
    """One self-contained, accessible page."""

    export_from_notebook = "Scorecard (HTML)"
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def write(self, document: Document, language: Language, charts: Mapping[str, str]) -> str:
        """The page."""
        from scorelib.render import assets, html  # noqa: PLC0415 - not for a list of exporters

        page = html.Page(charts, assets.font_css(), assets.vega_bundle(), _made(language))
        return html.write(document, language, page)


class PDFExporter(_Scorecard):
    """A PDF of the forms PDF/A-2a and PDF/UA-1."""

    export_from_notebook = "Scorecard (PDF)"
    output_mimetype = "application/pdf"

    def _file_extension_default(self) -> str:
        return ".pdf"

    def write(self, document: Document, language: Language, charts: Mapping[str, str]) -> bytes:
        """The PDF."""
        from scorelib.render import assets, typst  # noqa: PLC0415 - not for a list of exporters

        return typst.pdf(
            document, language, charts, assets.font_folder(), date=_today(), made=_made(language)
        )


class ServedHTMLExporter(HTMLExporter):
    """The page, by the name that a Jupyter server can address."""

    def _enabled_default(self) -> bool:
        return True


class ServedPDFExporter(PDFExporter):
    """The PDF, by the name that a Jupyter server can address."""

    def _enabled_default(self) -> bool:
        return True


def check_run(notebook: NotebookNode) -> None:
    """Refuse a notebook that was not run to its end.

    Raises
    ------
    ExportError
        If a cell was not run, or failed; the message names the first one.
    """
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code" or not cell.source.strip() or HIDDEN in cell.metadata.get("tags", ()):
            continue
        failed = next((each for each in cell.outputs if each.output_type == "error"), None)
        if failed is not None:
            message = (
                f"cell {number} failed: {failed.ename}: {failed.evalue}. "
                "Mend it, run the whole notebook, and export it again."
            )
            raise ExportError(message)
        if cell.get("execution_count") is None:
            first = cell.source.strip().splitlines()[0][:60]
            message = (
                f"cell {number} ({first}) was not run, so there is nothing to export. Run the whole notebook "
                "first (Run > Run All Cells), save it, and export it again; on the command line, "
                "`papermill NOTEBOOK out.ipynb` runs it."
            )
            raise ExportError(message)


def _language(tag: str) -> Language:
    """The language of a tag such as nl-NL; English for one that is not known."""
    code = tag.partition("-")[0]
    return language(code if code in available() else "en")


def _charts(document: Document) -> dict[str, str]:
    from scorelib.render.charts import ChartDrawer  # noqa: PLC0415 - not for a list of exporters

    figures = [block for block in document.blocks if isinstance(block, Figure)]
    with ChartDrawer() as drawer:
        return {figure.id: drawer.draw(figure.spec, figure.id) for figure in figures}


def _made(tongue: Language) -> str:
    return tongue.label("document.exported", version=scorelib.__version__, date=tongue.date(_today()))


def _today() -> datetime.date:
    """The day of the export, or the one that whoever wants the same bytes again has set."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date()
    return datetime.datetime.now().astimezone().date()
