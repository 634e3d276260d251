"""What stands between braces in a text reaches no Python, and no more time or memory than there is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from scorelib.data.scorecard import load_scorecard
from scorelib.document.markdown import parse
from scorelib.errors import DataError
from scorelib.prose.texts import fill

if TYPE_CHECKING:
    from pathlib import Path

    from scorelib.data.scorecard import Scorecard

REFUSED = [
    "{{ ''.__class__.__mro__ }}", "{{ usd.__globals__ }}", "{{ ''|attr('__class__') }}",
    "{% include '/etc/passwd' %}", "{% import 'os' as o %}", "{% extends name %}",
    "{{ lipsum.__globals__ }}", "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ 'a' * 10**9 }}", "{{ 9**9**9**9 }}", "{{ lipsum(n=100000) }}",
    "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "{% for a in [1] %}" * 25 + "x" + "{% endfor %}" * 25,
    "{{ '{0.x}'.format(1) }}", "{{ '{}'.format() }}", "{{ 'x'.encode('nope') }}",
    "{{ 'x'.center(2000000000) }}", "{{ '%2000000000d' % 1 }}",
    "{{ 'a'" + "|replace('a','aaaaaaaaaa')" * 10 + " }}",
    "{{ " + "(" * 5000 + " }}", "{{ " + "-" * 5000 + "1 }}", "{{ 9" + "9" * 5000 + " }}",
    "{{ usd }}", "{{ usd() }}", "{{ usd({}) }}", "{{ fact([]) }}", "{{ revenue(10**30) }}",
    "{% set x = namespace() %}", "{% set a = 'x' %}{% set a = a ~ a %}", "{{ [].append(1) }}",
    "{{ range(100000000) }}", "{% filter upper %}x{% endfilter %}", "{% call usd() %}{% endcall %}",
    "{{ 1/0 }}", "{{", "{% if %}", "{{ usd(*[1]) }}", "{{ usd(**x) }}",
]  # fmt: skip


@pytest.fixture(scope="module")
def iom(root: Path) -> Scorecard:
    return load_scorecard("iom", 2024, project=root)


@pytest.mark.parametrize("text", REFUSED, ids=[f"{n}: {each[:30]}" for n, each in enumerate(REFUSED)])
def test_what_a_text_has_no_use_for_is_refused_with_its_file_at_once(iom: Scorecard, text: str) -> None:
    begun = time.process_time()
    with pytest.raises(DataError, match=r"^text\.md"):
        fill(text, "text.md", iom)
    assert time.process_time() - begun < 2


def test_conditions_loops_and_sums_of_years_are_what_a_text_may_say(iom: Scorecard) -> None:
    text = "{% for y in range(2021, 2023) %}{{ y }}{% if not loop.last %}, {% endif %}{% endfor %}"
    assert fill(text + " {{ data_year - 1 }}", "text.md", iom) == "2021, 2022 2022"


def test_a_text_that_prints_without_end_is_stopped(iom: Scorecard) -> None:
    with pytest.raises(DataError, match="more than 200,000 characters"):
        fill("{% for i in range(200) %}" + "x" * 2000 + "{{ i }}{% endfor %}", "text.md", iom)


def test_a_heading_of_many_spaces_takes_no_square_of_time() -> None:
    begun = time.process_time()
    parse("# a" + " " * 100_000 + "x {#sec-a}")
    assert time.process_time() - begun < 5
