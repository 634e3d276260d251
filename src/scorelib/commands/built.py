"""What `scorelib build` says: what is to be made and why, and what became of it; makes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from scorelib.commands.options import shown
from scorelib.commands.progress import emit
from scorelib.commands.terminal import say, say_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scorelib.build.plan import Step
    from scorelib.build.run import Built
    from scorelib.commands.progress import Style
    from scorelib.render.quartorun import Choice

__all__ = ["gone", "stale", "tell", "tell_damage", "tell_reasons", "warn"]


def stale(steps: Sequence[Step]) -> int:
    """How many are to be made."""
    return sum(step.stage != "fresh" for step in steps)


def tell_damage(folder: Path, steps: Sequence[Step], style: Style, *, mend: bool) -> None:
    """Say what is not as it was written although nothing that it rests on changed, and is made again."""
    from scorelib.build import status  # noqa: PLC0415
    from scorelib.build.select import select  # noqa: PLC0415

    told = [f"{step.report} is made again: {', '.join(step.damaged)}" for step in steps if step.damaged]
    if status.damaged(folder / "reports"):
        told.append(f"reports/{status.STATUS} is damaged: what earlier builds said is lost")
        if mend:
            news = [status.entry(step.report, "fresh") for step in steps if step.stage == "fresh"]
            status.write_status(folder / "reports", news, select(folder))
    for line in told:
        if style == "json":
            emit("warning", problem=line)
        else:
            say_line(f"warning: {line}", err=True)


def tell(folder: Path, steps: Sequence[Step], built: Built | None, style: Style) -> str:
    """Say what became of the build; gives what the next one would."""
    from scorelib.build.status import alone  # noqa: PLC0415

    fresh = len(steps) - stale(steps)
    outcomes, failed, left = (built.outcomes, built.failed, built.left) if built else ((), (), ())
    counts = {"made": len(outcomes) - len(failed), "failed": len(failed), "fresh": fresh, "left": len(left)}
    if style == "json":
        emit("end", **counts)
        return ""
    for outcome in failed:
        say(f"\n{outcome.report} failed: {outcome.error}", err=True)
        if outcome.kind != "execution":  # That message says already how to run the notebook.
            say(f"  to make it alone: {alone(outcome.report)}", err=True)
    if len(failed) > 1:
        width = max(len(str(outcome.report)) for outcome in failed)
        say("\nfailed:", err=True)
        for outcome in failed:
            first = outcome.error.strip().splitlines()[0]
            say(f"  {outcome.report!s:{width}}  {outcome.kind:9}  {first[:110]}", err=True)
    place = f"in {shown(folder / 'reports')}/"
    words = f"{counts['made']} made, {counts['failed']} failed"
    words += f", {fresh} up to date" if fresh else ""
    words += f", {len(left)} not begun (run it again to make them)" if left else ""
    say(f"{words}, {place}")
    return f"0 made, 0 failed, {len(steps)} up to date, {place}"


def gone(folder: Path, style: Style, *, prune: bool) -> list[Path]:
    """Name the reports whose scorecard is gone, and remove them if that is asked for."""
    from scorelib.build.plan import vanished  # noqa: PLC0415
    from scorelib.build.publish import remove  # noqa: PLC0415
    from scorelib.build.select import select  # noqa: PLC0415

    found = vanished(folder, select(folder))
    for path in found:
        if prune:
            remove(path)
        if style == "json":
            emit("removed" if prune else "gone", folder=shown(path))
        elif prune:
            say(f"removed {shown(path)}", err=True)
        else:
            say(f"{shown(path)}: its scorecard is gone; --prune removes it", err=True)
    return found


def tell_reasons(steps: Sequence[Step], style: Style, what: Literal["key", "reasons", "stages"]) -> None:
    """A line for each report, and below it each reason; or one key over all."""
    from scorelib.build.plan import key_of  # noqa: PLC0415

    if what == "key":
        say(key_of(steps))
        return
    words = {"fresh": "up to date", "render": "render", "execute": "execute and render"}
    for step in steps:
        if style == "json":
            emit("step", report=str(step.report), stage=step.stage, reasons=list(step.reasons))
            continue
        say(f"{step.report}: {words[step.stage]}")
        for reason in step.reasons if what == "reasons" else ():
            say_line(f"    {reason}")


def warn(choice: Choice, style: Style) -> None:
    """Say what is to be said about the renderer."""
    if choice.warning and style == "json":
        emit("warning", problem=choice.warning)
    elif choice.warning:
        say(f"warning: {choice.warning}", err=True)
