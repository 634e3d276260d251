"""Where the command begins: runs the command line and turns errors into messages and exit codes."""

from __future__ import annotations

import sys

from scorelib.build.quick import message_if_unchanged


def main() -> None:
    """The `scorelib` command."""
    if told := message_if_unchanged(sys.argv[1:]):
        print(told)  # noqa: T201 - Click takes longer to import than all of this takes
        return
    from scorelib.cli import run  # noqa: PLC0415

    sys.exit(run())


if __name__ == "__main__":
    main()
