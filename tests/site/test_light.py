"""Pages of reports that the site cannot share in parts stay whole in it, with links that lead right."""

from __future__ import annotations

from scorelib.site.assets import Assets
from scorelib.site.light import lighten


def test_a_page_that_quarto_made_keeps_all_but_its_links() -> None:
    page = (
        '<html><head><meta name="generator" content="quarto-1.10.18"><style>a{}</style></head><body>'
        '<script>const a = "<a href=\\"data.zip\\">";</script><a href="data.zip">x</a><a href="#sec-a">y</a>'
        '<a href="https://example.org">z</a></body></html>'
    )
    light = lighten(
        page, Assets(), place="nl/a.html", bar="", styles=(), moved=lambda href: f"../up/{href}", whole=""
    )  # fmt: skip
    assert light == page.replace('<a href="data.zip">x', '<a href="../up/data.zip">x')
