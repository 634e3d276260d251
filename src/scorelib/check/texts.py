"""Rules for the files of texts: chapters, languages, footnotes, links; imports prose, reads no number."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from scorelib.errors import Diagnostic
from scorelib.language import language
from scorelib.prose.comments import without_comments
from scorelib.prose.lint.source import read_source
from scorelib.prose.texts import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scorelib.errors import Severity
    from scorelib.prose.lint.report import Text

__all__ = ["check_chapters", "check_marks"]

FILE = re.compile(r"[0-9]{2}-(?P<name>[a-z][a-z0-9-]*)")
MARK = re.compile(r"\[\^(?P<label>[^\[\]\s]+)\](?P<definition>:)?")
LINK = re.compile(r"\]\((?P<url>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+\"[^\"]*\")?\)")
SAFE = re.compile(r"https?://[^\s/]+|mailto:[^\s@]+@|#")
SECTION = re.compile(r"@(?P<id>sec-[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)")
IDENTITY = re.compile(r"\{#(?P<id>[A-Za-z][\w-]*)[^{}]*\}")


def check_chapters(
    organisation: str, year: int, status: str, texts: Mapping[str, Sequence[Text]]
) -> Iterator[Diagnostic]:
    """Chapters of a report that are missing, in one language or in all, or that nothing prints."""
    root = f"data/texts/{organisation}/{year}"
    own = {
        code: {text.chapter: text for text in each if text.path.startswith(root) and written(text.content)}
        for code, each in texts.items()
    }
    if not any(own.values()):
        grave: Severity = "warning" if status == "final" else "note"
        problem = "this scorecard has no texts of its own; each section will say that it is not written yet"
        remedy = f"`scorelib new {organisation} {year}` makes a file with hints for each"
        yield Diagnostic(root, 0, 0, grave, "texts", "", problem, remedy)
        return
    for chapter in sorted({name for chapters in own.values() for name in chapters}):
        there = [code for code in own if chapter in own[code]]
        for code, chapters in own.items():
            if chapter not in chapters:
                text = own[there[0]][chapter]
                problem = f"this chapter is there in {', '.join(there)}, but not in {code}"
                remedy = f"write {root}/{code}/{chapter}.md"
                yield Diagnostic(text.path, 0, 0, "warning", "language", chapter, problem, remedy)
    for code, chapters in own.items():
        for chapter, text in chapters.items():
            found = FILE.fullmatch(chapter)
            if found is None or f"section.{found['name']}" not in language(code).labels:
                problem = "no section has this name, so nothing prints it"
                remedy = "name it NN-name.md with the name of a section, such as 33-finance.md"
                yield Diagnostic(text.path, 0, 0, "warning", "texts", chapter, problem, remedy)


def check_marks(texts: Sequence[Text], code: str) -> Iterator[Diagnostic]:
    """Footnotes and links of the texts of a report in one language that lead nowhere."""
    printed = [without_comments(text.content) for text in texts]
    identities = {found["id"] for text in printed for found in IDENTITY.finditer(text)}
    sections = {
        f"sec-{key.removeprefix('section.')}" for key in language(code).labels if key.startswith("section.")
    }
    for text in texts:
        yield from _footnotes(text)
        yield from _links(text, identities | sections)


def _footnotes(text: Text) -> Iterator[Diagnostic]:
    source = read_source(text.content, text.path)
    prose = source.outline
    marks = [found for found in MARK.finditer(prose) if not _defines(found, prose)]
    notes = [found for found in MARK.finditer(prose) if _defines(found, prose)]
    labels = Counter(found["label"] for found in notes)
    used = {found["label"] for found in marks}
    for found in marks:
        if found["label"] not in labels:
            problem = "there is no note of this name, so its mark is printed as it stands"
            yield _at(source.place(found.start()), "error", found, problem, f"add [^{found['label']}]: …")
    for found in notes:
        if labels[found["label"]] > 1:
            problem = "two notes of a text have this name, and only one is printed"
            yield _at(source.place(found.start()), "error", found, problem, "give one another name")
        elif found["label"] not in used:
            problem = "no mark leads to this note, so it is never printed"
            yield _at(source.place(found.start()), "warning", found, problem, "set its mark, or delete it")


def _defines(found: re.Match[str], prose: str) -> bool:
    begun = prose.rfind("\n", 0, found.start()) + 1
    return bool(found["definition"]) and not prose[begun : found.start()].strip(" >")


def _links(text: Text, identities: set[str]) -> Iterator[Diagnostic]:
    source = read_source(text.content, text.path)
    for found in LINK.finditer(source.outline):
        url = found["url"]
        place = source.place(found.start())
        if not SAFE.match(url):
            problem = "this link leads nowhere in a report: its words are printed without it"
            remedy = "write a whole address, https://…, or refer to a section with @sec-name"
            yield Diagnostic(*place, "warning", "links", url, problem, remedy)
        elif url.startswith("#") and url[1:] not in identities:
            problem = "no heading has this name"
            yield Diagnostic(*place, "warning", "links", url, problem, "give one the name: {#name}")
    for found in SECTION.finditer(source.outline):
        if found["id"] not in identities:
            problem = "no section has this name, and the report cannot be made"
            remedy = "write the name of a section, or give a heading this one: {#sec-name}"
            yield Diagnostic(*source.place(found.start()), "error", "links", found.group(), problem, remedy)


def _at(
    place: tuple[str, int, int], severity: Severity, found: re.Match[str], problem: str, remedy: str
) -> Diagnostic:
    return Diagnostic(*place, severity, "footnotes", found.group().rstrip(":"), problem, remedy)
