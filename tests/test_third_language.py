"""Adding a language is adding one file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def test_a_third_language_is_one_file_and_gives_a_whole_report(
    root: Path, project: Path, tmp_path: Path
) -> None:
    package = tmp_path / "src" / "scorelib"
    shutil.copytree(root / "src" / "scorelib", package, ignore=shutil.ignore_patterns("__pycache__"))
    dutch = (package / "languages" / "nl.toml").read_text()
    german = dutch.replace('tag = "nl-NL"', 'tag = "de-DE"').replace('= "', '= "¤', 1)
    (package / "languages" / "de.toml").write_text(german.replace('tag = "¤de-DE"', 'tag = "de-DE"'))
    done = subprocess.run(
        [sys.executable, "-m", "scorelib", "build", "voorbeeld", "--lang", "de", "-C", str(project)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(package.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    page = (project / "reports" / "voorbeeld" / "2024" / "de" / "index.html").read_text()
    assert '<html lang="de-DE">' in page
    # No text is written in it, and each section says so; names fall back on English.
    assert page.count("Nog niet geschreven") >= 8
    assert "Example organisation (fictional)" in page
