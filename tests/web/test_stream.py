"""Server-Sent Events over a real server: deltas, resuming, starting anew, and ends."""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from asura.web import stream
from tests.web.harness import V1, Asura, asura, eventually, monitor, paths_of, served

URL = f"{V1}/events"


class Listener:
    """Reads one stream into `events`: (id, kind, data); comments count."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str, dict[str, object]]] = []
        self.comments = 0
        self.headers: httpx2.Headers = httpx2.Headers()
        self.ended = False

    async def read(self, answer: httpx2.Response) -> None:
        """Read until the stream ends."""
        fields: dict[str, str] = {}
        async for line in answer.aiter_lines():
            if line.startswith(":"):
                self.comments += 1
            elif line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "event" in fields:
                self.events.append((fields["id"], fields["event"], json.loads(fields["data"])))
                fields = {}
        self.ended = True

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of what was heard."""
        return [kind for _, kind, _ in self.events]


@contextlib.asynccontextmanager
async def listening(
    site: Asura,
    base: str,
    *,
    last_id: str | None = None,
    key: str | None = None,
    headers: dict[str, str] | None = None,
) -> AsyncIterator[Listener]:
    """Yield somebody who listens: by a key, or by whatever is in the headers."""
    found = Listener()
    headers = headers or {"Authorization": f"Bearer {key or site.keys['viewer']}"} | (
        {"Last-Event-ID": last_id} if last_id else {}
    )
    async with (
        httpx2.AsyncClient(base_url=base, timeout=30) as client,
        client.stream("GET", URL, headers=headers) as answer,
    ):
        assert answer.status_code == 200
        found.headers = answer.headers
        before = site.engine.events.listeners
        reading = asyncio.ensure_future(found.read(answer))
        await eventually(lambda: site.engine.events.listeners >= max(1, before))
        try:
            yield found
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


async def test_a_change_is_heard_as_a_row_with_an_id(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, served(site.app) as base, site.client() as client, listening(site, base) as one:
        await client.post(f"{V1}/monitors", json=monitor())
        await eventually(lambda: len(one.events) == 1)
        await client.delete(f"{V1}/monitors/1")
        await eventually(lambda: len(one.events) == 2)
        overview = {"id", "slug", "name", "type", "status", "reason", "since", "last_ms", "uptime_24h_ratio", "strip"}
    (event_id, kind, row), (_, _, gone) = one.events
    assert one.headers["content-type"].startswith("text/event-stream")
    assert one.headers["cache-control"] == "no-store"
    assert re.fullmatch(r"[0-9a-f]+-\d+", event_id)
    assert (kind, row["name"], row["status"]) == ("monitor", "Shop", "paused")
    assert overview <= set(row)
    # Instants look the same wherever they are told.
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(row["since"]))
    assert gone == {"id": 1, "deleted": True}


async def test_who_comes_back_hears_what_was_missed_once_and_in_order(tmp_path: Path) -> None:
    async with (
        asura(tmp_path) as site,
        served(site.app) as base,
        site.client() as client,
        listening(site, base) as stays,
    ):
        async with listening(site, base) as leaves:
            await client.post(f"{V1}/monitors", json=monitor(name="first"))
            await eventually(lambda: len(leaves.events) == 1)
            last_id = leaves.events[0][0]
        for name in ("second", "third"):
            await client.post(f"{V1}/monitors", json=monitor(name=name))
        await eventually(lambda: len(stays.events) == 3)
        async with listening(site, base, last_id=last_id) as again:
            await eventually(lambda: len(again.events) == 2)
        assert again.events == stays.events[1:]
        assert [row["name"] for _, _, row in again.events] == ["second", "third"]


async def test_the_only_listener_misses_nothing_either(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, served(site.app) as base, site.client() as client:
        async with listening(site, base) as leaves:
            await client.post(f"{V1}/monitors", json=monitor(name="first"))
            await eventually(lambda: len(leaves.events) == 1)
        await eventually(lambda: site.engine.events.listeners == 0)
        await client.post(f"{V1}/monitors", json=monitor(name="second"))
        async with listening(site, base, last_id=leaves.events[0][0]) as again:
            # Either what was missed, or the word to load everything anew.
            await eventually(lambda: len(again.events) >= 1)
            assert again.kinds[0] in {"monitor", "reset"}


@pytest.mark.parametrize("last_id", ["0000-1", "nonsense", "-", "x" * 100, "1"])
async def test_an_id_that_is_too_old_or_of_another_start_gets_a_reset(tmp_path: Path, last_id: str) -> None:
    async with asura(tmp_path) as site, served(site.app) as base, listening(site, base, last_id=last_id) as one:
        async with site.client() as client:
            await client.post(f"{V1}/monitors", json=monitor())
        await eventually(lambda: len(one.events) == 2)
    assert one.kinds == ["reset", "monitor"]


@pytest.mark.parametrize("last_id", ["x" * 101, "a\x01b"])
async def test_an_id_that_nobody_could_have_given_is_422(tmp_path: Path, last_id: str) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        answer = await client.get(URL, headers={"Last-Event-ID": last_id})
    assert (answer.status_code, paths_of(answer)) == (422, {"Last-Event-ID"})


async def test_silence_is_filled_with_comments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "QUIET_SECONDS", 0.05)
    async with asura(tmp_path) as site, served(site.app) as base, listening(site, base) as one:
        await eventually(lambda: one.comments >= 3)
    assert one.events == []


def test_the_comment_comes_every_15_seconds() -> None:
    assert stream.QUIET_SECONDS == 15


async def test_a_revoked_key_hears_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "QUIET_SECONDS", 0.05)
    async with asura(tmp_path) as site, served(site.app) as base:
        stored, token = await site.engine.keys.create("guest", "viewer")
        async with listening(site, base, key=token) as one:
            await site.engine.keys.revoke(stored.id)
            await eventually(lambda: one.ended)
        await eventually(lambda: site.app.streams.count == 0)
        assert site.engine.events.listeners == 0


async def test_a_listener_who_goes_leaves_nothing_behind(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, served(site.app) as base:
        async with listening(site, base), listening(site, base):
            assert site.app.streams.count == 2
        await eventually(lambda: site.app.streams.count == 0 and site.engine.events.listeners == 0)


async def test_streams_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_PER_CLIENT", 2)
    async with contextlib.AsyncExitStack() as stack:
        site = await stack.enter_async_context(asura(tmp_path))
        base = await stack.enter_async_context(served(site.app))
        for _ in range(2):
            await stack.enter_async_context(listening(site, base))
        client = await stack.enter_async_context(site.client("viewer"))
        answer = await client.get(URL)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_the_server_stops_at_once_though_somebody_listens(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        async with contextlib.AsyncExitStack() as stack:
            base = await stack.enter_async_context(served(site.app))
            one = await stack.enter_async_context(listening(site, base))
            began = time.monotonic()
            site.app.streams.close()
            await eventually(lambda: one.ended)
        assert time.monotonic() - began < 1.5


async def test_the_stream_of_a_secret_holds_no_secret(tmp_path: Path) -> None:
    body = monitor(type="http", target="http://127.0.0.1:9/", settings={"secret_headers": {"X-Token": "canary-9"}})
    async with asura(tmp_path) as site, served(site.app) as base, site.client() as client, listening(site, base) as one:
        await client.post(f"{V1}/monitors", json=body)
        await eventually(lambda: len(one.events) == 1)
    assert "canary-9" not in str(one.events)
