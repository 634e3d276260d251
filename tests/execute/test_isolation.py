"""Kernels of one parent share nothing: what one notebook does, no other one sees."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from scorelib.execute import warm
from scorelib.execute.engine import execute

from .kernels import write

if TYPE_CHECKING:
    import pytest

CHANGES = """
import os, sys, random, tempfile, warnings, logging, decimal, locale
import numpy as np, pandas as pd, altair as alt
import scorelib as sl
pd.set_option("display.max_rows", 7); pd.DataFrame.own = 1
alt.Chart.own = 1; alt.theme.enable("dark")
sl.own = 1; sl.figures.own = 1
np.random.seed(0); random.seed(0); np.seterr(all="raise")
os.environ["OWN"] = "1"; os.environ["TZ"] = "Asia/Tokyo"; os.chdir("/"); os.umask(0o77)
sys.path.append("/own"); sys.argv.append("own"); sys.setrecursionlimit(500)
warnings.simplefilter("error"); logging.basicConfig(level="DEBUG"); decimal.getcontext().prec = 5
sys.modules["own"] = sys; import builtins; builtins.own = 1
get_ipython().display_formatter.formatters["text/html"].for_type(int, lambda n: "own")
open(os.path.join(os.path.dirname(os.environ["WRITTEN"]), "own.txt"), "w").write("own")
alt.Chart().mark_point().add_params(alt.selection_point()).to_dict()["params"]
"""
LOOKS = """
import os, sys, random, decimal, logging, warnings, builtins
import numpy as np, pandas as pd, altair as alt
import scorelib as sl
(pd.get_option("display.max_rows"), hasattr(pd.DataFrame, "own"), hasattr(alt.Chart, "own"),
 alt.theme.active, hasattr(sl, "own"), hasattr(sl.figures, "own"), np.geterr()["divide"],
 os.environ.get("OWN"), os.environ.get("TZ"), os.path.basename(os.getcwd()), os.umask(0o22),
 "/own" in sys.path, "own" in sys.argv, sys.getrecursionlimit(), logging.getLogger().level,
 any(f[0] == "error" and f[2] is Warning for f in warnings.filters), decimal.getcontext().prec,
 "own" in sys.modules, hasattr(builtins, "own"),
 alt.Chart().mark_point().add_params(alt.selection_point()).to_dict()["params"])
"""
CHANCE = "import random, numpy as np, uuid\n(random.random(), float(np.random.rand()), str(uuid.uuid4()))"


LOOK = "import os, sys, time\n(os.environ.get('OWN'), time.tzname[0], sys.flags.optimize)"


def told(path: Path) -> str:
    return str(execute(path, {}).cells[-1].outputs[-1]["data"]["text/plain"])


def test_nothing_leaks_from_kernel_to_kernel(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRITTEN", str(short / "other" / "x"))
    changes = write(short / "other" / "changes.ipynb", CHANGES)
    looks = write(short / "book" / "looks.ipynb", LOOKS)
    before = told(looks)
    assert "'book'" in before
    execute(changes, {})
    assert (short / "other" / "own.txt").exists()
    assert told(looks) == before
    assert [path.name for path in looks.parent.iterdir()] == ["looks.ipynb"]


def test_every_kernel_has_its_own_chance(short: Path) -> None:
    path = write(short / "chance.ipynb", CHANCE)
    draws = [part for _ in range(3) for part in told(path).strip("()").split(", ")]
    assert len(set(draws)) == len(draws)


def test_the_environment_of_the_moment_counts(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what Python reads once, for which there has to be another parent."""
    path = write(
        short / "environment.ipynb",
        LOOK,
    )
    monkeypatch.setenv("OWN", "first")
    monkeypatch.setenv("TZ", "UTC")
    assert told(path) == "('first', 'UTC', 0)"
    first = parent()
    monkeypatch.setenv("OWN", "second")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert told(path) == "('second', 'JST', 0)"
    assert parent() == first
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    assert told(path) == "('second', 'JST', 1)"
    assert parent() != first


def parent() -> int:
    return warm.start(environment={**os.environ, **warm.ONE_THREAD}).pid


def test_the_parent_keeps_no_file_open() -> None:
    assert warm.why_not() == ""
    folder = Path(f"/proc/{parent()}")
    opened = [str(link.readlink()) for link in (folder / "fd").iterdir()]
    # What it logs has no name any more.
    files = [path for path in opened if path.startswith("/") and not path.endswith("(deleted)")]
    assert set(files) <= {"/dev/null"}
