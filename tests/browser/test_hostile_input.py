"""Hostile text in every field, and from every target: each page shows it as text, and does nothing else with it."""

import http.server
import itertools
import json
import re
import threading
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.hostile import PAYLOADS, Hostile
from tests.browser.looking import let_in
from tests.browser.running import ROOT, Asura, free_port, wait_until

ALIEN = "[data-evil], iframe, object, embed, base, math, style, script:not([src]), meta[http-equiv=refresh]"
LOOK = f"""() => ({{
    ran: window.ran ?? null,
    violations: window.violations,
    alien: [...document.querySelectorAll('{ALIEN}')].map((one) => one.outerHTML.slice(0, 200)),
    handlers: [...document.querySelectorAll('*')].flatMap((one) =>
        one.getAttributeNames().filter((name) => name.startsWith('on'))),
    links: [...document.querySelectorAll('[href], [src], [action]')].map((one) =>
        one.getAttribute('href') ?? one.getAttribute('src') ?? one.getAttribute('action'))
        .filter((link) => /^[\\s\\0-\\x1f]*(javascript|data|vbscript):/i.test(link)),
}})"""
WATCH = """
    window.violations = [];
    addEventListener('securitypolicyviolation', (event) =>
        window.violations.push(event.violatedDirective + ' ' + event.blockedURI));
"""
CLEAN = {"ran": None, "violations": [], "alien": [], "handlers": [], "links": []}


