"""A status page in a browser: without scripts, by keyboard, on a phone, on paper, and by itself when things change."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.lived import living
from tests.browser.looking import COLOURS, findings, findings_in_both_themes, overhang
from tests.browser.running import Asura, Target, wait_until

SIZES = {"desktop": (1280, 900), "phone": (360, 740), "tiny": (320, 600)}
Visit = Callable[..., Page]
# The pages of a status page; `{}` is the incident that is told of.
BELOW = ("", "/history", "/incidents/{}", "/subscribe", "/embed")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asura]:
    """An asura with two weeks behind it, and a page of all that it watches, on which an incident is told of."""
    with living(tmp_path_factory.mktemp("lived"), days=14) as program:
        watched = program.call("GET", "/monitors")["data"]
        parts = [
            {"monitor_id": one["id"], "name": one["name"], "group": "Shop" if n < 8 else "Behind the scenes"}
            for n, one in enumerate(watched[:20])
        ]
        body = {"slug": "shop", "title": "Shop status", "language": "en", "components": parts}
        page = program.call(
            "POST", "/status-pages", {**body, "groups": [{"name": "Shop"}], "timezone": "Europe/Berlin"}
        )
        well = next(n for n, one in enumerate(watched) if one["status"] == "up")
        affected = [{"component_id": page["components"][well]["id"], "status": "partial_outage"}]
        incident = {"kind": "incident", "title": "Some orders wait", "impact": "major", "status": "investigating"}
        incidents = f"/status-pages/{page['id']}/incidents"
        program.call("POST", incidents, {**incident, "text": "We are **looking** into it.", "components": affected})
        locked = {"slug": "locked", "title": "Inner status", "visibility": "password", "password": "open sesame please"}
        program.call("POST", "/status-pages", {**locked, "language": "en"})
        yield program


def of_the_incident(asura: Asura, below: str) -> str:
    """Return a path with the number of the incident in its place."""
    return below.format(asura.call("GET", "/status-pages/shop/incidents?status=open")["data"][0]["id"])


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    """Open pages as a visitor does; whatever the browser complains about fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def visit_(address: str, *, size: str = "desktop", theme: Any = "light", **more: Any) -> Page:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce", **more
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: complaints.append(f"error in the page: {error}"))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(address)
        return page

    yield visit_
    for context in contexts:
        context.close()
    assert [one for one in complaints if "ERR_CONNECTION_REFUSED" not in one] == []


def test_without_scripts_nothing_is_missing(lived: Asura, visit: Visit) -> None:
    page = visit(f"{lived.url}/status/shop", java_script_enabled=False)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^(Some systems|Major outage)"))
    expect(page.get_by_text("We are looking into it.")).to_be_visible()
    assert page.locator(".comp").count() == 20
    assert page.locator(".comp").first.locator(".strip i").count() == 90
    days = page.locator(".comp").first.locator("details.table")
    days.locator("summary").click()
    expect(days.get_by_role("rowheader", name="Today")).to_be_visible()
    expect(page.locator(".strip i").last).to_have_attribute("title", re.compile(r"^\d+ \w{3} \d{4}\n"))
    expect(page.get_by_role("link", name="RSS")).to_be_visible()
    assert 'http-equiv="refresh"' in page.content()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_axe_finds_nothing(lived: Asura, visit: Visit, size: str) -> None:
    page = visit("about:blank", size=size)
    for below in BELOW:
        page.goto(f"{lived.url}/status/shop{of_the_incident(lived, below)}")
        assert findings_in_both_themes(page) == [], below


def test_every_state_can_be_read_in_every_theme(lived: Asura, visit: Visit) -> None:
    states = ("operational", "degraded", "partial_outage", "major_outage", "maintenance", "unknown", "notice")
    for theme in ("light", "dark"):
        page = visit(f"{lived.url}/status/shop", theme=theme)
        # One component has all the colours that twenty have.
        page.evaluate("document.querySelectorAll('.comp ~ .comp, .group ~ .group').forEach(one => one.remove())")
        for state in states:
            page.evaluate(
                """state => document.querySelectorAll('.hero, .st, .event').forEach(one => {
                    one.className = one.className.replace(/s-[a-z_]+/, `s-${state}`) })""",
                state,
            )
            # The structure is the same in every state, and is looked at elsewhere.
            assert findings(page, *COLOURS) == [], (theme, state)


def test_a_password_opens_a_page(lived: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(f"{lived.url}/status/locked")
    assert findings_in_both_themes(page) == []
    page.get_by_label("Password").fill("something else")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("alert")).to_have_text("That is not the password.")
    assert findings_in_both_themes(page) == []
    page.get_by_label("Password").fill("open sesame please")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is listed here yet")


@pytest.mark.parametrize("below", BELOW)
def test_nothing_scrolls_sideways(lived: Asura, visit: Visit, below: str) -> None:
    for size in ("tiny", "phone"):
        page = visit(f"{lived.url}/status/shop{of_the_incident(lived, below)}", size=size)
        for summary in page.locator("details.table summary").all()[:1]:
            summary.click()
        assert overhang(page) == 0
    # 200 % of a window of 640 pixels.
    page.set_viewport_size({"width": 640, "height": 450})
    page.evaluate("document.documentElement.style.fontSize = '32px'")
    assert overhang(page) == 0


def test_on_a_phone_there_are_fewer_bars_and_it_says_so(lived: Asura, visit: Visit) -> None:
    page = visit(f"{lived.url}/status/shop", size="phone")
    first = page.locator(".comp").first
    assert first.locator(".strip i:visible").count() == 45
    expect(first.locator("summary")).to_contain_text("45 days ago")
    expect(first.get_by_text("90 days ago")).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert first.locator(".strip i:visible").count() == 90
    expect(first.get_by_text("90 days ago")).to_be_visible()


