"""What is released is final, clean and real; its checksums are signed as OpenSSH itself signs."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from scorelib.build.report import Commit, Report
from scorelib.errors import UsageError
from scorelib.trust.release import check_release, obstacles, seal
from scorelib.trust.sshsig import fingerprint, public_blob, sign, signer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Command = Callable[..., subprocess.CompletedProcess[str]]

IOM = [Report("iom", 2024, "nl")]
CLEAN = Commit("a" * 40)


def none() -> str:
    pytest.fail("no passphrase is asked for")


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("no ssh-keygen; install it with: apt-get install openssh-client")
    path = tmp_path_factory.mktemp("key") / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path


def final(project: Path) -> Path:
    path = project / "data" / "scorecards.csv"
    path.write_text(path.read_text().replace("iom,2024,draft", "iom,2024,final"))
    return project


def keygen(*arguments: str, content: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["ssh-keygen", *arguments], input=content, capture_output=True, check=False)


def test_our_signature_is_one_that_openssh_accepts_and_the_other_way_round(key: Path, tmp_path: Path) -> None:
    content = b"checksums\n"
    signature = tmp_path / "sig"
    signature.write_text(sign(content, key.read_bytes(), none))
    allowed = tmp_path / "allowed"
    allowed.write_text(f"me {key.with_suffix('.pub').read_text()}")
    verify = ["-Y", "verify", "-f", str(allowed), "-I", "me", "-n", "scorelib", "-s", str(signature)]
    assert keygen(*verify, content=content).returncode == 0
    assert keygen(*verify, content=b"other").returncode != 0
    theirs = keygen("-Y", "sign", "-f", str(key), "-n", "scorelib", content=content).stdout.decode()
    blob = public_blob(key.with_suffix(".pub").read_text())
    assert signer(content, theirs) == blob
    shown = keygen("-l", "-f", str(key.with_suffix(".pub")), content=b"").stdout.decode()
    assert fingerprint(blob) in shown


def test_a_signature_of_something_else_or_for_something_else_is_refused(key: Path) -> None:
    signature = sign(b"one", key.read_bytes(), none)
    with pytest.raises(ValueError, match="not of these checksums"):
        signer(b"other", signature)
    for damaged in ("", "x", signature[:80], signature.replace("A", "B", 3)):
        with pytest.raises(ValueError, match="signature"):
            signer(b"one", damaged)
    elsewhere = keygen("-Y", "sign", "-f", str(key), "-n", "git", content=b"one").stdout.decode()
    with pytest.raises(ValueError, match="made for something else"):
        signer(b"one", elsewhere)


def test_a_locked_key_asks_for_its_passphrase_and_another_kind_is_refused(tmp_path: Path, key: Path) -> None:
    del key  # ssh-keygen is there
    locked, other = tmp_path / "locked", tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", locked], check=True)
    assert sign(b"x", locked.read_bytes(), lambda: "secret").startswith("-----BEGIN SSH SIGNATURE-----\n")
    with pytest.raises(UsageError, match="cannot be used"):
        sign(b"x", locked.read_bytes(), lambda: "wrong")
    subprocess.run(["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", other], check=True)
    with pytest.raises(UsageError, match="another kind"):
        sign(b"x", other.read_bytes(), none)


def test_drafts_dirty_trees_and_made_up_organisations_are_refused_each_by_name(project: Path) -> None:
    reports = [*IOM, Report("voorbeeld", 2024, "nl")]
    found = "\n".join(obstacles(project, reports, Commit("a" * 40, ("data/facts.csv",))))
    assert "iom 2024 is a draft" in found
    assert "voorbeeld 2024 is made up" in found
    assert "inputs differ from the commit (data/facts.csv)" in found
    assert "not under version control" in "\n".join(obstacles(project, IOM, None))


def test_a_finding_that_nobody_accepted_is_refused(project: Path) -> None:
    final(project)
    text = project / "data" / "texts" / "iom" / "2024" / "nl" / "33-finance.md"
    text.write_text(text.read_text() + "\nIn 2023 gaf Nederland USD 59,8 mln. aan vrijwillige bijdragen.\n")
    found = obstacles(project, IOM, CLEAN)
    assert any("33-finance.md" in each and "59,8" in each for each in found)


def test_the_checksums_are_those_of_coreutils_and_show_what_was_altered(built: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(built / "reports" / "iom", project / "reports" / "iom")
    assert check_release(project, None).words == ()
    seal(project, IOM, None, none)
    root = project / "reports"
    assert subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=root, check=False).returncode == 0
    assert check_release(project, None).good
    (root / "iom" / "2024" / "nl" / "index.html").write_text("altered")
    altered = check_release(project, None)
    assert not altered.good
    assert "iom/2024/nl/index.html is not as it was released" in altered.words[0]


def test_a_signed_release_is_checked_against_the_key(built: Path, tmp_path: Path, key: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(built / "reports" / "iom", project / "reports" / "iom")
    seal(project, IOM, key, none)
    public = key.with_suffix(".pub")
    assert check_release(project, str(public)).good
    stranger = tmp_path / "stranger"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", stranger], check=True)
    refused = check_release(project, str(stranger.with_suffix(".pub")))
    assert not refused.good
    assert "not by the key that was given" in refused.words[-1]
    seal(project, IOM, None, none)
    assert not (project / "reports" / "SHA256SUMS.sig").exists(), (
        "an old signature never stands beside new sums"
    )
    assert not check_release(project, str(public)).good


@pytest.mark.slow
def test_a_clean_final_project_is_released_and_a_changed_one_is_not(
    project: Path, scorelib: Command, key: Path
) -> None:
    # The one organisation whose texts and scores are all there, taken for a real one.
    for name, before, after in (
        ("scorecards", "voorbeeld,2024,draft", "voorbeeld,2024,final"),
        ("organisations", ",other,true,fictional", ",other,false,fictional"),
    ):
        path = project / "data" / f"{name}.csv"
        assert before in path.read_text()
        path.write_text(path.read_text().replace(before, after))
    assert scorelib("build", "voorbeeld", cwd=project).returncode == 0
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "release"]):
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *arguments], cwd=project, check=True, capture_output=True)
    done = scorelib("build", "voorbeeld", "--final", "--sign", str(key), cwd=project)
    assert done.returncode == 0, done.stderr
    verified = scorelib("verify", "voorbeeld", "--key", str(key.with_suffix(".pub")), cwd=project)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "signed by the key that was given" in verified.stdout
    facts = project / "data" / "facts.csv"
    facts.write_text(facts.read_text().replace("iom,member-states,175", "iom,member-states,174"))
    refused = scorelib("build", "voorbeeld", "--final", cwd=project)
    assert refused.returncode == 2
    assert "data/facts.csv" in refused.stderr
