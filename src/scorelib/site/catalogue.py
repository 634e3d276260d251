"""All files as a catalogue: DCAT-AP-NL 3.0 for portals, schema.org for search engines.

Imports entries, manifests, tables and the publication. A file is listed with its size and SHA-256; what
DCAT-AP-NL demands of each class is a table of its own, `dcat_ap_nl.csv`, and is checked before
anything is written.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from scorelib.errors import RenderError
from scorelib.site.plan import FOLDER
from scorelib.site.rdf import literal, nodes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scorelib.language import Language
    from scorelib.site.entries import Entry
    from scorelib.site.manifests import Manifest
    from scorelib.site.publication import Party, Publication
    from scorelib.site.rdf import Node
    from scorelib.site.tables import OpenTable

__all__ = ["Catalogue", "lacking", "mandatory"]

EU = "http://publications.europa.eu/resource/authority"
LICENCES = {"https://creativecommons.org/licenses/by/4.0/": f"{EU}/licence/CC_BY_4_0"}
FORMATS = {
    "csv": ("CSV", "text/csv"),
    "html": ("HTML", "text/html"),
    "ipynb": ("JSON", "application/x-ipynb+json"),
    "json": ("JSON", "application/json"),
    "parquet": ("PARQUET", "application/vnd.apache.parquet"),
    "pdf": ("PDF", "application/pdf"),
    "zip": ("ZIP", "application/zip"),
}
LANGUAGES = {"nl": f"{EU}/language/NLD", "en": f"{EU}/language/ENG"}


@dataclass(frozen=True)
class Catalogue:
    """What the catalogue is made from.

    Parameters
    ----------
    published
        Who publishes, and where.
    languages
        The languages of titles.
    tables
        The tables with their files in the site.
    files
        Content of the site's data files by path.
    listed, made
        Every scorecard, and the reports that there are.
    """

    published: Publication
    languages: Sequence[Language]
    tables: Sequence[OpenTable]
    files: Mapping[str, bytes]
    listed: Sequence[Entry]
    made: Mapping[tuple[str, int, str], Manifest]

    def dcat(self) -> Node:
        """The whole catalogue.

        Raises
        ------
        RenderError
            If anything lacks what DCAT-AP-NL demands; the message names it.
        """
        series = {
            "@id": self.published.urn("series/scorecards"),
            "@type": ["dcat:DatasetSeries"],
            "dct:title": self._said("site.title"),
            "dct:description": self._said("site.find.description"),
        }
        root: Node = {
            "@id": self.published.urn("catalogue"),
            "@type": ["dcat:Catalog"],
            "dct:title": self._said("site.title"),
            "dct:description": self._said("site.data.lead"),
            "dct:publisher": self._agent(self.published.publisher),
            "dcat:contactPoint": self._contact(),
            "dct:license": self._licence(),
            "dct:language": [{"@id": LANGUAGES[e.code]} for e in self.languages if e.code in LANGUAGES],
            "dcat:dataset": [
                *(self._table(each) for each in self.tables),
                self._package(),
                *(self._scorecard(each, series) for each in self.listed if self._manifests(each)),
            ],
        }
        if missing := lacking(root):
            message = (
                f"the catalogue lacks what DCAT-AP-NL demands: {'; '.join(missing)}; "
                "complete title, description and contributors in data/datapackage.json"
            )
            raise RenderError(message)
        return root

    def schema(self, lang: Language) -> dict[str, Any]:
        """The tables as schema.org has them, for the page of open data."""
        label = lang.label
        return {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "@id": self.published.urn("catalogue"),
            "name": label("site.title"),
            "description": label("site.data.lead"),
            "inLanguage": lang.tag,
            "isAccessibleForFree": True,
            "license": self.published.licence,
            "publisher": {"@type": "Organization", "name": self.published.publisher.name},
            "distribution": [
                self._download(path, self.files[path])
                for path in sorted(self.files)
                if path.endswith((".csv", ".parquet", ".json"))
            ],
        } | ({"version": self.published.version} if self.published.version else {})

    def schema_of(self, entry: Entry, manifest: Manifest, lang: Language) -> dict[str, Any]:
        """One scorecard's data as schema.org has them, for its page."""
        path = f"../../../{manifest.name}/data.zip"
        kept = manifest.files.get("data.zip")
        facts: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "@id": self.published.urn(f"scorecard/{entry.organisation}/{entry.year}"),
            "name": lang.label("document.title", abbreviation=entry.abbreviation, year=entry.year),
            "description": self._summary(entry, lang),
            "inLanguage": lang.tag,
            "isAccessibleForFree": True,
            "dateModified": manifest.data_date,
            "creativeWorkStatus": manifest.status,
            "license": self.published.licence,
            "publisher": {"@type": "Organization", "name": self.published.publisher.name},
        }
        if kept:
            facts["distribution"] = [
                {
                    "@type": "DataDownload",
                    "contentUrl": path,
                    "encodingFormat": "application/zip",
                    "contentSize": str(kept.size),
                    "sha256": kept.sha256,
                }
            ]
        return facts

    # --- parts ------------------------------------------------------------------------------------

    def _said(self, key: str, **fields: object) -> list[Node]:
        return [literal(each.label(key, **fields), lang=each.code) for each in self.languages]

    def _summary(self, entry: Entry, lang: Language) -> str:
        key = "site.feed.fictional" if entry.fictional else "site.feed.summary"
        name = entry.names.get(lang.code) or entry.names["en"]
        return lang.label(key, organisation=name, status=lang.label(f"document.{entry.status}").lower())

    def _manifests(self, entry: Entry) -> list[Manifest]:
        keys = [(entry.organisation, entry.year, each.code) for each in self.languages]
        return [self.made[key] for key in keys if key in self.made]

    def _dataset(self, name: str, titles: list[Node], texts: list[Node]) -> Node:
        urn = self.published.urn(name)
        return {
            "@id": urn,
            "@type": ["dcat:Dataset"],
            "dct:identifier": urn,
            "dct:title": titles,
            "dct:description": texts,
            "dct:creator": self._agent(self.published.creator),
            "dct:publisher": self._agent(self.published.publisher),
            "dcat:contactPoint": self._contact(),
            "dcat:theme": {
                "@id": f"{EU}/data-theme/INTR",
                "@type": ["skos:Concept"],
                "skos:prefLabel": literal("International issues", lang="en"),
            },
            "dct:accessRights": {"@id": f"{EU}/access-right/PUBLIC", "@type": ["dct:RightsStatement"]},
        }

    def _table(self, each: OpenTable) -> Node:
        paths = [path for path in (each.csv, each.parquet) if path]
        text = each.table.description or each.table.title or each.table.name
        dataset = self._dataset(
            f"table/{each.table.name}",
            [literal(each.table.title or each.table.name, lang="en")],
            [literal(text, lang="en")],
        )
        return dataset | {"dcat:distribution": [self._of_site(path) for path in paths]}

    def _package(self) -> Node:
        dataset = self._dataset(
            "datapackage", self._said("site.data.package"), self._said("site.data.package_text")
        )
        return dataset | {"dcat:distribution": [self._of_site("data/datapackage.json")]}

    def _scorecard(self, entry: Entry, series: Node) -> Node:
        fields = {"abbreviation": entry.abbreviation, "year": entry.year}
        texts = [literal(self._summary(entry, each), lang=each.code) for each in self.languages]
        name = f"scorecard/{entry.organisation}/{entry.year}"
        dataset = self._dataset(name, self._said("document.title", **fields), texts)
        return dataset | {
            "dcat:inSeries": series,
            "dct:modified": literal(entry.data_date, kind="xsd:date"),
            "dcat:distribution": [
                self._distribution(f"{manifest.name}/{file}", kept.sha256, kept.size, manifest.lang)
                for manifest in self._manifests(entry)
                for file, kept in sorted(manifest.files.items())
            ],
        }

    def _of_site(self, path: str) -> Node:
        content = self.files[path]
        return self._distribution(f"{FOLDER}/{path}", hashlib.sha256(content).hexdigest(), len(content), "")

    def _distribution(self, path: str, sha256: str, size: int, code: str) -> Node:
        """A file below ``reports/``."""
        address = self._address(path)
        form, media = FORMATS.get(path.rpartition(".")[2], ("OCTET", "application/octet-stream"))
        node: Node = {
            "@id": self.published.urn(f"file/{path}"),
            "@type": ["dcat:Distribution"],
            "dcat:accessURL": {"@id": address},
            "dcat:downloadURL": {"@id": address},
            "dct:license": self._licence(),
            "dct:format": {"@id": f"{EU}/file-type/{form}"},
            "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media}"},
            "dcat:byteSize": literal(str(size), kind="xsd:nonNegativeInteger"),
            "spdx:checksum": {
                "@id": self.published.urn(f"checksum/{path}"),
                "@type": ["spdx:Checksum"],
                "spdx:algorithm": {
                    "@id": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256",
                    "@type": ["spdx:ChecksumAlgorithm"],
                },
                "spdx:checksumValue": literal(sha256, kind="xsd:hexBinary"),
            },
        }
        if code in LANGUAGES:
            node["dct:language"] = {"@id": LANGUAGES[code]}
        return node

    def _address(self, path: str) -> str:
        """Where a file below ``reports/`` is; from the catalogue's own place if no other is known."""
        if self.published.home:
            return self.published.home + quote(path)
        return quote(path.removeprefix(f"{FOLDER}/") if path.startswith(f"{FOLDER}/") else f"../{path}")

    def _licence(self) -> Node:
        address = LICENCES.get(self.published.licence, self.published.licence)
        return {"@id": address, "@type": ["dct:LicenseDocument"]}

    def _download(self, path: str, content: bytes) -> dict[str, Any]:
        return {
            "@type": "DataDownload",
            "contentUrl": f"../{path}",
            "encodingFormat": FORMATS[path.rpartition(".")[2]][1],
            "contentSize": str(len(content)),
            "sha256": hashlib.sha256(content).hexdigest(),
        }

    def _agent(self, party: Party) -> Node:
        return {
            "@id": self.published.urn(f"agent/{party.name}"),
            "@type": ["foaf:Agent"],
            "foaf:name": party.name,
        }

    def _contact(self) -> Node:
        return _card(self.published.urn("contact"), self.published.contact)


