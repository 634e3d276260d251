"""Makes the site: every page in every language, what they share, and puts it in its place whole.

Imports the rest of this room, and lets each page's module say what stands on it.
"""

from __future__ import annotations

import hashlib
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

import scorelib
from scorelib.build.lock import locked
from scorelib.build.publish import publish
from scorelib.data.batch import Batch
from scorelib.data.portfolio import portfolio_of
from scorelib.data.scorecard import translated
from scorelib.errors import ScorelibError
from scorelib.figures.overtime import scored
from scorelib.language import available, language
from scorelib.render import assets as rendering
from scorelib.render.charts import ChartDrawer
from scorelib.render.html import stylesheet
from scorelib.sealed import put
from scorelib.settings import Settings
from scorelib.site.assets import Assets
from scorelib.site.catalogue import Catalogue
from scorelib.site.compare import compare_page
from scorelib.site.data import data_page
from scorelib.site.documents import Press
from scorelib.site.entries import entries
from scorelib.site.feed import feed
from scorelib.site.find import card_labels, find_page, report_page
from scorelib.site.front import front
from scorelib.site.light import lighten
from scorelib.site.methodology import about, accessibility, changes, methodology
from scorelib.site.organisation import organisation_document, organisation_page
from scorelib.site.pages import NOTHING, Frame, described, theme
from scorelib.site.plan import FOLDER, FRONT, RECORD, record
from scorelib.site.portfolio import portfolio_document, warm
from scorelib.site.publication import publication
from scorelib.site.rdf import json_ld, turtle
from scorelib.site.tables import open_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from scorelib.data.portfolio import Portfolio
    from scorelib.language import Language
    from scorelib.site.manifests import Manifest
    from scorelib.site.pages import Page

__all__ = ["make_site"]

Made = dict[tuple[str, int, str], "Manifest"]


def make_site(project: Path, manifests: Sequence[Manifest], inputs: Mapping[str, str]) -> int:
    """Make the site and put it in its place; gives how many pages it has.

    Parameters
    ----------
    project
        The folder that holds ``data/``, ``notebooks/`` and ``reports/``.
    manifests
        The reports that there are.
    inputs
        What it rests on, as `scorelib.site.plan.inputs` has it.

    Raises
    ------
    ScorelibError
        If the data are wrong, the notebook fails, or it cannot be written; what was there is untouched.
    """
    reports = project / "reports"
    warm(project)
    with ChartDrawer() as drawer:
        drawer.start()
        files = _Site(project, manifests, drawer).files()
    first = front([language(code) for code in available()], FOLDER)
    known = {
        name: (hashlib.sha256(content).hexdigest(), len(content))
        for name, content in {**files, f"../{FRONT}": first}.items()
    }
    files[RECORD] = record(inputs, known)
    pages = sum(name.endswith(".html") for name in files)
    with locked(reports):
        publish(files, reports / FOLDER)
        _put(first, reports / FRONT)
    return pages


def _put(content: bytes, path: Path) -> None:
    """Write one file in place of another, whole."""
    try:
        put(path, content)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}; make room or rights there and build again"
        raise ScorelibError(message) from error


