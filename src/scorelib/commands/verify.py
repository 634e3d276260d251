"""`scorelib verify`: makes reports again in a clean folder, and says which came out the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scorelib.commands.options import project_folder, project_option
from scorelib.commands.terminal import say, say_json

if TYPE_CHECKING:
    from pathlib import Path

    from scorelib.build.run import Workers
    from scorelib.trust.verify import Verdict

__all__ = ["verify"]


@click.command()
@click.argument("reports", metavar="[REPORT]...", nargs=-1)
@click.option("--jobs", "-j", type=click.IntRange(1, 256), help="Worker processes; one a core if not given.")
@click.option("--key", type=click.Path(exists=True, dir_okay=False), help="Public key that must have signed.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@project_option
def verify(
    reports: tuple[str, ...], *, jobs: int | None, key: str | None, as_json: bool, project: Path | None
) -> int:
    """Make reports again in a clean folder, and say which are the same.

    They are made from the inputs as they are now and compared byte by byte. REPORT is iom,
    iom/2024 or iom/2024/nl; all that are made if not given. Where a report
    differs, the part that does and the likely reason are named. Checksums and signature of a release are
    checked too.

    Exit codes: 0 all are the same; 1 some differ; 2 there are none, or the data are wrong by now.
    """
    from scorelib.build.here import Here  # noqa: PLC0415
    from scorelib.commands.progress import listening, style_for  # noqa: PLC0415
    from scorelib.trust.release import check_release  # noqa: PLC0415
    from scorelib.trust.verify import made_reports, verify  # noqa: PLC0415

    folder = project_folder(project)
    chosen = made_reports(folder, reports)

    def workers(place: Path, count: int) -> Workers:
        return Here(place, jobs, count)

    seal = check_release(folder, key)
    with listening(len(chosen), style_for(machine=False)) as listener:
        verdicts = verify(folder, chosen, workers, None if as_json else listener)
    good = all(verdict.same for verdict in verdicts) and seal.good
    if as_json:
        content = {"same": good, "release": seal.words, "reports": [_facts(each) for each in verdicts]}
        say_json(content, indent=2)
        return 0 if good else 1
    for each in verdicts:
        _tell(each)
    for line in seal.words:
        say(line)
    count = sum(verdict.same for verdict in verdicts)
    say(f"{count} of {len(verdicts)} reports are the same, byte by byte")
    return 0 if good else 1


def _facts(verdict: Verdict) -> dict[str, object]:
    return {
        "report": str(verdict.report),
        "same": verdict.same,
        "altered": list(verdict.altered),
        "differing": dict(verdict.differing),
        "changed": {kind: list(names) for kind, names in verdict.changed.items()},
        "reason": verdict.reason,
        "error": verdict.error,
    }


def _tell(verdict: Verdict) -> None:
    say(f"{verdict.report}: {'the same' if verdict.same else 'not the same'}")
    for name in verdict.altered:
        say(f"    {name} in its folder is not as it was made; build it again with --force")
    if verdict.error:
        say(f"    it could not be made again: {verdict.error}")
    for name, part in verdict.differing.items():
        say(f"    {name} differs: {part}")
    if verdict.reason:
        say(f"    likely reason: {verdict.reason}")
    elif verdict.same and verdict.changed:
        kinds = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in verdict.changed.items())
        say(f"    although inputs changed ({kinds})")
