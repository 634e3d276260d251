"""Drawings enter a report by one way, a chart; whatever a chart says, only a drawing comes out of it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest

from scorelib.errors import RenderError
from scorelib.render.charts import DRAWN, ChartDrawer, clean_svg

from .hostile import bounded

if TYPE_CHECKING:
    from collections.abc import Iterator

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
XLINK = 'xmlns:x="http://www.w3.org/1999/xlink"'
SVG = "{http://www.w3.org/2000/svg}"

INNER = {
    "a script": "<script>window.__pwned=1</script>",
    "a script of a namespace": '<h:script xmlns:h="http://www.w3.org/1999/xhtml">window.__pwned=1</h:script>',
    "a script from elsewhere": '<script href="//evil.example/x.js"/>',
    "an event": '<rect onload="window.__pwned=1" onclick="window.__pwned=1"/>',
    "an event in capitals": '<rect ONLOAD="window.__pwned=1"/>',
    "HTML": f'<foreignObject><iframe {XHTML} src="//evil.example"/></foreignObject>',
    "a link": '<a href="javascript:window.__pwned=1"><text>x</text></a>',
    "a link of XLink": f'<a {XLINK} x:href="javascript:x"><text>x</text></a>',
    "a part from elsewhere": '<use href="//evil.example/a.svg#x"/>',
    "a part by XLink": f'<use {XLINK} x:href="//evil.example/a.svg#x"/>',
    "a part of data": '<use href="data:image/svg+xml,&lt;svg/&gt;#x"/>',
    "a picture": '<image href="https://evil.example/x.png"/>',
    "a picture of XLink": f'<image {XLINK} x:href="file:///etc/passwd"/>',
    "a style sheet": "<style>@import url(//evil.example/x.css);</style>",
    "a style": '<rect style="fill:url(//evil.example/x)"/>',
    "a colour from elsewhere": '<rect fill="url(//evil.example/x.svg#a)"/>',
    "a colour in quotes": "<rect fill=\"url('https://evil.example/x#a')\"/>",
    "a colour in capitals": '<rect fill="URL(https://evil.example/x#a)"/>',
    "a filter from elsewhere": '<rect filter="blur(1px) url(#a) url(https://evil.example/x#a)"/>',
    "an animation": '<rect><animate attributeName="href" values="javascript:x"/></rect>',
    "a setting": '<a><set attributeName="href" to="javascript:x"/></a>',
    "a filter that loads": '<filter id="f"><feImage href="https://evil.example/x"/></filter>',
    "a link of another kind": f'<link {XHTML} rel="stylesheet" href="//evil.example"/>',
    "a handler": '<handler xmlns="http://www.w3.org/2000/svg" type="text/javascript">x</handler>',
    "an instruction": '<?xml-stylesheet href="//evil.example/x.css"?>',
    "a comment": "<!-- --><script>window.__pwned=1</script>",
    "data of no kind": "<text><![CDATA[</text></svg><script>window.__pwned=1</script>]]></text>",
    "a film": f'<video {XHTML} src="//evil.example"/>',
    "an unknown element": "<discard/><mpath/><metadata><script/></metadata>",
}


def is_drawing(svg: str) -> None:
    """Fail if there is anything in a drawing that runs, loads or leads elsewhere."""
    root = ET.fromstring(svg)  # noqa: S314 - our own
    for each in root.iter():
        assert each.tag.removeprefix(SVG) in DRAWN
        for name, value in each.attrib.items():
            assert not name.lower().startswith("on")
            assert name not in {"style", "src"}
            if name.rpartition("}")[2] == "href":
                assert value == "" or value.startswith("#")
            assert not re.search(r"url\((?!#)|//|javascript:|data:", value, re.IGNORECASE)


@pytest.mark.parametrize("inner", INNER.values(), ids=INNER)
def test_only_a_drawing_is_left_of_a_drawing(inner: str) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><g><path d="M0 0"/>{inner}</g></svg>'
    made = clean_svg(svg, "fig-a")
    is_drawing(made)
    assert '<path d="M0 0"' in made


OURS = "xmlns='http://www.w3.org/2000/svg'"
LAUGHS = "<!DOCTYPE svg [" + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(9)
) + ']><svg xmlns="http://www.w3.org/2000/svg"><text>&a8;</text></svg>'  # fmt: skip

NONE = {
    "a billion laughs": LAUGHS,
    "a file": f"<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg {OURS}>&a;</svg>",
    "HTML": "<html><script>window.__pwned=1</script></html>",
    "another namespace": '<svg xmlns="http://evil.example"><script/></svg>',
    "half of one": "<svg xmlns='http://www.w3.org/2000/svg'><g>",
    "nothing": "",
}


@pytest.mark.parametrize("svg", NONE.values(), ids=NONE)
def test_what_is_no_drawing_is_refused_with_the_name_of_its_chart(svg: str) -> None:
    with (
        bounded(),
        pytest.raises(RenderError, match="chart 'fig-a' came out as something that is no drawing"),
    ):
        clean_svg(svg, "fig-a")


# --- charts -----------------------------------------------------------------------------------------

VALUES = {"values": [{"a": "<script>window.__pwned=1</script>", "b": 1}]}
XY = {"x": {"field": "b", "type": "quantitative"}, "y": {"field": "a", "type": "nominal"}}

BARS: dict[str, Any] = {"data": VALUES, "mark": "bar", "encoding": XY}
PASSWORDS = {"url": "file:///etc/passwd", "format": {"type": "csv"}}
OUT = "window.constructor.constructor('return process')()"

CHARTS: dict[str, dict[str, Any]] = {
    "a name with markup": {**BARS, "title": "</text><script>x</script>"},
    "data from elsewhere": {**BARS, "data": {"url": "https://evil.invalid/x.json"}},
    "data of a file": {**BARS, "data": PASSWORDS},
    "data of a path": {**BARS, "data": {**PASSWORDS, "url": "/etc/passwd"}},
    "a picture": {**BARS, "mark": {"type": "image", "url": "https://evil.invalid/x.png", "width": 9}},
    "a picture of a file": {**BARS, "mark": {"type": "image", "url": "file:///etc/passwd"}},
    "a link": {**BARS, "mark": {"type": "bar", "href": "javascript:window.__pwned=1"}},
    "a font": {**BARS, "config": {"font": "x;}</style><script>"}},
    "a colour": {**BARS, "mark": {"type": "bar", "color": "url(//evil.invalid/x#a)"}},
    "a program": {**BARS, "transform": [{"calculate": OUT, "as": "c"}]},
    "half a pair": {**BARS, "data": {"values": [{"a": "\ud800", "b": 1}]}},
    "no chart": {"mark": "nothing"},
}


@pytest.fixture(scope="module")
def drawer() -> Iterator[ChartDrawer]:
    with ChartDrawer() as one:
        yield one


@pytest.mark.parametrize("spec", CHARTS.values(), ids=CHARTS)
def test_whatever_a_chart_says_a_drawing_comes_out_or_a_message(
    drawer: ChartDrawer, spec: dict[str, Any]
) -> None:
    spec = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", **spec}
    try:
        made = drawer.draw(spec, "fig-a")
    except RenderError as error:
        told = str(error)
        made = ""
    else:
        told = ""
        is_drawing(made)
    assert made or told.startswith("chart 'fig-a' c")
    assert "root:" not in made + told
