"""What was published can be made again from the publisher's files.

The default suite writes IOM's records, as the project has them, in the layout of UN CEB's download and
imports those. With SCORELIB_DOMAIN, a folder with processed downloads, the files themselves are imported.
"""

from __future__ import annotations

import csv
import os
import shutil
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from scorelib.data.scorecard import load_scorecard
from scorelib.data.sources.difference import differences
from scorelib.scoring.funding import donor_table

from .world import GOVERNMENT, records, rows_of, take

ROOT = Path(__file__).parents[3]
DOMAIN = os.environ.get("SCORELIB_DOMAIN", "")
YEARS = [2023, 2022, 2021]
WORDS = {
    "assessed": "R01",
    "unearmarked": "Voluntary core (un-earmarked) contributions",
    "earmarked": "R03E",
    "other": "R04",
}
"""A word or a code for each kind of revenue."""
NON_GOVERNMENT = "unsceb-revenue-non-government"


@cache
def names() -> dict[str, str]:
    """What UN CEB calls each donor."""
    with (ROOT / "data" / "aliases.csv").open(encoding="utf-8", newline="") as stream:
        return {
            row["id"]: row["name"]
            for row in csv.DictReader(stream)
            if (row["kind"], row["scheme"]) == ("donor", "UN CEB") and row["source"] != NON_GOVERNMENT
        }


def published() -> pd.DataFrame:
    path = ROOT / "tests" / "fixtures" / "iom_published_donors.csv"
    return pd.read_csv(path, dtype={"rank": "Int64"}, keep_default_na=False, na_values={"rank": [""]})


def ranks(table: pd.DataFrame) -> set[tuple[int, str, int]]:
    rows = table.dropna(subset="rank")
    return {(y, d, int(r)) for y, d, r in zip(rows["year"], rows["donor"], rows["rank"], strict=True)}


def emptied(folder: Path, *sources: str) -> Path:
    """A copy of the project without the rows of some sources."""
    shutil.copytree(ROOT / "data", folder / "data")
    path = folder / "data" / "contributions.csv"
    header, *lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text(header + "".join(line for line in lines if not line.rstrip().endswith(sources)), "utf-8")
    return folder


def reproduces_the_published_table(project: Path) -> None:
    card = load_scorecard("iom", 2024, lang="nl", project=project)
    found = donor_table(card["contributions"], YEARS, "voluntary")
    assert ranks(found) == ranks(published())


def as_downloaded(path: Path) -> int:
    """IOM's rows of the project as UN CEB would write them, every 7th amount with separators."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(GOVERNMENT)
        for row in rows_of(ROOT, "contributions", "unsceb-revenue-government"):
            if row["organisation"] != "iom":
                continue
            for kind, word in WORDS.items():
                if row[kind]:
                    count += 1
                    amount = f"{float(row[kind]):,}" if count % 7 == 0 else row[kind]
                    writer.writerow(["IOM", row["year"], names()[row["donor"]], "C01", word, amount, "USD"])
    return count


def test_ioms_published_table_is_reproduced_from_a_download(tmp_path: Path) -> None:
    project = emptied(tmp_path / "project", "unsceb-revenue-government")
    count = as_downloaded(tmp_path / "revenue_government_donors.csv")
    outcome = take(project, "unsceb-government", tmp_path / "revenue_government_donors.csv")
    assert records(outcome) == (count, count, {})
    assert count > 2000
    reproduces_the_published_table(project)
    before = [
        row
        for row in rows_of(ROOT, "contributions", "unsceb-revenue-government")
        if row["organisation"] == "iom"
    ]
    assert rows_of(project, "contributions", "unsceb-revenue-government") == before


def test_the_projects_own_rows_name_the_file_they_came_from() -> None:
    rows = {row["id"]: row for row in rows_of(ROOT, "sources")}
    for source in ("unsceb-revenue-government", "unsceb-revenue-non-government", "unsceb-revenue"):
        assert len(rows[source]["sha256"]) == 64
        assert rows[source]["edition"] == "2013-2023"


# --- the processed downloads themselves -------------------------------------------------------

domain = pytest.mark.skipif(not DOMAIN, reason="SCORELIB_DOMAIN names no folder with processed downloads")
FILES = {
    "unsceb-government": "unsceb/revenue_government_donors.csv",
    "unsceb-non-government": "unsceb/revenue_non_gov_donors.csv",
}


@domain
def test_all_downloads_imported_twice_give_the_projects_tables_and_then_nothing(tmp_path: Path) -> None:
    project = emptied(tmp_path / "project", "unsceb-revenue-government", "unsceb-revenue-non-government")
    wanted = (ROOT / "data" / "contributions.csv").read_bytes()
    assert (project / "data" / "contributions.csv").read_bytes() != wanted
    for source, name in FILES.items():
        read, kept, left = records(take(project, source, Path(DOMAIN) / name))
        with (Path(DOMAIN) / name).open(encoding="utf-8-sig", newline="") as stream:
            assert read == sum(1 for _ in csv.reader(stream)) - 1
        assert read == kept + sum(left.values())
        assert {reason.split()[0] for reason in left} == {"unitaid", "unv"}
    assert (project / "data" / "contributions.csv").read_bytes() == wanted
    before = {path: path.read_bytes() for path in (project / "data").glob("*.csv")}
    for source, name in FILES.items():
        outcome = take(project, source, Path(DOMAIN) / name)
        assert outcome.plan.changed() == []
        assert {(each.added, each.changed, each.removed) for each in differences(outcome.plan, 0)} == {
            (0, 0, 0)
        }
    assert {path: path.read_bytes() for path in (project / "data").glob("*.csv")} == before
    reproduces_the_published_table(project)


@domain
def test_the_projects_tables_are_what_the_downloads_give(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    for source, name in FILES.items():
        assert take(tmp_path, source, Path(DOMAIN) / name).plan.changed() == []
    mapping = ROOT / "tests" / "fixtures" / "unsceb_revenue.yaml"
    path = Path(DOMAIN) / "entity_revenue_ceb_2013_2024.csv"
    outcome = take(tmp_path, "table", path, mapping=mapping, years=range(2013, 2024))
    assert outcome.plan.changed() == []
    assert outcome.plan.taken[0].rows == {"revenue": 437}
