"""What a person does and sees: signing in, what axe finds, whether a page fits."""

import pytest
from playwright.sync_api import Page

from tests.browser.running import ROOT, Asura

AXE = ROOT / "ui" / "node_modules" / "axe-core" / "axe.min.js"


def sign_in(page: Page, asura: Asura, path: str = "/", *, name: str = "") -> None:
    """Open an address and sign in there, as a person does; as the first user, or another one with the same password."""
    page.goto(asura.url + path)
    enter(page, name or asura.name, asura.password)
    page.get_by_role("navigation", name="Main").wait_for()


def enter(page: Page, name: str, password: str) -> None:
    """Fill in the sign-in page and send it."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


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
