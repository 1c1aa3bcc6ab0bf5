"""What a probe asks, and what it makes of answers: also of those of a primary that is mad, large or endless."""

import asyncio
import ssl
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from asura import __version__
from asura.clock import SystemClock
from asura.probe.clock import ProbeClock
from asura.probe.spool import Packet, packed
from asura.probe.trouble import Kind, Trouble
from tests.probe.kit import KEY, MONITORS, RESULTS, Reply, client_of, http, primary, problem
from tests.world import FakeClock

PACKET = Packet(1, packed(b'{"boot":"b0","seq":1}'), 0, 0.0, 0.0)
MIB = 1024 * 1024
# A clock that has lost its battery, a day before the year 2000, the year 9999, and worse.
UNBELIEVABLE = (b"1.5", b"946684799", b"253370764800", b"1e300", b"-1e300", b"1e308")


async def failing(url: str, *, key: str = KEY, region: str = "", deliver: bool = False) -> Trouble:
    """Return the trouble of a question."""
    async with client_of(url, key=key, region=region) as (client, _, _):
        with pytest.raises(Trouble) as failed:
            await (client.deliver(PACKET) if deliver else client.fetch("", wait=0))
        return failed.value


async def test_it_says_who_asks_and_what_it_has() -> None:
    async with primary(http(1, "http://x/")) as server, client_of(server.url, region="eu-west") as (client, _, _):
        first = await client.fetch("", wait=0)
        assert first is not None
        assert await client.fetch(first.tag, wait=0) is None
        one, two = server.requests
    who = {"boot": "b0", "version": __version__, "wire": "1", "needs": "1", "region": "eu-west", "name": "one"}
    assert one.query == who | {"wait": "0"}
    assert abs(float(one.headers["x-asura-clock"]) - time.time()) < 5
    assert (two.query["since"], two.headers["if-none-match"]) == (first.tag, f'"{first.tag}"')


async def test_a_delivery_says_whose_it_is_and_when_it_left() -> None:
    async with primary() as server, client_of(server.url, region="eu-west") as (client, _, _):
        taken = await client.deliver(PACKET)
        (request,) = server.requests
    assert taken.tag == server.tag
    assert request.query == {"region": "eu-west", "name": "one"}
    assert request.body == PACKET.body
    assert abs(float(request.headers["x-asura-sent-at"]) - time.time()) < 5


async def test_the_primary_may_be_below_a_path() -> None:
    async with primary(http(1, "http://x/")) as server:
        server.base = "/asura"
        async with client_of(f"{server.url}/") as (client, _, _):
            assert await client.fetch("", wait=0) is not None


@pytest.mark.parametrize("host", ["localhost", "127.1", "LOCALHOST"])
async def test_the_primary_may_be_a_neighbour_under_any_name(host: str) -> None:
    async with primary(http(1, "http://x/")) as server, client_of(f"http://{host}:{server.port}") as (client, _, _):
        assert await client.fetch("", wait=0) is not None


async def test_what_nobody_may_reach_is_no_primary() -> None:
    assert "cloud metadata" in (await failing("http://169.254.169.254")).sentence


async def test_the_clock_is_learned_from_both_answers_and_the_wall_clock_only_told() -> None:
    system = FakeClock()
    clock = ProbeClock(system)
    async with primary() as server, client_of(server.url, clock=clock) as (client, _, _):
        await client.fetch("", wait=0)
        assert abs(clock.now().timestamp() - time.time()) < 1
        server.clock_ahead = 3600
        await client.deliver(PACKET)
        assert abs(clock.now().timestamp() - time.time() - 3600) < 1
        assert float(server.requests[1].headers["x-asura-clock"]) == pytest.approx(system.wall.timestamp(), abs=0.01)


async def test_an_answer_that_was_waited_for_says_nothing_of_the_way() -> None:
    clock = ProbeClock(SystemClock())
    async with primary(http(1, "http://x/")) as server, client_of(server.url, clock=clock) as (client, _, _):
        await client.fetch("", wait=5)
        assert not clock.learned


async def test_a_wrong_key_and_a_wrong_region_are_told_apart() -> None:
    async with primary() as server:
        wrong = await failing(server.url, key="another-key-altogether")
        assert wrong.kind is Kind.KEY
        assert "another-key" not in wrong.sentence
        assert (await failing(server.url, region="mars")).kind is Kind.REGION


async def test_a_primary_that_is_not_there_is_away() -> None:
    async with primary() as server:
        await server.stop()
        for deliver in (False, True):
            away = await failing(server.url, deliver=deliver)
            assert away.kind is Kind.AWAY
            assert f"The primary at {server.url} cannot be reached" in away.sentence


