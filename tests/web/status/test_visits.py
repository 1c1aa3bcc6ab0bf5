"""What people look at below a page: the page, a month of it, one incident, a frame; and who may frame them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.web.harness import V1, Asura, asura

PAGE = {"slug": "shop", "title": "Shop status", "language": "en", "timezone": "Europe/Berlin"}


async def a_page(client: httpx2.AsyncClient, **more: Any) -> dict[str, Any]:
    """Create a page with one component."""
    monitor = {"name": "Checkout", "type": "tcp", "target": "127.0.0.1:9", "enabled": False}
    made = (await client.post(f"{V1}/monitors", json=monitor)).json()
    body = {**PAGE, "components": [{"name": "Checkout", "monitor_id": made["id"]}], **more}
    answer = await client.post(f"{V1}/status-pages", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def an_incident(client: httpx2.AsyncClient, page: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Create an incident on a page."""
    body = {"kind": "incident", "title": "Checkout is out", "status": "investigating", "text": "We *look*.", **more}
    answer = await client.post(f"{V1}/status-pages/{page['id']}/incidents", json={"impact": "major", **body})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def get(site: Asura, path: str, **headers: str) -> httpx2.Response:
    """Return what a visitor gets."""
    async with site.client(None) as client:
        return await client.get(path, headers=headers)


