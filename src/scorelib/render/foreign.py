"""Finds what a page would load from elsewhere; imports the standard library alone.

A report works from disk and asks nobody for anything, whatever rendered it: a page that would is none.
"""

from __future__ import annotations

import html.parser
import re

__all__ = ["foreign"]

LOADS = {
    "script": ("src",), "img": ("src", "srcset"), "iframe": ("src",), "source": ("src", "srcset"),
    "video": ("src", "poster"), "audio": ("src",), "object": ("data",), "embed": ("src",), "image": ("href",),
    "input": ("src",), "use": ("href",),
}  # fmt: skip
OUTSIDE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
IN_STYLE = re.compile(r"""(?:url\(|@import)\s*["']?\s*((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)


class _Loads(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.styles = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        names = LOADS.get(tag, ())
        if tag == "link" and given.get("rel", "").lower() not in {
            "alternate",
            "canonical",
            "license",
            "author",
        }:
            names = ("href",)
        self.found += [given[name] for name in names if OUTSIDE.match(given.get(name, ""))]
        self.found += IN_STYLE.findall(given.get("style", ""))
        self.styles += tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self.styles -= tag == "style"

    def handle_data(self, data: str) -> None:
        if self.styles > 0:
            self.found += IN_STYLE.findall(data)


def foreign(page: str) -> list[str]:
    """Addresses from which a page would load something."""
    parser = _Loads()
    parser.feed(page)
    parser.close()
    return parser.found
