"""All organisations and scorecards together: what a portfolio is drawn from and a site is made from.

Imports language and the rest of this room; nothing that draws or renders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scorelib.data.batch import Batch
from scorelib.data.package import find_project
from scorelib.data.scorecard import frames
from scorelib.errors import DataError, UsageError
from scorelib.language import language

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from scorelib.language import Language

__all__ = ["Portfolio", "load_portfolio", "portfolio_of"]


@dataclass(frozen=True, eq=False)
class Portfolio:
    """Every table whole, in one language; nothing in it can be changed.

    Tables are read by name, ``portfolio["contributions"]``; each reading gives a new DataFrame, as
    with a scorecard.
    """

    language: Language
    project: Path
    tables: Mapping[str, pd.DataFrame]

    def __getitem__(self, table: str) -> pd.DataFrame:
        """A table by its name in the data package."""
        if table not in self.tables:
            message = f"there is no table {table!r}; choose one of: {', '.join(sorted(self.tables))}"
            raise UsageError(message)
        return self.tables[table].copy()

    def __repr__(self) -> str:
        return f"<Portfolio of {len(self.tables['scorecards'])} scorecards, {self.language.code}>"

    @property
    def data_date(self) -> datetime.date | None:
        """The day on which the data of any scorecard were last brought up to date; None without any."""
        days: list[datetime.date] = list(self.tables["scorecards"]["data_date"])
        return max(days, default=None)


def load_portfolio(*, lang: str = "nl", project: Path | None = None) -> Portfolio:
    """Load and validate all tables.

    Parameters
    ----------
    lang
        Language in which labels, names and numbers are shown.
    project
        The folder that holds ``data/``; found upwards from the working directory if not given.

    Raises
    ------
    UsageError
        If there is no such language, or no project.
    DataError
        If any row is wrong; it holds all of them.

    Examples
    --------
    >>> import scorelib as sl
    >>> sl.load_portfolio()["organisations"].query("id == 'iom'")["name_nl"].item()
    'Internationale Organisatie voor Migratie'
    """
    tongue = language(lang)
    folder = project if project is not None else find_project()
    return portfolio_of(Batch(folder), tongue)


def portfolio_of(batch: Batch, tongue: Language) -> Portfolio:
    """The same from tables that were read already.

    Raises
    ------
    DataError
        If any row is wrong; it holds all of them.
    """
    if batch.findings:
        raise DataError(batch.findings)
    return Portfolio(tongue, batch.project, frames(batch.tables))
