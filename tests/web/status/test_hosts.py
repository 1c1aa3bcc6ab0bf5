"""Pages at host names of their own: the page and everything below it at the root, and nothing else of asura."""

import time
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from asura.domain.page import Page
from asura.engine.options import MainPage
from asura.web.status import assets
from asura.web.status.hosts import Hosts
from tests.web.harness import V1, Asura, asura, monitor
from tests.web.status.visitors import come

HOST = "status.shop.example"


async def bind(site: Asura, **more: Any) -> Page:
    desk = site.engine.pages
    return await desk.create(desk.prepare({"title": "Shop", "hosts": [HOST], **more}), slug="shop")


async def test_a_page_is_at_the_root_with_everything_below_it(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        await bind(site, accent="#0055cc")
        async with come(site, host=HOST) as client:
            for path, kind in [
                ("/", "text/html"),
                ("/history", "text/html"),
                ("/history.rss", "application/rss+xml"),
                ("/api/v2/summary.json", "application/json"),
                ("/api/v1/status", "application/json"),
                ("/theme.css", "text/css"),
                (f"/assets/{assets.name('page.css')}", "text/css"),
                ("/status.svg", "image/svg+xml"),
            ]:
                answer = await client.get(path)
                assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, kind), path
            page = (await client.get("/")).text
            assert 'href="/history.rss"' in page and 'href="/theme.css"' in page and "/status/" not in page
            assert (await client.get("/api/v1/status")).json()["url"] == f"http://{HOST}"
            assert (await client.head("/")).status_code == 200


ELSEWHERE = (
    *(
        "/status",
        "/status/shop",
        "/status/status",
        "/shop",
        "/setup",
        "/monitors",
        "/index.html",
        "/metrics",
        "/ping/x",
    ),
    *(f"{V1}/monitors", f"{V1}/health", f"{V1}/status/shop", f"{V1}/openapi.json", f"{V1}/status-pages/ask"),
    *(f"{V1}/badge/1.svg", "/api/docs", "/../status/shop", "/%2e%2e/status", "/api/v1/status/"),
)


async def test_nothing_else_is_there(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        await bind(site)
        async with come(site, host=HOST) as client:
            for path in ELSEWHERE:
                answer = await client.get(path, headers={"Authorization": f"Bearer {site.keys['admin']}"})
                assert (answer.status_code, answer.text) == (404, "not found"), path
            # There is a form to log in to pages, which takes what is sent alone.
            assert (await client.get("/login")).status_code == 405


async def test_jobs_do_not_call_in_at_the_name_of_a_page(tmp_path: Path) -> None:
    async with asura(tmp_path, loops=True) as site, site.client("editor") as editor:
        await bind(site)
        body = {"name": "job", "type": "heartbeat", "interval": 60, "grace": 60}
        token = (await editor.post(f"{V1}/monitors", json=body)).json()["heartbeat"]["token"]
        async with come(site, host=HOST) as client:
            assert (await client.post(f"{V1}/heartbeat/{token}")).text == "not found"
        async with come(site) as client:
            assert (await client.post(f"{V1}/heartbeat/{token}")).text == "OK"


async def test_a_name_is_known_however_it_is_written(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        await bind(site)
        async with come(site) as client:
            for host in (HOST.upper(), f"{HOST}:8443", f"{HOST}.", f" {HOST}"):
                answer = await client.get("/api/v1/status", headers={"Host": host})
                assert answer.json()["title"] == "Shop"
                port = ":8443" if "8443" in host else ""
                assert answer.json()["url"] == f"http://{HOST}{port}"


async def test_names_that_are_not_bound_are_as_they_were(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        await bind(site)
        async with come(site) as client:
            for host in ("shop.example", f"x.{HOST}", f"{HOST}.evil.example", "", "127.0.0.1", "asura.test"):
                assert (await client.get("/status/shop", headers={"Host": host})).status_code == 200
                assert (await client.get(f"{V1}/health", headers={"Host": host})).status_code == 200


async def test_what_stands_in_a_host_header_is_not_repeated(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        await bind(site)
        async with come(site) as client:
            answer = await client.get("/api/v1/status", headers={"Host": f'{HOST}:"><script>'})
            assert answer.json()["url"] == f"http://{HOST}"


async def test_the_name_that_a_proxy_forwards_counts_when_it_is_trusted(tmp_path: Path) -> None:
    async with asura(tmp_path, trusted_proxies=("192.0.2.1/32",)) as site:
        await bind(site)
        forwarded = {"X-Forwarded-Host": HOST, "X-Forwarded-Proto": "https"}
        async with come(site, "192.0.2.1") as proxy:
            answer = await proxy.get("/api/v1/status", headers=forwarded)
            assert answer.json()["url"] == f"https://{HOST}"
        async with come(site, "192.0.2.2") as stranger:
            answer = await stranger.get("/api/v1/status", headers=forwarded)
            assert answer.json()["title"] == "Status"


async def test_the_page_of_the_configuration_has_names_too_and_shows_no_other_page_there(tmp_path: Path) -> None:
    async with asura(tmp_path, base_path="/watch") as site:
        desk = site.engine.pages
        await desk.create(desk.prepare({"title": "Other"}), slug="other")
        config = replace(site.engine.options.main_page.config, hosts=(HOST,))
        await desk.keep_main(MainPage(config=config))
        async with come(site, host=HOST) as client:
            assert (await client.get("/api/v1/status")).json()["title"] == "Status"
            assert (await client.get("/")).status_code == 200
            for path in ("/other", "/status/other", "/watch/status", "/api/v1/status/other"):
                assert (await client.get(path)).text == "not found"
        await desk.keep_main(MainPage(config=config, shown=False))
        async with come(site, host=HOST) as client:
            assert (await client.get("/watch/api/v1/health")).status_code == 200


async def test_a_name_is_let_go_of_at_once(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, come(site, host=HOST) as client:
        page = await bind(site)
        assert (await client.get("/")).status_code == 200
        assert (await client.get(f"{V1}/health")).status_code == 404
        desk = site.engine.pages
        await desk.replace(page.id, desk.prepare({"hosts": []}, old=page, partial=True))
        assert (await client.get(f"{V1}/health")).status_code == 200


async def test_a_page_cannot_take_the_name_by_which_it_is_made(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as editor:
        answer = await editor.post(f"{V1}/status-pages", json={"title": "x", "hosts": ["asura.test"]})
        assert answer.status_code == 422 and "using asura now" in answer.text
        assert (await editor.post(f"{V1}/monitors", json=monitor())).status_code == 201


async def test_a_name_that_is_not_bound_costs_next_to_nothing(tmp_path: Path) -> None:
    """It is looked up for each request, pings among them: in CPU, 5 µs are five times what it takes."""
    async with asura(tmp_path) as site:
        await bind(site)
        hosts = Hosts(site.engine.pages, site.app._surroundings, "")
        headers = [(b"host", b"asura.test"), (b"user-agent", b"curl/8"), (b"accept", b"*/*")]
        scope = {"type": "http", "path": "/ping/x", "headers": headers, "client": ("192.0.2.1", 1)}
        hosts.lead(scope)
        began = time.process_time()
        for _ in range(20_000):
            hosts.lead(scope)
        each = (time.process_time() - began) / 20_000
    assert scope["path"] == "/ping/x"
    assert each < 5e-6, f"{each * 1e6:.2f} µs"
