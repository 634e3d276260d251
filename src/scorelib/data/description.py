"""Reads ``datapackage.json``, before anything is understood of it; imports `characters` and errors.

What it says goes into reports, catalogues and files that others read, so it is held to what each of
these can carry: no half characters, no number that JSON has no word for, no address but of the web and
of mail.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from scorelib.data.characters import UNFIT, unfit
from scorelib.errors import DataError, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["DESCRIPTION", "described_in", "wrong"]

DESCRIPTION = "datapackage.json"
LARGEST = 16 << 20
"""Bytes of it: ten thousand columns, well described, have less."""
DEEPEST = 32
"""Levels of it; a Data Package has eight."""
SHOWN = 20
"""Texts with a character that may not be there that are told."""
ADDRESS = re.compile(r"https?://[^\s<>\"'\\\\`{}|^]+", re.IGNORECASE)
MAIL = re.compile(r"[^\s@<>\"',;:?&]+@[^\s@<>\"',;:?&]+")
PARTIES = ("licenses", "contributors")
"""Lists of what may have an address."""


def wrong(value: str, problem: str, remedy: str) -> Finding:
    """Something that is wrong with the description."""
    return Finding(
        DESCRIPTION, 0, "", UNFIT.sub("\N{REPLACEMENT CHARACTER}", value), problem, remedy, "package"
    )


def described_in(folder: Path) -> dict[str, Any]:
    """What the description of a folder says, as JSON.

    Raises
    ------
    DataError
        If it is missing, is no JSON, or holds what nothing made from it could carry.
    """
    described = _parsed(folder / DESCRIPTION)
    if findings := [*_unfit(described), *_addresses(described)]:
        raise DataError(findings)
    return described


def _parsed(path: Path) -> dict[str, Any]:
    try:
        if path.exists() and not path.is_file():
            problem, remedy = "it is no file", "put a file there, not a folder, a pipe or a device"
        elif path.stat().st_size > LARGEST:
            problem, remedy = (
                f"it has more than {LARGEST:,} bytes",
                "describe tables in it, hold no data in it",
            )
        else:
            return _loaded(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        problem, remedy = "the file is missing", "put it back; it says which tables there are"
    except OSError as error:
        problem, remedy = f"it cannot be read ({error.strerror})", "look at its rights"
    except UnicodeDecodeError:
        problem, remedy = "it is not UTF-8", "save the file as UTF-8"
    except RecursionError:
        problem, remedy = "it is nested too deeply", "write it as a Data Package is written"
    except json.JSONDecodeError as error:
        problem = f"it is no JSON: {error.msg}"
        line = Finding(DESCRIPTION, error.lineno, "", "", problem, "mend the file there", "package")
        raise DataError([line]) from None
    except ValueError as error:
        problem, remedy = "it holds a number that is too long", "write it shorter"
        if isinstance(error, _JsonError):
            problem, remedy = error.args
    raise DataError([wrong("", problem, remedy)])


class _JsonError(ValueError):
    """JSON that Python reads and that means nothing, or two things; holds problem and remedy."""


def _loaded(text: str) -> dict[str, Any]:
    described = json.loads(text, object_pairs_hook=_once, parse_float=_finite, parse_constant=_no_constant)
    if isinstance(described, dict) and isinstance(described.get("resources"), list):
        return described
    raise _JsonError("it has no list of resources", "describe each table as a resource")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _JsonError(f"it says {twice[:60]!r} twice in one place", "leave one of them out")
    return made


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _JsonError(f"it holds a number that is too large ({text[:20]})", "write a smaller one")
    return number


def _no_constant(text: str) -> Any:
    raise _JsonError(f"it holds {text}, which is no number of JSON", "leave it out")


def _texts(described: Any) -> Iterator[tuple[str, str]]:
    """Every text and name in it with its place, such as ``resources.2.title``."""
    left: list[tuple[tuple[str, ...], Any]] = [((), described)]
    while left:
        place, value = left.pop()
        if len(place) > DEEPEST:
            raise DataError([wrong("", "it is nested too deeply", "write it as a Data Package is written")])
        if isinstance(value, str):
            yield ".".join(place), value
        elif isinstance(value, dict):
            yield from ((".".join(place) or "a name", name) for name in value)
            left += [((*place, name), each) for name, each in value.items()]
        elif isinstance(value, list):
            left += [((*place, str(number)), each) for number, each in enumerate(value)]


def _unfit(described: dict[str, Any]) -> list[Finding]:
    found: list[Finding] = []
    for place, text in _texts(described):
        problem = unfit(text)
        if problem is not None and len(found) < SHOWN:
            found.append(wrong(f"{place}: {text}"[:200], problem, "delete it"))
    return sorted(found)


def _addresses(described: dict[str, Any]) -> Iterator[Finding]:
    if "homepage" in described:
        yield from _address("homepage", described["homepage"])
    for name in PARTIES:
        given = described.get(name, [])
        if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
            yield wrong(name, "it is no list of what has a title", "write it as a Data Package has it")
            continue
        for each in given:
            yield from _party(name, each)


def _party(name: str, given: dict[str, Any]) -> Iterator[Finding]:
    if "path" in given:
        yield from _address(f"{name}.path", given["path"])
    mail = given.get("email", "name@example.org")
    if not (isinstance(mail, str) and MAIL.fullmatch(mail)):
        yield wrong(f"{name}.email: {mail}"[:200], "no address of mail", "write such as name@example.org")


def _address(place: str, given: Any) -> Iterator[Finding]:
    if not (isinstance(given, str) and ADDRESS.fullmatch(given)):
        problem, remedy = "no address of the web", "begin it with https://, or leave it out"
        yield wrong(f"{place}: {given}"[:200], problem, remedy)
