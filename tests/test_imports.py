"""What JupyterLab brings does not make a report slower to begin."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CODE = """
import sys
sys.path.insert(0, sys.argv[1])
from scorelib.imports import import_jsonschema

import_jsonschema()
assert "jsonschema" in sys.modules
assert "rfc3987_syntax" not in sys.modules
import rfc3987_syntax
print(rfc3987_syntax.IMPORTED)
"""


def test_jsonschema_comes_without_its_slow_part_which_can_be_had_later(tmp_path: Path) -> None:
    (tmp_path / "rfc3987_syntax.py").write_text("IMPORTED = 'by whom it was asked for'\n", "utf-8")
    command = [sys.executable, "-c", CODE, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "by whom it was asked for\n", done.stderr
