"""Gives a document its numbers: sections, figures, tables, notes, references; pure, no I/O.

Imports nothing of ours but nodes, language and errors. Both writers take what this makes, so HTML
and PDF cannot number differently.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from scorelib.document.nodes import (
    Document,
    Figure,
    Heading,
    Note,
    NoteMark,
    Number,
    Panel,
    Reference,
    Table,
    Text,
    plain,
)
from scorelib.errors import RenderError

if TYPE_CHECKING:
    from scorelib.language import Language

__all__ = ["numbered"]

NUMBERED_LEVELS = 2


@dataclass
class _State:
    language: Language
    counters: list[int] = field(default_factory=lambda: [0] * NUMBERED_LEVELS)
    figures: int = 0
    tables: int = 0
    names: dict[str, str] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    order: dict[str, None] = field(default_factory=dict)
    """Labels of notes by their first mark."""
    taken: dict[str, int] = field(default_factory=dict)
    """How often a heading without an id had these words."""
    level: int = 0


def numbered(document: Document, language: Language) -> Document:
    """The same document with every number filled in.

    Headings of the first two levels are numbered (1, 1.1), figures and tables with an id and a
    caption are (1, 2, …), footnotes are by their first mark. References get the text that a
    sentence shows, such as ``figuur 2``. Headings without an id get one.

    Raises
    ------
    RenderError
        If a reference or a footnote mark leads nowhere, or two parts have one id; it names all.
    """
    state = _State(language)
    blocks = tuple(_count(block, state) for block in document.blocks)
    notes = {note.label: note for note in document.notes}
    problems = _problems(blocks, notes, state)
    if problems:
        raise RenderError("; ".join(problems))
    numbers = {label: index for index, label in enumerate(state.order, 1)}
    filled = _fill(blocks, state, numbers)
    used = tuple(
        replace(notes[label], number=number, children=_fill(notes[label].children, state, numbers))
        for label, number in numbers.items()
    )
    return replace(document, blocks=filled, notes=used)


def _count(block: Any, state: _State) -> Any:
    """Number one top-level block; what stands inside lists and callouts has no number of its own."""
    match block:
        case Heading():
            return _heading(block, state)
        case Figure():
            state.figures += 1
            name = _register(block.id, state, "reference.figure", str(state.figures))
            return replace(block, number=name)
        case Table() if block.id:
            state.tables += 1
            name = _register(block.id, state, "reference.table", str(state.tables))
            return replace(block, number=name)
    return block


def _heading(heading: Heading, state: _State) -> Heading:
    # PDF/UA and WCAG forbid a skipped level, and a reader of headings by ear gets lost on one.
    state.level = min(heading.level, state.level + 1)
    heading = replace(heading, level=state.level)
    label = heading.id or _free_id(plain(heading.children), state)
    number = ""
    if heading.level <= NUMBERED_LEVELS:
        index = heading.level - 1
        state.counters[index] += 1
        state.counters[index + 1 :] = [0] * (NUMBERED_LEVELS - index - 1)
        number = ".".join(map(str, state.counters[: heading.level]))
    if number:
        _register(label, state, "reference.section" if "." in number else "reference.chapter", number)
    else:
        _register(label, state, "reference.heading", title=plain(heading.children))
    return replace(heading, id=label, number=number)


def _register(label: str, state: _State, key: str, number: str = "", **values: str) -> str:
    if label in state.ids:
        message = f"two parts of the document have the id {label!r}; give one of them another"
        raise RenderError(message)
    state.ids.add(label)
    state.names[label] = state.language.label(key, number=number, **values)
    return number


def _free_id(title: str, state: _State) -> str:
    words = "".join(char.lower() if char.isalnum() else "-" for char in title)
    stem = "sec-" + "-".join(part for part in words.split("-") if part)
    count = state.taken.get(stem, 0) + 1
    label = stem if count == 1 else f"{stem}-{count}"
    while label in state.ids:
        count += 1
        label = f"{stem}-{count}"
    state.taken[stem] = count
    return label


def _problems(blocks: Any, notes: dict[str, Note], state: _State) -> list[str]:
    problems: list[str] = []
    queue = _marks(blocks)
    while queue:
        mark = queue.pop(0)
        if isinstance(mark, Reference):
            if mark.target not in state.names:
                problems.append(_nothing(mark.target, state))
        elif mark.label not in notes:
            problems.append(f"footnote [^{mark.label}] has no text")
        elif mark.label not in state.order:
            state.order[mark.label] = None
            queue += _marks(notes[mark.label].children)
    return sorted(set(problems)) + _targets(blocks, state)


def _nothing(target: str, state: _State) -> str:
    """What to say of a reference that leads nowhere."""
    import difflib  # noqa: PLC0415 - only for a message

    kind = target.partition("-")[0]
    there = sorted(name for name in state.names if name.partition("-")[0] == kind) or sorted(state.names)
    near = difflib.get_close_matches(target, there, 2, 0.6)
    meant = f"did you mean @{' or @'.join(near)}?" if near else f"there are: @{', @'.join(there)}"
    return f"@{target}, in a text or a caption, refers to nothing in this document; {meant}"


def _targets(blocks: Any, state: _State) -> list[str]:
    items = [item for block in blocks if isinstance(block, Panel) for item in block.items]
    return [
        f"the panel item {item.label!r} leads to {item.target!r}, which is not in this document"
        for item in items
        if item.target and item.target not in state.names
    ]


def _marks(value: Any) -> list[Reference | NoteMark]:
    if isinstance(value, Reference | NoteMark):
        return [value]
    if isinstance(value, tuple):
        return [mark for part in value for mark in _marks(part)]
    if dataclasses.is_dataclass(value):
        return [mark for f in dataclasses.fields(value) for mark in _marks(getattr(value, f.name))]
    return []


def _fill(value: Any, state: _State, numbers: dict[str, int]) -> Any:
    if isinstance(value, Number):
        return Text(state.language.number(value.value, value.decimals))
    if isinstance(value, Reference):
        return replace(value, text=state.names[value.target])
    if isinstance(value, NoteMark):
        return replace(value, number=numbers[value.label])
    if isinstance(value, tuple):
        return tuple(_fill(part, state, numbers) for part in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {
            f.name: _fill(getattr(value, f.name), state, numbers)
            for f in dataclasses.fields(value)
            if isinstance(getattr(value, f.name), tuple | Table)
        }
        return replace(value, **changed) if changed else value
    return value
