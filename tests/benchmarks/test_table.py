"""The table says what was measured, and each benchmark writes its own section alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from benchmarks.table import Aim, Line, Section, bounded, compared, counted, unavailable, write
from benchmarks.timing import Timings

from benchmarks import __main__ as command

if TYPE_CHECKING:
    from pathlib import Path

FAST, SLOW = Timings((0.9, 1.0, 1.4)), Timings((30.0, 29.0))
AT_LEAST = Aim("at least", 20, 30)
AT_MOST = Aim("at most", 1.4, 1.2)


def section(name: str, ours: str) -> Section:
    return Section(name, f"About {name}", (Line("seconds", ours),), ("A note.",))


def test_an_aim_of_at_least_is_held_against_how_many_times_as_fast_we_are() -> None:
    line = compared("seconds", FAST, SLOW, AT_LEAST)
    assert line.ratio == "29.5×"
    assert line.reached == "yes"
    assert compared("seconds", SLOW, FAST, AT_LEAST).reached == "**no**"


def test_an_aim_of_at_most_is_held_against_how_many_times_as_slow_we_are() -> None:
    line = compared("seconds", SLOW, FAST, AT_MOST)
    assert line.ratio == "29.5×"
    assert line.reached == "**no**"
    assert compared("seconds", FAST, SLOW, AT_MOST).reached == "yes"


def test_a_time_is_held_against_seconds() -> None:
    aim = Aim("at most", 1.0, unit=" s")
    assert bounded("a page", FAST, aim).cells()[3:] == ("", "≤ 1 s", "yes", "3")
    assert bounded("a page", SLOW, aim).reached == "**no**"


@pytest.mark.parametrize(("value", "reached"), [(1.39, True), (1.4, True), (1.41, False)])
def test_a_bound_itself_is_reached(value: float, reached: bool) -> None:  # noqa: FBT001 - a parameter of a test
    assert AT_MOST.reached(value) is reached


def test_a_line_shows_medians_with_their_spread_and_the_number_of_runs_of_each() -> None:
    line = compared("seconds", FAST, SLOW, AT_LEAST)
    assert line.ours == "1.00 s (0.90-1.40)"
    assert line.other == "29.50 s (29.00-30.00)"
    assert line.runs == "3 and 2"
    assert line.aim == "≥ 20×, hoped for 30×"


def test_milliseconds_are_shown_as_such() -> None:
    assert str(Timings((0.0301, 0.0305, 0.0299))) == "30.1 ms (29.9-30.5)"
    assert str(Timings((0.5,))) == "500 ms"


def test_memory_is_held_against_its_bound_by_itself() -> None:
    assert counted("peak", 449.6, Aim("at most", 450, unit=" MiB"), unit=" MiB").reached == "yes"
    assert counted("peak", 1450, Aim("at most", 450, unit=" MiB"), unit=" MiB").ours == "1,450 MiB"


def test_what_could_not_be_measured_says_why_and_reaches_nothing() -> None:
    line = unavailable("seconds", "dask is not installed")
    assert line.cells() == ("seconds", "not available", "dask is not installed", "", "", "", "")


def test_a_section_takes_the_place_of_its_old_one_and_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    order = ("one", "two", "three")
    write(path, [section("three", "3 s"), section("one", "1 s")], order)
    before = path.read_text("utf-8")
    write(path, [section("two", "2 s")], order)
    write(path, [section("three", "4 s")], order)
    after = path.read_text("utf-8")
    assert [after.index(f"About {name}") for name in order] == sorted(
        after.index(f"About {name}") for name in order
    )
    assert "| 3 s |" in before
    assert "| 3 s |" not in after
    for shown in ("| 1 s |", "| 2 s |", "| 4 s |", "A note."):
        assert shown in after
    assert after.count("# Results\n") == 1


def test_quick_runs_write_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "RESULTS", tmp_path / "RESULTS.md")
    monkeypatch.setattr(command, "BENCHMARKS", {"help": lambda *_: section("help", "1 s")})
    assert command.main(["help", "--quick"]) == 0
    assert "About help" in capsys.readouterr().out
    assert not (tmp_path / "RESULTS.md").exists()
    assert command.main([]) == 0
    assert "cores" in (tmp_path / "RESULTS.md").read_text("utf-8")


def test_a_benchmark_that_does_not_exist_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        command.main(["nonsense"])
    assert left.value.code == 2
    assert "'nonsense'" in capsys.readouterr().err
