"""The ways in which reports are made: our command, and the naive loop; measures by the clock alone."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from benchmarks.projects import LANGUAGES
from benchmarks.timing import Failed, program, timed

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.projects import Report

__all__ = ["NAIVE_NOTEBOOK", "REPORTS_ALONE", "build", "naive", "naive_notebook", "pandoc"]

NOTEBOOK = "scorecard.ipynb"
NAIVE_NOTEBOOK = "scorecard-naive.ipynb"
PLAIN = """\
# Other tools know nothing of scorelib's own representation: parts show themselves as HTML, as DataFrames do,
# and charts as SVG, as Altair's own svg renderer has them.
import vl_convert
from IPython.display import SVG, display
from markdown_it import MarkdownIt
from scorelib.document import nodes, show

_html = MarkdownIt("commonmark").enable("table").render


def _plain(node, **_):
    if isinstance(node, nodes.Figure):
        display(SVG(vl_convert.vegalite_to_svg(node.spec)))
        return {"text/html": _html(node.caption), "text/plain": ""}
    return {"text/html": _html(show.bundle(node)["text/markdown"]), "text/plain": ""}


for _kind in (nodes.Callout, nodes.Cover, nodes.Figure, nodes.Panel, nodes.Section, nodes.Table):
    get_ipython().display_formatter.mimebundle_formatter.for_type(_kind, _plain)
"""
WITHOUT_IDS = """\
-- Typst refuses two headings with the same id, and nbconvert makes them of the headings' words.
function Header(heading)
  heading.identifier = ""
  return heading
end
function Link(link)
  if link.target:sub(1, 1) == "#" then
    return link.content
  end
end
"""
COMPILE = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2])"


REPORTS_ALONE = ("--force", "--lang", ",".join(LANGUAGES))
"""All reports anew, and no site over them, which none of the others makes."""


def build(project: Path, *options: str, python: str = sys.executable) -> float:
    """Seconds that our command takes."""
    return timed([program("scorelib", python), "build", *options], project)


def naive_notebook(project: Path) -> Path:
    """The same notebook with one more cell, after which its outputs are what any Jupyter tool reads."""
    path = project / "notebooks" / NOTEBOOK
    notebook = json.loads(path.read_text("utf-8"))
    place = next(i for i, cell in enumerate(notebook["cells"]) if "load_scorecard" in "".join(cell["source"]))
    cell = {"cell_type": "code", "id": "plain", "metadata": {}, "source": PLAIN, "outputs": []}
    notebook["cells"].insert(place + 1, {**cell, "execution_count": None})
    made = path.with_name(NAIVE_NOTEBOOK)
    made.write_text(json.dumps(notebook), "utf-8")
    return made


def naive(project: Path, report: Report, out: Path, *, python: str = sys.executable) -> float:
    """Seconds that the commands take that today's loop calls for one report, one after the other."""
    name = report.name
    (out / "without-ids.lua").write_text(WITHOUT_IDS, "ascii")
    parameters = ("organisation", report.organisation), ("year", str(report.year)), ("lang", report.lang)
    notebook = (f"notebooks/{NAIVE_NOTEBOOK}", str(out / f"{name}.ipynb"))
    execute = [program("papermill", python), *notebook, "--cwd", "notebooks", "--no-progress-bar"]
    execute += [word for parameter in parameters for word in ("-p", *parameter)]
    to_page = ["nbconvert", "--to", "html", "--no-input", f"{name}.ipynb"]
    to_typst = [f"{name}.html", "--standalone", "--lua-filter=without-ids.lua", f"--output={name}.typ"]
    # Typst reads drawings from files alone.
    to_typst.append(f"--extract-media={name}-media")
    return (
        timed(execute, project)
        + timed([program("jupyter", python), *to_page], out)
        + timed([pandoc(), *to_typst], out)
        + timed([python, "-c", COMPILE, f"{name}.typ", f"{name}.pdf"], out)
    )


def pandoc() -> str:
    """Where pandoc is.

    Raises
    ------
    Failed
        If it is not installed.
    """
    try:
        import pypandoc
    except ImportError:
        message = "pandoc is not installed; run this by: make bench"
        raise Failed(message) from None
    return str(pypandoc.get_pandoc_path())