@pytest.fixture(scope="module")
def hostile() -> Iterator[str]:
    """The address of a server that means no good."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", free_port()), Hostile)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory, hostile: str) -> Iterator[tuple[Asura, dict[str, int]]]:
    """An asura with hostile text wherever the API takes it, and its monitors by the name of what they carry."""
    # It is filled as fast as it answers.
    config = "network: {allow_private_channels: [127.0.0.0/8]}\nserver: {rate_limit_per_sec: 0}\n"
    program = Asura(tmp_path_factory.mktemp("asura"), config=config)
    try:
        program.start()
        yield program, _fill(program, hostile)
    finally:
        program.stop()


def _fill(program: Asura, hostile: str) -> dict[str, int]:
    monitors = {name: _monitor(program, hostile, index, text) for index, (name, text) in enumerate(PAYLOADS.items())}
    for text in PAYLOADS.values():
        _others(program, hostile, text)
    monitors["job"] = _job(program)
    wait_until(lambda: len(_incidents(program)) >= len(PAYLOADS), what="an incident for each payload", seconds=60)
    for incident, text in zip(_incidents(program), itertools.cycle(PAYLOADS.values()), strict=False):
        program.call("POST", f"/incidents/{incident['id']}/note", {"note": text})
    program.call("POST", f"/incidents/{_incidents(program)[0]['id']}/ack", {"note": PAYLOADS["script"]})
    # Only now: from here on another region, a silent one, has a say.
    for text in PAYLOADS.values():
        _offer(program, "/probes", {"region": "far", "name": text[:100]})
        _offer(program, "/probes", {"region": text[:64]})
    for path in ("/channels", "/keys", "/users", "/invitations", "/probes"):
        assert len(program.call("GET", path)["data"]) > len(PAYLOADS) // 2, f"{path} took too little to prove anything"
    return monitors


def _incidents(program: Asura) -> list[Any]:
    found: list[Any] = program.call("GET", "/incidents?limit=200")["data"]
    return found


def _monitor(program: Asura, hostile: str, index: int, text: str) -> int:
    """Make a monitor that is down and carries a text in each of its fields; what the API refuses is left out."""
    status = 500 if index % 2 else 200
    body = {
        "name": text,
        "type": "http",
        "target": f"{hostile}/{urllib.parse.quote(text)}/{status}",
        "interval": 5,
        "timeout": 4,
        "retries": 0,
        "failure_threshold": 1,
        "description": text,
        "group": text[:60],
        "tags": [text[:40]],
        "assertions": [{"on": "body", "op": "not_contains", "value": text}, {"on": "status", "op": "lt", "value": 300}],
        "settings": {"headers": {"X-Hostile": text}},
    }
    made = _offer(program, "/monitors", {**body, "runbook_url": text})
    for left_out in (["settings"], ["settings", "tags"], ["settings", "tags", "group"]):
        made = made or _offer(program, "/monitors", {key: value for key, value in body.items() if key not in left_out})
    assert made is not None, f"no monitor can be called {text!r}"
    return int(made["id"])


def _others(program: Asura, hostile: str, text: str) -> None:
    """Offer a text to everything else that has a name."""
    address = f"{hostile}/hook/500"
    channel = {"name": text[:100], "type": "webhook", "default": True, "settings": {"url": address}}
    _offer(program, "/channels", channel)
    _offer(program, "/keys", {"name": text, "role": "viewer"})
    _offer(program, "/users", {"name": text[:60], "password": program.password, "role": "viewer", "tags": [text[:40]]})
    _offer(program, "/users", {"name": text[:20], "password": program.password, "role": "viewer", "email": text})
    _offer(program, "/invitations", {"role": "viewer", "tags": [text[:40]], "email": ""})
    later = {"starts_at": "2090-01-01T00:00:00Z", "ends_at": "2090-01-01T01:00:00Z"}
    _offer(program, "/maintenance", {"name": text[:200], "description": text, "tags": [text[:40]], **later})
    page = _offer(program, "/status-pages", {"title": text[:100], "description": text, "everything_public": True})
    if page is not None:
        _offer(program, f"/status-pages/{page['id']}/incidents", {"title": text[:200], "text": text})


def _job(program: Asura) -> int:
    """Make a heartbeat whose pings say hostile things, a NUL among them."""
    job = program.call("POST", "/monitors", {"name": PAYLOADS["image"], "type": "heartbeat", "interval": 3600})
    url = job["heartbeat"]["ping_url"]
    for text in PAYLOADS.values():
        body = f"{text}\0{text}".encode()
        urllib.request.urlopen(urllib.request.Request(url, body, {"User-Agent": "x" + ascii(text)}), timeout=10).close()
    step = urllib.parse.urlencode({"rid": "a", "step": "1", "of": "3", "name": PAYLOADS["script"]})
    urllib.request.urlopen(f"{url}/start?{step}", timeout=10).close()
    return int(job["id"])


def _offer(program: Asura, path: str, body: object) -> Any:
    """Send a body, and return what was made of it, or None when it was refused as it should be."""
    headers = {"Authorization": f"Bearer {program.key}", "Content-Type": "application/json"}
    answer = httpx2.post(f"{program.url}/api/v1{path}", content=json.dumps(body), headers=headers, timeout=20)
    assert answer.status_code in {201, 409, 422}, f"{path}: {answer.status_code} {answer.text}"
    return answer.json() if answer.status_code == 201 else None


@pytest.fixture
def watched(attacked: tuple[Asura, dict[str, int]], open_page: Callable[..., Page]) -> Iterator[Page]:
    """A page of somebody who is signed in; a dialog fails the test."""
    asura, _ = attacked
    page = open_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.add_init_script(WATCH)
    let_in(page, asura)
    yield page
    assert dialogs == []


def _settle(page: Page) -> None:
    """Wait until nothing says that it is loading."""
    page.locator("h1").first.wait_for()
    expect(page.get_by_text("Loading…")).to_have_count(0)
    page.wait_for_timeout(150)


def _patterns() -> dict[str, re.Pattern[str]]:
    """Return the addresses of the dashboard's pages, as it knows them itself."""
    text = (ROOT / "ui/src/domain/routes.ts").read_text("utf-8")
    found = re.findall(r'^  \w+: "(/[^"]*)"', text, re.MULTILINE)
    return {one: re.compile(re.sub(r":\w+", "[^/]+", one)) for one in found}


def _kind(link: str, patterns: dict[str, re.Pattern[str]]) -> str:
    """Return what page an address is of, and which view; empty when it is of none."""
    path, _, query = link.partition("?")
    page = next((name for name, pattern in patterns.items() if pattern.fullmatch(path)), "")
    part = path if page == "/settings/:part" else page
    view = sorted(f"{name}={value}" if name == "tab" else name for name, value in urllib.parse.parse_qsl(query))
    return f"{part} {view}" if page else ""


def test_every_page_shows_hostile_text_and_does_nothing_with_it(
    attacked: tuple[Asura, dict[str, int]], watched: Page
) -> None:
    asura, _ = attacked
    patterns = _patterns()
    waiting = [path for path in patterns if ":" not in path]
    seen, kinds = set(waiting), Counter(_kind(path, patterns) for path in waiting)
    wrong: dict[str, Any] = {}
    while waiting:
        path = waiting.pop(0)
        watched.goto(asura.url + path)
        _settle(watched)
        if (found := watched.evaluate(LOOK)) != CLEAN:
            wrong[path] = found
        for link in watched.eval_on_selector_all("a[href^='/']", "all => all.map(one => one.getAttribute('href'))"):
            kind = _kind(link, patterns)
            if kind and link not in seen and kinds[kind] < 2:
                seen.add(link)
                kinds[kind] += 1
                waiting.append(link)
    assert wrong == {}
    # The crawl came to each page that the dashboard has.
    reached = {kind.partition(" ")[0] for kind in kinds}
    assert [one for one in patterns if ":part" not in one and one not in reached] == []


