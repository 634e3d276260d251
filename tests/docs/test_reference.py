"""The reference says what the code says: its pages are written from it, and are those that stand there."""

from __future__ import annotations

import subprocess
import sys

from scorelib.cli import COMMANDS

from .blocks import ROOT


def test_the_reference_is_up_to_date() -> None:
    code = (
        "import sys; sys.path.insert(0, 'docs'); import write_reference as w; "
        "print('\\n'.join(p.as_posix() for p, text in w.pages().items() "
        "if not (w.ROOT / p).exists() or (w.ROOT / p).read_text('utf-8') != text))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [], "run `make docs` and look at the difference"


def test_every_command_has_a_part_of_the_reference() -> None:
    page = (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8")
    for name in COMMANDS:
        assert f"## `scorelib {name}`" in page
