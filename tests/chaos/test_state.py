"""Whatever befalls a file that scorelib keeps: it is seen, told, made again, and nothing wrong is printed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest
from platformdirs import user_cache_path

from scorelib.build import notebooks, quick, status, watch
from scorelib.build.lock import locked
from scorelib.build.plan import Inputs
from scorelib.build.select import prepare, select
from scorelib.data import write
from scorelib.errors import ScorelibError
from scorelib.overview import survey
from scorelib.render import assets
from scorelib.sealed import seal_json
from scorelib.site.plan import damage as damage_of_site

from ..build.few import few_cells
from .command import run
from .damage import DAMAGES, LINK, contents, damage, flip, left_over

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scorelib.build.plan import Step

REPORT = "reports/voorbeeld/2024/nl"
OF_REPORT = ("provenance.json", "notebook.ipynb", "data.zip", "index.html")
OF_SITE = ("_site/site.json", "_site/nl/index.html", "index.html")
KINDS = (
    *(f"{REPORT}/{name}" for name in OF_REPORT),
    *(f"reports/{name}" for name in OF_SITE),
    "reports/status.json",
    "reports/.scorelib/lock",
    "note",
    "cache/fonts",
    "cache/vega",
)
"""Each kind of file that is kept from one command to the next."""

SEEDS = range(24)
FEW = (1,)
"""Those that are run all the time."""


def seeded(seed: int | str) -> Random:
    return Random(seed)  # noqa: S311 - damage, not secrets


def build(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    cache = str(project / "cache")
    return run(project, "build", "--to", "html", *arguments, XDG_CACHE_HOME=cache, COLUMNS="200")


@pytest.fixture(scope="module")
def clean(new_project: Callable[[], Path]) -> Path:
    """A project whose reports and site are made, and which has a cache of its own."""
    project = few_cells(new_project())
    if user_cache_path("scorelib").exists():
        shutil.copytree(user_cache_path("scorelib"), project / "cache" / "scorelib")
    done = build(project)
    assert done.returncode == 0, done.stderr
    # Only a build that finds nothing to do, a moment later, leaves a note of it.
    again = build(project)
    assert "6 up to date" in again.stdout, again.stderr
    assert again.stderr == ""
    return project


@pytest.fixture
def project(clean: Path, tmp_path: Path) -> Path:
    """A copy that can be damaged."""
    shutil.copytree(clean, tmp_path / "project", symlinks=True)
    return tmp_path / "project"


def place(project: Path, kind: str) -> Path:
    """Where a kind of file is."""
    if kind == "note":
        (found,) = (project / "reports" / ".scorelib").glob("unchanged-*")
        return found
    if kind.startswith("cache/"):
        (found,) = (project / "cache" / "scorelib").glob(f"{kind.partition('/')[2]}-*.kept")
        return found
    return project / kind


def states(project: Path) -> dict[str, str]:
    rows = json.loads((project / "reports" / "status.json").read_text("utf-8"))["reports"]
    return {f"{row['organisation']}/{row['year']}/{row['lang']}": row["state"] for row in rows}


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize("kind", [f"{REPORT}/{name}" for name in OF_REPORT])
def test_a_file_of_a_report_is_held_against_its_checksum(
    clean: Path, tmp_path: Path, kind: str, name: str
) -> None:
    path = place(clean, kind)
    aside = path.with_name("aside")
    shutil.copy2(path, aside)
    try:
        damage(name, path, seeded(name), tmp_path / "aside")
        steps = {str(step.report): step for step in prepare(clean, select(clean), ("html",))}
        step = steps.pop("voorbeeld/2024/nl")
        assert step.stage == ("execute" if path.name in {"provenance.json", "notebook.ipynb"} else "render")
        assert len(step.damaged) == 1
        assert path.name in step.damaged[0]
        assert {other.stage for other in steps.values()} == {"fresh"}
    finally:
        restore(aside, path)


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize("kind", OF_SITE)
def test_a_file_of_the_site_is_held_against_its_checksum(
    clean: Path, tmp_path: Path, kind: str, name: str
) -> None:
    path = clean / "reports" / kind
    aside = path.with_name("aside")
    shutil.copy2(path, aside)
    try:
        assert damage_of_site(clean / "reports") == []
        damage(name, path, seeded(name), tmp_path / "aside")
        assert len(damage_of_site(clean / "reports")) == 1
    finally:
        restore(aside, path)


def restore(aside: Path, path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    aside.replace(path)


@pytest.mark.parametrize("name", DAMAGES)
def test_what_builds_said_is_lost_and_not_told_wrongly(clean: Path, tmp_path: Path, name: str) -> None:
    root = tmp_path / "project" / "reports"
    root.mkdir(parents=True)
    path = root / "status.json"
    shutil.copy2(clean / "reports" / "status.json", path)
    assert status.read_status(root)
    damage(name, path, seeded(name), tmp_path / "aside")
    assert status.damaged(root)
    assert status.read_status(root) == {}
    reports = select(clean)
    status.write_status(root, [status.entry(report, "made") for report in reports], reports)
    assert not status.damaged(root)
    assert len(status.read_status(root)) == len(reports)
    assert left_over(root) == []


@pytest.mark.parametrize("name", DAMAGES)
def test_a_note_that_nothing_is_to_do_is_believed_to_the_bit(tmp_path: Path, name: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "datapackage.json").touch()
    path = tmp_path / "reports" / ".scorelib" / "x"
    path.parent.mkdir(parents=True)
    for seed in range(50 if name == "a bit flipped" else 1):
        quick.remember(str(tmp_path), ["build"], "6 up to date", [str(tmp_path / "data")])
        assert quick.message_if_unchanged(["build"], str(tmp_path)) == "6 up to date"
        note = next(path.parent.glob("unchanged-*"))
        damage(name, note, seeded(seed), tmp_path / "aside")
        # A link to a note that is right says what is right.
        assert quick.message_if_unchanged(["build"], str(tmp_path)) == (
            "6 up to date" if name == LINK else ""
        )
    quick.remember(str(tmp_path), ["build"], "6 up to date", [str(tmp_path / "data")])
    assert quick.message_if_unchanged(["build"], str(tmp_path)) == "6 up to date"
    assert note.is_file()
    assert not note.is_symlink()


def test_a_bit_that_flips_without_a_trace_is_found_when_the_note_is_a_day_old(project: Path) -> None:
    page, arguments = project / REPORT / "index.html", ["build", "voorbeeld", "--to", "html"]
    flip(page, seeded("quiet"))
    # A note made now has the size and times of the damaged file, as if the disk itself had done it.
    rests_on = [*watch.inputs(project), *watch.outputs(project, select(project, ["voorbeeld"]))]
    quick.remember(str(project), arguments, "2 up to date", rests_on)
    assert quick.message_if_unchanged(arguments, str(project)) == "2 up to date"
    (standing,) = survey(project, ["voorbeeld"])
    assert [made.lang for made in standing.made if "index.html" in str(made.reasons)] == ["nl"]
    note = quick.stamp_file(str(project), arguments)
    for days in (-1, 1):
        moment = time.time() + days * (quick.HELD + 60)
        os.utime(note, (moment, moment))
        assert quick.message_if_unchanged(arguments, str(project)) == ""
    done = run(project, *arguments)
    assert "warning: voorbeeld/2024/nl is made again: index.html" in done.stderr
    assert "1 made, 0 failed, 1 up to date" in done.stdout


@pytest.mark.parametrize("name", DAMAGES)
def test_what_pages_carry_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    monkeypatch.setattr(assets, "user_cache_path", lambda _: tmp_path / "cache" / "scorelib")
    made = []

    def kept() -> str:
        return assets._kept("fonts", "key", ".css", lambda: made.append(1) or "/* version 1 */ é")  # type: ignore[func-returns-value]

    assert kept() == kept() == "/* version 1 */ é"
    assert len(made) == 1
    (path,) = (tmp_path / "cache" / "scorelib").iterdir()
    damage(name, path, seeded(name), tmp_path / "aside")
    assert kept() == "/* version 1 */ é"
    assert len(made) == 2
    assert len(caplog.messages) == 1 or name == "a link to nowhere"
    assert kept() == "/* version 1 */ é"
    assert len(made) == 2, "it was mended"


@pytest.mark.parametrize("name", DAMAGES)
def test_a_lock_is_one_whatever_was_in_its_place(tmp_path: Path, name: str) -> None:
    path = tmp_path / ".scorelib" / "lock"
    path.parent.mkdir()
    path.write_text("1234\n")
    damage(name, path, seeded(name), tmp_path / "aside")
    with locked(tmp_path):
        second = pytest.raises(ScorelibError, match=f"another build, process {os.getpid()}")
        with second, locked(tmp_path):
            pass
    if (elsewhere := tmp_path / "aside" / "lock").exists():
        assert elsewhere.read_text() == "1234\n", "what a link leads to is not touched"


def test_a_folder_of_state_that_is_a_file_is_made_one(tmp_path: Path) -> None:
    (tmp_path / ".scorelib").write_text("x")
    with locked(tmp_path):
        assert (tmp_path / ".scorelib" / "lock").is_file()


@pytest.mark.parametrize(
    "instead", ["file", *(pytest.param(name, marks=pytest.mark.slow) for name in ("link", "link to nowhere"))]
)
def test_a_report_takes_the_place_of_whatever_is_there(project: Path, instead: str) -> None:
    folder = project / REPORT
    elsewhere = project / "elsewhere"
    shutil.move(folder, elsewhere)
    if instead == "file":
        folder.write_text("x")
    else:
        folder.symlink_to(elsewhere if instead == "link" else project / "nowhere")
    done = build(project, "voorbeeld", "--lang", "nl")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    if instead != "link":
        assert not folder.is_symlink()
        assert contents(folder) == contents(elsewhere)
    assert left_over(project / "reports") == []


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=() if seed in FEW else pytest.mark.slow) for seed in SEEDS]
)
def test_a_build_over_damage_gives_what_a_clean_one_gives(
    clean: Path, project: Path, tmp_path: Path, seed: int
) -> None:
    random = seeded(seed)
    wanted = contents(clean / "reports")
    done_to = {kind: random.choice(list(DAMAGES)) for kind in random.sample(KINDS, random.randint(1, 5))}
    for kind, name in done_to.items():
        damage(name, place(project, kind), random, tmp_path / "aside" / kind.replace("/", "-"))
    done = build(project)
    assert done.returncode == 0, (done_to, done.stderr)
    assert "Traceback" not in done.stderr, done_to
    assert "failed" not in done.stderr, done_to
    assert contents(project / "reports") == wanted, done_to
    assert left_over(project / "reports") == [], done_to
    assert set(states(project)) == set(states(clean)), done_to
    if any(kind.startswith(REPORT) for kind in done_to):
        assert done.stderr.count("warning: voorbeeld/2024/nl is made again: ") == 1, (done_to, done.stderr)
    assert build(project).stdout == "0 made, 0 failed, 6 up to date, in reports/\n", done_to


# --- imports, and what Quarto is to render -------------------------------------------------------


@pytest.mark.parametrize("name", DAMAGES)
def test_a_journal_of_an_import_that_is_damaged_is_not_followed(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "data"
    stage = folder / ".import-x"
    stage.mkdir(parents=True)
    for place, text in ((folder, "old"), (stage, "new")):
        for table in ("a.csv", "b.csv"):
            (place / table).write_text(text)
    journal = folder / write.JOURNAL
    said = {"add": {}, "replace": {f".import-x/{table}": table for table in ("a.csv", "b.csv")}}
    journal.write_bytes(seal_json(said))
    damage(name, journal, seeded(name), tmp_path / "aside")
    with (
        pytest.raises(ScorelibError, match="is no journal of an import, or is damaged"),
        write.locked(folder),
    ):
        pass
    assert [(folder / table).read_text() for table in ("a.csv", "b.csv")] == ["old", "old"]
    assert (stage / "a.csv").read_text() == "new", "nothing is thrown away either"
    if journal.is_dir() and not journal.is_symlink():
        journal.rmdir()
    else:
        journal.unlink()
    journal.write_bytes(seal_json(said))
    with write.locked(folder):
        assert [(folder / table).read_text() for table in ("a.csv", "b.csv")] == ["new", "new"]


@pytest.fixture(scope="module")
def prepared(new_project: Callable[[], Path]) -> Path:
    """A project whose notebooks for Quarto are written."""
    project = few_cells(new_project())
    done = prepare_for_quarto(project)
    assert "6 written" in done.stderr, done.stderr
    return project


def prepare_for_quarto(project: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scorelib", "prepare"],
        cwd=project, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["a bit flipped", "cut", "empty", "a pipe", LINK])
@pytest.mark.parametrize("kind", ["record", "executed", "notebook"])
def test_what_quarto_is_to_render_is_held_against_its_checksum(
    prepared: Path, tmp_path: Path, kind: str, name: str
) -> None:
    stem = "scorecard-voorbeeld-2024-nl"
    path = {
        "record": prepared / "build" / ".executed" / f"{stem}.json",
        "executed": prepared / "build" / ".executed" / f"{stem}.ipynb",
        "notebook": prepared / "build" / f"{stem}.ipynb",
    }[kind]
    (step,) = (
        step
        for step in prepare(prepared, select(prepared), ("html", "pdf"), renderer="quarto")
        if str(step.report) == "voorbeeld/2024/nl"
    )
    right = path.read_bytes()
    step = recorded(prepared, step)
    assert notebooks._executed(prepared, step) is not None
    assert notebooks._as_written(prepared, step)
    damage(name, path, seeded(name), tmp_path / "aside")
    try:
        assert (notebooks._executed(prepared, step) is None) == (kind != "notebook")
        assert notebooks._as_written(prepared, step) == (kind == "executed")
    finally:
        if path.is_symlink() or not path.is_file():
            path.unlink()
        path.write_bytes(right)


def recorded(project: Path, step: Step) -> Step:
    """The step with the inputs that were noted, whichever Quarto they were noted for."""
    kept = notebooks._record(project, step.report)
    return replace(step, inputs=Inputs(kept.get("execution", {}), kept.get("rendering", {})))
