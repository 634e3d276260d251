"""Names the files that a build rests on and makes, for `quick`; imports status alone."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from scorelib.build.status import STATUS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scorelib.build.report import Report

__all__ = ["inputs", "outputs", "settled"]

SETTLED = 0.2
"""Seconds after which a second change of a file cannot leave the same times any more."""


def inputs(project: Path) -> list[str]:
    """Files and folders whose change may make a report stale: data, notebooks, code, packages."""
    found = [sys.executable, *(path for path in sys.path if path.endswith("site-packages"))]
    for root in (project / "data", project / "notebooks", Path(__file__).parents[1]):
        found += _below(str(root))
    return sorted({path for path in found if os.path.exists(path)})  # noqa: PTH110 - texts, not paths


def outputs(project: Path, reports: Iterable[Report]) -> list[str]:
    """Files and folders of reports, and the folders above them, in which others may appear or go."""
    root = project / "reports"
    folders = {str(root)}
    if (root / STATUS).exists():
        folders.add(str(root / STATUS))
    for report in reports:
        folder = root / str(report)
        folders |= {str(folder), str(folder.parent), str(folder.parent.parent)}
        folders.update(entry.path for entry in os.scandir(folder))
    return sorted(folders)


def settled(paths: Iterable[str]) -> bool:
    """Whether all changes of these files are long enough ago for their times to tell the next one."""
    limit = time.time() - SETTLED
    return all(os.stat(path).st_ctime < limit for path in paths)  # noqa: PTH116 - texts, not paths


def _below(folder: str) -> Iterator[str]:
    yield folder
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name == "__pycache__" or entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path)
        else:
            yield entry.path
