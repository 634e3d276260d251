"""Who publishes the data, under which licence and where, as ``datapackage.json`` says; reads it alone."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Party", "Publication", "publication"]

DEFAULT_LICENCE = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True, slots=True)
class Party:
    """A person or organisation: name, and address of a page and of mail where they are given."""

    name: str
    page: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """What a catalogue says of all data.

    Parameters
    ----------
    name
        Short name of the package; ids are made from it, or from `identity` if there is one.
    identity
        The package's ``id``, if it has one.
    home
        Where the site is published, ending in ``/``; empty if that is not known.
    licence
        Address of the licence, and `licence_name` as people know it.
    publisher, creator, contact
        From ``contributors``: those with the role ``publisher``, ``author`` and ``contact``.
    named
        Whether a publisher is named there; otherwise the title of the data stands for one.
    """

    name: str
    identity: str
    home: str
    version: str
    licence: str
    licence_name: str
    publisher: Party
    creator: Party
    contact: Party
    named: bool

    def urn(self, name: str) -> str:
        """An id of a part that stays the same wherever the site is published."""
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{self.identity or self.name}#{name}')}"


def publication(data: Path) -> Publication:
    """Read it; what is not said falls back on what is, and in the end on the package's name."""
    described: dict[str, Any] = json.loads((data / "datapackage.json").read_text("utf-8-sig"))
    name = str(described.get("name") or "scorecards")
    people = [each for each in described.get("contributors") or () if isinstance(each, dict)]
    licence = next((each for each in described.get("licenses") or () if isinstance(each, dict)), {})
    publisher = _party(people, "publisher") or Party(str(described.get("title") or name))
    home = str(described.get("homepage") or "")
    return Publication(
        name=name,
        identity=str(described.get("id") or ""),
        home=home and home.rstrip("/") + "/",
        version=str(described.get("version") or ""),
        licence=str(licence.get("path") or DEFAULT_LICENCE),
        licence_name=str(licence.get("title") or licence.get("name") or ""),
        publisher=publisher,
        creator=_party(people, "author") or publisher,
        contact=_party(people, "contact") or publisher,
        named=_party(people, "publisher") is not None,
    )


def _party(people: Sequence[Mapping[str, Any]], role: str) -> Party | None:
    for each in people:
        if each.get("role") == role and each.get("title"):
            return Party(str(each["title"]), str(each.get("path") or ""), str(each.get("email") or ""))
    return None
