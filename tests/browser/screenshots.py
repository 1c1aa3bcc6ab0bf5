"""Takes the pictures of the documentation: the demo, each page, both themes, desktop and phone.

`python -m tests.browser.screenshots FOLDER [--all]`: the few that the README shows, or every page four times.
"""

import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import FLAGS, SIZES, chromium_path
from tests.browser.lived import Demo
from tests.browser.looking import sign_in
from tests.browser.running import Asura

SLUG = "example"


class Shot(NamedTuple):
    """One picture: of which page, and how large and in which theme it stands in the documentation (None: nowhere)."""

    name: str
    path: str
    size: str = "desktop"
    theme: str = "light"
    shown: bool = False


def shots(asura: Asura) -> Iterator[Shot]:
    """Yield every page once, those of the documentation in their own size and theme."""
    incident = asura.call("GET", "/incidents?status=open&status=acknowledged")["data"][0]["id"]
    channel = asura.call("GET", "/channels")["data"][0]["id"]
    yield Shot("overview", "/", shown=True)
    yield Shot("overview", "/", theme="dark", shown=True)
    yield Shot("overview", "/", size="phone", shown=True)
    yield Shot("monitors", "/monitors")
    yield Shot("monitor", "/monitors/checkout-api", shown=True)
    yield Shot("monitor-results", "/monitors/checkout-api?tab=results")
    yield Shot("monitor-timeline", "/monitors/checkout-api?tab=timeline")
    yield Shot("monitor-badges", "/monitors/checkout-api?tab=badges")
    yield Shot("job", "/monitors/nightly-backup")
    yield Shot("edit", "/monitors/checkout-api/edit")
    yield Shot("new", "/monitors/new")
    yield Shot("incidents", "/incidents")
    yield Shot("incident", f"/incidents/{incident}", theme="dark", shown=True)
    yield Shot("incident-evidence", f"/incidents/{incident}?tab=evidence")
    yield Shot("incident-told", f"/incidents/{incident}?tab=told")
    yield Shot("notifications", "/notifications")
    yield Shot("deliveries", "/notifications?view=deliveries")
    yield Shot("channel", f"/channels/{channel}")
    yield Shot("new-channel", "/channels/new")
    page = asura.call("GET", f"/status-pages/{SLUG}")["id"]
    post = asura.call("GET", f"/status-pages/{page}/incidents?status=open&kind=incident")["data"][0]["id"]
    yield Shot("status", f"/status/{SLUG}", shown=True)
    yield Shot("status", f"/status/{SLUG}", size="phone", theme="dark", shown=True)
    yield Shot("status-main", "/status")
    yield Shot("status-history", f"/status/{SLUG}/history")
    yield Shot("status-incident", f"/status/{SLUG}/incidents/{post}")
    yield Shot("status-subscribe", f"/status/{SLUG}/subscribe")
    yield Shot("status-pages", "/status-pages")
    yield Shot("status-page", f"/status-pages/{page}")
    yield Shot("status-page-notices", f"/status-pages/{page}?tab=subscribers")
    yield Shot("edit-status-page", f"/status-pages/{page}/edit")
    yield Shot("new-post", f"/status-pages/{page}/report")
    yield Shot("new-status-page", "/status-pages/new")
    yield Shot("maintenance", "/maintenance")
    yield Shot("new-maintenance", "/maintenance/new")
    yield Shot("probes", "/probes")
    for part in ("profile", "security", "users", "keys", "audit", "about", "keyboard"):
        yield Shot(f"settings-{part}", f"/settings/{part}")


def every(found: Iterable[Shot]) -> Iterator[Shot]:
    """Yield each page in both sizes and both themes."""
    for name, path in dict.fromkeys((shot.name, shot.path) for shot in found):
        for size in SIZES:
            for theme in ("light", "dark"):
                yield Shot(name, path, size, theme)


class Camera:
    """A browser that is signed in once for each size and theme."""

    def __init__(self, browser: Browser, asura: Asura) -> None:
        self._browser = browser
        self._asura = asura
        self._pages: dict[tuple[str, str], Page] = {}

    def take(self, shot: Shot, folder: Path, *, whole: bool) -> Path:
        """Write one picture and return its path."""
        page = self._page(shot.size, shot.theme)
        page.goto(self._asura.url + shot.path)
        settle(page)
        path = folder / f"{shot.name}-{shot.size}-{shot.theme}.png"
        # Of a long list only what is in view exists.
        page.screenshot(path=str(path), full_page=whole and not shot.name.startswith(("overview", "monitors")))
        return path

    def _page(self, size: str, theme: str) -> Page:
        if (size, theme) not in self._pages:
            width, height = SIZES[size]
            page = self._browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if theme == "dark" else "light",
                reduced_motion="reduce",
                locale="en-GB",
            ).new_page()
            sign_in(page, self._asura)
            self._pages[size, theme] = page
        return self._pages[size, theme]


def settle(page: Page) -> None:
    """Wait until everything stands, charts and lines too."""
    page.get_by_role("heading", level=1).first.wait_for()
    for _ in range(2):
        expect(page.locator(".loading")).to_have_count(0, timeout=30_000)
        page.wait_for_timeout(500)


def main(folder: Path, *, everything: bool) -> None:
    """Start the demo, and take the pictures one after the other."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        asura = Demo(Path(place))
        try:
            asura.start()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium_path(playwright), args=FLAGS)
                camera = Camera(browser, asura)
                for shot in every(shots(asura)) if everything else [one for one in shots(asura) if one.shown]:
                    print(camera.take(shot, folder, whole=everything), flush=True)
        finally:
            asura.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), everything="--all" in sys.argv[2:])
