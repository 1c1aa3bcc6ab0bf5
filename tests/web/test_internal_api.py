"""What probes ask for and deliver over HTTP: assignments by change, long polls and their ends, batches and bounds."""

import asyncio
import gzip
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from asura.domain import wire
from asura.domain.reason import Reason
from asura.domain.status import Finding
from asura.web.api import internal
from tests.engine.kit import break_commits
from tests.web.harness import V1, Asura, asura, eventually, monitor, paths_of, served

MONITORS, RESULTS = f"{V1}/internal/monitors", f"{V1}/internal/results"
SECRET = "canary-17"
HTTP = monitor(
    name="Site",
    type="http",
    target="http://127.0.0.1:9/",
    settings={"secret_headers": {"X-Token": SECRET}},
    enabled=True,
    interval=3600,
    regions=["eu"],
)


class Probe:
    """One process of a probe that speaks to an asura."""

    def __init__(self, site: Asura, client: httpx2.AsyncClient, key: str, *, boot: str = "b0070001") -> None:
        self.site = site
        self.client = client
        self.key = {"Authorization": f"Bearer {key}"}
        self.boot = boot
        self.seq = 0

    async def ask(self, since: str = "", *, wait: int = 0, **query: Any) -> httpx2.Response:
        """Ask for its monitors."""
        asked = {"boot": self.boot, "version": "1.0", **query} | ({"since": since} if since else {})
        return await self.client.get(MONITORS, params={**asked, "wait": wait}, headers=self.key)

    async def assigned(self, since: str = "", **query: Any) -> wire.Assigned:
        """Return what it is to check."""
        answer = await self.ask(since, **query)
        assert answer.status_code == 200, answer.text
        return wire.read(answer.content, wire.Assigned)

    def batch(self, *findings: wire.Finding) -> wire.Batch:
        """Return the next batch."""
        self.seq += 1
        return wire.Batch(boot=self.boot, seq=self.seq, results=findings)

    async def send(self, body: bytes, *, packed: bool = True, **headers: str) -> httpx2.Response:
        """Deliver bytes."""
        coding = {"Content-Encoding": "gzip"} if packed else {}
        known = {"Content-Type": "application/json", wire.SENT_AT: f"{time.time():.3f}", **coding}
        return await self.client.post(RESULTS, content=body, headers=self.key | known | headers)

    async def deliver(self, *findings: wire.Finding) -> wire.Taken:
        """Deliver a batch of findings."""
        answer = await self.send(gzip.compress(msgspec.json.encode(self.batch(*findings))))
        assert answer.status_code == 200, answer.text
        return wire.read(answer.content, wire.Taken)


async def probe_of(site: Asura, client: httpx2.AsyncClient, region: str = "eu", **more: str) -> Probe:
    _, key = await site.engine.probes.create(region, "", by="admin")
    return Probe(site, client, key, **more)


def finding(assignment: wire.Assignment, seen: Finding = Finding.UP, **more: Any) -> wire.Finding:
    reason = Reason.OK if seen is Finding.UP else Reason.CONNECT_REFUSED
    return wire.Finding(
        assignment.id, assignment.generation, round(time.time() * 1000), int(seen), reason.value, **more
    )


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


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "1e9", "", "٣", "1_000", "1" * 30, "0x1"])
async def test_instants_in_headers_are_read_strictly(tmp_path: Path, value: str) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        probe = await probe_of(site, client)
        raw = {wire.SENT_AT.encode(): value.encode()}
        body = gzip.compress(msgspec.json.encode(probe.batch()))
        known = {b"content-type": b"application/json", b"content-encoding": b"gzip"}
        key = {b"authorization": probe.key["Authorization"].encode()}
        headers = list((key | known | raw).items())
        answer = await client.post(RESULTS, content=body, headers=headers)
        assert (answer.status_code, paths_of(answer)) == (422, {wire.SENT_AT})
        clock = list((key | {wire.WALL_CLOCK.encode(): value.encode()}).items())
        answer = await client.get(MONITORS, params={"boot": "b0070001"}, headers=clock)
        assert (answer.status_code, paths_of(answer)) == (422, {wire.WALL_CLOCK})


