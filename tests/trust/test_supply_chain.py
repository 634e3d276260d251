"""What reports are made with is listed, pinned to its bytes, free to use and without known holes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

import scorelib
from scorelib.trust.sbom import bill, installed, licence, table

if TYPE_CHECKING:
    from pathlib import Path

FREE = re.compile(
    r"0BSD|apache([- ]software)?([- ]license)?([- ]2\.0)?|apache 2\.0|bsd([- ]license|-[23]-clause)?|cc0-1\.0"
    r"|eupl-1\.2|isc( license)?( \(iscl)?|mit(-0| license)?|mpl-2\.0|psf(l|-2\.0)|zlib"
    r"|python software foundation license",
    re.IGNORECASE,
)
"""Licences under which a package may be used and passed on together with work under the EUPL 1.2."""


def pinned(root: Path, name: str) -> dict[str, tuple[str, int]]:
    """Packages of a lock file, with their versions and how many hashes they have."""
    text = (root / "requirements" / name).read_text("utf-8")
    blocks = re.findall(
        r"^([\w.-]+)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}.*\n?)+)", text, re.MULTILINE
    )
    return {package: (version, hashes.count("--hash")) for package, version, hashes in blocks}


def test_every_line_of_a_lock_file_is_a_package_with_its_hashes_and_none_an_index(root: Path) -> None:
    for path in sorted((root / "requirements").glob("*.txt")):
        lines = path.read_text("utf-8").splitlines()
        packages = [line for line in lines if re.match(r"[\w.-]+==", line)]
        assert len(pinned(root, path.name)) == len(packages) > 50, path
        assert all(re.match(r"[\w.-]+==|    --hash=sha256:", line) for line in lines), path


def test_the_bill_of_materials_is_valid_and_the_same_bytes_twice() -> None:
    listed = bill()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(listed.decode()) is None
    assert listed == bill()
    read = json.loads(listed)
    assert read["metadata"]["component"]["name"] == "scorelib"
    assert {"pandas", "papermill", "typst", "vl-convert-python", "cryptography", "duckdb"} <= {
        component["name"] for component in read["components"]
    }
    needs = {each["ref"]: each.get("dependsOn", []) for each in read["dependencies"]}
    (ours,) = [ref for ref in needs if ref.startswith("pkg:pypi/scorelib@")]
    assert any(ref.startswith("pkg:pypi/altair@") for ref in needs[ours])


def test_every_package_in_it_is_pinned_by_hash_in_the_lock_file(root: Path) -> None:
    locked = pinned(root, "default.txt")
    for component in json.loads(bill())["components"]:
        name = component["purl"].removeprefix("pkg:pypi/").partition("@")[0]
        assert locked[name][0] == component["version"], name
        assert locked[name][1], name


def test_every_package_in_it_has_a_licence_that_goes_with_ours() -> None:
    unknown = {
        name: licence(package)
        for name, package in installed().items()
        if not all(FREE.fullmatch(part.strip("() ")) for part in re.split(r" AND | OR |; ", licence(package)))
    }
    assert not unknown, "read these licences, then add their names above or leave the package out"


def test_the_list_of_licences_has_a_row_for_every_package() -> None:
    rows = table().splitlines()
    assert len(rows) == 2 + len(installed())
    assert f"| scorelib | {scorelib.__version__} | EUPL-1.2 |" in rows


@pytest.mark.slow  # it asks a source that changes without us: a new advisory may not fail another's work
def test_no_package_has_a_known_vulnerability(root: Path) -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "pip_audit", "--requirement", root / "requirements" / "default.txt",
         "--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off"],
        capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    if not asked.stdout:
        pytest.skip(f"the source of advisories cannot be reached: {asked.stderr.strip().splitlines()[-1]}")
    told = json.loads(asked.stdout)["dependencies"]
    answered = [package for package in told if "skip_reason" not in package]
    if not answered:
        # pip-audit then says that there are no vulnerabilities.
        pytest.skip(f"the source of advisories cannot be reached: {told[0]['skip_reason']}")
    assert len(answered) == len(told), [package for package in told if "skip_reason" in package]
    found = {each["name"]: [hole["id"] for hole in each["vulns"]] for each in answered if each["vulns"]}
    assert not found, "bring these packages up to date: requirements/README.md says how"