async def test_a_redirect_is_not_followed_and_the_key_stays_here() -> None:
    async with primary() as elsewhere, primary() as server:
        server.lies[MONITORS] = Reply(308, b"", {"Location": f"{elsewhere.url}{MONITORS}?wait=0"})
        told = await failing(server.url)
        assert f"leads elsewhere to {elsewhere.url}: set probe.primary" in told.sentence
        assert elsewhere.requests == []


async def test_tls_is_verified_and_a_further_authority_is_honoured(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    async with primary(http(1, "http://x/"), tls=context_of(authority.issue_cert("localhost"))) as server:
        told = await failing(server.url)
        assert (told.kind, "comes from an authority that is not trusted" in told.sentence) == (Kind.AWAY, True)
        async with client_of(server.url, ca_file=str(tmp_path / "ca.pem")) as (client, _, _):
            assert await client.fetch("", wait=0) is not None
            await client.deliver(PACKET)
        assert server.connections == 1, "it was kept"


async def test_a_certificate_that_is_out_of_date_may_be_a_clock_that_is_wrong(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    old = authority.issue_cert("localhost", not_after=datetime(2024, 1, 1, tzinfo=UTC))
    async with (
        primary(tls=context_of(old)) as server,
        client_of(server.url, ca_file=str(tmp_path / "ca.pem")) as (client, _, _),
    ):
        with pytest.raises(Trouble, match=r"expired .* The clock of this machine says 20..-.* UTC: is it right"):
            await client.fetch("", wait=0)


def context_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>It works!</html>",
        b"[]",
        b"null",
        b'{"tag": 5, "full": true}',
        b'{"tag":"a","full":true,"probe_id":1,"region":"eu","now":"noon"}',
        b'{"tag":"a","full":true,"probe_id":1,"region":"eu","now":1,"monitors":{"id":1}}',
        b'{"tag":"a","full":true,"probe_id":1,"region":"eu","now":1e999}',
        *(b'{"tag":"a","full":true,"probe_id":1,"region":"eu","now":%b}' % now for now in UNBELIEVABLE),
        b'{"tag":"a\\r\\nX-Evil: 1","full":true,"probe_id":1,"region":"eu","now":1764350000}',
        '{"tag":"ä","full":true,"probe_id":1,"region":"eu","now":1764350000}'.encode(),
        b'{"tag":"%b","full":true,"probe_id":1,"region":"eu","now":1764350000}' % (b"a" * 201),
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
async def test_nonsense_is_called_so_and_nothing_breaks(body: bytes) -> None:
    async with primary() as server:
        server.lies = {MONITORS: Reply(200, body), RESULTS: Reply(200, body)}
        told = await failing(server.url)
        assert told.kind is Kind.ADDRESS
        assert "is not the primary of this probe" in told.sentence
        assert len(told.sentence) < 600


@pytest.mark.parametrize("wait", [0, 1])
async def test_a_time_that_no_clock_tells_is_not_learned(wait: int) -> None:
    clock = ProbeClock(SystemClock())
    async with primary(http(1, "http://x/")) as server, client_of(server.url, clock=clock) as (client, _, _):
        for now in (1e300, -5.0, 2.6e11):
            server.clock_ahead = now - time.time()
            with pytest.raises(Trouble, match=r"is not the primary of this probe: its clock says .* since 1970"):
                await client.fetch("", wait=wait)
            with pytest.raises(Trouble, match="its clock says"):
                await client.deliver(PACKET)
        assert not clock.learned
        clock.now()


async def test_what_was_written_for_later_versions_is_told_so() -> None:
    async with primary() as server:
        server.lies[MONITORS] = Reply(200, b'{"wire": 9, "needs": 9, "monitors": "something new"}')
        assert (await failing(server.url)).kind is Kind.VERSION
        server.lies[MONITORS] = problem(426, "Upgrade the probe: it speaks version 1, and the primary needs 2.")
        told = await failing(server.url)
        assert (told.kind, "Upgrade the probe: it speaks version 1" in told.sentence) == (Kind.VERSION, True)


async def test_a_large_answer_of_nonsense_and_an_endless_one_are_bounded() -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        while True:
            writer.write(chunk)
            await writer.drain()

    async with primary() as server:
        server.lies[MONITORS] = Reply(200, b" " * 10 * MIB + b"!")
        assert (await failing(server.url)).kind is Kind.ADDRESS
        server.lies = {MONITORS: Reply(instead=endless), RESULTS: Reply(200, b" " * MIB)}
        assert "larger than 16384 KiB" in (await failing(server.url)).sentence
        assert "larger than 64 KiB" in (await failing(server.url, deliver=True)).sentence


async def test_nothing_of_a_setting_is_told_when_a_monitor_cannot_be_read() -> None:
    async with primary() as server:
        body = (
            b'{"tag":"a","full":true,"probe_id":1,"region":"eu","now":1,"monitors":[{"id":1,"settings":"hunter2-pw"}]}'
        )
        server.lies[MONITORS] = Reply(200, body)
        assert "hunter2" not in (await failing(server.url)).sentence
