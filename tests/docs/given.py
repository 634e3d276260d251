"""Files that a reader of the documentation has and a clone has not: publishers' downloads, cut short."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from openpyxl import Workbook

if TYPE_CHECKING:
    from pathlib import Path

KINDS = {
    "assessed": "Assessed contributions",
    "unearmarked": "Voluntary core (un-earmarked) contributions",
    "earmarked": "Voluntary non-core (earmarked) contributions",
}


def files(project: Path) -> None:
    """Put the files into a project."""
    _government_donors(project)
    _overview(project)


def _government_donors(project: Path) -> None:
    """A UN CEB download with what governments gave IOM in 2022 and 2023, as the tables have it."""
    with (project / "data" / "contributions.csv").open(encoding="utf-8", newline="") as stream:
        rows = [
            row
            for row in csv.DictReader(stream)
            if row["organisation"] == "iom"
            and row["year"] in {"2022", "2023"}
            and row["donor_kind"] == "government"
        ]
    with (project / "data" / "donors.csv").open(encoding="utf-8", newline="") as stream:
        names = {row["id"]: row["name_en"] for row in csv.DictReader(stream)}
    header = [
        "entity",
        "calendar_year",
        "government_donor",
        "contrib_type",
        "rev_type",
        "amount",
        "_currency",
    ]
    with (project / "revenue_government_donors.csv").open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(header)
        for row in rows:
            for kind, words in KINDS.items():
                if row[kind]:
                    amount = (
                        "60000000"
                        if (row["year"], row["donor"], kind) == ("2023", "NL", "earmarked")
                        else row[kind]
                    )
                    out.writerow(
                        ["IOM", row["year"], names[row["donor"]], "Government", words, amount, "USD"]
                    )
        out.writerow(["UNV", "2023", "Germany", "Government", KINDS["assessed"], "1", "USD"])


def _overview(project: Path) -> None:
    """A workbook that somebody keeps by hand, in millions."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Organisatie", "Jaar", "Vastgesteld", "Geoormerkt", "Opmerking"])
    sheet.append(["Green Climate Fund", 2020, 0, 12.5, "voorbeeld"])
    book.save(project / "overzicht.xlsx")
    guide = (project / "docs" / "how-to" / "import-data.md").read_text("utf-8")
    mapping = guide.partition("```yaml\n")[2].partition("```")[0]
    (project / "overzicht.yaml").write_text(mapping, "utf-8")
