"""Channels and what became of their messages: each type's form, the test beside it, and what did not arrive."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import findings_in_both_themes, overhang, sign_in, turn_to
from tests.browser.running import Asura, Target

DEAD = "http://127.0.0.1:9/hook"
SETTINGS = {
    "email": {"SMTP server": "smtp.example.com", "From": "asura@example.com", "To": "ada@example.com\nbob@example.com"},
    "webhook": {"URL": "https://hooks.example.com/x"},
    "slack": {"Webhook URL": "https://hooks.slack.com/services/T/B/x"},
    "discord": {"Webhook URL": "https://discord.com/api/webhooks/1/x"},
    "telegram": {"Bot token": "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11", "Chat id": "-100123"},
    "ntfy": {"Topic": "asura-alerts"},
    "apprise": {"Value of entry 1": "gotifys://gotify.example.com/token"},
}


@pytest.fixture
def local(asura: Asura) -> Asura:
    """An asura whose channels may reach this machine."""
    return asura


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def test_without_a_channel_the_page_says_that_nobody_is_told(
    local: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_in(page, local, "/notifications")
    expect(page.get_by_role("heading", name="Nobody is told yet")).to_be_visible()
    page.get_by_role("link", name="Add channel").click()
    page.get_by_role("link", name="Webhook").click()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_role("alert")).to_contain_text("URL: Is required")
    expect(page.get_by_label("URL")).to_be_focused()
    page.get_by_label("URL").fill(DEAD)
    page.get_by_role("button", name="Send a test").click()
    aside = page.get_by_role("complementary")
    expect(aside).to_contain_text("It was not sent")
    expect(aside).to_contain_text("refused the connection")
    page.get_by_label("URL").fill(target.url)
    page.get_by_role("button", name="Send a test").click()
    expect(aside).to_contain_text("The provider took it after")
    assert local.call("GET", "/channels")["data"] == []
    page.get_by_label("Name").fill("Ops chat")
    page.get_by_label("Somebody acknowledged it").uncheck()
    save(page)
    expect(page.get_by_role("list").filter(has_text="Ops chat")).to_contain_text("nothing sent yet")
    (made,) = local.call("GET", "/channels")["data"]
    assert (made["name"], made["default"]) == ("Ops chat", True)
    assert "incident.acknowledged" not in made["events"]
    assert "incident.opened" in made["events"]


def test_the_form_of_every_type_saves_and_keeps_its_secrets(local: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, local)
    names = [row["name"] for row in local.call("GET", "/channel-types")["data"]]
    assert set(names) == set(SETTINGS)
    for name in names:
        page.goto(f"{local.url}/channels/new?type={name}")
        page.get_by_label("Name", exact=True).first.fill(f"A {name}")
        for label, text in SETTINGS[name].items():
            page.get_by_label(label, exact=True).fill(text)
        save(page)
        expect(page).to_have_url(f"{local.url}/notifications")
        before = local.call("GET", f"/channels/a-{name}")
        page.goto(f"{local.url}/channels/a-{name}")
        page.get_by_label("Name", exact=True).first.fill(f"The {name}")
        save(page)
        expect(page).to_have_url(f"{local.url}/notifications")
        after = local.call("GET", f"/channels/a-{name}")
        assert after == before | {"name": f"The {name}", "updated_at": after["updated_at"]}


def test_a_channel_is_switched_off_tells_its_users_and_is_deleted(
    local: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    made = local.call("POST", "/channels", {"name": "Hook", "type": "webhook", "settings": {"url": target.url}})
    local.watch("Shop", target.url, channel_ids=[made["id"]])
    page = open_page()
    sign_in(page, local, "/notifications")
    switch = page.get_by_role("switch", name="Switch Hook on or off")
    switch.click()
    expect(page.get_by_role("status").filter(has_text="Hook is switched off.")).to_be_visible()
    assert local.call("GET", "/channels/hook")["enabled"] is False
    page.get_by_role("link", name="Hook").click()
    aside = page.get_by_role("complementary")
    expect(aside.get_by_role("link", name="Shop")).to_be_visible()
    expect(aside).to_contain_text("It is switched off")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Nobody is told yet")).to_be_visible()
    assert local.call("GET", "/channels")["data"] == []


def test_what_did_not_arrive_is_seen_with_its_reason_and_tried_again(
    local: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    good = local.call("POST", "/channels", {"name": "Good", "type": "webhook", "settings": {"url": target.url}})
    bad = local.call("POST", "/channels", {"name": "Bad", "type": "webhook", "settings": {"url": DEAD}})
    local.watch("Shop", "http://127.0.0.1:9/")
    page = open_page()
    sign_in(page, local, "/notifications?view=deliveries")
    deliveries = page.get_by_role("main").locator(".deliveries")
    expect(deliveries).to_contain_text("to Good", timeout=25_000)
    expect(deliveries).to_contain_text("It is a default channel.")
    expect(deliveries.get_by_role("listitem").filter(has_text="to Good").first).to_contain_text("Arrived")
    page.get_by_role("link", name="Tried again").click()
    expect(page).to_have_url(re.compile(r"view=deliveries&status=failed"))
    expect(deliveries).not_to_contain_text("to Good")
    expect(deliveries).to_contain_text("refused the connection")
    page.get_by_label("Channel", exact=True).select_option(str(good["id"]))
    expect(page).to_have_url(re.compile(rf"channel={good['id']}"))
    expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()
    page.go_back()
    expect(deliveries).to_contain_text("to Bad")
    page.get_by_role("link", name=re.compile(r"^Undelivered")).click()
    expect(page.get_by_text("1 message did not arrive.")).to_be_visible()
    local.call("PATCH", f"/channels/{bad['id']}", {"settings": {"url": target.url}})
    page.get_by_role("button", name="Try all again").click()
    expect(page.get_by_role("status").filter(has_text="1 is tried again.")).to_be_visible()
    expect(page.get_by_role("heading", name="Everything arrived")).to_be_visible(timeout=15_000)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_forms_and_notifications_are_accessible_and_fit(
    local: Asura, target: Target, open_page: Callable[..., Page], size: str
) -> None:
    local.call("POST", "/channels", {"name": "Bad", "type": "webhook", "settings": {"url": DEAD, "secret": "x"}})
    auth = {"type": "basic", "username": "ada", "password": "pw"}
    expected = [{"on": "json", "path": "$.ok", "op": "eq", "value": "true", "severity": "degraded"}]
    local.watch("Shop", "http://127.0.0.1:9/", settings={"auth": auth}, assertions=expected, tags=["eu"])
    local.call("POST", "/monitors", {"name": "Backup", "type": "heartbeat", "cron": "30 2 * * *"})
    page = open_page(size=size)
    sign_in(page, local, "/notifications?view=deliveries")
    expect(page.locator(".deliveries")).to_contain_text("refused the connection", timeout=25_000)
    paths = ("/notifications", "/notifications?view=deliveries", "/notifications?view=undelivered", "/channels/new")
    editing = (
        "/channels/bad",
        "/channels/new?type=email",
        "/monitors/new",
        "/monitors/shop/edit",
        "/monitors/backup/edit",
    )
    wrong = {}
    for path in (*paths, *editing):
        turn_to(page, local, path, size=size)
        if path in editing:
            save_bar = page.get_by_role("button", name="Save", exact=True)
            expect(save_bar).to_be_in_viewport(ratio=1)
        for fold in page.locator(".form-folds > details > summary").all():
            fold.click()
        if path == "/channels/new?type=email":
            page.get_by_role("button", name="Send a test").click()
            expect(page.get_by_role("alert")).to_be_visible()
        wrong[path] = findings_in_both_themes(page)
        assert overhang(page) <= 0, f"{path} scrolls sideways"
    assert {path: found for path, found in wrong.items() if found} == {}
