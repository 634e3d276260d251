"""Asks git which commit is checked out, and which inputs differ from it; standard library only.

What it says goes into ``provenance.json`` and nowhere else: a page that named its commit would be
another file after each commit that left its inputs alone.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from scorelib.build.report import Commit

__all__ = ["commit_of"]

INPUTS = ("data", "notebooks")
SECONDS = 60
"""After this long git is done without; a report is not to wait for a file system that hangs."""


def commit_of(project: Path) -> Commit | None:
    """The commit that is checked out and which files of data, notebooks and scorelib differ from it.

    None outside a repository, before its first commit, and where git is missing or refuses.
    """
    top = _git(project, "rev-parse", "--show-toplevel")
    found = _git(project, "rev-parse", "--verify", "--quiet", "HEAD^{commit}") if top else None
    if top is None or found is None:
        return None
    root = Path(os.fsdecode(top.rstrip(b"\n"))).resolve()
    code = Path(__file__).resolve().parents[1]
    places = [*(project / name for name in INPUTS), *([code] if code.is_relative_to(root) else [])]
    told = _git(
        project,
        "status",
        "--porcelain=v1",
        "-z",
        "--no-renames",
        "--untracked-files=all",
        "--",
        *map(str, places),
    )
    if told is None:
        return None
    changed = sorted(os.fsdecode(line[3:]) for line in told.split(b"\0") if line)
    return Commit(found.decode().strip(), tuple(changed))


def _git(folder: Path, *arguments: str) -> bytes | None:
    # It only looks: it takes no lock, starts no monitor, and is asked by no hook about another repository.
    skipped = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
    environment = {name: value for name, value in os.environ.items() if name not in skipped}
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments
            ["git", "-c", "core.fsmonitor=false", *arguments],  # noqa: S607 - git as the user has it
            cwd=folder,
            env={**environment, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
