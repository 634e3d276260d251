"""Options that commands share, and how they show paths; imports Click alone until an option is used."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Words", "languages", "project_folder", "project_option", "shown"]


class Words(click.ParamType[tuple[str, ...]]):
    """Words with commas between them, each one of those that are allowed."""

    name = "words"

    def __init__(self, allowed: Callable[[], Sequence[str]]) -> None:
        self.allowed = allowed

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Split and check."""
        if isinstance(value, tuple):
            return value
        words = tuple(dict.fromkeys(word.strip() for word in str(value).split(",") if word.strip()))
        for word in words:
            if word not in self.allowed():
                self.fail(f"{word!r} is not one of {', '.join(self.allowed())}", param, ctx)
        if not words:
            self.fail(f"name at least one of {', '.join(self.allowed())}", param, ctx)
        return words


def languages() -> Sequence[str]:
    """Codes of the languages there are."""
    from scorelib.language import available  # noqa: PLC0415 - Babel is not for `--help`

    return available()


def project_folder(folder: Path | None) -> Path:
    """The project's folder, found upwards from here if it is not given."""
    from scorelib.data.package import find_project  # noqa: PLC0415

    return find_project(folder)


project_option = click.option(
    "--project",
    "-C",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder that holds data/; found upwards from here if not given.",
)


def shown(path: Path) -> str:
    """A path as short as it can be told from where the command runs."""
    with contextlib.suppress(ValueError):
        return path.relative_to(Path.cwd()).as_posix()
    return path.as_posix()
