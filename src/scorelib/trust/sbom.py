"""Lists the packages that make reports here, as a CycloneDX bill of materials; imports errors alone.

They are scorelib and what it requires, and what that requires in turn, as installed; not what else
happens to be in the environment.
"""

from __future__ import annotations

import contextlib
import re
import uuid
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import TYPE_CHECKING

from scorelib.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cyclonedx.model.component import Component

__all__ = ["MISSING", "bill", "installed", "licence", "table"]

OURS = "scorelib"
EXTRAS = ("excel", "parquet", "release")
"""Our extras that have a part in what is published."""

MISSING = (
    "a release has a bill of materials, which needs cyclonedx-python-lib: pip install 'scorelib[release]'"
)
SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://cyclonedx.org/")
LONGEST_NAME = 100
"""Characters up to which a package's field ``License`` is a name; beyond, it is the licence's text."""


def installed() -> dict[str, Distribution]:
    """What scorelib rests on, itself and its extras included: distributions by their normalised names.

    They are in order. An extra is followed as far as it is installed.
    """
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    left = [(OURS, extra) for extra in ("", *EXTRAS)]
    while left:
        name, extra = left.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        # One that is not there is of an extra that is not installed; doctor tells of what is broken.
        with contextlib.suppress(PackageNotFoundError):
            found[name] = found.get(name) or distribution(name)
            left += _required(found[name], extra)
    return dict(sorted(found.items()))


def _required(asking: Distribution, extra: str) -> list[tuple[str, str]]:
    """The names, each with each of its extras, that a distribution and one of its extras ask for."""
    from packaging.requirements import Requirement  # noqa: PLC0415 - only where a bill is made

    asked = [Requirement(line) for line in asking.requires or ()]
    return [
        (_normalised(each.name), wanted)
        for each in asked
        if each.marker is None or each.marker.evaluate({"extra": extra})
        for wanted in ("", *each.extras)
    ]


def _normalised(name: str) -> str:
    """A name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(of: Distribution) -> str:
    """The licence as a package names it: an SPDX expression, a name, or names of its classifiers."""
    about = of.metadata.json
    if expression := about.get("license_expression"):
        return str(expression)
    named = str(about.get("license") or "").strip()
    if named != "UNKNOWN" and 0 < len(named) <= LONGEST_NAME and "\n" not in named:
        return named
    classes = [line for line in about.get("classifier", ()) if line.startswith("License ::")]
    return " AND ".join(line.rpartition(" :: ")[2] for line in classes)


def table() -> str:
    """Packages, versions and licences, as a table in Markdown."""
    rows = [f"| {name} | {each.version} | {licence(each)} |" for name, each in installed().items()]
    return "\n".join(("| Package | Version | Licence |", "| --- | --- | --- |", *rows))


def bill() -> bytes:
    """The bill of materials: CycloneDX 1.6 in JSON, the same bytes for the same packages.

    Raises
    ------
    UsageError
        If the library that writes it is not installed.
    """
    try:
        from cyclonedx.model.bom import Bom  # noqa: PLC0415 - only where something is released
        from cyclonedx.output.json import JsonV1Dot6  # noqa: PLC0415
    except ImportError:
        raise UsageError(MISSING) from None

    found = installed()
    components = {name: _component(each) for name, each in found.items()}
    bom = Bom(components=[each for name, each in components.items() if name != OURS])
    bom.metadata.component = components[OURS]
    for name, each in found.items():
        extras = ("", *EXTRAS) if name == OURS else ("",)
        needs = {asked for extra in extras for asked, _ in _required(each, extra)} & components.keys()
        bom.register_dependency(components[name], [components[need] for need in sorted(needs)])
    # Neither a clock nor chance: the number of the document follows from what it lists.
    bom.serial_number = uuid.uuid5(SPACE, " ".join(_purls(components.values())))
    bom.metadata.timestamp = None  # type: ignore[assignment]  # optional in the format, not in the library
    return (JsonV1Dot6(bom).output_as_string(indent=2) + "\n").encode()


def _purls(components: Iterable[Component]) -> list[str]:
    return sorted(str(component.purl) for component in components)


def _component(of: Distribution) -> Component:
    from cyclonedx.contrib.license.factories import LicenseFactory  # noqa: PLC0415 - as above
    from cyclonedx.model.component import Component, ComponentType  # noqa: PLC0415
    from packageurl import PackageURL  # noqa: PLC0415

    name, version = of.metadata["Name"], of.version
    purl = PackageURL("pypi", None, _normalised(name), version)
    named = licence(of)
    return Component(
        name=name,
        version=version,
        type=ComponentType.APPLICATION if name == OURS else ComponentType.LIBRARY,
        bom_ref=str(purl),
        purl=purl,
        description=of.metadata["Summary"],
        licenses=[LicenseFactory().make_from_string(named)] if named else (),
    )