def test_bars_are_read_with_the_keyboard(lived: Asura, visit: Visit) -> None:
    page = visit(f"{lived.url}/status/shop")
    strips = page.get_by_role("slider")
    expect(strips).to_have_count(20)
    page.locator(".comp details.table summary").first.focus()
    page.keyboard.press("Shift+Tab")
    expect(strips.first).to_be_focused()
    expect(strips.first).to_have_attribute("aria-valuenow", "90")
    tip = page.locator(".tip")
    expect(tip).to_be_visible()
    today = tip.text_content()
    page.keyboard.press("ArrowLeft")
    expect(strips.first).to_have_attribute("aria-valuenow", "89")
    assert tip.text_content() != today
    expect(strips.first).to_have_attribute("aria-valuetext", tip.text_content() or "")
    page.keyboard.press("Home")
    expect(strips.first).to_have_attribute("aria-valuenow", "1")
    expect(tip).to_contain_text("No data")
    page.keyboard.press("End")
    expect(strips.first).to_have_attribute("aria-valuenow", "90")
    assert tip.text_content() == today
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.keyboard.press("Tab")
    expect(page.locator(".comp details.table summary").first).to_be_focused()


def test_bars_tell_of_their_day_under_the_mouse_and_lead_to_its_incident(lived: Asura, visit: Visit) -> None:
    page = visit(f"{lived.url}/status/shop")
    about = page.locator(".comp").filter(has=page.get_by_text("Partial outage"))
    today = about.locator(".strip i").last
    today.hover()
    expect(page.locator(".tip")).to_contain_text("Some orders wait")
    today.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Some orders wait")


def test_all_of_a_page_is_smaller_than_60_kb(lived: Asura, visit: Visit, chromium: Browser) -> None:
    page = visit("about:blank")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: dict[str, int] = {}
    session.on("Network.loadingFinished", lambda said: sizes.update({said["requestId"]: said["encodedDataLength"]}))
    page.goto(f"{lived.url}/status/shop")
    page.wait_for_load_state("networkidle")
    assert len(sizes) >= 4
    assert 5_000 < sum(sizes.values()) < 60_000


def test_on_paper_it_is_black_on_white_and_complete(lived: Asura, visit: Visit) -> None:
    page = visit(f"{lived.url}/status/shop", theme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.st')).color") == "rgb(0, 0, 0)"
    expect(page.locator(".st").first).to_be_visible()
    expect(page.get_by_text("We are looking into it.")).to_be_visible()
    expect(page.get_by_text(f"{lived.url}/status/shop").or_(page.locator("footer .paper")).first).to_be_visible()
    for hidden in ("header nav", "footer nav", ".self", ".skip"):
        expect(page.locator(hidden).first).to_be_hidden()


def test_a_page_out_of_a_cache_shows_what_is_now(private: Asura, target: Target, visit: Visit) -> None:
    url, made = f"{private.url}/status/shop", private.watch("Checkout", target.url)
    parts = [{"monitor_id": made["id"], "name": "Checkout"}]
    body = {"slug": "shop", "title": "Shop status", "language": "en", "components": parts}
    private.call("POST", "/status-pages", body)
    wait_until(lambda: "Everything is working" in httpx2.get(url).text, what="the first check")
    # As it lies in the cache of a browser, for whoever goes back to it.
    old = re.sub(r'(id="as-of" datetime=")\d{4}', r"\g<1>2025", httpx2.get(url).text)
    target.stop()
    wait_until(lambda: "Major outage" in httpx2.get(url).text, what="the outage")
    page = visit("about:blank")
    page.route(url, lambda route: route.fulfill(body=old, content_type="text/html"), times=1)
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Major outage", timeout=5_000)


def test_the_page_refreshes_itself_and_keeps_what_one_has_opened(private: Asura, target: Target, visit: Visit) -> None:
    asura = private
    monitor = asura.watch("Checkout", target.url)
    parts = [{"monitor_id": monitor["id"], "name": "Checkout"}]
    asura.call("POST", "/status-pages", {"slug": "shop", "title": "Shop status", "language": "en", "components": parts})
    wait_until(lambda: asura.call("GET", f"/monitors/{monitor['id']}")["status"] == "up", what="the first check")
    page = visit("about:blank")
    page.clock.install()
    page.goto(f"{asura.url}/status/shop")
    expect(page.get_by_role("heading", level=1)).to_have_text("Everything is working")
    summary = page.locator("details.table summary")
    summary.click()
    expect(summary).to_be_focused()
    target.stop()
    # What visitors see may be a second older than what the API says.
    wait_until(lambda: "Major outage" in httpx2.get(f"{asura.url}/status/shop").text, what="the outage")
    page.clock.fast_forward(40_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("Major outage")
    expect(page).to_have_title("Major outage \u00b7 Shop status")
    expect(page.locator("#said")).to_have_text("Major outage")
    expect(page.locator(".st")).to_have_text("Major outage")
    expect(page.locator("details.table")).to_have_attribute("open", "")
    expect(summary).to_be_focused()
    expect(page.get_by_role("slider")).to_have_count(1)

    asura.stop()
    for _ in range(2):
        page.clock.fast_forward(300_000)
        page.wait_for_timeout(300)
    expect(page.locator("#lost")).to_contain_text("Connection lost.")
    asura.start()
    page.clock.fast_forward(300_000)
    expect(page.locator("#lost")).to_be_hidden()
