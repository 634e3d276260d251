"""Reports go through Quarto all at once, and are published as any other report is.

Quarto itself is stood in for here: see `tests/render/test_quartorun.py`, which tests its runs more closely.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from scorelib.build.provenance import Manifest
from scorelib.build.quick import stamp_file

from .few import few_cells

STANDIN = Path(__file__).parents[1] / "render" / "standin" / "quarto.py"
TYPST = "error: label `<fig-x>` does not exist in the document\n\nERROR: Typst compilation failed"


class Builds:
    """Builds of a project, with the stand-in on the PATH."""

    def __init__(self, folder: Path, project: Path) -> None:
        self.log = folder / "calls"
        self.project = project
        program = folder / "bin" / "quarto"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -S -E {STANDIN} "$@"\n', "utf-8")
        program.chmod(0o755)
        self.path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"

    def run(self, *arguments: str, **plan: Any) -> subprocess.CompletedProcess[str]:
        environment = {
            **{name: value for name, value in os.environ.items() if name != "SCORELIB_RENDERER"},
            "PATH": self.path,
            "STANDIN": json.dumps(plan),
            "STANDIN_LOG": str(self.log),
        }
        command = [sys.executable, "-m", "scorelib", *arguments]
        return subprocess.run(
            command, cwd=self.project, env=environment, capture_output=True, text=True, check=False
        )

    @property
    def rendered(self) -> list[Path]:
        calls = [json.loads(line)["arguments"] for line in self.log.read_text().splitlines()]
        return [Path(call[1]) for call in calls if call[0] == "render"]


@pytest.fixture
def builds(tmp_path: Path, project: Path) -> Builds:
    return Builds(tmp_path, few_cells(project))


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_one_run_makes_all_reports_but_those_that_quarto_cannot_render(builds: Builds) -> None:
    done = builds.run("build", "voorbeeld", "undp", cannot={"scorecard-undp-2023-nl": TYPST})
    assert done.returncode == 1
    assert "3 made, 1 failed" in done.stdout
    assert "undp/2023/nl failed: Quarto cannot render it: error: label `<fig-x>` does not" in done.stderr
    assert not (builds.project / "reports" / "undp/2023/nl").exists()
    assert len(builds.rendered) == 2
    for folder in builds.rendered:
        assert builds.project not in folder.parents
        # Quarto passes over what is below a name with a dot.
        assert not any(part.startswith(".") for part in folder.parts)
        assert not folder.parent.exists()
    for report in ("voorbeeld/2024/nl", "voorbeeld/2024/en", "undp/2023/en"):
        place = builds.project / "reports" / report
        stem = f"scorecard-{report.replace('/', '-')}"
        five = {"index.html", f"{stem}.pdf", "data.zip", "notebook.ipynb", "provenance.json"}
        assert files(place) == five
        manifest = Manifest.read(place / "provenance.json")
        assert manifest.rendering["renderer"] == "quarto 1.10.18"
        assert set(manifest.files) == five - {"provenance.json"}
        assert "quarto-1.10.18" in (place / "index.html").read_text()


def test_another_renderer_renders_again_and_executes_nothing(builds: Builds) -> None:
    one = ("build", "voorbeeld", "--lang", "nl")
    place = builds.project / "reports" / "voorbeeld/2024/nl"
    assert builds.run(*one, "--renderer", "embedded").returncode == 0
    before = (place / "notebook.ipynb").read_bytes()
    nbformat.validate(nbformat.reads(before.decode(), as_version=4))
    # A page that would load something is not published, and what was there stays.
    loads = {"scorecard-voorbeeld-2024-nl": '<script src="https://cdn.example.org/jquery.js"></script>'}
    refused = builds.run(*one, "--explain", loads=loads)
    assert refused.returncode == 1
    assert "voorbeeld/2024/nl: render\n" in refused.stdout
    assert "renderer changed (from embedded to quarto 1.10.18)" in refused.stdout
    assert "would load https://cdn.example.org/jquery.js from the network" in refused.stderr
    assert "quarto" not in (place / "index.html").read_text()[:2000]
    done = builds.run(*one)
    assert done.returncode == 0, done.stderr
    assert (place / "notebook.ipynb").read_bytes() == before
    assert "quarto-1.10.18" in (place / "index.html").read_text()
    assert "1 up to date" in builds.run(*one).stdout
    assert builds.run(*one, "--dry-run", version="1.11.2").stdout.startswith("voorbeeld/2024/nl: render")
    assert builds.run(*one, "--dry-run", version="1.5.1").stdout.startswith("voorbeeld/2024/nl: render")


def test_a_quarto_that_appears_or_changes_is_not_overlooked_when_nothing_else_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    stamps = {stamp_file("project", ["build"])}
    (tmp_path / "quarto").write_text("one", "utf-8")
    stamps.add(stamp_file("project", ["build"]))
    (tmp_path / "quarto").unlink()
    (tmp_path / "other").write_text("another inode", "utf-8")
    (tmp_path / "quarto").write_text("two", "utf-8")
    stamps.add(stamp_file("project", ["build"]))
    monkeypatch.setenv("SCORELIB_RENDERER", "quarto")
    stamps.add(stamp_file("project", ["build"]))
    assert len(stamps) == 4
