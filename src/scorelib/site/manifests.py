"""What reports say of themselves in their manifests; imports how these are read, and reads no report."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scorelib.build import provenance

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["File", "Manifest", "read_manifests"]


@dataclass(frozen=True, slots=True)
class File:
    """One file of a report as its manifest has it."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """A report that was made: what it is, how final, of which data, and its files.

    `digest` changes with everything of the report that a reader can see; not with the commit that
    it was made from.
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
    found = (_read(path, reports) for path in reports.glob(f"*/*/*/{provenance.FILE}"))
    return sorted((each for each in found if each is not None), key=lambda each: each.name)


def _read(path: Path, reports: Path) -> Manifest | None:
    try:
        kept = provenance.Manifest.read(path)
        files = {
            str(name): File(str(each["sha256"]), int(each["bytes"]))
            for name, each in sorted(kept.files.items())
        }
        manifest = Manifest(
            organisation=str(kept.facts.organisation),
            year=int(kept.facts.year),
            lang=str(kept.facts.lang),
            status=str(kept.facts.status),
            data_date=str(kept.facts.data_date),
            data_sha256=str(kept.facts.data_sha256),
            files=files,
            digest=hashlib.sha256(repr((kept.facts, files)).encode()).hexdigest(),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    # A manifest speaks for the folder that it stands in, and for no other.
    return manifest if path.parent == reports / manifest.name else None
