"""What probes deliver over HTTP: taken once, and refused with its reason where it makes no sense or is too much."""

import gzip
from pathlib import Path
from typing import Any

import msgspec
import pytest

from asura.domain import wire
from asura.domain.status import Finding
from tests.engine.kit import break_commits
from tests.web.harness import V1, asura, paths_of
from tests.web.probe_kit import HTTP, MONITORS, RESULTS, finding, probe_of


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
