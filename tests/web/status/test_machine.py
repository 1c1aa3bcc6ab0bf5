"""What programs read over HTTP: at which addresses, for whom, and how often they need to load it."""

from pathlib import Path

import feedparser
import pytest
from icalendar import Calendar

from asura.domain.page import PageConfig
from asura.web.status import statuspage
from tests.web.harness import asura

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
