"""`scorelib new` begins a scorecard: nothing that is there is changed, and all is added or nothing."""

from __future__ import annotations

import datetime
import os
import re
from typing import TYPE_CHECKING, Any

import pytest

from scorelib.cli import run
from scorelib.data import write
from scorelib.data.scorecard import load_scorecard
from scorelib.errors import DataError, UsageError
from scorelib.language import available
from scorelib.prose.begin import Begun, Wishes, begin
from scorelib.prose.texts import CHAPTERS, fill, section, written

if TYPE_CHECKING:
    from pathlib import Path

TODAY = datetime.date(2026, 3, 1)


def start(project: Path, organisation: str = "iom", year: int = 2025, **wishes: Any) -> Begun:
    return begin(project, organisation, year, langs=available(), today=TODAY, wishes=Wishes(**wishes))


def files(project: Path) -> dict[str, bytes]:
    data = project / "data"
    return {
        path.relative_to(data).as_posix(): path.read_bytes() for path in data.rglob("*") if path.is_file()
    }


def test_a_scorecard_gets_its_row_and_a_file_for_each_text_and_nothing_else_changes(project: Path) -> None:
    before = files(project)
    start(project)
    after = files(project)
    row = b"iom,2025,draft,mopan-iom-2023,2023,voluntary,2026-03-01\n"
    assert after.pop("scorecards.csv").replace(row, b"") == before.pop("scorecards.csv")
    added = {name for name in after if name not in before}
    assert added == {f"texts/iom/2025/{code}/{name}.md" for code in available() for name in CHAPTERS}
    assert {name: after[name] for name in before} == before


def test_the_chapters_are_those_that_the_notebook_asks_for(root: Path) -> None:
    notebook = (root / "notebooks" / "scorecard.ipynb").read_text("utf-8")
    asked = set(re.findall(r'sl\.(?:chapter|section)\(card, \\"([a-z-]+)\\"\)', notebook))
    assert {name.partition("-")[2] for name in CHAPTERS} == asked - {"introduction"}


def test_a_stub_holds_placeholders_with_what_they_give_and_prints_nothing(project: Path) -> None:
    card = start(project).card
    path = project / "data" / "texts" / "iom" / "2025" / "nl" / "33-finance.md"
    text = path.read_text("utf-8")
    offered = dict(re.findall(r"^ {4}(\{\{.*?\}\}) +(.*)$", text, re.MULTILINE))
    assert offered['{{ rank("NL", 2023) }}'] == "6e"
    dutch = load_scorecard("iom", 2025, lang="nl", project=project)
    for call, given in offered.items():
        assert fill(call, "", dutch).replace("\N{NO-BREAK SPACE}", " ") == given
    assert not written(text)
    assert "Nog niet geschreven" in section(dutch, "finance").markdown
    assert card.project == project


def test_a_text_that_somebody_has_written_stays(project: Path) -> None:
    own = project / "data" / "texts" / "iom" / "2025" / "nl" / "21-summary.md"
    own.parent.mkdir(parents=True)
    own.write_text("Van mij.\n")
    begun = start(project)
    assert own.read_text() == "Van mij.\n"
    assert begun.kept == (own,)
    assert not (own.parent / "20-summary.md").exists()


def test_what_is_begun_already_is_left_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(project)
    assert run(["new", "iom", "2024", "-C", str(project)]) == 0
    assert "has iom 2024 already; its row stays as it is" in capsys.readouterr().out
    assert files(project) == before


def test_the_row_follows_the_data_and_wishes_go_before(project: Path) -> None:
    assert start(project, year=2022).row["assessment"] == ""
    assert start(project, year=2023).row["data_year"] == "2022"
    wished = start(project, year=2026, assessment="", data_year=2021, basis="total").row
    assert (wished["assessment"], wished["data_year"], wished["basis"]) == ("", "2021", "total")
    assert start(project, year=2027).row["basis"] == "total"
    with pytest.raises(UsageError, match=r"no assessment 'nosuch' of iom.*there are: mopan-iom-2023"):
        start(project, year=2028, assessment="nosuch")


def test_an_organisation_that_is_not_there_is_told_with_the_nearest_and_how_to_add_one(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(project)
    assert run(["new", "unhrc", "2024", "-C", str(project)]) == 2
    told = capsys.readouterr().err
    assert "unhcr" in told
    assert "id,abbreviation,name_nl,name_en,kind,fictional,source" in told
    assert run(["new", "refugees", "2024", "-C", str(project)]) == 2
    assert "did you mean unhcr" in capsys.readouterr().err
    assert files(project) == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["iom"], "name an organisation and a year"),
        (["iom", "2o25"], "is no year"),
        (["iom", "9999"], "is no year"),
        (["x.xlsx"], "--template mopan x.xlsx"),
        (["--template", "mopan", "a.xlsx", "b.xlsx"], "name one file"),
    ],
)
def test_wrong_usage_says_what_would_be_right(
    project: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert run(["new", *words, "-C", str(project)]) == 2
    assert told in capsys.readouterr().err


def test_wrong_data_are_told_and_nothing_is_written(project: Path) -> None:
    table = project / "data" / "facts.csv"
    table.write_text(table.read_text("utf-8").replace("iom,staff,32000", "iom,staff,many"))
    before = files(project)
    with pytest.raises(DataError, match=r"facts\.csv:4:value 'many'"):
        start(project)
    assert files(project) == before


def test_a_full_disk_leaves_everything_as_it_was(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(project)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(UsageError, match=r"No space left on device\); nothing was written"):
            start(project)
    assert files(project) == before


def test_one_that_is_interrupted_is_finished_by_the_next_and_never_over_what_was_written_meanwhile(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", killed)
        with pytest.raises(KeyboardInterrupt):
            start(project)
    assert (project / "data" / write.JOURNAL).exists()
    mine = project / "data" / "texts" / "iom" / "2025" / "nl" / "20-summary.md"
    mine.write_text("Intussen geschreven.\n")
    begun = start(project)
    assert begun.row == {}
    assert mine.read_text() == "Intussen geschreven.\n"
    assert len(begun.kept) == len(CHAPTERS) * len(available())
    assert not [name for name in files(project) if name.startswith(".import-")]


def test_a_link_that_leads_out_of_the_data_is_refused(project: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (project / "data" / "texts" / "who").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="leads out of"):
        start(project, "who", 2024)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_what_was_begun_passes_the_check_and_stubs_are_no_texts(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start(project, "who", 2024)
    assert run(["check", "-C", str(project)]) == 0
    assert "data/texts/who/2024: note: this scorecard has no texts of its own" in capsys.readouterr().out
