"""The warm kernel by name, the extension, and notebooks in git without what they showed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel

from scorelib.cli import run
from scorelib.execute.engine import execute
from scorelib.execute.provisioner import ForkProvisioner
from scorelib.jupyter import kernel

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel, installed for a user who has nothing else."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    # Installing scorelib may have offered it in this environment already, which is left alone.
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    assert run(["kernel", "--user"]) == 0


@pytest.mark.usefixtures("offered")
def test_the_kernel_that_is_offered_is_a_warm_one(tmp_path: Path) -> None:
    own = tmp_path / "data" / "kernels" / kernel.NAME
    assert kernel.found() == own
    manager, client = start_new_kernel(kernel_name=kernel.NAME)
    try:
        assert isinstance(manager.provisioner, ForkProvisioner)
        assert manager.provisioner.reason == ""
        reply = client.execute_interactive("import sys; assert 'pandas' in sys.modules", timeout=60)
        assert reply["content"]["status"] == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert run(["kernel", "--remove"]) == 0
    assert kernel.found() != own
    assert not own.exists()


def test_the_wheel_brings_the_kernel_along(root: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        name = next(
            each for each in wheel.namelist() if each.endswith("share/jupyter/kernels/scorelib/kernel.json")
        )
        # Jupyter puts its own Python in the place of this word.
        assert json.loads(wheel.read(name)) == kernel.specification("python")


def test_a_notebook_that_was_saved_with_it_runs_where_it_is_not_offered(tmp_path: Path) -> None:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    made.metadata["kernelspec"] = {
        "name": "scorelib",
        "display_name": "scorelib (warm)",
        "language": "python",
    }
    nbformat.write(made, tmp_path / "own.ipynb")
    done = execute(tmp_path / "own.ipynb", {})
    assert done.cells[-1].outputs[0].data["text/plain"] == "2"


def test_the_extension_shows_charts_and_loads_a_scorecard(root: Path, tmp_path: Path) -> None:
    chart = "alt.Chart(alt.Data(values=[{'a': 1}])).mark_point().encode(x='a:Q')"
    cells = [
        "%load_ext scorelib\nimport altair as alt",
        f"{chart}.display()",
        f"%cd -q {root}\n%scorecard iom 2024 nl",
        "card.year",
        "%scorecard nosuch 2024",
        "%scorecard iom",
    ]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(made, tmp_path / "own.ipynb")
    done = [cell.outputs for cell in execute(tmp_path / "own.ipynb", {}).cells if cell.cell_type == "code"][
        -6:
    ]
    assert "application/vnd.vegalite.v5+json" in done[1][0].data
    assert done[2][0].data["text/markdown"].startswith("# Scorekaart IOM 2024")
    assert done[3][0].data["text/plain"] == "2024"
    assert "nosuch" in done[4][0].text
    assert "write `%scorecard ORG YEAR [LANG]`" in done[5][0].text


def test_lab_without_jupyterlab_prints_the_line_that_installs_it(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "jupyterlab", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert run(["lab", "-C", str(root)]) == 2
    assert f"{sys.executable} -m pip install 'jupyterlab>=4.4'" in capsys.readouterr().err


# --- notebooks in git -------------------------------------------------------------------------


def test_notebooks_in_git_hold_nothing_that_they_showed(root: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "*.ipynb"], cwd=root, capture_output=True, text=True, check=False
    )
    names = listed.stdout.split() or [
        str(path.relative_to(root)) for path in (root / "notebooks").glob("*.ipynb")
    ]
    assert "notebooks/scorecard.ipynb" in names
    for name in names:
        there = subprocess.run(["git", "show", f"HEAD:{name}"], cwd=root, capture_output=True, check=False)
        content = there.stdout if there.returncode == 0 else (root / name).read_bytes()
        for cell in json.loads(content)["cells"]:
            assert not cell.get("outputs"), name
            assert cell.get("execution_count") is None, name


def test_the_filter_takes_out_what_a_notebook_showed_and_leaves_the_file_alone(
    root: Path, tmp_path: Path
) -> None:
    shutil.copy(root / ".gitattributes", tmp_path)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True)
    strip = [sys.executable, "-m", "nbstripout", "--install", "--attributes", ".gitattributes"]
    subprocess.run(strip, cwd=tmp_path, check=True, env={**os.environ, "GIT_CONFIG_NOSYSTEM": "1"})
    cell = nbformat.v4.new_code_cell("1 + 1", execution_count=1)
    cell.outputs = [nbformat.v4.new_output("stream", text="seen")]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "own.ipynb")
    subprocess.run([*git, "add", "own.ipynb"], check=True)
    kept = subprocess.run([*git, "show", ":own.ipynb"], check=True, capture_output=True, text=True).stdout
    assert "1 + 1" in kept
    assert "seen" not in kept
    assert "seen" in (tmp_path / "own.ipynb").read_text("utf-8")
