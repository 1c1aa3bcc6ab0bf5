"""The script for other pages, in a browser, on a page of somebody else whose policy allows it and nothing more."""

import contextlib
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from asura.web.status import embed_js, statuspage
from tests.web.status.boards import busy, outage, quiet, showing, work

OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


class Servers:
    """Two origins: a status page, whose board can be changed, and a site that shows its line."""

    def __init__(self) -> None:
        self.board = quiet()
        self.head = ""
        self.body = "<h1>Somebody else's site</h1>"
        self.asked: list[str] = []
        self.policy = True
        self._status = self._serve(self._answer_status)
        self._site = self._serve(self._answer_site)

    @property
    def status(self) -> str:
        return f"http://127.0.0.1:{self._status.server_address[1]}"

    @property
    def site(self) -> str:
        return f"http://localhost:{self._site.server_address[1]}/"

    def close(self) -> None:
        for server in (self._status, self._site):
            server.shutdown()
            server.server_close()

    def script(self, data: str = "") -> str:
        return f'<script src="{self.status}/status/shop/embed.js" {data} async></script>'

    def _answer_status(self, path: str) -> tuple[int, str, bytes, dict[str, str]]:
        self.asked.append(path)
        shown = showing(self.board, url=f"{self.status}/status/shop", root="/status/shop")
        if path == "/status/shop/embed.js":
            return 200, "text/javascript", embed_js.render(shown), OPEN
        name = path.removeprefix("/status/shop/api/v2/").removesuffix(".json")
        if name in statuspage.FILES:
            return 200, "application/json", statuspage.render(shown, name), OPEN
        return 404, "text/plain", b"not found", {}

    def _answer_site(self, _: str) -> tuple[int, str, bytes, dict[str, str]]:
        page = f'<!doctype html><html lang="en"><title>Site</title>{self.head}<body>{self.body}'
        policy = f"default-src 'none'; script-src {self.status}; connect-src {self.status}; img-src 'self'"
        return 200, "text/html", page.encode(), {"Content-Security-Policy": policy}

    def _serve(self, answer: Callable[[str], tuple[int, str, bytes, dict[str, str]]]) -> Any:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, kind, body, headers = answer(self.path)
                self.send_response(status)
                for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                with contextlib.suppress(ConnectionError):
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return server


@pytest.fixture
def servers() -> Iterator[Servers]:
    found = Servers()
    yield found
    found.close()


def line(page: Page) -> Any:
    """Return the line, found through its shadow."""
    return page.get_by_role("status")


def settled(page: Page, servers: Servers, *, asked: str) -> None:
    """Wait until a file has been asked for and drawn."""
    for _ in range(200):
        if any(path.endswith(asked) for path in servers.asked):
            page.wait_for_timeout(150)
            return
        page.wait_for_timeout(25)
    raise AssertionError(servers.asked)


def test_nothing_is_shown_while_all_is_well(servers: Servers, open_page: Callable[..., Page]) -> None:
    servers.head = servers.script()
    page = open_page()
    page.goto(servers.site)
    settled(page, servers, asked="status.json")
    expect(line(page)).to_have_count(0)
    assert [path for path in servers.asked if "summary" in path or "incidents" in path] == []


def test_trouble_is_shown_in_words_with_a_way_to_the_page(servers: Servers, open_page: Callable[..., Page]) -> None:
    servers.head, servers.board = servers.script(), busy()
    page = open_page()
    page.goto(servers.site)
    expect(line(page)).to_contain_text("Example: Some systems are down (The shop is out)")
    expect(line(page).get_by_role("link")).to_have_attribute("href", f"{servers.status}/status/shop")
    box = line(page).bounding_box()
    assert box is not None and box["y"] > 700 and box["width"] <= 640
    # The policy of the site allows no inline style: the line is dressed all the same.
    assert line(page).evaluate("one => getComputedStyle(one).display") == "flex"


def test_texts_stay_texts(servers: Servers, open_page: Callable[..., Page]) -> None:
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    servers.head, servers.board = (
        servers.script(),
        quiet(status="partial_outage", active=(outage(title=evil),), title=evil),
    )
    page = open_page()
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.goto(servers.site)
    expect(line(page)).to_contain_text(f"{evil}: Some systems are down ({evil})")
    assert line(page).evaluate("one => one.getRootNode().querySelectorAll('img, script').length") == 0


def test_planned_work_is_shown_while_it_goes_on(servers: Servers, open_page: Callable[..., Page]) -> None:
    servers.head = servers.script('data-lang="de"')
    servers.board = quiet(status="maintenance", maintenance=(work("in_progress", -1, 1),))
    page = open_page()
    page.goto(servers.site)
    expect(line(page)).to_contain_text("Example: Wartungsarbeiten laufen (New disks)")
    expect(line(page).get_by_role("button", name="Schlie\u00dfen")).to_be_visible()


def test_a_place_in_the_page_takes_it(servers: Servers, open_page: Callable[..., Page]) -> None:
    servers.board = busy()
    servers.body = f'<main><div id="asura-status"></div><h1>Site</h1></main>{servers.script()}'
    page = open_page(size="phone")
    page.goto(servers.site)
    inside = page.locator("#asura-status").get_by_role("status")
    expect(inside).to_be_visible()
    box = inside.bounding_box()
    assert box is not None and box["y"] < 50 and box["width"] <= 360


def test_what_was_closed_stays_closed_until_something_else_happens(
    servers: Servers, open_page: Callable[..., Page]
) -> None:
    servers.head, servers.board = servers.script('data-position="top"'), busy()
    page = open_page(theme="dark")
    page.goto(servers.site)
    assert (line(page).bounding_box() or {"y": 99})["y"] < 40
    assert line(page).evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(34, 34, 51)"
    line(page).get_by_role("button", name="Close").click()
    expect(line(page)).to_have_count(0)
    servers.asked.clear()
    page.reload()
    settled(page, servers, asked="unresolved.json")
    expect(line(page)).to_have_count(0)
    servers.board = busy(active=(outage(id=8, title="Something else"),))
    page.reload()
    expect(line(page)).to_contain_text("Something else")


def test_it_asks_every_minute_and_goes_away_when_all_is_well(servers: Servers, open_page: Callable[..., Page]) -> None:
    servers.head, servers.board = servers.script(), busy()
    page = open_page()
    page.clock.install()
    page.goto(servers.site)
    expect(line(page)).to_be_visible()
    servers.asked.clear()
    servers.board = quiet()
    page.clock.run_for(59_000)
    assert servers.asked == []
    page.clock.run_for(2_000)
    expect(line(page)).to_have_count(0)
    assert json.loads(statuspage.render(showing(quiet()), "status"))["status"]["indicator"] == "none"


def test_when_the_status_page_is_gone_nothing_breaks(servers: Servers, open_page: Callable[..., Page]) -> None:
    servers.head, servers.board = servers.script(), busy()
    page = open_page()
    page.clock.install()
    page.goto(servers.site)
    expect(line(page)).to_be_visible()
    page.route("**/api/v2/**", lambda route: route.abort())
    page.clock.run_for(61_000)
    expect(line(page)).to_be_visible()
