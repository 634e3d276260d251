#!/usr/bin/env python3
"""Stands in for quarto in what concerns processes alone: arguments, files, messages, exit codes.

What it does and says was seen of Quarto 1.10.18, or stands in its source: it renders what a project
lists, one after the other, says `[ 2/3] build/name.ipynb` before each if there are several, and stops
at the first that it cannot render, with exit code 1, what it made before already in its place. It
renders nothing: its pages hold a title, its PDFs a line. Which notebooks it cannot render, and how it
fails, is in STANDIN (JSON); every call is written to STANDIN_LOG.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path

plan = json.loads(os.environ.get("STANDIN", "{}"))
arguments = sys.argv[1:]
with Path(os.environ["STANDIN_LOG"]).open("a", encoding="utf-8") as log:
    kept = {name: os.environ.get(name) for name in ("SOURCE_DATE_EPOCH", "QUARTO_PROFILE")}
    log.write(json.dumps({"arguments": arguments, "environment": kept}) + "\n")

if arguments == ["--version"]:
    sys.stdout.write(plan.get("version", "1.10.18") + "\n")
    sys.exit(plan.get("version-code", 0))
if arguments[:1] == ["pandoc"]:
    sys.stdout.write("pandoc 3.9\n")
    sys.exit(plan.get("pandoc-code", 0))

project = Path(arguments[1])
if "hang" in plan:
    time.sleep(600)
if "ends" in plan:
    sys.stderr.write(plan["ends"])
    sys.exit(1)
options = json.loads((project / "_quarto.yml").read_text("utf-8"))
inputs = sorted(path for glob in options["project"]["render"] for path in project.glob(glob))
suffixes = {"scorecard-html": ".html", "scorecard-typst": ".pdf"}
done = []


def put_in_place() -> None:
    for path in done:
        target = project / options["project"]["output-dir"] / path.relative_to(project)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)


for number, path in enumerate(inputs, 1):
    if len(inputs) > 1:
        sys.stderr.write(
            f"\x1b[1m\x1b[34m[{number:>2}/{len(inputs)}] {path.relative_to(project)}\x1b[39m\x1b[22m\n"
        )
    front = json.loads(path.read_text("utf-8"))["cells"][0]["source"]
    said = plan.get("cannot", {}).get(path.stem)
    if said is not None:
        put_in_place()
        sys.stderr.write(
            f"{said}\n\nStack trace:\n    at renderFiles (file:///opt/quarto/bin/quarto.js:1:1)\n"
        )
        sys.exit(1)
    for name in options["format"]:
        if [path.stem, name] in plan.get("forgets", []):
            continue
        made = path.with_suffix(suffixes[name])
        title = re.search(r"^title: (.*)$", front, re.MULTILINE)
        loads = plan.get("loads", {}).get(path.stem, "")
        page = f'<!DOCTYPE html><html lang="nl"><head><meta name="generator" content="quarto-1.10.18">{loads}'
        page += f"<title>{title and title[1]}</title></head><body><main>x</main></body></html>"
        made.write_text(page if made.suffix == ".html" else f"%PDF-1.7 {title and title[1]}", "utf-8")
        done.append(made)
put_in_place()
