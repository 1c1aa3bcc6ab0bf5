"""What probes ask for over HTTP: assignments by change, long polls and how they end, versions that differ."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from asura.domain import wire
from asura.web.api import internal
from tests.web.harness import V1, Asura, asura, eventually, served
from tests.web.probe_kit import HTTP, MONITORS, SECRET, Probe, probe_of


async def test_a_probe_gets_its_monitors_with_their_secrets_and_then_what_changes(tmp_path: Path) -> None:
    async with asura(tmp_path, loops=True) as site, site.client() as admin, site.client(None) as client:
        probe = await probe_of(site, client)
        await admin.post(f"{V1}/monitors", json=HTTP)
        await admin.post(f"{V1}/monitors", json={**HTTP, "name": "Elsewhere", "regions": ["us"]})
        await admin.post(f"{V1}/monitors", json={"name": "Job", "type": "heartbeat", "interval": 3600})
        answer = await probe.ask()
        first = wire.read(answer.content, wire.Assigned)
        assert (first.full, first.region, first.probe_id) == (True, "eu", 1)
        assert [one.target for one in first.monitors] == ["http://127.0.0.1:9/"]
        assert first.monitors[0].settings["secret_headers"] == {"X-Token": SECRET}
        assert answer.headers["etag"] == f'"{first.tag}"'
        assert answer.headers["cache-control"] == "no-store"
        for same in ({"since": first.tag}, {}):
            again = await client.get(
                MONITORS, params={"boot": probe.boot, **same}, headers=probe.key | {"If-None-Match": f'"{first.tag}"'}
            )
            assert (again.status_code, again.content) == (304, b"")
        await admin.patch(f"{V1}/monitors/1", json={"interval": 60})
        second = await probe.assigned(first.tag)
        assert (second.full, [one.interval for one in second.monitors]) == (False, [60])
        await admin.delete(f"{V1}/monitors/1")
        third = await probe.assigned(second.tag)
        assert (third.monitors, third.gone) == ((), (1,))


async def test_a_long_poll_answers_as_soon_as_something_changes(tmp_path: Path) -> None:
    async with asura(tmp_path, loops=True) as site, site.client() as admin, site.client(None) as client:
        probe = await probe_of(site, client)
        first = await probe.assigned()
        polling = asyncio.ensure_future(probe.ask(first.tag, wait=30))
        await asyncio.sleep(0.2)
        assert not polling.done()
        began = time.monotonic()
        await admin.post(f"{V1}/monitors", json=HTTP)
        answer = await polling
        assert time.monotonic() - began < 1
        assert [one.type for one in wire.read(answer.content, wire.Assigned).monitors] == ["http"]


async def test_a_long_poll_ends_with_304_when_its_time_is_over(tmp_path: Path) -> None:
    async with asura(tmp_path, loops=True) as site, site.client(None) as client:
        probe = await probe_of(site, client)
        first = await probe.assigned()
        began = time.monotonic()
        answer = await probe.ask(first.tag, wait=1)
        assert (answer.status_code, answer.headers["etag"]) == (304, f'"{first.tag}"')
        assert "connection" not in answer.headers
        assert 0.9 < time.monotonic() - began < 3


async def revoke(site: Asura) -> None:
    await site.engine.probes.delete(1)


async def rotate(site: Asura) -> None:
    await site.engine.probes.rotate(1)


async def stop(site: Asura) -> None:
    site.app.streams.close()


@pytest.mark.parametrize(("end", "status"), [(revoke, 401), (rotate, 401), (stop, 503)])
async def test_a_long_poll_ends_when_its_key_does_or_the_process_stops(
    tmp_path: Path, end: Callable[[Asura], Awaitable[None]], status: int
) -> None:
    async with asura(tmp_path, loops=True) as site, site.client(None) as client:
        probe = await probe_of(site, client)
        first = await probe.assigned()
        polling = asyncio.ensure_future(probe.ask(first.tag, wait=30))
        await asyncio.sleep(0.1)
        began = time.monotonic()
        await end(site)
        answer = await polling
        assert answer.status_code == status
        assert time.monotonic() - began < 1.5
        if status == 503:
            assert answer.headers["retry-after"] == "1"
            # Who comes before the process has ended does not ask again and again.
            assert (await probe.ask(first.tag, wait=30)).status_code == 503


async def test_a_long_poll_whose_client_went_away_is_over(tmp_path: Path) -> None:
    async with asura(tmp_path, loops=True) as site, served(site.app) as base:
        async with httpx2.AsyncClient(base_url=base, timeout=30) as client:
            probe = await probe_of(site, client)
            first = await probe.assigned()
            before = len(asyncio.all_tasks())
            polling = asyncio.ensure_future(probe.ask(first.tag, wait=30))
            await eventually(lambda: waiting() == 1)
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)
        await eventually(lambda: waiting() == 0)
        assert len(asyncio.all_tasks()) <= before


async def test_of_many_long_polls_of_one_probe_the_newest_two_wait(tmp_path: Path) -> None:
    async with asura(tmp_path, loops=True) as site, site.client() as admin, site.client(None) as client:
        probe = await probe_of(site, client)
        first = await probe.assigned()
        began = time.monotonic()
        polls = []
        for _ in range(20):
            polls.append(asyncio.ensure_future(probe.ask(first.tag, wait=30)))
            await asyncio.sleep(0.01)
        ended = await asyncio.gather(*polls[:-2])
        assert {answer.status_code for answer in ended} == {304}
        assert {answer.headers["etag"] for answer in ended} == {f'"{first.tag}"'}
        # Nor does their connection stay, to be held idle.
        assert {answer.headers["connection"] for answer in ended} == {"close"}
        assert time.monotonic() - began < 5
        assert not any(poll.done() for poll in polls[-2:])
        assert waiting() == 2
        # The two that wait are answered as ever.
        await admin.post(f"{V1}/monitors", json=HTTP)
        answers = await asyncio.gather(*polls[-2:])
        assert [answer.status_code for answer in answers] == [200, 200]
        assert waiting() == 0


def waiting() -> int:
    """Return how many long polls wait for a client to go away."""
    return sum(getattr(task.get_coro(), "__name__", "") == "_hung_up" for task in asyncio.all_tasks())


async def test_long_polls_and_deliveries_are_not_counted_against_limits_and_wrong_keys_are(tmp_path: Path) -> None:
    limits: dict[str, Any] = {"rate_limit_per_sec": 0.001, "rate_limit_burst": 3}
    async with asura(tmp_path, loops=True, **limits) as site, site.client(None) as client:
        probe = await probe_of(site, client)
        first = await probe.assigned()
        answers = await asyncio.gather(*(probe.ask(first.tag, wait=1) for _ in range(10)))
        assert {one.status_code for one in answers} == {304}
        for _ in range(5):
            await probe.deliver()
        stranger = Probe(site, client, "asura_wrong")
        statuses = [(await stranger.ask()).status_code for _ in range(5)]
        statuses += [(await stranger.send(b"")).status_code]
        assert statuses == [401, 401, 401, 429, 429, 429]
        assert (await probe.ask(first.tag)).status_code == 304


async def test_two_processes_with_one_key_do_not_both_check(tmp_path: Path) -> None:
    async with asura(tmp_path, loops=True) as site, site.client(None) as client:
        one = await probe_of(site, client)
        tag = (await one.assigned()).tag
        polling = asyncio.ensure_future(one.ask(tag, wait=5))
        await asyncio.sleep(0.1)
        other = Probe(site, client, one.key["Authorization"].partition(" ")[2], boot="b0070002")
        statuses = {(await other.ask()).status_code, (await polling).status_code}
    assert 409 in statuses


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ({"boot": ""}, 422, "boot"),
        ({"boot": "no hexadecimal"}, 422, "boot"),
        ({"boot": "x" * 65}, 422, "boot"),
        ({"wait": 31}, 422, "wait"),
        ({"wait": "1e3"}, 422, "wait"),
        ({"wire": 0}, 422, "wire"),
        ({"since": "x" * 201}, 422, "since"),
        ({"region": "us"}, 409, "eu"),
        ({"wire": 2, "needs": 2}, 426, "Upgrade the primary"),
        ({"wire": 99, "needs": 1}, 200, ""),
    ],
    ids=str,
)
async def test_what_cannot_be_asked_is_refused_with_its_reason(
    tmp_path: Path, query: Any, status: int, told: str
) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        probe = await probe_of(site, client)
        answer = await probe.ask(**{"wait": 0, **query})
    assert answer.status_code == status
    assert told in answer.text


def test_a_probe_that_is_too_old_is_told_to_be_upgraded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "NEEDS", 3)
    with pytest.raises(internal.Refused, match="Upgrade the probe") as caught:
        internal.check_versions(2, 1)
    assert caught.value.status == 426


async def test_many_monitors_travel_compressed(tmp_path: Path) -> None:
    async with asura(tmp_path, loops=True) as site, site.client(None) as client:
        probe = await probe_of(site, client)
        desk = site.engine.monitors
        for number in range(internal.THREAD_FROM + 50):
            await desk.create(desk.prepare({**HTTP, "name": f"Site {number}"}))
        answer = await probe.ask()
        assert answer.headers["content-encoding"] == "gzip"
        assert len(wire.read(answer.content, wire.Assigned).monitors) == internal.THREAD_FROM + 50
