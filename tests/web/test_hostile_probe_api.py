"""A probe that means harm, or lost its key: what it sends costs little, hides nothing, and is shown to nobody."""

import asyncio
import gzip
import time
import tracemalloc
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from asura.domain import wire
from asura.domain.result import Evidence
from asura.domain.status import Finding
from asura.errors import Invalid
from asura.web.api import internal
from tests.web.harness import V1, Asura, asura, eventually, served
from tests.web.probe_kit import HTTP, RESULTS, SECRET, Probe, finding, probe_of

SHOP = {**HTTP, "name": "Shop", "regions": ["eu", "us", "evil"], "failure_threshold": 1, "retries": 0, "interval": 60}


def row(assignment: wire.Assignment, seen: int, evidence: str, message: str = "") -> str:
    said = msgspec.json.encode(message).decode()
    at = round(time.time() * 1000)
    return f'[{assignment.id},{assignment.generation},{at},{seen},"http_status",{said},1.0,0,null,true,{evidence}]'


async def send(probe: Probe, *rows: str) -> httpx2.Response:
    probe.seq += 1
    return await probe.send(
        gzip.compress(f'{{"boot":"{probe.boot}","seq":{probe.seq},"results":[{",".join(rows)}]}}'.encode())
    )


@pytest.mark.parametrize("seen", [Finding.UP, Finding.DEGRADED], ids=str)
@pytest.mark.parametrize(("levels", "answer"), [(40, 200), (200, 200), (500, 422), (900, 422)])
async def test_poisoned_evidence_of_one_region_hides_no_outage_on_which_others_agree(
    tmp_path: Path, levels: int, answer: int, seen: Finding
) -> None:
    async with asura(tmp_path, loops=True) as site, site.client() as admin, site.client(None) as client:
        await admin.post(f"{V1}/monitors", json=SHOP)
        eu, us, evil = [await probe_of(site, client, region) for region in ("eu", "us", "evil")]
        for one in (eu, us, evil):
            (shop,) = (await one.assigned()).monitors
            await one.deliver(finding(shop))
        deep = '{"facts":{"a":' + "[" * levels + "]" * levels + "}}"
        assert (await send(evil, row(shop, int(seen), deep))).status_code == answer
        for one in (eu, us):
            assert (await one.deliver(finding(shop, Finding.DOWN, message="Refused."))).news == 1
        (incident,) = (await admin.get(f"{V1}/incidents")).json()["data"]
        assert {"eu", "us"} <= set(incident["regions"])
        assert (await admin.get(f"{V1}/monitors/1")).json()["status"] == "down"
        for path in ("", "/evidence", "/explain"):
            assert (await admin.get(f"{V1}/incidents/{incident['id']}{path}")).status_code == 200


DEEP = b"[" * 50_000 + b"]" * 50_000


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"boot":1,"seq":1,"x":' + DEEP + b"}", id="behind what is wrong"),
        pytest.param(b'{"wire":"x","x":' + DEEP + b"}", id="behind a version that is none"),
        pytest.param(DEEP, id="nothing else"),
        pytest.param(
            b'{"boot":"b0070001","seq":1,"results":[[1,1,1,2,"ok","",null,0,null,true,' + DEEP + b"]]}", id="evidence"
        ),
        pytest.param(
            b'{"boot":"b0070001","seq":1,"results":[[1,1,1,9,"ok","",null,0,null,true,' + DEEP + b"]]}", id="both"
        ),
        pytest.param(b'{"boot":1,"seq":1,"x":[}', id="wrong and broken"),
    ],
)
async def test_what_is_nested_too_deep_anywhere_is_refused_and_no_fault_of_ours(tmp_path: Path, body: bytes) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        probe = await probe_of(site, client)
        assert (await probe.send(gzip.compress(body))).status_code in (400, 422)


