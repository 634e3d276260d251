"""A report's page with what all pages have in common taken out of it; imports the assets alone.

The page in a report's own folder is one file that can be saved and sent. The site holds a second one
that is a sixth of its size: its style sheet and scripts are cut out, character by character, and
shared; what its charts are drawn from goes into a file beside it; attributes that say what is so
anyway are left out. So the two do not differ in what a reader sees, but for the bar above it.
"""

from __future__ import annotations

import json
import posixpath
import re
from typing import TYPE_CHECKING

from scorelib.errors import RenderError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scorelib.site.assets import Assets

__all__ = ["POLICY", "lighten", "without_specs"]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src data:; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'"
)
"""Own files, and nothing from anywhere else; no script or style that stands in a page."""

LARGE = 200_000
"""Characters that no script of ours but the bundle has."""

_POLICY = re.compile(r'(<meta http-equiv="Content-Security-Policy" content=")[^"]*(">)')
_STYLE = ("<style>", "</style>")
_SCRIPT = ("<script>", "</script>")
_FIGURE = ("<figure ", "</figure>")
_SPEC = ('<script type="application/json">', "</script>")
_ID = re.compile(r' *id="([^"]+)"')
_DRAWING = re.compile(r"<svg .*?</svg>", re.DOTALL)
_IDLE = re.compile(
    r' (?:font-family="Open Sans"|font-weight="normal"|text-anchor="start"|opacity="1"|stroke-width="1"'
    r'|stroke-miterlimit="10")(?=[ />])'
)
"""What a drawing says although it is so without, or the site's style sheet says it."""
_COLOURED = re.compile(
    r' (?:fill|stroke)="(?:#1b1f24|#57606a|#d8dee4|#ffffff|white)"(?=[ />])', re.IGNORECASE
)
"""Colours of the theme, for which every element has a class as well."""
_ORIGINS = re.compile(r'<script type="application/json" id="origin-data">(.*?)</script>\n?', re.DOTALL)
_LIST = re.compile(r'<section class="origins".*?</section>\n?', re.DOTALL)
_LISTED = re.compile(r'(?<=\shref=")(?=#o-\d+")')
"""Where numbers come from: their data, their list for readers without a script, links into that list."""
_ADDRESS = re.compile(r'(?<=\shref=")([^"#:]+)(?=")')
_QUARTO = re.compile(r'<meta name="generator" content="quarto-')
_TEXT = re.compile(r"(<script\b.*?</script>|<style\b.*?</style>)", re.DOTALL)
_COVER = re.compile(r'(?=<header class="cover">)')


def lighten(
    page: str,
    assets: Assets,
    *,
    place: str,
    bar: str,
    styles: tuple[str, ...],
    moved: Callable[[str], str],
    whole: str,
) -> str:
    """The page for the site.

    Parameters
    ----------
    page
        The page that is one file.
    assets
        Takes what is cut out.
    place
        Where the new page will stand, from the root of the site.
    bar
        HTML that stands above its cover.
    styles
        Further style sheets, from the root of the site.
    moved
        Gives the new address of a relative link.
    whole
        The address of the page that is one file, which has the list of where its numbers come from.

    Raises
    ------
    RenderError
        If the page is none of ours. One that Quarto made stays as it is, but for its links.
    """
    if _QUARTO.search(page):
        return _whole(page, moved)
    up = posixpath.relpath(".", posixpath.dirname(place))

    def script(text: str) -> str:
        # The bundle with all of Vega is by far the largest; everything else is ours.
        name = "vega" if len(text) > LARGE else "page"
        return f'<script src="{up}/{assets.add(name, "js", text)}" defer></script>'

    page = _each(page, _SCRIPT, script)
    page, charts = without_specs(page, assets)
    styled = _first(page, _STYLE)
    if styled is None or not _POLICY.search(page) or not _COVER.search(page):
        message = f"{place}: the report's page is not as scorelib writes it; build it again with --force"
        raise RenderError(message)
    head, sheet, rest = styled
    links = "\n".join(
        f'<link rel="stylesheet" href="{up}/{each}">' for each in (assets.add("style", "css", sheet), *styles)
    )
    # Without one, a browser would look for it where nothing is.
    links += '\n<link rel="icon" href="data:,">'
    if charts:
        links += f'\n<script src="{up}/{charts}" defer></script>'
    # What was cut out holds no address any more, and what is put in needs none changed.
    head, rest = (_ADDRESS.sub(lambda found: moved(found[1]), part) for part in (head, rest))
    rest = _LISTED.sub(lambda _: whole, rest)
    head = _POLICY.sub(lambda found: found[1] + POLICY + found[2], head)
    return head + links + _COVER.sub(lambda _: f"{bar}\n", rest, count=1)


def without_specs(body: str, assets: Assets) -> tuple[str, str]:
    """HTML without what its script reads, and the script that has it; empty for none.

    That is the specifications of its charts, and where its numbers come from. What is said twice in
    drawings and cells goes too.
    """
    specs: dict[str, str] = {}
    origins = _ORIGINS.search(body)
    body = _LIST.sub("", _ORIGINS.sub("", body))

    def beside(figure: str) -> str:
        named, found = _ID.match(figure), _first(figure, _SPEC)
        if named and found:
            specs[named[1]] = found[1]
            figure = found[0] + found[2]
        return f"{_FIGURE[0]}{figure}{_FIGURE[1]}"

    body = _DRAWING.sub(_lightened, _each(body, _FIGURE, beside))
    # Cells are set left unless they say otherwise.
    body = body.replace(' class="left"', "")
    # HTML lets a cell end where the next one, or its row's end, begins.
    body = body.replace("</td>", "")
    if not specs and not origins:
        return body, ""
    listed = ",\n".join(f"{json.dumps(name)}: {spec}" for name, spec in specs.items())
    data = f"window.scorelibSpecs = {{\n{listed}\n}};\n"
    data += f"window.scorelibOrigins = {origins[1]};\n" if origins else ""
    return body, assets.add("charts", "js", data)


def _first(text: str, marks: tuple[str, str]) -> tuple[str, str, str] | None:
    """What stands before, within and after the first pair of marks; None if there is no such pair.

    A pattern that takes as little as it can goes over a megabyte sign by sign, which takes longer than
    all the rest.
    """
    before, begin, rest = text.partition(marks[0])
    within, end, after = rest.partition(marks[1])
    return (before, within, after) if begin and end else None


def _each(text: str, marks: tuple[str, str], become: Callable[[str], str]) -> str:
    """A text with each pair of marks and what stands within turned into something else."""
    done: list[str] = []
    while found := _first(text, marks):
        before, within, text = found
        done += [before, become(within)]
    return "".join((*done, text))


def _whole(page: str, moved: Callable[[str], str]) -> str:
    """A page whose parts are not ours to share, with its links made right for another place."""
    parts = _TEXT.split(page)
    return "".join(
        part if index % 2 else _ADDRESS.sub(lambda found: moved(found[1]), part)
        for index, part in enumerate(parts)
    )


def _lightened(found: re.Match[str]) -> str:
    return _COLOURED.sub("", _IDLE.sub("", found[0]))
