"""Scorecards of the real data folder, loaded once: figures change nothing in them."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scorelib import figures
from scorelib.data.scorecard import Scorecard, load_scorecard
from scorelib.document.nodes import Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
CARDS = (("voorbeeld", 2024), ("iom", 2024), ("undp", 2023))
LANGUAGES = ("nl", "en")


@functools.cache
def load(organisation: str, lang: str) -> Scorecard:
    return load_scorecard(organisation, dict(CARDS)[organisation], lang=lang, project=ROOT)


@pytest.fixture(scope="session")
def card() -> Callable[[str, str], Scorecard]:
    """A scorecard by organisation and language."""
    return load


@functools.cache
def shown(organisation: str, lang: str) -> dict[str, Any]:
    found = load(organisation, lang)
    return {name: getattr(figures, name)(found) for name in figures.__all__}


@pytest.fixture(scope="session")
def show() -> Callable[[str, str], dict[str, Any]]:
    """Everything a notebook can show of a scorecard, by the name of its function."""
    return shown


@pytest.fixture(scope="session")
def every() -> list[Figure]:
    """Every figure of every scorecard in every language."""
    return [
        each
        for organisation, _ in CARDS
        for lang in LANGUAGES
        for each in shown(organisation, lang).values()
        if isinstance(each, Figure)
    ]


def _values(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if isinstance(part.get("data"), dict):
            yield from part["data"].get("values", [])
        for each in part.values():
            yield from _values(each)
    elif isinstance(part, list):
        for each in part:
            yield from _values(each)


@pytest.fixture(scope="session")
def values() -> Callable[[Figure], list[dict[str, Any]]]:
    """All rows of data that a chart draws."""
    return lambda figure: list(_values({"layer": figure.spec["layer"]}))