def test_what_looks_for_hostile_things_finds_them(attacked: tuple[Asura, dict[str, int]], watched: Page) -> None:
    asura, _ = attacked
    watched.goto(asura.url)
    _settle(watched)
    assert watched.evaluate(LOOK) == CLEAN
    watched.evaluate("document.body.insertAdjacentHTML('beforeend', '<a data-evil href=\"javascript:0\">x</a>')")
    found = watched.evaluate(LOOK)
    assert (len(found["alien"]), found["links"]) == (1, ["javascript:0"])


def test_name_of_a_monitor_is_shown_as_it_was_typed(attacked: tuple[Asura, dict[str, int]], watched: Page) -> None:
    asura, monitors = attacked
    for name, text in PAYLOADS.items():
        watched.goto(f"{asura.url}/monitors/{monitors[name]}")
        _settle(watched)
        stored = asura.call("GET", f"/monitors/{monitors[name]}")["name"]
        assert stored == text.strip(), name
        said = watched.locator("h1").first.inner_text()
        assert " ".join(stored.split()) in " ".join(said.split()), name
        assert watched.evaluate(LOOK) == CLEAN, name


def test_hostile_runbook_is_text_and_no_link(attacked: tuple[Asura, dict[str, int]], watched: Page) -> None:
    asura, monitors = attacked
    runbooks = {name: asura.call("GET", f"/monitors/{one}")["runbook_url"] for name, one in monitors.items()}
    shown = [name for name, url in runbooks.items() if url]
    for name in shown:
        watched.goto(f"{asura.url}/monitors/{monitors[name]}")
        _settle(watched)
        links = watched.eval_on_selector_all("main a", "all => all.map(one => one.getAttribute('href'))")
        assert not [link for link in links if re.match(r"\s*(javascript|data|vbscript):", link or "", re.I)]
    assert "address" not in shown or runbooks["address"] == PAYLOADS["address"]


def test_search_palette_and_toasts_show_text_alone(attacked: tuple[Asura, dict[str, int]], watched: Page) -> None:
    asura, monitors = attacked
    query = urllib.parse.quote(PAYLOADS["script"])
    for path in (
        f"/?q={query}",
        f"/monitors?q={query}&tag={query}&group={query}",
        f"/monitors/{query}",
        f"/incidents?status={query}",
    ):
        watched.goto(asura.url + path)
        _settle(watched)
        assert watched.evaluate(LOOK) == CLEAN, path
    watched.goto(asura.url + f"/monitors/{monitors['image']}")
    watched.locator("h1").first.wait_for()
    watched.keyboard.press("Control+k")
    watched.keyboard.type("<img")
    watched.wait_for_timeout(500)
    assert watched.evaluate(LOOK) == CLEAN
    watched.keyboard.press("Escape")
    watched.keyboard.press("p")
    watched.wait_for_timeout(800)
    assert watched.evaluate(LOOK) == CLEAN


def test_addresses_of_the_dashboard_lead_nowhere_else(
    attacked: tuple[Asura, dict[str, int]], open_page: Callable[..., Page]
) -> None:
    asura, _ = attacked
    for path in (
        "//127.0.0.1:1/evil",
        "/%2f%2f127.0.0.1:1",
        "/?problem=<img data-evil src=x onerror=window.ran=1>",
        "/invitation#<img data-evil src=x>",
        "/setup#<script data-evil>",
    ):
        page = open_page()
        page.add_init_script(WATCH)
        page.goto(asura.url + path)
        page.wait_for_timeout(600)
        assert page.url.startswith(asura.url), path
        assert page.evaluate(LOOK) == CLEAN, path


def test_nul_is_refused_where_people_type(attacked: tuple[Asura, dict[str, int]]) -> None:
    asura, _ = attacked
    assert _offer(asura, "/monitors", {"name": "a\0b", "type": "heartbeat", "interval": 60}) is None
    assert _offer(asura, "/keys", {"name": "a\0b", "role": "viewer"}) is None
    assert _offer(asura, "/users", {"name": "a\0b", "password": asura.password, "role": "viewer"}) is None
