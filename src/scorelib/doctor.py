"""Examines the machine: what is there, what will be used and why; changes nothing."""

from __future__ import annotations

import contextlib
import os
import platform
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import scorelib
from scorelib.execute import warm

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Line", "examine"]

PACKAGES = (
    "papermill",
    "ipykernel",
    "pandas",
    "altair",
    "vl-convert-python",
    "typst",
    "markdown-it-py",
    "ttf-opensans",
)
WORDS = ("ok", "note", "ERROR")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at; `level` is 0 for right, 1 for a note, 2 for an error."""

    level: int
    what: str
    found: str

    def __str__(self) -> str:
        return f"{WORDS[self.level]:5}  {self.what}: {self.found}"


def examine() -> Iterator[Line]:
    """Look at everything that making a report rests on."""
    yield Line(0, "scorelib", f"{scorelib.__version__}, Python {platform.python_version()} in {sys.prefix}")
    yield from _packages()
    yield _bytecode()
    with contextlib.suppress(warm.Unavailable):
        # It imports its libraries while the rest is looked at.
        warm.start()
    yield _drawing()
    yield _fonts()
    yield _kernel()
    yield _offered()
    yield from _renderer()


def _packages() -> Iterator[Line]:
    for name in PACKAGES:
        try:
            yield Line(0, name, version(name))
        except PackageNotFoundError:
            yield Line(2, name, "not installed; run `make report`, or pip install scorelib")


def _bytecode() -> Line:
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        return Line(
            1,
            "bytecode",
            "PYTHONDONTWRITEBYTECODE is set, so every start is 2-4 times slower; unset it",
        )
    return Line(0, "bytecode", "kept between runs")


def _kernel() -> Line:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel  # noqa: PLC0415

    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Line(
            2,
            "kernel",
            "there is no kernel named python3; run `python -m ipykernel install --sys-prefix`",
        )
    program = str(spec.argv[0])
    if not program.startswith(("python", sys.prefix)):
        return Line(
            1,
            "kernel",
            f"python3 runs {program}, not the Python of scorelib; notebooks may not find it",
        )
    if reason := warm.why_not():
        return Line(
            1,
            "kernel",
            f"python3, an ordinary one for each report, a second slower than a warm one: {reason}",
        )
    return Line(0, "kernel", "python3, warm: forked for each report from a process that has all imported")


def _offered() -> Line:
    from scorelib.jupyter import kernel  # noqa: PLC0415

    place = kernel.found()
    if place is None:
        return Line(1, "kernel in Jupyter", "the warm one is not offered; `scorelib kernel` offers it")
    return Line(0, "kernel in Jupyter", f"scorelib (warm), from {place}")


def _drawing() -> Line:
    from scorelib.errors import RenderError  # noqa: PLC0415
    from scorelib.render.charts import ChartDrawer  # noqa: PLC0415

    spec = {
        "mark": "point",
        "data": {"values": [{"a": 1}]},
        "encoding": {"x": {"field": "a", "type": "quantitative"}},
    }
    try:
        with ChartDrawer() as drawer:
            drawer.draw(spec, "doctor")
    except RenderError as error:
        return Line(2, "charts", str(error))
    return Line(0, "charts", "vl-convert draws in a process of its own")


def _fonts() -> Line:
    import typst  # noqa: PLC0415

    from scorelib.render.assets import font_folder  # noqa: PLC0415

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[font_folder()])
    if "Open Sans" not in fonts.families():
        return Line(2, "fonts", "Open Sans is not in ttf-opensans; install that package again")
    return Line(
        0,
        "fonts",
        f"Open Sans, {len(fonts.fonts())} files from a package; no font of the system is used",
    )


def _renderer() -> Iterator[Line]:
    from scorelib.render import quartorun  # noqa: PLC0415

    quarto = quartorun.find()
    choice = quartorun.checked(quartorun.choose("auto", ("html", "pdf")), "auto")
    if quarto is not None:
        found = f"{quarto.version or 'of unknown version'}, {quarto.program}"
        standards = " and ".join(f"PDF/{each.upper()}" for each in quarto.standards) or "no standard"
        level = 0 if choice.quarto else 1
        yield Line(level, "quarto", f"{found}; its PDFs are held to {standards}")
    else:
        yield Line(1, "quarto", f"none on the PATH; to have it, {quartorun.INSTALL}")
    name = "quarto" if choice.quarto else "embedded"
    yield Line(0, "renderer", f"{name}: {choice.why}; `scorelib build --renderer` chooses another")
