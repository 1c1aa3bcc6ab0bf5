"""The dashboard below another path, behind a proxy that keeps it: every file and every call is found there."""

import contextlib
import http.client
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import enter
from tests.browser.running import Asura

BASE = "/watch"


class Mounted(Asura):
    """An asura that lives below a path."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, config=f"server:\n  base_path: {BASE}\n")

    def _request(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Content-Type": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        with contextlib.closing(connection):
            payload = None if body is None else json.dumps(body)
            connection.request(method, f"{BASE}/api/v1{path}", payload, headers)
            response = connection.getresponse()
            return response.status, response.read()


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Mounted]:
    """An asura below /watch, running."""
    program = Mounted(tmp_path)
    try:
        program.start()
        yield program
    finally:
        program.stop()


def test_every_file_and_call_is_found_below_another_path(mounted: Mounted, open_page: Callable[..., Page]) -> None:
    page = open_page()
    outside: list[str] = []
    failed: list[str] = []
    page.on("request", lambda one: None if one.url.startswith(f"{mounted.url}{BASE}") else outside.append(one.url))
    page.on("response", lambda one: failed.append(f"{one.status} {one.url}") if one.status >= 400 else None)
    page.goto(f"{mounted.url}{BASE}/settings/keys")
    page.get_by_role("button", name="Sign in", exact=True).wait_for()
    failed.clear()  # who is not signed in is told so
    enter(page, mounted.name, mounted.password)
    # The deep link survived signing in; from there the pages lead to each other.
    expect(page).to_have_url(f"{mounted.url}{BASE}/settings/keys")
    for path in ("Overview", "Monitors", "Incidents", "Notifications"):
        page.get_by_role("navigation", name="Main").get_by_role("link", name=path).click()
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
        assert page.url.startswith(f"{mounted.url}{BASE}")
    page.wait_for_timeout(2_000)  # pages that nobody asked for yet are loaded ahead
    page.goto(f"{mounted.url}{BASE}/monitors/new")
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    icon = page.locator("#favicon").get_attribute("href") or ""
    assert page.evaluate("url => fetch(url).then(answer => answer.status)", icon) == 200
    assert (outside, failed) == ([], [])
