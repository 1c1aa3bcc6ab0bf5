"""The page of a monitor with a past: chart, days, results, runs, badges; by mouse, by keyboard, and as a viewer."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lived import living
from tests.browser.looking import findings_in_both_themes, overhang, sign_in, turn_to
from tests.browser.running import Asura

SHOP, CHECKOUT, BACKUP, INVOICES = (
    "/monitors/shop",
    "/monitors/checkout-api",
    "/monitors/nightly-backup",
    "/monitors/invoice-run",
)
TABS = ("results", "timeline", "incidents", "badges")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asura]:
    """An asura with two weeks behind it, in which one service is down and one is slow."""
    with living(tmp_path_factory.mktemp("lived"), days=14) as program:
        yield program


def chart(page: Page) -> Locator:
    return page.get_by_role("img", name=re.compile(r"^Response time, "))


def query(page: Page) -> str:
    return page.url.partition("?")[2]


def test_chart_shows_ranges_and_views_that_are_part_of_the_address(
    lived: Asura, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_in(page, lived, SHOP)
    expect(chart(page)).to_have_accessible_description(re.compile(r"^Usually half of the checks take less than .* ms"))
    expect(page.locator(".plot canvas")).to_be_visible()
    page.get_by_role("link", name="7 d").click()
    expect(page).to_have_url(re.compile(r"\?range=7d$"))
    expect(page.get_by_role("img", name="Response time, 7 d")).to_be_visible()
    page.get_by_role("link", name="Phases").click()
    expect(page).to_have_url(re.compile(r"range=7d&view=phases$"))
    expect(page.locator(".plot-key")).to_contain_text("Answer")
    page.get_by_role("link", name="Regions").click()
    for region in ("local", "eu-west", "us-east"):
        expect(page.locator(".plot-key")).to_contain_text(region)
    page.go_back()
    expect(page.locator(".plot-key")).to_contain_text("DNS")
    page.reload()
    expect(page.locator(".plot-key")).to_contain_text("DNS")


def test_dragging_zooms_and_a_double_click_goes_back(lived: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, lived, SHOP)
    box = page.locator(".u-over").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.4, middle)
    expect(page.locator(".plot-note").last).to_contain_text("check")
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, middle, steps=5)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"\?from=.*Z&to=.*Z$"))
    expect(page.get_by_role("button", name="Back to 24 h")).to_be_visible()
    zoomed = query(page)
    page.locator(".u-over").dblclick()
    expect(page).to_have_url(re.compile(r"/monitors/shop$"))
    page.go_back()
    assert query(page) == zoomed
    expect(page.get_by_role("button", name="Back to 24 h")).to_be_visible()


def test_chart_is_zoomed_moved_and_read_by_keyboard(lived: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, lived, SHOP)
    expect(page.locator(".plot canvas")).to_be_visible()
    chart(page).focus()
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile(r"\?from="))
    zoomed = query(page)
    page.keyboard.press("ArrowLeft")
    expect(page).not_to_have_url(re.compile(re.escape(zoomed)))
    expect(chart(page)).to_be_focused()
    note = page.locator(".plot-note").last
    page.keyboard.press("Shift+ArrowLeft")
    expect(note).to_have_text(re.compile(r"\d\d:\d\d .*median .*\sms.* check"))
    page.keyboard.press("0")
    expect(page).to_have_url(re.compile(r"/monitors/shop$"))
    page.get_by_role("button", name="Zoom out").click()
    expect(page).to_have_url(re.compile(r"\?from="))
    page.get_by_text("As a table").click()
    expect(page.get_by_role("table", name=re.compile("^Response times"))).to_contain_text("ms")


def test_days_are_one_stop_of_the_tab_key_and_lead_to_their_timeline(
    lived: Asura, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_in(page, lived, CHECKOUT)
    days = page.get_by_role("group", name="How it was on each of the last 90 days").get_by_role("link")
    expect(days).to_have_count(90)
    assert days.evaluate_all("all => all.filter(one => one.tabIndex === 0).length") == 1
    expect(days.first).to_have_accessible_name(re.compile("no data"))
    days.last.focus()
    expect(page.locator(".day-told")).to_contain_text("down for")
    page.keyboard.press("ArrowLeft")
    expect(days.nth(88)).to_be_focused()
    expect(page.locator(".day-told")).not_to_contain_text("down for")
    page.keyboard.press("Home")
    expect(days.first).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"tab=timeline&day=\d{4}-\d\d-\d\d$"))
    expect(page.get_by_role("heading", name=re.compile("^Timeline of "))).to_be_visible()
    expect(page.get_by_role("table")).to_contain_text("down")
    page.get_by_role("link", name="The day before").click()
    expect(page.get_by_role("table")).to_contain_text("up")
    page.get_by_role("link", name="All days").click()
    page.get_by_role("link", name="Only trouble").click()
    expect(page.get_by_role("table").get_by_role("row").nth(1)).to_contain_text("down")


def test_results_are_narrowed_paged_and_unfolded(lived: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, lived, f"{SHOP}?tab=results")
    rows = page.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(51)
    page.get_by_role("button", name="Show older ones").click()
    expect(rows).to_have_count(101)
    page.get_by_role("link", name="eu-west").click()
    expect(page).to_have_url(re.compile("region=eu-west"))
    expect(rows.nth(1)).to_contain_text("eu-west")
    expect(rows.filter(has_text="us-east")).to_have_count(0)
    page.goto(f"{lived.url}{CHECKOUT}?tab=results&status=down")
    expect(rows.nth(1)).to_contain_text("503 Service Unavailable")
    expect(rows.filter(has_text=re.compile(r" up\b"))).to_have_count(0)
    details = rows.nth(1).get_by_role("button", name="Details")
    expect(details).to_have_attribute("aria-expanded", "false")
    details.click()
    expect(rows.nth(1)).to_contain_text("Answer")
    page.goto(f"{lived.url}{SHOP}?tab=results&status=unknown")
    expect(page.get_by_text("No result has this.")).to_be_visible()


def test_job_shows_its_runs_what_they_printed_and_how_to_call_in(lived: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, lived, f"{BACKUP}?tab=runs")
    runs = page.get_by_role("list", name="Last runs").get_by_role("listitem")
    expect(runs.first).to_contain_text(re.compile(r"\d+\smin"))
    expect(page.get_by_role("main")).to_contain_text("Expected next in")
    runs.first.get_by_role("button", name="output").click()
    expect(page.get_by_role("dialog")).to_contain_text("dumping 14 databases")
    page.keyboard.press("Escape")
    backup = lived.call("GET", "/monitors/nightly-backup")
    url, zone = backup["heartbeat"]["ping_url"], backup["timezone"]
    code = page.locator("pre.snippet")
    for name, part in {
        "cron": f"CRON_TZ={zone}", "systemd": f"OnCalendar=*-*-* 02:30:00 {zone}",
        "PowerShell": "Invoke-RestMethod", "Python": "urllib.request", "GitHub Actions": "runs-on:",
        "curl": "curl -fsS",
    }.items():  # fmt: skip
        page.get_by_role("button", name=name, exact=True).click()
        expect(code).to_contain_text(part)
        expect(code).to_contain_text(url)
    page.get_by_role("button", name=re.compile("Copy")).click()
    expect(page.get_by_text("Copied")).to_be_visible()


def test_address_of_a_job_is_exchanged_only_after_asking(lived: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, lived, f"{INVOICES}?tab=runs")
    before = lived.call("GET", "/monitors/invoice-run")["heartbeat"]["ping_url"]
    page.get_by_role("button", name="New address").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert lived.call("GET", "/monitors/invoice-run")["heartbeat"]["ping_url"] == before
    page.get_by_role("button", name="New address").click()
    page.get_by_role("button", name="Make a new one").click()
    expect(page.get_by_text("The address is new. Tell the job.")).to_be_visible()
    after = lived.call("GET", "/monitors/invoice-run")["heartbeat"]["ping_url"]
    assert after != before
    expect(page.locator("pre.snippet")).to_contain_text(after)


def test_suggested_schedule_is_used_with_one_press(lived: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, lived, f"{INVOICES}?tab=runs")
    suggested = lived.call("GET", "/monitors/invoice-run/heartbeat/suggestion")
    assert suggested["cron"]
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_text("The schedule is used from now on.")).to_be_visible()
    assert lived.call("GET", "/monitors/invoice-run")["cron"] == suggested["cron"]
    expect(page.get_by_role("heading", name="A schedule that fits")).to_have_count(0)


def test_badges_are_of_public_monitors_and_can_be_looked_at(lived: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, lived, "/monitors/blog?tab=badges")
    expect(page.get_by_text("This monitor is private")).to_be_visible()
    page.get_by_role("button", name="Make it public").click()
    image = page.get_by_role("img", name="Badge of State")
    expect(image).to_be_visible()
    page.wait_for_function("document.querySelector('.badge-choice img').naturalWidth > 0")
    assert lived.call("GET", "/monitors/blog")["public"] is True
    page.get_by_role("button", name=re.compile("Uptime")).click()
    page.get_by_label("Large").check()
    page.get_by_label("7", exact=True).check()
    page.get_by_label("Label").fill("a (b)")
    code = page.locator("pre.snippet")
    expect(code).to_contain_text("/badge/blog/uptime.svg?days=7&style=for-the-badge&label=a%20%28b%29")
    page.get_by_role("button", name="HTML").click()
    expect(code).to_contain_text("days=7&amp;style=")
    for name, start in {"reStructuredText": ".. image:: ", "AsciiDoc": "image:"}.items():
        page.get_by_role("button", name=name).click()
        expect(code).to_contain_text(start)
    page.get_by_role("button", name="Make it private").click()
    expect(page.get_by_text("This monitor is private")).to_be_visible()


def test_viewer_sees_everything_and_nothing_that_changes_it(lived: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, lived, SHOP, name="Vic")
    expect(page.locator(".plot canvas")).to_be_visible()
    for name in ("Check now", "Pause", "Edit", "Duplicate", "Delete"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
        expect(page.get_by_role("link", name=name)).to_have_count(0)
    page.goto(f"{lived.url}{BACKUP}?tab=runs")
    expect(page.get_by_text("Only those who may edit this monitor see its address.")).to_be_visible()
    expect(page.get_by_role("button", name="New address")).to_have_count(0)
    page.goto(f"{lived.url}/monitors/newsletter?tab=badges")
    expect(page.get_by_text("This monitor is private")).to_be_visible()
    expect(page.get_by_role("button", name="Make it public")).to_have_count(0)


def test_deleted_monitor_can_be_had_back(lived: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, lived, "/monitors/redis")
    page.get_by_role("button", name="Delete").click()
    expect(page).to_have_url(f"{lived.url}/monitors")
    page.get_by_role("button", name="Undo").click()
    assert lived.call("GET", "/monitors/redis")["name"] == "Redis"


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_every_tab_is_accessible_and_fits(lived: Asura, open_page: Callable[..., Page], size: str) -> None:
    page = open_page(size=size)
    sign_in(page, lived)
    wrong: dict[str, list[str]] = {}
    paths = [SHOP, f"{SHOP}?view=phases", BACKUP, f"{BACKUP}?tab=runs", *(f"{CHECKOUT}?tab={tab}" for tab in TABS)]
    for path in paths:
        turn_to(page, lived, path, size=size)
        if found := findings_in_both_themes(page):
            wrong[path] = found
        assert overhang(page) <= 0, f"{path} scrolls sideways"
    assert wrong == {}
