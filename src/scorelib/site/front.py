"""The first page of all: it names the languages, each in its own words; imports language alone."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scorelib.language import Language

__all__ = ["front"]

STYLE = (
    ":root{color-scheme:light dark}"
    "body{background:light-dark(#fff,#161b22);color:light-dark(#1b1f24,#e6edf3)}"
    "body{font:1.125rem/1.6 system-ui,sans-serif;max-width:40rem;margin:0 auto;padding:12vh 1.25rem}"
    "h1{font-size:1.5rem;line-height:1.3;margin:2rem 0 .25rem}p{margin:0}"
    "a{display:inline-block;padding:.4rem 0;color:light-dark(#154273,#8ab8ea)}"
    "a:focus-visible{outline:3px solid currentColor;outline-offset:2px}"
)


def front(languages: Sequence[Language], folder: str) -> bytes:
    """The page, which works before anything else of the site is there; it keeps no choice of a reader."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    # The language that most readers have comes first.
    ordered = sorted(languages, key=lambda each: (each.code != "nl", each.code))
    title = " · ".join(escape(each.label("site.title")) for each in ordered)
    links = "\n".join(
        f'<div lang="{each.tag}"><h1>{escape(each.label("site.title"))}</h1>'
        f'<p><a href="{folder}/{each.code}/index.html" hreflang="{each.tag}">'
        f"{escape(each.label('site.enter'))}</a></p></div>"
        for each in ordered
    )
    alternates = "\n".join(
        f'<link rel="alternate" hreflang="{each.tag}" href="{folder}/{each.code}/index.html">'
        for each in ordered
    )
    return (
        f'<!doctype html>\n<html lang="{ordered[0].tag}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f'<title>{title}</title>\n<link rel="icon" href="data:,">\n{alternates}\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{links}\n"
        "</main>\n</body>\n</html>\n"
    ).encode()
