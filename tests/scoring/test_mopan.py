from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from scorelib.errors import DataError, UsageError
from scorelib.scoring.mopan import (
    Assessment,
    band_of,
    compare,
    score_tree,
    strongest,
    weakest,
)

LOWEST_FIRST = ("highly-unsatisfactory", "unsatisfactory", "satisfactory", "highly-satisfactory")
BREAKS = {"3.0": (1, 2, 3), "3.0*": (1.5, 2.5, 3.5), "3.1": (1.5, 2.5, 3.5)}
INDICATORS = {"1": ["1.1", "1.2", "1.10"], "2": ["2.1"], "9": ["9.1", "9.2"]}

Scores = dict[str, str]
relaxed = settings(deadline=None, max_examples=60)


def bands(framework: str = "3.1") -> pd.DataFrame:
    ends = [-0.01, *BREAKS[framework], 4.0]
    return pd.DataFrame(
        {
            "framework": framework,
            "band": LOWEST_FIRST,
            "minimum": [round(end + 0.01, 2) for end in ends[:-1]],
            "maximum": [float(end) for end in ends[1:]],
            "title_nl": [f"nl {band}" for band in LOWEST_FIRST],
            "title_en": [f"en {band}" for band in LOWEST_FIRST],
        }
    )


def framework(name: str = "3.1", listed: tuple[str, ...] = ()) -> pd.DataFrame:
    rows: list[tuple[str, str, str | None]] = []
    for kpi, indicators in INDICATORS.items():
        rows.append((kpi, "kpi", None))
        for code in indicators:
            rows.append((code, "mi", kpi))
            rows += [(element, "element", code) for element in listed if element.rpartition(".")[0] == code]
    codes, levels, parents = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "framework": name,
            "code": codes,
            "level": levels,
            "parent": pd.Series(parents, dtype="str"),
            "area": ["results" if code[0] == "9" else "strategic-management" for code in codes],
            "position": range(1, len(rows) + 1),
            "title_nl": [f"nl {code}" for code in codes],
            "title_en": [f"en {code}" for code in codes],
        }
    )


def rows(scores: Scores, confidence: Scores | None = None) -> pd.DataFrame:
    stated = confidence or {}
    return pd.DataFrame(
        {
            "assessment": pd.Series(["one"] * len(scores), dtype="str"),
            "code": pd.Series(list(scores), dtype="str"),
            "score": pd.Series(list(scores.values()), dtype="str"),
            "confidence": pd.Series([stated.get(code) for code in scores], dtype="str"),
        }
    )


def tree(scores: Scores, confidence: Scores | None = None, *, name: str = "3.1") -> pd.DataFrame:
    return score_tree(framework(name), rows(scores, confidence), bands(name))


def at(table: pd.DataFrame, code: str) -> dict[str, Any]:
    (found,) = table[table["code"] == code].to_dict("records")
    return {str(column): value for column, value in found.items()}


def coverage(table: pd.DataFrame, code: str) -> tuple[int, int, int]:
    row = at(table, code)
    return row["scored"], row["applicable"], row["parts"]


NUMBERS = st.one_of(st.integers(0, 4).map(str), st.integers(0, 400).map(lambda cents: f"{cents / 100:.2f}"))
WORDS = st.sampled_from(["N/E", "N/A"])
MARKS = st.one_of(NUMBERS, WORDS)


@st.composite
def assessments(draw: st.DrawFn, marks: st.SearchStrategy[str] = MARKS) -> Scores:
    """Every micro-indicator is left out, scored directly, or scored by up to five elements."""
    found: Scores = {}
    for code in (code for codes in INDICATORS.values() for code in codes):
        elements = draw(st.lists(marks, max_size=5))
        if elements:
            found |= {f"{code}.{n}": mark for n, mark in enumerate(elements, start=1)}
        elif draw(st.booleans()):
            found[code] = draw(marks)
    return found


# What the mean is


