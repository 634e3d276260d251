"""Where the command begins: runs the command line and turns errors into messages and exit codes."""

from __future__ import annotations

import gc
import sys

from scorelib.build.quick import message_if_unchanged


def main() -> None:
    """The `scorelib` command."""
    if told := message_if_unchanged(sys.argv[1:]):
        print(told)  # noqa: T201 - Click takes longer to import than all of this takes
        return
    # Nothing that is imported becomes garbage; to look for it takes a tenth of a start.
    gc.disable()
    from scorelib.cli import run  # noqa: PLC0415

    gc.enable()
    sys.exit(run())


if __name__ == "__main__":
    main()
