"""Maintenance in the dashboard: planned from the list of monitors, seen while it runs, ended, and again and again."""

import re
import shlex
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import findings_in_both_themes, overhang, sign_in, turn_to
from tests.browser.running import Asura, Target, wait_until


def _in(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_an_hour_is_planned_from_the_list_and_ended_before_its_time(
    asura: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    for name in ("Shop", "Mail", "Search"):
        asura.watch(name, target.url)
    page = open_page()
    sign_in(page, asura, "/monitors")
    for name in ("Shop", "Mail"):
        page.get_by_role("checkbox", name=f"Choose {name}").check()
    page.get_by_role("link", name="Maintenance…").click()
    expect(page.get_by_text("Covers 2 monitors now: Mail and Shop.")).to_be_visible()
    page.get_by_role("button", name="for 1 h").click()
    # A name is needed, and said so at its field; what was typed stays.
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("New disks")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="New disks has begun.")).to_be_visible()
    row = page.get_by_role("listitem").filter(has_text="New disks")
    expect(row).to_contain_text(re.compile(r"Ends in (59.min|1.h)"))
    expect(row).to_contain_text("2 monitors")
    page.keyboard.press("g")
    page.keyboard.press("m")
    shop = page.get_by_role("list", name="Monitors").get_by_role("listitem").filter(has_text="Shop")
    expect(shop.get_by_role("img", name="In maintenance", exact=True)).to_be_visible()
    expect(shop).to_contain_text("New disks")
    page.keyboard.press("g")
    page.keyboard.press("w")
    row.get_by_role("button", name="End now").click()
    expect(page.get_by_text("Show 1 that is over")).to_be_visible()
    assert {one["status"] for one in asura.call("GET", "/overview")["monitors"]} == {"up"}