async def test_the_page_shows_its_components_and_what_is_said(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        page = await a_page(client)
        await an_incident(client, page, components=[{"component_id": 1, "status": "major_outage"}])
        answer = await get(site, "/status/shop")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Checkout is out" in answer.text
    assert "<p>We <em>look</em>.</p>" in answer.text
    assert 'lang="en"' in answer.text


async def test_the_page_speaks_the_language_of_its_visitor(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await a_page(client, language="auto")
        german = await get(site, "/status/shop", **{"Accept-Language": "de"})
        chinese = await get(site, "/status/shop", **{"Accept-Language": "zh-CN"})
    assert 'lang="de"' in german.text
    assert 'lang="zh-Hans"' in chinese.text
    assert "Accept-Language" in german.headers["vary"]


async def test_a_published_incident_has_an_address_of_its_own_for_ever(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        page = await a_page(client, show={"past_incidents_days": 1})
        post = await an_incident(client, page)
        done = {"status": "resolved", "text": "It was a fuse."}
        await client.post(f"{V1}/status-pages/{page['id']}/incidents/{post['id']}/updates", json=done)
        await client.patch(f"{V1}/status-pages/{page['id']}/incidents/{post['id']}", json={"postmortem": "Buy fuses."})
        answer = await get(site, f"/status/shop/incidents/{post['id']}")
    assert answer.status_code == 200
    assert "It was a fuse." in answer.text
    assert "Buy fuses." in answer.text
    assert f'<link rel="canonical" href="http://127.0.0.1:8090/status/shop/incidents/{post["id"]}">' in answer.text


@pytest.mark.parametrize("number", ["999", "0", "-1", "x", "1e3", "01", "\u0661", "9" * 30])
async def test_what_is_no_incident_of_the_page_is_not_found(tmp_path: Path, number: str) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await an_incident(client, await a_page(client))
        answer = await get(site, f"/status/shop/incidents/{number}")
    assert (answer.status_code, answer.text) == (404, "not found")


async def test_an_incident_that_is_not_published_yet_is_not_found(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        later = (site.engine.clock.now() + timedelta(hours=1)).isoformat()
        post = await an_incident(client, await a_page(client), publish_at=later)
        answer = await get(site, f"/status/shop/incidents/{post['id']}")
        history = await get(site, "/status/shop/history")
    assert (answer.status_code, answer.text) == (404, "not found")
    assert "Checkout is out" not in history.text


async def test_a_post_that_is_over_says_what_it_was_about_and_nothing_of_how_that_is_now(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        page = await a_page(client)
        one = await an_incident(client, page, components=[{"component_id": 1, "status": "major_outage"}])
        address = f"{V1}/status-pages/{page['id']}/incidents"
        await client.post(f"{address}/{one['id']}/updates", json={"status": "resolved"})
        other = await an_incident(client, page, components=[{"component_id": 1, "status": "partial_outage"}])
        still = await client.post(
            f"{address}/{other['id']}/updates",
            json={"status": "monitoring", "components": [{"component_id": 1, "status": "operational"}]},
        )
        assert still.status_code == 201
        await an_incident(client, page, components=[{"component_id": 1, "status": "major_outage"}])
        over = await get(site, f"/status/shop/incidents/{one['id']}")
        open_ = await get(site, f"/status/shop/incidents/{other['id']}")
    assert 'class="affects"' in over.text
    assert "Operational" not in over.text
    assert "Major outage" in open_.text, "it is as the page shows it"
    assert "Operational" not in open_.text


async def test_the_history_tells_of_this_month_and_leads_to_those_before(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        page = await a_page(client)
        now = site.engine.clock.now()
        long_ago = now - timedelta(days=70)
        await an_incident(client, page, title="This one")
        await an_incident(client, page, title="The first one", publish_at=long_ago.isoformat())
        this = await get(site, "/status/shop/history")
        then = await get(site, f"/status/shop/history?month={long_ago:%Y-%m}")
    assert "This one" in this.text
    assert "The first one" not in this.text
    assert 'rel="prev"' in this.text
    assert 'rel="next"' not in this.text
    assert "The first one" in then.text
    assert "This one" not in then.text
    assert 'rel="next"' in then.text
    assert 'rel="prev"' not in then.text


async def test_what_is_told_later_stands_in_the_month_in_which_it_began(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        page = await a_page(client)
        long_ago = site.engine.clock.now() - timedelta(days=70)
        await an_incident(client, page, title="Told late", started_at=long_ago.isoformat())
        this = await get(site, "/status/shop/history")
        then = await get(site, f"/status/shop/history?month={long_ago:%Y-%m}")
    assert "Told late" not in this.text
    assert 'rel="prev"' in this.text
    assert "Told late" in then.text


@pytest.mark.parametrize(
    "month", ["2999-01", "2001-01", "2026-13", "x", "", "2026-1", "\u0662\u0660\u0662\u0666-\u0660\u0661"]
)
async def test_a_month_that_the_page_does_not_have_is_not_found(tmp_path: Path, month: str) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await a_page(client)
        answer = await get(site, f"/status/shop/history?month={month}")
    assert (answer.status_code, answer.text) == (404, "not found")


async def test_the_history_has_maintenance_that_has_begun(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await a_page(client)
        now = site.engine.clock.now()
        window = {"name": "New disks", "monitor_ids": [1], "starts_at": (now - timedelta(minutes=1)).isoformat()}
        later = {**window, "name": "New racks", "starts_at": (now + timedelta(hours=1)).isoformat()}
        for one in (window, later):
            body = {**one, "ends_at": (now + timedelta(hours=2)).isoformat()}
            assert (await client.post(f"{V1}/maintenance", json=body)).status_code == 201
        answer = await get(site, "/status/shop/history")
    assert "New disks" in answer.text
    assert "New racks" not in answer.text


async def test_any_site_may_frame_the_small_page_and_none_the_page_itself(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await a_page(client)
        page, frame = await get(site, "/status/shop"), await get(site, "/status/shop/embed")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "frame-ancestors *" in frame.headers["content-security-policy"]
    assert "Shop status" in frame.text


async def test_only_the_sites_that_a_page_names_may_frame_it(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await a_page(client, frame_ancestors=["https://example.com"])
        for path in ("/status/shop", "/status/shop/embed"):
            answer = await get(site, path)
            assert "frame-ancestors https://example.com" in answer.headers["content-security-policy"]


async def test_the_files_of_pages_never_change_and_come_packed(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        await a_page(client)
        page = (await get(site, "/status/shop")).text
        for ending, kind in (("css", "text/css"), ("js", "text/javascript"), ("svg", "image/svg+xml")):
            address = next(part for part in page.split('"') if part.endswith(f".{ending}"))
            answer = await get(site, address, **{"Accept-Encoding": "br"})
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith(kind)
            assert "immutable" in answer.headers["cache-control"]
        missing = await get(site, "/status/shop/assets/page.css")
    assert (missing.status_code, missing.text) == (404, "not found")


@pytest.mark.parametrize("path", ["", "/history", "/incidents/1", "/embed"])
async def test_a_page_that_is_not_there_and_one_that_is_hidden_are_the_same(tmp_path: Path, path: str) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        page = await a_page(client, visibility="signed_in")
        await an_incident(client, page)
        hidden, missing = await get(site, f"/status/shop{path}"), await get(site, f"/status/other{path}")
    assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content) == (404, b"not found")
