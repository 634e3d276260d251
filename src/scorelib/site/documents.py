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
    from scorelib.document.nodes import Document
    from scorelib.language import Language
    from scorelib.render.charts import ChartDrawer
    from scorelib.site.assets import Assets

__all__ = ["Press"]


@dataclass(frozen=True, slots=True)
class Press:
    """What turns documents into pages: who draws, and where shared files go."""

    drawer: ChartDrawer
    assets: Assets

    def page(
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
    ) -> Page:
        """A page of a document that has not been numbered yet.

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
            If a chart cannot be drawn, or a reference leads nowhere.
        """
        whole = numbered(document, lang)
        figures = [block for block in whole.blocks if isinstance(block, Figure)]
        charts = {block.id: self.drawer.draw(block.spec, block.id) for block in figures}
        made = parts(whole, lang, charts)
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

    def _vega(self) -> str:
        # As reports carry it, so that it is one file.
        return self.assets.add("vega", "js", inline_script(rendering.vega_bundle()))

    def _script(self) -> str:
        page = (resources.files("scorelib.render") / "theme" / "page.js").read_text("utf-8")
        return self.assets.add("page", "js", inline_script(page))
