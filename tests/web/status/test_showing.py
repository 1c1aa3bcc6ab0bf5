"""What pages show over HTTP: tags, codings, languages, and the lean way out, which says the same as the long one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from asura.domain.page import Page
from tests.engine.kit import break_commits
from tests.web.harness import Asura, asura, monitor

JSON = "/api/v1/status/shop"
HTML = "/status/shop"
# What two answers to the same request may have of their own.
OWN = {"x-request-id"}


async def page(one: Asura, title: str = "Shop", **more: Any) -> Page:
    body = {"title": title, "components": [{"name": f"Part {number}", "tag": "eu"} for number in range(40)], **more}
    password = body.pop("password", None)
    return await one.engine.pages.create(one.engine.pages.prepare(body), password=password)


async def renamed(one: Asura, old: Page, **more: Any) -> Page:
    desk = one.engine.pages
    return await desk.replace(old.id, desk.prepare(more, old=old, partial=True))


@asynccontextmanager
async def visited(folder: Path, **options: Any) -> AsyncIterator[tuple[Asura, httpx2.AsyncClient, Page]]:
    async with asura(folder, **options) as one:
        made = await page(one)
        async with one.client(None) as client:
            client.headers["accept-encoding"] = "identity"
            yield one, client, made


def head_of(answer: httpx2.Response) -> list[tuple[str, str]]:
    return sorted((name, value) for name, value in answer.headers.multi_items() if name not in OWN)


@pytest.mark.parametrize("path", [JSON, HTML, f"{HTML}/history.atom", f"{HTML}/status.svg"])
async def test_a_tag_saves_the_body_until_something_changes(tmp_path: Path, path: str) -> None:
    async with visited(tmp_path) as (one, client, made):
        first = await client.get(path)
        assert first.status_code == 200
        for tags in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
            again = await client.get(path, headers={"if-none-match": tags})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        assert (await client.get(path, headers={"if-none-match": '"other"'})).status_code == 200
        await renamed(one, made, title="Renamed", components=[])
        after = await client.get(path, headers={"if-none-match": first.headers["etag"]})
        assert after.status_code == 200
        assert after.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("path", [JSON, HTML, f"{HTML}/history.atom", f"{HTML}/api/v2/summary.json"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("coding", ["identity", "gzip", "br, gzip"])
async def test_the_lean_way_out_says_the_same_as_the_long_one(
    tmp_path: Path, path: str, method: str, coding: str
) -> None:
    async with visited(tmp_path) as (one, client, _):
        client.headers.update({"accept-encoding": coding, "accept-language": "de"})
        long = await client.request(method, path)
        served = one.app.quick.served
        quick = await client.request(method, path)
        assert one.app.quick.served == served + 1
        assert head_of(quick) == head_of(long)
        assert (quick.status_code, quick.content) == (long.status_code, long.content)
        assert quick.headers["x-request-id"] != long.headers["x-request-id"]
        assert quick.headers["x-content-type-options"] == "nosniff"
        known = {"if-none-match": long.headers["etag"]}
        quick = await client.request(method, path, headers=known)
        assert (quick.status_code, quick.content, one.app.quick.served) == (304, b"", served + 2)
        one.app.quick.forget()
        long = await client.request(method, path, headers=known)
        assert (long.status_code, one.app.quick.served) == (304, served + 2)
        assert head_of(quick) == head_of(long)


async def test_who_has_a_page_already_is_told_so_the_lean_way_from_the_second_time_on(tmp_path: Path) -> None:
    async with visited(tmp_path) as (one, client, _):
        known = {"if-none-match": (await client.get(JSON)).headers["etag"]}
        one.app.quick.forget()
        assert (await client.get(JSON, headers=known)).status_code == 304
        assert one.app.quick.served == 0
        assert (await client.get(JSON, headers=known)).status_code == 304
        assert one.app.quick.served == 1
        assert (await client.get(JSON)).status_code == 200, "whose body nobody has asked for"
        assert one.app.quick.served == 1


async def test_the_lean_way_is_closed_when_something_changes(tmp_path: Path) -> None:
    async with visited(tmp_path) as (one, client, made):
        await client.get(JSON)
        await client.get(JSON)
        assert one.app.quick.served == 1
        made = await renamed(one, made, title="Renamed")
        assert (await client.get(JSON)).json()["title"] == "Renamed"
        await client.get(JSON)
        assert one.app.quick.served == 2
        await renamed(one, made, visibility="signed_in")
        assert (await client.get(JSON)).status_code == 404
        await renamed(one, made, visibility="public")
        await client.get(JSON)
        await client.get(JSON)
        await one.engine.pages.delete(made.id)
        assert (await client.get(JSON)).status_code == 404


async def test_a_main_page_that_is_switched_off_is_gone_at_once(tmp_path: Path) -> None:
    async with visited(tmp_path) as (one, client, _):
        for _ in range(2):
            assert (await client.get("/api/v1/status")).status_code == 200
        one.engine.pages.main_shown = False
        assert (await client.get("/api/v1/status")).status_code == 404


async def test_only_pages_that_anybody_may_see_go_the_lean_way(tmp_path: Path) -> None:
    async with visited(tmp_path) as (one, client, made):
        await renamed(one, made, visibility="networks", networks=["127.0.0.0/8"])
        for _ in range(3):
            answer = await client.get(JSON)
            assert answer.status_code == 200
            assert answer.headers["cache-control"] == "private, no-cache"
            assert "Cookie" in answer.headers["vary"]
            assert "access-control-allow-origin" not in answer.headers
        assert one.app.quick.served == 0


async def test_caches_may_keep_a_public_page_for_as_long_as_its_board(tmp_path: Path) -> None:
    async with visited(tmp_path) as (one, client, made):
        answer = await client.get(HTML)
        assert answer.headers["cache-control"] == "public, max-age=5, stale-if-error=600"
        assert answer.headers["vary"] == "Accept-Encoding, Accept-Language"
        await renamed(one, made, language="de")
        assert (await client.get(HTML)).headers["vary"] == "Accept-Encoding"
        assert (await client.get(JSON)).headers["vary"] == "Accept-Encoding"


async def test_a_page_speaks_its_own_language_or_that_of_its_visitor(tmp_path: Path) -> None:
    async with visited(tmp_path) as (one, client, made):

        async def spoken(accepted: str) -> str:
            answer = await client.get(HTML, headers={"accept-language": accepted})
            return answer.text.partition('lang="')[2].partition('"')[0]

        for _ in range(2):
            assert [await spoken(accepted) for accepted in ("de-CH", "zh", "fr", "")] == ["de", "zh-Hans", "en", "en"]
        assert one.app.quick.served == 5, "whom nothing suits has the page that another one has"
        await renamed(one, made, language="zh")
        assert await spoken("de") == "zh-Hans"


async def test_the_same_path_at_another_host_is_another_page(tmp_path: Path) -> None:
    async with visited(tmp_path) as (one, client, _):
        await page(one, "Own", hosts=["status.own.example"])
        await page(one, "Other", hosts=["status.other.example"])
        for _ in range(3):
            for host, title in (("status.own.example", "Own"), ("status.other.example", "Other")):
                answer = await client.get("/api/v1/status", headers={"host": host})
                assert (answer.json()["title"], answer.json()["url"]) == (title, f"http://{host}")
        assert one.app.quick.served == 4
        assert (await client.get(JSON, headers={"host": "status.own.example"})).status_code == 404


async def test_only_a_proxy_that_is_trusted_names_another_host_or_scheme(tmp_path: Path) -> None:
    async with asura(tmp_path, trusted_proxies=("127.0.0.1",)) as one:
        await page(one, "Own", hosts=["status.own.example"])
        forwarded = {"x-forwarded-host": "status.own.example", "x-forwarded-proto": "https"}
        async with one.client(None) as client:
            for served in range(3):
                answer = await client.get("/api/v1/status", headers=forwarded)
                assert (answer.json()["title"], answer.json()["url"]) == ("Own", "https://status.own.example")
                assert answer.headers["strict-transport-security"] == "max-age=31536000"
                assert one.app.quick.served == served
            answer = await client.get("/api/v1/status", headers={**forwarded, "x-forwarded-proto": "http"})
            assert "strict-transport-security" not in answer.headers
        transport = httpx2.ASGITransport(app=one.app, client=("203.0.113.9", 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://asura.test") as stranger:
            for _ in range(2):
                answer = await stranger.get("/api/v1/status", headers=forwarded)
                assert answer.json()["title"] != "Own"


async def test_answers_that_differ_by_origin_go_the_long_way(tmp_path: Path) -> None:
    async with visited(tmp_path, cors_origins=("https://app.example",)) as (one, client, _):
        for _ in range(2):
            answer = await client.get(JSON, headers={"origin": "https://app.example"})
            assert answer.headers["access-control-allow-origin"] == "https://app.example"
        assert one.app.quick.served == 0
        await client.get(JSON)
        assert "Origin" in (await client.get(JSON)).headers["vary"]
        assert one.app.quick.served == 1


async def test_a_page_may_be_framed_by_those_whom_it_names(tmp_path: Path) -> None:
    async with visited(tmp_path) as (one, client, made):
        answer = await client.get(HTML)
        assert answer.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        await renamed(one, made, frame_ancestors=["https://intra.example"])
        answer = await client.get(HTML)
        assert "x-frame-options" not in answer.headers
        assert "frame-ancestors https://intra.example" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]


async def test_the_lean_way_knows_so_many_forms_and_no_more(tmp_path: Path) -> None:
    async with visited(tmp_path) as (one, client, _):
        for number in range(80):
            assert (await client.get(f"{JSON}?{number}")).status_code == 200
        assert one.app.quick.known <= 32
        for number in range(40):
            await page(one, f"P{number}", components=[])
            await client.get(f"/api/v1/status/p{number}")
        assert one.app.quick.known <= 32 + 40
        assert (await client.get(f"{JSON}?{'x' * 200}")).status_code == 200


async def test_a_page_is_there_while_nothing_can_be_stored(tmp_path: Path) -> None:
    async with visited(tmp_path) as (one, client, _):
        before = (await client.get(JSON)).json()

        await break_commits(one.engine.store, "monitors")
        async with one.client() as editor:
            answer = await editor.post("/api/v1/monitors", json=monitor())
            assert answer.status_code == 503
        assert not one.engine.store.healthy
        for path in (JSON, HTML, JSON, HTML, "/status"):
            assert (await client.get(path)).status_code == 200
        assert (await client.get(JSON)).json()["as_of"] == before["as_of"]
