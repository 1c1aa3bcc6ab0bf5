"""What programs read over HTTP: at which addresses, for whom, and how often they need to load it."""

import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import httpx2
import pytest
from icalendar import Calendar

from asura.domain.maintenance import WindowConfig
from asura.domain.page import ComponentConfig, PageConfig
from asura.web.status import calendar, statuspage
from asura.web.status.machine import MANY_WINDOWS
from tests.web.harness import V1, Asura, asura, monitor

V2 = [f"api/v2/{name}.json" for name in statuspage.FILES]
FEEDS = {"history.rss": "application/rss+xml", "history.atom": "application/atom+xml"}
OTHERS = {**FEEDS, "feed.json": "application/feed+json", "maintenance.ics": "text/calendar"}


@pytest.mark.parametrize("file", V2)
async def test_the_files_of_statuspage_are_at_their_real_paths_and_below_each_page(tmp_path: Path, file: str) -> None:
    async with asura(tmp_path) as site, site.client(None) as anybody:
        await site.engine.pages.create(PageConfig(title="Shop"), slug="shop")
        main = (await anybody.get(f"/{file}")).json()
        assert main == (await anybody.get(f"/status/{file}")).json()
        assert (main["page"]["name"], main["page"]["url"]) == ("Status", f"{site.engine.options.url}/status")
        other = await anybody.get(f"/status/shop/{file}")
        assert other.json()["page"]["url"] == f"{site.engine.options.url}/status/shop"
        assert other.headers["content-type"] == "application/json"
        assert other.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(("file", "kind"), OTHERS.items())
async def test_feeds_and_calendar_are_below_each_page(tmp_path: Path, file: str, kind: str) -> None:
    async with asura(tmp_path) as site, site.client(None) as anybody:
        await site.engine.pages.create(PageConfig(title="Shop"), slug="shop")
        for path in ("/status", "/status/shop"):
            answer = await anybody.get(f"{path}/{file}")
            assert answer.status_code == 200, answer.text
            assert answer.headers["content-type"].partition(";")[0] == kind
            assert answer.headers["access-control-allow-origin"] == "*"
            if file in FEEDS:
                assert not feedparser.parse(answer.content).bozo
            elif file == "maintenance.ics":
                assert Calendar.from_ical(answer.content)["version"] == "2.0"


