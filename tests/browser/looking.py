"""What a person does and sees: signing in, what axe finds, whether a page fits."""

import pytest
from playwright.sync_api import Page

from tests.browser.running import ROOT, Asura

AXE = ROOT / "ui" / "node_modules" / "axe-core" / "axe.min.js"


def sign_in(page: Page, asura: Asura, path: str = "/", *, remember: bool = False) -> None:
    """Open an address and enter the key there, as a person does."""
    page.goto(asura.url + path)
    page.get_by_label("API key").fill(asura.key)
    if remember:
        page.get_by_label("Remember on this device").check()
    page.get_by_role("button", name="Open the dashboard").click()
    page.get_by_role("navigation", name="Main").wait_for()


def findings(page: Page) -> list[str]:
    """Return what axe finds wrong with the page as it is."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run npm ci in ui/")
    page.evaluate(AXE.read_text("utf-8") + ";0")
    return page.evaluate(
        """axe.run(document).then(({violations}) => violations.flatMap(one =>
            one.nodes.map(node => `${one.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`)))"""
    )


def overhang(page: Page) -> int:
    """Return by how many pixels the page could be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
