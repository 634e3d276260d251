"""Relevance to the ministry's policy priorities, on an ordered scale of four words.

Imports nothing of ours but `errors`. The four words are those of the ministry's own scorecards
since 2024 (Zeer relevant, Relevant, Beperkt relevant, Niet relevant); they have no numbers, so
nothing here computes a mean of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import pandas as pd

from scorelib.errors import DataError, Finding, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SCALE", "WORDS", "Rating", "at_least", "counts", "rated"]

Rating = Literal["highly-relevant", "relevant", "slightly-relevant", "not-relevant"]

WORDS: tuple[Rating, ...] = get_args(Rating)
"""The four words, from most to least relevant."""

SCALE = pd.CategoricalDtype(list(reversed(WORDS)), ordered=True)
"""The same words as an ordered type: ``"relevant" > "slightly-relevant"``."""


def rated(relevance: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """Return every theme in its order, with its rating.

    Parameters
    ----------
    relevance
        Rows of ``relevance`` of one organisation and year: columns ``theme``, ``rating``,
        ``source``.
    themes
        Rows of ``themes``: columns ``id``, ``position``, ``title_nl``, ``title_en``.

    Returns
    -------
    DataFrame
        One row per theme, by position: ``theme``, ``position``, ``title_nl``, ``title_en``,
        ``rating`` (`SCALE`; missing where the theme was not rated, which is not the same as
        ``not-relevant``) and ``source``.

    Raises
    ------
    DataError
        A rating is not one of the four words, belongs to no theme, or a theme has two; all of
        them at once.
    UsageError
        The ratings are of several organisations or years.
    """
    _one_report(relevance)
    found = list(zip(relevance["theme"], relevance["rating"], strict=True))
    findings = _findings(found, set(themes["id"]))
    if findings:
        raise DataError(findings)
    ratings = dict(found)
    sources = dict(zip(relevance["theme"], relevance["source"], strict=True))
    table = themes.sort_values("position", kind="stable").reset_index(drop=True)
    ids = list(table["id"])
    return pd.DataFrame(
        {
            "theme": table["id"],
            "position": table["position"],
            "title_nl": table["title_nl"],
            "title_en": table["title_en"],
            "rating": pd.Categorical([ratings.get(theme) for theme in ids], dtype=SCALE),
            "source": pd.Series([sources.get(theme) for theme in ids], dtype="str"),
        }
    )


def at_least(rating: str | float | None, other: Rating) -> bool:
    """Whether a rating is the same as another word or higher on the scale.

    Parameters
    ----------
    rating
        A word of the scale, or a missing value as it stands in a table (None, NaN): what was not
        rated is at least nothing.
    other
        The word to reach.

    Raises
    ------
    UsageError
        One of the two is not a word of the scale.

    Examples
    --------
    >>> at_least("relevant", "slightly-relevant"), at_least(None, "not-relevant")
    (True, False)
    """
    if rating is None or isinstance(rating, float):
        return False
    for word in (rating, other):
        if word not in WORDS:
            raise UsageError(f"{word!r} is no rating of relevance; write one of {', '.join(WORDS)}")
    return WORDS.index(rating) <= WORDS.index(other)


def counts(table: pd.DataFrame) -> pd.Series[int]:
    """Count the themes per word.

    Parameters
    ----------
    table
        What `rated` returns, or any table with a column ``rating``.

    Returns
    -------
    Series
        Number of themes (int), indexed by the four words from most to least relevant, with 0 for
        a word that was not used. Themes without a rating are not in it.
    """
    ratings = list(table["rating"])
    return pd.Series(
        [ratings.count(word) for word in WORDS],
        index=pd.Index(WORDS, name="rating"),
        name="themes",
        dtype="int64",
    )


def _one_report(relevance: pd.DataFrame) -> None:
    for column in ("organisation", "year"):
        values = sorted({str(value) for value in relevance[column]}) if column in relevance else []
        if len(values) > 1:
            raise UsageError(
                f"ratings of relevance of several reports ({column} {', '.join(values)}); "
                "give the rows of one organisation and one year"
            )


def _findings(found: Sequence[tuple[str, str]], themes: set[str]) -> list[Finding]:
    def finding(column: str, value: str, problem: str, remedy: str, rule: str) -> Finding:
        return Finding("relevance.csv", 0, column, str(value), problem, remedy, rule)

    names = [theme for theme, _ in found]
    return [
        *(
            finding("rating", word, "is no rating", f"write one of {', '.join(WORDS)}", "enum")
            for _, word in found
            if word not in WORDS
        ),
        *(
            finding(
                "theme",
                name,
                "is not in themes.csv",
                "add it there or correct it here",
                "foreign-key",
            )
            for name in names
            if name not in themes
        ),
        *(
            finding("theme", name, "is rated more than once", "keep one row", "primary-key")
            for name in sorted({name for name in names if names.count(name) > 1})
        ),
    ]
