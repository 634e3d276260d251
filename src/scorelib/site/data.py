"""The page of open data: every table and every scorecard's rows to download; imports the frame."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from markupsafe import Markup

from scorelib.site.pages import Page, described, template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from scorelib.language import Language
    from scorelib.site.catalogue import Catalogue
    from scorelib.site.entries import Entry
    from scorelib.site.manifests import Manifest
    from scorelib.site.tables import OpenTable

__all__ = ["data_page"]


def data_page(lang: Language, catalogue: Catalogue) -> Page:
    """The page in a language."""
    label, files = lang.label, catalogue.files
    checksums = [(name.rpartition("/")[2], hashlib.sha256(files[name]).hexdigest()) for name in sorted(files)]
    body = template("data.html.jinja").render(
        label=label,
        described=[
            (label("site.data.package"), "../data/datapackage.json"),
            (label("site.data.jsonld"), "../catalogue.jsonld"),
            (label("site.data.turtle"), "../catalogue.ttl"),
            (label("site.feed.title"), "feed.atom"),
        ],
        licence=catalogue.published.licence,
        licence_name=catalogue.published.licence_name or catalogue.published.licence,
        packed=any(each.parquet for each in catalogue.tables),
        tables=[_table(lang, each, files) for each in catalogue.tables],
        cards=_cards(lang, catalogue.listed, catalogue.made),
        checksums=checksums,
    )
    return Page(
        key="data",
        section="data",
        title=label("site.page.data"),
        description=label("site.data.lead"),
        lead=label("site.data.lead"),
        body=Markup(body),  # noqa: S704 - the template escapes every text
        described=described(catalogue.schema(lang)),
    )


def _table(lang: Language, each: OpenTable, files: Mapping[str, bytes]) -> dict[str, Any]:
    paths = [each.csv, each.parquet] if each.parquet else [each.csv]
    return {
        "title": each.table.title or each.table.name,
        "text": each.table.description,
        "rows": lang.number(each.rows),
        "files": [
            {"path": path, "name": path.rpartition("/")[2], "size": _size(lang, len(files[path]))}
            for path in paths
        ],
    }


def _cards(
    lang: Language, listed: Sequence[Entry], made: Mapping[tuple[str, int, str], Manifest]
) -> list[dict[str, Any]]:
    rows = []
    for entry in listed:
        manifest = made.get((entry.organisation, entry.year, lang.code))
        if manifest is None:
            continue
        pdf = next((name for name in manifest.files if name.endswith(".pdf")), "")
        up, called = f"../../{manifest.name}", f"scorecard-{entry.organisation}-{entry.year}-{lang.code}"
        kept = manifest.files.get("data.zip")
        rows.append(
            {
                "name": f"{entry.abbreviation} {entry.year}",
                "fictional": entry.fictional,
                "files": [
                    kept
                    and {
                        "href": f"{up}/data.zip",
                        "download": f"{called}-data.zip",
                        "text": f"CSV, zip ({_size(lang, kept.size)})",
                    },
                    pdf
                    and {
                        "href": f"{up}/{pdf}",
                        "download": "",
                        "text": f"PDF ({_size(lang, manifest.files[pdf].size)})",
                    },
                    {"href": f"{up}/provenance.json", "download": "", "text": "RO-Crate (JSON)"},
                ],
            }
        )
    return rows


def _size(lang: Language, size: int) -> str:
    if size >= 1e6:
        return f"{lang.number(size / 1e6, 1)} MB"
    return f"{lang.number(max(1, round(size / 1e3)))} kB"
