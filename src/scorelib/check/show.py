"""What a check has found, for machines: JSON of our own and SARIF; imports errors, prints nothing."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from scorelib.errors import SEVERITIES, Diagnostic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scorelib.check.project import Checked
    from scorelib.errors import Finding

__all__ = ["RULES", "everything", "summary", "to_json", "to_sarif"]

RULES = {
    "contradiction": "A number in a text differs from the data, or from another text, beyond its rounding.",
    "arithmetic": "A number does not follow from others beside it, or is a share of no named whole.",
    "unbacked": "A number that nothing in the data supports.",
    "stale": "A fact, a word or a date that is out of date, or will be.",
    "acceptance": "An acceptance without a source or a date, or one that nothing needs any more.",
    "language": "A chapter or a number that one language lacks.",
    "texts": "A report without texts, or a text that nothing prints.",
    "footnotes": "A footnote without its mark, or a mark without its footnote.",
    "links": "A link or a reference that leads nowhere.",
    "sums": "What donors gave does not add up to the revenue.",
    "ranks": "A rank that is shared, missing or uncertain.",
    "relevance": "A report whose relevance is not rated.",
    "scores": "A report without an assessment or without its scores.",
    "negative": "A negative core contribution: a refund or a correction.",
    "lumpy": "Core contributions that are booked for several years at once.",
    "data": "The data are wrong, or a text cannot be read or filled in.",
}
"""Every rule of a check, in a sentence; all rules of the data are one here."""

SARIF = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


PLACE = re.compile(r"(.*?)(?::([0-9]{1,9}))?(?::([0-9]{1,9}))?", re.DOTALL)
"""File, line and column; a name of a file may have colons too."""


def everything(checked: Checked) -> list[Diagnostic]:
    """All that was found, errors of the data among it, the gravest first."""
    found = [*(_of_data(finding) for finding in checked.errors), *checked.findings]
    return sorted(found, key=lambda each: (SEVERITIES.index(each.severity), each))


def _of_data(finding: Finding) -> Diagnostic:
    """An error of the data; its tables are named from the data folder on."""
    file = finding.file if finding.file.startswith("data/") else f"data/{finding.file}"
    problem = f"in column {finding.column}: {finding.problem}" if finding.column else finding.problem
    return Diagnostic(file, finding.row, 0, "error", "data", finding.value, problem, finding.remedy)


def summary(checked: Checked) -> str:
    """What was looked at and what was found, in a line or two."""
    counts = Counter(each.severity for each in everything(checked))
    found = ", ".join(_counted(counts[each], each) for each in SEVERITIES if counts[each]) or "no findings"
    numbers = checked.numbers
    total = sum(numbers.values())
    known = [numbers.get(state, 0) for state in ("computed", "agrees", "nothing")]
    looked = f"{checked.tables} tables with {checked.rows:,} rows and {checked.texts} texts: {found}"
    if not total:
        return looked
    return (
        f"{looked}\n{total} numbers in the texts: {known[0]} are right by construction, {known[1]} agree "
        f"with the data, {known[2]} claim nothing that data hold, {total - sum(known)} are not in the data; "
        f"{_counted(checked.accepted, 'acceptance')}"
    )


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count != 1 else ''}"


def to_json(checked: Checked) -> dict[str, Any]:
    """What was found, as ``scorelib check --json`` writes it."""
    found = everything(checked)
    counts = Counter(each.severity for each in found)
    return {
        "counts": {severity: counts[severity] for severity in SEVERITIES},
        "tables": checked.tables,
        "rows": checked.rows,
        "texts": checked.texts,
        "numbers": dict(sorted(checked.numbers.items())),
        "accepted": checked.accepted,
        "findings": [
            {
                "file": each.file,
                "line": each.line,
                "column": each.column,
                "severity": each.severity,
                "rule": each.rule,
                "value": each.value,
                "problem": each.problem,
                "remedy": each.remedy,
                "related": list(each.related),
            }
            for each in found
        ],
    }


def to_sarif(checked: Checked, version: str) -> dict[str, Any]:
    """What was found, as SARIF 2.1.0 for code review.

    Parameters
    ----------
    checked
        What was found.
    version
        Of scorelib.
    """
    names = sorted(RULES)
    driver = {
        "name": "scorelib",
        "version": version,
        "rules": [{"id": name, "shortDescription": {"text": RULES[name]}} for name in names],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, names) for each in everything(checked)],
    }
    return {"$schema": SARIF, "version": "2.1.0", "runs": [run]}


def _result(found: Diagnostic, names: Sequence[str]) -> dict[str, Any]:
    value = f"‘{found.value}’ " if found.value else ""
    result: dict[str, Any] = {
        "ruleId": found.rule,
        "ruleIndex": names.index(found.rule),
        "level": found.severity,
        "message": {"text": _unlinked(f"{value}{found.problem}; {found.remedy}")},
        "locations": [_location(found.file, found.line, found.column, found.length)],
    }
    related = [_parsed(place) for place in found.related]
    if related:
        result["relatedLocations"] = [{"id": number, **each} for number, each in enumerate(related, 1)]
    return result


def _unlinked(text: str) -> str:
    """A message in which nothing is a link, as it would be where it is written as in Markdown."""
    return re.sub(r"[\[\]\\]", r"\\\g<0>", text) if "](" in text else text


def _parsed(place: str) -> dict[str, Any]:
    """A place that is written file:line:column, as SARIF has it."""
    found = PLACE.fullmatch(place)
    assert found is not None  # noqa: S101 - it matches anything
    return _location(found[1], int(found[2] or 0), int(found[3] or 0), 0)


def _location(file: str, line: int, column: int, length: int) -> dict[str, Any]:
    physical: dict[str, Any] = {
        "artifactLocation": {"uri": quote(file, errors="surrogateescape"), "uriBaseId": "%SRCROOT%"}
    }
    if line:
        region = {"startLine": line}
        if column:
            region["startColumn"] = column
        if column and length:
            region["endColumn"] = column + length
        physical["region"] = region
    return {"physicalLocation": physical}
