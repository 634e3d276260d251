"""An import changes what the file changes and nothing else; it is whole or it is not there."""

from __future__ import annotations

import datetime
import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from scorelib.cli import run
from scorelib.data import write
from scorelib.data.check import check_package
from scorelib.data.package import Package
from scorelib.data.sources.difference import differences
from scorelib.data.sources.model import Request
from scorelib.data.sources.run import import_files
from scorelib.errors import DataError, UsageError
from scorelib.sealed import seal_json

from ..small import change
from .world import TODAY, ceb, records, rows_of, take, world

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = "unsceb-revenue-government"
CORE = "Voluntary core (un-earmarked) contributions"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return world(tmp_path / "project")


def files(project: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((project / "data").iterdir())}


def government(project: Path, *rows: tuple[object, ...], **asked: Any) -> list[str]:
    """Import, and give back what changed."""
    outcome = take(project, "unsceb-government", ceb(project, *rows), **asked)
    return [line for each in differences(outcome.plan, 100) for line in each.lines]


def test_the_same_file_twice_changes_nothing(project: Path) -> None:
    path = ceb(project, ("IOM", 2020, "Germany", CORE, "1"), ("IOM", 2021, "France", CORE, "2"))
    assert take(project, "unsceb-government", path).written
    before = files(project)
    again = take(project, "unsceb-government", path)
    assert not again.written
    assert again.plan.changed() == []
    assert files(project) == before


def test_what_changes_is_shown_with_old_and_new_values(project: Path) -> None:
    government(project, *(("IOM", 2020, name, CORE, "1") for name in ("Germany", "France", "Namibia")))
    changed = government(
        project,
        ("IOM", 2020, "Germany", CORE, "1"),
        ("IOM", 2020, "France", CORE, "2.5"),
        ("IOM", 2020, "Türkiye", CORE, "3"),
    )
    assert "~ iom 2020 FR government: unearmarked 1 → 2.5" in changed
    assert (
        "+ iom 2020 TR government: unearmarked 3, currency USD, source unsceb-revenue-government" in changed
    )
    assert "- iom 2020 NA government" in changed
    assert not any("DE" in line for line in changed)


def test_a_row_of_which_a_figure_changes_is_shown_before_those_that_only_change_their_source(
    project: Path,
) -> None:
    names = ("Germany", "France", "Namibia", "Türkiye")
    government(project, *(("IOM", 2020, name, CORE, "1") for name in names))
    # A part of a new edition becomes a source of its own.
    path = ceb(project, *(("IOM", 2020, name, CORE, "2" if name == "Türkiye" else "1") for name in names))
    with path.open("a", encoding="utf-8") as file:
        file.write("UNDP,2021,Germany,Government,Assessed contributions,1,USD\n")
    outcome = take(project, "unsceb-government", path, organisations=["iom"], edition="2025", dry_run=True)
    changed = next(each.lines for each in differences(outcome.plan, 1) if "contributions" in each.title)
    assert changed[0].startswith("~ iom 2020 TR government: unearmarked 1 → 2")


def test_rows_of_other_sources_organisations_and_years_stay(project: Path) -> None:
    before = rows_of(project, "contributions")
    government(project, ("IOM", 2020, "Germany", CORE, "1"), ("UNDP", 2020, "Germany", CORE, "1"))
    government(project, ("IOM", 2020, "France", CORE, "1"), edition="2020")
    rows = rows_of(project, "contributions")
    assert [row for row in rows if row["source"] == "ceb"] == before
    kept = {(row["organisation"], row["donor"]) for row in rows if row["source"] != "ceb"}
    assert kept == {("undp", "DE"), ("iom", "FR")}


