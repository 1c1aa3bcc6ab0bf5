"""Badges: only of what is public, always well-formed, and everything else is one 404."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import httpx2
import pytest

from asura.domain.heartbeat import HEARTBEAT
from asura.domain.ping import Ping
from asura.domain.reason import Reason
from asura.domain.result import Result
from asura.domain.status import Finding
from asura.web.badges import render
from tests.web.harness import V1, asura, monitor

ENDINGS = ("svg", "json")
PATHS = ("{ref}.{ending}", *(f"{{ref}}/{kind}.{{ending}}" for kind in ("uptime", "response", "cert")))
ALLOWED = {"schemaVersion", "label", "message", "color", "isError", "cacheSeconds"}
HOSTILE = "</text><script>alert(1)</script>&\"'\x00\x1b\u202e\U0001f600 "


def same(answer: httpx2.Response) -> tuple[int, bytes, list[tuple[str, str]]]:
    """What may not differ between what is hidden and what is missing."""
    headers = sorted((name, value) for name, value in answer.headers.items() if name != "x-request-id")
    return answer.status_code, answer.content, headers


async def make(client: httpx2.AsyncClient, **more: Any) -> dict[str, Any]:
    answer = await client.post(f"{V1}/monitors", json=monitor(**more))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("path", PATHS)
async def test_what_is_not_public_is_the_same_404_as_what_is_not_there(tmp_path: Path, path: str, ending: str) -> None:
    async with asura(tmp_path) as site, site.client() as client, site.client(None) as anybody:
        await make(client, name="Hidden", slug="hidden")
        gone = await make(client, name="Gone", slug="gone", public=True)
        await client.delete(f"{V1}/monitors/{gone['id']}")
        refs = ("hidden", "1", "gone", "2", "never", "999", "0", "%00", "tag", "..", "1e3", "-1")
        found = [
            same(await anybody.get(f"{V1}/badge/{path.format(ref=ref, ending=ending)}", headers={"Accept": "*/*"}))
            for ref in refs
            if ref != ".."
        ]
        assert found[0][:2] == (404, b"not found")
        assert all(one == found[0] for one in found)
        assert same(await client.get(f"{V1}/badge/{path.format(ref='hidden', ending=ending)}")) == found[0]


@pytest.mark.parametrize("path", ["hidden/nothing.svg", "shop/heartbeat.svg", "shop/nothing.json", "tag/none.svg"])
async def test_a_badge_that_there_is_not_is_that_404_too(tmp_path: Path, path: str) -> None:
    async with asura(tmp_path) as site, site.client() as client, site.client(None) as anybody:
        await make(client, name="Shop", slug="shop", public=True)
        await make(client, name="Hidden", slug="hidden", tags=["none"])
        answer = await anybody.get(f"{V1}/badge/{path}")
        assert same(answer) == same(await anybody.get(f"{V1}/badge/never.svg"))


async def test_the_badge_of_a_public_monitor_is_cached_tagged_and_links_to_the_status_page(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client, site.client(None) as anybody:
        await make(client, name="Shop", slug="shop", public=True)
        answer = await anybody.get(f"{V1}/badge/shop.svg")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/svg+xml"
        assert answer.headers["cache-control"] == "public, max-age=300"
        root = ET.fromstring(answer.text)
        assert root.attrib["aria-label"] == "Shop: paused"
        assert root.findtext("{http://www.w3.org/2000/svg}title") == "Shop: paused"
        link = root.find(".//{http://www.w3.org/2000/svg}a")
        assert link is not None and link.attrib["href"] == f"{site.engine.options.url}/status"
        again = await anybody.get(f"{V1}/badge/1.svg", headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["cache-control"] == "public, max-age=300"


@pytest.mark.parametrize("style", render.STYLES)
@pytest.mark.parametrize("label", [None, "", HOSTILE, "x" * 10_000, "备份", "النسخ", "👩‍🚀", "a\u0301\u0302"])
async def test_every_style_is_xml_whatever_it_is_called(tmp_path: Path, style: str, label: str | None) -> None:
    async with asura(tmp_path) as site, site.client() as client, site.client(None) as anybody:
        name = (label or "Shop").replace("\x00", "")[:200]
        await make(client, name=name, slug="shop", public=True)
        query = {"style": style} | ({} if label is None else {"label": label})
        for path in ("shop.svg", "shop/uptime.svg", "shop/response.svg", "shop/cert.svg"):
            answer = await anybody.get(f"{V1}/badge/{path}", params=query)
            root = ET.fromstring(answer.text)
            assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
            assert len(answer.content) < 4_000


async def test_the_json_has_what_shields_io_takes_and_nothing_else(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client, site.client(None) as anybody:
        await make(client, name="Shop", slug="shop", public=True, tags=["eu"])
        for path in ("shop", "shop/uptime", "shop/response", "shop/cert", "tag/eu"):
            told = (await anybody.get(f"{V1}/badge/{path}.json")).json()
            assert told.keys() == ALLOWED
            assert told["schemaVersion"] == 1 and told["message"]
        paused = (await anybody.get(f"{V1}/badge/shop.json")).json()
        assert (paused["message"], paused["color"], paused["isError"]) == ("paused", "#9f9f9f", True)


async def test_a_tag_and_the_whole_count_only_what_is_public(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client, site.client(None) as anybody:
        await make(client, name="Secret", slug="secret", tags=["eu"])
        assert (await anybody.get(f"{V1}/badge/tag/eu.svg")).status_code == 404
        assert (await anybody.get(f"{V1}/badge.svg")).status_code == 404
        await make(client, name="Shop", slug="shop", public=True, tags=["eu", "a.b"])
        assert (await anybody.get(f"{V1}/badge/tag/eu.json")).json()["message"] == "paused"
        assert (await anybody.get(f"{V1}/badge/tag/a.b.json")).json()["label"] == "a.b"
        assert (await anybody.get(f"{V1}/badge.json")).json()["message"] == "paused"


async def test_nothing_private_is_on_any_badge(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client, site.client(None) as anybody:
        private = {"description": "canary-1", "group": "canary-2", "target": "canary-3.example:9"}
        await make(client, name="Shop", slug="shop", public=True, runbook_url="https://canary-4.example", **private)
        for path in ("shop", "shop/uptime", "shop/response", "shop/cert"):
            for ending in ENDINGS:
                assert "canary" not in (await anybody.get(f"{V1}/badge/{path}.{ending}")).text


async def test_the_badge_of_a_job_tells_its_last_run(tmp_path: Path) -> None:
    async with asura(tmp_path, loops=True) as site, site.client() as client, site.client(None) as anybody:
        body = {"name": "Backup", "type": HEARTBEAT, "public": True}
        made = (await client.post(f"{V1}/monitors", json=body)).json()
        assert (await anybody.get(f"{V1}/badge/backup/heartbeat.json")).json()["message"] == "never"
        await site.engine.pings.ping(made["id"], Ping(at=site.engine.clock.now()))
        told = (await anybody.get(f"{V1}/badge/backup/heartbeat.json")).json()
        assert (told["message"], told["color"]) == ("just now", "#4c1")
        assert (await anybody.get(f"{V1}/badge/backup/uptime.json?days=1")).json()["message"] == "100%"


async def test_snippets_show_the_badge_and_link_to_the_page(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client, site.client("viewer") as viewer:
        await make(client, name='A "b" [c] <d>', slug="shop", public=True)
        rows = {row["kind"]: row for row in (await viewer.get(f"{V1}/monitors/shop/badges")).json()["data"]}
        assert rows.keys() == {"status", "uptime", "response", "cert"}
        row, url = rows["uptime"], site.engine.options.url
        assert row["image"] == f"{url}/api/v1/badge/shop/uptime.svg"
        assert row["markdown"].endswith(f"]({url}/api/v1/badge/shop/uptime.svg)]({url}/status)")
        assert row["html"].startswith(f'<a href="{url}/status"><img src="{url}/')
        assert "<d>" not in row["html"] and re.search(r"alt=\"A &#34;b&#34;", row["html"])
        assert f":target: {url}/status" in row["restructuredtext"]
        assert row["asciidoc"].endswith(f'link="{url}/status"]')
        assert (await viewer.get(f"{V1}/monitors/nothing/badges")).status_code == 404


async def test_a_badge_tells_how_one_region_sees_it(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        site.engine.live.know_regions(("eu",))
        made = await make(client, public=True, name="Shop")
        state = site.engine.live.state(made["id"])
        assert state is not None
        seen = Result(made["id"], state.monitor.generation, "eu", site.engine.clock.now(), Finding.UP, Reason.OK)
        site.engine.judge.offer(seen)
        await site.engine.judge.judge(site.engine.clock.now())
        words = {}
        for region in ("eu", "local", "nowhere"):
            answer = await client.get(f"{V1}/badge/{made['slug']}.json", params={"region": region})
            words[region] = answer.json()["message"]
        assert words == {"eu": "up", "local": "pending", "nowhere": "pending"}
        uptime = (await client.get(f"{V1}/badge/{made['slug']}/uptime.json?region=nowhere")).json()
        assert uptime["message"] == "no data"
