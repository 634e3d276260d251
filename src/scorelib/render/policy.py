"""What a page lets in: its Content-Security-Policy, and scripts that may stand in it; nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["inline_script", "policy"]


def policy(style: str, scripts: Sequence[str]) -> str:
    """Nothing is loaded from anywhere, and only our own script and style run."""
    hashes = " ".join(_hash(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src {_hash(style)}; "
        "font-src data:; img-src data:; base-uri 'none'; form-action 'none'"
    )


def inline_script(script: str) -> str:
    """A script that can stand in a page: what would end it, or begin a comment, is in strings only."""
    return re.sub(r"<(?=/script|!--)", r"\\x3c", script, flags=re.IGNORECASE)


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
