"""Five thousand monitors: only the rows in view exist, and only they are asked about."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import sign_in
from tests.browser.running import Asura

COUNT = 5_000
ROWS = "ul.rows > li"


@pytest.fixture
def crowded(tmp_path: Path) -> Iterator[Asura]:
    """An asura whose configuration file declares five thousand monitors, all resting."""
    lines = ["monitors:"]
    for number in range(COUNT):
        lines += [
            f"  - slug: node-{number}",
            f"    name: Node {number}",
            "    type: tcp",
            f"    target: 127.0.0.1:{1024 + number}",
            f"    tags: [rack-{number % 40}]",
            "    enabled: false",
        ]
    program = Asura(tmp_path, config="\n".join(lines) + "\n")
    program.start()
    yield program
    program.stop()


def test_five_thousand_monitors_stay_light(crowded: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    sign_in(page, crowded)
    expect(page.get_by_role("link", name="All 5000")).to_be_visible()
    assert page.locator(ROWS).count() < 60
    assert page.evaluate("document.querySelectorAll('*').length") < 1_500
    for _ in range(20):
        page.mouse.wheel(0, 5_000)
        page.wait_for_timeout(20)
    expect(page.locator(f"{ROWS}[aria-posinset='1760']")).to_have_count(1)
    assert page.locator(ROWS).count() < 60
    page.wait_for_timeout(500)
    lines = [url for url in asked if "/sparklines" in url]
    # At most one request for each place where the wheel rested.
    assert 1 <= len(lines) <= 22
    assert all(len(url.partition("ids=")[2].split(",")) <= 100 for url in lines)
    assert len([url for url in asked if "/overview" in url]) <= 3

    spent = page.evaluate(
        """async () => {
            const input = document.querySelector("input[type=search]");
            const longest = [];
            for (const text of ["n", "node 4", "node 49", "rack-7", ""]) {
                const started = performance.now();
                input.value = text;
                input.dispatchEvent(new Event("input", {bubbles: true}));
                await new Promise(requestAnimationFrame);
                await new Promise((done) => setTimeout(done));
                longest.push(performance.now() - started);
            }
            return longest;
        }"""
    )
    print("filtering five thousand rows took", [round(ms) for ms in spent], "ms")
    page.get_by_role("searchbox").fill("node-4999")
    expect(page.locator(ROWS)).to_have_count(1)
