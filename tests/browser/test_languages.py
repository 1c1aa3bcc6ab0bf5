"""German and Chinese in a real browser: the page says which language it is, nothing of it is English, and all fits."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import SIZES
from tests.browser.looking import findings, let_in, overhang, turn_to
from tests.browser.running import ROOT, Asura, Target, wait_until

WORDS = ROOT / "ui" / "src" / "words"
LANGUAGES = {"de": ("de-DE", "de"), "zh": ("zh-CN", "zh-Hans")}
PAGES = (
    "/",
    "/monitors",
    "/monitors/new",
    "/incidents",
    "/notifications",
    "/channels/new",
    "/settings",
    "/settings/audit",
    "/status-pages/new",
    "/maintenance",
    "/maintenance/new",
    "/probes",
    "/probes?new=1",
)
TEXT = r'"((?:[^"\\]|\\.)*)"'
# What stands alone on the page: texts, and what is read out of attributes.
SAID = """() => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const said = new Set();
    while (walk.nextNode()) said.add(walk.currentNode.data.trim());
    for (const one of document.querySelectorAll('[aria-label], [title], [placeholder]'))
        for (const name of ['aria-label', 'title', 'placeholder']) said.add((one.getAttribute(name) ?? '').trim());
    return [...said];
}"""

# What the bar and the buttons say must fit into them.
CUT = """() => [...document.querySelectorAll('nav.bar a, main .btn')].filter((one) => {
    const range = document.createRange();
    range.selectNodeContents(one);
    const [text, box] = [range.getBoundingClientRect(), one.getBoundingClientRect()];
    const shown = box.width > 0 && !one.querySelector('.hidden');
    return shown && (text.left < box.left - 1 || text.right > box.right + 1);
}).map((one) => 'wider than its box: ' + one.textContent.slice(0, 60))"""


def texts(name: str) -> set[str]:
    """Return the texts of a file of words."""
    return {json.loads(f'"{one}"').strip() for one in re.findall(TEXT, (WORDS / name).read_text("utf-8"))}


def leftovers(page: Page, language: str) -> list[str]:
    """Return what a page says in English that it could say in the language."""
    stems = {path.stem for path in WORDS.glob("*.ts")} - {"catalogue", "language"}
    translated = {stem for stem in stems if stem.partition("-")[0] in LANGUAGES}
    own = {stem for stem in translated if stem.partition("-")[0] == language}
    english = set().union(*(texts(f"{stem}.ts") for stem in stems - translated))
    english -= set().union(*(texts(f"{stem}.ts") for stem in own))
    return sorted(one for one in page.evaluate(SAID) if one in english and "{" not in one and len(one) > 1)


@pytest.fixture(scope="module")
def watching(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asura]:
    """An asura with one monitor that is up, one that is down, and a job."""
    target, program = Target(), Asura(tmp_path_factory.mktemp("asura"))
    target.start()
    program.start()
    try:
        program.watch("Laden 店", target.url, tags=["eu"])
        program.watch("Lager 仓", f"http://127.0.0.1:{Target().port}/")
        program.call("POST", "/monitors", {"name": "Nachts 夜", "type": "heartbeat", "interval": 3600})
        wait_until(lambda: program.call("GET", "/incidents")["data"], what="an incident")
        program.call("POST", "/probes", {"region": "eu-west"})
        program.call("PATCH", "/monitors/laden", {"regions": ["local", "eu-west"]})
        yield program
    finally:
        program.stop()
        target.stop()


@pytest.fixture
def open_in(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page in a browser whose reader wants a language."""
    contexts: list[BrowserContext] = []

    def open_(language: str, *, size: str = "desktop") -> Page:
        width, height = SIZES[size]
        locale = LANGUAGES[language][0] if language in LANGUAGES else language
        context = chromium.new_context(viewport={"width": width, "height": height}, locale=locale)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

    yield open_
    for context in contexts:
        context.close()


def enter(page: Page, asura: Asura) -> None:
    """Sign in beside the page, whatever it is written in."""
    let_in(page, asura)


def show(page: Page, address: str) -> None:
    """Open an address and wait until the page stands."""
    page.goto(address)
    expect(page.locator("h1").first).to_be_visible()
    page.wait_for_timeout(400)


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_speak_the_language_of_the_browser_and_fit(
    watching: Asura, open_in: Callable[..., Page], language: str, size: str
) -> None:
    page = open_in(language, size=size)
    show(page, watching.url)
    wrong = {"sign in": [*leftovers(page, language), *findings(page)]}
    assert page.locator("html").get_attribute("lang") == LANGUAGES[language][1]
    assert overhang(page) <= 0, "the sign-in page scrolls sideways"
    enter(page, watching)
    incident = watching.call("GET", "/incidents")["data"][0]["id"]
    monitors = [one["id"] for one in watching.call("GET", "/monitors")["data"]]
    for path in (*PAGES, f"/incidents/{incident}", *(f"/monitors/{one}" for one in monitors)):
        turn_to(page, watching, path, size="desktop" if path == "/" else size)
        page.wait_for_timeout(150)
        wrong[path] = leftovers(page, language)
        if path == "/":
            wrong[path] += findings(page)
        wrong[path] += page.evaluate(CUT)
        if overhang(page) > 0:
            wrong[path].append("scrolls sideways")
        keep(page, f"{language}-{size}-{path.strip('/').replace('/', '-') or 'overview'}")
    assert {path: found for path, found in wrong.items() if found} == {}


def keep(page: Page, name: str) -> None:
    """Keep a picture where ASURA_PICTURES says so, for whoever wants to look."""
    folder = os.environ.get("ASURA_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_english_is_spoken_where_nothing_else_is_wanted_and_asks_for_no_language(
    watching: Asura, open_in: Callable[..., Page]
) -> None:
    page = open_in("fr-FR")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    show(page, watching.url)
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    assert [url for url in asked if re.search(r"/(de|zh)-", url)] == []


def test_language_of_the_profile_wins_over_that_of_the_browser(watching: Asura, open_in: Callable[..., Page]) -> None:
    page = open_in("de")
    enter(page, watching)
    try:
        speak(page, watching, "zh")
        show(page, watching.url)
        page.wait_for_timeout(500)
        show(page, watching.url)
        assert page.locator("html").get_attribute("lang") == "zh-Hans"
    finally:
        speak(page, watching, "")


def speak(page: Page, asura: Asura, language: str) -> None:
    """Choose a language in the profile, beside the page."""
    headers = {"Origin": asura.url, "Sec-Fetch-Site": "same-origin"}
    answer = page.context.request.patch(f"{asura.url}/api/v1/me", data={"language": language}, headers=headers)
    assert answer.ok, answer.text()


def test_numbers_and_dates_follow_the_language(watching: Asura, open_in: Callable[..., Page]) -> None:
    page = open_in("de")
    enter(page, watching)
    show(page, watching.url)
    said = page.locator("body").inner_text()
    assert not re.search(r"\d\.\d+\s?(%|ms)", said), "a decimal point among German numbers"
