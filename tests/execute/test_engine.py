"""A notebook runs in its folder with its parameters, from any thread, or says why it cannot."""

from __future__ import annotations

import os
import pickle
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

from scorelib.doctor import examine
from scorelib.errors import ExecutionError
from scorelib.execute import warm
from scorelib.execute.engine import execute
from scorelib.execute.handle import Handle

from .kernels import notebook, write

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from scorelib.execute.engine import KernelKind


def last(executed: NotebookNode) -> str:
    return str(executed.cells[-1].outputs[-1]["data"]["text/plain"])


def test_it_runs_in_the_folder_of_the_notebook_and_not_here(tmp_path: Path) -> None:
    here = Path.cwd()
    path = write(tmp_path / "a {b} c" / "where.ipynb", "import os\nos.path.basename(os.getcwd()), __name__")
    assert last(execute(path, {"x": 1})) == "('a {b} c', '__main__')"
    assert Path.cwd() == here


def test_the_file_stays_as_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "as_is.ipynb", "1 + 1")
    before = path.read_bytes()
    execute(path, {"year": 2024})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_long_folder_for_temporary_files_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    assert last(execute(write(tmp_path / "one.ipynb", "1 + 1"), {})) == "2"
    assert list(long.iterdir()) == []


def test_it_runs_in_a_thread_too(tmp_path: Path) -> None:
    path = write(tmp_path / "one.ipynb", "1 + 1")
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(last(execute(path, {}))))
    thread.start()
    thread.join()
    assert found == ["2"]


def test_where_nothing_can_be_forked_it_is_an_ordinary_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here because a relative folder means another one for a parent that runs elsewhere."""
    monkeypatch.setenv("PYTHONPATH", "relative")
    (tmp_path / "relative").mkdir()
    (tmp_path / "relative" / "beside.py").write_text("value = 42")
    assert last(execute(write(tmp_path / "one.ipynb", "import beside\nbeside.value"), {})) == "42"


def test_a_parent_that_cannot_start_is_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "altair.py").write_text("raise ImportError('this altair is broken')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    path = write(tmp_path / "book" / "one.ipynb", "1 + 1")
    try:
        assert last(execute(path, {})) == "2"
        assert "this altair is broken" in warm.why_not()
        assert "this altair is broken" in caplog.text
    finally:
        warm.end()


@pytest.mark.parametrize("kernel", ["warm", "ordinary"])
def test_nothing_that_a_notebook_writes_gets_between_what_the_owner_says(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], kernel: KernelKind
) -> None:
    """Also what it writes past Python, and what it has others write."""
    cell = (
        "import os, subprocess, sys\nprint('a'); print('b', file=sys.stderr)\n"
        "os.write(1, b'c\\n'); os.write(2, b'd\\n'); _ = subprocess.run('echo e; echo f >&2', shell=True)"
    )
    execute(write(tmp_path / "writes.ipynb", cell), {}, kernel=kernel)
    assert capfd.readouterr() == ("", "")


def test_modules_beside_the_notebook_come_first(tmp_path: Path) -> None:
    """Before those that the parent has imported too, so it is an ordinary kernel."""
    (tmp_path / "altair.py").write_text("value = 42")
    assert last(execute(write(tmp_path / "one.ipynb", "import altair\naltair.value"), {})) == "42"


def test_the_folder_of_a_refused_kernel_stays_however_late_its_owner_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = Handle.close

    def late(handle: Handle) -> None:
        time.sleep(0.5)
        close(handle)

    monkeypatch.setattr(Handle, "close", late)
    (tmp_path / "altair.py").write_text("value = 42")
    assert last(execute(write(tmp_path / "one.ipynb", "import altair\naltair.value"), {})) == "42"


def test_a_notebook_may_look_for_scorelib_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "scorelib.py").write_text("value = 42")
    source = "import sys\nsys.path.insert(0, 'elsewhere')\nimport scorelib\nscorelib.value"
    assert last(execute(write(tmp_path / "one.ipynb", source), {})) == "42"


def test_a_parent_that_does_not_answer_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "one.ipynb", "1 + 1")
    execute(path, {})
    monkeypatch.setattr(warm, "ANSWER_TIMEOUT", 0.5)
    stopped = warm.start().pid
    os.kill(stopped, signal.SIGSTOP)
    assert "does not answer" in warm.why_not()
    monkeypatch.undo()
    assert last(execute(path, {})) == "2"
    second = warm.start().pid
    assert second != stopped
    os.kill(second, signal.SIGKILL)
    assert last(execute(path, {})) == "2"
    assert warm.why_not() == ""


def test_a_kernel_is_forked_from_the_code_as_it_is_now(tmp_path: Path) -> None:
    """A process that lives long, such as JupyterLab, goes on with what has been edited since."""
    path = write(tmp_path / "one.ipynb", "1 + 1")
    execute(path, {})
    before = warm.start().pid
    os.utime(warm.__file__)
    execute(path, {})
    assert warm.start().pid != before


def test_doctor_says_which_kernel_is_used_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> tuple[int, str]:
        return next((line.level, line.found) for line in examine() if line.what == "kernel")

    assert told() == (0, "python3, warm: forked for each report from a process that has all imported")
    monkeypatch.setenv("PYTHONPATH", "relative")
    level, found = told()
    assert level == 1
    assert "an ordinary one for each report" in found
    assert "PYTHONPATH has a relative folder" in found


def test_an_error_tells_all_that_one_needs(tmp_path: Path) -> None:
    path = write(tmp_path / "book" / "wrong.ipynb", "def f():\n    return 1 / 0", "f()")
    with pytest.raises(ExecutionError) as caught:
        execute(path, {"organisation": "iom", "year": 2024})
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - what we wrote
    assert str(again) == str(caught.value)
    told = str(caught.value).splitlines()
    # The cell with the parameters counts.
    assert told[0] == "wrong.ipynb, cell 3 failed: ZeroDivisionError: division by zero"
    assert "    f()" in told
    assert "    ZeroDivisionError: division by zero" in told
    assert (
        told[-1]
        == "  run it alone with: papermill book/wrong.ipynb out.ipynb -p organisation iom -p year 2024"
    )


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "No such file"),
        ("{", "does not appear to be JSON"),
        ("[]", "it cannot be run"),
        ('{"cells": []}', "it cannot be run"),
        (nbformat.writes(nbformat.v4.new_notebook()), "No kernel name found"),
    ],
)
def test_a_notebook_that_cannot_be_read_is_told(tmp_path: Path, content: str | None, what: str) -> None:
    path = tmp_path / "book" / "broken.ipynb"
    path.parent.mkdir()
    if content is not None:
        path.write_text(content)
    with pytest.raises(ExecutionError, match=what) as caught:
        execute(path, {})
    assert "broken.ipynb: it cannot be run" in str(caught.value)


def test_a_kernel_that_is_not_there_is_told(tmp_path: Path) -> None:
    book = notebook("1")
    book.metadata.kernelspec = {"name": "nonsense", "display_name": "Nonsense", "language": "python"}
    path = tmp_path / "one.ipynb"
    nbformat.write(book, path)
    with pytest.raises(ExecutionError, match="no kernel named nonsense; run `python -m ipykernel install"):
        execute(path, {})
