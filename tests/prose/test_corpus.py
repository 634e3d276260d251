"""On labelled sentences, the figure check is as often right as it has to be; see benchmarks/RESULTS.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from benchmarks.corpus import GRAVE, Sentence, judged, sentences, tally
from benchmarks.figures import CORPUS, PARTS, PRECISION, RECALL

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.corpus import Judged

LANGUAGES = ("nl", "en")
LEAST = 150
"""Sentences of each language."""


@pytest.fixture(scope="module")
def corpus() -> dict[str, list[Sentence]]:
    return {part: sentences(CORPUS / part) for part in PARTS}


@pytest.fixture(scope="module")
def results(corpus: dict[str, list[Sentence]], root: Path) -> dict[str, list[Judged]]:
    return {part: judged(each, root) for part, each in corpus.items()}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_there_are_enough_sentences_and_half_of_them_are_wrong(
    corpus: dict[str, list[Sentence]], lang: str
) -> None:
    every = [each for part in corpus.values() for each in part if each.lang == lang]
    assert len(every) >= LEAST
    assert 0.45 <= sum(bool(each.kinds) for each in every) / len(every) <= 0.6


def test_no_sentence_that_it_is_tuned_on_is_among_the_others(corpus: dict[str, list[Sentence]]) -> None:
    tuned = {each.text for each in corpus["tuning"]}
    assert not tuned & {each.text for each in corpus["held-out"]}


@pytest.mark.parametrize("kind", [" and ".join(GRAVE), *GRAVE])
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_what_stops_a_report_is_found_and_is_seldom_wrong(
    results: dict[str, list[Judged]], part: str, lang: str, kind: str
) -> None:
    own = [each for each in results[part] if each.sentence.lang == lang]
    counts = tally(own)[kind]
    wrong = [
        (each.sentence.place, found.value) for each in own for found in each.false if found.rule in GRAVE
    ]
    missed = [each.sentence.place for each in own if each.sentence.kinds and not each.found]
    assert PRECISION.reached(counts.precision), wrong
    assert RECALL.reached(counts.recall), missed


@pytest.mark.parametrize("part", PARTS)
def test_warnings_are_found_and_mostly_right(results: dict[str, list[Judged]], part: str) -> None:
    counts = tally(results[part])
    for kind in ("unbacked", "stale"):
        assert counts[kind].recall >= RECALL.bound
        assert counts[kind].precision >= 0.75
