"""Documents as pages of the site, by the same writer as reports; imports render, document and the frame."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from markupsafe import Markup

from scorelib.document.nodes import Figure
from scorelib.document.number import numbered
from scorelib.render import assets as rendering
from scorelib.render.html import parts
from scorelib.render.policy import inline_script
from scorelib.site.light import without_specs
from scorelib.site.pages import NOTHING, Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from scorelib.document.nodes import Document
    from scorelib.language import Language
    from scorelib.render.charts import ChartDrawer
    from scorelib.site.assets import Assets

__all__ = ["Press"]


@dataclass(frozen=True, slots=True)
class Press:
    """What turns documents into pages: who draws, and where shared files go.

    Drawing is begun with a page and waited for when it is finished, so that the next pages are thought
    out in the meantime.
    """

    drawer: ChartDrawer
    assets: Assets

    def begin(
        self,
        document: Document,
        lang: Language,
        *,
        key: str,
        section: str = "",
        lead: str = "",
        notice: str = "",
        before: Markup = NOTHING,
        described: Markup = NOTHING,
    ) -> Callable[[], Page]:
        """Begin the page of a document that has not been numbered yet; what is given back finishes it.

        Parameters
        ----------
        document
            Its cover gives the title, and its subtitle what search engines show.
        lang
            Its language.
        key, section, lead, notice, described
            As `Page` has them; the section is the page itself if it is not given.
        before
            HTML that stands above the document.

        Raises
        ------
        RenderError
            If a reference leads nowhere; when it is finished, if a chart cannot be drawn.
        """
        whole = numbered(document, lang)
        figures = [block for block in whole.blocks if isinstance(block, Figure)]
        for figure in figures:
            self.drawer.begin(figure.spec)

        def finish() -> Page:
            made = parts(whole, lang, {each.id: self.drawer.draw(each.spec, each.id) for each in figures})
            body, specs = without_specs(made.body, self.assets)
            scripts = [specs, self._vega()] if specs else []
            if made.contents or figures:
                scripts.append(self._script())
            return Page(
                key=key,
                section=section or key,
                title=document.cover.title,
                description=document.cover.subtitle,
                lead=lead,
                notice=notice or document.cover.notice,
                body=before + Markup(body),  # noqa: S704 - the writer escapes every text
                notes=made.notes,
                contents=made.contents,
                scripts=tuple(scripts),
                described=described,
            )

        return finish

    def _vega(self) -> str:
        # As reports carry it, so that it is one file.
        return self.assets.add("vega", "js", inline_script(rendering.vega_bundle()))

    def _script(self) -> str:
        page = (resources.files("scorelib.render") / "theme" / "page.js").read_text("utf-8")
        return self.assets.add("page", "js", inline_script(page))
