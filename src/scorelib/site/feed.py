"""An Atom feed of new and changed scorecards; imports entries, manifests and the publication.

A clock would make every build another file: an entry is as old as the data of its scorecard.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from scorelib.site.find import report_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scorelib.language import Language
    from scorelib.site.entries import Entry
    from scorelib.site.manifests import Manifest
    from scorelib.site.publication import Publication

__all__ = ["feed"]

ATOM = "http://www.w3.org/2005/Atom"
EPOCH = "1970-01-01"
"""Of a feed without entries."""


def feed(
    lang: Language,
    listed: Sequence[Entry],
    made: Mapping[tuple[str, int, str], Manifest],
    published: Publication,
) -> bytes:
    """The feed of one language, the newest first."""
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": lang.tag})
    there = [
        (each, made[key]) for each in listed if (key := (each.organisation, each.year, lang.code)) in made
    ]
    there.sort(key=lambda each: (each[1].data_date, each[0].year), reverse=True)
    newest = there[0][1].data_date if there else EPOCH
    _text(root, "id", published.urn(f"feed/{lang.code}"))
    _text(root, "title", lang.label("site.title"))
    _text(root, "updated", f"{newest}T00:00:00Z")
    _text(ET.SubElement(root, f"{{{ATOM}}}author"), "name", published.publisher.name)
    _link(root, published, f"_site/{lang.code}/feed.atom", "feed.atom", "self")
    _link(root, published, f"_site/{lang.code}/index.html", "index.html", "alternate")
    for entry, manifest in there:
        one = ET.SubElement(root, f"{{{ATOM}}}entry")
        name = f"{report_page(entry.organisation, entry.year)}.html"
        _text(one, "id", published.urn(manifest.name))
        abbreviation = entry.abbreviation
        _text(one, "title", lang.label("document.title", abbreviation=abbreviation, year=entry.year))
        _text(one, "updated", f"{manifest.data_date}T00:00:00Z")
        _link(one, published, f"_site/{lang.code}/{name}", name, "alternate")
        kind = "site.feed.fictional" if entry.fictional else "site.feed.summary"
        _text(
            one,
            "summary",
            lang.label(
                kind,
                organisation=entry.names.get(lang.code) or entry.names["en"],
                status=lang.label(f"document.{manifest.status}").lower(),
            ),
        )
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = text


def _link(parent: ET.Element, published: Publication, path: str, beside: str, relation: str) -> None:
    # Where the site will stand may not be known; an address beside the feed is right wherever that is.
    href = published.home + path if published.home else beside
    ET.SubElement(parent, f"{{{ATOM}}}link", {"rel": relation, "href": href})
