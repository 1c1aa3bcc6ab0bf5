"""A lost connection is shown, keeps what was known, and heals by itself."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import enter, sign_in
from tests.browser.running import Asura, Target


@pytest.fixture
def asura(private: Asura) -> Asura:
    """One that may be stopped."""
    return private


def test_killed_server_is_told_and_the_page_comes_back_by_itself(
    asura: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    asura.watch("Shop", target.url)
    page = open_page()
    sign_in(page, asura)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    page.evaluate("window.notReloaded = true")
    asura.kill()
    bar = page.get_by_text(re.compile(r"^Connection lost\. What you see is \d+.s old\.$"))
    expect(bar).to_be_visible()
    expect(page.get_by_role("list", name="Monitors")).to_contain_text("Shop")
    expect(page.get_by_text("Not connected", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Try now")).to_be_visible()
    asura.start()
    # Nobody touches the page: the next try comes after at most half a minute.
    expect(bar).to_have_count(0, timeout=35_000)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    assert page.evaluate("window.notReloaded") is True
    asura.watch("Added while the page was open", target.url)
    expect(page.get_by_role("list", name="Monitors")).to_contain_text("Added while the page was open")


def test_ended_session_leads_to_the_sign_in_page_and_then_back_to_the_same_page(
    asura: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    made = asura.watch("Shop", target.url)
    page = open_page()
    sign_in(page, asura, f"/monitors/{made['id']}?range=7d")
    expect(page.get_by_role("heading", level=1)).to_have_text("Shop")
    user = asura.call("GET", "/users")["data"][0]["id"]
    for session in asura.call("GET", f"/sessions?user_id={user}")["data"]:
        asura.call("DELETE", f"/sessions/{session['id']}")
    # Nobody has to touch the page: the next thing that it asks, or the stream's own look after 15 s, tells it.
    expect(page.get_by_text("Your session has ended.")).to_be_visible(timeout=30_000)
    enter(page, asura.name, asura.password)
    expect(page.get_by_role("heading", level=1)).to_have_text("Shop")
    expect(page).to_have_url(f"{asura.url}/monitors/{made['id']}?range=7d")
