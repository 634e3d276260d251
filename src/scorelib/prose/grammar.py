"""What a text may say in Jinja: names, our functions, conditions and loops; imports jinja2 alone.

Jinja's sandbox keeps a text from reaching objects of Python, but not from asking for more time or memory
than there is: ``{{ "a" * 10**9 }}``, loops in loops, a macro that calls itself. Whatever a text has no use
for is therefore refused before it runs, and what it may say ends soon by the way it is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["LONGEST", "LONGEST_PARAGRAPH", "YEARS", "counted", "held", "steps", "too_long", "whole"]

LONGEST = 200_000
"""Characters of a text, as written and as printed; the longest chapter of a scorecard has some 10,000."""

LONGEST_PARAGRAPH = 20_000
"""Characters without an empty line between: a paragraph of marks may take the square of its length."""

DEEPEST = 2
"""Loops within each other: over donors, and over years."""

YEARS = 200
"""Numbers that a loop may count; an amount of a donor has a year."""

STEPS = 50_000
"""Parts of a text that its loops may come by, all together; 40 donors over 10 years come by some 4,000."""

COUNTER = "_steps"
"""The name of what counts them, which no text can write: it may not use names that begin so."""

LOOP = {"first", "index", "last", "length"}
"""What a text may ask of a loop."""

SAID: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name, nodes.List, nodes.Tuple,
    nodes.If, nodes.For, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.Call, nodes.Keyword, nodes.Add, nodes.Sub, nodes.Neg, nodes.Pos, nodes.Getattr,
)  # fmt: skip
"""Parts of Jinja's language that a text may use."""


def held(template: nodes.Template) -> None:
    """Hold a parsed text against what texts may say.

    Parameters
    ----------
    template
        The text, as Jinja has parsed it.

    Raises
    ------
    TemplateSyntaxError
        At the first part that is more than that; it has its line.
    """
    loops = 0
    # Jinja walks its tree by recursion, and a deep one is a way to end it.
    waiting: list[tuple[nodes.Node, int]] = [(template, 0)]
    while waiting:
        node, depth = waiting.pop()
        problem = _problem(node)
        if isinstance(node, nodes.For):
            depth += 1
            loops = max(loops, depth)
        if not problem and loops > DEEPEST:
            problem = f"a text may not have more than {DEEPEST} loops within each other"
        if problem:
            raise TemplateSyntaxError(problem, node.lineno)
        waiting += [(child, depth) for child in node.iter_child_nodes()]


def _problem(node: nodes.Node) -> str:
    if not isinstance(node, SAID):
        name = type(node).__name__.lower()
        return f"a text may not use Jinja's {name!r}; it has names, their functions, if and for"
    if isinstance(node, nodes.Name) and (node.name == "self" or node.name.startswith("_")):
        return f"a text may not use {node.name!r}"
    if isinstance(node, nodes.Call):
        # A name that is not known is told where it is looked up, with the names that are like it.
        plain = isinstance(node.node, nodes.Name) and node.node.name not in {"loop", "self"}
        if not plain or node.dyn_args or node.dyn_kwargs:
            return "a text may call its own functions only"
    elif isinstance(node, nodes.Getattr):
        if not (isinstance(node.node, nodes.Name) and node.node.name == "loop" and node.attr in LOOP):
            return f"a text may not ask for {node.attr!r} of a value"
    elif isinstance(node, nodes.Add | nodes.Sub):
        if any(isinstance(side, nodes.List | nodes.Tuple) for side in (node.left, node.right)):
            return "lists are not added up"
    elif isinstance(node, nodes.For) and node.recursive:
        return "a text may not have a loop that calls itself"
    return ""


def counted(template: nodes.Template) -> nodes.Template:
    """The same text, with its loops made to count what they come by; see `steps`."""
    for loop in template.find_all(nodes.For):
        parts = sum(1 for part in [*loop.body, *loop.else_] for _ in part.find_all(nodes.Node)) + 1
        given = [cast("nodes.Expr", loop.iter), nodes.Const(parts)]
        counter = nodes.Name(COUNTER, "load")
        loop.iter = nodes.Call(counter, given, [], None, None, lineno=loop.lineno)
    return template


def steps() -> dict[str, Callable[[Iterable[object], int], Iterator[object]]]:
    """What counts the steps of the loops of one text, by the name that `counted` calls it."""
    left = STEPS

    def count(values: Iterable[object], parts: int) -> Iterator[object]:
        nonlocal left
        for value in values:
            left -= parts
            if left < 0:
                message = f"the loops of the text take more than {STEPS:,} steps"
                raise ValueError(message)
            yield value

    return {COUNTER: count}


def too_long(text: str) -> int:
    """The line on which a paragraph begins that is too long to be read; 0 if there is none."""
    begun = size = 0
    for row, line in enumerate(text.split("\n"), 1):
        if not line or line.isspace():
            size = begun = 0
            continue
        size += len(line) + 1
        begun = begun or row
        if size > LONGEST_PARAGRAPH:
            return begun
    return 0


def whole(pieces: Iterator[str]) -> str:
    """What a text prints, up to its longest.

    Raises
    ------
    ValueError
        If it prints more.
    """
    made: list[str] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > LONGEST:
            message = f"the text prints more than {LONGEST:,} characters"
            raise ValueError(message)
        made.append(piece)
    return "".join(made)
