"""Status pages from behind: made, written on, and kept, in a browser against the real thing."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import findings, findings_in_both_themes, overhang, sign_in, turn_to
from tests.browser.running import Asura, Target

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000" + "1f15c4890000000d49444154789c6360f8cf500f00"
    "0381018010a8" + "d3c90000000049454e44ae426082"
)
# No mail server answers at this port; what is to be mailed waits.
CONFIG = """
server: {rate_limit_per_sec: 0}
network: {canaries: []}
status_page: {enabled: true, title: Acme status}
smtp: {host: 127.0.0.1, port: 9, tls_mode: none, from: status@example.com}
"""


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asura]:
    """An asura with the page of its configuration file."""
    program = Asura(tmp_path_factory.mktemp("asura"), config=CONFIG)
    program.start()
    yield program
    program.stop()


@pytest.fixture
def kept(configured: Asura) -> Iterator[Asura]:
    """The same, with nothing else in it."""
    yield configured
    configured.empty()


def _page(asura: Asura, target: Target, **more: Any) -> Any:
    """Make a page of two components under a heading."""
    ids = [asura.watch(name, target.url, tags=["eu"])["id"] for name in ("Shop", "Mail")]
    components = [{"monitor_id": ids[0], "group": "Web"}, {"monitor_id": ids[1], "group": "Web"}]
    return asura.call("POST", "/status-pages", {"title": "Shop status", "components": components, **more})


def test_the_list_says_what_is_open_on_each_and_how_monitors_come_onto_the_main_page(
    kept: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    kept.watch("Shop", target.url, public=True)
    made = _page(kept, target)
    posts = f"/status-pages/{made['id']}/incidents"
    page = open_page()
    sign_in(page, kept, "/status-pages")
    rows = page.get_by_role("main").get_by_role("listitem")
    expect(rows.first).to_contain_text("It shows monitors with Public switched on: 1 of 3 are.")
    expect(rows.last).not_to_contain_text("Public")
    expect(rows.last).to_contain_text("nothing open")
    kept.call("POST", posts, {"kind": "notice", "title": "Hours", "text": "Closed on the 24th."})
    kept.call("POST", posts, {"title": "Slow", "text": "We look."})
    page.reload()
    expect(rows.last).to_contain_text("1 open incident · 1 notice")
    assert findings(page) == []
    rows.first.get_by_role("link", name="Public switched on").click()
    page.get_by_role("link", name="Add monitor").first.click()
    page.get_by_text("Public, Tags").click()
    expect(page.get_by_label("Public")).to_be_visible()


def test_a_page_is_made_and_stands_in_public_as_it_was_put_together(
    kept: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    for name in ("Shop", "Mail", "Search"):
        kept.watch(name, target.url, tags=["eu"] if name == "Search" else [])
    page = open_page()
    sign_in(page, kept, "/status-pages")
    expect(page.get_by_role("link", name="Acme status", exact=True)).to_be_visible()
    page.get_by_role("link", name="New page").click()
    page.get_by_label("Title", exact=True).first.fill("Shop status")
    search = page.get_by_label("Add components")
    for typed in ("shop", "mail", "eu"):
        search.fill(typed)
        search.press("Enter")
    lines = page.get_by_role("list", name="Components in their order").get_by_role("listitem")
    expect(lines).to_have_count(3)
    # By keyboard: the last one goes up twice, and the focus goes with it.
    page.get_by_role("button", name="Move eu up").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(lines.first).to_contain_text("eu")
    expect(page.get_by_role("button", name="Move eu down")).to_be_focused()
    page.get_by_role("button", name="Add a heading").click()
    page.get_by_label("Heading", exact=True).fill("Post")
    page.get_by_role("button", name="Move Mail down").click()
    page.get_by_text("How it looks").click()
    page.locator("input[type=file]").first.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": PNG})
    expect(page.get_by_text(re.compile(r"a\.png"))).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1, name="Shop status")).to_be_visible()
    made = kept.call("GET", "/status-pages/shop-status")
    assert [(one["name"], one["group"]) for one in made["components"]] == [("eu", ""), ("", ""), ("", "Post")]
    assert made["logo"] is not None
    page.goto(kept.url + "/status/shop-status")
    expect(page).to_have_title(re.compile("Shop status"))
    expect(page.get_by_role("main")).to_contain_text("Mail")


def test_what_is_refused_stands_at_its_line_and_field(
    kept: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    _page(kept, target)
    page = open_page()
    sign_in(page, kept, "/status-pages/shop-status/edit")
    page.get_by_role("radio", name="From some networks").check()
    page.get_by_role("textbox", name="Networks").fill("10.0.0.0/8\nnowhere")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Line 2")
    expect(page.get_by_role("textbox", name="Networks")).to_be_focused()
    page.get_by_role("textbox", name="Networks").fill("10.0.0.0/8")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Shop status is saved.")).to_be_visible()
    assert kept.call("GET", "/status-pages/shop-status")["networks"] == ["10.0.0.0/8"]


def test_who_saved_in_between_is_not_overwritten(kept: Asura, target: Target, open_page: Callable[..., Page]) -> None:
    made = _page(kept, target)
    page = open_page()
    sign_in(page, kept, "/status-pages/shop-status/edit")
    page.get_by_label("Title", exact=True).first.fill("Our shop")
    kept.call("PATCH", f"/status-pages/{made['id']}", {"description": "Theirs"})
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_contain_text("Description")
    page.get_by_role("button", name="Save mine").click()
    expect(page.get_by_role("heading", level=1, name="Our shop")).to_be_visible()
    after = kept.call("GET", f"/status-pages/{made['id']}")
    assert (after["title"], after["description"]) == ("Our shop", "Theirs")


def test_an_incident_is_reported_seen_in_public_told_on_and_resolved(
    kept: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    ready = {"name": "Payments down", "title": "Payments fail", "text": "Cards are **refused**."}
    _page(kept, target, templates=[ready])
    page, public = open_page(), open_page()
    sign_in(page, kept, "/status-pages/shop-status")
    page.get_by_role("link", name="Report an incident").click()
    page.get_by_label("Text kept ready").select_option("Payments down")
    page.get_by_label("Impact").select_option("major")
    page.get_by_role("checkbox", name="Shop").check()
    page.get_by_label("Shop: State").select_option("major_outage")
    page.get_by_role("button", name="Publish").click()
    card = page.get_by_role("article", name="Payments fail")
    expect(card).to_contain_text("Investigating")
    public.goto(kept.url + "/status/shop-status")
    expect(public.get_by_role("main")).to_contain_text("Payments fail")
    expect(public.locator("strong", has_text="refused")).to_be_visible()
    expect(public.get_by_role("main")).not_to_contain_text("**")

    card.get_by_role("button", name="Say something new: Identified").click()
    page.keyboard.type("It is our provider.")
    page.keyboard.press("Control+Enter")
    expect(card).to_contain_text("It is our provider.")
    card.get_by_role("button", name="Say something new: Resolved").click()
    expect(card.get_by_label("Shop: State")).to_have_value("operational")
    card.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", name="Nothing is open")).to_be_visible()
    page.get_by_role("link", name="Past").click()
    card.get_by_role("button", name="Write a postmortem").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("A cable was cut.")
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(card).to_contain_text("A cable was cut.")
    post = kept.call("GET", "/status-pages/shop-status/incidents")["data"][0]
    assert [one["status"] for one in post["updates"]] == ["investigating", "identified", "resolved"]
    assert post["postmortem"] == "A cable was cut."


def test_updates_are_changed_and_deleted_and_a_post_comes_back(
    kept: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    made = _page(kept, target)
    posts = f"/status-pages/{made['id']}/incidents"
    post = kept.call("POST", posts, {"title": "Slow", "text": "It is slow."})
    kept.call("POST", f"{posts}/{post['id']}/updates", {"status": "monitoring", "text": "Wrong."})
    page = open_page()
    sign_in(page, kept, "/status-pages/shop-status")
    card = page.get_by_role("article", name="Slow")
    card.get_by_role("button", name=re.compile("^Change this update")).first.click()
    page.get_by_role("dialog").get_by_label("Text").fill("It is better.")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(card).to_contain_text("It is better.")
    card.get_by_role("button", name=re.compile("^Delete this update")).first.click()
    page.get_by_role("dialog").get_by_role("button", name="Delete it").click()
    expect(card).not_to_contain_text("It is better.")
    card.get_by_role("button", name="Delete (Slow)").click()
    expect(card).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(card).to_be_visible()
    assert len(kept.call("GET", posts)["data"]) == 1


def test_a_notice_waits_for_its_time_and_another_is_ended(
    kept: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    _page(kept, target)
    page = open_page()
    sign_in(page, kept, "/status-pages/shop-status/report?kind=notice")
    page.get_by_label("Title").fill("New address")
    page.get_by_label("Text", exact=True).fill("From Monday on.")
    page.get_by_role("radio", name="Later").check()
    page.get_by_label("At", exact=True).fill("2031-01-05T09:00")
    page.get_by_role("button", name="Schedule").click()
    expect(page.get_by_role("heading", name="To be published")).to_be_visible()
    public = open_page()
    public.goto(kept.url + "/status/shop-status")
    expect(public.get_by_role("main")).not_to_contain_text("New address")
    kept.call("POST", "/status-pages/shop-status/incidents", {"kind": "notice", "title": "Hello", "text": "Hi."})
    page.reload()
    page.get_by_role("button", name="End it now (Hello)").click()
    expect(page.get_by_role("article", name="Hello")).to_have_count(0)


def test_subscribers_are_added_found_exported_and_deleted_with_a_way_back(
    kept: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    _page(kept, target)
    page = open_page()
    sign_in(page, kept, "/status-pages/shop-status?tab=subscribers")
    page.get_by_role("button", name="Add a subscriber").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Address").fill("not an address")
    dialog.get_by_role("button", name="Add").click()
    expect(dialog.locator(".field-problem").first).to_be_visible()
    dialog.get_by_label("Address").fill("ada@example.com")
    dialog.get_by_role("button", name="Add").click()
    row = page.get_by_role("listitem").filter(has_text="ada@example.com")
    expect(row).to_contain_text("not confirmed")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as CSV").click()
    assert "ada@example.com" in Path(download.value.path()).read_text("utf-8")
    page.get_by_role("button", name="Delete ada@example.com").click()
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()
    assert len(kept.call("GET", "/status-pages/shop-status/subscribers")["data"]) == 1


def test_those_who_look_find_nothing_to_press_and_the_file_has_the_say(
    kept: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    made = _page(kept, target)
    kept.call("POST", f"/status-pages/{made['id']}/incidents", {"title": "Slow", "text": "It is slow."})
    kept.user("Vic")
    kept.user("Tag", "editor", tags=["eu"])
    page = open_page()
    sign_in(page, kept, "/status-pages", name="Vic")
    expect(page.get_by_role("link", name="Shop status", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="New page")).to_have_count(0)
    page.get_by_role("link", name="Shop status", exact=True).click()
    expect(page.get_by_role("article", name="Slow")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    page.goto(kept.url + "/status-pages/shop-status/report")
    expect(page.get_by_role("heading", name="You may not say anything here")).to_be_visible()
    other = open_page()
    sign_in(other, kept, "/status-pages", name="Tag")
    expect(other.get_by_role("heading", name="Only for those who see everything")).to_be_visible()
    expect(other.get_by_role("navigation", name="Main").get_by_role("link", name="Status pages")).to_have_count(0)
    owner = open_page()
    sign_in(owner, kept, "/status-pages/status/edit")
    expect(owner.get_by_text("This is the page of the configuration file")).to_be_visible()
    expect(owner.get_by_role("button", name="Save")).to_have_count(0)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_pages_are_accessible_and_fit(kept: Asura, target: Target, open_page: Callable[..., Page], size: str) -> None:
    made = _page(kept, target, title="Shop status", description="x" * 90, groups=[{"name": "Web " + "w" * 60}])
    posts = f"/status-pages/{made['id']}/incidents"
    kept.call("POST", posts, {"title": "Slow " + "s" * 80, "text": "It is slow."})
    over = kept.call("POST", posts, {"title": "Gone", "text": "It was gone."})
    kept.call("POST", f"{posts}/{over['id']}/updates", {"status": "resolved", "text": "Over."})
    kept.call("POST", f"/status-pages/{made['id']}/subscribers", {"kind": "email", "address": "ada@example.com"})
    page = open_page(size=size)
    sign_in(page, kept)
    desk = "/status-pages/shop-status"
    paths = ["/status-pages", "/status-pages/new", f"{desk}?tab=past", f"{desk}?tab=subscribers", f"{desk}/report"]
    wrong = {}
    for path in (*paths, f"{desk}/edit", "/status-pages/status/edit", desk):
        turn_to(page, kept, path, size=size)
        for fold in page.locator(".form-folds > details > summary").all():
            fold.click()
        if path.endswith("shop-status/edit"):
            page.locator(".line-open").nth(1).click()
            page.get_by_label("Add components").fill("e")
        if path == desk:
            page.get_by_role("button", name="Say something new: Resolved").click()
        wrong[path] = findings_in_both_themes(page)
        assert overhang(page) <= 0, f"{path} scrolls sideways"
    assert {path: found for path, found in wrong.items() if found} == {}
