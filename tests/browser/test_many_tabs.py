"""Many pages of one asura on plain HTTP, where a browser allows six connections: none of them waits for the others."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.conftest import FLAGS, chromium_path
from tests.browser.looking import sign_in
from tests.browser.running import Asura, Target, wait_until

# So many pages follow the stream at once.
MOST = 4


@pytest.fixture
def asura(private: Asura) -> Asura:
    """One whose streams can be counted."""
    return private


def streams(asura: Asura) -> int:
    """Return how many streams the server holds open."""
    return int(asura.call("GET", "/system")["streams"])


def shows_list(page: Page) -> None:
    """Fail unless the list of monitors is there soon."""
    expect(page.get_by_role("list", name="Monitors")).to_contain_text("Shop", timeout=8_000)


def test_eight_tabs_load_their_lists_and_the_last_ones_are_live(
    asura: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    asura.watch("Shop", target.url)
    page = open_page()
    sign_in(page, asura)
    shows_list(page)
    tabs = [page]
    for _ in range(7):
        tab = page.context.new_page()
        tab.goto(asura.url)
        shows_list(tab)
        tabs.append(tab)
    for tab in tabs[MOST:]:
        expect(tab.get_by_text("Live", exact=True)).to_be_visible()
    for tab in tabs[:MOST]:
        expect(tab.get_by_text("Asking every 30 s", exact=True)).to_be_visible()
        expect(tab.get_by_text("Live updates do not come through")).to_have_count(0)
    assert streams(asura) == MOST
    # Each of them can still ask: a page of its own, and one thing after the other.
    for tab in tabs:
        tab.get_by_role("link", name="Shop").first.click()
        expect(tab.get_by_role("heading", name="Shop", level=1)).to_be_visible()
        expect(tab.get_by_text("Last check")).to_be_visible()
    tabs.pop().close()
    tabs[MOST - 1].get_by_role("link", name="Overview").click()
    expect(tabs[MOST - 1].get_by_text("Live", exact=True)).to_be_visible()
    # Whoever is turned to is live, whichever it was.
    tabs[0].get_by_role("link", name="Overview").click()
    tabs[0].evaluate("dispatchEvent(new Event('focus'))")
    expect(tabs[0].get_by_text("Live", exact=True)).to_be_visible()


@pytest.fixture
def keeping(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium that keeps pages to go back to, as people's browsers do; Playwright switches that off."""
    browser = playwright.chromium.launch(
        executable_path=chromium_path(playwright), args=FLAGS, ignore_default_args=["--disable-back-forward-cache"]
    )
    yield browser
    browser.close()


def test_ten_addresses_in_one_tab_leave_no_stream_behind(asura: Asura, target: Target, keeping: Browser) -> None:
    made = asura.watch("Shop", target.url)
    page = keeping.new_page(locale="en-GB")
    sign_in(page, asura)
    shows_list(page)
    for turn in range(10):
        page.goto(asura.url + ("/", f"/monitors/{made['id']}", "/monitors", "/incidents", "/probes")[turn % 5])
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".loading")).to_have_count(0, timeout=8_000)
    page.goto(asura.url)
    shows_list(page)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    wait_until(lambda: streams(asura) == 1, what="an end of the streams of the pages before", seconds=10)
    page.goto(asura.url + "/incidents")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.go_back()
    shows_list(page)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    asura.watch("Added after going back", target.url)
    expect(page.get_by_role("list", name="Monitors")).to_contain_text("Added after going back")


def test_page_that_nobody_sees_lets_its_stream_go(asura: Asura, target: Target, open_page: Callable[..., Page]) -> None:
    asura.watch("Shop", target.url)
    page = open_page()
    # Without a window every page counts as seen, so this one says what it would.
    page.add_init_script(
        "window.sees = 'visible'; Object.defineProperty(document, 'visibilityState', { get: () => window.sees })"
    )
    sign_in(page, asura)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    page.evaluate("window.sees = 'hidden'; document.dispatchEvent(new Event('visibilitychange'))")
    wait_until(lambda: streams(asura) == 0, what="an end of the stream", seconds=15)
    asura.watch("Added while nobody looked", target.url)
    page.evaluate("window.sees = 'visible'; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("list", name="Monitors")).to_contain_text("Added while nobody looked")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    assert streams(asura) == 1
