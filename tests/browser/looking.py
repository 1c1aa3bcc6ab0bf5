"""What a person does and sees: signing in, what axe finds, whether a page fits."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.running import ROOT, Asura

AXE = ROOT / "ui" / "node_modules" / "axe-core" / "axe.min.js"
LOOK = """rules => axe.run(document, {resultTypes: ['violations'], ...(rules ? {runOnly: rules} : {})})
    .then(({violations}) => violations.flatMap(one =>
        one.nodes.map(node => `${one.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`)))"""
# The rules that another theme could break.
COLOURS = ("color-contrast", "link-in-text-block")
DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
GROUND = f"""{DRAWN}.then(() => [document.documentElement, document.body].map(one => {{
    const {{ background, color }} = getComputedStyle(one);
    return background + color;
}}))"""
# What was typed before is left behind: the step is one that the page does not ask about.
MOVE = f"""address => {{
    history.pushState(history.state, '', address);
    dispatchEvent(new PopStateEvent('popstate', {{state: history.state}}));
    return {DRAWN};
}}"""


def sign_in(page: Page, asura: Asura, path: str = "/", *, name: str = "") -> None:
    """Open an address as somebody who is signed in; as the first user, or another one with the same password."""
    let_in(page, asura, name=name)
    page.goto(asura.url + path)
    page.get_by_role("navigation", name="Main").wait_for()


def let_in(page: Page, asura: Asura, *, name: str = "") -> None:
    """Give the browser of a page the session of a user."""
    page.context.add_cookies([{**asura.session(name), "httpOnly": True, "sameSite": "Lax"}])


def sign_in_by_hand(page: Page, asura: Asura, path: str = "/") -> None:
    """Open an address and sign in there, as a person does."""
    page.goto(asura.url + path)
    enter(page, asura.name, asura.password)
    page.get_by_role("navigation", name="Main").wait_for()


def enter(page: Page, name: str, password: str) -> None:
    """Fill in the sign-in page and send it."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def turn_to(page: Page, asura: Asura, path: str, *, size: str) -> None:
    """Show a page and wait until it stands: at a desk by its address, on a phone as a link within the page does."""
    if size == "desktop":
        page.goto(asura.url + path)
    else:
        page.evaluate(MOVE, asura.url + path)
    stands(page)


def stands(page: Page) -> None:
    """Wait until a page of the dashboard has all that it loads."""
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.locator(".loading, [aria-busy=true]")).to_have_count(0)


def findings(page: Page, *rules: str) -> list[str]:
    """Return what axe finds wrong with the page as it is, by all rules or by some."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run npm ci in ui/")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8") + ";0")
    return page.evaluate(LOOK, list(rules) or None)


def findings_in_both_themes(page: Page) -> list[str]:
    """Return what axe finds wrong in the light, and with the colours in the dark: what is there is the same in both."""
    found, light = findings(page), page.evaluate(GROUND)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(GROUND)
    assert dark != light, "the page is as bright in the dark"
    found += [f"dark: {one}" for one in findings(page, *COLOURS)]
    page.emulate_media(color_scheme="light")
    assert page.evaluate(GROUND) == light
    return found


def overhang(page: Page) -> int:
    """Return by how many pixels the page could be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
