"""The files of a folder, as a browser may read them; imports only what answers are made of.

No folder is listed, nothing outside is reached by a link, and hidden files are not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from scorelib.serve.loopback import HTML, Answer

if TYPE_CHECKING:
    from pathlib import Path

    from scorelib.serve.loopback import Pages

__all__ = ["KINDS", "folder_pages", "kind_of"]

KINDS = {
    ".atom": "application/atom+xml",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": HTML,
    ".ipynb": "application/x-ipynb+json",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".md": "text/markdown; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttl": "text/turtle; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
    ".zip": "application/zip",
}
"""MIME types by suffix. A table of our own: the one of the system differs from machine to machine."""


def kind_of(name: str) -> str:
    """The MIME type of a file's name; one that a browser saves if it is not known."""
    dot = name.rfind(".")
    return KINDS.get(name[dot:].lower() if dot >= 0 else "", "application/octet-stream")


def folder_pages(root: Path) -> Pages:
    """What is at the paths below a folder; a folder shows its ``index.html``, if it has one."""
    inside = root.resolve()

    def page(path: str) -> Answer | None:
        try:
            found = (inside / path).resolve()
            if not found.is_relative_to(inside):
                return None
            if found.is_dir():
                if path and not path.endswith("/"):
                    # Relative addresses in the page are meant from within the folder.
                    return Answer(status=301, location=f"{quote(path.rpartition('/')[2])}/")
                found = (found / "index.html").resolve()
            elif path.endswith("/"):
                return None
            if not (found.is_file() and found.is_relative_to(inside)):
                return None
            return Answer(found.read_bytes(), kind_of(found.name))
        except (OSError, ValueError, RuntimeError):  # The last is what pathlib says of links in a circle.
            return None

    return page
