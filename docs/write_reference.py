"""Writes the pages of `docs/reference` from the code and the data package; `make docs` runs it."""

from __future__ import annotations

import dataclasses
import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from scorelib.cli import COMMANDS, EXIT_CODES, cli
from scorelib.data.package import Package
from scorelib.data.scorecard import load_scorecard
from scorelib.errors import DataError
from scorelib.language import NBSP, available
from scorelib.prose import inline
from scorelib.prose.texts import fill
from scorelib.scoring.funding import BASES
from scorelib.scoring.revenue import Denominator
from scorelib.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from scorelib.data.package import Field, Table

ROOT = Path(__file__).parents[1]
PLACE = Path("docs/reference")
ORGANISATION, YEAR = "voorbeeld", 2024
"""The scorecard from which examples are: it has everything."""


def pages() -> dict[Path, str]:
    """Every page by its path in the project."""
    made = {
        "commands.md": _commands(),
        "tables.md": _tables(),
        "placeholders.md": _placeholders(),
        "exit-codes.md": _exit_codes(),
        "settings.md": _settings(),
    }
    return {PLACE / name: "\n".join(lines).rstrip("\n") + "\n" for name, lines in made.items()}


def _head(title: str, source: str) -> Iterator[str]:
    yield f"# {title}"
    yield ""
    yield f"<!-- Written by docs/write_reference.py from {source}: change it there, then run `make docs`. -->"
    yield ""


def _row(*cells: str) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _row(*head)
    yield _row(*("---" for _ in head))
    for row in rows:
        yield _row(*row)
    yield ""


# --- commands ---------------------------------------------------------------------------------


def _commands() -> Iterator[str]:
    yield from _head("Commands", "the commands themselves")
    yield "`scorelib COMMAND --help` shows the same on a terminal."
    yield ""
    yield from _table(
        ("command", "what it does"),
        ((f"[`{name}`](#scorelib-{name})", COMMANDS[name]) for name in sorted(COMMANDS)),
    )
    context = click.Context(cli, info_name="scorelib")
    for name in sorted(COMMANDS):
        command = cli.get_command(context, name)
        assert command is not None  # noqa: S101 - each name of the table is a command
        yield from _command(command, click.Context(command, info_name=name, parent=context))


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"## `scorelib {command.name}`"
    yield ""
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        as_it_stands = paragraph.startswith("\b\n")
        yield from ["```text", paragraph.removeprefix("\b\n"), "```"] if as_it_stands else [paragraph]
        yield ""
    pieces = " ".join(command.collect_usage_pieces(context))
    yield from ["```text", f"scorelib {command.name} {pieces}", "```", ""]
    records = [record for each in command.get_params(context) if (record := each.get_help_record(context))]
    told = [(f"`{option}`", meaning) for option, meaning in records if meaning and "--help" not in option]
    yield from _table(("option", ""), told)


# --- tables -----------------------------------------------------------------------------------


def _tables() -> Iterator[str]:
    package = Package.load(ROOT / "data")
    yield from _head("Tables", "data/datapackage.json")
    yield (
        "The tables of `data/`, as `data/datapackage.json` describes them. In a notebook "
        '`card["contributions"]` gives one as a DataFrame with these columns, with the rows of the '
        "scorecard's organisation alone."
    )
    yield ""
    yield from _table(
        ("table", "file", "what is in it"),
        (
            (f"[`{name}`](#{name})", f"`{table.place}`", table.description)
            for name, table in package.tables.items()
        ),
    )
    for table in package.tables.values():
        yield from _one_table(table)


def _one_table(table: Table) -> Iterator[str]:
    yield f"## {table.name}"
    yield ""
    yield table.description
    yield ""
    yield f"Key: {', '.join(f'`{name}`' for name in table.primary_key)}."
    for key in table.foreign_keys:
        there = ", ".join(f"`{name}`" for name in key.references)
        yield f"`{', '.join(key.fields)}` is {there} of [`{key.table}`](#{key.table})."
    yield ""
    yield from _table(("column", "type", "cells", "what it is"), (_column(each) for each in table.fields))


def _column(field: Field) -> tuple[str, str, str, str]:
    rules = ["required"] if field.required else ["may be empty"]
    rules += ["unique"] if field.unique else []
    rules += [", ".join(f"`{word}`" for word in field.enum)] if field.enum else []
    rules += [f"from {field.minimum}"] if field.minimum is not None else []
    rules += [f"to {field.maximum}"] if field.maximum is not None else []
    rules += [f"`{field.pattern}`"] if field.pattern else []
    return f"`{field.name}`", field.type, "; ".join(rules), field.description


# --- placeholders -----------------------------------------------------------------------------

