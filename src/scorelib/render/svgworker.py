"""A process that turns Vega-Lite into SVG and may die doing it; imports vl-convert alone.

One JSON object a line: a specification comes in on standard input, ``{"svg": …}`` or
``{"error": …}`` goes out. vl-convert aborts its whole process on some texts, and its V8 does not
survive a fork: hence a process of its own, started by `scorelib.render.charts`.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from pathlib import Path

import ttf_opensans
import vl_convert

FIXED = {"autosize": {"type": "none"}}
"""What says that a chart leaves room for its texts by itself, as ours do."""
PR_SET_PDEATHSIG = 1


def main() -> None:
    """Answer requests until the input ends, or whoever asks does."""
    _end_with(int(sys.argv[1]))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # What the library prints must not get between the answers.
    measured = False
    # The first drawing of a process takes twenty times as long as the next, so it is not a chart's.
    vl_convert.vegalite_to_svg({**FIXED, "mark": "point", "data": {"values": [{}]}}, allowed_base_urls=[])
    for line in sys.stdin.buffer:  # Bytes: what a stream of text makes of them is for the locale to say.
        try:
            spec = json.loads(line)
            if not measured and spec.get("autosize") != FIXED["autosize"]:
                # The font counts only where room is measured, and makes a drawing take five times as long.
                vl_convert.register_font_directory(str(Path(ttf_opensans.__file__).parent / "ttf"))
                measured = True
            svg = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
            answer = {"svg": svg}
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller is told
            answer = {"error": str(error).strip() or type(error).__name__}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _end_with(owner: int) -> None:
    """End when the process that started this one does, also in the middle of a chart or while stopped."""
    call = getattr(ctypes.CDLL(None), "prctl", None)
    if call is not None:
        # Linux alone has it; elsewhere the end of the input has to do.
        call(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != owner:
        sys.exit(0)


if __name__ == "__main__":
    main()