@dataclass
class _Site:
    """What pages of all languages are made from, read once."""

    project: Path
    manifests: Sequence[Manifest]
    drawer: ChartDrawer

    def __post_init__(self) -> None:
        self.batch = Batch(self.project)
        self.published = publication(self.project / "data")
        self.assets = Assets()
        self.press = Press(self.drawer, self.assets)
        self.settings = Settings.load(self.project)
        self.made: Made = {(each.organisation, each.year, each.lang): each for each in self.manifests}
        self.languages = [language(code) for code in available()]
        self.portfolios = {lang.code: portfolio_of(self.batch, lang) for lang in self.languages}
        self.listed = entries(next(iter(self.portfolios.values())))
        tables, data = open_tables(self.batch.package, next(iter(self.portfolios.values())))
        self.catalogue = Catalogue(self.published, self.languages, tables, data, self.listed, self.made)
        self.organisations = sorted({each.organisation for each in self.listed})
        # The latest scorecard of each organisation; in other languages it shares its tables.
        latest = {each.organisation: each.year for each in reversed(self.listed)}
        first = {
            name: self.batch.scorecard(name, latest[name], self.languages[0].code)
            for name in self.organisations
        }
        self.cards = {
            lang.code: first if not number else {name: translated(card, lang) for name, card in first.items()}
            for number, lang in enumerate(self.languages)
        }
        self.scored = {name: scored(card) for name, card in first.items()}
        self.styles = (
            self.assets.add("style", "css", stylesheet(rendering.font_css())),
            self.assets.add("site", "css", theme("site.css") + card_labels(self.languages, self.listed)),
        )

    def files(self) -> dict[str, bytes]:
        """Every file of the site by its path in it."""
        graph = self.catalogue.dcat()
        files: dict[str, bytes] = {
            ".nojekyll": b"",
            "catalogue.jsonld": json_ld(graph),
            "catalogue.ttl": turtle(graph),
            **self.catalogue.files,
        }
        begun = [(lang, *self._begin(lang, self.portfolios[lang.code])) for lang in self.languages]
        # These need no drawing, which goes on in the meantime.
        for manifest in self.manifests:
            name = f"{manifest.lang}/{report_page(manifest.organisation, manifest.year)}.html"
            if "index.html" in manifest.files and manifest.lang in self.portfolios:
                files[name] = self._light(manifest, name)
        for lang, ready, drawn in begun:
            files |= self._written(lang, [*ready, *(finish() for finish in drawn)])
        return files | self.assets.files

    def _begin(self, lang: Language, portfolio: Portfolio) -> tuple[list[Page], list[Callable[[], Page]]]:
        """Pages in a language that are ready, and those whose charts are being drawn."""
        find = self.assets.add("find", "js", theme("find.js"))
        facts = described(self.catalogue.schema(lang))
        compare = self.assets.add("compare", "js", theme("compare.js"))
        ready = [
            find_page(portfolio, self.listed, self.made, find, facts),
            data_page(lang, self.catalogue),
            compare_page(portfolio, self.cards[lang.code], self.scored, compare),
        ]
        documents = {
            "portfolio": portfolio_document(self.project, lang, self.settings),
            "methodology": methodology(portfolio),
            "about": about(portfolio),
            "changes": changes(portfolio),
            "accessibility": accessibility(portfolio, self.published),
        }
        begun = [self.press.begin(document, lang, key=key) for key, document in documents.items() if document]
        begun += [self._organisation(lang, portfolio, name) for name in self.organisations]
        return ready, begun

    def _written(self, lang: Language, pages: Sequence[Page]) -> dict[str, bytes]:
        there = frozenset(page.key for page in pages)
        frame = Frame(lang, self.languages, self.styles, self._made_line(lang), there)
        files = {f"{lang.code}/{page.key}.html": frame.write(page) for page in pages}
        files[f"{lang.code}/feed.atom"] = feed(lang, self.listed, self.made, self.published)
        return files

    def _organisation(self, lang: Language, portfolio: Portfolio, name: str) -> Callable[[], Page]:
        own = [each for each in self.listed if each.organisation == name]
        card = self.cards[lang.code][name]
        links = [
            (
                lang.label(
                    "organisation.card", year=each.year, status=lang.label(f"document.{each.status}").lower()
                ),
                f"../{report_page(name, each.year)}.html",
            )
            for each in own
            if (name, each.year, lang.code) in self.made
        ]
        links.append(
            (
                lang.label("organisation.compare", organisation=own[0].abbreviation),
                f"../compare.html#o={name}",
            )
        )
        document = organisation_document(card, portfolio, own, self.scored[name], links)
        return self.press.begin(document, lang, key=organisation_page(name), section="index")

    def _made_line(self, lang: Language) -> str:
        date = self.portfolios[lang.code].data_date
        shown = lang.date(date) if date else "–"
        return lang.label("site.made", version=scorelib.__version__, date=shown)

    def _light(self, manifest: Manifest, place: str) -> bytes:
        """The page of a report without what all pages share."""
        page = (self.project / "reports" / manifest.name / "index.html").read_text("utf-8")
        lang = self.portfolios[manifest.lang].language
        here = posixpath.dirname(f"{FOLDER}/{place}")

        def moved(href: str) -> str:
            target = posixpath.normpath(posixpath.join(manifest.name, href))
            for code in (each.code for each in self.languages):
                if target == f"{manifest.organisation}/{manifest.year}/{code}/index.html":
                    name = report_page(manifest.organisation, manifest.year)
                    target = f"{FOLDER}/{code}/{name}.html"
            return posixpath.relpath(target, here)

        bar = self._bar(lang, manifest, here) + self._facts(lang, manifest)
        whole = posixpath.relpath(f"{manifest.name}/index.html", here)
        light = lighten(
            page, self.assets, place=place, bar=bar, styles=self.styles[1:], moved=moved, whole=whole
        )
        return light.encode()

    def _facts(self, lang: Language, manifest: Manifest) -> Markup:
        wanted = (manifest.organisation, manifest.year)
        own = next((each for each in self.listed if (each.organisation, each.year) == wanted), None)
        if own is None:
            return NOTHING
        facts = described(self.catalogue.schema_of(own, manifest, lang))
        return Markup('<script type="application/ld+json">{}</script>').format(facts)

    def _bar(self, lang: Language, manifest: Manifest, here: str) -> Markup:
        label = lang.label
        size = lang.number(manifest.files["index.html"].size / 1e6, 1)
        whole = posixpath.relpath(f"{manifest.name}/index.html", here)
        return Markup(
            '<nav class="bar" aria-label="{}"><div class="inner"><a href="../index.html">{}</a> '
            '<a href="../{}.html">{}</a> <a href="{}" download="{}">{}</a></div></nav>'
        ).format(
            label("site.nav"),
            label("site.bar.all"),
            organisation_page(manifest.organisation),
            label("site.bar.years", organisation=self._abbreviation(manifest.organisation)),
            whole,
            f"scorecard-{manifest.organisation}-{manifest.year}-{manifest.lang}.html",
            label("site.bar.whole", size=size),
        )

    def _abbreviation(self, organisation: str) -> str:
        return next((e.abbreviation for e in self.listed if e.organisation == organisation), organisation)
