"""Where the command begins: runs the command line and turns errors into messages and exit codes."""

from __future__ import annotations

import sys

from scorelib.cli import run


def main() -> None:
    """The `scorelib` command."""
    sys.exit(run())


if __name__ == "__main__":
    main()
