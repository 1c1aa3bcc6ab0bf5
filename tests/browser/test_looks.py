"""Every page, in both themes and on both screens: axe finds nothing, and nothing scrolls sideways."""

import os
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import findings_in_both_themes, overhang, sign_in, sign_in_by_hand, turn_to
from tests.browser.running import Asura, Target, wait_until

LONG = "A monitor with an unusually long name that fits no screen, whichever way one holds it, and-no-space-" + "x" * 60


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Asura, dict[str, str]]]:
    """An asura with something in every state, and the addresses of its pages."""
    target, program = Target(), Asura(tmp_path_factory.mktemp("asura"))
    target.start()
    program.start()
    up = program.watch("Shop", target.url, tags=["eu", "shop"])
    down = program.watch(LONG, f"http://127.0.0.1:{_dead()}/a/long/path?with=a&query=string", tags=["eu"])
    paused = program.watch("Paused", target.url)
    program.call("POST", f"/monitors/{paused['id']}/pause")
    job = program.call("POST", "/monitors", {"name": "Backup", "type": "heartbeat", "interval": 3600})
    for signal in ("/start?rid=a", "/3?rid=a", "/start?rid=b&step=3&of=7&name=upload"):
        urllib.request.urlopen(f"{job['heartbeat']['ping_url']}{signal}", timeout=5).close()
    incident = wait_until(lambda: program.call("GET", "/incidents")["data"], what="an incident")[0]
    program.call("POST", f"/incidents/{incident['id']}/note", {"note": "Looking at it. " * 20})
    yield (
        program,
        {
            "overview": "/",
            "monitors": "/monitors",
            "nothing fits": "/monitors?q=nothing-has-this-name",
            "new": "/monitors/new",
            "edit": f"/monitors/{up['id']}/edit",
            "monitor": f"/monitors/{up['id']}",
            "job": f"/monitors/{job['id']}",
            "monitor down": f"/monitors/{down['id']}",
            "incidents": "/incidents",
            "no incidents": "/incidents?status=resolved",
            "incident": f"/incidents/{incident['id']}",
            "evidence": f"/incidents/{incident['id']}?tab=evidence",
            "told": f"/incidents/{incident['id']}?tab=told",
            "notifications": "/notifications",
            "new channel": "/channels/new",
            "settings": "/settings",
            "missing": "/no/such/page",
            "missing monitor": "/monitors/987654",
        },
    )
    program.stop()
    target.stop()


def _dead() -> int:
    return Target().port


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_pages_are_accessible_and_fit(
    troubled: tuple[Asura, dict[str, str]], open_page: Callable[..., Page], size: str
) -> None:
    asura, pages = troubled
    page = open_page(size=size)
    page.goto(asura.url)
    page.get_by_label("Name").wait_for()
    wrong = {"sign in": findings_in_both_themes(page)}
    sign_in(page, asura)
    for name, path in pages.items():
        turn_to(page, asura, path, size=size)
        wrong[name] = findings_in_both_themes(page)
        assert overhang(page) <= 0, f"{name} scrolls sideways"
        _keep(page, f"{name}-{size}")
    assert {name: found for name, found in wrong.items() if found} == {}


def test_whole_outage_can_be_handled_by_keyboard(
    troubled: tuple[Asura, dict[str, str]], open_page: Callable[..., Page]
) -> None:
    asura, _ = troubled
    page = open_page()
    sign_in_by_hand(page, asura)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page).to_have_url(f"{asura.url}/incidents")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("shop")
    expect(page).to_have_url(f"{asura.url}/monitors?q=shop")
    expect(page.get_by_role("list", name="Monitors").get_by_role("listitem")).to_have_count(1)
    page.get_by_role("list", name="Monitors").get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Shop")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("shop")


def test_a_phone_reaches_all_that_a_desk_does(
    troubled: tuple[Asura, dict[str, str]], open_page: Callable[..., Page]
) -> None:
    page = open_page(size="phone")
    sign_in_by_hand(page, troubled[0])
    bar = page.get_by_role("navigation", name="Main")
    expect(bar.get_by_role("link")).to_have_count(4)
    more, there = bar.get_by_role("button", name="More"), bar.get_by_role("link", name="Maintenance")
    more.focus()
    page.keyboard.press("Enter")
    expect(there).to_be_visible()
    assert findings_in_both_themes(page) == []
    assert overhang(page) <= 0
    _keep(page, "more-phone")
    page.keyboard.press("Escape")
    expect(there).to_be_hidden()
    expect(more).to_be_focused()
    more.click()
    page.keyboard.press("Tab")
    expect(bar.get_by_role("link", name="Status pages")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Status pages")).to_be_visible()
    expect(there).to_be_hidden()
    more.click()
    for name in ("Maintenance", "Settings"):
        expect(bar.get_by_role("link", name=name)).to_be_visible()
    bar.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Name")).to_be_visible()


def _keep(page: Page, name: str) -> None:
    """Leave a picture for whoever wants to look (ASURA_SCREENSHOTS=1); the folder is not committed."""
    if not os.environ.get("ASURA_SCREENSHOTS"):
        return
    folder = Path(__file__).parent / "screenshots"
    folder.mkdir(exist_ok=True)
    page.screenshot(path=str(folder / f"{name.replace(' ', '-')}.png"), full_page=True)