def test_a_row_that_another_source_holds_is_left_out_and_counted(project: Path) -> None:
    path = ceb(project, ("IOM", 2023, "Netherlands", CORE, "9"), ("IOM", 2023, "Germany", CORE, "1"))
    outcome = take(project, "unsceb-government", path)
    assert records(outcome) == (2, 1, {"contributions.csv has these rows from ceb": 1})
    assert [row["donor"] for row in rows_of(project, "contributions", SOURCE)] == ["DE"]


# --- sources ----------------------------------------------------------------------------------


def sources(project: Path) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in rows_of(project, "sources") if row["sha256"]}


def test_the_source_says_which_file_which_edition_and_when(project: Path) -> None:
    government(project, ("IOM", 2019, "Germany", CORE, "1"), ("IOM", 2021, "Germany", CORE, "1"))
    row = sources(project)[SOURCE]
    assert (row["edition"], row["file"], row["retrieved"]) == ("2019-2021", "download.csv", TODAY.isoformat())
    assert len(row["sha256"]) == 64
    assert row["publisher"].startswith("United Nations System Chief Executives Board")


def test_a_new_edition_of_everything_takes_the_place_of_the_old_one(project: Path) -> None:
    government(project, ("IOM", 2020, "Germany", CORE, "1"))
    government(project, ("IOM", 2020, "Germany", CORE, "1"), ("IOM", 2021, "Germany", CORE, "1"))
    assert {name: row["edition"] for name, row in sources(project).items()} == {SOURCE: "2020-2021"}


def test_a_new_edition_of_a_part_is_a_source_of_its_own_so_each_row_names_its_file(project: Path) -> None:
    rows = [("IOM", year, "Germany", CORE, "1") for year in (2020, 2021)]
    government(project, *rows)
    government(project, *rows[:1], ("IOM", 2022, "Germany", CORE, "1"), edition="Spring 2024")
    assert set(sources(project)) == {SOURCE, f"{SOURCE}-0-spring-2024"}
    assert {
        row["year"]: row["source"] for row in rows_of(project, "contributions") if row["donor"] == "DE"
    } == {
        "2020": f"{SOURCE}-0-spring-2024",
        "2021": SOURCE,
        "2022": f"{SOURCE}-0-spring-2024",
    }
    assert not take(
        project, "unsceb-government", project / "download.csv", edition="Spring 2024"
    ).plan.changed()
    assert check_package(Package.load(project / "data")) == []


def test_two_editions_with_the_same_name_are_told_apart(project: Path) -> None:
    government(project, *(("IOM", year, "Germany", CORE, "1") for year in (2020, 2021)))
    for donor in ("France", "Namibia"):
        government(project, ("IOM", 2020, donor, CORE, "1"), years=[2020], edition="2020")
    assert set(sources(project)) == {SOURCE, f"{SOURCE}-2020", f"{SOURCE}-2020-2"}


def test_what_somebody_wrote_about_a_source_stays_until_its_file_changes(project: Path) -> None:
    rows = [("IOM", 2020, "Germany", CORE, "1")]
    government(project, *rows)
    change(project, "sources", ",,download.csv", ",Looked at by hand.,download.csv")
    government(project, *rows)
    assert sources(project)[SOURCE]["note"] == "Looked at by hand."
    government(project, ("IOM", 2020, "Germany", CORE, "2"))
    assert sources(project)[SOURCE]["note"] == ""


def test_several_files_are_imported_together_or_not_at_all(project: Path) -> None:
    one = ceb(project, ("IOM", 2020, "Germany", CORE, "1")).rename(project / "one.csv")
    two = ceb(project, ("IOM", 2021, "Germany", CORE, "1")).rename(project / "two.csv")
    bad = ceb(project, ("IOM", 2022, "Atlantis", CORE, "1")).rename(project / "bad.csv")
    before = files(project)
    with pytest.raises(DataError, match=r"bad\.csv:2:donor 'Atlantis'"):
        take(project, "unsceb-government", one, two, bad)
    assert files(project) == before
    take(project, "unsceb-government", one, two)
    assert {
        row["source"]: row["year"] for row in rows_of(project, "contributions") if row["donor"] == "DE"
    } == {
        SOURCE: "2020",
        f"{SOURCE}-2021": "2021",
    }


