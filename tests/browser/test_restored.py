"""An asura that was restored: every page says that it tells nobody, and an admin lets it go on."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import findings, overhang, sign_in
from tests.browser.running import Asura


@pytest.fixture
def asura(private: Asura) -> Asura:
    """One that may be put back to what it was."""
    return private


@pytest.fixture
def restored(asura: Asura) -> Asura:
    """Three hours ago somebody restored it, and has not looked since; Vic may look only."""
    asura.user("Vic")
    asura.stop()
    since = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    with closing(sqlite3.connect(asura.folder / "data" / "asura.db")) as db, db:
        db.execute("INSERT INTO meta (key, value) VALUES ('held_since', ?)", (since,))
    asura.start()
    return asura


def test_an_admin_releases_what_a_restored_asura_holds_back(restored: Asura, open_page: Callable[..., Page]) -> None:
    for size, theme in (("desktop", "light"), ("phone", "dark")):
        page = open_page(size=size, theme=theme)
        sign_in(page, restored)
        bar = page.get_by_role("status").filter(has_text="was restored from a backup 3")
        expect(bar).to_contain_text("tells nobody until it is released")
        assert overhang(page) <= 0
        bar.get_by_role("button", name="Send messages again").click()
        dialog = page.get_by_role("dialog", name="Send messages again?")
        expect(dialog.get_by_role("radio", name="Those written since the restore")).to_be_checked()
        expect(dialog).to_contain_text("0 messages wait.")
        assert findings(page) == []
        page.keyboard.press("Escape")
    assert restored.call("GET", "/system")["held"]["waiting"] == 0
    bar.get_by_role("button", name="Send messages again").click()
    page.get_by_role("radio", name="All, also those").check()
    page.get_by_role("dialog").get_by_role("button", name="Send again", exact=True).click()
    expect(page.get_by_text("Messages go out again.")).to_be_visible()
    expect(bar).to_have_count(0)
    assert restored.call("GET", "/system")["held"] is None


def test_who_may_only_look_is_told_who_can_release_it(restored: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, restored, name="Vic")
    bar = page.get_by_role("status").filter(has_text="was restored")
    expect(bar).to_contain_text("An admin can release it.")
    expect(bar.get_by_role("button")).to_have_count(0)
