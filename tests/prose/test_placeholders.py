"""Plain placeholders are filled in without Jinja, and never otherwise than Jinja would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorelib.data.scorecard import load_scorecard
from scorelib.document.origin import private
from scorelib.prose import texts
from scorelib.prose.comments import without_comments
from scorelib.prose.inline import names
from scorelib.prose.placeholders import filled

ROOT = Path(__file__).parents[2]


def usd(donor: str, year: int, basis: str = "voluntary") -> str:
    if year == 0:
        message = "no such year"
        raise ValueError(message)
    return f"{donor!r} {year!r} {basis!r}"


NAMES: dict[str, Any] = {"usd": usd, "year": 2024, "name": "Fonds {{ year }} \N{EURO SIGN}"}

PIECES = st.sampled_from(
    [
        "Text \N{EURO SIGN}. ", "\n", "\n\n", "{", "}", "{{", "}}", "{%", "%}", "{#sec-a}", "{##", "##}",
        "\\", "{{ year }}", "{{name}}", "{{ usd }}", "{{ none }}",
        "{{ nobody }}", "{{ year() }}", "{{- year -}}",
        "{{ year + 1 }}", "{{ name | upper }}", '{{ usd("NL", 2023) }}', "{{ usd('NL',2023, basis='x') }}",
        '{{ usd("NL", 0) }}', '{{ usd("NL", 01) }}', '{{ usd("NL", 2_023) }}', '{{ usd("NL") }}',
        '{{ usd(year=1, donor="a,b = c") }}', '{{ usd(donor="a", 2023) }}',
        '{{ usd("a", donor="b", year=1) }}',
        '{{ usd("a\\n", 1) }}', '{{ usd("NL", 2023,) }}', '{{ usd( "NL" , 2023 ) }}',
        '{{ usd("NL", year) }}',
        "{{ usd('\N{EURO SIGN}\"', 1) }}", "{{ usd(,) }}", "{{ usd() }}", "{{ usd(1 2) }}",
        "{% if year %}x{% endif %}",
    ]
)  # fmt: skip


def by_jinja(text: str, known: dict[str, Any]) -> str | None:
    try:
        return texts._environment().from_string(text, known).render()
    except (jinja2.TemplateError, TypeError, ValueError):
        return None


@settings(deadline=None, max_examples=400)
@given(st.lists(PIECES, max_size=5).map("".join))
def test_what_is_filled_in_is_what_jinja_fills_in(text: str) -> None:
    made = filled(text, NAMES, texts._printed)
    assert made is None or made == by_jinja(text, NAMES)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("{#sec-x} 5 {% 6", None),
        ("{{ year }}\n", "2024\n"),
        ("{{ usd('NL', 2023, basis=\"total\") }}.", "'NL' 2023 'total'."),
        ('{{ usd("NL", 0) }}', None),
        ("{{{ year }}", None),
        ("a\r\nb", None),
    ],
)
def test_only_plain_placeholders_are_filled_in(text: str, made: str | None) -> None:
    assert filled(text, NAMES, texts._printed) == made


def test_every_text_of_the_data_is_plain_and_reads_as_jinja_has_it() -> None:
    count = 0
    for organisation in ("voorbeeld", "iom"):
        card = load_scorecard(organisation, 2024, project=ROOT)
        for path in texts.text_files(ROOT, organisation, 2024, "nl"):
            text, known = private(without_comments(path.read_text("utf-8"))), dict(names(card))
            made = filled(text, known, texts._printed)
            assert made is not None, path
            assert made == by_jinja(text, known), path
            count += "{{" in text
    assert count > 10