def test_files_that_contradict_each_other_are_refused(project: Path) -> None:
    one = ceb(project, ("IOM", 2020, "Germany", CORE, "1")).rename(project / "one.csv")
    two = ceb(project, ("IOM", 2020, "France", CORE, "1")).rename(project / "two.csv")
    with pytest.raises(DataError, match=r"two.csv: one.csv also holds iom 2020; give one of the two files"):
        take(project, "unsceb-government", one, two)
    with pytest.raises(DataError, match=r"one.csv: it is the same file as one.csv; give each file once"):
        take(project, "unsceb-government", one, one)


# --- the file that is written -----------------------------------------------------------------


def test_rows_that_do_not_change_keep_their_bytes_and_new_ones_stand_where_they_belong(project: Path) -> None:
    table = project / "data" / "contributions.csv"
    odd = "iom,2023,NL,government,,2.50,-3.0,,USD,ceb\n"
    table.write_text(
        table.read_text("utf-8").replace("iom,2023,NL,government,,2.5,-3,,USD,ceb\n", odd), "utf-8"
    )
    before = table.read_text("utf-8").splitlines()
    government(
        project, ("IOM", 2023, "Germany", CORE, "1"), ("UNDP", 2021, "United States of America", CORE, "1")
    )
    lines = table.read_text("utf-8").splitlines()
    assert [line for line in lines if line in before] == before
    assert [line.split(",")[:3] for line in lines[1:]] == [
        ["iom", "2023", "DE"],
        ["iom", "2023", "NA"],
        ["iom", "2023", "NL"],
        ["undp", "2021", "US"],
        ["undp", "2022", "NL"],
    ]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_a_table_keeps_its_line_ends_and_byte_order_mark(project: Path, end: str) -> None:
    table = project / "data" / "contributions.csv"
    text = "\ufeff" + table.read_text("utf-8").replace("\n", end)
    table.write_bytes(text.removesuffix(end).encode())
    government(project, ("IOM", 2022, "Germany", CORE, "1"))
    written = table.read_bytes().decode()
    assert check_package(Package.load(project / "data")) == []
    if end == "\r\n":
        assert written.startswith("\ufefforganisation")
        assert written.count("\r\n") == written.count("\n") == 5


def test_a_table_in_no_order_keeps_it_and_gets_new_rows_behind_their_organisation(project: Path) -> None:
    table = project / "data" / "contributions.csv"
    header, *rows = table.read_text("utf-8").splitlines(keepends=True)
    table.write_text(header + "".join(reversed(rows)), "utf-8")
    government(project, ("UNDP", 2023, "Germany", CORE, "1"), ("IOM", 1999, "Germany", CORE, "1"))
    found = [line.split(",")[:3] for line in table.read_text("utf-8").splitlines()[1:]]
    assert found == [
        ["undp", "2022", "NL"],
        ["undp", "2023", "DE"],
        ["iom", "2023", "NL"],
        ["iom", "2023", "NA"],
        ["iom", "1999", "DE"],
    ]


def test_the_rights_of_a_file_and_a_link_to_it_stay(project: Path) -> None:
    table = project / "data" / "contributions.csv"
    table.rename(project / "data" / "elsewhere.csv")
    table.symlink_to("elsewhere.csv")
    table.chmod(0o640)
    government(project, ("IOM", 2022, "Germany", CORE, "1"))
    assert table.is_symlink()
    assert table.stat().st_mode & 0o777 == 0o640
    assert "iom,2022,DE" in table.read_text("utf-8")


def test_a_dry_run_writes_nothing_at_all(project: Path) -> None:
    before = files(project)
    path = ceb(project, ("IOM", 2020, "Germany", CORE, "1"))
    outcome = take(project, "unsceb-government", path, dry_run=True)
    assert outcome.plan.changed() == ["sources", "contributions"]
    assert not outcome.written
    assert files(project) == before


