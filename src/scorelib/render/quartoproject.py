"""The project that Quarto renders: options, brand, extension, fonts and scripts beside the notebooks.

Imports assets and the page's script alone. `scorelib prepare` fills the ``build/`` of a project, and
`scorelib build` a folder of its own, with the same; options, brand and extension are the project's,
and those that come with scorelib where it has none.
"""

from __future__ import annotations

import json
import shutil
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from scorelib.errors import UsageError
from scorelib.render import assets
from scorelib.render.html import inline_script
from scorelib.render.quarto import FONTS, PAGE_FOOT, PAGE_HEAD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scorelib.render.quartorun import QuartoFormat

__all__ = ["FOLDER", "OUTPUT", "furnish", "set_up", "write_files"]

FOLDER = "build"
"""Where the notebooks are, below the project that Quarto renders."""
OUTPUT = "build/_rendered"
OPTIONS, FINAL, BRAND, EXTENSIONS = "_quarto.yml", "_quarto-final.yml", "_brand.yml", "_extensions"

# Nothing is loaded from anywhere but the page and, in `quarto preview`, its own server on this machine.
POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' data:; style-src 'self' 'unsafe-inline' data:; "
    "font-src 'self' data:; img-src 'self' data:; connect-src 'self' ws://localhost:* ws://127.0.0.1:*; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'"
)


def furnish(folder: Path) -> None:
    """Put beside the notebooks what their front matter names: fonts, styles and scripts."""
    theme = resources.files("scorelib.render") / "theme"
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<style>{assets.font_css()}</style>\n"
    )
    scripts = (assets.vega_bundle(), (theme / "quarto.js").read_text("utf-8"))
    foot = "".join(f"<script>{inline_script(script)}</script>\n" for script in scripts)
    (folder / FONTS).mkdir(parents=True, exist_ok=True)
    for font in sorted(assets.font_folder().glob("*.ttf")):
        shutil.copyfile(font, folder / FONTS / font.name)
    (folder / PAGE_HEAD).write_text(head, "utf-8")
    (folder / PAGE_FOOT).write_text(foot, "utf-8")


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files whose names may have folders in them."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def set_up(folder: Path, project: Path, formats: Sequence[QuartoFormat]) -> None:
    """Make a folder a project of its own, which renders the notebooks in its ``build/`` and no more.

    Raises
    ------
    UsageError
        If the project's options for Quarto cannot be read.
    """
    options = _merged(_options(project, OPTIONS), _options(project, FINAL))
    # Its profiles are decided here, and its notebooks are there already.
    options.pop("profile", None)
    options["project"] = {"type": "default", "output-dir": OUTPUT, "render": [f"{FOLDER}/*.ipynb"]}
    wanted = options.get("format")
    kept = wanted if isinstance(wanted, dict) else {}
    options["format"] = {name: kept.get(name) or "default" for name in formats}
    # JSON is YAML, and has one way to be written.
    (folder / OPTIONS).write_text(json.dumps(options, ensure_ascii=False, indent=1), "utf-8")
    brand = _home(project, BRAND)
    if brand is not None:
        shutil.copyfile(brand, folder / BRAND)
    extensions = _home(project, EXTENSIONS)
    if extensions is None:
        message = f"there is no {EXTENSIONS}/ with the format `scorecard`; install scorelib again"
        raise UsageError(message)
    shutil.copytree(extensions, folder / EXTENSIONS)
    (folder / FOLDER).mkdir()
    furnish(folder / FOLDER)


def _home(project: Path, name: str) -> Path | None:
    """A file or folder of a project; that of scorelib's own if it has none."""
    package = Path(__file__).parent
    # In the wheel they stand beside this module, in a checkout at its root.
    places = (project, package / "quarto_project", package.parents[2])
    return next((place / name for place in places if (place / name).exists()), None)


def _options(project: Path, name: str) -> dict[str, Any]:
    path = _home(project, name)
    if path is None:
        return {}
    try:
        options = yaml.safe_load(path.read_text("utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        message = f"{name} cannot be read: {' '.join(str(error).split())}; mend it"
        raise UsageError(message) from None
    if not isinstance(options, dict):
        message = f"{name} is not of the form `name: value`; mend it"
        raise UsageError(message)
    return options


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Options with those of a profile laid over them, as Quarto does it."""
    out = dict(one)
    for key, value in other.items():
        before = out.get(key)
        out[key] = _merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return out
