"""nbconvert makes our page and PDF of a notebook that was run, and says what is wrong with any other."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbconvert.exporters import get_exporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from scorelib.document.nodes import Figure
from scorelib.document.read import read
from scorelib.document.show import NODE, VEGALITE, bundle
from scorelib.jupyter.exporters import ExportError
from scorelib.jupyter.preprocess import VegaLiteToSVG

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

CHART = {
    "mark": "bar",
    "data": {"values": [{"a": "x", "b": 1}]},
    "encoding": {"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"}},
}
CHART_SOURCE = "#| label: fig-one\n#| fig-cap: One bar\n#| fig-alt: One bar, of 1\nchart"


def shown(data: dict[str, Any]) -> NotebookNode:
    made: NotebookNode = new_output("execute_result", data=data, execution_count=1)
    return made


def notebook(*cells: NotebookNode) -> NotebookNode:
    made: NotebookNode = new_notebook(cells=[new_markdown_cell("# A title\n\n## A chapter\n\nText."), *cells])
    return made


def run_cell(source: str, *outputs: NotebookNode) -> NotebookNode:
    made: NotebookNode = new_code_cell(source, outputs=list(outputs), execution_count=1)
    return made


def exported(kind: str, made: NotebookNode) -> str | bytes:
    result: str | bytes = get_exporter(f"scorecard-{kind}")().from_notebook_node(made)[0]
    return result


def test_a_notebook_that_was_run_becomes_a_page_and_a_pdf(built: Path, tmp_path: Path) -> None:
    run = built / "reports" / "voorbeeld" / "2024" / "nl" / "notebook.ipynb"
    made = nbformat.read(run, as_version=4)
    page = exported("html", made)
    assert isinstance(page, str)
    assert '<html lang="nl-NL"' in page
    assert page.count("<figure") >= 8
    # The command, as it is typed; beside the notebook, where nbconvert puts it.
    (tmp_path / "run.ipynb").write_bytes(run.read_bytes())
    command = [sys.executable, "-m", "nbconvert", "--to", "scorecard-pdf", "run.ipynb"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "run.pdf").read_bytes().startswith(b"%PDF-")


def test_a_chart_of_altair_alone_is_enough() -> None:
    page = exported("html", notebook(run_cell(CHART_SOURCE, shown({VEGALITE: CHART}))))
    assert 'aria-label="One bar, of 1"' in str(page)


def test_a_notebook_that_was_not_run_is_told_so() -> None:
    made = notebook(run_cell("a = 1"), new_code_cell("figures = a + 1"))
    for kind in ("html", "pdf"):
        with pytest.raises(ExportError, match=r"cell 3 \(figures = a \+ 1\) was not run.*Run All Cells"):
            exported(kind, made)


def test_a_cell_that_failed_is_named() -> None:
    error = new_output("error", ename="NameError", evalue="name 'kard' is not defined", traceback=[])
    with pytest.raises(ExportError, match=r"cell 2 failed: NameError: name 'kard' is not defined\. Mend it"):
        exported("html", notebook(run_cell("kard", error)))


def test_a_chart_without_a_description_is_refused_with_what_to_write() -> None:
    with pytest.raises(ExportError, match=r"cell 2: a chart needs .*fig-alt"):
        exported("html", notebook(run_cell("chart", shown({VEGALITE: CHART}))))


def test_the_preprocessor_gives_any_exporter_a_drawing_with_its_description() -> None:
    figure = Figure("fig-two", "Two", "A bar that a figure describes", CHART)
    html = {"text/html": "<script src='https://cdn.example/vega.js'></script>"}
    made = notebook(
        run_cell(CHART_SOURCE, shown({VEGALITE: CHART, **html})), run_cell("figure", shown(bundle(figure)))
    )
    preprocessor: Any = VegaLiteToSVG
    preprocessor().preprocess(made, {})
    for cell, alt in zip(made.cells[1:], ("One bar, of 1", "A bar that a figure describes"), strict=True):
        data = cell.outputs[0].data
        drawing = ET.fromstring(data["image/svg+xml"])  # noqa: S314 - our own
        assert (drawing.get("role"), drawing.get("aria-label")) == ("img", alt)
        assert drawing.get("aria-hidden") is None
        assert drawing[0].text == alt
        assert "script" not in data["text/html"]
        assert VEGALITE in data
    exporter = get_exporter("html")(preprocessors=[preprocessor])
    page = exporter.from_notebook_node(made)[0]
    assert page.count('role="img"') >= 2
    assert "cdn.example" not in page


def test_a_figure_stands_on_paper_in_a_notebook_and_not_in_a_report() -> None:
    data = bundle(Figure("fig-two", "Two", "Alt", CHART))
    assert data[VEGALITE]["background"] == "#ffffff"
    assert "spec" not in data[NODE]
    document = read(notebook(run_cell("figure", shown(data))))
    assert [block.spec for block in document.blocks if isinstance(block, Figure)] == [
        {**CHART, "background": None}
    ]
