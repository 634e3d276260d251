"""What publishers' files become: rows of the project's tables, with source, edition and hash; draws nothing.

Imports numpy, errors and the rest of this room. `run` is the way in; a module for each kind of file
turns it into rows, `merge` holds them against what is there, `data.write` puts them in place.
"""

from __future__ import annotations

__all__ = ["SOURCES"]

SOURCES = {
    "unsceb-government": "UN CEB: contributions of governments",
    "unsceb-non-government": "UN CEB: contributions of others than governments",
    "unsceb-revenue": "UN CEB: all revenue of organisations",
    "oecd-multi": "OECD: members' total use of the multilateral system, as SDMX-CSV",
    "fif": "World Bank: contributions to financial intermediary funds",
    "mopan-xlsx": "scores of an assessment, transcribed in a workbook of `scorelib new --template mopan`",
    "table": "any table in CSV or Excel, with a mapping file (--mapping)",
}
"""What can be imported, and what it is."""
