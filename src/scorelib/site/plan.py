"""Whether the site is as it would be made now; standard library, sealed and the manifests, makes nothing.

The site rests on every table, on the portfolio's notebook, on scorelib's code, on some packages and
on what each report says of itself. Their hashes are kept in its ``site.json``.
"""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from scorelib.sealed import as_made, read_json, seal_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scorelib.site.manifests import Manifest

__all__ = ["FOLDER", "FRONT", "NOTEBOOK", "RECORD", "changes", "damage", "inputs", "outputs", "record"]

FOLDER = "_site"
"""Beside the reports; no organisation's id can begin with a line."""

FRONT = "index.html"
RECORD = "site.json"
NOTEBOOK = "portfolio.ipynb"
PACKAGES = (
    "altair", "babel", "brotli", "duckdb", "fonttools", "jinja2", "markdown-it-py", "pandas", "papermill",
    "ttf-opensans", "vl-convert-python",
)  # fmt: skip
IDLE_CODE = (
    "commands/",
    "check/",
    "execute/",
    "prose/lint/",
    "data/sources/",
    "build/",
    "cli.py",
    "doctor.py",
)
"""Our own code that leaves no trace in the site."""


def inputs(project: Path, manifests: Sequence[Manifest]) -> dict[str, str]:
    """Names and hashes of all that the site rests on."""
    root = Path(__file__).parents[1]
    found = {f"report {each.name}": each.digest for each in manifests}
    for path in _files(project / "data", texts=False):
        found[path.relative_to(project).as_posix()] = _hash(path.read_bytes())
    found[f"notebooks/{NOTEBOOK}"] = _sources(project / "notebooks" / NOTEBOOK)
    for path in _files(root, texts=True):
        name = path.relative_to(root).as_posix()
        if "__pycache__" not in name and not name.startswith(IDLE_CODE):
            found[f"scorelib/{name}"] = _hash(path.read_bytes())
    found.update({f"package {name}": _version(name) for name in PACKAGES})
    found["python"] = platform.python_version()
    return found


def record(inputs: Mapping[str, str], files: Mapping[str, tuple[str, int]]) -> bytes:
    """What ``site.json`` keeps: the inputs, and each file with its hash and size, the front too."""
    facts = {
        "inputs": dict(sorted(inputs.items())),
        "files": {name: {"sha256": sha, "bytes": size} for name, (sha, size) in sorted(files.items())},
    }
    return seal_json(facts)


def changes(reports: Path, now: Mapping[str, str]) -> list[str]:
    """What the site in a folder rests on that is not as it was; nothing if that is the same, or not known."""
    try:
        before = read_json(reports / FOLDER / RECORD)["inputs"]
    except FileNotFoundError:
        return ["it has not been made yet"]
    except (OSError, ValueError):
        return []
    return [f"{name} changed" for name in sorted({*before, *now}) if before.get(name) != now.get(name)]


def damage(reports: Path) -> list[str]:
    """What of the site in a folder is not as it was made; nothing if there is none."""
    try:
        files = read_json(reports / FOLDER / RECORD)["files"]
    except FileNotFoundError:
        return []
    except (OSError, ValueError):
        return [f"its {RECORD} is not as it was written"]
    return [
        f"{name} is not as it was made"
        for name, facts in files.items()
        if not as_made(reports / FOLDER / name, facts["sha256"], facts["bytes"])
    ]


def outputs(reports: Path) -> list[str]:
    """Files and folders of the site, for whoever looks at their times."""
    folder = reports / FOLDER
    return sorted(str(path) for path in (reports / FRONT, folder, *folder.rglob("*")))


def _files(folder: Path, *, texts: bool) -> Iterator[Path]:
    """Files below a folder; of the data, the texts of reports are in no page of the site."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        hidden = name.startswith(".") or "/." in name
        if path.is_file() and not hidden and (texts or not name.startswith("texts/")):
            yield path


def _sources(notebook: Path) -> str:
    """Hash of what a notebook does, not of what it once showed."""
    try:
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        kept = [[c["cell_type"], "".join(c["source"]), c.get("metadata", {}).get("tags", [])] for c in cells]
    except (OSError, ValueError, KeyError, TypeError):
        # Executing it will say what is wrong with it.
        return _hash(notebook.read_bytes()) if notebook.is_file() else "none"
    return _hash(json.dumps(kept).encode())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
