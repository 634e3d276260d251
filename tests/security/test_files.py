"""Pictures, themes and fonts that lie about a project are not opened: by no process of a build.

Real ones lie beside the text that names them; Linux tells which files are opened, whoever does it.
"""

from __future__ import annotations

import os
import re
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pypdf
import pytest
from lxml import html

from .opened import Opened

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

REPORT = Path("reports/iom/2024/nl")
SCRIPT = "<svg xmlns='http://www.w3.org/2000/svg' onload='x()'><script>window.__pwned=1</script></svg>"


def chunk(kind: bytes, content: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb() -> bytes:
    """A picture of 40,000 by 40,000 points: 200 kB here, and six gigabytes where colours are unpacked."""
    side = 40_000
    packer = zlib.compressobj(9)
    row = packer.compress(b"\0" * ((side // 8 + 1) * side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


def pictures(folder: Path, elsewhere: Path) -> dict[str, str]:
    """Put pictures beside a text; gives the words that it has for each way to one."""
    (folder / "bomb.png").write_bytes(bomb())
    (folder / "drawing.svg").write_text(SCRIPT, "utf-8")
    (folder / "page.html").write_text("<script>window.__pwned=1</script>", "utf-8")
    (folder / "program.typ").write_text('#read("/etc/passwd")', "utf-8")
    (folder / "words.txt").write_text("words of a file", "utf-8")
    (folder / "link.png").symlink_to(elsewhere / "secret.png")
    (folder / "away").symlink_to(elsewhere)
    (folder / "zero.png").symlink_to("/dev/zero")
    (folder / "everything").symlink_to("/")
    (folder / "again").symlink_to("..")
    os.mkfifo(folder / "pipe.png")
    (elsewhere / "secret.png").write_bytes(bomb()[:100])
    return {
        "bomb.png": "een bom van een plaatje",
        "./bomb.png": "met een punt ervoor",
        "../nl/bomb.png": "langs de map erboven",
        "drawing.svg": "een tekening met een script",
        "page.html": "een pagina als plaatje",
        "program.typ": "een programma als plaatje",
        "words.txt": "een tekst als plaatje",
        "link.png": "een koppeling naar elders",
        "away/secret.png": "een map die elders ligt",
        "zero.png": "een apparaat zonder einde",
        "pipe.png": "een buis waar niets uit komt",
        (elsewhere / "secret.png").as_posix(): "een volledig pad",
        (elsewhere / "secret.png").as_uri(): "een adres van een bestand",
    }


THEMES = {
    "_brand.yml": "color: {palette: {blue: 'red;} </style><script>window.__pwned=1</script>'}}\n",
    "_quarto.yml": "format: {html: {include-in-header: {text: '<script>window.__pwned=1</script>'}}}\n",
    "theme.css": "body { background: url(https://evil.invalid/x) }",
    "styles.css": "@import url(https://evil.invalid/x.css);",
    "custom.scss": "/*-- scss:defaults --*/ $x: url(//evil.invalid);",
    "theme.toml": '[colours]\naccent = \'#fff"); #read("/etc/passwd") //\'\n',
    "scorecard.typ": '#let report = read("/etc/passwd")',
    "page.html": "<script>window.__pwned=1</script>{{ cycler.__init__.__globals__ }}",
    "nl.toml": "[labels]\nabout = '<script>window.__pwned=1</script>'\n",
    "OpenSans-Regular.ttf": "no font",
    "fonts.conf": "<?xml version='1.0'?><fontconfig><dir>/tmp</dir></fontconfig>",
}
"""What other programs take for a theme, a brand or a font, wherever they look for it."""

PLACES = ("data", "data/texts", "data/fonts", "data/theme", "data/languages", "fonts", "theme", "languages")
"""Folders of a project in which it lies; what the project's own folder has of it is for Quarto alone."""

SETTINGS = "[tool.scorelib]\njobs = 1\n\n[tool.other]\ntheme = '../evil.css'\nfont = 'x; } </style>'\n"


@pytest.mark.timeout(120)
def test_no_picture_theme_or_font_of_a_supplier_is_opened(
    project: Path, tmp_path: Path, scorelib: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    texts = project / "data/texts/iom/2024/nl"
    said = pictures(texts, elsewhere)
    (texts / "31-description.md").write_text(
        "\n\n".join(f"![{words}]({path})" for path, words in said.items()), "utf-8"
    )
    places = [project / each for each in PLACES]
    for place in (project, *places):
        place.mkdir(exist_ok=True)
        for name, content in THEMES.items():
            (place / name).write_text(content, "utf-8")
    (project / "pyproject.toml").write_text(SETTINGS, "utf-8")
    before = {each.name for folder in (project, texts, elsewhere, *places) for each in folder.iterdir()}
    with Opened(project, texts, elsewhere, *places) as opened:
        done = scorelib("build", "iom", "--lang", "nl", cwd=project)
        names = opened.names()
    assert done.returncode == 0, done.stderr
    # It sees what is opened: the text among them; and of all that lies there, only what a build reads.
    assert {"31-description.md", "contributions.csv", "pyproject.toml"} <= names
    assert names & (set(THEMES) | {"bomb.png", "link.png", "zero.png", "pipe.png", "secret.png"}) == set()
    assert all(
        re.search(r"\.(md|csv|json)$|^pyproject\.toml$", each) for each in names & before if "." in each
    )
    # Where a report is made again, all data are copied: of these, nothing that lies elsewhere, and no pipe.
    again = scorelib("verify", "iom", cwd=project)
    assert again.returncode == 0, again.stdout + again.stderr
    page = html.document_fromstring((project / REPORT / "index.html").read_text("utf-8"))
    assert list(page.iter("img", "image", "object", "embed", "iframe", "picture")) == []
    assert "evil.invalid" not in (project / REPORT / "index.html").read_text("utf-8")
    reader = pypdf.PdfReader(project / REPORT / "scorecard-iom-2024-nl.pdf")
    printed = "".join("".join(each.extract_text() for each in reader.pages).split())
    shown = page.text_content()
    for words in said.values():
        assert words in shown
        assert "".join(words.split()) in printed
