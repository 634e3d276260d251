"""A name is known or it is an error; nothing goes by likeness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorelib.data.package import Package
from scorelib.data.sources.names import Names, folded

from .world import world

if TYPE_CHECKING:
    from pathlib import Path

    from scorelib.data.sources.names import Kind


@pytest.fixture(scope="module")
def donors(tmp_path_factory: pytest.TempPathFactory) -> Names:
    return Names.load(Package.load(world(tmp_path_factory.mktemp("world") / "project") / "data"), "donor")


@pytest.mark.parametrize(
    ("name", "donor"),
    [("NL", "NL"), ("Nederland", "NL"), ("netherlands", "NL"), ("  Netherlands ", "NL"), ("NLD", "NL"),
     ("World  Bank\u00a0Group", "world-bank"), ("Côte d´Ivoire", "CI"), ("Co\u0302te d'Ivoire", "CI")],
)  # fmt: skip
def test_ids_names_and_aliases_are_known(donors: Names, name: str, donor: str) -> None:
    found = donors.find(name)
    assert found is not None
    assert found.id == donor


@pytest.mark.parametrize(
    "name", ["", "N", "Netherland", "Neth?rlands", "German?", "??", "?", "T?rki", "Germany?"]
)
def test_what_is_only_like_a_name_is_not_known(donors: Names, name: str) -> None:
    assert donors.find(name) is None


@given(st.text(max_size=12))
@settings(deadline=None)
def test_a_name_that_is_found_is_one_of_those_there_are(donors: Names, name: str) -> None:
    found = donors.find(name)
    if found is not None and name not in donors.mended:
        assert folded(name) in donors.all


@given(st.text())
@settings(deadline=None)
def test_the_three_nearest_are_three_different_ids(donors: Names, name: str) -> None:
    near = donors.nearest(name)
    assert len(near) == len(set(near)) == 3


@pytest.mark.parametrize(
    ("name", "donor"), [("Nederlanden", "NL"), ("Germania", "DE"), ("Ivory Cost", "CI"), ("USAA", "US")]
)
def test_the_nearest_come_first(donors: Names, name: str, donor: str) -> None:
    assert donor in donors.nearest(name)


def test_every_alias_of_the_project_leads_to_one_id_and_every_donor_is_there(root: Path) -> None:
    package = Package.load(root / "data")
    kinds: tuple[Kind, ...] = ("donor", "organisation")
    for kind in kinds:
        names = Names.load(package, kind)
        for scheme, known in names.schemes.items():
            for name, each in known.items():
                found = names.find(name, scheme)
                assert found is not None
                assert found.id == each.id
                assert kind == "organisation" or each.id in names.ids
