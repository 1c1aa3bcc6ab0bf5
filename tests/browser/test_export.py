"""An exported page in a browser, served by nothing but a server of files."""

import functools
import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import overhang
from tests.browser.running import ROOT, Asura


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder that is served, and the address of one in it."""
    folder = tmp_path / "bucket" / "some" / "where"
    handler = functools.partial(_Quiet, directory=str(tmp_path / "bucket"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_address[1]}/some/where/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def asura(private: Asura) -> Asura:
    """One whose folder is read."""
    return private


def export(asura: Asura, folder: Path, *words: str) -> None:
    command = [
        sys.executable,
        "-m",
        "asura",
        "--data",
        str(asura.folder / "data"),
        "export-status",
        str(folder),
        *words,
    ]
    done = subprocess.run(
        command, cwd=asura.folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_an_exported_page_works_from_any_folder_and_without_asura(
    asura: Asura, bucket: tuple[Path, str], open_page: Callable[..., Page]
) -> None:
    folder, address = bucket
    shop = asura.watch("Shop", "http://127.0.0.1:9/", public=True, enabled=False)
    component = {"name": "Till", "group": "Trade", "monitor_id": shop["id"]}
    asura.call("POST", "/status-pages", {"title": "Our shop", "slug": "shop", "components": [component]})
    body = {
        "kind": "incident",
        "title": "The till is stuck",
        "impact": "major",
        "status": "investigating",
        "text": "Hm.",
    }
    asura.call("POST", "/status-pages/shop/incidents", body)
    export(asura, folder, "--page", "shop")
    asura.stop()

    page, said, missing = open_page(), [], []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    page.goto(address)
    expect(page.get_by_role("heading", name="Our shop").or_(page.get_by_text("Our shop")).first).to_be_visible()
    page.get_by_role("link", name="The till is stuck").first.click()
    expect(page).to_have_url(f"{address}incidents/1/index.html")
    expect(page.get_by_text("Hm.")).to_be_visible()
    assert overhang(page) <= 0
    page.locator("a.brand").click()
    expect(page).to_have_url(f"{address}index.html")
    page.get_by_role("link", name="History").first.click()
    expect(page.get_by_text("The till is stuck").first).to_be_visible()
    page.goto(f"{address}embed/")
    expect(page.locator("#main")).to_contain_text("Our shop")
    assert (said, missing) == ([], [])