def _card(urn: str, party: Party) -> Node:
    node: Node = {"@id": urn, "@type": ["vcard:Kind", "vcard:Organization"], "vcard:fn": party.name}
    if party.mail:
        node["vcard:hasEmail"] = {"@id": f"mailto:{quote(party.mail, safe='@')}"}
    if party.page:
        node["vcard:hasURL"] = {"@id": party.page}
    return node


def mandatory() -> list[dict[str, str]]:
    """What DCAT-AP-NL 3.0 demands: class, property and how often."""
    text = (resources.files("scorelib.site") / "dcat_ap_nl.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def lacking(root: Mapping[str, Any]) -> list[str]:
    """What the nodes of a description lack, or have too often."""
    rules = mandatory()
    found = []
    for node in nodes(root):
        for rule in rules:
            if rule["class"] not in node.get("@type", ()):
                continue
            value = node.get(rule["uri"], [])
            values = [each for each in (value if isinstance(value, list) else [value]) if _there(each)]
            if not values or (rule["cardinality"] == "1..1" and len(values) > 1):
                found.append(f"{rule['property']} of {rule['class']} {node.get('@id', '')}".strip())
    return sorted(set(found))


def _there(value: Any) -> bool:
    return bool(value.get("@value", True) if isinstance(value, dict) else value)
