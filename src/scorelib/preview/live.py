"""A scorecard in all its languages, kept as it is on disk now; knows no HTML and no server.

Imports the maker and what it makes. One thread makes, one watches; who looks waits for news. Only
languages that somebody looks at are made.
"""

from __future__ import annotations

import threading
import time
import traceback
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from scorelib.build.report import Report, Result
from scorelib.preview.maker import PACKAGE, Made, Maker, watched

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from scorelib.settings import Settings

__all__ = ["Live", "View"]

State = Literal["waiting", "making", "made", "failed"]

STEP = 30
"""Milliseconds without another change after which those that came are taken together."""

DEBOUNCE = 300
"""Milliseconds after which they are taken in any case."""


@dataclass(frozen=True, slots=True)
class View:
    """One language as it stands.

    Parameters
    ----------
    state
        Whether it is being made, was made, or failed.
    version
        Counts what there was to see: it is the same as long as that is.
    made
        What was made last, well or not.
    good
        What was last made well.
    """

    state: State = "waiting"
    version: int = 0
    made: Made | None = None
    good: Made | None = None


class Live:
    """Reports that follow what is saved.

    Parameters
    ----------
    project
        The folder that holds ``data/`` and ``notebooks/``.
    reports
        One report in each of its languages.
    settings
        The project's limits.
    told
        Hears of each report that was made, well or not.
    """

    def __init__(
        self,
        project: Path,
        reports: Sequence[Report],
        settings: Settings,
        told: Callable[[Report, Made], None],
    ) -> None:
        self.reports = {report.lang: report for report in reports}
        self._project = project
        self._told = told
        self._maker = Maker(project, settings)
        self._making = threading.Lock()
        self._news = threading.Condition()
        self._views = dict.fromkeys(self.reports, View())
        self._readers = dict.fromkeys(self.reports, 0)
        self._stale = set(self.reports)
        self._code_changed = False
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=target, daemon=True) for target in (self._make_all, self._watch)
        ]

    def start(self) -> None:
        """Begin to watch, and to make what is looked at."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """End all of it; what was being made is dropped."""
        self._ended.set()
        with self._news:
            self._news.notify_all()
        self._maker.close()
        for thread in self._threads:
            thread.join(2)

    # --- who looks ------------------------------------------------------------------------------

    def look(self, lang: str) -> None:
        """Begin to look at a language: it is made, and again whenever something changes."""
        with self._news:
            self._readers[lang] += 1
            self._news.notify_all()

    def leave(self, lang: str) -> None:
        """Look no longer."""
        with self._news:
            self._readers[lang] -= 1

    def view(self, lang: str) -> View:
        """How a language stands."""
        with self._news:
            return self._views[lang]

    def news(self, lang: str, seen: View | None, timeout: float) -> View | None:
        """How a language stands as soon as that is not what was seen; None if nothing comes in time."""
        with self._news:
            self._news.wait_for(lambda: self._views[lang] is not seen or self._ended.is_set(), timeout)
            found = self._views[lang]
        return None if found is seen else found

    @property
    def ended(self) -> bool:
        """Whether it has been closed."""
        return self._ended.is_set()

    def pdf(self, lang: str) -> Result:
        """The PDF of what was last made well."""
        view = self.view(lang)
        if view.good is None:
            return Result("it has not been made yet; wait for the page", "rendering")
        with self._making:
            return self._maker.pdf(self.reports[lang], view.good)

    # --- who makes ------------------------------------------------------------------------------

    def _watch(self) -> None:
        from watchfiles import DefaultFilter, watch  # noqa: PLC0415 - only for a preview

        usual = DefaultFilter()
        for changes in watch(
            *watched(self._project),
            watch_filter=lambda change, path: usual(change, path) and not path.endswith(".pyc"),
            step=STEP,
            debounce=DEBOUNCE,
            rust_timeout=1000,
            stop_event=self._ended,
            raise_interrupt=False,
        ):
            self.changed([path for _, path in changes])

    def changed(self, paths: Sequence[str]) -> None:
        """Have everything that is looked at made again, if it rests on what was saved."""
        code = any(path.endswith(".py") and path.startswith(str(PACKAGE)) for path in paths)
        with self._news:
            self._stale = set(self.reports)
            self._code_changed |= code
            self._news.notify_all()

    def _wanted(self) -> str | None:
        """A language that is looked at and may not be up to date."""
        return next((lang for lang in sorted(self._stale) if self._readers[lang]), None)

    def _make_all(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._ended.is_set() or self._wanted() is not None)
                lang = self._wanted()
                if self._ended.is_set() or lang is None:
                    return
                self._stale.discard(lang)
                renew, self._code_changed = self._code_changed, False
                before = self._views[lang]
                self._put(lang, View("making", before.version, before.made, before.good))
            made = self._make(lang, before, renew=renew)
            if self._ended.is_set():
                return
            self._keep(lang, before, made)

    def _make(self, lang: str, before: View, *, renew: bool) -> Made | None:
        began = time.monotonic()
        try:
            with self._making:
                if renew:
                    self._maker.renew()
                # What failed is compared with what was last made well: undone, it is there again at once.
                return self._maker.make(self.reports[lang], before.good, lambda: lang in self._stale)
        except Exception:  # noqa: BLE001 - a preview outlives our own mistakes too
            error = f"this is an error of scorelib itself; please report it:\n{traceback.format_exc()}"
            return Made(Result(error, "bug"), seconds=time.monotonic() - began)

    def _keep(self, lang: str, before: View, made: Made | None) -> None:
        with self._news:
            if made is None or made is before.made:
                # Superseded, or nothing changed: what is seen stays.
                self._put(lang, before)
                return
            if made is before.good:
                made = replace(made, changed=("it is as it was",))
            good = made if made.result.files is not None else before.good
            state: State = "made" if good is made else "failed"
            self._put(lang, View(state, before.version + 1, made, good))
        self._told(self.reports[lang], made)

    def _put(self, lang: str, view: View) -> None:
        self._views[lang] = view
        self._news.notify_all()
