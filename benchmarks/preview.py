"""From a save to the new page: a preview that runs, a file that is written, and what a browser gets."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from benchmarks.table import Aim, Section, bounded
from benchmarks.timing import Failed, Timings, environment, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.effort import Effort, Workshop
    from benchmarks.projects import Report

__all__ = ["measure"]

AIM = Aim("at most", 1.5, unit=" s")
FIRST = 120
QUIET = 0.5
"""Seconds between two saves: nobody saves faster, and nothing is then still being made."""


def measure(effort: Effort, workshop: Workshop) -> Section:
    """Save by turns a text, the data and the notebook, each several times."""
    project, reports = workshop.batch(effort)
    report = next(each for each in reports if _texts(project, each).exists())
    saves = (
        ("a text", _append(_texts(project, report), "\nEen zin van nummer {}.\n")),
        ("a row of the data", _append(project / "data" / "facts.csv", _row(project, report))),
        ("the notebook", _notebook(project / "notebooks" / "scorecard.ipynb")),
    )
    taken: dict[str, list[float]] = {name: [] for name, _ in saves}
    with _running(project, report) as reader:
        for number in range(2 * effort.rounds):
            for name, save in saves:
                time.sleep(QUIET)
                began = time.perf_counter()
                save(number)
                reader.next_page()
                taken[name].append(time.perf_counter() - began)
    lines = tuple(
        bounded(f"from saving {name} to the page", Timings(tuple(seconds)), AIM)
        for name, seconds in taken.items()
    )
    notes = (
        f"`scorelib preview {report.organisation} {report.year}` runs and has made its first page. The "
        "time is from before the file is written until the last byte of the new page is read over HTTP: "
        "the watcher's wait for more saves (30 ms), the comparison of inputs, notebook, charts and page "
        "are all in it.",
        "A browser then takes what it takes to show one megabyte.",
    )
    return Section("preview", "From a save to the new page", lines, notes)


def _texts(project: Path, report: Report) -> Path:
    folder = project / "data" / "texts" / report.organisation / str(report.year) / report.lang
    return folder / "20-summary.md"


def _append(path: Path, line: str) -> Callable[[int], None]:
    before = path.read_text("utf-8")
    return lambda number: _write(path, before + line.format(number))


def _row(project: Path, report: Report) -> str:
    """A fact like the last one of the organisation, told apart by its key."""
    rows = (project / "data" / "facts.csv").read_text("utf-8").splitlines()
    cells = next(row for row in reversed(rows) if row.startswith(f"{report.organisation},")).split(",")
    cells[1] = "measured{}"
    return ",".join(cells) + "\n"


def _notebook(path: Path) -> Callable[[int], None]:
    before = path.read_text("utf-8")
    return lambda number: _write(
        path, before.replace("import scorelib as sl", f"import scorelib as sl  # {number}")
    )


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


class _Reader:
    """What a browser does: listens for news, and takes the page."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._path = parts.netloc, parts.path
        self._events = self._get("events")
        self._version = 0

    def _get(self, name: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(self._host, timeout=FIRST)
        connection.request("GET", f"{self._path}{name}")
        return connection.getresponse()

    def next_page(self) -> bytes:
        """Wait for a page that is new, and read it."""
        while line := self._events.readline():
            if not line.startswith(b"data: "):
                continue
            news = json.loads(line[6:])
            if news["state"] == "failed":
                raise Failed(f"the page failed: {self._get('index.html').read().decode()[-2000:]}")
            if news["state"] == "made" and news["version"] != self._version:
                self._version = news["version"]
                return self._get("index.html").read()
        raise Failed("the preview ended")


@contextmanager
def _running(project: Path, report: Report) -> Iterator[_Reader]:
    command = [sys.executable, "-m", "scorelib", "preview", report.organisation, str(report.year)]
    with subprocess.Popen(
        [*command, "--lang", report.lang, "--no-browser"],
        cwd=project,
        stdout=subprocess.PIPE,
        text=True,
        env=environment({"PYTHONUNBUFFERED": "1"}),
    ) as process:
        try:
            assert process.stdout is not None
            reader = _Reader(process.stdout.readline().strip())
            say("  waiting for the first page")
            reader.next_page()
            yield reader
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate()
