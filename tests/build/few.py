"""Projects whose reports are made quickly: the real notebook with all but its first cells left out."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

KEPT = 4
"""Cells that say what the notebook is, take the parameters, load the data and show the cover."""


def few_cells(project: Path, *more: str) -> Path:
    """Leave the notebook its first cells, and add some after the data have been loaded."""
    path = project / "notebooks" / "scorecard.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    extra: list[dict[str, object]] = [
        {"cell_type": "code", "id": f"extra-{number}", "metadata": {}, "source": source, "outputs": [],
         "execution_count": None}
        for number, source in enumerate(more)
    ]  # fmt: skip
    notebook["cells"] = [*notebook["cells"][:KEPT], *extra]
    path.write_text(json.dumps(notebook), "utf-8")
    return project


def many_reports(project: Path, count: int) -> Path:
    """Add scorecards, so that there are this many reports in two languages."""
    path = project / "data" / "scorecards.csv"
    rows = list(csv.reader(path.read_text("utf-8").splitlines()))
    undp = next(row for row in rows if row[0] == "undp")
    years = [*range(2022, 2012, -1)]
    with (project / "data" / "organisations.csv").open(encoding="utf-8", newline="") as file:
        names = [row["id"] for row in csv.DictReader(file) if row["fictional"] != "true"]
    there = {(row[0], row[1]) for row in rows}
    for name, year in ((name, year) for year in years for name in names):
        if len(rows) - 1 >= count / 2:
            break
        if (name, str(year)) not in there:
            new = [name, str(year), *undp[2:]]
            new[rows[0].index("data_year")] = str(year)
            rows.append(new)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    path.write_text(out.getvalue(), "utf-8")
    return project