async def test_a_delivery_without_the_instant_of_sending_is_422(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        probe = await probe_of(site, client)
        body = msgspec.json.encode(probe.batch())
        answer = await client.post(RESULTS, content=body, headers=probe.key | {"Content-Type": "application/json"})
    assert (answer.status_code, paths_of(answer)) == (422, {wire.SENT_AT})


async def test_what_a_probe_found_is_judged_and_kept_once(tmp_path: Path) -> None:
    async with asura(tmp_path, loops=True) as site, site.client() as admin, site.client(None) as client:
        probe = await probe_of(site, client)
        await admin.post(f"{V1}/monitors", json={**HTTP, "failure_threshold": 1, "retries": 0})
        (assignment,) = (await probe.assigned()).monitors
        taken = await probe.deliver(finding(assignment, Finding.DOWN, message="Refused."))
        assert (taken.news, taken.history, taken.refused, taken.known) == (1, 0, 0, False)
        assert taken.tag == (await probe.assigned()).tag
        probe.seq -= 1
        assert (await probe.deliver(finding(assignment, Finding.DOWN))).known
        shown = (await admin.get(f"{V1}/monitors/1")).json()
        assert (shown["status"], shown["last_result"]["region"]) == ("down", "eu")
        (row,) = (await admin.get(f"{V1}/monitors/1/results")).json()["data"]
        assert (row["region"], row["status"], row["message"]) == ("eu", "down", "Refused.")
        (incident,) = (await admin.get(f"{V1}/incidents")).json()["data"]
        assert incident["regions"] == ["eu"]


async def test_a_plain_body_is_taken_too(tmp_path: Path) -> None:
    async with asura(tmp_path, loops=True) as site, site.client(None) as client:
        probe = await probe_of(site, client)
        await probe.assigned()
        answer = await probe.send(msgspec.json.encode(probe.batch()), packed=False)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


BATCH = {"boot": "b0070001", "seq": 1}
ROW = [1, 1, 1, 0, "ok", ""]


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b"{", 400, ""),
        (b"", 400, ""),
        (b"\xff", 400, ""),
        (b'{"boot":"\xff","seq":1}', 400, ""),
        (b'{"boot":"\\ud800","seq":1}', 400, ""),
        (b'{"boot":"a","seq":NaN}', 400, ""),
        (b'{"boot":"a","seq":1} {}', 400, ""),
        (b"[]", 422, ""),
        (b'{"boot":"a"}', 422, ""),
        ({**BATCH, "seq": -1}, 422, "seq"),
        ({**BATCH, "seq": 2**64}, 422, "seq"),
        ({**BATCH, "boot": "x" * 1000}, 422, "boot"),
        ({**BATCH, "results": [ROW, ["x", *ROW[1:]]]}, 422, "results[1][0]"),
        ({**BATCH, "results": [[1]]}, 422, "results[0]"),
        (b'{"boot":"a","seq":1,"results":[[1,1,1,0,"ok","",1e999]]}', 422, "results[0][6]"),
        (b'{"boot":"a","seq":1,"x":' + b"[" * 50_000 + b"]" * 50_000 + b"}", 422, ""),
        ({**BATCH, "wire": 2, "needs": 2}, 426, ""),
        ({"wire": 2, "needs": 2, "batch": "in another form"}, 426, ""),
        ({"wire": "2", "needs": []}, 422, ""),
        ({**BATCH, "wire": 99, "new": "field"}, 200, ""),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_batch_that_makes_no_sense_is_refused_with_its_reason(
    tmp_path: Path, body: Any, status: int, told: str
) -> None:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    async with asura(tmp_path, loops=True) as site, site.client(None) as client:
        probe = await probe_of(site, client)
        await probe.assigned()
        for packed in (True, False):
            answer = await probe.send(gzip.compress(raw) if packed else raw, packed=packed)
            assert answer.status_code == status, answer.text
            if told:
                assert paths_of(answer) == {told}


async def test_sizes_are_bounded_packed_and_unpacked(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        probe = await probe_of(site, client)
        bomb = gzip.compress(b'{"boot":"b","seq":1}' + b" " * (9 << 20))
        large = b"x" * ((1 << 20) + 1)
        statuses = [(await probe.send(body)).status_code for body in (bomb, large)]
        statuses.append((await probe.send(large, packed=False)).status_code)
        statuses.append((await probe.send(gzip.compress(b"{}"), **{"Content-Encoding": "br"})).status_code)
    assert statuses == [413, 413, 413, 415]


async def test_what_cannot_be_stored_now_is_503_and_can_come_again(tmp_path: Path) -> None:
    async with asura(tmp_path, loops=True) as site, site.client() as admin, site.client(None) as client:
        probe = await probe_of(site, client)
        await admin.post(f"{V1}/monitors", json=HTTP)
        (assignment,) = (await probe.assigned()).monitors
        await break_commits(site.engine.store)
        body = gzip.compress(msgspec.json.encode(probe.batch(finding(assignment))))
        answer = await probe.send(body)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_many_monitors_travel_compressed(tmp_path: Path) -> None:
    async with asura(tmp_path, loops=True) as site, site.client(None) as client:
        probe = await probe_of(site, client)
        desk = site.engine.monitors
        for number in range(internal.THREAD_FROM + 50):
            await desk.create(desk.prepare({**HTTP, "name": f"Site {number}"}))
        answer = await probe.ask()
        assert answer.headers["content-encoding"] == "gzip"
        assert len(wire.read(answer.content, wire.Assigned).monitors) == internal.THREAD_FROM + 50
