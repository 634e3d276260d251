"""What lies about a command: modules in the folder where it runs, and what the environment names.

The environment of a shell is trusted as its user is. A folder of data is not, also if a command runs in it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REPORT = Path("reports/iom/2024/nl")
COMMAND = Path(sys.executable).with_name("scorelib")
"""As people run it; `python -m scorelib` has Python look in the folder before anything of ours runs."""


def hostile(marker: Path) -> str:
    """Code that leaves its name, and ends whoever imports it."""
    return f"open({str(marker)!r}, 'a').write(__file__ + '\\n')\nraise SystemExit(66)\n"


def run(project: Path, folder: Path, **environment: str | None) -> subprocess.CompletedProcess[str]:
    """Build a report from a folder of the project, with other variables; None for one that is not there."""
    changed = {**os.environ, **environment}
    return subprocess.run(
        [COMMAND, "build", "iom", "--year", "2024", "--lang", "nl", "--force", "-C", project],
        cwd=folder,
        env={name: value for name, value in changed.items() if value is not None},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def files(project: Path) -> dict[str, bytes]:
    """The report's files."""
    return {path.name: path.read_bytes() for path in sorted((project / REPORT).iterdir())}


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Path]) -> Iterator[Path]:
    """A copy of the project in which each test builds the same report."""
    made = new_project()
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def usual(project: Path) -> dict[str, bytes]:
    """The report as it is made without anything about."""
    done = run(project, project)
    assert done.returncode == 0, done.stderr
    return files(project)


@pytest.mark.timeout(120)
def test_no_module_in_the_folder_where_a_command_runs_is_imported(
    project: Path, usual: dict[str, bytes], tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    names = {*sys.stdlib_module_names, *packages_distributions(), "sitecustomize", "usercustomize"}
    folder = project / "data"
    for name in names:
        (folder / f"{name}.py").write_text(hostile(marker), "utf-8")
    try:
        done = run(project, folder)
    finally:
        for name in names:
            (folder / f"{name}.py").unlink()
    assert not marker.exists(), marker.read_text("utf-8")
    assert done.returncode == 0, done.stderr
    assert files(project) == usual


def test_what_a_user_has_every_notebook_begin_with_is_not_in_a_report(
    project: Path, usual: dict[str, bytes], tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    profile = tmp_path / "profile_default"
    (profile / "startup").mkdir(parents=True)
    startup = profile / "startup" / "00-first.py"
    startup.write_text(hostile(marker), "utf-8")
    for name in ("ipython_config.py", "ipython_kernel_config.py", "jupyter_config.py", "papermill_config.py"):
        for folder in (tmp_path, profile):
            (folder / name).write_text(hostile(marker), "utf-8")
    (tmp_path / "matplotlibrc").write_text("backend: module://evil\n", "utf-8")
    place = str(tmp_path)
    done = run(
        project,
        project,
        IPYTHONDIR=place,
        JUPYTER_CONFIG_DIR=place,
        JUPYTER_CONFIG_PATH=place,
        MPLCONFIGDIR=place,
        PYTHONSTARTUP=str(startup),
        NBCONVERT_CONFIG_DIR=place,
    )
    assert done.returncode == 0, done.stderr
    assert not marker.exists(), marker.read_text("utf-8")
    assert files(project) == usual


NOWHERE: dict[str, dict[str, str | None]] = {
    "no home and no names": dict.fromkeys(
        ("HOME", "USER", "LOGNAME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "LANG", "LC_ALL", "TERM")
    ),
    "a home that is a file, no place for what is kept": {
        "HOME": "/etc/hostname", "XDG_CACHE_HOME": "/dev/null", "XDG_RUNTIME_DIR": "/dev/null",
        "TMPDIR": "/nonexistent", "LC_ALL": "POSIX", "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    },
    "a home where nothing can be written": {
        "HOME": "/proc", "IPYTHONDIR": "/proc/1", "MPLCONFIGDIR": "/proc", "JUPYTER_DATA_DIR": "/proc",
        "JUPYTER_RUNTIME_DIR": "/proc", "LC_ALL": "nl_NL@nowhere", "TZ": "Pacific/Kiritimati",
        "PYTHONHASHSEED": "77",
    },
}  # fmt: skip


@pytest.mark.parametrize("environment", NOWHERE.values(), ids=NOWHERE)
def test_wherever_a_user_lives_the_report_is_the_same(
    project: Path, usual: dict[str, bytes], environment: dict[str, str | None]
) -> None:
    done = run(project, project, **environment)
    assert done.returncode == 0, done.stderr
    assert files(project) == usual
    assert "Traceback" not in done.stderr
