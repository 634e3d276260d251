"""What a notebook imports: `load_scorecard`, the texts and figures of a scorecard; nothing else.

Names are handed on from the rooms below when they are first used, so that ``import scorelib``
costs nothing by itself and the command line stays quick.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from scorelib.data.portfolio import Portfolio as Portfolio
    from scorelib.data.portfolio import load_portfolio as load_portfolio
    from scorelib.data.scorecard import Scorecard as Scorecard
    from scorelib.data.scorecard import load_scorecard as load_scorecard
    from scorelib.document.nodes import Callout as Callout
    from scorelib.document.nodes import Figure as Figure
    from scorelib.document.nodes import Panel as Panel
    from scorelib.document.nodes import Table as Table
    from scorelib.errors import DataError as DataError
    from scorelib.errors import ScorelibError as ScorelibError
    from scorelib.errors import UsageError as UsageError
    from scorelib.prose.texts import chapter as chapter
    from scorelib.prose.texts import heading as heading
    from scorelib.prose.texts import section as section

__version__ = "0.1.0"

_HOMES = {
    "Callout": "document.nodes",
    "DataError": "errors",
    "Figure": "document.nodes",
    "Panel": "document.nodes",
    "Portfolio": "data.portfolio",
    "Scorecard": "data.scorecard",
    "ScorelibError": "errors",
    "Table": "document.nodes",
    "UsageError": "errors",
    "chapter": "prose.texts",
    "heading": "prose.texts",
    "load_portfolio": "data.portfolio",
    "load_scorecard": "data.scorecard",
    "section": "prose.texts",
}
_ROOMS = ("figures", "scoring")

__all__ = ["__version__", *_HOMES, *_ROOMS]  # noqa: PLE0604 - names of strings, as the rule wants


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(importlib.import_module(f"scorelib.{_HOMES[name]}"), name)
    if name in _ROOMS:
        return importlib.import_module(f"scorelib.{name}")
    message = f"module 'scorelib' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted(__all__)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What ``%load_ext scorelib`` does; see `scorelib.jupyter.extension`."""
    from scorelib.jupyter.extension import load  # noqa: PLC0415 - altair and more

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """What ``%unload_ext scorelib`` does."""
    from scorelib.jupyter.extension import unload  # noqa: PLC0415

    unload(shell)


if "IPython" in sys.modules:
    # Inside a notebook, charts and DataFrames are to reach the renderers whole.
    from scorelib.document.show import register

    register()
