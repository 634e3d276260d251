"""Pandoc, with what Quarto's filters are documented to do, where Quarto itself cannot be run.

Quarto reads Markdown with pandoc's reader and writes with pandoc's writers; between them stand filters
of its own. `filter.lua` does what their documentation says of the few parts that scorelib uses. So these
tests see that pandoc reads every text as it was meant and that the template takes what pandoc writes;
they do not see Quarto. The tests marked `quarto` do, wherever it is.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pypandoc
import typst

from scorelib.render.assets import font_folder

HERE = Path(__file__).parent
EXTENSION = HERE.parents[2] / "_extensions" / "scorecard"
READ = "markdown+autolink_bare_uris+emoji"
"""Pandoc's own Markdown, and more of what makes markup of texts than Quarto asks of it."""


def markdown_of(notebook: bytes) -> str:
    """What Quarto makes of a notebook that holds no code: its cells, one below the other."""
    return "\n\n".join(cell["source"] for cell in json.loads(notebook)["cells"])


def pandoc(text: str, *arguments: str, folder: Path | None = None) -> str:
    done = subprocess.run(
        [pypandoc.get_pandoc_path(), "--from", READ, *arguments],
        input=text,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", done.stderr
    return done.stdout


def tree(text: str) -> Any:
    """The text as pandoc understands it."""
    return json.loads(pandoc(text, "--to", "json"))


def page(text: str, folder: Path, *arguments: str) -> str:
    filters = ("--lua-filter", str(HERE / "filter.lua"), "--number-sections", "--standalone")
    return pandoc(text, "--to", "html", *filters, *arguments, folder=folder)


def pdf(text: str, folder: Path, *, standards: Any = ("a-2a", "ua-1")) -> bytes:
    """The PDF, by the partials of the extension; pictures and fonts are in `folder`."""
    template = folder / "template"
    template.mkdir(exist_ok=True)
    for path in [HERE / "template.typ", *EXTENSION.glob("*.typ")]:
        shutil.copy(path, template)
    written = pandoc(
        text, "--to", "typst", "--lua-filter", str(HERE / "filter.lua"),
        "--standalone", "--template", str(template / "template.typ"), folder=folder,
    )  # fmt: skip
    main = folder / "main.typ"
    main.write_text(written, "utf-8")
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[font_folder()])
    return bytes(typst.compile(main, root=folder, font_paths=fonts, pdf_standards=list(standards)))
