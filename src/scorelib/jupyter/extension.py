"""``%load_ext scorelib``: charts and tables that reports can read, and ``%scorecard``; runs no notebook.

A notebook that imports scorelib needs none of it; it is for one that only draws charts with Altair, or
looks at data.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from scorelib.document.show import VEGALITE, register
from scorelib.errors import ScorelibError, UsageError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["load", "unload"]

RENDERER = "scorelib"


def load(shell: InteractiveShell) -> None:
    """Show charts and DataFrames so that reports can read them, and add the magic."""
    import altair as alt  # noqa: PLC0415 - whoever loads this draws charts

    register()
    alt.renderers.register(RENDERER, _rendered)
    alt.renderers.enable(RENDERER)

    def magic(line: str) -> Any:
        return scorecard(shell, line)

    magic.__doc__ = scorecard.__doc__
    shell.register_magic_function(magic, "line", "scorecard")  # type: ignore[arg-type] # its own types are wrong


def unload(shell: InteractiveShell) -> None:
    """Take the magic and Altair's renderer away again."""
    import altair as alt  # noqa: PLC0415

    shell.magics_manager.magics["line"].pop("scorecard", None)
    if alt.renderers.active == RENDERER:
        alt.renderers.enable("default")


def _rendered(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
    return {VEGALITE: spec, "text/plain": "<Vega-Lite chart>"}


def scorecard(shell: InteractiveShell, line: str) -> Any:
    """``%scorecard ORG YEAR [LANG]``: load a scorecard as ``card``, and show what it is."""
    from scorelib.data.scorecard import load_scorecard  # noqa: PLC0415 - pandas, only when asked for
    from scorelib.figures import cover  # noqa: PLC0415

    try:
        organisation, year, *rest = shlex.split(line)
        lang = rest[0] if rest else "en"
        if len(rest) > 1 or not year.isdigit():
            raise UsageError(f"{line!r} is not understood")
        card = load_scorecard(organisation, int(year), lang=lang)
    except ValueError:
        return _told("write `%scorecard ORG YEAR [LANG]`, such as `%scorecard iom 2024 nl`")
    except ScorelibError as error:
        return _told(str(error))
    shell.user_ns["card"] = card
    return cover(card)


def _told(text: str) -> None:
    print(text)  # noqa: T201 - a notebook shows what is printed