def test_a_micro_indicator_is_the_mean_of_its_elements() -> None:
    found = at(tree({"1.1.1": "4", "1.1.2": "3", "1.1.3": "3"}), "1.1")
    assert found["score"] == pytest.approx(10 / 3)
    assert found["printed"] == 3.33
    assert (found["state"], found["direct"]) == ("scored", False)


def test_a_kpi_is_the_unweighted_mean_of_its_micro_indicators() -> None:
    found = tree({"1.1.1": "4", "1.1.2": "4", "1.1.3": "4", "1.2.1": "1"})
    assert at(found, "1")["score"] == 2.5  # and not 13 / 4


def test_micro_indicators_of_results_are_scored_directly() -> None:
    found = tree({"9.1": "3", "9.2": "2"})
    assert at(found, "9.1")["direct"]
    assert at(found, "9")["score"] == 2.5
    assert coverage(found, "9.1") == (0, 0, 0)
    assert coverage(found, "9") == (2, 2, 2)


def test_a_kpi_that_was_published_without_its_parts_has_its_score_and_no_coverage() -> None:
    found = tree({"2": "3.2"})
    assert (at(found, "2")["score"], at(found, "2")["direct"]) == (3.2, True)
    assert coverage(found, "2") == (0, 1, 1)


def test_the_mean_of_a_kpi_is_taken_from_unrounded_parts() -> None:
    thirds = {f"1.{mi}.{n}": "1" if n == 1 else "0" for mi in (1, 2, 10) for n in (1, 2, 3)}
    found = at(tree(thirds), "1")
    assert found["score"] == 1 / 3  # three floats of 1/3 need not add up to 1
    assert found["printed"] == 0.33


