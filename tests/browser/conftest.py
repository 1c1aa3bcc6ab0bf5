"""A browser, the program, and a person who looks: the fixtures of the browser tests."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

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
SIZES = {"desktop": (1280, 900), "phone": (360, 740)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here, so that it can be run or left out by name."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def chromium_path(playwright: Playwright) -> str:
    """Return where the machine's Chromium is, or else Playwright's own."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return found or playwright.chromium.executable_path


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


@pytest.fixture
def asura(tmp_path: Path) -> Iterator[Asura]:
    """A fresh asura, running."""
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
