"""Finds the text of a section and fills its numbers in; imports inline, comments, grammar and document.

Texts are ``data/texts/<organisation>/<year>/<language>/NN-name.md``; one that is the same for every
organisation is in ``data/texts/common/<language>/``. They are data, not programs: the numbers are
filled in by Jinja in a sandbox with strict names, and say no more in it than `grammar` allows.
"""

from __future__ import annotations

import functools
import re
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from scorelib.data.characters import unfit
from scorelib.document.markdown import LEVELS, too_deep
from scorelib.document.nodes import Section
from scorelib.document.origin import Told, marked, private, stopped_once, unmarked
from scorelib.errors import DataError, Finding, ScorelibError
from scorelib.prose.comments import without_comments
from scorelib.prose.grammar import LONGEST, LONGEST_PARAGRAPH, YEARS, counted, held, steps, too_long, whole
from scorelib.prose.inline import names
from scorelib.prose.placeholders import filled

if TYPE_CHECKING:
    from scorelib.data.scorecard import Scorecard

__all__ = [
    "CHAPTERS",
    "chapter",
    "check_texts",
    "fill",
    "heading",
    "read_file",
    "section",
    "text_file",
    "text_files",
    "written",
]

CHAPTERS = (
    "20-summary",
    "31-description",
    "32-role",
    "33-finance",
    "41-assessment",
    "42-appreciation",
    "51-relevance",
    "52-other-relevance",
)
"""Texts that each scorecard has of its own, by the names of their files."""

DEEP = re.compile(r"^[ >*+.)0-9-]{8}|^[ >*+.)0-9-]*\t", re.MULTILINE)
"""Where a text may have more lists and quotations within each other than are read; only then it is parsed."""
CALLOUTS = 4
"""Signs of callouts up to which they add little to that."""


def heading(card: Scorecard, name: str, level: int = 1) -> Section:
    """A heading without a text of its own, for a chapter that only holds sections."""
    return Section(level, card.language.label(f"section.{name}"), f"sec-{name}")


def chapter(card: Scorecard, name: str) -> Section:
    """A chapter: its heading and its text, or an honest notice where none is written yet."""
    return _with_text(card, name, 1)


def section(card: Scorecard, name: str) -> Section:
    """A section of a chapter: its heading and its text, or an honest notice."""
    return _with_text(card, name, 2)


def _with_text(card: Scorecard, name: str, level: int) -> Section:
    title = card.language.label(f"section.{name}")
    path = text_file(card, name)
    shown = path.relative_to(card.project).as_posix() if path else ""
    content = read_file(path, shown) if path else ""
    if not written(content):
        label = card.language.label
        opening = f'::: {{.callout-important title="{label("document.missing_title")}"}}'
        missing = f"{opening}\n{label('document.missing')}\n:::\n"
        return Section(level, title, f"sec-{name}", missing)
    return Section(level, title, f"sec-{name}", _filled(content, shown, card), shown)


def written(text: str) -> bool:
    """Whether a text says anything: one that is empty, or comments alone, is still to be written."""
    return bool(without_comments(text).strip())


def text_file(card: Scorecard, name: str) -> Path | None:
    """The file with the text of a section; the organisation's own before the common one."""
    root = card.project / "data" / "texts"
    code = card.language.code
    for folder in (root / card.organisation.id / str(card.year) / code, root / "common" / code):
        found = sorted(folder.glob(f"[0-9][0-9]-{name}.md"))
        if found:
            return found[0]
    return None


def text_files(project: Path, organisation: str, year: int, code: str) -> list[Path]:
    """Every text of a report in a language, its own before the common one of the same name."""
    root = project / "data" / "texts"
    folders = (root / "common" / code, root / organisation / str(year) / code)
    files = {path.name: path for folder in folders for path in sorted(folder.glob("*.md"))}
    return [files[name] for name in sorted(files)]


def read_file(path: Path, shown: str) -> str:
    """What a text holds.

    Raises
    ------
    DataError
        If it is no file, is not UTF-8, holds a control character or is too long; it names file and line.
    """
    try:
        if not path.is_file():
            _refused(shown, "it is no file", "put a text there, or delete it", "file")
        within = Path(shown).parts
        data = path.parents[len(within) - 1] / within[0]
        if not path.resolve().is_relative_to(data.resolve()):
            _refused(shown, "it is a link out of data/", "put the text itself there", "file")
        if path.stat().st_size > 4 * LONGEST:
            _refused(shown, f"it has more than {LONGEST:,} characters", "write a shorter text", "length")
        text = path.read_text("utf-8-sig")
    except OSError as error:
        _refused(shown, f"it cannot be read ({error.strerror})", "look at its rights", "file")
    except UnicodeDecodeError as error:
        row = path.read_bytes()[: error.start].count(b"\n") + 1
        finding = Finding(shown, row, "", "", "it is not UTF-8", "save the file as UTF-8", "encoding")
        raise DataError([finding]) from None
    findings = [
        Finding(
            shown,
            row,
            "",
            "",
            problem,
            "delete it",
            "control-character",
        )
        for row, line in enumerate(text.split("\n"), 1)
        if (problem := unfit(line))
    ]
    if findings:
        raise DataError(findings)
    if len(text) > LONGEST:
        _refused(shown, f"it has more than {LONGEST:,} characters", "write a shorter text", "length")
    return text


