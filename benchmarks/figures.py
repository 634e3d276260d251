"""How often the figure check is right, on labelled sentences, and how long it takes for many texts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks.corpus import GRAVE, judged, sentences, tally
from benchmarks.projects import LANGUAGES, ROOT
from benchmarks.table import Aim, Line, Section
from benchmarks.timing import Failed, Timings, program, timed
from scorelib.check.library import Library
from scorelib.check.project import short_lived
from scorelib.data.batch import Batch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.corpus import Judged
    from benchmarks.effort import Effort, Workshop

__all__ = ["CORPUS", "PARTS", "measure"]

CORPUS = ROOT / "tests" / "prose" / "corpus"
PARTS = {"held-out": "not tuned on", "tuning": "tuned on"}
WITH_TEXTS = 100
"""Reports whose texts are timed; half of a made project's reports have texts."""
PRECISION, RECALL = Aim("at least", 0.95, unit=""), Aim("at least", 0.85, unit="")
SECONDS = Aim("at most", 3, unit=" s")
FIRST = (
    "The sentences that it was not tuned on were written when the tuning had ended. Measured for the first "
    "time, precision was 0.957 and recall 0.985 for contradictions and arithmetic (67 of 70 findings right, "
    "67 of 68 found); three of them then led to mends, so that they are no longer wholly unseen."
)


def measure(effort: Effort, workshop: Workshop) -> Section:
    """Judge the corpus and time the texts."""
    lines: list[Line] = []
    for part, said in PARTS.items():
        corpus = sentences(CORPUS / part)
        lines += _lines(judged(corpus, ROOT), f"{said}, {len(corpus)} sentences")
    lines += _times(effort, workshop)
    notes = (
        "Precision: of what was found, the part that is labelled so at that place. Recall: of what is "
        "labelled, the part that was found there. Over half of the sentences of each language are wrong; "
        "what may be called a contradiction or wrong arithmetic counts for the one that it was called.",
        FIRST,
        "Texts: those of IOM and of copies of the fictional example, in both languages, acceptances and "
        "agreement of the languages included: seconds of the processor in one process, after the texts were "
        "filled in. The whole command, by the clock, starts Python and checks all tables too.",
    )
    return Section("figures", "The figure check", tuple(lines), notes)


def _lines(results: list[Judged], said: str) -> Iterator[Line]:
    for kind, counts in tally(results).items():
        graves = kind in (*GRAVE, " and ".join(GRAVE))
        for name, value, aim, of in (
            ("precision", counts.precision, PRECISION, counts.right + counts.false),
            ("recall", counts.recall, RECALL, counts.right + counts.missed),
        ):
            reached = ("yes" if aim.reached(value) else "**no**") if graves else ""
            shown = f"{value:.3f} ({counts.right} of {of})"
            yield Line(
                f"{kind}: {name} ({said})", shown, aim=str(aim) if graves else "", reached=reached, runs="1"
            )


def _times(effort: Effort, workshop: Workshop) -> Iterator[Line]:
    project, _ = workshop.project("figures", 2 * WITH_TEXTS)
    batch = Batch(project)
    runs = str(effort.rounds)
    taken = Timings(tuple(_read(batch) for _ in range(effort.rounds)))
    reached = "yes" if SECONDS.reached(taken.median) else "**no**"
    yield Line(f"the texts of {WITH_TEXTS} reports", str(taken), aim=str(SECONDS), reached=reached, runs=runs)
    whole = Timings(tuple(_command(project) for _ in range(effort.rounds)))
    yield Line(f"`scorelib check` of a project with {2 * WITH_TEXTS} reports", str(whole), runs=runs)


def _read(batch: Batch) -> float:
    """Seconds of the processor for the texts of so many reports that have some, in both languages."""
    library = Library(batch)
    rows = [(str(row["organisation"]), int(row["year"])) for row in batch.tables["scorecards"].rows]
    cards = [row for row in rows if _has_texts(batch.project, *row)][: WITH_TEXTS // len(LANGUAGES)]
    reports = [library.report(*row) for row in cards]
    count = sum(bool(texts) for report in reports for texts in report.texts.values())
    if count != WITH_TEXTS:
        message = f"{count} reports have texts, not {WITH_TEXTS}"
        raise Failed(message)
    for report in reports:
        # As in a check: they are filled in before their numbers are read.
        report.unreadable(LANGUAGES)
    began = time.process_time()
    with short_lived():
        for report in reports:
            report.linted()
    return time.process_time() - began


def _has_texts(project: Path, organisation: str, year: int) -> bool:
    return (project / "data" / "texts" / organisation / str(year)).is_dir()


def _command(project: Path) -> float:
    return timed([program("scorelib"), "check", "--json"], project)
