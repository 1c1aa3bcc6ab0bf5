"""The main job, seen with one's eyes: up, down, acknowledged, up again, without touching reload."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.looking import sign_in
from tests.browser.running import Asura, Target

SLOW = 25_000


def test_outage_is_seen_live_acknowledged_and_over(
    asura: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    asura.watch("Shop", target.url)
    page = open_page()
    sign_in(page, asura)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your monitor is fine", timeout=SLOW)
    row = page.get_by_role("list", name="Monitors").get_by_role("link")
    expect(row).to_contain_text("Shop")
    expect(row.get_by_role("img", name="Up", exact=True)).to_be_visible()
    page.evaluate("window.notReloaded = true")

    target.stop()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 thing needs you", timeout=SLOW)
    card = page.get_by_role("article")
    expect(card).to_contain_text("Down for")
    expect(card).to_contain_text("Nobody has acknowledged it yet.")
    expect(row.get_by_role("img", name="Down", exact=True)).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(1\) 1 thing needs you"))
    assert "/1-" in (page.locator("link[rel=icon]").get_attribute("href") or "")

    card.get_by_role("button", name="Acknowledge").click()
    expect(card).to_contain_text("acknowledged it")
    expect(page.get_by_role("heading", level=1)).to_have_text("1 incident is being looked at")
    assert [one["status"] for one in asura.call("GET", "/incidents")["data"]] == ["acknowledged"]

    target.start()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your monitor is fine", timeout=SLOW)
    expect(page.get_by_role("article")).to_have_count(0)
    assert [one["status"] for one in asura.call("GET", "/incidents")["data"]] == ["resolved"]
    assert page.evaluate("window.notReloaded") is True


def test_incident_page_tells_what_happened_what_was_seen_and_who_was_told(
    asura: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    asura.watch("Shop", target.url)
    page = open_page()
    sign_in(page, asura)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your monitor is fine", timeout=SLOW)
    target.stop()
    page.get_by_role("article").get_by_role("link", name="Open").click(timeout=SLOW)
    expect(page).to_have_url(re.compile(r"/incidents/\d+$"))
    timeline = page.get_by_role("main").get_by_role("list").first
    expect(timeline).to_contain_text("Believed down")
    expect(page.get_by_role("main")).to_contain_text("What was seen")
    page.get_by_role("link", name="Who was told, and why").click()
    expect(page).to_have_url(re.compile(r"tab=told$"))
    expect(page.get_by_role("main")).to_contain_text("There is no channel yet, so nobody can be told.")
    page.get_by_role("link", name="Timeline").click()
    page.get_by_role("button", name="Note").click()
    page.get_by_label("What should the others know?").fill("The disk is full <b>again</b>.")
    page.get_by_role("button", name="Save note").click()
    expect(timeline).to_contain_text("The disk is full <b>again</b>.")
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("dialog")).to_contain_text("a new incident opens only after it was up again")
    page.get_by_role("button", name="Resolve now").click()
    expect(page.get_by_role("main")).to_contain_text("Resolved after")


def test_incident_can_be_snoozed_and_shows_phases_and_who_answered(
    asura: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    settings = {"url": target.url}
    asura.call("POST", "/channels", {"name": "Ops chat", "type": "webhook", "default": True, "settings": settings})
    asura.watch("Shop", target.url, assertions=[{"on": "status", "op": "eq", "value": 204}])
    page = open_page()
    sign_in(page, asura)
    page.get_by_role("article").get_by_role("link", name="Open").click(timeout=SLOW)
    main = page.get_by_role("main")
    expect(main.get_by_role("list").first).to_contain_text("Ops chat was told.")
    page.get_by_role("link", name="Evidence").click()
    expect(main.get_by_text("Answer", exact=True)).to_be_visible()
    expect(main).to_contain_text("HTTP/1.0 200 OK")
    page.get_by_role("link", name="Who was told, and why").click()
    expect(main).to_contain_text(re.compile(r"Ops chat was told.*It is a default channel\..*200", re.DOTALL))
    page.get_by_role("button", name="Snooze").click()
    before = datetime.now(UTC)
    page.get_by_role("button", name="4 hours").click()
    expect(main).to_contain_text("Snoozed until")
    until = datetime.fromisoformat(asura.call("GET", "/incidents")["data"][0]["snoozed_until"])
    assert timedelta(hours=3, minutes=59) < until - before < timedelta(hours=4, minutes=1)


def test_monitor_page_draws_response_times_and_pages_through_results(
    asura: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    made = asura.watch("Shop", target.url, interval=3600)
    for _ in range(60):
        asura.call("POST", f"/monitors/{made['id']}/check-now")
    page = open_page()
    sign_in(page, asura, f"/monitors/{made['id']}")
    chart = page.get_by_role("img", name=re.compile(r"^Response time, "))
    expect(chart).to_be_visible()
    expect(chart).to_have_accessible_description(re.compile(r"^Usually half of the checks take less than .* ms"))
    expect(page.get_by_role("main")).to_contain_text("so far")
    page.get_by_role("link", name="Results").click()
    rows = page.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(51)
    page.get_by_role("button", name="Show older ones").click()
    total = len(asura.call("GET", f"/monitors/{made['id']}/results?limit=500")["data"])
    expect(rows).to_have_count(1 + total)
    expect(page.get_by_role("button", name="Show older ones")).to_have_count(0)


def test_monitor_page_pauses_resumes_and_checks(asura: Asura, target: Target, open_page: Callable[..., Page]) -> None:
    made = asura.watch("Shop", target.url, interval=3600)
    page = open_page()
    sign_in(page, asura, f"/monitors/{made['slug']}?tab=results")
    main = page.get_by_role("main")
    expect(page.get_by_role("heading", level=1)).to_have_text("Shop")
    expect(page.get_by_role("table")).to_contain_text("up", timeout=SLOW)
    before = len(asura.call("GET", f"/monitors/{made['id']}/results")["data"])
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("status").filter(has_text="Checked just now")).to_be_visible()
    assert len(asura.call("GET", f"/monitors/{made['id']}/results")["data"]) == before + 1
    page.get_by_role("button", name="Pause").click()
    expect(main).to_contain_text("Paused")
    assert asura.call("GET", f"/monitors/{made['id']}")["status"] == "paused"
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    assert asura.call("GET", f"/monitors/{made['id']}")["status"] != "paused"


def test_address_is_enough_to_add_a_monitor(asura: Asura, target: Target, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, asura)
    expect(page.get_by_role("heading", name="What should asura watch?")).to_be_visible()
    page.keyboard.press("n")
    page.get_by_label("Address").fill(f"127.0.0.1:{target.port}")
    expect(page.get_by_label("Check", exact=True)).to_have_value("tcp")
    page.get_by_label("Address").fill(target.url)
    expect(page.get_by_label("Check", exact=True)).to_have_value("http")
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("complementary")).to_contain_text("It works")
    assert asura.call("GET", "/monitors")["data"] == []
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(re.compile(r"/monitors/\d+$"))
    assert [one["target"] for one in asura.call("GET", "/monitors")["data"]] == [target.url]
    page.go_back()
    expect(page.get_by_role("list", name="Monitors")).to_contain_text(f"127.0.0.1:{target.port}")


def test_refused_address_is_told_at_its_field(asura: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, asura, "/?add=1")
    page.get_by_label("Address").fill("http://169.254.169.254/latest/meta-data")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".field.wrong .field-problem")).not_to_be_empty()
    assert asura.call("GET", "/monitors")["data"] == []
