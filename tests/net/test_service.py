"""Exchanges with one service: connections are kept and renewed, and what comes back is bounded in time and size."""

import asyncio
import gzip
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme

from asura.domain.reason import Reason
from asura.net.errors import NetError
from asura.net.network import NetworkConfig, open_network
from asura.net.service import Service
from tests.channels.services import provider
from tests.probe.kit import Primary, Reply, primary

PATH = "/thing"


@asynccontextmanager
async def asking(url: str, *, ca_file: str = "", keep: int = 2) -> AsyncIterator[Service]:
    net = open_network(NetworkConfig(ca_file=ca_file))
    one = Service(net, url, headers={"Authorization": "Bearer k"}, keep=keep)
    try:
        yield one
    finally:
        await one.close()
        await net.close()


@asynccontextmanager
async def told(reply: Reply) -> AsyncIterator[tuple[Primary, Service]]:
    """Run a server that says one thing, and somebody who asks it."""
    async with primary() as server, asking(server.url) as service:
        server.lies[PATH] = reply
        yield server, service


async def failing(service: Service, *, most: int = 1000, within: float = 5) -> NetError:
    with pytest.raises(NetError) as failed:
        await service.ask("GET", PATH, most=most, within=within)
    return failed.value


async def test_one_connection_serves_many_requests_also_on_a_loopback_address() -> None:
    async with told(Reply(200, b"yes", {"X-Thing": "1"})) as (server, service):
        for _ in range(5):
            answer = await service.ask("POST", PATH, query={"a": "b c"}, body=b"x", most=1000, within=5)
        assert (answer.status, answer.headers["x-thing"], answer.body) == (200, "1", b"yes")
        assert server.connections == 1
        assert server.requests[0].query == {"a": "b c"}
        assert server.requests[0].headers["authorization"] == "Bearer k"


async def test_a_kept_connection_that_has_ended_is_replaced_without_anybody_noticing() -> None:
    async with told(Reply(200, b"yes")) as (server, service):
        for _ in range(3):
            await service.ask("GET", PATH, most=1000, within=5)
            await server.stop()
            await server.start()
        assert server.connections == 3


async def test_a_connection_that_ends_instead_of_an_answer_is_tried_once_more() -> None:
    async def hang_up(writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async with told(Reply(instead=hang_up)) as (server, service):
        failed = await failing(service)
        assert (failed.reason, len(server.requests)) == (Reason.HTTP_PROTOCOL, 2)


async def test_connections_are_not_kept_when_that_was_not_asked_for() -> None:
    async with primary() as server, asking(server.url, keep=0) as service:
        server.lies[PATH] = Reply(200, b"yes")
        for _ in range(3):
            await service.ask("GET", PATH, most=1000, within=5)
        assert server.connections == 3


async def test_two_questions_at_once_do_not_wait_for_each_other() -> None:
    async with told(Reply(200, b"yes")) as (server, service):
        server.delay[PATH] = 0.3
        began = time.monotonic()
        await asyncio.gather(*(service.ask("GET", PATH, most=1000, within=5) for _ in range(2)))
        assert time.monotonic() - began < 0.6


async def test_a_packed_answer_is_unpacked_and_one_that_unfolds_too_far_is_refused() -> None:
    packed = {"Content-Encoding": "gzip"}
    async with told(Reply(200, gzip.compress(b"y" * 900), packed)) as (server, service):
        assert (await service.ask("GET", PATH, most=1000, within=5)).body == b"y" * 900
        server.lies[PATH] = Reply(200, gzip.compress(b"y" * 50_000_000), packed)
        assert (await failing(service, most=100_000)).reason is Reason.BODY_TOO_LARGE
        server.lies[PATH] = Reply(200, b"no gzip", packed)
        assert (await failing(service)).reason is Reason.BODY_ENCODING


async def test_a_large_answer_and_an_endless_one_are_cut() -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    async with told(Reply(200, b"x" * 1001)) as (server, service):
        assert (await failing(service)).reason is Reason.BODY_TOO_LARGE
        server.lies[PATH] = Reply(instead=endless)
        assert (await failing(service, most=1_000_000)).reason is Reason.BODY_TOO_LARGE


async def test_silence_and_a_trickle_end_at_the_deadline() -> None:
    async def trickle(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.05)

    async with told(Reply(200, b"late")) as (server, service):
        server.delay[PATH] = 30
        began = time.monotonic()
        assert (await failing(service, within=0.4)).reason is Reason.HTTP_TIMEOUT
        server.delay.clear()
        server.lies[PATH] = Reply(instead=trickle)
        assert (await failing(service, within=0.4)).reason is Reason.HTTP_TIMEOUT
        assert time.monotonic() - began < 3


async def test_a_redirect_is_an_answer_like_any_other() -> None:
    async with told(Reply(302, b"", {"Location": "https://elsewhere.example/"})) as (server, service):
        answer = await service.ask("GET", PATH, most=1000, within=5)
        assert (answer.status, answer.headers["location"]) == (302, "https://elsewhere.example/")
        assert len(server.requests) == 1


async def test_what_nobody_may_reach_stays_out_of_reach() -> None:
    async with asking("http://169.254.169.254") as service:
        assert (await failing(service)).reason is Reason.BLOCKED_ADDRESS


async def test_nobody_there_is_a_refusal() -> None:
    async with told(Reply()) as (server, service):
        await server.stop()
        assert (await failing(service)).reason is Reason.CONNECT_REFUSED


async def test_certificates_are_verified_and_a_further_authority_is_honoured(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    async with provider(tls=context) as fake:
        url = f"https://localhost:{fake.port}"
        async with asking(url, ca_file=str(tmp_path / "ca.pem")) as service:
            assert (await service.ask("GET", PATH, most=1000, within=5)).status == 200
        async with asking(url) as service:
            assert (await failing(service)).reason in (Reason.TLS_UNTRUSTED, Reason.TLS_SELF_SIGNED)