def _refused(shown: str, problem: str, remedy: str, rule: str, row: int = 0) -> NoReturn:
    raise DataError([Finding(shown, row, "", "", problem, remedy, rule)])


@functools.cache
def _environment() -> jinja2.Environment:
    # Jinja's own sign for a comment begins the id of a heading in Quarto's Markdown.
    environment = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        comment_start_string="{##",
        comment_end_string="##}",
        keep_trailing_newline=True,
        finalize=_printed,
    )
    environment.globals = {"range": _range}
    return environment


def _printed(value: object) -> str:
    """A value as a text prints it: with its origin, if it is a number of the data."""
    if hasattr(value, "__name__"):
        message = f"{value.__name__} is a function; write what it is asked: name(…)"
        raise TypeError(message)
    if not isinstance(value, str | int | float | jinja2.Undefined):
        message = f"a text may not print a {type(value).__name__}; it prints words and numbers"
        raise TypeError(message)
    if isinstance(value, Told):
        return marked(private(value), value.origin)
    return private(str(value))


def fill(text: str, path: str, card: Scorecard) -> str:
    """A text as it is printed: without comments, its numbers filled in.

    Raises
    ------
    DataError
        If the text asks for what there is not; it names file and line.
    """
    return unmarked(_filled(text, path, card))


def _filled(text: str, path: str, card: Scorecard) -> str:
    """The same, with the origins of its numbers hidden in it."""
    if row := too_long(text):
        problem = f"a paragraph that begins here has more than {LONGEST_PARAGRAPH:,} characters"
        _refused(path, problem, "set empty lines between its parts", "length", row)
    if (text.count(":::") > 2 * CALLOUTS or DEEP.search(text)) and (row := too_deep(text)):
        problem = f"lists and quotations stand more than {LEVELS} levels within each other"
        _refused(path, problem, "write what stands so deep as paragraphs", "nesting", row)
    try:
        plain, known = private(without_comments(text)), dict(names(card))
        made = filled(plain, known, _printed)
        return stopped_once(made if made is not None else _by_jinja(plain, known))
    except RecursionError:
        row, problem = 0, "it is nested too deeply"
    except jinja2.TemplateSyntaxError as error:
        row, problem = error.lineno, str(error.message)
    except jinja2.UndefinedError as error:
        row, problem = _line(error), _unknown(str(error.message), card)
    except (jinja2.TemplateError, ScorelibError, TypeError, ValueError, ArithmeticError) as error:
        row, problem = _line(error), str(error)
    except SyntaxError as error:  # of the Python that Jinja makes of a text
        row, problem = 0, error.msg
    remedy = "mend the part between {{ and }}, or write \\{\\{ for braces that are text"
    raise DataError([Finding(path, row, "", "", problem, remedy, "text")])


def _by_jinja(text: str, known: dict[str, Any]) -> str:
    environment = _environment()
    template = environment.parse(text)
    held(template)
    made = whole(environment.from_string(counted(template), {**known, **steps()}).generate())
    if too_long(made):
        message = f"the text prints a paragraph of more than {LONGEST_PARAGRAPH:,} characters"
        raise ValueError(message)
    return made


def _range(*numbers: int) -> range:
    """Numbers to count in a loop: years, as a rule."""
    counted = range(*numbers)
    if len(counted) > YEARS:
        message = f"a loop may count {YEARS} numbers"
        raise ValueError(message)
    return counted


def _unknown(message: str, card: Scorecard) -> str:
    """What to say of a name that a text may not use."""
    found = re.fullmatch(r"'(\w+)' is undefined", message)
    if found is None:
        return message
    import difflib  # noqa: PLC0415 - only for a message

    known = sorted(names(card))
    near = difflib.get_close_matches(found[1], known, 2, 0.6)
    meant = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(known)}"
    return f'a text may not ask for {found[1]!r}; {meant} (an id stands between quotes: "{found[1]}")'


def _line(error: BaseException) -> int:
    """Line of the text in which a placeholder failed, as Jinja leaves it in the traceback."""
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"
    ]
    return lines[-1] or 0 if lines else 0


def check_texts(card: Scorecard) -> list[Finding]:
    """What is wrong in the texts of a scorecard: files that cannot be read or filled in."""
    findings: list[Finding] = []
    for path in text_files(card.project, card.organisation.id, card.year, card.language.code):
        shown = path.relative_to(card.project).as_posix()
        try:
            fill(read_file(path, shown), shown, card)
        except DataError as error:
            findings += error.findings
    return findings
