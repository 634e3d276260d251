"""A report is made again elsewhere and compared; what differs is named with its likely reason."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scorelib.build.report import Report
from scorelib.errors import UsageError
from scorelib.trust.verify import Verdict, made_reports

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def moved(built: Path, tmp_path: Path) -> Path:
    """The inputs and two reports, on a second path."""
    folder = tmp_path / "second checkout"
    for name in ("data", "notebooks", "reports/undp"):
        shutil.copytree(built / name, folder / name)
    return folder


def test_reports_are_the_same_on_a_second_path_until_something_changes(
    moved: Path, scorelib: Command
) -> None:
    done = scorelib("verify", "--json", cwd=moved)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert [(each["report"], each["same"]) for each in told["reports"]] == [
        ("undp/2023/en", True),
        ("undp/2023/nl", True),
    ]
    page = moved / "reports" / "undp" / "2023" / "nl" / "index.html"
    page.write_text(page.read_text().replace("Nederland", "Elders", 1))
    table = moved / "data" / "revenue.csv"
    table.write_text(
        "\n".join(
            line.replace(",USD,", "5,USD,", 1) if line.startswith("undp,2022,") else line
            for line in table.read_text().splitlines()
        )
        + "\n"
    )
    done = scorelib("verify", "undp/2023", cwd=moved)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "index.html in its folder is not as it was made" in done.stdout
    assert "data.zip differs: revenue.csv row" in done.stdout
    assert "notebook.ipynb differs: cell" in done.stdout
    assert "likely reason: data: data/revenue.csv" in done.stdout
    assert "0 of 2 reports are the same" in done.stdout


@pytest.mark.slow
def test_reports_are_the_same_from_a_second_checkout_of_all_of_it(root: Path, tmp_path: Path) -> None:
    """Code, data and notebooks on another path; where the reports were made is gone by then."""
    if not (root / ".git").exists():
        pytest.skip("this is no checkout of git, so there can be no second one")

    def checkout(name: str) -> Path:
        clone = ["git", "clone", "-q", str(root), str(tmp_path / name)]
        subprocess.run(clone, check=True, capture_output=True)
        return tmp_path / name

    def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "scorelib", *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(folder / "src")},
        )

    first, second = checkout("first"), checkout("a second one")
    done = command(first, "build")
    assert done.returncode == 0, done.stderr
    for name in ("iom", "undp", "voorbeeld"):
        shutil.copytree(first / "reports" / name, second / "reports" / name)
    shutil.rmtree(first)
    done = command(second, "verify")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 of 6 reports are the same, byte by byte" in done.stdout


def test_names_choose_reports_and_a_name_of_none_is_an_error(moved: Path, scorelib: Command) -> None:
    both = [Report("undp", 2023, "en"), Report("undp", 2023, "nl")]
    assert made_reports(moved) == made_reports(moved, ["undp"]) == made_reports(moved, ["undp/2023/"]) == both
    assert made_reports(moved, ["undp/2023/nl"]) == both[1:]
    with pytest.raises(UsageError, match="no report und"):
        made_reports(moved, ["und"])
    shutil.rmtree(moved / "reports" / "undp")
    done = scorelib("verify", cwd=moved)
    assert done.returncode == 2
    assert "scorelib build" in done.stderr


def test_the_reason_names_kinds_of_inputs_or_says_that_there_is_none() -> None:
    report = Report("iom", 2024, "nl")
    fonts = Verdict(report, differing={"a.pdf": "x"}, changed={"font": ("ttf-opensans 1 is now 2",)})
    assert fonts.reason == "font: ttf-opensans 1 is now 2"
    assert "nothing that it rests on changed" in Verdict(report, differing={"a.pdf": "x"}).reason
    assert Verdict(report, changed={"dependency": ("pandas 1 is now 2",)}).same
