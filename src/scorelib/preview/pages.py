"""What a preview shows in the browser: the frame, the report in it, or what went wrong; serves nothing.

Imports answers, and how a report stands. The report itself is sent as it was made, byte for byte: what
follows the saves is a page around it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import escape
from importlib import resources
from typing import TYPE_CHECKING

from scorelib.serve.folder import kind_of
from scorelib.serve.loopback import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scorelib.build.report import Kind, Report, Result
    from scorelib.preview.live import Live, View
    from scorelib.serve.loopback import Pages

__all__ = ["error_page", "frame_page", "pages"]

FIRST = 120.0
"""Seconds that the first page may take until it is there; a notebook may be long."""

ALIVE = 10.0
"""Seconds after which a reader without news gets a sign of life, so that it is seen to be gone if it is."""

TITLES: Mapping[Kind, str] = {
    "data": "The data or the texts are not right",
    "execution": "The notebook failed",
    "rendering": "The report cannot be rendered",
    "worker": "The process that made the report ended",
    "bug": "scorelib itself failed",
}
CHANGES_SHOWN = 2
HEADING = re.compile(r"  (?! )(.+)")
"""A line that the message of a failed notebook indents by two: what follows it is indented by four."""


def pages(live: Live) -> Pages:
    """What is at each path of the preview: ``ORG/YEAR/LANG/`` and the files of the report below it."""
    folders = {f"{report}/": report for report in live.reports.values()}
    first = next(iter(folders))

    def page(path: str) -> Answer | None:
        if not path:
            return Answer(status=302, location=first)
        folder, _, name = path.rpartition("/")
        report = folders.get(f"{folder}/")
        return None if report is None else _page(live, report, name)

    return page


def _page(live: Live, report: Report, name: str) -> Answer | None:
    lang = report.lang
    if name == "":
        return frame_page(report, sorted(live.reports))
    if name == "events":
        return Answer(_events(live, lang), "text/event-stream")
    if name == "index.html":
        return _report(live, report)
    if name == report.pdf:
        made = live.pdf(lang)
        return _file(made.files, name) or error_page(report, made, live.view(lang))
    good = live.view(lang).good
    return _file(good.result.files, "index.html" if name == "last.html" else name) if good else None


def _file(files: Mapping[str, bytes] | None, name: str) -> Answer | None:
    return Answer(files[name], kind_of(name)) if files and name in files else None


def _report(live: Live, report: Report) -> Answer:
    """The report, or why there is none; waits for the first one."""
    view = live.view(report.lang)
    if view.made is None:
        live.look(report.lang)
        try:
            while view.made is None and (newer := live.news(report.lang, view, FIRST)) is not None:
                view = newer
        finally:
            live.leave(report.lang)
    if view.made is None:
        return Answer(b"It is not there yet; load this page again.\n", "text/plain; charset=utf-8", 503)
    return _file(view.made.result.files, "index.html") or error_page(report, view.made.result, view)


def _events(live: Live, lang: str) -> Iterator[bytes]:
    """News of a language for as long as somebody listens."""
    live.look(lang)
    seen: View | None = None
    try:
        while not live.ended:
            view = live.news(lang, seen, ALIVE)
            if view is None:
                yield b": still here\n\n"
                continue
            seen = view
            news = {"state": view.state, "version": view.version, "text": _told(view)}
            yield f"data: {json.dumps(news)}\n\n".encode()
    finally:
        live.leave(lang)


def _told(view: View) -> str:
    """The line about how a language stands; empty for the page's own words."""
    if view.made is None or view.state in {"waiting", "making"}:
        return ""
    changed = list(view.made.changed)
    more = f" and {len(changed) - CHANGES_SHOWN} more" if len(changed) > CHANGES_SHOWN else ""
    what = f": {', '.join(changed[:CHANGES_SHOWN])}{more}" if changed else ""
    return f"{view.state} in {view.made.seconds:.1f} s{what}"


# --- pages ------------------------------------------------------------------------------------


def _text(name: str) -> str:
    return (resources.files("scorelib.preview") / "page" / name).read_text("utf-8")


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def frame_page(report: Report, langs: list[str]) -> Answer:
    """The page around a report."""
    style, script = _text("shell.css"), _text("shell.js")
    policy = (
        f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(style)}; "
        "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
    )
    title = escape(f"{report.organisation} {report.year} ({report.lang})")
    others = "".join(
        f'<a href="../{code}/" lang="{code}">{code}</a> ' for code in langs if code != report.lang
    )
    body = (
        '<body class="shell">'
        f"<header><h1>{title}</h1>"
        '<p id="status" role="status" data-state="waiting">waiting</p>'
        f'<nav aria-label="Other forms of this report">{others}<a href="{escape(report.pdf)}">PDF</a></nav>'
        "</header>"
        f'<iframe title="The report" data-title="{title}: preview" src="about:blank"></iframe>'
        f"<script>{script}</script></body>"
    )
    return _html(f"{title}: preview", style, body, policy)


def error_page(report: Report, result: Result, view: View) -> Answer:
    """What went wrong, where, and what to do next."""
    lines = result.error.splitlines() or ["it is not known why"]
    listed = result.kind == "data"
    told = _findings(lines) if listed else _failure(lines)
    last = ' <a href="last.html">The last page that was made well</a> is still there.' if view.good else ""
    body = (
        f'<body class="error"><main><h1>{TITLES.get(result.kind, TITLES["bug"])}</h1>{told}'
        f'<p class="next">Mend it and save: this page then makes way for the report.{last}</p>'
        "</main></body>"
    )
    style = _text("shell.css")
    policy = f"default-src 'none'; style-src {_digest(style)}; base-uri 'none'; form-action 'none'"
    return _html(f"{report}: {TITLES.get(result.kind, '')}", style, body, policy)


def _html(title: str, style: str, body: str, policy: str) -> Answer:
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head>{body}</html>\n"
    )
    return Answer(page.encode("utf-8", "replace"), policy=policy)


def _findings(lines: list[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<p>{len(lines)} to mend:</p><ul>{items}</ul>"


def _failure(lines: list[str]) -> str:
    """A message of several parts: what, then headings with what is indented below them."""
    parts = [f'<p class="what">{escape(lines[0])}</p>']
    block: list[str] = []

    def end() -> None:
        if block:
            parts.append(f'<pre tabindex="0">{escape(chr(10).join(block))}</pre>')
            block.clear()

    for line in lines[1:]:
        heading = HEADING.fullmatch(line)
        if heading is None:
            block.append(line.removeprefix("    "))
            continue
        end()
        name, colon, rest = heading[1].partition(": ")
        if colon:
            parts.append(f"<h2>{escape(name.capitalize())}</h2>")
            block.append(rest)
        else:
            parts.append(f"<h2>{escape(name.rstrip(':').capitalize())}</h2>")
    end()
    return "".join(parts)
