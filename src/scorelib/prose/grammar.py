"""What a text may say in Jinja: names, our functions, conditions and loops; imports jinja2 alone.

Jinja's sandbox keeps a text from reaching objects of Python, but not from asking for more time or memory
than there is: ``{{ "a" * 10**9 }}``, loops in loops, a macro that calls itself. Whatever a text has no use
for is therefore refused before it runs, and what it may say ends soon by the way it is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LONGEST", "YEARS", "held", "whole"]

LONGEST = 200_000
"""Characters of a text, as written and as printed; the longest chapter of a scorecard has some 10,000."""

DEEPEST = 2
"""Loops within each other: over donors, and over years."""

YEARS = 200
"""Numbers that a loop may count; an amount of a donor has a year."""

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
