"""A cell becomes a value of its column's type, or a fault that says what would be right."""

from __future__ import annotations

import datetime
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorelib.data.cells import Fault, cast, is_bound
from scorelib.data.package import TYPES, Field

DAY = datetime.date(2024, 2, 29)


def fault(text: str, field: Field, missing: tuple[str, ...] = ("",)) -> Fault:
    found = cast(text, field, missing)
    assert isinstance(found, Fault), found
    return found


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("string", " as it stands ", " as it stands "),
        ("string", "NA", "NA"),
        ("string", "a\u2028b\nc", "a\u2028b\nc"),
        ("any", "5", "5"),
        ("integer", "2024", 2024),
        ("integer", "-007", -7),
        ("integer", "+3", 3),
        ("integer", "9" * 18, 999_999_999_999_999_999),
        ("number", "1234.5", 1234.5),
        ("number", "-.5", -0.5),
        ("number", "5.", 5.0),
        ("number", "1e-3", 0.001),
        ("boolean", "true", True),
        ("boolean", "FALSE", False),
        ("boolean", "1", True),
        ("boolean", "0", False),
        ("date", "2024-02-29", DAY),
        ("year", "0999", 999),
    ],
)
def test_each_type_reads_its_own_form(kind: Any, text: str, value: object) -> None:
    found = cast(text, Field("cell", kind))
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "1.0"),
        ("integer", "1_000"),
        ("integer", "9" * 19),
        ("integer", "\u0663"),
        ("integer", "5\n"),
        ("number", "NaN"),
        ("number", "INF"),
        ("number", "-Infinity"),
        ("number", "1e999"),
        ("number", "."),
        ("number", "e5"),
        ("number", "1,000"),
        ("number", "\u22125"),
        ("number", " 5"),
        ("boolean", "yes"),
        ("boolean", "tRUE"),
        ("date", "2023-02-29"),
        ("date", "2024-1-5"),
        ("date", "29-02-2024"),
        ("date", "20240229"),
        ("date", "2024-W09-4"),
        ("date", "0000-01-01"),
        ("date", "2024-02-29\n"),
        ("year", "24"),
    ],
)
def test_anything_else_is_refused_and_the_right_form_is_shown(kind: Any, text: str) -> None:
    found = fault(text, Field("cell", kind))
    assert found.rule == "type"
    assert found.problem == f"this is no {kind}"
    assert "such as" in found.remedy or found.remedy == "write true or false"


@pytest.mark.parametrize(
    ("text", "meant"),
    [("1,234.5", "1234.5"), ("12,345,678", "12345678"), ("1.234,5", "1234.5"), ("2,5", "2.5")],
)
def test_an_english_or_a_dutch_amount_is_shown_as_it_should_be_written(text: str, meant: str) -> None:
    assert fault(text, Field("amount", "number")).remedy.endswith(f"; was {meant} meant?")


def test_spaces_around_an_amount_are_told_as_such() -> None:
    assert fault("5 ", Field("amount", "number")).remedy.endswith("; take the spaces out")


def test_a_missing_cell_is_none_unless_it_is_required() -> None:
    assert cast("", Field("cell", "number")) is None
    assert cast("-", Field("cell", "number"), ("", "-")) is None
    assert cast("NA", Field("cell", "string")) == "NA"
    assert fault("", Field("cell", "string", required=True)).rule == "required"
    assert fault("-", Field("cell", "date", required=True), ("", "-")).rule == "required"


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        (Field("cell", "date", required=True), "it must hold: a date as year-month-day, such as 2024-11-01"),
        (Field("cell", "string", required=True, enum=("high", "low")), "it must hold: high or low"),
        (Field("cell", "string", "Short name.", required=True), "it must hold: short name"),
        (Field("cell", "string", required=True), "it must hold: a text"),
    ],
)
def test_an_empty_required_cell_says_what_it_must_hold(field: Field, wanted: str) -> None:
    assert fault("", field).remedy == wanted


