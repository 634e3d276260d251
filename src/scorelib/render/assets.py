"""Fonts and the script that pages carry, made once and kept; imports nothing of ours but sealed.

They depend on installed packages alone, so they are kept in the user's cache folder under a name
with those packages' versions. A cache that cannot be written is done without; a file in it that is not as
it was written is made again.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import io
import logging
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from scorelib.sealed import DamagedError, put, read_plain, seal, unseal

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["font_css", "font_folder", "vega_bundle"]

# Latin letters with every mark of European languages, punctuation, currency and arrows: what
# reports are written in. Other letters fall back on the reader's own fonts.
SUBSET = (
    "U+0020-007E,U+00A0-017F,U+0192,U+0218-021B,U+02C6-02DC,U+2010-2027,U+202F,U+2030-203A,"
    "U+20AC,U+2122,U+2190-2199,U+2212,U+2248,U+2260,U+2264,U+2265,U+25A0-25CF,U+FFFD"
)
FACES = (("Regular", 400, "normal"), ("Italic", 400, "italic"), ("SemiBold", 600, "normal"))
TAIL = b"\n"
LOG = logging.getLogger(__name__)
SNIPPET = "window.scorelibEmbed = vegaEmbed;"


def font_folder() -> Path:
    """The folder with the font files, from a package: no font of the system is ever used."""
    import ttf_opensans  # noqa: PLC0415 - only where something is rendered

    return Path(ttf_opensans.__file__).parent / "ttf"


@functools.cache
def font_css() -> str:
    """``@font-face`` rules with the fonts of a page as data URLs, cut down to the letters in use."""
    key = f"{version('ttf-opensans')} {version('fonttools')} {version('brotli')} {SUBSET} {FACES}"
    return _kept("fonts", key, ".css", _make_font_css)


def _make_font_css() -> str:
    rules = []
    for face, weight, style in FACES:
        data = base64.b64encode(_subset(font_folder() / f"OpenSans-{face}.ttf")).decode()
        rules.append(
            f'@font-face{{font-family:"Open Sans";font-weight:{weight};font-style:{style};'
            f'font-display:swap;src:url(data:font/woff2;base64,{data}) format("woff2")}}\n'
        )
    return "".join(rules)


def _subset(path: Path) -> bytes:
    from fontTools import subset  # noqa: PLC0415 - only when the cache is empty

    options = subset.Options(flavor="woff2", layout_features=["*"], hinting=False, notdef_outline=True)
    # A modification time of now would make every font another file.
    options.recalc_timestamp = False
    font = subset.load_font(str(path), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=subset.parse_unicodes(SUBSET.replace("U+", "")))
    cutter.subset(font)
    out = io.BytesIO()
    subset.save_font(font, out, options)
    return out.getvalue()


@functools.cache
def vega_bundle() -> str:
    """One script with Vega, Vega-Lite and Vega-Embed, which it leaves as ``scorelibEmbed``."""
    return _kept("vega", f"{version('vl-convert-python')} {SNIPPET}", ".js", _make_vega_bundle)


def _make_vega_bundle() -> str:
    # In a process of its own: V8 stays in a process that has once used it.
    import subprocess  # noqa: PLC0415 - only when the cache is empty
    import sys  # noqa: PLC0415

    # As bytes: what a stream of text can hold is for the locale to say.
    code = (
        f"import sys, vl_convert; sys.stdout.buffer.write(vl_convert.javascript_bundle({SNIPPET!r}).encode())"
    )
    done = subprocess.run(  # noqa: S603 - our own line of code, by the same Python
        [sys.executable, "-P", "-c", code], check=True, capture_output=True, text=True, encoding="utf-8"
    )
    # A scope of its own, so that nothing but scorelibEmbed gets into the page.
    return f"(() => {{{done.stdout}}})();"


def _kept(name: str, key: str, suffix: str, make: Callable[[], str]) -> str:
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    folder = user_cache_path("scorelib")
    path = folder / f"{name}-{digest}{suffix}.kept"
    try:
        return unseal(read_plain(path), TAIL).decode()
    except FileNotFoundError:
        pass
    except DamagedError:
        LOG.warning("%s is damaged: it is made again", path)
    except OSError as error:
        LOG.warning("%s cannot be read (%s): it is made again", path, error.strerror)
    text = make()
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        put(path, seal(text.encode(), TAIL))
    return text