@pytest.mark.parametrize("file", ["api/v2/summary.json", *OTHERS])
async def test_who_has_it_is_told_so_and_nothing_else(tmp_path: Path, file: str) -> None:
    async with asura(tmp_path) as site, site.client(None) as anybody:
        first = await anybody.get(f"/status/{file}")
        again = await anybody.get(f"/status/{file}", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert "no-store" not in again.headers["cache-control"]


@pytest.mark.parametrize("file", [*FEEDS, "feed.json"])
async def test_a_reader_that_keeps_only_the_time_is_told_too(tmp_path: Path, file: str) -> None:
    async with asura(tmp_path) as site, site.client(None) as anybody:
        changed = (await anybody.get(f"/status/{file}")).headers["last-modified"]
        for since, status in ((changed, 304), ("Thu, 01 Jan 2026 00:00:00 GMT", 200), ("yesterday", 200), ("", 200)):
            answer = await anybody.get(f"/status/{file}", headers={"If-Modified-Since": since})
            assert answer.status_code == status, since
        for since in ("Thu, 01 Jan 2026 00:00:00 +99999999999999", "Thu, 01 Jan 99999999999999999999 00:00:00 GMT"):
            answer = await anybody.get(f"/status/{file}", headers={"If-Modified-Since": since})
            assert answer.status_code == 200, since
        both = {"If-Modified-Since": changed, "If-None-Match": '"another"'}
        assert (await anybody.get(f"/status/{file}", headers=both)).status_code == 200


@pytest.mark.parametrize("component", ["999", "x", "-1", "1e3", "%00", "1&component=2"])
async def test_a_feed_of_a_component_that_is_not_there_is_not_there(tmp_path: Path, component: str) -> None:
    async with asura(tmp_path) as site, site.client(None) as anybody:
        answer = await anybody.get(f"/status/history.rss?component={component}")
        assert (answer.status_code, answer.content) == (404, b"not found")


@pytest.mark.parametrize("file", [*V2, *OTHERS, *(f"{name}?component=1" for name in FEEDS)])
async def test_of_a_hidden_page_there_is_nothing(tmp_path: Path, file: str) -> None:
    async with asura(tmp_path) as site, site.client(None) as anybody:
        await site.engine.pages.create(PageConfig(title="Inside", visibility="signed_in"), slug="inside")
        hidden, missing = [await anybody.get(f"/status/{slug}/{file}") for slug in ("inside", "nothing")]
        assert (hidden.status_code, hidden.content) == (404, b"not found") == (missing.status_code, missing.content)
        assert "access-control-allow-origin" not in hidden.headers


async def made(site: Asura, client: httpx2.AsyncClient, **more: Any) -> int:
    """Make a page of one component, on which planned work goes on and an incident is open; returns the component."""
    shop = (await client.post(f"{V1}/monitors", json=monitor(public=True))).json()
    till = ComponentConfig(name="Till", group="Trade", monitor_id=shop["id"])
    page = await site.engine.pages.create(PageConfig(title="Our shop", components=(till,), **more), slug="shop")
    now = site.engine.clock.now()
    window = {"name": "New disks", "monitor_ids": (shop["id"],), "starts_at": now - timedelta(minutes=5)}
    await site.engine.maintenance.create(WindowConfig(**window, ends_at=now + timedelta(hours=1)), by="Ann")
    # Never today, whatever day it is.
    day = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[(now + timedelta(days=3)).weekday()]
    rule = f"FREQ=WEEKLY;BYDAY={day};BYHOUR=2;BYMINUTE=0"
    later = {"name": "Every week", "monitor_ids": (shop["id"],), "rrule": rule}
    await site.engine.maintenance.create(WindowConfig(**later, duration_s=3_600, timezone="Europe/Berlin"), by="Ann")
    hidden = {"name": "Secret work", "monitor_ids": (shop["id"],), "public": False, "starts_at": now}
    await site.engine.maintenance.create(WindowConfig(**hidden, ends_at=now + timedelta(hours=1)), by="Ann")
    number = page.config.components[0].id
    body = {
        "kind": "incident",
        "title": "The till is stuck",
        "impact": "critical",
        "status": "identified",
        "text": "It is the *drawer*.",
        "components": [{"component_id": number, "status": "major_outage"}],
    }
    answer = await client.post(f"{V1}/status-pages/shop/incidents", json=body)
    assert answer.status_code == 201, answer.text
    return number


async def test_what_people_say_and_plan_is_in_every_form(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client, site.client(None) as anybody:
        number = await made(site, client)
        summary = (await anybody.get("/status/shop/api/v2/summary.json")).json()
        (incident,) = summary["incidents"]
        assert (incident["name"], incident["impact"], incident["status"]) == (
            "The till is stuck",
            "critical",
            "identified",
        )
        assert incident["incident_updates"][0]["affected_components"][0]["code"] == str(number)
        assert summary["status"]["indicator"] == "critical"
        running = (await anybody.get("/status/shop/api/v2/scheduled-maintenances/active.json")).json()
        assert [one["name"] for one in running["scheduled_maintenances"]] == ["New disks"]
        entries = feedparser.parse((await anybody.get("/status/shop/history.atom")).content).entries
        assert {"The till is stuck: Identified", "New disks: In progress"} <= {one.title for one in entries}
        said = next(one for one in entries if one.title == "The till is stuck: Identified")
        assert said.content[0].value.startswith("<p>It is the <em>drawer</em>.</p>")
        mine = await anybody.get(f"/status/shop/feed.json?component={number}")
        assert {"The till is stuck: Identified"} <= {one["title"] for one in mine.json()["items"]}
        calendar = Calendar.from_ical((await anybody.get("/status/shop/maintenance.ics")).content)
        events = {str(event["summary"]): event for event in calendar.walk("VEVENT")}
        assert events.keys() == {"New disks", "Every week"}
        assert "rrule" in events["Every week"] and "Affects Till" in events["New disks"]["description"]
        for file in (*V2, *OTHERS, "status.svg", "embed.js"):
            assert "Secret work" not in (await anybody.get(f"/status/shop/{file}")).text


async def test_a_calendar_is_made_once_whatever_is_asked_for_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []

    def planned(*given: Any) -> Any:
        looked.append(threading.get_ident())
        return real(*given)

    real = calendar.planned
    monkeypatch.setattr(calendar, "planned", planned)
    async with asura(tmp_path) as site, site.client() as client, site.client(None) as anybody:
        await made(site, client)
        for number in range(MANY_WINDOWS):
            await client.post(f"{V1}/maintenance?tag=*&for=1h&name=Work{number}")
        bodies = {(await anybody.get(f"/status/shop/maintenance.ics?{number}")).content for number in range(9)}
        assert len(bodies) == 1
        assert len(looked) == 1 and looked[0] != threading.get_ident(), "many windows take long"


async def test_what_is_ended_or_deleted_is_at_once_so_in_the_calendar(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client, site.client(None) as anybody:
        await made(site, client)

        async def told() -> dict[str, Any]:
            raw = (await anybody.get("/status/shop/maintenance.ics")).content
            return {str(event["summary"]): event for event in Calendar.from_ical(raw).walk("VEVENT")}

        before = (await told())["New disks"]
        running = next(one for one in site.engine.maintenance.list() if one.config.name == "New disks")
        await site.engine.maintenance.end(running.id)
        after = (await told())["New disks"]
        assert after["uid"] == before["uid"] and after["dtend"].dt < before["dtend"].dt
        assert after["sequence"] >= before["sequence"] and after["last-modified"].dt >= before["last-modified"].dt
        for window in site.engine.maintenance.list():
            await site.engine.maintenance.delete(window.id)
        assert await told() == {}


async def test_at_its_own_name_a_page_has_them_at_the_root(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client, site.client(None) as anybody:
        await made(site, client, hosts=("status.example.com",))
        there = {"Host": "status.example.com"}
        for file in (*V2, *OTHERS, "status.svg", "status.json", "embed.js"):
            answer = await anybody.get(f"/{file}", headers=there)
            assert answer.status_code == 200, file
        summary = (await anybody.get("/api/v2/summary.json", headers=there)).json()
        assert summary["page"]["name"] == "Our shop"
        assert summary["page"]["url"].endswith("://status.example.com")
        feed = json.loads((await anybody.get("/feed.json", headers=there)).content)
        below = json.loads((await anybody.get("/status/shop/feed.json")).content)
        # Wherever it is read, an entry is the same.
        assert [one["id"] for one in feed["items"]] == [one["id"] for one in below["items"]]
        assert feed["feed_url"] != below["feed_url"]