def test_a_word_that_is_not_allowed_is_answered_with_the_nearest_that_is() -> None:
    field = Field("basis", "string", enum=("voluntary", "total"))
    assert cast("total", field) == "total"
    assert fault("volutary", field) == Fault(
        "this word is not allowed", "write voluntary or total; was voluntary meant?", "enum", "volutary"
    )
    assert fault("zzz", field).remedy == "write voluntary or total"


@pytest.mark.parametrize(
    ("kind", "allowed", "text"),
    [("number", "1", "1.0"), ("integer", "7", "007"), ("boolean", "True", "1"), ("number", "1.50", "1.5")],
)
def test_an_allowed_value_may_be_written_in_another_way(kind: Any, allowed: str, text: str) -> None:
    assert not isinstance(cast(text, Field("cell", kind, enum=(allowed,))), Fault)


@pytest.mark.parametrize(
    ("kind", "bounds", "within", "beyond"),
    [
        ("integer", ("1", "12"), ("1", "12"), ("0", "13")),
        ("number", ("0", "4"), ("0", "4.00", "-0.0"), ("-0.01", "4.01")),
        ("number", ("0.1", "0.3"), ("0.1", "0.3"), ("0.09", "0.31")),
        ("date", ("2024-01-01", "2024-12-31"), ("2024-01-01", "2024-12-31"), ("2023-12-31", "2025-01-01")),
        ("year", ("1945", "2100"), ("1945", "2100"), ("1944", "2101")),
    ],
)
def test_bounds_are_part_of_what_is_allowed(
    kind: Any, bounds: tuple[str, str], within: tuple[str, ...], beyond: tuple[str, str]
) -> None:
    field = Field("cell", kind, minimum=bounds[0], maximum=bounds[1])
    assert not [text for text in within if isinstance(cast(text, field), Fault)]
    low, high = (fault(text, field) for text in beyond)
    assert (low.rule, low.remedy) == ("minimum", f"it must be at least {bounds[0]}")
    assert (high.rule, high.remedy) == ("maximum", f"it must be at most {bounds[1]}")


def test_a_pattern_holds_for_the_whole_cell_and_is_told_in_words() -> None:
    field = Field("code", "string", "ISO 4217 code.", pattern="[A-Z]{3}|XX")
    assert cast("USD", field) == "USD"
    for text in ("usd", "USDT", "XXX ", "USD\n"):
        assert fault(text, field) == Fault(
            "this is not of the right form", "write: ISO 4217 code", "pattern", text
        )


def test_a_value_that_only_breaks_a_rule_is_kept_beside_the_fault() -> None:
    assert fault("0", Field("cell", "integer", minimum="1")).value == 0
    assert fault("x", Field("cell", "integer", minimum="1")).value is None


def test_only_numbers_and_dates_have_bounds() -> None:
    assert is_bound("4", "integer")
    assert is_bound("4.5", "number")
    assert is_bound("2024-02-29", "date")
    assert not is_bound("2023-02-29", "date")
    assert not is_bound("NaN", "number")
    assert not is_bound("inf", "number")
    assert not is_bound("1", "string")
    assert not is_bound("1", "boolean")


@given(st.text(), st.sampled_from(TYPES))
def test_no_text_is_too_odd_for_any_type(text: str, kind: Any) -> None:
    found = cast(text, Field("cell", kind, required=True))
    assert found is not None


@given(st.floats(-1e17, 1e17))
def test_a_number_is_read_as_it_was_written(value: float) -> None:
    assert cast(repr(value), Field("cell", "number")) == value


@given(st.dates())
def test_a_date_is_read_as_it_was_written(value: datetime.date) -> None:
    assert cast(value.isoformat(), Field("cell", "date")) == value


@given(st.text(alphabet="0123456789+-.,eE \u00a0_nifaN"))
def test_a_number_is_finite_or_it_is_none(text: str) -> None:
    found = cast(text, Field("cell", "number"))
    assert found is None or isinstance(found, Fault) or math.isfinite(found)