@pytest.mark.parametrize("inside", ["{}", "[]", '""', '{"a":{}}'])
def test_a_few_bytes_never_become_many_megabytes(inside: str) -> None:
    many = ",".join([inside] * ((3 << 20) // (len(inside) + 1)))
    raw = (
        '{"boot":"b0070001","seq":1,"results":[[1,1,1,2,"ok","",null,0,null,true,{"facts":{"a":[' + many + "]}}]]}"
    ).encode()
    tracemalloc.start()
    try:
        (one,) = internal.decoded(raw).results
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert one.evidence is not None and set(one.evidence.facts) == {"evidence"}
    assert peak < 8 << 20


def test_no_batch_holds_more_results_than_it_may() -> None:
    one = '[1,1,1,0,""]'
    fits = f'{{"boot":"b0070001","seq":1,"results":[{",".join([one] * 1000)}]}}'
    assert len(internal.decoded(fits.encode()).results) == 1000
    with pytest.raises(Invalid, match="results: must have at most 1000"):
        internal.decoded(fits.replace("[[", f"[{one},[").encode())


async def test_what_a_probe_says_moves_no_cursor_and_turns_no_words(tmp_path: Path) -> None:
    async with asura(tmp_path, loops=True) as site, site.client() as admin, site.client(None) as client:
        probe = await probe_of(site, client)
        await admin.post(f"{V1}/monitors", json={**SHOP, "regions": ["eu"]})
        odd = "\x1b[31mred\r\nSet-Cookie: y\u202eevil"
        assert [(await probe.ask(version=one)).status_code for one in ("1\x1b[2J", "1\u202e2")] == [422, 422]
        (shop,) = (await probe.assigned()).monitors
        assert (await send(probe, row(shop, 2, "null", odd))).status_code == 200
        shown = (await admin.get(f"{V1}/monitors/1")).json()
        assert shown["last_result"]["message"] == " [31mred  Set-Cookie: y\ufffdevil"
        assert "\x1b" not in shown["status_message"]


async def test_viewers_see_no_secret_that_a_probe_was_told_and_tells_back(tmp_path: Path) -> None:
    async with asura(tmp_path, loops=True) as site, site.client() as admin, site.client(None) as client:
        probe = await probe_of(site, client)
        await admin.post(f"{V1}/monitors", json={**SHOP, "regions": ["eu"]})
        (shop,) = (await probe.assigned()).monitors
        seen = Evidence(request=f"GET / HTTP/1.1\r\nX-Token: {SECRET}", facts={"sent": {"X-Token": SECRET}})
        await probe.deliver(finding(shop, Finding.DOWN, message=f"It said {SECRET}.", evidence=seen))
        async with site.client("viewer") as viewer:
            paths = ("monitors/1", "monitors/1/results", "monitors/1/regions", "incidents/1", "incidents/1/evidence")
            answers = [await viewer.get(f"{V1}/{path}") for path in paths]
        assert [answer.status_code for answer in answers] == [200] * len(paths)
        assert [SECRET in answer.text for answer in answers] == [False] * len(paths)
        assert "It said ********." in answers[0].text and "********" in answers[-1].text


async def test_a_probe_that_asks_without_end_is_told_when_to_come_again(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        probe, other = await probe_of(site, client), await probe_of(site, client)
        answers = await asyncio.gather(*(probe.ask() for _ in range(40)))
        refused = [one for one in answers if one.status_code == 429]
        assert 10 <= len(refused) <= 16
        assert {one.headers["retry-after"] for one in refused} == {"2"}
        # Nobody else pays for it, and neither do its deliveries.
        assert (await other.ask()).status_code == 200
        assert (await probe.deliver()).known is False


async def test_a_probe_that_delivers_without_end_is_told_when_to_come_again(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        probe = await probe_of(site, client)
        answers = await asyncio.gather(*(probe.send(b"no gzip at all") for _ in range(20)))
        # What cannot be read may have cost as much as anything does.
        assert sorted({one.status_code for one in answers}) == [400, 429]
        assert sum(one.status_code == 400 for one in answers) == 5
        assert {one.headers["retry-after"] for one in answers if one.status_code == 429} == {"1"}


async def rotate(site: Asura) -> None:
    await site.engine.probes.rotate(1)


async def revoke(site: Asura) -> None:
    await site.engine.probes.delete(1)


@pytest.mark.parametrize("end", [rotate, revoke])
async def test_a_key_that_ends_while_its_body_is_on_the_way_delivers_nothing(tmp_path: Path, end: Any) -> None:
    async with asura(tmp_path, loops=True) as site, site.client() as admin, site.client(None) as client:
        probe = await probe_of(site, client)
        await admin.post(f"{V1}/monitors", json={**SHOP, "regions": ["eu"]})
        (shop,) = (await probe.assigned()).monitors
        body = msgspec.json.encode(probe.batch(finding(shop, Finding.DOWN)))
        async with served(site.app) as address:
            host, _, port = address.removeprefix("http://").partition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            head = (
                f"POST {RESULTS} HTTP/1.1\r\nHost: asura\r\nAuthorization: {probe.key['Authorization']}\r\n"
                f"Content-Type: application/json\r\n{wire.SENT_AT}: {time.time():.3f}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body[:10])
            await eventually(lambda: bool(site.engine.intake._allowances))
            await end(site)
            writer.write(body[10:])
            answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            writer.close()
        assert b" 401 " in answer.split(b"\r\n")[0]
        assert (await admin.get(f"{V1}/monitors/1/results")).json()["data"] == []
