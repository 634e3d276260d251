"""The page over all organisations: the portfolio's notebook, run and read as a report's is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scorelib.document.read import read
from scorelib.execute.engine import begin, execute
from scorelib.site.plan import NOTEBOOK

if TYPE_CHECKING:
    from pathlib import Path

    from scorelib.document.nodes import Document
    from scorelib.language import Language
    from scorelib.settings import Settings

__all__ = ["portfolio_document", "warm"]


def warm(project: Path) -> None:
    """Start what the notebook will be run in, and not wait for it."""
    begin(project / "data")


def portfolio_document(project: Path, lang: Language, settings: Settings) -> Document | None:
    """Run the notebook in a language and read what it shows; None for a project without one.

    Raises
    ------
    ExecutionError
        If a cell fails.
    """
    notebook = project / "notebooks" / NOTEBOOK
    if not notebook.is_file():
        return None
    executed = execute(
        notebook, {"lang": lang.code}, timeout=settings.cell_timeout, memory=settings.memory_limit
    )
    return read(executed, lang=lang.tag)