EXAMPLES = {
    "usd": 'usd("NL", 2023)',
    "rank": 'rank("NL", 2023)',
    "share": 'share("NL", 2023)',
    "revenue": "revenue(2023)",
    "growth": "growth(2019, 2023)",
    "earmarked_share": 'earmarked_share(2023, of="revenue")',
    "fact": 'fact("member-states")',
    "fact_date": 'fact_date("member-states")',
    "score": 'score("1")',
    "band": 'band("1")',
    "rating": 'rating("water")',
}


def _placeholders() -> Iterator[str]:
    cards = {code: load_scorecard(ORGANISATION, YEAR, lang=code, project=ROOT) for code in available()}
    described = _described(inline.names.__wrapped__)
    known = inline.names(next(iter(cards.values())))
    if lacking := sorted(set(known) ^ set(described)):
        message = f"the table in the docstring of inline.names and the names it gives differ: {lacking}"
        raise SystemExit(message)
    yield from _head("Placeholders", "src/scorelib/prose/inline.py")
    yield (
        "What a text may ask of the data between `{{` and `}}`. The examples are of the fictional "
        f"organisation `{ORGANISATION}`, {YEAR}. How to use them: [Write texts](../how-to/write-texts.md)."
    )
    yield ""
    rows = []
    for name, meaning in described.items():
        call = EXAMPLES.get(name, name)
        given = [_filled(f"{{{{ {call} }}}}", card) for card in cards.values()]
        rows.append((f"`{_signature(name, known[name])}`", meaning, f"`{{{{ {call} }}}}`", *given))
    yield from _table(("name", "gives", "example", *cards), rows)
    yield (
        f"`basis` is one of {_words(BASES)}; `of` is one of {_words(get_args(Denominator))}. A donor is its "
        "id in `data/donors.csv`: a country's ISO 3166 code, such as `NL`."
    )
    yield ""
    yield (
        "A text may also use Jinja's `{% if %}` and `{% for %}` with these names, and no more of it: "
        "what reaches further, or could run without end, is refused.\n\n"
        "Loops may come by 50,000 parts of the text in all. A text has at most 200,000 characters, 20,000 of "
        "them without an empty line between, and lists and quotations at most 12 levels within each other (a "
        "list is one, an item of it another). A character that is invisible, turns the direction of writing "
        "or has no agreed meaning is refused with its line."
    )


def _described(function: Callable[..., Any]) -> dict[str, str]:
    """Names and what they give, from the table of a docstring."""
    rows = re.findall(
        r"^``([a-z_]+).*?`` {2,}(\S.*)$", inspect.cleandoc(function.__doc__ or ""), re.MULTILINE
    )
    return {name: meaning.replace("``", "`") for name, meaning in rows}


def _words(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _signature(name: str, value: object) -> str:
    if not callable(value):
        return name
    shown = [
        each.name if each.default is each.empty else f"{each.name}={each.default!r}".replace("'", '"')
        for each in inspect.signature(value).parameters.values()
    ]
    return f"{name}({', '.join(shown)})"


def _filled(text: str, card: Any) -> str:
    try:
        return fill(text, "", card).replace(NBSP, " ")
    except DataError as error:
        message = f"an example of docs/write_reference.py does not hold: {error}"
        raise SystemExit(message) from None


# --- exit codes, settings ---------------------------------------------------------------------


def _exit_codes() -> Iterator[str]:
    yield from _head("Exit codes", "src/scorelib/cli.py")
    yield "Every command ends with one of these. No error but a bug of scorelib leaves a traceback."
    yield ""
    yield from _table(("code", "meaning"), ((str(code), meaning) for code, meaning in EXIT_CODES.items()))


def _settings() -> Iterator[str]:
    yield from _head("Settings", "src/scorelib/settings.py")
    yield "What a project sets for its builds, in its `pyproject.toml`. The command line goes before it."
    yield ""
    example = inspect.cleandoc((inspect.getmodule(Settings) or Settings).__doc__ or "").partition("::\n\n")[2]
    yield from ["```toml", inspect.cleandoc(example), "```", ""]
    meanings = _parameters(Settings)
    rows = [
        (f"`{field.name.replace('_', '-')}`", meanings[field.name], _default(field.default))
        for field in dataclasses.fields(Settings)
    ]
    yield from _table(("setting", "what it is", "if not set"), rows)


def _default(value: object) -> str:
    if isinstance(value, int) and value > 1024**2:
        return f"{value / 1024**3:g} GiB"
    return "" if value is None else str(value)


def _parameters(thing: type) -> Mapping[str, str]:
    """Meanings of parameters, from a numpydoc docstring."""
    text = inspect.cleandoc(thing.__doc__ or "").partition("Parameters\n----------\n")[2]
    found = re.findall(r"^(\w+)(?: : .*)?\n((?: +.*\n?)+)", text, re.MULTILINE)
    return {name: " ".join(meaning.split()) for name, meaning in found}


if __name__ == "__main__":
    for path, content in pages().items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(content, "utf-8")
        click.echo(path.as_posix())
