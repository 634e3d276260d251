"""What a project sets for its builds, in ``[tool.scorelib]`` of its pyproject.toml; imports errors, `toml`.

::

    [tool.scorelib]
    jobs = 2                  # worker processes; one a core if not set
    cell-timeout = 300        # seconds that one cell may take
    memory-limit = "2 GiB"    # what the kernel of one report may take; "none" for no limit
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scorelib.errors import UsageError
from scorelib.toml import read_toml

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Settings", "parse_size"]

SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([KMGT]i?)?B?", re.IGNORECASE)
UNITS = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3, "t": 1000**4}
BINARY = {"ki": 1024, "mi": 1024**2, "gi": 1024**3, "ti": 1024**4}
LARGEST = 1 << 20
"""Bytes of pyproject.toml."""
BOUNDS = {"jobs": 256, "cell-timeout": 7 * 24 * 3600}
"""The most of each: more was meant for something else."""
MOST = 1 << 50
"""Bytes that no machine has."""
SMALLEST = 128 * 1024**2
"""Bytes below which no kernel with pandas can even start."""


def parse_size(text: str) -> int | None:
    """Bytes in a text such as ``2 GiB`` or ``512MB``; None for ``none``.

    Raises
    ------
    ValueError
        If it is no size, or less than 128 MiB.
    """
    if text.strip().lower() == "none":
        return None
    found = SIZE.fullmatch(text.strip())
    if not found:
        message = f"{text!r} is no size; write one such as 2 GiB or 512 MiB, or none for no limit"
        raise ValueError(message)
    size = min(float(found[1]) * {**UNITS, **BINARY}[(found[2] or "").lower()], 2.0 * MOST)
    if size < SMALLEST:
        message = f"{text!r} is less than a kernel needs; write at least 128 MiB"
        raise ValueError(message)
    if size > MOST:
        message = f"{text[:40]!r} is more than any machine has; write none for no limit"
        raise ValueError(message)
    return int(size)


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits and means of a build.

    Parameters
    ----------
    jobs
        Worker processes; one a core if it is None.
    cell_timeout
        Seconds that one cell may take.
    memory_limit
        Bytes that the kernel of one report may take; no limit if it is None.
    """

    jobs: int | None = None
    cell_timeout: int = 300
    memory_limit: int | None = 2 * 1024**3

    @classmethod
    def load(cls, project: Path) -> Settings:
        """The settings of a project; the usual ones if it sets none.

        Raises
        ------
        UsageError
            If pyproject.toml cannot be read or sets what there is not.
        """
        path = project / "pyproject.toml"
        try:
            if path.exists() and not (path.is_file() and path.stat().st_size < LARGEST):
                raise ValueError("it is no file, or a very large one")  # noqa: TRY301 - told below
            table: Any = read_toml(path.read_text("utf-8"))
            for name in ("tool", "scorelib"):
                table = table.get(name, {})
                if not isinstance(table, dict):
                    raise ValueError(f"{name} is no table")  # noqa: TRY301, TRY004 - told below
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError, RecursionError) as error:
            message = f"{path.name} cannot be read: {error}; mend it"
            raise UsageError(message) from None
        settings = cls()
        for key, value in table.items():
            settings = settings._with(key, value)
        return settings

    def _with(self, key: str, value: Any) -> Settings:
        match key, value:
            case ("jobs" | "cell-timeout", int()) if 0 < value <= BOUNDS[key] and not isinstance(value, bool):
                return replace(self, **{key.replace("-", "_"): value})
            case "memory-limit", str():
                try:
                    return replace(self, memory_limit=parse_size(value))
                except ValueError as error:
                    message = f"pyproject.toml: [tool.scorelib] {key}: {error}"
                    raise UsageError(message) from None
            case "jobs" | "cell-timeout", _:
                right = f"write a whole number from 1 to {BOUNDS[key]}"
            case "memory-limit", _:
                right = 'write a size such as "2 GiB", or "none"'
            case _:
                right = "there is no such setting; there are jobs, cell-timeout and memory-limit"
        message = f"pyproject.toml: [tool.scorelib] {key} = {repr(value)[:60]}: {right}"
        raise UsageError(message)
