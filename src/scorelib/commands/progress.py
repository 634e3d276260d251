"""How a build shows itself: a bar on a terminal, plain lines in a log, JSON lines for machines."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any, Literal

from scorelib.commands.terminal import say, say_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scorelib.build.report import Report
    from scorelib.build.run import Listener, Outcome

__all__ = ["Style", "emit", "listening", "style_for"]

Style = Literal["bar", "lines", "json"]


def style_for(*, machine: bool) -> Style:
    """The style that fits whoever reads."""
    if machine:
        return "json"
    return "bar" if sys.stderr.isatty() else "lines"


def emit(event: str, **facts: object) -> None:
    """Write one event as a line of JSON."""
    say_json({"event": event, **facts})


@contextlib.contextmanager
def listening(total: int, style: Style) -> Iterator[Listener]:
    """A listener for a build of so many reports."""
    from scorelib.build.run import Listener  # noqa: PLC0415 - the build has been imported by then

    if style == "json":
        yield Listener(begun=lambda report: emit("begun", report=str(report)), done=_event, stopping=_stop)
    elif style == "lines":
        yield Listener(done=_line, stopping=_stopping)
    else:
        with _Bar(total) as bar:
            yield Listener(begun=bar.begun, done=bar.done, stopping=bar.stopping)


def _event(outcome: Outcome) -> None:
    facts: dict[str, Any] = {"report": str(outcome.report), "seconds": round(outcome.seconds, 3)}
    if outcome.error:
        emit("failed", **facts, kind=outcome.kind, error=outcome.error)
    else:
        emit("made", **facts)


def _stop(running: int) -> None:
    emit("stopping", running=running)


def _line(outcome: Outcome) -> None:
    say(f"{'FAILED' if outcome.error else 'made'} {outcome.report}", err=True)


def _words(running: int) -> str:
    reports = "1 report that was" if running == 1 else f"{running} reports that were"
    return f"interrupted: finishing {reports} begun; press Ctrl-C again to end at once"


def _stopping(running: int) -> None:
    say(_words(running), err=True)


class _Bar:
    """A line that says how far the build is."""

    def __init__(self, total: int) -> None:
        from rich import progress  # noqa: PLC0415 - only on a terminal
        from rich.console import Console  # noqa: PLC0415

        self._running: list[str] = []
        self._failed = 0
        self._bar = progress.Progress(
            progress.BarColumn(bar_width=24),
            progress.MofNCompleteColumn(),
            progress.TextColumn("{task.fields[failed]}"),
            progress.TextColumn("{task.fields[rate]}"),
            progress.TimeRemainingColumn(compact=True),
            progress.TextColumn("{task.description}", markup=False),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("starting", total=total, failed="", rate="")

    def __enter__(self) -> _Bar:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def begun(self, report: Report) -> None:
        self._running.append(str(report))
        self._show()

    def done(self, outcome: Outcome) -> None:
        with contextlib.suppress(ValueError):
            self._running.remove(str(outcome.report))
        self._failed += bool(outcome.error)
        word = "[red]failed[/]" if outcome.error else "[green]made[/]  "
        self._bar.print(f"{word} {outcome.report}  [dim]{outcome.seconds:.1f} s[/]", highlight=False)
        self._bar.advance(self._task)
        self._show()

    def stopping(self, running: int) -> None:
        self._bar.print(_words(running), highlight=False)

    def _show(self) -> None:
        task = self._bar.tasks[0]
        a_minute = 60 * task.completed / task.elapsed if task.elapsed else 0
        self._bar.update(
            self._task,
            description=", ".join(self._running[:4]),
            failed=f"[red]{self._failed} failed[/]" if self._failed else "",
            rate=f"{a_minute:.0f} a minute" if task.completed else "",
        )
