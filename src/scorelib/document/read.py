"""An executed notebook into a document; imports nodes, Markdown, language and errors only.

A cell ends in one of our nodes, an Altair chart or a DataFrame; Markdown cells are prose. Sources
are never shown, nor are cells with the tag ``remove-cell``. Captions and alt texts come from the
node, or from Quarto's cell options (``#| label:``, ``#| fig-cap:``, ``#| fig-alt:``, ``#| tbl-cap:``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import yaml

from scorelib.document.markdown import parse
from scorelib.document.nodes import (
    Block,
    Callout,
    CodeBlock,
    Cover,
    Document,
    Figure,
    Heading,
    Note,
    Section,
    Table,
    Text,
    from_json,
    plain,
    shown,
)
from scorelib.document.show import NODE
from scorelib.errors import ExecutionError, RenderError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode

__all__ = ["cell_options", "charts", "read"]


VEGALITE = re.compile(r"application/vnd\.vegalite\.v\d+(?:\.\d+)*\+json")
SECTION_LEVEL = 2
HIDDEN = "remove-cell"
OPTION = re.compile(r"\s*#\|\s?(.*)")


@dataclass
class _Reading:
    blocks: list[Block] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    cover: Cover | None = None


def read(notebook: NotebookNode, *, lang: str = "en-GB") -> Document:
    """Read an executed notebook.

    Parameters
    ----------
    notebook
        A notebook of format 4 that has been executed.
    lang
        Language of a notebook that shows no cover.

    Raises
    ------
    ExecutionError
        If a cell holds an error: a report of a failed run is never made.
    RenderError
        If an output or a cell option cannot be read; the message names the cell.
    """
    reading = _Reading()
    for number, cell in enumerate(notebook.cells, 1):
        place = f"cell {number}"
        if HIDDEN in cell.metadata.get("tags", ()):
            continue
        if cell.cell_type == "markdown":
            _markdown(reading, cell.source, prefix=f"c{number}-")
        elif cell.cell_type == "code":
            options = cell_options(cell.source, place)
            for output in cell.outputs:
                _output(reading, output, options, place)
    cover = reading.cover or _plain_cover(reading.blocks, lang)
    return Document(cover, tuple(reading.blocks), tuple(reading.notes))


def charts(cell: NotebookNode) -> list[dict[str, Any]]:
    """Specifications of the charts that an executed cell shows, as the document will have them."""
    if HIDDEN in cell.metadata.get("tags", ()):
        return []
    found = (_specification(output["data"]) for output in cell.get("outputs", ()) if "data" in output)
    return [chart for chart in found if chart is not None]


def _specification(data: Mapping[str, Any]) -> dict[str, Any] | None:
    found = (data[mime] for mime in data if VEGALITE.fullmatch(mime))
    chart = next((each for each in found if isinstance(each, dict)), None)
    if chart is None:
        return None
    # The paper of one of ours is the notebook's: a page has its own, light or dark.
    return {**chart, "background": None} if NODE in data else dict(chart)


def cell_options(source: str, place: str) -> dict[str, Any]:
    """Quarto's options at the head of a cell, the lines that begin with ``#|``."""
    lines = []
    for line in source.splitlines():
        found = OPTION.match(line)
        if not found:
            break
        lines.append(found.group(1))
    try:
        options = yaml.safe_load("\n".join(lines)) or {}
    except yaml.YAMLError as error:
        message = f"{place}: its #| options are not YAML ({' '.join(str(error).split())}); mend the lines"
        raise RenderError(message) from None
    if not isinstance(options, dict):
        message = f"{place}: its #| options are not of the form `name: value`; mend the lines"
        raise RenderError(message)
    return options


def _markdown(reading: _Reading, text: str, *, prefix: str, deeper: int = 0) -> None:
    parsed = parse(text, prefix=prefix, deeper=deeper)
    reading.blocks += parsed.blocks
    reading.notes += parsed.notes


def _output(reading: _Reading, output: NotebookNode, options: Mapping[str, Any], place: str) -> None:
    kind = output.output_type
    if kind == "error":
        message = f"{place} failed: {output.ename}: {output.evalue}"
        raise ExecutionError(message)
    if kind == "stream":
        if output.name == "stdout" and output.text.strip():
            reading.blocks.append(CodeBlock(shown(output.text.rstrip("\n"))))
        return
    data = output.data
    chart = _specification(data)
    if NODE in data:
        node = data[NODE]
        if chart is not None and isinstance(node, dict):
            node = {**node, "spec": chart}
        _node(reading, node, options, place)
    elif chart is not None:
        reading.blocks.append(_chart(chart, options, place))
    elif "text/markdown" in data:
        _markdown(reading, data["text/markdown"], prefix=f"{place.replace(' ', '')}-")
    elif "text/plain" in data:
        reading.blocks.append(CodeBlock(shown(data["text/plain"])))


def _node(reading: _Reading, data: Any, options: Mapping[str, Any], place: str) -> None:
    try:
        nodes = from_json(data)
    except (ValueError, RecursionError) as error:
        message = f"{place}: its output cannot be read: {error}; run the notebook again"
        raise RenderError(message) from None
    for node in nodes if isinstance(nodes, tuple) else (nodes,):
        match node:
            case Cover():
                reading.cover = node
            case Section():
                _section(reading, node)
            case Figure():
                reading.blocks.append(_captioned(node, options, "fig-cap"))
            case Table():
                reading.blocks.append(_captioned(node, options, "tbl-cap"))
            case Callout():
                _callout(reading, node)
            case _:
                reading.blocks.append(node)


def _callout(reading: _Reading, notice: Callout) -> None:
    """Show a notice once in a section: four missing figures have one reason."""
    for block in reversed(reading.blocks):
        if block == notice:
            return
        if isinstance(block, Heading) and block.level <= SECTION_LEVEL:
            break
    reading.blocks.append(notice)


def _section(reading: _Reading, section: Section) -> None:
    reading.blocks.append(Heading(section.level, (Text(section.title),), section.id))
    if section.markdown:
        # A text begins its own headings at ##, one level below the section it stands in.
        _markdown(reading, section.markdown, prefix=f"{section.id}-", deeper=section.level - 1)


def _captioned(node: Any, options: Mapping[str, Any], caption: str) -> Any:
    """The node with the cell's label, caption and alt text, where the cell gives them."""
    changes = {"id": options.get("label"), "caption": options.get(caption)}
    if isinstance(node, Figure):
        changes["alt"] = options.get("fig-alt")
    return replace(node, **{key: str(value) for key, value in changes.items() if value})


def _chart(spec: dict[str, Any], options: Mapping[str, Any], place: str) -> Figure:
    missing = [name for name in ("label", "fig-cap", "fig-alt") if not options.get(name)]
    if missing:
        needed = ", ".join(f"`#| {name}: …`" for name in missing)
        message = f"{place}: a chart needs {needed} at the head of its cell, for readers who cannot see it"
        raise RenderError(message)
    return Figure(str(options["label"]), str(options["fig-cap"]), str(options["fig-alt"]), spec)


def _plain_cover(blocks: list[Block], lang: str) -> Cover:
    """A cover for a notebook that shows none: its first chapter heading is its title."""
    for index, block in enumerate(blocks):
        if isinstance(block, Heading):
            title = plain(block.children)
            del blocks[index]
            return Cover(title, "", title, lang)
    return Cover("Notebook", "", "Notebook", lang)
