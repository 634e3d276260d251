"""`quarto render` alone makes every scorecard: what it renders is written before it, and published after it.

Quarto itself is stood in for here, as in `test_through_quarto.py`: the test calls the two commands that
`_quarto.yml` names, with the environment that Quarto gives them, and the stand-in between them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

from scorelib.build.provenance import Manifest

from .few import few_cells

STANDIN = Path(__file__).parents[1] / "render" / "standin" / "quarto.py"
REPORTS = [f"{each}/{lang}" for each in ("undp/2023", "voorbeeld/2024") for lang in ("en", "nl")]


class Clone:
    """A fresh clone in which `quarto render` is run."""

    def __init__(self, folder: Path, project: Path, root: Path) -> None:
        self.project = project
        self.options = yaml.safe_load((root / "_quarto.yml").read_text("utf-8"))["project"]
        self.bin = folder / "bin"
        self.bin.mkdir()
        for name, command in (("quarto", f"-S -E {STANDIN}"), ("python", "")):
            (self.bin / name).write_text(f'#!/bin/sh\nexec {sys.executable} {command} "$@"\n', "utf-8")
            (self.bin / name).chmod(0o755)
        self.path = f"{self.bin}:{os.environ['PATH']}"
        self.log = folder / "calls"

    def call(self, command: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command.split(),
            cwd=self.project,
            env={**os.environ, "PATH": self.path, "STANDIN_LOG": str(self.log), **more},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def before(self) -> subprocess.CompletedProcess[str]:
        return self.call(self.options["pre-render"], QUARTO_PROJECT_OUTPUT_DIR=self.options["output-dir"])

    def after(self, *paths: str) -> subprocess.CompletedProcess[str]:
        files = "\n".join(f"{self.options['output-dir']}/{path}" for path in paths)
        return self.call(self.options["post-render"], QUARTO_PROJECT_OUTPUT_FILES=files)

    def render(self) -> None:
        options = {"project": self.options, "format": {"scorecard-html": {}, "scorecard-typst": {}}}
        (self.project / "_quarto.yml").write_text(json.dumps(options), "utf-8")
        done = self.call(f"quarto render {self.project}")
        (self.project / "_quarto.yml").unlink()
        assert done.returncode == 0, done.stderr


@pytest.fixture
def clone(tmp_path: Path, project: Path, root: Path) -> Clone:
    table = project / "data" / "scorecards.csv"
    rows = table.read_text("utf-8").splitlines(keepends=True)
    table.write_text("".join(row for row in rows if not row.startswith("iom,")), "utf-8")
    return Clone(tmp_path, few_cells(project), root)


def test_what_quarto_renders_is_written_before_and_published_after(clone: Clone) -> None:
    done = clone.before()
    assert done.returncode == 0, done.stderr
    assert "4 written" in done.stderr
    build = clone.project / "build"
    stems = sorted(f"scorecard-{report.replace('/', '-')}" for report in REPORTS)
    assert sorted(path.stem for path in clone.project.glob(clone.options["render"][0])) == stems
    for path in build.glob("*.ipynb"):
        nbformat.validate(nbformat.read(path, 4))
        front = yaml.safe_load(nbformat.read(path, 4).cells[0].source.strip("-"))
        beside = [*front["font-paths"], *front["include-in-header"], *front["include-after-body"]]
        assert all((build / name).exists() for name in beside)
    assert "0 written, 4 up to date" in clone.before().stderr
    clone.render()
    done = clone.after(*(f"build/{stem}.{suffix}" for stem in stems for suffix in ("html", "pdf")))
    assert done.returncode == 0, done.stderr
    assert "4 published" in done.stderr
    for report in REPORTS:
        manifest = Manifest.read(clone.project / "reports" / report / "provenance.json")
        assert len(manifest.files) == 4
        assert manifest.rendering["renderer"] == "quarto 1.10.18"
    # `scorelib build` would make the same, and finds nothing to do.
    done = clone.call(f"{sys.executable} -m scorelib build --renderer quarto --dry-run")
    assert done.stdout.count("up to date") == 4


def test_a_scorecard_that_fails_stops_no_other_and_is_told_at_the_end(clone: Clone) -> None:
    few_cells(clone.project, 'if organisation == "undp":\n    raise ValueError("no")')
    done = clone.before()
    assert done.returncode == 0
    assert "2 written" in done.stderr
    assert "undp/2023/nl failed" in done.stderr
    assert not list((clone.project / "build").glob("scorecard-undp*"))
    clone.render()
    # A page alone, as `quarto render --profile draft` makes it, is published as a page alone.
    done = clone.after("build/scorecard-voorbeeld-2024-nl.html")
    assert done.returncode == 1
    assert "1 published" in done.stderr
    assert "undp/2023/nl failed" in done.stderr
    assert {path.name for path in (clone.project / "reports/voorbeeld/2024/nl").iterdir()} == {
        "index.html", "data.zip", "notebook.ipynb", "provenance.json",
    }  # fmt: skip
    # By hand, without Quarto around it, it ends with what failed.
    assert clone.call(clone.options["pre-render"]).returncode == 1
