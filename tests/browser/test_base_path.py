"""The dashboard below another path, behind a proxy that keeps it: every file and every call is found there."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import enter
from tests.browser.running import Asura

BASE = "/watch"


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Asura]:
    """An asura below /watch, running."""
    program = Asura(tmp_path, config=f"server:\n  base_path: {BASE}\n", base_path=BASE)
    try:
        program.start()
        yield program
    finally:
        program.stop()


def test_every_file_and_call_is_found_below_another_path(mounted: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    outside: list[str] = []
    failed: list[str] = []
    page.on("request", lambda one: None if one.url.startswith(mounted.url) else outside.append(one.url))
    page.on("response", lambda one: failed.append(f"{one.status} {one.url}") if one.status >= 400 else None)
    page.goto(f"{mounted.url}/settings/keys")
    page.get_by_role("button", name="Sign in", exact=True).wait_for()
    failed.clear()  # who is not signed in is told so
    enter(page, mounted.name, mounted.password)
    # The deep link survived signing in; from there the pages lead to each other.
    expect(page).to_have_url(f"{mounted.url}/settings/keys")
    for path in ("Overview", "Monitors", "Incidents", "Notifications"):
        page.get_by_role("navigation", name="Main").get_by_role("link", name=path).click()
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
        assert page.url.startswith(mounted.url)
    page.wait_for_timeout(2_000)  # pages that nobody asked for yet are loaded ahead
    page.goto(f"{mounted.url}/monitors/new")
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    icon = page.locator("#favicon").get_attribute("href") or ""
    assert page.evaluate("url => fetch(url).then(answer => answer.status)", icon) == 200
    assert (outside, failed) == ([], [])