def test_nothing_is_written_that_the_packages_own_rules_refuse(project: Path) -> None:
    before = files(project)
    described = json.loads((project / "data" / "datapackage.json").read_text("utf-8"))
    fields = next(each for each in described["resources"] if each["name"] == "contributions")["schema"][
        "fields"
    ]
    next(each for each in fields if each["name"] == "unearmarked")["constraints"] = {"minimum": 0}
    (project / "data" / "datapackage.json").write_text(json.dumps(described), "utf-8")
    with pytest.raises(DataError, match=r"contributions.csv:2:unearmarked '-1'.*it must be at least 0"):
        government(project, ("IOM", 2020, "Germany", CORE, "-1"))
    assert files(project).items() - before.items() == {
        ("datapackage.json", (project / "data" / "datapackage.json").read_bytes())
    }


def test_a_table_that_is_wrong_already_is_told_before_anything(project: Path) -> None:
    change(project, "contributions", "iom,2023,NA", "iom,MMXXIII,NA")
    with pytest.raises(DataError, match=r"contributions.csv:2:year 'MMXXIII'"):
        government(project, ("IOM", 2020, "Germany", CORE, "1"))


def test_an_interrupted_import_is_finished_by_the_next_one(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ceb(project, ("IOM", 2020, "Germany", CORE, "1"))
    done = []

    def killed(self: Path, target: Path) -> Path:
        done.append(target.name)
        if target.name == "contributions.csv":
            raise KeyboardInterrupt
        return original(self, target)

    original = type(path).replace
    with monkeypatch.context() as patch:
        patch.setattr(type(path), "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            take(project, "unsceb-government", path)
    assert done == [write.JOURNAL, "sources.csv", "contributions.csv"]
    assert rows_of(project, "contributions", SOURCE) == []
    assert set(sources(project)) == {SOURCE}
    with pytest.raises(UsageError, match="was interrupted; import without --dry-run to finish it"):
        take(project, "unsceb-government", path, dry_run=True)
    assert not take(project, "unsceb-government", path).plan.changed()
    assert [row["donor"] for row in rows_of(project, "contributions", SOURCE)] == ["DE"]
    assert not list((project / "data").glob(".import-*"))


def test_an_import_that_is_interrupted_before_leaves_all_tables_as_they_were(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(project)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(UsageError, match=r"cannot be written \(No space left on device\); nothing was"):
            government(project, ("IOM", 2020, "Germany", CORE, "1"))
    assert files(project) == before


@pytest.mark.parametrize(
    "journal",
    [
        "[]",
        "{",
        "{}",
        '{"add": {}, "replace": {"../../x": "sources.csv"}}',
        '{"add": {"../../x": "texts/x.md"}, "replace": {}}',
        '{"add": {}, "replace": {".import-x/a": "/etc/passwd"}}',
        '{"add": {}, "replace": {"a": 1}}',
        '{"add": {}, "replace": {}, "a": {}}',
    ],
)
def test_what_is_no_journal_is_not_obeyed(project: Path, journal: str) -> None:
    path = project / "data" / write.JOURNAL
    said = json.loads(journal) if journal.endswith("}") else {}
    # A checksum that is right makes it no better.
    for content in (journal.encode(), *([seal_json(said)] if said else [])):
        path.write_bytes(content)
        with pytest.raises(UsageError, match="is no journal of an import"):
            government(project, ("IOM", 2020, "Germany", CORE, "1"))


def test_two_imports_do_not_get_into_each_others_way(project: Path) -> None:
    with write.locked(project / "data"), pytest.raises(UsageError, match="another import is at work"):
        government(project, ("IOM", 2020, "Germany", CORE, "1"))


def test_a_table_that_somebody_saves_meanwhile_is_not_overwritten(project: Path) -> None:
    def agree(_: object) -> bool:
        change(project, "contributions", "iom,2023,NA,government,1000", "iom,2023,NA,government,2000")
        return True

    path = ceb(project, ("IOM", 2020, "Germany", CORE, "1"))
    with pytest.raises(UsageError, match="changed while it was being imported into; import again"):
        import_files(project, "unsceb-government", [path], Request(), today=TODAY, agree=agree)
    assert "2000" in (project / "data" / "contributions.csv").read_text("utf-8")
    assert sources(project) == {}


# --- the command ------------------------------------------------------------------------------


def test_the_command_shows_the_tally_and_the_difference(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = ceb(project, *(("IOM", year, "Germany", CORE, "1,000") for year in range(2000, 2020)))
    assert (
        run(["import", "unsceb-government", str(path), "-C", str(project), "--year", "2000-2014,2016"]) == 0
    )
    shown = capsys.readouterr().out
    assert "  read              20\n" in shown
    assert "  taken             16  into 16 rows of contributions\n" in shown
    assert "                     4  its year was not asked for\n" in shown
    assert "data/contributions.csv: 16 added, 0 changed, 0 removed, 3 unchanged" in shown
    assert "  + … and 6 more" in shown
    assert "written: " in shown
    assert (
        run(["import", "unsceb-government", str(path), "-C", str(project), "--year", "2000-2014,2016"]) == 0
    )
    assert capsys.readouterr().out.endswith("nothing changes\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["unsceb-goverment", "x.csv"],
            "there is no source 'unsceb-goverment'; did you mean unsceb-government?",
        ),
        (["unsceb-government"], "Missing argument 'FILE...'"),
        (["table", "x.csv"], "the source table needs --mapping FILE"),
        (["fif", "x.csv", "--mapping", "m.yaml"], "--mapping belongs to the source table"),
        (["fif", "x.csv", "--year", "2020-2010"], "'2020-2010' is not between 1945 and 2100, in this order"),
        (["fif", "x.csv", "--year", "nu"], "'nu' is no year"),
        (
            ["fif", "x.csv", "-o", "ion"],
            "there is no organisation 'ion' in data/organisations.csv; did you mean",
        ),
        (["fif", "x.csv"], "x.csv: it cannot be read (No such file or directory)"),
    ],
)
def test_wrong_usage_is_told_and_is_exit_code_two(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run(["import", *arguments, "-C", str(project)]) == 2
    assert message in " ".join(capsys.readouterr().err.replace("│", " ").split())


@pytest.mark.parametrize(("answer", "written"), [("y", True), ("n", False), ("", False)])
def test_on_a_terminal_it_asks_before_it_writes(project: Path, answer: str, *, written: bool) -> None:
    path = ceb(project, ("IOM", 2020, "Germany", CORE, "1"))
    before = files(project)
    parent, child = pty.openpty()
    command = [sys.executable, "-m", "scorelib", "import", "unsceb-government", str(path), "-C", str(project)]
    with subprocess.Popen(command, stdin=child, stdout=child, stderr=child) as process:
        os.close(child)
        os.write(parent, f"{answer}\n".encode())
        output = b""
        try:
            while block := os.read(parent, 4096):
                output += block
        except OSError:
            # The other side of a terminal is closed when the process ends.
            pass
    os.close(parent)
    assert process.returncode == 0
    assert b"Write these changes? [y/N]:" in output
    assert (files(project) != before) == written


def test_a_day_is_today_where_the_command_runs(project: Path) -> None:
    path = ceb(project, ("IOM", 2020, "Germany", CORE, "1"))
    first = datetime.datetime.now().astimezone().date()
    assert run(["import", "unsceb-government", str(path), "-C", str(project), "--yes"]) == 0
    assert first <= datetime.date.fromisoformat(sources(project)[SOURCE]["retrieved"])
