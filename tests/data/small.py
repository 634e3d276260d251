"""A small project with the real ``datapackage.json``: two organisations, a few rows in every table."""

from __future__ import annotations

import shutil
from pathlib import Path

__all__ = ["TABLES", "change", "small"]

ROOT = Path(__file__).parents[2]

TABLES = {
    "sources": """\
id,publisher,title,url,edition,retrieved,licence,note,file,sha256
ceb,UN CEB,Revenue,,,2024-11-01,,,,
mopan,MOPAN,Assessments,,,,,,,
""",
    "organisations": """\
id,abbreviation,name_nl,name_en,kind,fictional,source
iom,IOM,Internationale Organisatie voor Migratie,International Organization for Migration,un-related,false,ceb
undp,UNDP,Ontwikkelingsprogramma,Development Programme,un-fund-programme,false,ceb
""",
    "scorecards": """\
organisation,year,status,assessment,data_year,basis,data_date
iom,2024,draft,mopan-iom,2023,voluntary,2024-11-01
iom,2022,final,,2021,total,2022-11-01
undp,2023,draft,,2022,voluntary,2024-11-01
""",
    "assessments": """\
id,organisation,framework,period,published,title,source,note
mopan-iom,iom,3.1,,2023-10,MOPAN assessment of IOM,mopan,
mopan-undp,undp,3.1,,2021,MOPAN assessment of UNDP,mopan,
""",
    "frameworks": """\
framework,code,level,parent,area,position,title_nl,title_en,checked,source
3.1,1,kpi,,results,1,Een,One,false,mopan
3.1,1.1,mi,1,results,2,Een een,One one,false,mopan
3.1,1.1.1,element,1.1,results,3,Een een een,One one one,false,mopan
3.1,2,kpi,,results,4,Twee,Two,false,mopan
""",
    "bands": """\
framework,band,minimum,maximum,title_nl,title_en,checked,source
3.1,highly-satisfactory,3.51,4.00,Zeer bevredigend,Highly satisfactory,false,mopan
3.1,satisfactory,2.51,3.50,Bevredigend,Satisfactory,false,mopan
3.1,unsatisfactory,1.51,2.50,Onbevredigend,Unsatisfactory,false,mopan
3.1,highly-unsatisfactory,0.00,1.50,Zeer onbevredigend,Highly unsatisfactory,false,mopan
""",
    "scores": """\
assessment,code,score,confidence,source
mopan-iom,1.1,N/A,,mopan
mopan-iom,1.1.1,3.5,high,mopan
mopan-iom,1.1.2,N/E,,mopan
mopan-undp,2,2,low,mopan
""",
    "donors": """\
id,name_nl,name_en
NA,Namibi\u00eb,Namibia
NL,Nederland,Netherlands
""",
    "aliases": """\
kind,scheme,name,id,donor_kind,source
donor,UN CEB,Netherlands (Kingdom of the),NL,government,ceb
organisation,UN CEB,IOM,iom,,ceb
""",
    "contributions": """\
organisation,year,donor,donor_kind,assessed,unearmarked,earmarked,other,currency,source
iom,2023,NA,government,1000,,,,USD,ceb
iom,2023,NL,government,,2.5,-3,,USD,ceb
undp,2022,NL,government,,7,,,USD,ceb
""",
    "revenue": """\
organisation,year,assessed,unearmarked,earmarked,other,currency,source
iom,2023,1000,2.5,-3,,USD,ceb
undp,2022,,7,,,USD,ceb
""",
    "themes": """\
id,position,title_nl,title_en
migration,1,Migratie,Migration
water,2,Water,Water
""",
    "relevance": """\
organisation,year,theme,rating,source
iom,2024,migration,highly-relevant,ceb
iom,2024,water,not-relevant,ceb
iom,2022,migration,relevant,ceb
iom,2022,water,not-relevant,ceb
""",
    "accepted": """\
organisation,year,lang,chapter,quantity,reason,source,reviewed
iom,2024,nl,33-finance,12.000,,ceb,2024-11-01
""",
    "facts": """\
organisation,id,value,unit,label_nl,label_en,as_of,source
iom,staff,32000,count,medewerkers,staff,2023-10-30,ceb
undp,staff,1,count,medewerkers,staff,2023-10-30,ceb
""",
    "exchange_rates": """\
currency,base,period,rate,source
EUR,USD,2023,1.08,ceb
""",
}


def small(folder: Path) -> Path:
    """Write the project into a folder."""
    (folder / "data").mkdir(parents=True)
    shutil.copy(ROOT / "data" / "datapackage.json", folder / "data")
    for name, text in TABLES.items():
        (folder / "data" / f"{name}.csv").write_text(text, "utf-8")
    return folder


def change(project: Path, table: str, old: str, new: str) -> None:
    """Put other text into a table, in the one place where the old text stands."""
    path = project / "data" / f"{table}.csv"
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), "utf-8")
