"""An incident is reported and resolved in a browser with what asura knows: what fails, since when, and who is told."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.looking import sign_in
from tests.browser.running import Asura, Target


def test_what_fails_is_filled_in_and_who_says_that_it_is_over_is_warned(
    asura: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    gone = "http://127.0.0.1:9/"
    ids = [asura.watch(name, url)["id"] for name, url in (("Shop", gone), ("Mail", target.url))]
    components = [{"monitor_id": id_, "group": "Web"} for id_ in ids]
    asura.call("POST", "/status-pages", {"title": "Shop status", "components": components})
    page = open_page()
    sign_in(page, asura, "/status-pages/shop-status")
    expect(page.get_by_text("Major outage").first).to_be_visible(timeout=20_000)
    page.get_by_role("link", name="Report an incident").click()
    expect(page.get_by_label("Impact")).to_have_value("critical")
    expect(page.get_by_role("checkbox", name="Shop")).to_be_checked()
    expect(page.get_by_label("Shop: State")).to_have_value("major_outage")
    expect(page.get_by_role("checkbox", name="Mail")).not_to_be_checked()
    page.get_by_role("checkbox", name="Mail").check()
    expect(page.get_by_label("Mail: State")).to_have_value("degraded")
    page.get_by_role("checkbox", name="Mail").uncheck()
    page.get_by_label("Title").fill("The shop is gone")
    page.get_by_label("Text", exact=True).fill("We look.")
    page.get_by_label("Since when").fill("2026-01-05T09:00")
    page.get_by_role("button", name="Publish").click()
    card = page.get_by_role("article", name="The shop is gone")
    expect(card).to_be_visible()
    (post,) = asura.call("GET", "/status-pages/shop-status/incidents")["data"]
    assert post["started_at"][:10] == "2026-01-05"

    card.get_by_role("button", name="Say something new: Monitoring").click()
    expect(card).not_to_contain_text("asura still sees it fail")
    card.get_by_role("radio", name="Resolved").check()
    expect(card).to_contain_text("asura still sees it fail: Shop.")
    card.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", name="Nothing is open")).to_be_visible()

    page.get_by_role("link", name="Past").click()
    card.get_by_role("button", name="Write a postmortem").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True)).to_be_visible()
