"""Whoever asks where a number comes from is led to its rows, their calculation and their source."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest

from scorelib.build.report import Report
from scorelib.errors import UsageError
from scorelib.trust.trace import trace

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Command = Callable[..., subprocess.CompletedProcess[str]]

IOM = Report("iom", 2024, "nl")


def test_62_of_iom_leads_to_the_row_of_the_netherlands_in_2023(built: Path, scorelib: Command) -> None:
    done = scorelib("trace", "62", "--report", "iom/2024/nl", cwd=built)
    assert done.returncode == 0, done.stderr
    first = done.stdout.split("\n\n")[1]
    assert "62,2" in first
    assert "section 3.3" in first
    assert "unearmarked + earmarked" in first
    assert "year 2023, donor NL" in first
    assert "source: United Nations System Chief Executives Board for Coordination (UN CEB)" in first


def test_a_row_is_named_by_its_line_in_the_data_as_they_are_now(built: Path) -> None:
    (first,) = [each for each in trace(built, IOM, "USD 62,2 mln.") if "section" in each.place]
    (line,) = first.lines
    rows = list(csv.reader((built / "data" / "contributions.csv").read_text("utf-8").splitlines()))
    assert rows[line.line - 1][:3] == ["iom", "2023", "NL"]
    assert dict(line.values)["earmarked"] == rows[line.line - 1][rows[0].index("earmarked")]


def test_a_rank_rests_on_the_rows_of_all_governments_the_largest_first(built: Path) -> None:
    (found,) = [each for each in trace(built, IOM, "6e") if "2023, Rang" in each.place]
    assert found.how.startswith("Rank among governments")
    assert dict(found.lines[0].values)["donor"] == "US"
    assert len(found.lines) == 5


def test_a_score_rests_on_the_scores_of_its_elements_and_on_its_band(built: Path) -> None:
    found = trace(built, Report("voorbeeld", 2024, "nl"), "3,75")
    assert {"scores", "bands"} <= set(found[0].rows)
    mean = sum(float(line.values["score"]) for line in found[0].lines if line.table == "scores")
    count = sum(line.table == "scores" for line in found[0].lines)
    assert mean / count == pytest.approx(3.75)


def test_a_number_that_was_typed_leads_to_its_file_and_line(built: Path) -> None:
    (found,) = [each for each in trace(built, IOM, "1951") if not each.how]
    path, _, line = found.place.partition(":")
    assert "1951" in (built / path).read_text("utf-8").splitlines()[int(line) - 1]


def test_machines_get_json_and_what_is_not_there_is_told(built: Path, scorelib: Command) -> None:
    done = scorelib("trace", "62.2", "--report", "iom/2024/en", "--json", cwd=built)
    assert done.returncode == 0
    places = json.loads(done.stdout)["places"]
    assert any(each["lines"] and each["lines"][0]["values"]["donor"] == "NL" for each in places)
    assert scorelib("trace", "987654", "--report", "iom/2024/nl", cwd=built).returncode == 1
    assert scorelib("trace", "62", "--report", "iom", cwd=built).returncode == 2
    with pytest.raises(UsageError, match="scorelib build undp --year 1999"):
        trace(built, Report("undp", 1999, "nl"), "1")
