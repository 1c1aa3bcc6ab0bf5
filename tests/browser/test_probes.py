"""Probes in a real browser: added by what the page shows, there, renamed, given another key, and revoked."""

import re
from collections.abc import Callable
from pathlib import Path

import yaml
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SIZES
from tests.browser.looking import findings, sign_in
from tests.browser.probing import REGION, row, running
from tests.browser.running import Asura, Target


def ask_for_one(page: Page, *, region: str = REGION, name: str = "") -> Locator:
    """Fill in the form for a new probe and return what then starts it."""
    page.get_by_role("button", name="Add a probe").click()
    page.get_by_label("Region", exact=True).fill(region)
    page.get_by_label("Name", exact=True).fill(name)
    expect(page.get_by_text("server.listen and server.external_url in the configuration")).to_be_visible()
    page.get_by_role("button", name="Make its key").click()
    shown = page.locator("dialog pre")
    expect(shown).to_contain_text("--mode probe")
    return shown


def choose(page: Page, name: str, what: str) -> None:
    """Choose in the menu of a probe."""
    page.get_by_role("button", name=f"What to do with {name}").click()
    page.get_by_role("button", name=what, exact=True).click()


def test_probe_is_added_by_the_command_that_the_page_shows(
    asura: Asura, target: Target, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    asura.watch("Shop", target.url)
    page = open_page()
    sign_in(page, asura, "/probes")
    expect(page.get_by_role("heading", name="All checks come from here")).to_be_visible()
    assert findings(page) == []
    shown = ask_for_one(page, name="one")
    expect(page.get_by_text("A probe elsewhere cannot reach")).to_be_visible()
    expect(page.get_by_text("Copy the asura executable to that machine")).to_be_visible()
    expect(page.get_by_text("Waiting for it to call…")).to_be_visible()
    assert findings(page) == []
    with running(tmp_path, shown.inner_text()):
        expect(page.get_by_text("It is there: 1 monitor.")).to_be_visible(timeout=30_000)
        page.get_by_role("button", name="Done").click()
        expect(row(page, "one")).to_contain_text("Online")
        expect(row(page, "local (this asura)")).to_contain_text("Online")
        region = page.locator(".region-table tr").filter(has=page.get_by_role("rowheader", name=REGION))
        expect(region).to_contain_text("Votes")
        expect(region).to_contain_text("1 of 1")
        assert findings(page) == []
    # Whoever says good-bye is gone at once, and the page hears of it; other pages say so too, quietly.
    expect(row(page, "one")).to_contain_text("Offline")
    expect(page.get_by_role("link", name="Probes").get_by_title("1 probe is gone, or cannot see")).to_be_visible()
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your monitor is fine")
    page.get_by_role("link", name=f"1 probe is gone: one ({REGION})").click()
    expect(page.get_by_role("heading", name="Probes", level=1)).to_be_visible()


def test_key_is_shown_once_and_never_in_the_address(asura: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, asura, "/probes")
    shown = ask_for_one(page)
    key = shown.inner_text().removeprefix("ASURA_KEY=").split()[0]
    assert key.startswith("asura_")
    assert key not in page.url
    page.get_by_role("button", name="Done").click()
    assert key not in page.content()
    page.reload()
    row(page, "eu-west").first.wait_for()
    assert key not in page.content()


def test_what_systemd_and_compose_are_told_starts_it_too(
    asura: Asura, target: Target, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    asura.watch("Shop", target.url)
    page = open_page()
    sign_in(page, asura, "/probes")
    shown = ask_for_one(page, name="one")
    page.get_by_role("button", name="systemd").click()
    unit = shown.inner_text()
    page.get_by_role("button", name="Compose").click()
    service = yaml.safe_load(shown.inner_text())["services"]["probe"]
    by_unit = dict(re.findall(r"^(ASURA_\w+)=(.*)$", unit, re.MULTILINE))
    assert by_unit == service["environment"]
    assert by_unit["ASURA_KEY"] not in "".join(re.findall(r"^(?:ExecStart|sudo).*$", unit, re.MULTILINE))
    with running(tmp_path, "asura", by_unit):
        expect(page.get_by_text("It is there: 1 monitor.")).to_be_visible(timeout=30_000)


def test_region_that_is_none_is_refused_where_it_is_typed(asura: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, asura, "/probes?new=1")
    region = page.get_by_label("Region", exact=True)
    for typed, said in (("local", "asura itself"), ("eu west", "1 to 64 letters")):
        region.fill(typed)
        region.press("Enter")
        expect(page.locator("dialog .field-problem")).to_contain_text(said)
        expect(region).to_have_attribute("aria-invalid", "true")
    assert asura.call("GET", "/probes")["data"] == []


def test_probe_is_renamed_given_another_key_and_revoked(
    asura: Asura, target: Target, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    asura.watch("Shop", target.url)
    made = asura.call("POST", "/probes", {"region": REGION, "name": "one"})
    page = open_page()
    sign_in(page, asura, "/probes")
    expect(row(page, "one")).to_contain_text("Not there yet")
    choose(page, "one", "Rename")
    page.get_by_label("Name", exact=True).fill("cellar")
    page.keyboard.press("Enter")
    expect(row(page, "cellar")).to_be_visible()
    with running(tmp_path, f"asura --mode probe --primary {made['primary']} --key {made['key']}"):
        expect(row(page, "cellar")).to_contain_text("Online", timeout=30_000)
        choose(page, "cellar", "New key")
        page.get_by_role("button", name="Make a new key").click()
        command = page.locator("dialog pre").inner_text()
        assert made["key"] not in command
        page.get_by_role("button", name="Done").click()
        expect(row(page, "cellar")).to_contain_text("Offline", timeout=30_000)
    with running(tmp_path, command):
        expect(row(page, "cellar")).to_contain_text("Online", timeout=30_000)
        choose(page, "cellar", "Revoke")
        expect(page.get_by_text(f"It is the only probe of {REGION}")).to_be_visible()
        assert findings(page) == []
        page.get_by_role("button", name="Revoke cellar").click()
        expect(page.get_by_role("heading", name="All checks come from here")).to_be_visible()
    assert asura.call("GET", "/probes")["data"] == []


def test_all_of_it_is_done_with_the_keyboard(asura: Asura, open_page: Callable[..., Page]) -> None:
    asura.call("POST", "/probes", {"region": REGION, "name": "one"})
    page = open_page()
    sign_in(page, asura)
    page.keyboard.press("g")
    page.keyboard.press("r")
    menu = page.get_by_role("button", name="What to do with one")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Rename", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(page.get_by_role("button", name="Rename", exact=True)).to_have_count(0)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()


def test_menu_of_the_last_row_opens_within_the_window(asura: Asura, open_page: Callable[..., Page]) -> None:
    for number in range(3):
        asura.call("POST", "/probes", {"region": REGION, "name": f"one-{number}"})
    for size, (width, height) in SIZES.items():
        page = open_page(size=size)
        sign_in(page, asura, "/probes")
        last = page.get_by_role("button", name="What to do with one-2")
        button = last.bounding_box()
        bar = page.evaluate("document.querySelector('.bar').getBoundingClientRect().top")
        assert button is not None
        # On a phone there is a bar below, on a desktop beside.
        below = height - bar if bar > 0 else 0
        page.set_viewport_size({"width": width, "height": int(button["y"] + button["height"] + below + 4)})
        last.click()
        lowest = page.get_by_role("button", name="Revoke", exact=True).bounding_box()
        assert lowest is not None
        assert lowest["y"] + lowest["height"] <= button["y"]


def test_only_administrators_may_add(asura: Asura, open_page: Callable[..., Page]) -> None:
    asura.call("POST", "/probes", {"region": REGION, "name": "one"})
    asura.user("Vic", "editor")
    page = open_page()
    sign_in(page, asura, "/probes?new=1", name="Vic")
    expect(row(page, "one")).to_be_visible()
    expect(page.get_by_role("button", name="Add a probe")).to_have_count(0)
    expect(page.get_by_role("button", name="What to do with one")).to_have_count(0)
    expect(page.locator("dialog")).to_have_count(0)


def test_who_is_limited_to_tags_is_told_so(asura: Asura, open_page: Callable[..., Page]) -> None:
    asura.user("Tag", "viewer", tags=["eu"])
    page = open_page()
    sign_in(page, asura, "/probes", name="Tag")
    expect(page.get_by_role("heading", name="Only for those who see everything")).to_be_visible()
    expect(page.get_by_role("link", name="Probes")).to_have_count(0)
