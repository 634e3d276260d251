"""Nothing is made again without a reason, and the reason is named."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from scorelib.build import plan as module
from scorelib.build.plan import vanished
from scorelib.build.report import Report
from scorelib.build.select import prepare, select

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def made(built: Path, tmp_path: Path) -> Path:
    """A project with every report made, to be changed at will."""
    shutil.copytree(built, tmp_path / "made")
    return tmp_path / "made"


def stages(project: Path, *, formats: tuple[str, ...] = ("html", "pdf")) -> dict[str, str]:
    steps = prepare(project, select(project), formats)  # type: ignore[arg-type]  # words that a test gives
    return {str(step.report): step.stage for step in steps if step.stage != "fresh"}


def reasons(project: Path, report: str) -> tuple[str, ...]:
    steps = prepare(project, select(project), ("html", "pdf"))
    return next(step.reasons for step in steps if str(step.report) == report)


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


def test_what_was_just_made_is_up_to_date(made: Path) -> None:
    assert stages(made) == {}


def test_the_key_for_a_cache_changes_with_what_a_report_rests_on_and_with_nothing_else(
    project: Path, scorelib: Command
) -> None:
    def key(organisation: str, *more: str) -> str:
        done = scorelib("build", organisation, "--key", *more, cwd=project)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    before = key("iom"), key("undp")
    assert len(before[0]) == 64
    assert key("iom", "--to", "html") != before[0]
    edit(project / "data" / "facts.csv", "iom,member-states,175", "iom,member-states,174")
    assert key("iom") != before[0]
    assert key("undp") == before[1]
    assert not list((project / "reports").glob("*/*"))


def test_a_changed_row_makes_its_own_organisation_stale_and_no_other(made: Path) -> None:
    contributions = made / "data" / "contributions.csv"
    lines = contributions.read_text("utf-8").split("\n")
    index = next(i for i, line in enumerate(lines) if line.startswith("iom,2020,NL,government"))
    lines[index] = lines[index].replace("iom,2020,NL,government,", "iom,2020,NL,government,1", 1)
    contributions.write_text("\n".join(lines), "utf-8")
    assert stages(made) == {"iom/2024/en": "execute", "iom/2024/nl": "execute"}
    (reason,) = reasons(made, "iom/2024/nl")
    assert reason.startswith("data/contributions.csv changed (rows of iom, lines ")


def test_a_row_of_an_organisation_without_a_scorecard_makes_nothing_stale(made: Path) -> None:
    edit(made / "data" / "revenue.csv", "\nfao,2013,", "\nfao,2012,")
    assert stages(made) == {}


def test_a_table_that_all_share_makes_all_stale(made: Path) -> None:
    edit(made / "data" / "themes.csv", "Noodhulp", "Humanitaire hulp")
    assert len(stages(made)) == 6


def test_a_score_makes_the_organisation_of_its_assessment_stale(made: Path) -> None:
    edit(made / "data" / "scores.csv", "mopan-voorbeeld-2023,1.1.1,4", "mopan-voorbeeld-2023,1.1.1,3")
    assert set(stages(made)) == {"voorbeeld/2024/en", "voorbeeld/2024/nl"}


def test_a_text_makes_its_own_report_stale_in_its_own_language(made: Path) -> None:
    text = made / "data" / "texts" / "iom" / "2024" / "nl" / "20-summary.md"
    text.write_text(text.read_text() + "\nNog een zin.\n")
    assert stages(made) == {"iom/2024/nl": "execute"}
    assert reasons(made, "iom/2024/nl") == ("data/texts/iom/2024/nl/20-summary.md changed",)


def test_what_a_notebook_once_showed_is_no_reason_but_what_it_does_is(made: Path) -> None:
    path = made / "notebooks" / "scorecard.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    path.write_text(json.dumps(notebook))
    assert stages(made) == {}
    notebook["cells"][2]["source"] += "\n1 + 1"
    path.write_text(json.dumps(notebook))
    assert len(stages(made)) == 6
    assert reasons(made, "iom/2024/nl") == ("notebooks/scorecard.ipynb changed",)


def test_a_changed_theme_asks_for_rendering_and_leaves_the_executed_notebook(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = module._file
    monkeypatch.setattr(
        module, "_file", lambda path: "changed" if path.name == "page.css" else original(path)
    )
    assert set(stages(made).values()) == {"render"}
    assert reasons(made, "iom/2024/nl") == ("scorelib/render/theme/page.css changed",)


def test_changed_code_that_runs_in_the_notebook_asks_for_execution(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = module._file
    monkeypatch.setattr(
        module, "_file", lambda path: "changed" if path.name == "funding.py" else original(path)
    )
    assert set(stages(made).values()) == {"execute"}


def test_another_version_of_a_package_is_named_with_both(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = metadata.version
    monkeypatch.setattr(module, "version", lambda name: "99.1" if name == "typst" else original(name))
    (reason,) = reasons(made, "iom/2024/nl")
    assert reason == f"package typst changed (from {original('typst')} to 99.1)"
    assert set(stages(made).values()) == {"render"}


def test_other_formats_are_rendered_from_the_same_notebook(made: Path) -> None:
    assert set(stages(made, formats=("html",)).values()) == {"render"}


def test_a_report_that_was_damaged_is_made_again(made: Path) -> None:
    folder = made / "reports" / "iom" / "2024"
    (folder / "nl" / "index.html").write_text("half")
    (folder / "en" / "notebook.ipynb").unlink()
    assert stages(made) == {"iom/2024/nl": "render", "iom/2024/en": "execute"}
    (folder / "nl" / "provenance.json").write_text("{")
    assert reasons(made, "iom/2024/nl") == ("its provenance.json is not as it was written",)


def test_rendering_alone_gives_the_bytes_of_a_whole_build(made: Path, scorelib: Command) -> None:
    page = made / "reports" / "voorbeeld" / "2024" / "en" / "index.html"
    before = page.read_bytes()
    page.write_bytes(b"half")
    done = scorelib("build", "voorbeeld", "--explain", cwd=made)
    assert done.returncode == 0, done.stderr
    assert "voorbeeld/2024/en: render\n    index.html is not as it was made" in done.stdout
    assert "voorbeeld/2024/nl: up to date" in done.stdout
    assert "1 made, 0 failed, 1 up to date" in done.stdout
    assert page.read_bytes() == before


def test_a_dry_run_writes_nothing(project: Path, scorelib: Command) -> None:
    done = scorelib("build", "--dry-run", "--explain", cwd=project)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("it has not been made yet") == 6
    assert list((project / "reports").iterdir()) == []


def test_force_makes_all(made: Path) -> None:
    steps = prepare(made, select(made), ("html", "pdf"), force=True)
    assert {step.stage for step in steps} == {"execute"}


def test_reports_of_scorecards_that_are_gone_are_known(made: Path) -> None:
    kept = [report for report in select(made) if report != Report("undp", 2023, "nl")]
    assert vanished(made, kept) == [made / "reports" / "undp" / "2023" / "nl"]


def test_reports_of_scorecards_that_are_gone_are_named_and_removed_only_when_asked(
    made: Path, scorelib: Command
) -> None:
    edit(made / "data" / "scorecards.csv", "undp,2023,", "unicef,2023,")
    gone = made / "reports" / "undp" / "2023"
    told = scorelib("build", "--dry-run", cwd=made)
    assert "reports/undp/2023/nl" in told.stderr
    assert "--prune" in told.stderr
    assert gone.exists()
    done = scorelib("build", "--prune", "--to", "html", "--lang", "nl", cwd=made)
    assert done.returncode == 0, done.stderr
    assert not gone.exists()
    assert (made / "reports" / "iom" / "2024" / "en" / "index.html").exists()


def test_to_find_that_nothing_is_to_do_imports_nothing_heavy(made: Path) -> None:
    code = (
        "import sys; from scorelib.cli import run; code = run(['build']); "
        "heavy = {'pandas', 'babel', 'altair', 'papermill', 'nbformat', 'typst', 'jinja2', 'yaml', 'rich'}; "
        "print(code, sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=made, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []", done.stdout
    assert "6 up to date" in done.stdout
