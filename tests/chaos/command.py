"""The real command, run in a project under circumstances of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PATIENCE", "run"]

PATIENCE = 120
"""Seconds that a command may take before it counts as one that never ends."""


def run(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run scorelib with some variables set."""
    return subprocess.run(
        [sys.executable, "-m", "scorelib", *arguments],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        env={**os.environ, **environment},
    )