@relaxed
@given(assessments(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_bit(scores: Scores, random: Any) -> None:
    seed = random.randrange(2**32)
    tables = (framework(), rows(scores), bands())
    shuffled = (table.sample(frac=1, random_state=seed) for table in tables)
    assert_frame_equal(score_tree(*tables), score_tree(*shuffled), check_exact=True)


@relaxed
@given(assessments())
def test_a_mean_lies_between_the_lowest_and_the_highest_of_its_parts(scores: Scores) -> None:
    found = tree(scores)
    scored = found[found["score"].notna()]
    assert scored["score"].between(0, 4).all()
    for whole in scored[~scored["direct"]].to_dict("records"):
        parts = scored[scored["parent"] == whole["code"]]["score"]
        assert parts.min() <= whole["score"] <= parts.max()


@relaxed
@given(assessments())
def test_means_are_exact_before_they_are_printed(scores: Scores) -> None:
    found = tree(scores)
    for code in ("1.1", "9.2"):
        elements = [
            Fraction(score)
            for name, score in scores.items()
            if name.startswith(f"{code}.") and score not in ("N/E", "N/A")
        ]
        if elements:
            assert at(found, code)["score"] == float(sum(elements) / len(elements))


@relaxed
@given(assessments(), st.data())
def test_a_better_element_makes_nothing_worse(scores: Scores, data: st.DataObject) -> None:
    numbers = sorted(code for code, score in scores.items() if score not in ("N/E", "N/A"))
    if not numbers:
        return
    code = data.draw(st.sampled_from(numbers))
    better = data.draw(NUMBERS.filter(lambda score: float(score) >= float(scores[code])))
    before, after = tree(scores), tree(scores | {code: better})
    assert (after["score"].fillna(0) >= before["score"].fillna(0)).all()
    rank = {band: place for place, band in enumerate(LOWEST_FIRST)}
    assert (after["band"].map(rank).fillna(0) >= before["band"].map(rank).fillna(0)).all()


# What leaves it


@relaxed
@given(assessments(NUMBERS), st.sampled_from(["1.1", "2.1", "9.2"]), WORDS)
def test_what_has_no_evidence_or_does_not_apply_never_counts(scores: Scores, code: str, word: str) -> None:
    scores = {name: score for name, score in scores.items() if name != code}
    before = tree(scores)
    after = tree(scores | {f"{code}.99": word})
    after = after[after["code"] != f"{code}.99"]
    assert list(after["score"].fillna(-1)) == list(before["score"].fillna(-1))
    assert list(after["band"].fillna("")) == list(before["band"].fillna(""))
    scored, applicable, parts = coverage(before, code)
    more = 1 if word == "N/E" else 0
    assert coverage(after, code) == (scored, applicable + more, parts + 1)


def test_only_a_zero_is_a_zero() -> None:
    assert at(tree({"1.1.1": "0", "1.1.2": "4"}), "1.1")["score"] == 2
    assert at(tree({"1.1.1": "N/E", "1.1.2": "4"}), "1.1")["score"] == 4
    assert at(tree({"1.1.1": "N/A", "1.1.2": "4"}), "1.1")["score"] == 4


@pytest.mark.parametrize(
    ("marks", "state"),
    [
        (["N/A", "N/A"], "N/A"),
        (["N/A", "N/E"], "N/E"),
        (["N/E"], "N/E"),
        (["N/E", "0"], "scored"),
        ([], "none"),
    ],
)
def test_the_state_says_why_there_is_no_score(marks: list[str], state: str) -> None:
    found = at(tree({f"2.1.{n}": mark for n, mark in enumerate(marks, 1)}), "2.1")
    assert found["state"] == state
    assert math.isnan(found["score"]) is (state != "scored")
    assert pd.isna(found["band"]) is (state != "scored")


def test_a_kpi_takes_its_state_from_its_micro_indicators() -> None:
    found = tree({"1.1": "N/A", "1.2": "N/A", "1.10": "N/A", "9.1": "N/E", "9.2": "N/A"})
    assert at(found, "1")["state"] == "N/A"
    assert at(found, "9")["state"] == "N/E"
    assert at(found, "2")["state"] == "none"
    assert at(tree({"1.1": "N/A"}), "1")["state"] == "none"  # the others may yet apply


def test_coverage_stands_beside_every_mean() -> None:
    found = tree({"1.1.1": "3", "1.1.2": "N/E", "1.1.3": "N/A", "1.2": "2"})
    assert coverage(found, "1.1") == (1, 2, 3)
    assert coverage(found, "1") == (2, 3, 3)  # 1.10 was not rated


def test_an_assessment_without_scores_shows_every_indicator_and_no_score() -> None:
    found = tree({})
    assert list(found["code"]) == list(framework()["code"])
    assert found["score"].isna().all()
    assert set(found["state"]) == {"none"}
    assert found["band"].isna().all()


# The table


def test_every_indicator_is_followed_by_its_parts_in_the_order_of_the_framework() -> None:
    found = tree({"1.2.2": "1", "1.2.10": "2", "1.2.1": "3"})
    assert list(found["code"])[:7] == ["1", "1.1", "1.2", "1.2.1", "1.2.2", "1.2.10", "1.10"]
    assert list(found["position"]) == list(range(1, len(found) + 1))


def test_an_element_that_the_framework_lists_has_its_title_and_counts_when_not_rated() -> None:
    table = framework(listed=("2.1.1", "2.1.2"))
    found = score_tree(table, rows({"2.1.1": "3", "2.1.3": "4"}), bands())
    assert at(found, "2.1.1")["title_nl"] == "nl 2.1.1"
    assert pd.isna(at(found, "2.1.3")["title_nl"])
    assert coverage(found, "2.1") == (2, 3, 3)


@relaxed
@given(assessments())
def test_the_columns_have_the_same_types_whatever_the_scores(scores: Scores) -> None:
    assert tree(scores).dtypes.to_dict() == tree({"1.1": "3"}, {"1.1": "low"}).dtypes.to_dict()


def test_the_confidence_of_a_micro_indicator_is_the_lowest_of_its_elements() -> None:
    found = tree(
        {"1.1.1": "4", "1.1.2": "3", "1.1.3": "3", "1.2": "2"},
        {"1.1.1": "high", "1.1.2": "low", "1.2": "medium"},
    )
    assert at(found, "1.1")["confidence"] == "low"
    assert at(found, "1.2")["confidence"] == "medium"
    assert pd.isna(at(found, "1")["confidence"])
    assert (at(found, "1")["low"], at(found, "1.1")["low"]) == (1, 1)


# Bands


@pytest.mark.parametrize(
    ("score", "in_30", "in_31"),
    [
        (0, 0, 0),
        (1.0, 0, 0),
        (1.004, 0, 0),
        (1.005, 1, 0),
        (1.5, 1, 0),
        (1.505, 1, 1),
        (2.0, 1, 1),
        (2.005, 2, 1),
        (2.50, 2, 1),
        (2.5049, 2, 1),
        (2.505, 2, 2),
        (2.51, 2, 2),
        (3.00, 2, 2),
        (3.005, 3, 2),
        (3.5, 3, 2),
        (3.505, 3, 3),
        (4, 3, 3),
    ],
)
def test_a_band_begins_where_the_rounded_score_reaches_it(score: float, in_30: int, in_31: int) -> None:
    assert band_of(score, bands("3.0")) == LOWEST_FIRST[in_30]
    assert band_of(score, bands("3.0*")) == LOWEST_FIRST[in_31]
    assert band_of(score, bands("3.1")) == LOWEST_FIRST[in_31]


def test_a_mean_on_the_edge_falls_in_the_band_of_its_printed_score() -> None:
    edge = {f"2.1.{n}": "3" if n == 1 else "2.5025" for n in range(1, 201)}  # mean 2.5049875
    assert at(tree(edge), "2.1")["band"] == "unsatisfactory"
    edge = {"2.1.1": "2.50", "2.1.2": "2.51"}  # mean 2.505, in binary a little less
    found = at(tree(edge), "2.1")
    assert (found["printed"], found["band"]) == (2.51, "satisfactory")
    assert (found["band_nl"], found["band_en"]) == ("nl satisfactory", "en satisfactory")
    assert at(tree(edge, name="3.0"), "2.1")["band"] == "satisfactory"


@given(st.sampled_from(sorted(BREAKS)), st.integers(0, 4_000_000))
def test_every_score_has_a_band(name: str, millionths: int) -> None:
    assert band_of(millionths / 1_000_000, bands(name)) in LOWEST_FIRST


@relaxed
@given(assessments())
def test_the_band_in_the_tree_is_the_band_of_the_score(scores: Scores) -> None:
    for row in tree(scores).to_dict("records"):
        found = band_of(row["score"], bands())
        assert pd.isna(row["band"]) if found is None else row["band"] == found


def test_a_framework_without_bands_has_scores_and_no_bands() -> None:
    found = score_tree(framework("4"), rows({"2.1": "3"}), bands().iloc[:0])
    assert at(found, "2")["score"] == 3
    assert pd.isna(at(found, "2")["band"])
    assert band_of(3, bands().iloc[:0]) is None


def test_a_missing_score_has_no_band() -> None:
    assert band_of(None, bands()) is None
    assert band_of(float("nan"), bands()) is None


def test_a_hole_in_the_bands_is_reported_and_not_filled() -> None:
    with pytest.raises(DataError, match="falls in no band"):
        band_of(2.2, bands().drop(index=1))


# What is refused


def test_a_score_and_elements_of_the_same_indicator_are_refused() -> None:
    with pytest.raises(DataError, match=r"'1\.1': has a score of its own") as caught:
        tree({"1.1": "3", "1.1.1": "4", "2": "1", "2.1.1": "N/E"})
    assert [found.value for found in caught.value.findings] == ["1.1", "2"]


def test_all_that_is_wrong_with_scores_comes_at_once() -> None:
    wrong = rows({"1.1": "5", "1.2": "nan", "7.7": "3", "2.9": "1", "9.1": "3", "1.10": "2"})
    wrong.loc[wrong["code"] == "9.1", "confidence"] = "fair"
    wrong = pd.concat([wrong, rows({"1.10": "2"})])
    with pytest.raises(DataError) as caught:
        score_tree(framework(), wrong, bands())
    found = {(finding.value, finding.rule) for finding in caught.value.findings}
    assert found == {
        ("1.1 = 5", "pattern"),
        ("1.2 = nan", "pattern"),
        ("7.7", "indicator"),
        ("2.9", "indicator"),
        ("9.1 = fair", "enum"),
        ("1.10", "primary-key"),
    }


def test_a_part_of_nothing_is_refused() -> None:
    table = framework()
    with pytest.raises(DataError, match="which the framework does not have"):
        score_tree(table[table["code"] != "2"], rows({}), bands())


def test_frameworks_and_assessments_are_not_mixed() -> None:
    with pytest.raises(UsageError, match=r"several frameworks \(3.0, 3.1\)"):
        score_tree(framework("3.1"), rows({}), bands("3.0"))
    two = rows({"1.1": "3", "1.2": "3"}).assign(assessment=["one", "two"])
    with pytest.raises(UsageError, match="several assessments"):
        score_tree(framework(), two, bands())


# Strongest and weakest


def test_the_strongest_and_the_weakest_are_micro_indicators_with_a_score() -> None:
    found = tree({"1.1": "3", "1.2": "1", "1.10": "3", "2.1": "N/E", "9.1.1": "4", "9.1.2": "3"})
    assert list(strongest(found, 3)["code"]) == ["9.1", "1.1", "1.10"]
    assert list(weakest(found, 2)["code"]) == ["1.2", "1.1"]
    assert list(weakest(found, 99)["code"]) == ["1.2", "1.1", "1.10", "9.1"]
    assert strongest(found, 0).empty
    with pytest.raises(UsageError, match="0 or more"):
        weakest(found, -1)


# Comparison


def assessed(name: str, organisation: str, scores: Scores, *, method: str = "3.1") -> Assessment:
    return Assessment(name, organisation, method, tree(scores, name=method))


def test_a_comparison_across_methodologies_is_refused_and_says_why() -> None:
    old = assessed("iom-2018", "iom", {"1.1": "3"}, method="3.0*")
    new = assessed("iom-2023", "iom", {"1.1": "3"})
    with pytest.raises(UsageError, match="methodologies differ") as caught:
        compare(old, new)
    assert "3.0*" in str(caught.value)
    assert "3.1" in str(caught.value)


def test_an_adapted_framework_under_the_same_name_is_refused() -> None:
    whole = assessed("a", "iom", {})
    part = Assessment("b", "unhcr", "3.1", whole.tree[whole.tree["code"] != "9.2"])
    with pytest.raises(UsageError, match=r"different indicators \(9.2\)"):
        compare(whole, part)


def test_a_comparison_across_organisations_carries_the_ministry_s_caution() -> None:
    one = assessed("iom-2023", "iom", {"1.1": "2.9", "1.2.1": "3"})
    two = assessed("unhcr-2024", "unhcr", {"1.1": "3.1", "2.1": "1"})
    found = compare(one, two)
    assert found.caution == "other-organisation"
    assert at(found.table, "1.1")["difference"] == 0.2
    assert math.isnan(at(found.table, "1.2")["difference"])
    assert (at(found.table, "2.1")["state_first"], at(found.table, "2.1")["state_second"]) == (
        "none",
        "scored",
    )
    assert "1.2.1" not in set(found.table["code"])


def test_an_earlier_assessment_of_the_same_methodology_carries_its_own_caution() -> None:
    first, second = assessed("iom-2020", "iom", {}), assessed("iom-2023", "iom", {})
    assert compare(first, second).caution == "earlier-assessment"
    assert compare(first, first).caution is None


@relaxed
@given(assessments(), assessments())
def test_a_difference_is_that_of_the_printed_scores(first: Scores, second: Scores) -> None:
    found = compare(assessed("a", "x", first), assessed("b", "y", second)).table
    back = compare(assessed("b", "y", second), assessed("a", "x", first)).table
    assert list(found["difference"].fillna(9)) == list((-back["difference"]).fillna(9))
    off = found["printed_second"] - found["printed_first"] - found["difference"]
    assert (off.abs().fillna(0) < 1e-9).all()
