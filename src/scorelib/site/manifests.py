"""What reports say of themselves in ``provenance.json``; imports nothing, and reads no report.

Whatever else a manifest holds is left alone, so that it may grow.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["MANIFEST", "File", "Manifest", "read_manifests"]

MANIFEST = "provenance.json"


@dataclass(frozen=True, slots=True)
class File:
    """One file of a report as its manifest has it."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """A report that was made: what it is, how final, of which data, and its files.

    `digest` is the SHA-256 of the manifest itself: it changes with everything in the report.
    """

    organisation: str
    year: int
    lang: str
    status: str
    data_date: str
    data_sha256: str
    files: Mapping[str, File]
    digest: str

    @property
    def name(self) -> str:
        """Where the report stands below ``reports/``."""
        return f"{self.organisation}/{self.year}/{self.lang}"


def read_manifests(reports: Path) -> list[Manifest]:
    """Every report below a folder, in the order of their names; one that cannot be read is left out.

    Such a report is stale, and the next build makes it again.
    """
    found = (_read(path) for path in sorted(reports.glob(f"*/*/*/{MANIFEST}")))
    return sorted((each for each in found if each is not None), key=lambda each: each.name)


def _read(path: Path) -> Manifest | None:
    try:
        content = path.read_bytes()
        facts: dict[str, Any] = json.loads(content)
        files = {
            str(name): File(str(each["sha256"]), int(each["bytes"])) for name, each in facts["files"].items()
        }
        manifest = Manifest(
            organisation=str(facts["organisation"]),
            year=int(facts["year"]),
            lang=str(facts["lang"]),
            status=str(facts["status"]),
            data_date=str(facts["data_date"]),
            data_sha256=str(facts["data_sha256"]),
            files=files,
            digest=hashlib.sha256(content).hexdigest(),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    # A manifest speaks for the folder that it stands in, and for no other.
    return manifest if path.parent.as_posix().endswith(f"/{manifest.name}") else None
