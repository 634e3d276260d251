"""A preprocessor for any nbconvert exporter: Vega-Lite charts into drawings with a description.

Imports what reads cells and what draws charts. ::

    PREPROCESSOR=scorelib.jupyter.preprocess.VegaLiteToSVG
    jupyter nbconvert --to html --HTMLExporter.preprocessors=$PREPROCESSOR NOTEBOOK

An exporter that shows ``image/svg+xml`` then needs no script, no network and no browser for a chart, and a
screen reader is told what it shows.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

from nbconvert.preprocessors import Preprocessor

from scorelib.document.read import VEGALITE, cell_options
from scorelib.document.show import NODE
from scorelib.render.charts import SVG, ChartDrawer

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["VegaLiteToSVG", "described"]


class VegaLiteToSVG(Preprocessor):
    """Adds to each Vega-Lite output its drawing as SVG, with its alt text in it.

    The alt text is the cell's ``#| fig-alt:``, or that of a figure of scorelib. The drawing takes the
    place of HTML of the same output too: what Altair writes there loads scripts from elsewhere, and
    nbconvert's own page would show an SVG as a picture without its description.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook with its charts drawn.

        Raises
        ------
        RenderError
            If a chart cannot be drawn.
        """
        with ChartDrawer() as drawer:
            for number, cell in enumerate(nb.cells, 1):
                for index, output in enumerate(cell.get("outputs", ())):
                    self._draw(drawer, output, cell.source, f"cell {number}", f"c{number}-{index}")
        return nb, resources

    def _draw(self, drawer: ChartDrawer, output: Any, source: str, place: str, name: str) -> None:
        data = output.get("data", {})
        spec = next((data[mime] for mime in data if VEGALITE.fullmatch(mime)), None)
        if spec is None:
            return
        node = data.get(NODE)
        given = node if isinstance(node, dict) else {}
        alt = str(cell_options(source, place).get("fig-alt") or given.get("alt") or "")
        if not alt:
            self.log.warning(
                "%s: its chart has no description; write `#| fig-alt: …` at the head of the cell", place
            )
        svg = described(drawer.draw(spec, name), alt)
        data["image/svg+xml"] = svg
        data["text/html"] = f"<div>{svg}</div>"


def described(svg: str, alt: str) -> str:
    """A drawing that says what it shows to whoever cannot see it."""
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing, made a moment ago
    root.attrib.pop("aria-hidden", None)
    root.set("role", "img")
    if alt:
        root.set("aria-label", alt)
        title = ET.Element(f"{{{SVG}}}title")
        title.text = alt
        root.insert(0, title)
    return ET.tostring(root, encoding="unicode")
