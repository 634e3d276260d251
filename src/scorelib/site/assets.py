"""Files that pages share, each under a name with the hash of its content; imports nothing of ours."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

__all__ = ["Assets"]

SHOWN = 12


@dataclass
class Assets:
    """Files by their path in the site; the same content is one file, whoever brings it."""

    files: dict[str, bytes] = field(default_factory=dict)
    _known: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, suffix: str, text: str) -> str:
        """Add a file if it is not there, and give its path from the root of the site."""
        # Hundreds of reports bring the same megabyte: comparing it is quicker than hashing it.
        if text not in self._known:
            content = text.encode()
            path = f"assets/{name}-{hashlib.sha256(content).hexdigest()[:SHOWN]}.{suffix}"
            self.files[path] = content
            self._known[text] = path
        return self._known[text]
