"""The frame that all pages of the site share: head, navigation, foot; imports language and the policy.

A page is what stands between them. Every text is escaped here or by the document's writer.
"""

from __future__ import annotations

import json
import posixpath
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from scorelib.site.light import POLICY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scorelib.language import Language

NOTHING = Markup()

__all__ = ["FOOT", "NAVIGATION", "Frame", "Page", "described", "template", "theme"]

NAVIGATION = ("index", "portfolio", "compare", "data", "methodology")
"""Pages in the navigation; further ones stand in the foot."""

FOOT = ("about", "changes", "accessibility")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of one language.

    Parameters
    ----------
    key
        Its path below the language's folder without ``.html``, such as ``organisations/iom``.
    section
        The page of the navigation that it belongs to.
    title, description, lead
        Its heading; what search engines show; the sentence below its heading.
    body, notes, contents
        As `scorelib.render.html.parts` gives them; a page without contents has none at its side.
    scripts
        Files from the root of the site, in their order.
    notice
        What stands on top of a page about something made up.
    described
        The page as schema.org has it, as JSON.
    """

    key: str
    section: str
    title: str
    description: str
    body: Markup
    lead: str = ""
    notes: Markup = NOTHING
    contents: tuple[tuple[int, str, str, Markup], ...] = ()
    scripts: tuple[str, ...] = ()
    notice: str = ""
    described: Markup = NOTHING


@dataclass(frozen=True, slots=True)
class Frame:
    """What all pages of a language have in common."""

    language: Language
    languages: Sequence[Language]
    styles: tuple[str, ...]
    made: str
    there: frozenset[str]
    """Keys of all pages there are, so that no link leads nowhere."""

    def write(self, page: Page) -> bytes:
        """The page as a file."""
        label = self.language.label
        here = posixpath.dirname(f"{self.language.code}/{page.key}")
        up = posixpath.relpath(".", here)

        def to(key: str, code: str = self.language.code) -> str:
            return posixpath.relpath(f"{code}/{key}.html", here)

        text = template("shell.html.jinja").render(
            page=page,
            language=self.language,
            label=label,
            policy=POLICY,
            up=up,
            home=to("index"),
            styles=self.styles,
            scripts=page.scripts,
            alternates=[
                {"tag": other.tag, "name": other.label("site.language"), "href": to(page.key, other.code)}
                for other in self.languages
                if other.code != self.language.code
            ],
            navigation=[(key, label(f"site.page.{key}"), to(key)) for key in NAVIGATION if key in self.there],
            foot=[
                *((label(f"site.page.{key}"), to(key)) for key in FOOT if key in self.there),
                (label("site.feed.title"), posixpath.relpath(f"{self.language.code}/feed.atom", here)),
            ],
            made=self.made,
        )
        return text.encode()


def template(name: str) -> jinja2.Template:
    """A template of the site's theme."""
    return _ENVIRONMENT.get_template(name)


def theme(name: str) -> str:
    """A style sheet or script of the site's theme."""
    return (resources.files("scorelib.site") / "theme" / name).read_text("utf-8")


def described(facts: Mapping[str, Any]) -> Markup:
    """Facts as JSON that can stand in a page: nothing in it can end the element around it."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    escaped = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(escaped)  # noqa: S704 - without these it cannot leave the element that it stands in


_ENVIRONMENT = jinja2.Environment(
    autoescape=True, undefined=jinja2.StrictUndefined, loader=jinja2.FunctionLoader(theme)
)
