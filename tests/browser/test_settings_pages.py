"""The pages of settings: keys, profile, audit log, and how asura itself is doing."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import findings_in_both_themes, overhang, sign_in, turn_to
from tests.browser.running import Asura, wait_until


def test_key_is_shown_once_works_and_ends_when_revoked(asura: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, asura, "/settings/keys")
    page.get_by_role("button", name="Create key").click()
    page.get_by_label("Name").fill("Prometheus")
    page.get_by_label("read", exact=True).check()
    page.get_by_label("Expires").select_option("In 30 days")
    page.get_by_label("Requests a second").fill("many")
    page.get_by_role("dialog").get_by_role("button", name="Create key").click()
    expect(page.locator(".field-problem")).to_have_text("A number above 0, please.")
    page.get_by_label("Requests a second").fill("5")
    page.get_by_role("dialog").get_by_role("button", name="Create key").click()
    key = page.get_by_role("dialog").locator("code").inner_text()
    page.get_by_role("button", name="I have kept it").click()
    row = page.get_by_role("row").filter(has_text="Prometheus")
    expect(row).to_contain_text("never")
    first, asura.key = asura.key, key
    assert asura.call("GET", "/monitors")["data"] == []
    asura.key = first
    page.reload()
    expect(row).not_to_contain_text("never")
    page.get_by_role("button", name="Revoke Prometheus").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke Prometheus").click()
    expect(row).to_have_count(0)


def test_ping_key_is_shown_to_who_asks_and_jobs_call_in_by_it(asura: Asura, open_page: Callable[..., Page]) -> None:
    asura.call("POST", "/monitors", {"name": "Nightly", "type": "heartbeat", "interval": 3600})
    page = open_page()
    sign_in(page, asura, "/settings/keys")
    page.get_by_role("button", name="Show").click()
    address = page.locator(".shown code")
    expect(address).to_be_focused()
    called = httpx2.get(address.inner_text().replace("SLUG", "nightly"))
    assert (called.status_code, called.text) == (200, "OK")


def test_profile_holds_at_once_and_on_the_next_device(asura: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, asura, "/settings")
    page.get_by_label("Dark").check()
    page.get_by_label("Time zone").select_option("Asia/Tokyo")
    expect(page.locator("html")).to_have_class(re.compile("dark"))
    page.get_by_label("E-mail").fill("no address")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".field-problem")).to_have_text("Must be an e-mail address")
    page.get_by_label("E-mail").fill("ann@example.org")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    other = open_page()
    sign_in(other, asura, "/settings")
    expect(other.locator("html")).to_have_class(re.compile("dark"))
    expect(other.get_by_label("Time zone")).to_have_value("Asia/Tokyo")
    expect(other.get_by_label("E-mail")).to_have_value("ann@example.org")
    shown = time.strftime("%H:%M", time.gmtime(time.time() + 9 * 3600))
    assert shown[:2] in other.get_by_text("It is ").inner_text()


def test_audit_tells_who_changed_what_and_is_intact(asura: Asura, open_page: Callable[..., Page]) -> None:
    made = asura.call("POST", "/monitors", {"name": "Ledger", "type": "http", "target": "http://127.0.0.1:9/"})
    asura.call("PATCH", f"/monitors/{made['id']}", {"interval": 300})
    page = open_page()
    sign_in(page, asura, "/settings/audit")
    entry = page.get_by_role("button", name=re.compile("changed monitor Ledger"))
    entry.click()
    expect(page.locator(".diff")).to_contain_text("interval")
    expect(page.locator(".diff .was")).to_contain_text("60")
    expect(page.locator(".diff .is")).to_contain_text("300")
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("The log is intact")).to_be_visible()
    page.get_by_label("What").select_option("user")
    expect(page).to_have_url(f"{asura.url}/settings/audit?entity=user")
    expect(entry).to_have_count(0)
    who = page.get_by_label("Who")
    who.press_sequentially("nobody ")
    expect(page).to_have_url(f"{asura.url}/settings/audit?entity=user&actor=nobody")
    who.press_sequentially("else")
    expect(page).to_have_url(f"{asura.url}/settings/audit?entity=user&actor=nobody+else")
    page.get_by_role("button", name="Clear").click()
    expect(who).to_have_value("")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    assert "Ledger" in Path(download.value.path()).read_text("utf-8")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_settings_are_accessible_and_fit(asura: Asura, open_page: Callable[..., Page], size: str) -> None:
    name, tags = "Somebody with an unusually long name that fits no phone", ["a-long-tag-of-a-shop", "eu"]
    somebody = asura.user(name, "editor", tags=tags)
    asura.call("POST", "/invitations", {"role": "viewer", "tags": [], "email": "somebody@with-a-long-domain.example"})
    page = open_page(size=size)
    sign_in(page, asura, "/settings")
    wrong = {}
    parts = ("profile", "security", "keyboard", "users", "keys", "audit", "about")
    for path in (*parts, "users?invite=1", f"users?user={somebody['id']}", "keys?create=1", "nothing"):
        turn_to(page, asura, f"/settings/{path}", size=size)
        wrong[path] = findings_in_both_themes(page)
        assert overhang(page) <= 0, f"{path} scrolls sideways"
    assert {path: found for path, found in wrong.items() if found} == {}


def test_about_says_how_asura_is_doing(asura: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, asura, "/settings/about")
    expect(page.get_by_text("Every part does its work.")).to_be_visible()
    version = wait_until(lambda: asura.call("GET", "/health")["version"], what="a version")
    expect(page.get_by_role("main")).to_contain_text(version)


def test_who_sees_a_part_is_offered_nothing_about_the_whole(asura: Asura, open_page: Callable[..., Page]) -> None:
    asura.user("Eve", "admin", tags=["eu"])
    page = open_page()
    sign_in(page, asura, "/settings/about", name="Eve")
    expect(page.get_by_role("heading", level=1)).to_have_text("Only for those who see everything")
    offered = page.get_by_role("navigation", name="Settings")
    expect(offered.get_by_role("link", name="Profile")).to_be_visible()
    for name in ("Users", "API keys", "Audit", "About"):
        expect(offered.get_by_role("link", name=name)).to_have_count(0)
