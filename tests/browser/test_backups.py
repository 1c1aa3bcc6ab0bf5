"""Backups in the settings: made, looked at, taken home and deleted by somebody with a mouse."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import findings, overhang, sign_in
from tests.browser.running import Asura

AGE = b"age-encryption.org/v1"


@pytest.fixture(name="sealing")
def _sealing(tmp_path: Path) -> Iterator[Asura]:
    """An asura whose backups are encrypted under a passphrase."""
    (tmp_path / "passphrase").write_text("correct horse battery staple\n")
    (tmp_path / "passphrase").chmod(0o600)
    program = Asura(tmp_path, config=f"backup: {{key_file: {tmp_path}/passphrase}}\n")
    program.start()
    yield program
    program.stop()


def test_a_backup_is_made_downloaded_and_deleted(sealing: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, sealing, "/settings/backups")
    expect(page.get_by_text("No backup yet")).to_be_visible()
    expect(page.get_by_text("put this into the configuration file")).to_be_visible()
    page.get_by_role("button", name="Back up now").click()
    row = page.get_by_role("row").filter(has_text=re.compile(r"asura-\d{8}T\d{6}Z-manual\.backup\.age"))
    expect(row).to_have_count(1)
    expect(row).to_contain_text("encrypted")
    expect(row).not_to_contain_text("not encrypted")
    expect(page.get_by_text("Last good backup").locator("xpath=ancestor::*[2]")).to_contain_text("B")
    with page.expect_download() as taken:
        row.get_by_role("link", name="Download").click()
    assert Path(taken.value.path()).read_bytes().startswith(AGE)
    row.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(row).to_have_count(0)
    page.goto(sealing.url + "/settings/audit")
    for did in ("made the backup", "downloaded the backup", "deleted the backup"):
        expect(page.get_by_text(did).first).to_be_visible()


def test_one_in_the_clear_is_not_offered_and_the_page_says_why(asura: Asura, open_page: Callable[..., Page]) -> None:
    asura.call("POST", "/backups")
    page = open_page()
    sign_in(page, asura, "/settings/backups")
    row = page.get_by_role("row").filter(has_text=".backup")
    expect(row).to_contain_text("not encrypted")
    expect(row.get_by_role("button", name="Delete")).to_be_visible()
    expect(row.get_by_role("link", name="Download")).to_have_count(0)
    expect(page.get_by_text("Only encrypted backups can be downloaded")).to_be_visible()
    expect(page.get_by_text("backup.recipients")).to_be_visible()


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
