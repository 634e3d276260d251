"""A page in Chromium with all that it asked for, complained of or tried; what no page of ours has in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["STRANGE", "Watched"]

LISTEN = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", event =>
  window.__violations.push([event.effectiveDirective, event.blockedURI]));
"""


STRANGE = """() => {
  const tags = ["IMG", "IFRAME", "OBJECT", "EMBED", "BASE", "VIDEO", "AUDIO"];
  const leads = /^(href|src|srcset|xlink:href|action|formaction|ping|data)$/i;
  const safe = /^(#|https?:|mailto:|data:,$|[\\w./?=&%#-]*$)/i;
  const odd = one => /^on/i.test(one.name) || (leads.test(one.name) && !safe.test(one.value));
  return [...document.querySelectorAll("*")]
    .filter(each => tags.includes(each.tagName) || [...each.attributes].some(odd))
    .map(each => each.outerHTML.slice(0, 200));
}"""
"""Elements of a page that no report has, and attributes that could run or load something."""


class Watched:
    """A page with all that it asked for, complained of or tried."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.failures: list[str] = []
        self.complaints: list[str] = []
        self.dialogs: list[str] = []
        self.page.add_init_script(LISTEN)
        self.page.on("request", lambda each: self.requests.append(each.url))
        self.page.on("requestfailed", lambda each: self.failures.append(each.failure or ""))
        self.page.on("console", lambda each: self.complaints.append(each.text))
        self.page.on("pageerror", lambda each: self.complaints.append(str(each)))
        self.page.on("dialog", self._dialog)
        self.page.goto(address)

    def _dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def violations(self) -> list[list[str]]:
        found: list[list[str]] = self.page.evaluate("window.__violations")
        return found
