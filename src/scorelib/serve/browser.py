"""Opens an address in the reader's browser, and tells nobody else; imports nothing of ours."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import webbrowser
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["open_page"]


@contextlib.contextmanager
def open_page(url: str) -> Iterator[None]:
    """Open an address, if there is a screen, for as long as it is served.

    The address holds a secret, and other users of a machine may read the arguments of programs: the
    browser gets a file that leads there, which only this user can read, and which is gone afterwards.
    """
    screen = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    if not (screen or sys.platform in {"darwin", "win32"}):
        # Without one, a browser of the terminal would take that over.
        yield
        return
    handle, name = tempfile.mkstemp(prefix="scorelib-", suffix=".html")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f'<!doctype html><meta http-equiv="refresh" content="0; url={escape(url)}">\n')
        webbrowser.open(Path(name).as_uri())
        yield
    finally:
        Path(name).unlink(missing_ok=True)
