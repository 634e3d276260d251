"""Imports libraries in a way that starts faster; standard library alone, and nothing of ours."""

from __future__ import annotations

import importlib
import sys

__all__ = ["import_jsonschema"]

SLOW = "rfc3987_syntax"
"""Comes with JupyterLab, and builds a parser of all internationalised addresses when it is imported."""


def import_jsonschema() -> None:
    """Import jsonschema, on which Altair and nbformat rest, without its check of addresses.

    It uses `rfc3987_syntax` where that is installed, which takes more than a second in every process.
    Nothing here checks the format of an address; whoever asks for that package later gets it.
    """
    if "jsonschema" in sys.modules or SLOW in sys.modules:
        return
    # With None there, an import fails at once, as if it were not installed.
    sys.modules[SLOW] = None  # type: ignore[assignment] # as the import system documents it
    try:
        importlib.import_module("jsonschema")
    finally:
        del sys.modules[SLOW]