def test_what_comes_again_is_chosen_shown_ahead_and_changed(
    asura: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    asura.watch("Shop", target.url, tags=["eu"])
    page = open_page()
    sign_in(page, asura, "/maintenance")
    page.get_by_role("link", name="Plan maintenance").click()
    page.get_by_label("Name", exact=True).fill("Backups")
    page.get_by_role("radio", name="Again and again").check()
    page.get_by_role("checkbox", name="Saturday").check()
    page.get_by_role("checkbox", name="Sunday").uncheck()
    page.get_by_label("At", exact=True).fill("03:30")
    page.get_by_label("For how long").fill("90m")
    page.get_by_label("Time zone").fill("America/New_York")
    ahead = page.get_by_role("complementary")
    expect(ahead.get_by_role("heading", name="America/New_York")).to_be_visible()
    expect(ahead.get_by_role("listitem").first).to_contain_text(re.compile(r"Sat, .* 03:30:00"))
    page.get_by_label("With one of these tags").fill("eu")
    page.get_by_label("With one of these tags").press("Enter")
    page.get_by_role("button", name="Save").click()
    row = page.get_by_role("listitem").filter(has_text="Backups")
    expect(row).to_contain_text("Every week on Saturday at 03:30, for 1\u202fh 30\u202fmin (America/New_York)")
    stored = asura.call("GET", "/maintenance")["data"][0]
    assert stored["rrule"] == "FREQ=WEEKLY;BYDAY=SA;BYHOUR=3;BYMINUTE=30;BYSECOND=0"
    assert (stored["duration_s"], stored["tags"], stored["timezone"]) == (5400, ["eu"], "America/New_York")
    row.get_by_role("link", name="Backups").click()
    page.get_by_label("How", exact=True).select_option("cron")
    page.get_by_label("Cron schedule").fill("nonsense")
    expect(ahead).to_contain_text("needs five fields")
    page.get_by_label("Cron schedule").fill("15 4 1 * *")
    expect(ahead.get_by_role("listitem").first).to_contain_text("04:15:00")
    page.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("By the cron schedule 15 4 1 * *")
    assert asura.call("GET", "/maintenance")["data"][0]["rrule"] is None


def test_deleting_can_be_undone_and_happens_when_one_goes_on(
    asura: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    asura.watch("Shop", target.url)
    for name in ("One", "Two"):
        times = {"starts_at": _in(24), "ends_at": _in(25)}
        asura.call("POST", "/maintenance", {"name": name, "tags": ["*"], **times})
    page = open_page()
    sign_in(page, asura, "/maintenance")
    page.get_by_role("button", name="Delete One").click()
    expect(page.get_by_role("link", name="One", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="One", exact=True)).to_be_visible()
    page.get_by_role("button", name="Delete Two").click()
    page.goto(asura.url + "/monitors")
    wait_until(lambda: len(asura.call("GET", "/maintenance")["data"]) == 1, what="the deletion")
    assert asura.call("GET", "/maintenance")["data"][0]["name"] == "One"


def test_unsaved_times_are_not_lost_by_a_click_and_another_zone_keeps_the_clock(
    asura: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    asura.watch("Shop", target.url)
    page = open_page()
    sign_in(page, asura, "/monitors/shop")
    page.get_by_role("link", name="Maintenance…").click()
    expect(page.get_by_text("Covers 1 monitor now: Shop.")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Move")
    page.get_by_label("From", exact=True).fill("2031-03-01T09:00")
    page.get_by_label("Until", exact=True).fill("2031-03-01T11:00")
    page.get_by_label("Time zone").fill("Asia/Tokyo")
    expect(page.get_by_label("From", exact=True)).to_have_value("2031-03-01T09:00")
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("dialog").get_by_role("button", name="Stay here").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Move", exact=True)).to_be_visible()
    stored = asura.call("GET", "/maintenance")["data"][0]
    assert (stored["starts_at"], stored["ends_at"]) == ("2031-03-01T00:00:00.000Z", "2031-03-01T02:00:00.000Z")


def test_the_line_for_scripts_works_as_it_is_copied(
    asura: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    asura.watch("Shop", target.url, tags=["deploy"])
    key = asura.call("POST", "/keys", {"name": "Deploy", "role": "editor", "scopes": ["maintenance"]})["key"]
    page = open_page()
    sign_in(page, asura, "/maintenance")
    line = page.locator(".script-line pre").inner_text()
    done = subprocess.run(
        ["sh", "-c", f"ASURA_MAINTENANCE_KEY={shlex.quote(key)}; {line}"], capture_output=True, check=True
    )
    assert b'"active":true' in done.stdout.replace(b" ", b"")
    expect(page.get_by_role("listitem").filter(has_text="Maintenance")).to_contain_text("Ends in", timeout=15_000)


def test_those_who_look_find_nothing_to_press(asura: Asura, target: Target, open_page: Callable[..., Page]) -> None:
    asura.watch("Shop", target.url)
    asura.call("POST", "/maintenance", {"name": "Now", "tags": ["*"], "duration_s": 3600})
    asura.user("Vic")
    page = open_page()
    sign_in(page, asura, "/maintenance", name="Vic")
    expect(page.get_by_role("link", name="Now", exact=True)).to_be_visible()
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    page.get_by_role("link", name="Now", exact=True).click()
    expect(page.get_by_text("You may look at this, but not change it.")).to_be_visible()
    expect(page.get_by_role("complementary").get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    page.goto(asura.url + "/maintenance/new")
    expect(page.get_by_role("heading", name="You may not plan anything here")).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_pages_of_maintenance_are_accessible_and_fit(
    asura: Asura, target: Target, open_page: Callable[..., Page], size: str
) -> None:
    shop = asura.watch("Shop", target.url, tags=["eu"], group="Web")
    weekly = {"rrule": "FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=0", "duration_s": 7200, "timezone": "Europe/Berlin"}
    asura.call("POST", "/maintenance", {"name": "Now " + "n" * 90, "monitor_ids": [shop["id"]], "duration_s": 3600})
    asura.call("POST", "/maintenance", {"name": "Later", "groups": ["Web"], "starts_at": _in(9), "ends_at": _in(10)})
    again = asura.call("POST", "/maintenance", {"name": "Weekly", "tags": ["*"], **weekly})
    over = asura.call("POST", "/maintenance", {"name": "Over", "tags": ["eu"], "duration_s": 600})
    asura.call("POST", f"/maintenance/{over['id']}/end")
    page = open_page(size=size)
    sign_in(page, asura)
    wrong = {}
    paths = ("/maintenance", f"/maintenance/new?monitors={shop['id']}", f"/maintenance/{again['id']}", "/monitors/shop")
    for path in paths:
        turn_to(page, asura, path, size=size)
        for fold in page.locator("main summary").all():
            fold.click()
        if "new" in path:
            page.get_by_role("radio", name="Again and again").check()
            page.get_by_label("How", exact=True).select_option("monthly")
            expect(page.get_by_role("complementary").get_by_role("listitem").first).to_be_visible()
        wrong[path] = findings_in_both_themes(page)
        assert overhang(page) <= 0, f"{path} scrolls sideways"
    assert {path: found for path, found in wrong.items() if found} == {}
