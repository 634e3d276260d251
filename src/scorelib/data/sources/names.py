"""Names of donors and organisations into ids, by the table of aliases; never by likeness.

Imports `columns`, `read`, errors. A name that no table holds is an error that names the three nearest.
What is mended on the way is what decoding did to a name (``T?rkiye``), and only where one name alone
can have been meant; it is told.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from scorelib.data.read import read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scorelib.data.package import Package

__all__ = ["Kind", "Known", "Names", "folded"]

Kind = Literal["donor", "organisation"]
TABLES: dict[Kind, str] = {"donor": "donors", "organisation": "organisations"}
OWN = ("id", "abbreviation", "name_en", "name_nl")
"""Columns of those tables that name what the row is of."""
LOST = re.compile("[?\N{REPLACEMENT CHARACTER}]{1,3}")
"""What stands where one letter, of up to three bytes, could not be decoded."""
MARKS = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "‐": "-", "‑": "-", "–": "-", "\u00a0": " "})


def folded(name: str) -> str:
    """A name without what is no part of it: capitals, spaces around and within, kinds of apostrophe."""
    return " ".join(unicodedata.normalize("NFKC", name.translate(MARKS)).casefold().split())


@dataclass(frozen=True, slots=True)
class Known:
    """What a name stands for. `kind` is the donor's kind where the table of aliases says it."""

    id: str
    kind: str = ""


@dataclass
class Names:
    """All names of donors or of organisations."""

    kind: Kind
    ids: frozenset[str]
    """Ids that their own table has."""
    schemes: dict[str, dict[str, Known]] = field(default_factory=dict)
    mended: dict[str, str] = field(default_factory=dict)
    """Names that had been wrongly decoded, and as what each was read."""

    @classmethod
    def load(cls, package: Package, kind: Kind) -> Names:
        """Read the names of a package; a table that is not described has none."""
        names = cls(kind, frozenset())
        own = TABLES[kind]
        if own in package.tables:
            rows = read_rows(package, package.table(own)).rows
            names.ids = frozenset(str(row["id"]) for row in rows if row["id"])
            for row in rows:
                for column in OWN:
                    if row["id"] and row.get(column):
                        # An id is nobody else's name, whatever comes after it.
                        names._add(column, str(row[column]), Known(str(row["id"])))
        if "aliases" in package.tables:
            for row in read_rows(package, package.table("aliases")).rows:
                if row["kind"] == kind and row["name"] and row["id"]:
                    known = Known(str(row["id"]), str(row["donor_kind"] or ""))
                    names._add(str(row["scheme"]), str(row["name"]), known)
        return names

    def _add(self, scheme: str, name: str, known: Known) -> None:
        self.schemes.setdefault(scheme, {}).setdefault(folded(name), known)

    def find(self, name: str, *schemes: str) -> Known | None:
        """What a name stands for; None if no table holds it.

        Parameters
        ----------
        name
            As it stands in the file.
        schemes
            Whose names are looked at first. Others count where they all agree.
        """
        if found := self._find(folded(name), schemes):
            return found
        for meant in self._decoded(name):
            if found := self._find(meant, schemes):
                self.mended[name] = meant
                return found
        return None

    def _find(self, name: str, schemes: Iterable[str]) -> Known | None:
        for scheme in schemes:
            if found := self.schemes.get(scheme, {}).get(name):
                return found
        others = [names[name] for names in self.schemes.values() if name in names]
        if len({known.id for known in others}) != 1:
            return None
        return next((known for known in others if known.kind), others[0])

    def _decoded(self, name: str) -> list[str]:
        """What a name can have been before it was wrongly decoded."""
        try:
            again = [folded(name.encode("cp1252").decode("utf-8"))]
        except UnicodeError:
            again = []
        if LOST.search(name) and len(LOST.sub("", name)) > 2:
            parts = [re.escape(folded(part)) for part in LOST.split(name)]
            # A space beside the lost letter was folded away with it.
            pattern = re.compile(r" ?[^\x00-\x7f] ?".join(parts))
            fit = [known for known in self.all if pattern.fullmatch(known)]
            again += fit if len(fit) == 1 else []
        return again

    @cached_property
    def all(self) -> list[str]:
        """Every name there is, as it is compared."""
        return sorted({name for names in self.schemes.values() for name in names})

    @cached_property
    def _thirds(self) -> list[tuple[str, frozenset[str]]]:
        return [(name, _thirds(name)) for name in self.all]

    @cached_property
    def _written(self) -> dict[str, str]:
        return {name: known.id for names in self.schemes.values() for name, known in names.items()}

    def nearest(self, name: str, count: int = 3) -> list[str]:
        """The ids whose names are most like a name."""
        wanted = folded(name)[:200]
        own = _thirds(wanted)
        ranked = sorted(
            self._thirds, key=lambda each: (-len(own & each[1]) / (len(own | each[1]) or 1), each[0])
        )
        likeness = {
            known: difflib.SequenceMatcher(None, wanted, known).ratio() for known, _ in ranked[: 10 * count]
        }
        best = sorted(likeness, key=lambda known: (-likeness[known], known))
        return list(dict.fromkeys(self._written[known] for known in best))[:count]


def _thirds(name: str) -> frozenset[str]:
    padded = f"  {name} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))
