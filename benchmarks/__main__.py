"""Runs benchmarks: all, or those that are named; each writes its own section of RESULTS.md alone."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import cluster, cold, figures, importing, lab, limit, load, naive, noop, peers, preview, scale
from benchmarks.effort import FULL, QUICK, Effort, Workshop
from benchmarks.table import machine, write
from benchmarks.timing import CORES, Failed, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.table import Section

BENCHMARKS: dict[str, Callable[[Effort, Workshop], Section]] = {
    "naive": naive.measure,
    "lab": lab.measure,
    "limit": limit.measure,
    "cold": cold.measure,
    "scale": scale.measure,
    "load": load.measure,
    "noop": noop.measure_build,
    "help": noop.measure_help,
    "preview": preview.measure,
    "dask": cluster.measure,
    "peers": peers.measure,
    "figures": figures.measure,
    "importing": importing.measure,
}
"""In the order of RESULTS.md."""
RESULTS = Path(__file__).parent / "RESULTS.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """The `python -m benchmarks` command; 1 if one could not be run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all if none")
    parser.add_argument("--quick", action="store_true", help="fewer and smaller runs; write nothing")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    return run([n for n in BENCHMARKS if n in (given.names or BENCHMARKS)], quick=given.quick)


def run(names: Sequence[str], *, quick: bool) -> int:
    """Measure, tell, and keep."""
    busy = os.getloadavg()[0]
    cores = sorted(os.sched_getaffinity(0))[:CORES]
    # Everything that is started inherits this: the aims are for two cores, on any machine.
    os.sched_setaffinity(0, cores)
    facts = machine(len(cores), busy)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="scorelib-bench-") as folder:
        workshop = Workshop(Path(folder))
        for name in names:
            say(f"{name}:")
            try:
                section = BENCHMARKS[name](QUICK if quick else FULL, workshop)
            except Failed as error:
                say(f"{name} could not be measured: {error}")
                failed += 1
                continue
            section = section.on(facts)
            print(section, flush=True)
            if not quick:
                write(RESULTS, [section], list(BENCHMARKS))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
