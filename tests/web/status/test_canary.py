"""Nothing internal is on public pages: canaries in every private field, and then every public byte is read."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2

from asura.domain.maintenance import WindowConfig
from asura.domain.page import Page
from asura.domain.reason import Reason
from asura.domain.result import Evidence, Outcome, Result
from asura.domain.status import Finding
from asura.engine.options import SubscriptionOptions
from asura.engine.postman import MailServer
from asura.web.app import ROUTES
from asura.web.route import PUBLIC
from asura.web.status import assets
from tests.web.harness import V1, Asura, asura
from tests.web.status.visitors import below, come

# Every canary begins with it, and goes on with the field in which it sits.
BIRD = "canarybird"
HOST = "status.public.example"
# Nothing is sent here: no loop runs.
MAILS = SubscriptionOptions(mail_server=MailServer(host="127.0.0.1", sender="asura@public.example"))
UP = Outcome(Finding.UP, Reason.OK, f"{BIRD}-message-of-success", 20.0)
DOWN = Outcome(
    Finding.DOWN,
    Reason.CONNECT_REFUSED,
    f"{BIRD}-message of {BIRD}-target.example",
    3.0,
    evidence=Evidence(address=f"{BIRD}-address"),
)


def bird(field: str) -> str:
    return f"{BIRD}-{field}"


def private_monitor(number: int, **more: Any) -> dict[str, Any]:
    """Return a monitor of which everything is private that no page shows."""
    body = {
        "name": bird(f"name-{number}"),
        "slug": f"{BIRD}-slug-{number}",
        "type": "http",
        "target": f"https://{BIRD}-target.example/{BIRD}-path?key={BIRD}-query",
        "enabled": False,
        "description": bird("description"),
        "tags": [bird("tag"), "shown-tag"],
        "group": bird("group"),
        "runbook_url": f"https://{BIRD}-runbook.example",
        "failure_threshold": 1,
        "retries": 0,
        "settings": {
            "headers": {"X-Key": bird("header"), "Authorization": bird("authorization")},
            "body": bird("body"),
            "method": "POST",
        },
        "assertions": [{"on": "body", "op": "contains", "value": bird("assertion")}],
    }
    return body | more


class Nest:
    """An asura full of canaries, written by the hands of somebody who may do everything."""

    def __init__(self, site: Asura, editor: httpx2.AsyncClient) -> None:
        self.site = site
        self.editor = editor
        self.pages: list[Page] = []
        self.posts: dict[int, list[int]] = {}

    async def send(self, path: str, **body: Any) -> dict[str, Any]:
        answer = await self.editor.post(f"{V1}/{path}", json=body)
        assert answer.status_code in (200, 201), (path, answer.text)
        found: dict[str, Any] = answer.json()
        return found

    async def fill(self) -> None:
        """Monitors, channels, users; pages that are public and one that is not; outages; posts; subscribers."""
        channel = {"url": f"https://{BIRD}-hook.example/x", "secret": bird("channel-secret")}
        await self.send("channels", name=bird("channel"), type="webhook", settings=channel)
        shown = [await self.send("monitors", **private_monitor(n)) for n in range(2)]
        await self.send("monitors", **private_monitor(2, name="Shown by name", public=True, group="Shown group"))
        await self.send("monitors", name=bird("heartbeat"), type="heartbeat", interval=60, grace=60)
        await self._make_pages([one["id"] for one in shown])
        await self._break([one["id"] for one in shown])
        for page in self.pages:
            await self._speak(page)
        await self._plan(shown[0]["id"])

    async def _make_pages(self, monitors: list[int]) -> None:
        components = [
            {"monitor_id": monitors[0], "name": "Shop", "group": "Web"},
            {"monitor_group": bird("group"), "name": "All of a group"},
            {
                "tag": bird("tag"),
                "name": "All of a tag",
                "combine": "weighted",
                "weights": {str(monitors[1]): 3},
            },
        ]
        common = {
            "components": components,
            "networks": ["10.99.88.0/24"],
            "show": {"response_times": True},
            "auto_incidents": {"when": "at_once"},
            "templates": [{"name": bird("template"), "title": bird("template-title"), "text": bird("template-text")}],
            "css": ".top { color: red }",
            "accent": "#0055cc",
        }
        main = self.site.engine.pages.main
        assert main is not None
        await self.send("status-pages", title="Open", slug="open", **common)
        await self.send("status-pages", title="Hosted", slug="hosted", visibility="unlisted", hosts=[HOST], **common)
        self.pages = [main, *(self.site.engine.pages.get(slug) for slug in ("open", "hosted"))]
        hidden = {"title": bird("hidden-title"), "description": bird("hidden-description"), "visibility": "signed_in"}
        made = await self.send("status-pages", slug=f"{BIRD}-hidden", hosts=[f"{BIRD}.example"], **hidden)
        await self.send(f"status-pages/{made['id']}/incidents", title=bird("hidden-post"), text=bird("hidden-text"))
        locked = {"title": "Locked", "visibility": "password", "password": bird("password")}
        await self.send("status-pages", slug="locked", description=bird("locked-description"), **locked)

    async def _break(self, monitors: list[int]) -> None:
        """Bring what the pages show down, up, and down again, with evidence and notes."""
        engine, now = self.site.engine, self.site.engine.clock.now()
        for number in monitors:
            state = engine.live.state(number)
            assert state is not None
            config = {"enabled": True}
            await engine.monitors.replace(
                number, engine.monitors.prepare(config, old=state.monitor.config, partial=True)
            )
            engine.runner.scheduler.remove(number)
            generation = state.monitor.generation
            for ago, outcome in ((300, UP), (240, DOWN), (180, UP), (120, DOWN), (60, DOWN)):
                fields = {name: getattr(outcome, name) for name in Outcome.__struct_fields__}
                at = now - timedelta(seconds=ago)
                engine.judge.offer(
                    Result(monitor_id=number, generation=generation, region="local", at=at, counted=True, **fields)
                )
                await engine.judge.judge(at)
        incidents = (await self.editor.get(f"{V1}/incidents")).json()["data"]
        assert incidents, "nothing broke"
        for one in incidents:
            await self.editor.post(f"{V1}/incidents/{one['id']}/note", json={"note": bird("note")})
            await self.editor.post(f"{V1}/incidents/{one['id']}/ack", json={"note": bird("ack")})
        await engine.publisher.tick(engine.clock.now())

    async def _speak(self, page: Page) -> None:
        path = f"status-pages/{page.id}/incidents"
        later = (self.site.engine.clock.now() + timedelta(days=3)).isoformat()
        affected = [{"component_id": one.id, "status": "degraded"} for one in page.config.components[:1]]
        said = await self.send(path, title="Slow", text="It is **slow**.", components=affected, tell=False)
        over = await self.send(path, title="It was slow", text="Slow.", components=affected, tell=False)
        await self.send(f"{path}/{over['id']}/updates", status="resolved", text="Well again.", tell=False)
        await self.send(path, kind="notice", title="A notice", text="We move.", tell=False)
        await self.send(path, title=bird("unpublished-title"), text=bird("unpublished-text"), publish_at=later)
        soon = {"status": "identified", "text": bird("unpublished-update"), "at": later}
        await self.send(f"{path}/{said['id']}/updates", **soon)
        self.posts[page.id] = [said["id"], over["id"]]
        subscribers = f"status-pages/{page.id}/subscribers"
        await self.send(subscribers, kind="email", address=f"{BIRD}-{page.id}@subscriber.example")

    async def _plan(self, monitor_id: int) -> None:
        now, desk = self.site.engine.clock.now(), self.site.engine.maintenance
        begin, end = now + timedelta(hours=2), now + timedelta(hours=3)
        shown = WindowConfig(name="Planned work", monitor_ids=(monitor_id,), starts_at=begin, ends_at=end)
        hidden = WindowConfig(
            name=bird("window"), description=bird("window-text"), tags=("shown-tag",), starts_at=now, ends_at=end,
            public=False,
        )  # fmt: skip
        for window in (shown, hidden):
            await desk.create(window, by=bird("planner"))


async def read(client: httpx2.AsyncClient, path: str, found: dict[str, int], **headers: str) -> None:
    """Read one address, and fail where a canary sings: in the body, or in a header."""
    answer = await client.get(path, headers=headers)
    heard = answer.content.decode("utf-8", "replace") + str(answer.headers)
    # What somebody asks for by its name may be called by it in the answer.
    singing = {one for one in re.findall(rf"{BIRD}[\w.-]*", heard, re.IGNORECASE) if one not in path}
    assert not singing, f"{path} tells {sorted(singing)}"
    found[path] = answer.status_code


def addresses(nest: Nest) -> list[str]:
    """Return every public address of every page that there is, by every route."""
    found = []
    for page in [*nest.pages, *(nest.site.engine.pages.get(slug) for slug in (f"{BIRD}-hidden", "locked"))]:
        numbers = [*nest.posts.get(page.id, [1]), 999]
        for one in below():
            if one.route.method == "GET" and one.of_main == page.is_main:
                for number in numbers if "{n}" in one.route.path else [0]:
                    found.append(one.path(page.slug, number, assets.name("page.css")))
    return found


def badges(nest: Nest) -> list[str]:
    paths = {route.path for route in ROUTES if route.role == PUBLIC and "/badge" in route.path}
    ids = [str(state.monitor.id) for state in nest.site.engine.live.states()]
    ids += [state.monitor.slug for state in nest.site.engine.live.states()]
    found = []
    for path in paths:
        for kind in ("uptime", "response", "cert", "heartbeat"):
            found += [path.replace("{id}", one).replace("{kind}", kind).replace("{tag}", bird("tag")) for one in ids]
    return sorted(set(found))


async def test_no_canary_sings_on_any_public_page(tmp_path: Path) -> None:
    async with asura(tmp_path, subscriptions=MAILS) as site, site.session("admin", name=bird("user")) as editor:
        await site.engine.users.create(bird("another"), role="viewer", email=f"{BIRD}@user.example")
        nest = Nest(site, editor)
        await nest.fill()
        found: dict[str, int] = {}
        for language in ("en", "de", "zh"):
            await _read_all(nest, found, {"accept-language": language})
        _is_full(found)


async def _read_all(nest: Nest, found: dict[str, int], headers: dict[str, str]) -> None:
    async with come(nest.site) as visitor:
        for path in [*addresses(nest), *badges(nest), f"{V1}/openapi.json"]:
            await read(visitor, path, found, **headers)
        for component in nest.pages[1].config.components:
            for feed in ("history.rss", "history.atom", "feed.json"):
                await read(visitor, f"/status/open/{feed}?component={component.id}", found, **headers)
    async with come(nest.site, host=HOST) as visitor:
        for one in below():
            own = one.own_path(nest.posts[nest.pages[2].id][0], assets.name("page.css"))
            if one.route.method == "GET" and not one.of_main and own is not None:
                await read(visitor, own, found, **headers)
        await read(visitor, "/nothing", found, **headers)


def _is_full(found: dict[str, int]) -> None:
    """See that there was something to tell: pages with components, outages, posts, maintenance."""
    assert sum(status == 200 for status in found.values()) > 80
    for path in ("/status/open", "/status/open/history.rss", "/api/v1/status/open", "/status/open/api/v2/summary.json"):
        assert found[path] == 200


async def test_what_is_public_is_there_so_that_the_canaries_had_something_to_sing_of(tmp_path: Path) -> None:
    async with asura(tmp_path, subscriptions=MAILS) as site, site.session("admin", name=bird("user")) as editor:
        nest = Nest(site, editor)
        await nest.fill()
        async with come(site) as visitor:
            page = (await visitor.get("/status/open")).text
            data = (await visitor.get("/api/v1/status/open")).json()
            main = (await visitor.get("/status")).text
    for shown in ("Shop", "Web", "All of a tag", "Slow", "It was slow", "A notice", "Planned work", "is not available"):
        assert shown in page, shown
    assert "Shown by name" in main and "Shown group" in main
    assert data["status"] != "operational"
    assert {one["name"] for one in data["components"]} == {"Shop", "All of a group", "All of a tag"}
