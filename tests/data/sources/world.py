"""A small project to import into, files in the layouts of publishers, and what importing them gives."""

from __future__ import annotations

import csv
import datetime
import io
from typing import TYPE_CHECKING, Any

from scorelib.data.package import Package
from scorelib.data.sources.model import Request
from scorelib.data.sources.run import import_files

from ..small import TABLES, small

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from scorelib.data.sources.run import Outcome

__all__ = ["GOVERNMENT", "TODAY", "ceb", "records", "rows_of", "take", "told", "world", "write"]

TODAY = datetime.date(2026, 1, 31)

GOVERNMENT = (
    "entity",
    "calendar_year",
    "government_donor",
    "contrib_type",
    "rev_type",
    "amount",
    "_currency",
)

DONORS = """\
id,name_nl,name_en
CI,Ivoorkust,Côte d’Ivoire
DE,Duitsland,Germany
EU,Europese Unie,European Union
FR,Frankrijk,France
GB,Verenigd Koninkrijk,United Kingdom
NA,Namibië,Namibia
NL,Nederland,Netherlands
TR,Turkije,Türkiye
US,Verenigde Staten,United States
global-fund,Wereldfonds,Global Fund
miscellaneous,Diversen,Miscellaneous
refunds-to-donors-miscellaneous,Terugbetalingen,Refunds to donors
world-bank,Wereldbank,World Bank
"""
ORGANISATIONS = """\
gef,GEF,Wereldmilieufaciliteit,Global Environment Facility,other,false,ceb
un-tourism,UN Tourism,Wereldorganisatie voor Toerisme,World Tourism Organization,other,false,ceb
un-women,UN Women,VN Vrouwen,UN Women,other,false,ceb
who,WHO,Wereldgezondheidsorganisatie,World Health Organization,other,false,ceb
"""
ALIASES = """\
kind,scheme,name,id,donor_kind,source
donor,UN CEB,Côte D'Ivoire,CI,government,ceb
donor,UN CEB,Netherlands (Kingdom of the),NL,government,ceb
donor,UN CEB,United States of America,US,government,ceb
donor,UN CEB,Refunds to donors/Miscellaneous,refunds-to-donors-miscellaneous,,ceb
donor,ISO 3166,DEU,DE,government,ceb
donor,ISO 3166,NLD,NL,government,ceb
donor,ISO 3166,USA,US,government,ceb
donor,OECD,4EU001,EU,european-union,ceb
donor,World Bank,World Bank Group,world-bank,multilateral,ceb
organisation,UN CEB,IOM,iom,,ceb
organisation,UN CEB,UNV,unv,,ceb
organisation,UN CEB,UNWOMEN,un-women,,ceb
organisation,UN CEB,UN-Women,un-women,,ceb
organisation,UN CEB,UNWTO,un-tourism,,ceb
organisation,OECD channel,41114,undp,,ceb
organisation,OECD channel,41143,who,,ceb
organisation,OECD channel,41307,who,,ceb
organisation,OECD channel,44002,ida,,ceb
organisation,OECD channel,47044,gef,,ceb
organisation,OECD channel,47066,iom,,ceb
organisation,World Bank,Global Environment Facility,gef,,ceb
organisation,World Bank,Adaptation Fund,adaptation-fund,,ceb
"""


def world(folder: Path) -> Path:
    """Write the project into a folder."""
    project = small(folder)
    tables = {
        "donors": DONORS,
        "organisations": TABLES["organisations"] + ORGANISATIONS,
        "aliases": ALIASES,
    }
    for name, text in tables.items():
        (project / "data" / f"{name}.csv").write_text(text, "utf-8")
    return project


def write(folder: Path, rows: Iterable[Sequence[object]], name: str = "download.csv") -> Path:
    """A CSV file of some rows, as a publisher writes it."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    path = folder / name
    path.write_text("\ufeff" + out.getvalue(), "utf-8", newline="")
    return path


def ceb(folder: Path, *records: Sequence[object], header: Sequence[str] = GOVERNMENT) -> Path:
    """A UN CEB download of government donors: entity, year, donor, kind of revenue, amount."""
    rows = [
        [entity, year, donor, "Government", kind, amount, "USD"]
        for entity, year, donor, kind, amount in records
    ]
    return write(folder, [header, *rows])


def take(project: Path, source: str, *files: Path, dry_run: bool = False, **asked: Any) -> Outcome:
    """Import files, and agree to what changes."""
    for name in ("organisations", "years"):
        asked[name] = frozenset(asked.get(name, ()))
    return import_files(
        project, source, files, Request(**asked), today=TODAY, agree=lambda _: True, dry_run=dry_run
    )


def records(outcome: Outcome) -> tuple[int, int, dict[str, int]]:
    """Records of the first file that were read and taken, and those left out by reason."""
    tally = outcome.plan.taken[0].tally
    return tally.read, tally.taken, tally.left


def told(outcome: Outcome) -> str:
    """What is noted of the files."""
    return "\n".join(note for taken in outcome.plan.taken for note in taken.tally.notes)


def rows_of(project: Path, table: str, source: str | None = None) -> list[dict[str, str]]:
    """Rows of a table as they stand in its file."""
    path = project / "data" / Package.load(project / "data").table(table).path
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [row for row in rows if source is None or row.get("source") == source]
