"""Backups in the settings: made, looked at, taken home and deleted by somebody with a mouse."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.looking import findings, overhang, sign_in
from tests.browser.running import Asura

ZSTD = b"\x28\xb5\x2f\xfd"


def test_a_backup_is_made_downloaded_and_deleted(asura: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, asura, "/settings/backups")
    expect(page.get_by_text("No backup yet")).to_be_visible()
    expect(page.get_by_text("put this into the configuration file")).to_be_visible()
    page.get_by_role("button", name="Back up now").click()
    row = page.get_by_role("row").filter(has_text=re.compile(r"asura-\d{8}T\d{6}Z\.backup"))
    expect(row).to_have_count(1)
    expect(row).to_contain_text("not encrypted")
    expect(page.get_by_text("Last good backup").locator("xpath=ancestor::*[2]")).to_contain_text("B")
    with page.expect_download() as taken:
        row.get_by_role("link", name="Download").click()
    assert Path(taken.value.path()).read_bytes()[:4] == ZSTD
    row.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(row).to_have_count(0)
    page.goto(asura.url + "/settings/audit")
    for did in ("downloaded the backup", "deleted the backup"):
        expect(page.get_by_text(did).first).to_be_visible()


def test_the_page_is_accessible_and_fits(asura: Asura, open_page: Callable[..., Page]) -> None:
    asura.call("POST", "/backups")
    for size, theme in (("desktop", "light"), ("phone", "dark")):
        page = open_page(size=size, theme=theme)
        sign_in(page, asura, "/settings/backups")
        expect(page.get_by_role("row").filter(has_text=".backup")).to_have_count(1)
        assert findings(page) == []
        assert overhang(page) <= 0


def test_who_is_no_admin_does_not_see_it(asura: Asura, open_page: Callable[..., Page]) -> None:
    asura.user("Vic", "editor")
    page = open_page()
    sign_in(page, asura, "/settings/backups", name="Vic")
    expect(page.get_by_text("Only for administrators")).to_be_visible()
    expect(page.get_by_role("link", name="Backups")).to_have_count(0)
