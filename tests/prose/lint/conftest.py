"""A report that texts can be checked against, in each language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scorelib.check.library import Library
from scorelib.data.batch import Batch
from scorelib.prose.lint.report import Text, lint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scorelib.errors import Diagnostic
    from scorelib.prose.lint.context import Setting


@pytest.fixture(scope="session")
def settings_of_iom(root: Path) -> dict[str, Setting]:
    """IOM's report of 2024, in Dutch and in English."""
    return Library(Batch(root)).report("iom", 2024).settings()


@pytest.fixture(scope="session")
def found(settings_of_iom: dict[str, Setting]) -> Callable[..., list[Diagnostic]]:
    """Gives what is found in texts of that report: by language, or one in Dutch."""

    def check(dutch: str = "", **texts: str) -> list[Diagnostic]:
        given = texts or {"nl": dutch}
        chapters = {code: [Text(f"{code}.md", "20-summary", text)] for code, text in given.items()}
        return list(lint(chapters, settings_of_iom, ()).findings)

    return check
