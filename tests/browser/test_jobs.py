"""A job that calls in, from the dialog that makes it to the page that shows its runs."""

import urllib.request
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.looking import sign_in
from tests.browser.running import Asura


def call_in(url: str, signal: str = "", body: bytes | None = None) -> None:
    urllib.request.urlopen(f"{url}{signal}", body, timeout=5).close()


def test_a_job_is_added_calls_in_and_shows_how_far_it_is(asura: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, asura, "/?add=1")
    page.get_by_label("Check", exact=True).select_option("heartbeat")
    page.get_by_label("Name", exact=True).fill("Nightly backup")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nightly backup")
    expect(page.get_by_text("Put this at the end of the job.")).to_be_visible()
    url = asura.call("GET", "/monitors/nightly-backup")["heartbeat"]["ping_url"]
    expect(page.get_by_text(f"curl -fsS -m 10 --retry 5 -o /dev/null {url}")).to_be_visible()
    call_in(url, "/start?rid=a&step=2&of=5&name=dump")
    expect(page.get_by_text("Step 2 of 5: dump")).to_be_visible()
    call_in(url, "/log?rid=a&step=4&of=5&name=upload")
    expect(page.get_by_text("Step 4 of 5: upload")).to_be_visible()
    call_in(url, "/3?rid=a", b"tar: <b>no space</b> left")
    expect(page.get_by_text("The job failed with exit status 3: tar: <b>no space</b> left").first).to_be_visible()
    page.get_by_role("link", name="Runs").click()
    page.get_by_role("button", name="output").first.click()
    expect(page.get_by_role("dialog").get_by_text("tar: <b>no space</b> left")).to_be_visible()
    page.keyboard.press("Escape")
    call_in(url)
    expect(page.get_by_text("It calls in as expected.")).to_be_visible()
    expect(page.get_by_role("button", name="Check now")).to_have_count(0)
