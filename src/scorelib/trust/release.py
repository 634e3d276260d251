"""Refuses what is not final, seals what is: checksums and their signature; imports build and check.

A release is what is published: final scorecards of real organisations, made from a commit, without a
finding that nobody accepted.
"""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scorelib.build.provenance import FILE, Manifest
from scorelib.check import check_project
from scorelib.data.listing import listed
from scorelib.data.package import Package
from scorelib.data.read import read_rows
from scorelib.errors import DataError, ScorelibError, UsageError
from scorelib.sealed import put
from scorelib.trust.sbom import MISSING, bill
from scorelib.trust.sshsig import fingerprint, public_blob, sign, signer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scorelib.build.report import Commit, Report

__all__ = ["SUMS", "Seal", "check_release", "obstacles", "seal", "unclean"]

SUMS = "SHA256SUMS"
BILL = "sbom.cdx.json"
SIGNATURE = f"{SUMS}.sig"
SHOWN = 10
"""How many of a kind are named before the rest are counted."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What checksums and signature of a release say; `good` if there are none, or they are right."""

    good: bool = True
    words: tuple[str, ...] = ()


def obstacles(project: Path, reports: Sequence[Report], commit: Commit | None) -> list[str]:
    """What keeps reports from being released; nothing if they may be.

    Raises
    ------
    DataError
        If the data are wrong: that comes first.
    """
    package = Package.load(project / "data")
    found = [*_tree(commit), *_scorecards(package, reports)]
    if importlib.util.find_spec("cyclonedx") is None:
        found.append(MISSING)
    checked = check_project(project)
    if checked.errors:
        raise DataError(list(checked.errors))
    own = _own_texts(reports)
    found += [
        str(finding)
        for finding in checked.findings
        if finding.severity != "note"
        and (not finding.file.startswith("data/texts/") or _concerns(finding.file, own))
    ]
    return found


def _tree(commit: Commit | None) -> Iterator[str]:
    if commit is None:
        yield "the project is not under version control, or has no commit yet: commit it with git"
    elif commit.changed:
        names = ", ".join(commit.changed[:SHOWN])
        more = f" and {len(commit.changed) - SHOWN} more" if len(commit.changed) > SHOWN else ""
        yield f"inputs differ from the commit ({names}{more}): commit them, or undo what changed"


def _scorecards(package: Package, reports: Sequence[Report]) -> Iterator[str]:
    status = {(str(row["organisation"]), int(str(row["year"]))): row["status"] for row in listed(package)}
    organisations = read_rows(package, package.table("organisations")).rows
    fictional = {str(row["id"]) for row in organisations if row["fictional"]}
    for key in sorted({(report.organisation, report.year) for report in reports}):
        name = f"{key[0]} {key[1]}"
        if status[key] != "final":
            yield f"{name} is a {status[key]}: make its status final in data/scorecards.csv, or leave it out"
        if key[0] in fictional:
            yield f"{name} is made up: leave it out, by naming the organisations to release"


def _own_texts(reports: Sequence[Report]) -> set[str]:
    own = {f"data/texts/{report.organisation}/{report.year}/{report.lang}/" for report in reports}
    return own | {f"data/texts/common/{report.lang}/" for report in reports}


def _concerns(file: str, own: set[str]) -> bool:
    return any(file.startswith(folder) for folder in own)


def unclean(project: Path, report: Report) -> bool:
    """Whether a report that is up to date was made without a commit, or from inputs that differed from it."""
    try:
        kept = Manifest.read(project / "reports" / str(report) / FILE)
    except (OSError, ValueError):
        return True
    return not kept.commit or bool(kept.changed)


def seal(
    project: Path, reports: Sequence[Report], key: Path | None, passphrase: Callable[[], str]
) -> list[Path]:
    """Write what reports were made with and their checksums, signed if there is a key; each replaced whole.

    Raises
    ------
    ScorelibError
        If they cannot be written.
    UsageError
        If the key cannot be used; then nothing is written.
    """
    root = project / "reports"
    materials = bill()
    lines = [f"{hashlib.sha256(materials).hexdigest()}  {BILL}\n"]
    for report in sorted(reports):
        for path in sorted((root / str(report)).iterdir()):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            lines.append(f"{digest}  {path.relative_to(root).as_posix()}\n")
    content = "".join(lines).encode()
    signature = sign(content, key.read_bytes(), passphrase) if key else ""
    # An old signature goes first: at no moment does one stand beside checksums that are not its own.
    (root / SIGNATURE).unlink(missing_ok=True)
    written = [_write(root / BILL, materials), _write(root / SUMS, content)]
    if signature:
        written.append(_write(root / SIGNATURE, signature.encode()))
    return written


def _write(path: Path, content: bytes) -> Path:
    try:
        put(path, content)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}; make room or rights there"
        raise ScorelibError(message) from error
    return path


def check_release(project: Path, key: str | None) -> Seal:
    """Hold the files of a release against its checksums, and these against their signature.

    Raises
    ------
    UsageError
        If a key is given that is none, or there is nothing that it could have signed.
    """
    root = project / "reports"
    if not (root / SUMS).exists():
        if key:
            message = (
                f"there is no {SUMS} in {root.name}/ that a key could have signed; "
                "make one with: scorelib build --final"
            )
            raise UsageError(message)
        return Seal()
    content = (root / SUMS).read_bytes()
    bad = [name for digest, name in _sums(content) if _digest(root / name) != digest]
    words = [f"{SUMS}: {name} is not as it was released" for name in bad[:SHOWN]]
    if not bad:
        words.append(f"{SUMS}: every file is as it was released")
    good, line = _signed(root, content, key)
    return Seal(good and not bad, (*words, line))


def _sums(content: bytes) -> Iterator[tuple[str, str]]:
    for line in content.decode("utf-8", "replace").splitlines():
        digest, _, name = line.partition("  ")
        # A list from elsewhere could name any file there is; only those of reports are looked at.
        if name and ".." not in Path(name).parts and not Path(name).is_absolute():
            yield digest, name
        else:
            yield digest, ""


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _signed(root: Path, content: bytes, key: str | None) -> tuple[bool, str]:
    path = root / SIGNATURE
    if not path.exists():
        return key is None, f"{SUMS} is not signed"
    try:
        if key and not Path(key).is_file():
            raise ValueError("it is no file")  # noqa: TRY301 - told below; a device would never end
        wanted = public_blob(Path(key).read_text("utf-8")) if key else b""
    except (OSError, ValueError) as error:
        message = f"{key} is no public key: {error}; give the .pub file that ssh-keygen wrote"
        raise UsageError(message) from None
    try:
        who = signer(content, path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        return False, f"{SIGNATURE}: {error}"
    if not key:
        return True, f"{SIGNATURE}: signed by {fingerprint(who)}; whose key that is, --key checks"
    if who != wanted:
        return False, f"{SIGNATURE}: signed by {fingerprint(who)}, not by the key that was given"
    return True, f"{SIGNATURE}: signed by the key that was given, {fingerprint(who)}"
