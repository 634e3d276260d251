"""A preview that runs, as whoever writes a scorecard has it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Running:
    """The command in a project, and the address that it printed."""

    def __init__(self, project: Path, organisation: str = "iom") -> None:
        self.project = project
        self.process = subprocess.Popen(
            [sys.executable, "-m", "scorelib", "preview", organisation, "2024", "--no-browser"],
            cwd=project,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()

    def end(self) -> str:
        """Press Ctrl-C; gives what else it said."""
        self.process.send_signal(signal.SIGINT)
        return self.process.communicate(timeout=30)[0]


@pytest.fixture(scope="module")
def running(new_project: Callable[[], Path]) -> Iterator[Running]:
    """A preview of a copy of the project."""
    preview = Running(new_project())
    yield preview
    if preview.process.poll() is None:
        preview.end()
