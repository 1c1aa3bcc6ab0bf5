"""A browser, the program, and a person who looks: the fixtures of the browser tests."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser.running import Asura, Target

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Channels may reach this machine, and nothing around it is asked for.
OPEN = "network: {canaries: [], allow_private_channels: [127.0.0.0/8]}\nserver: {rate_limit_per_sec: 0}\n"
# A machine that does much else is not what is tested.
expect.set_options(timeout=20_000)
SIZES = {"desktop": (1280, 900), "phone": (360, 740)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here, so that it can be run or left out by name."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def chromium_path(playwright: Playwright) -> str:
    """Return where the machine's Chromium is, or else Playwright's own; the one without windows takes half the work."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), playwright.chromium.executable_path)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright itself."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for all tests: the machine's, or Playwright's own."""
    path = chromium_path(playwright)
    if not Path(path).exists():
        pytest.skip("there is no Chromium here")
    browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def target() -> Iterator[Target]:
    """Something to watch, up at first."""
    server = Target()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asura]:
    """One asura for all the tests of this process that need none of their own."""
    program = Asura(tmp_path_factory.mktemp("lasting"), config=OPEN)
    program.start()
    yield program
    program.stop()


@pytest.fixture
def asura(lasting: Asura) -> Iterator[Asura]:
    """An asura as empty as a new one, without the two seconds of work that a start takes; it is not to be stopped."""
    yield lasting
    lasting.empty()


@pytest.fixture
def private(tmp_path: Path) -> Iterator[Asura]:
    """An asura of one's own, which may be stopped, and whose accounts and files are nobody else's."""
    program = Asura(tmp_path)
    program.start()
    yield program
    program.stop()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages of a size and a theme; what the browser complains about fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_(*, size: str = "desktop", theme: Any = "light") -> Page:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce", locale="en-GB"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: complaints.append(f"error in the page: {error}"))
        page.on("console", lambda said: complaints.append(said.text) if _matters(said.text) else None)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def _matters(said: str) -> bool:
    return "Content Security Policy" in said or "Content-Security-Policy" in said
