from __future__ import annotations

import pandas as pd
import pytest

from scorelib.errors import DataError, UsageError
from scorelib.scoring.relevance import SCALE, WORDS, Rating, at_least, counts, rated


def themes() -> pd.DataFrame:
    names = ["migration", "health", "water"]
    return pd.DataFrame(
        {
            "id": names,
            "position": [2, 1, 3],
            "title_nl": [f"nl {name}" for name in names],
            "title_en": [f"en {name}" for name in names],
        }
    )


def relevance(ratings: list[tuple[str, str]], year: int | list[int] = 2024) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "organisation": "iom",
            "year": year,
            "theme": pd.Series([theme for theme, _ in ratings], dtype="str"),
            "rating": pd.Series([rating for _, rating in ratings], dtype="str"),
            "source": pd.Series(["s"] * len(ratings), dtype="str"),
        }
    )


def test_the_four_words_are_in_order() -> None:
    assert [str(word) for word in pd.Series(WORDS, dtype=SCALE).sort_values()] == [
        "not-relevant",
        "slightly-relevant",
        "relevant",
        "highly-relevant",
    ]


def test_themes_stand_in_their_order_and_a_missing_rating_is_shown_as_missing() -> None:
    found = rated(relevance([("water", "not-relevant"), ("migration", "highly-relevant")]), themes())
    assert list(found["theme"]) == ["health", "migration", "water"]
    assert list(found["rating"].isna()) == [True, False, False]
    assert list(found["rating"] > "not-relevant") == [False, True, False]
    assert list(found["source"].isna()) == [True, False, False]
    assert found["rating"].dtype == SCALE


def test_an_organisation_without_ratings_shows_every_theme() -> None:
    found = rated(relevance([]), themes())
    assert len(found) == 3
    assert found["rating"].isna().all()


def test_the_words_are_counted_and_what_is_missing_is_not() -> None:
    found = rated(relevance([("water", "relevant"), ("migration", "relevant")]), themes())
    assert counts(found).to_dict() == dict.fromkeys(WORDS, 0) | {"relevant": 2}
    assert list(counts(found).index) == list(WORDS)


@pytest.mark.parametrize("other", WORDS)
@pytest.mark.parametrize("rating", WORDS)
def test_at_least_follows_the_order(rating: Rating, other: Rating) -> None:
    scale = pd.Series([rating, other], dtype=SCALE)
    assert at_least(rating, other) is bool(scale.cat.codes[0] >= scale.cat.codes[1])


def test_what_was_not_rated_is_at_least_nothing() -> None:
    assert not at_least(None, "not-relevant")
    assert not at_least(float("nan"), "not-relevant")


def test_another_word_is_refused() -> None:
    with pytest.raises(UsageError, match="no rating of relevance"):
        at_least("very", "relevant")


def test_all_that_is_wrong_with_ratings_comes_at_once() -> None:
    wrong = [
        ("water", "very"),
        ("space", "relevant"),
        ("health", "relevant"),
        ("health", "relevant"),
    ]
    with pytest.raises(DataError) as caught:
        rated(relevance(wrong), themes())
    assert [(found.value, found.rule) for found in caught.value.findings] == [
        ("very", "enum"),
        ("space", "foreign-key"),
        ("health", "primary-key"),
    ]


def test_ratings_of_two_years_are_not_mixed() -> None:
    two = relevance([("water", "relevant"), ("health", "relevant")], [2023, 2024])
    with pytest.raises(UsageError, match="several reports"):
        rated(two, themes())
