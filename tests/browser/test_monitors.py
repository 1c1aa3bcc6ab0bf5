"""The list of monitors and the palette: found, narrowed, changed many at a time, deleted with a way back, by keys."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.looking import findings, findings_in_both_themes, overhang, sign_in
from tests.browser.running import Asura, Target, wait_until

QUIET = {"interval": 3600, "timeout": 2, "enabled": False}


@pytest.fixture
def stocked(asura: Asura, target: Target) -> Asura:
    """An asura that knows six monitors in two groups."""
    for number in range(1, 6):
        more = {"tags": ["even"] if number % 2 == 0 else ["odd", "eu"], "group": "Racks" if number < 4 else None}
        asura.call(
            "POST", "/monitors", {"name": f"Node {number}", "type": "http", "target": target.url, **QUIET, **more}
        )
    asura.watch("Shop", target.url, interval=3600, group="Shops")
    return asura


def rows(page: Page) -> Locator:
    return page.get_by_role("list", name="Monitors").locator("a.row")


def names(page: Page) -> list[str]:
    return rows(page).locator(".name b").all_inner_texts()


def tick(page: Page, *wanted: str) -> None:
    for name in wanted:
        page.get_by_role("checkbox", name=f"Choose {name}", exact=True).click()


def test_search_filters_and_order_stand_in_the_address(stocked: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, stocked, "/monitors")
    expect(page.get_by_role("heading", level=1)).to_have_text("6 monitors")
    page.keyboard.press("/")
    page.keyboard.type("node")
    expect(page.get_by_role("heading", level=1)).to_have_text("5 of 6 monitors")
    page.get_by_role("button", name="Tag").click()
    page.get_by_role("checkbox", name="odd").check()
    page.keyboard.press("Escape")
    page.get_by_label("Order", exact=True).select_option("name")
    expect(page).to_have_url(f"{stocked.url}/monitors?q=node&tag=odd&sort=name")
    assert names(page) == ["Node 1", "Node 3", "Node 5"]
    page.reload()
    expect(rows(page)).to_have_count(3)
    expect(page.get_by_role("searchbox")).to_have_value("node")
    page.go_back()
    expect(page).to_have_url(f"{stocked.url}/monitors?q=node&tag=odd")
    page.get_by_role("link", name="Clear filters").click()
    expect(rows(page)).to_have_count(6)
    page.get_by_role("search").get_by_role("link", name=re.compile("^paused")).click()
    expect(rows(page)).to_have_count(5)
    page.goto(f"{stocked.url}/monitors?q=nothing-has-this-name")
    page.get_by_role("button", name="Show all").click()
    expect(rows(page)).to_have_count(6)


def test_groups_fold_and_stay_folded(stocked: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, stocked, "/monitors")
    page.get_by_role("button", name=re.compile("Racks")).click()
    expect(rows(page)).to_have_count(3)
    page.reload()
    expect(page.get_by_role("button", name=re.compile("Racks"))).to_have_attribute("aria-expanded", "false")
    page.get_by_role("searchbox").fill("even")
    expect(rows(page)).to_have_count(2)
    page.get_by_role("searchbox").fill("")
    page.get_by_role("link", name="In groups").click()
    expect(rows(page)).to_have_count(6)
    expect(page).to_have_url(re.compile("by=none"))


def test_keys_move_choose_and_pause_and_undo_resumes(stocked: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, stocked, "/monitors?by=none&sort=name")
    expect(rows(page)).to_have_count(6)
    for key in ("j", "j", "x", "j", "j", "Shift+x"):
        page.keyboard.press(key)
    expect(page.get_by_role("region")).to_contain_text("3 chosen")
    page.keyboard.press("Escape")
    expect(page.get_by_role("region")).to_have_count(0)
    for _ in range(3):
        page.keyboard.press("j")
    expect(rows(page).nth(5)).to_be_focused()
    page.keyboard.press("p")
    expect(page.get_by_text("Shop is paused")).to_be_visible()
    assert stocked.call("GET", "/monitors/shop")["status"] == "paused"
    page.get_by_role("button", name="Undo").click()
    expect(rows(page).nth(5).get_by_role("img", name="Paused", exact=True)).to_have_count(0)
    # The page shows what it asked for before the answer is there.
    wait_until(lambda: stocked.call("GET", "/monitors/shop")["status"] != "paused", what="that it is checked again")
    page.keyboard.press("k")
    expect(rows(page).nth(4)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    expect(rows(page).nth(4)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Node 5")


def test_many_are_tagged_and_untagged(stocked: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, stocked, "/monitors?by=none&sort=name")
    tick(page, "Node 1")
    page.get_by_role("checkbox", name="Choose Node 4", exact=True).click(modifiers=["Shift"])
    expect(page.get_by_role("region")).to_contain_text("4 chosen")
    page.get_by_role("region").get_by_role("button", name="Tags").click()
    dialog = page.get_by_role("dialog", name="Tags of 4 monitors")
    dialog.get_by_label("New tag").fill("fresh")
    dialog.get_by_label("New tag").press("Enter")
    dialog.get_by_role("checkbox", name=re.compile("^odd")).click()
    dialog.get_by_role("checkbox", name=re.compile("^odd")).click()
    assert findings(page) == []
    dialog.get_by_role("button", name="Save tags").click()
    expect(dialog).to_have_count(0)
    tags = {one["name"]: one["tags"] for one in stocked.call("GET", "/monitors")["data"]}
    assert (tags["Node 1"], tags["Node 2"], tags["Node 5"]) == (["eu", "fresh"], ["even", "fresh"], ["odd", "eu"])


def test_a_field_of_many_is_set_and_refusals_are_told(stocked: Asura, open_page: Callable[..., Page]) -> None:
    stocked.call("PATCH", "/monitors/node-2", {"timeout": 100})
    page = open_page()
    sign_in(page, stocked, "/monitors?q=node")
    page.get_by_role("checkbox", name="Choose all 5 monitors").click()
    page.get_by_role("region").get_by_role("button", name="Change").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("New value").fill("soon")
    dialog.get_by_role("button", name="Change", exact=True).click()
    expect(dialog).to_contain_text("Neither a number nor a time like 5 min.")
    dialog.get_by_label("New value").fill("90 s")
    dialog.get_by_role("button", name="Change", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("Node 2")
    intervals = {one["name"]: one["interval"] for one in stocked.call("GET", "/monitors")["data"]}
    assert (intervals["Node 1"], intervals["Node 2"], intervals["Node 5"]) == (90, 3600, 90)
    dialog.get_by_label("What to change").select_option("any")
    dialog.get_by_label("New value").fill('{"settings": {"method": "HEAD"}}')
    dialog.get_by_role("button", name="Change", exact=True).click()
    expect(dialog).to_have_count(0)
    assert {one["settings"]["method"] for one in stocked.call("GET", "/monitors?q=node")["data"]} == {"HEAD"}


def test_deleting_can_be_undone_and_is_sent_when_the_time_is_over(
    stocked: Asura, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_in(page, stocked, "/monitors?by=none")
    tick(page, "Node 1", "Node 2")
    page.get_by_role("region").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("2 monitors are deleted, with their history")).to_be_visible()
    expect(rows(page)).to_have_count(4)
    assert len(stocked.call("GET", "/monitors")["data"]) == 6
    page.get_by_role("button", name="Undo").click()
    expect(rows(page)).to_have_count(6)
    tick(page, "Node 3")
    page.get_by_role("region").get_by_role("button", name="Delete").click()
    expect(rows(page)).to_have_count(5)
    # Another deletion sends the one before it.
    tick(page, "Node 4")
    page.get_by_role("region").get_by_role("button", name="Delete").click()
    expect(rows(page)).to_have_count(4)
    expect(page.get_by_role("button", name="Undo")).to_have_count(1)
    page.wait_for_timeout(500)
    assert len(stocked.call("GET", "/monitors")["data"]) == 5
    expect(page.get_by_role("button", name="Undo")).to_have_count(0, timeout=12_000)
    page.wait_for_timeout(500)
    assert len(stocked.call("GET", "/monitors")["data"]) == 4
    expect(rows(page)).to_have_count(4)


def test_a_deletion_outlives_the_page(stocked: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, stocked, "/monitors?by=none")
    tick(page, "Node 1")
    page.get_by_role("region").get_by_role("button", name="Delete").click()
    expect(rows(page)).to_have_count(5)
    page.goto("about:blank")
    page.wait_for_timeout(800)
    assert len(stocked.call("GET", "/monitors")["data"]) == 5


def test_viewer_sees_the_list_and_no_way_to_change_it(stocked: Asura, open_page: Callable[..., Page]) -> None:
    stocked.user("reader")
    page = open_page()
    sign_in(page, stocked, "/monitors", name="reader")
    expect(rows(page)).to_have_count(6)
    expect(page.get_by_role("checkbox")).to_have_count(0)
    expect(page.get_by_role("link", name="Add monitor")).to_have_count(0)
    page.keyboard.press("j")
    page.keyboard.press("p")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="Overview")).to_be_visible()
    expect(page.get_by_role("option", name="Add a monitor")).to_have_count(0)


def test_palette_jumps_and_acts(stocked: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, stocked)
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search or jump to")
    expect(field).to_be_focused()
    page.keyboard.type("nd3")
    expect(page.get_by_role("option").first).to_contain_text("Node 3")
    assert findings(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Node 3")
    page.keyboard.press("Control+k")
    page.keyboard.type("resume")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Node 3 is checked again")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("dark")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_class(re.compile("dark"))
    page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)
    for keys, path in (
        ("gm", "/monitors"),
        ("gi", "/incidents"),
        ("gn", "/notifications"),
        ("go", "/"),
        ("n", "/monitors/new"),
    ):
        page.keyboard.type(keys)
        expect(page).to_have_url(stocked.url + path)


@pytest.fixture
def below(tmp_path: Path) -> Iterator[Asura]:
    """An asura that is mounted below a path."""
    program = Asura(tmp_path, config="server: {base_path: /watch}\n", base_path="/watch")
    program.start()
    yield program
    program.stop()


def test_links_work_below_a_base_path_in_a_new_tab_too(
    below: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    below.watch("Shop", target.url)
    page = open_page()
    sign_in(page, below)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Monitors").click()
    expect(page).to_have_url(f"{below.url}/monitors")
    with page.context.expect_page() as opened:
        rows(page).first.click(modifiers=["ControlOrMeta"])
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Shop")
    assert opened.value.url.startswith(f"{below.url}/monitors/")
    page.get_by_role("link", name="asura").click()
    expect(page).to_have_url(f"{below.url}/")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_list_with_chosen_rows_is_accessible_and_fits(
    stocked: Asura, open_page: Callable[..., Page], size: str
) -> None:
    page = open_page(size=size)
    sign_in(page, stocked, "/monitors")
    if size == "phone":
        page.get_by_role("button", name="Choose", exact=True).click()
    tick(page, "Node 1", "Shop")
    page.get_by_role("button", name="Tag").first.click()
    assert findings_in_both_themes(page) == []
    assert overhang(page) <= 0
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search or jump to")).to_be_visible()
    assert findings_in_both_themes(page) == []
    assert overhang(page) <= 0
