"""What a report says in its own language: labels, numbers, dates; imports nothing of ours but errors.

A language is one file, ``languages/<code>.toml``; adding one adds the language. Numbers and dates
are Babel's, in the style of Dutch government texts (``USD 59,8 mln.``) or of British English ones.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from importlib import resources
from typing import TYPE_CHECKING

from scorelib.errors import UsageError

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from babel import Locale

__all__ = ["Language", "available", "language"]

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Language:
    """One language: its labels and its way of writing numbers and dates.

    Parameters
    ----------
    code
        Short code that folders and options use, such as ``nl``.
    tag
        BCP 47 tag with region, such as ``nl-NL``; PDF writers get ``nl`` wrong without one.
    labels
        Every label by its key; `label` fails on a key that is not there.
    """

    code: str
    tag: str
    labels: Mapping[str, str]

    @property
    def locale(self) -> Locale:
        """Babel's locale of this language."""
        return _locale(self.tag)

    @property
    def region(self) -> str:
        """The region of the tag, such as ``NL``."""
        return self.tag.partition("-")[2]

    def label(self, key: str, **values: object) -> str:
        """The text of a label, with `values` in the places of its fields.

        Raises
        ------
        KeyError
            If the language lacks the label: a mistake of the program, not of the data.
        """
        if key not in self.labels:
            message = f"languages/{self.code}.toml has no label {key!r}"
            raise KeyError(message)
        return self.labels[key].format(**values)

    def number(self, value: float | Decimal, decimals: int = 0) -> str:
        """A number with exactly `decimals` decimals, rounded half up, with a true minus sign."""
        return _written(self.tag, value, decimals)

    def percent(self, share: float | Decimal, decimals: int = 0) -> str:
        """A share of 1 as a percentage: 0.968 is ``97%``."""
        exact = Decimal(repr(share)) if isinstance(share, float) else Decimal(share)
        return f"{self.number(exact * 100, decimals)}%"

    def money(self, amount: float | Decimal, currency: str) -> str:
        """An amount in units of `currency`, scaled for a sentence: ``USD 62,2 mln.``."""
        exact = Decimal(repr(amount)) if isinstance(amount, float) else Decimal(amount)
        for scale, decimals, least in (("billion", 2, 9), ("million", 1, 6)):
            # 999.96 million is printed as 1.00 billion, never as 1000.0 million.
            edge = Decimal(1).scaleb(least) - Decimal(5).scaleb(least - 4 - decimals)
            if abs(exact) >= (edge if scale == "billion" else Decimal(1).scaleb(least)):
                figure = self._shortest(exact.scaleb(-least), decimals)
                return f"{currency}{NBSP}{figure}{NBSP}{self.label('scale.' + scale)}"
        return f"{currency}{NBSP}{self.number(exact)}"

    def _shortest(self, value: Decimal, decimals: int) -> str:
        # A round amount is written round: USD 60 mln., not USD 60,0 mln.
        return self.number(value, 0 if value == value.to_integral_value() else decimals)

    def ordinal(self, number: int) -> str:
        """A rank as it is written in a sentence: ``6e``, ``6th``."""
        return self.label(f"ordinal.{self.locale.ordinal_form(number)}", number=number)

    def date(self, day: datetime.date) -> str:
        """A date in full: ``30 oktober 2023``."""
        return self._date(day, "d MMMM y")

    def month(self, iso: str) -> str:
        """A date of reduced precision, as ISO writes it: ``2023``, ``2023-10`` or a day."""
        import datetime as dt  # noqa: PLC0415 - the module is typing-only everywhere else

        parts = [int(part) for part in iso.split("-")]
        if len(parts) == 1:
            return iso
        day = dt.date(parts[0], parts[1], parts[2] if len(parts) > 2 else 1)
        return self._date(day, "d MMMM y" if len(parts) > 2 else "MMMM y")

    def _date(self, day: datetime.date, pattern: str) -> str:
        from babel.dates import format_date  # noqa: PLC0415 - as above

        return format_date(day, pattern, locale=self.locale)

    def pick(self, row: Mapping[str, object], field: str) -> str:
        """The text of a column that tables hold per language, such as ``title_nl``."""
        return str(row.get(f"{field}_{self.code}") or row[f"{field}_en"])


@functools.lru_cache(maxsize=4096, typed=True)
def _written(tag: str, value: float | Decimal, decimals: int) -> str:
    """A number as `Language.number` writes it; a report prints most of its numbers several times.

    Typed, because a float counts as its shortest decimal form, and a Decimal equal to it does not.
    """
    from babel.numbers import format_decimal  # noqa: PLC0415 - which languages there are needs no Babel

    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    if rounded == 0:
        rounded = abs(rounded)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(rounded, pattern, locale=_locale(tag)).replace("-", MINUS)


@functools.cache
def _locale(tag: str) -> Locale:
    from babel import Locale  # noqa: PLC0415 - as above

    return Locale.parse(tag, sep="-")


@functools.cache
def available() -> tuple[str, ...]:
    """Codes of the languages there are, in the order of their names."""
    folder = resources.files("scorelib") / "languages"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


@functools.cache
def language(code: str) -> Language:
    """The language of a code.

    Raises
    ------
    UsageError
        If there is no such language.
    """
    if code not in available():
        known = ", ".join(available())
        message = f"language {code!r} is not known; choose one of: {known}"
        raise UsageError(message)
    text = (resources.files("scorelib") / "languages" / f"{code}.toml").read_text("utf-8")
    data = tomllib.loads(text)
    labels = dict(_flat(data["labels"]))
    return Language(code=code, tag=data["tag"], labels=labels)


def _flat(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            rows += _flat(value, f"{prefix}{key}.")
        else:
            rows.append((prefix + key, str(value)))
    return rows
