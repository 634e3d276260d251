"""The notebook in real JupyterLab: opened, run, seen, and exported from its menu in both formats."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

SLOW = 60_000
"""Milliseconds that JupyterLab may take on a machine that has other things to do."""


@pytest.fixture(scope="module")
def lab(new_project: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab on a copy of the project, with settings of its own."""
    project = new_project()
    own = tmp_path_factory.mktemp("jupyter")
    settings = own / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet), "utf-8")
    folders = {
        "JUPYTER_CONFIG_DIR": own / "config",
        "JUPYTERLAB_SETTINGS_DIR": own / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": own / "workspaces",
        "JUPYTER_RUNTIME_DIR": own / "runtime",
    }
    environment = {**os.environ, **{name: str(folder) for name, folder in folders.items()}}
    options = ["--no-browser", "--allow-root", "--ServerApp.port=0", "--IdentityProvider.token=of-a-test"]
    with (own / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "scorelib", "lab", *options],
            cwd=project,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield f"{_address(own / 'runtime', server)}lab/tree/scorecard.ipynb?token=of-a-test"
    finally:
        server.terminate()
        server.wait(30)


def _address(runtime: Path, server: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + SLOW / 1000
    while time.monotonic() < deadline:
        assert server.poll() is None, (runtime.parent / "log").read_text("utf-8")
        for path in runtime.glob("jpserver-*.json"):
            # It may be half written.
            if (text := path.read_text("utf-8")).rstrip().endswith("}"):
                return str(json.loads(text)["url"])
        server.poll()
        time.sleep(0.05)
    raise AssertionError((runtime.parent / "log").read_text("utf-8"))


def _accept(dialog: Locator) -> None:
    sys.stderr.write(f"JupyterLab asked: {dialog.inner_text()}\n")
    dialog.locator(".jp-mod-accept").click()


@pytest.fixture(scope="module")
def page(chromium: Browser, lab: str) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(SLOW)
    opened = context.new_page()
    # JupyterLab may ask something first, such as which kernel, if the machine has much to do.
    opened.add_locator_handler(opened.locator("dialog.jp-Dialog"), _accept)
    opened.goto(lab)
    yield opened
    context.close()


def choose(page: Page, menu: str, *labels: str) -> None:
    page.get_by_role("menuitem", name=menu, exact=True).click()
    for label in labels[:-1]:
        page.locator(".lm-Menu-item", has_text=label).hover()
    # Whole, since "Restart Kernel and Run All Cells…" says "Run All Cells" as well.
    page.locator(".lm-Menu-itemLabel").get_by_text(labels[-1], exact=True).last.click()


def run_all(page: Page) -> None:
    """Run all cells: again where JupyterLab stopped before the end.

    It does, now and then on a busy machine, when it hears from the kernel only after it was asked to run:
    it runs nothing, or the first cell alone, and says that the kernel is idle.
    """
    table = page.locator(".jp-RenderedMarkdown table").last
    for _ in range(6):
        choose(page, "Run", "Run All Cells")
        with contextlib.suppress(AssertionError):
            # The last cell's table is there when all others have run.
            expect(table).to_contain_text("UN CEB", timeout=SLOW / 3)
            return


def test_the_notebook_runs_and_its_figures_and_tables_are_seen(page: Page) -> None:
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    expect(page.locator(".jp-Notebook-ExecutionIndicator").first).to_have_attribute(
        "data-status", "idle", timeout=SLOW
    )
    run_all(page)
    expect(page.locator(".jp-RenderedMarkdown table").last).to_contain_text("UN CEB")
    assert page.locator(".jp-Notebook [data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    page.locator(".jp-WindowedPanel-outer").first.evaluate("(e) => e.scrollTo(0, e.scrollHeight * 0.45)")
    expect(page.locator(".vega-embed svg, .vega-embed canvas").first).to_be_visible(timeout=SLOW)


@pytest.mark.parametrize(("label", "suffix", "begins"), [
    ("Scorecard_html", ".html", b"<!doctype html>"),
    ("Scorecard_pdf", ".pdf", b"%PDF-"),
])  # fmt: skip
def test_the_export_menu_gives_both_formats(page: Page, label: str, suffix: str, begins: bytes) -> None:
    page.keyboard.press("Control+s")
    expect(page.locator(".jp-mod-dirty")).to_have_count(0, timeout=SLOW)
    # Of the page that opened the new one: that one becomes a download before it shows anything.
    with page.expect_download(timeout=SLOW) as download:
        choose(page, "File", "Save and Export Notebook As", label)
    got = download.value
    assert got.suggested_filename == f"scorecard{suffix}"
    content = Path(got.path()).read_bytes()
    assert content[: len(begins)].lower() == begins.lower()
    assert len(content) > 100_000
