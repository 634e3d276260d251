"""What several rooms' tests share: the project itself, copies of it to break, and built reports."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]

# The tests are of the embedded renderer, but for those that say otherwise, also where Quarto is.
os.environ["SCORELIB_RENDERER"] = "embedded"

# A shell has what it runs in the background ignore Ctrl-C, and so would all that tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No test measures time: on a machine that is busy, that would say nothing of the product.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


def copy_project(target: Path) -> Path:
    """A copy of everything a build reads, to be changed at will."""
    shutil.copytree(ROOT / "data", target / "data")
    shutil.copytree(
        ROOT / "notebooks", target / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints")
    )
    (target / "reports").mkdir()
    return target


@pytest.fixture(scope="session")
def new_project(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes copies of the project for fixtures that live longer than a test."""
    return lambda: copy_project(tmp_path_factory.mktemp("copy") / "project")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, without reports."""
    return copy_project(tmp_path / "project")


@pytest.fixture(scope="session")
def scorelib() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the real command in a folder, away from a terminal."""

    def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "scorelib", *arguments],
            cwd=cwd,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "COLUMNS": "200"},
        )

    return run


@pytest.fixture(scope="session")
def built(
    tmp_path_factory: pytest.TempPathFactory, scorelib: Callable[..., subprocess.CompletedProcess[str]]
) -> Iterator[Path]:
    """A project in which every scorecard there is has been built once."""
    folder = copy_project(tmp_path_factory.mktemp("built") / "project")
    done = scorelib("build", cwd=folder)
    assert done.returncode == 0, done.stderr
    yield folder
    shutil.rmtree(folder)


# Chromium of a distribution, started so that it asks nobody for anything.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium, without a window."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        reason = "no chromium on the PATH; install it with: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()
