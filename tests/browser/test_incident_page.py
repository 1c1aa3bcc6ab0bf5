"""Incidents with others behind them: the list and its filters, the page of one; by mouse, by keyboard, as a viewer."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lived import living
from tests.browser.looking import findings_in_both_themes, overhang, sign_in, turn_to
from tests.browser.running import Asura

NEXT = ".timeline > li"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asura]:
    """An asura with incidents of ten days, in which one service is down, one is slow, and a job has failed."""
    with living(tmp_path_factory.mktemp("lived"), days=10) as program:
        yield program


def incident_of(asura: Asura, slug: str) -> dict[str, Any]:
    found = asura.call("GET", f"/incidents?monitor_id={slug}&status=open,acknowledged")["data"]
    assert found, f"{slug} has no open incident"
    return dict(found[0])


def test_list_is_narrowed_by_state_severity_time_and_monitor_in_the_address(
    lived: Asura, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_in(page, lived, "/incidents")
    rows = page.get_by_role("main").get_by_role("listitem")
    expect(rows.filter(has_text="Checkout API")).to_have_count(1)
    expect(rows.filter(has_text="Search")).to_contain_text("mia")
    page.get_by_role("link", name="All", exact=True).click()
    expect(page).to_have_url(re.compile(r"status=all$"))
    page.get_by_label("Severity").select_option("warning")
    expect(page).to_have_url(re.compile("severity=warning"))
    expect(rows.filter(has_text="Checkout API").filter(has_text="Open")).to_have_count(0)
    expect(rows.first).to_contain_text("slower than 800 ms")
    page.get_by_label("Severity").select_option("")
    page.get_by_label("Time").select_option("24h")
    recent = len(lived.call("GET", "/incidents?from=" + _day_ago())["data"])
    expect(rows).to_have_count(recent)
    page.get_by_label("Monitor").select_option(label="Search")
    expect(rows.filter(has_text="Checkout API")).to_have_count(0)
    page.reload()
    expect(page.get_by_label("Monitor")).to_have_value(str(lived.call("GET", "/monitors/search")["id"]))
    page.goto(f"{lived.url}/incidents?status=resolved&severity=warning&time=toString&monitor=999999")
    expect(page.get_by_text("No incident fits")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(page).to_have_url(f"{lived.url}/incidents?status=all")


def _day_ago() -> str:
    return (datetime.now(UTC) - timedelta(days=1)).isoformat().replace("+00:00", "Z")


def test_page_tells_what_comes_next_what_was_seen_and_what_is_usual(
    lived: Asura, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    incident = incident_of(lived, "search")
    sign_in(page, lived, f"/incidents/{incident['id']}")
    expect(page.locator(NEXT).first).to_contain_text("Nothing more is sent until it is over")
    expect(page.locator(NEXT).nth(1)).to_contain_text("Acknowledged by mia")
    page.get_by_role("link", name="Evidence").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("The line marks what is usual. Answer usually takes")
    expect(main).to_contain_text("Demo CA R1 (asura demo)")
    expect(main).to_contain_text("days left")
    page.get_by_role("link", name="Who was told, and why").click()
    expect(main).to_contain_text("It is a default channel.")
    expect(main).to_contain_text("The channel is switched off.")
    expect(main).to_contain_text(re.compile(r"200 ok, after \d+\sms"))


def test_runbook_and_monitor_are_a_click_away(lived: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, lived, f"/incidents/{incident_of(lived, 'checkout-api')['id']}")
    runbook = page.get_by_role("link", name="https://wiki.example.com/runbooks/checkout-503")
    expect(runbook).to_have_attribute("href", "https://wiki.example.com/runbooks/checkout-503")
    expect(runbook).to_have_attribute("rel", "noreferrer noopener")
    page.get_by_role("main").get_by_role("link", name="Checkout API").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Checkout API")
    page.get_by_role("link", name=re.compile(r"^Incident \d+$")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Checkout API is down")


def test_incident_is_handled_by_four_keys(lived: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    incident = incident_of(lived, "checkout-api")
    sign_in(page, lived, f"/incidents/{incident['id']}")
    expect(page.get_by_role("button", name="Acknowledge")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("On the page of an incident")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.get_by_label("What should the others know?").fill("as resolve note")
    page.get_by_role("button", name="Save note").click()
    expect(page.locator(NEXT).filter(has_text="as resolve note")).to_have_count(1)
    page.keyboard.press("s")
    page.get_by_role("button", name="1 hour").click()
    expect(page.locator(NEXT).first).to_contain_text("Quiet until")
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)
    assert lived.call("GET", f"/incidents/{incident['id']}")["status"] == "acknowledged"
    page.keyboard.press("r")
    page.get_by_role("button", name="Resolve now").click()
    expect(page.get_by_role("main")).to_contain_text("Resolved after")
    expect(page.get_by_role("button", name="Note")).to_have_count(0)
    assert lived.call("GET", f"/incidents/{incident['id']}")["status"] == "resolved"


def test_viewer_reads_and_no_key_changes_anything(lived: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    incident = incident_of(lived, "warehouse-sync")
    sign_in(page, lived, f"/incidents/{incident['id']}", name="Vic")
    expect(page.get_by_role("heading", level=1)).to_have_text("Warehouse sync is down")
    for name in ("Acknowledge", "Note", "Snooze", "Resolve"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    for key in "asr":
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert incident_of(lived, "warehouse-sync")["status"] == "open"


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_incident_pages_are_accessible_and_fit(lived: Asura, open_page: Callable[..., Page], size: str) -> None:
    page = open_page(size=size)
    sign_in(page, lived)
    number = incident_of(lived, "search")["id"]
    wrong: dict[str, list[str]] = {}
    paths = ("/incidents?status=all", *(f"/incidents/{number}?tab={tab}" for tab in ("timeline", "evidence", "told")))
    for path in paths:
        turn_to(page, lived, path, size=size)
        if found := findings_in_both_themes(page):
            wrong[path] = found
        assert overhang(page) <= 0, f"{path} scrolls sideways"
    assert wrong == {}
