"""One small exchange: what comes back, and that every failure is one error without the address in it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from asura.domain.reason import Reason
from asura.net.errors import NetError
from asura.net.fetch import AT_MOST, fetch
from asura.net.network import Network, NetworkConfig, open_network

OPEN = NetworkConfig(allow_private_channels=("127.0.0.0/8",))


@asynccontextmanager
async def service(answer: bytes, *, hangs: bool = False) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Run a server that says one thing; yields its address and what it was sent."""
    asked: list[bytes] = []
    open_ones: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        asked.append(head + await reader.readexactly(length))
        writer.write(answer)
        open_ones.append(writer)
        if not hangs:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/secret-path", asked
    finally:
        server.close()
        for writer in open_ones:
            writer.close()


async def failing(url: str, network: Network | None = None, within: float = 5) -> NetError:
    """Return the error of an exchange; it may not tell the address."""
    with pytest.raises(NetError) as failed:
        await fetch(network or open_network(OPEN), url, within=within)
    assert "secret-path" not in str(failed.value)
    return failed.value


async def test_an_answer_comes_back_whole_whatever_its_status() -> None:
    answer = b"HTTP/1.1 418 Teapot\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\ntea"
    async with service(answer) as (url, asked):
        assert await fetch(open_network(OPEN), url, headers={"X-One": "1"}) == (418, "text/plain", b"tea")
        assert await fetch(open_network(OPEN), url, form={"a": "1 2"}) == (418, "text/plain", b"tea")
    assert asked[0].startswith(b"GET /secret-path HTTP/1.1")
    assert b"X-One: 1" in asked[0]
    assert asked[1].startswith(b"POST /secret-path HTTP/1.1")
    assert asked[1].endswith(b"\r\n\r\na=1+2")


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    async with service(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n") as (url, asked):
        assert (await fetch(open_network(OPEN), url)).status == 302
    assert len(asked) == 1


async def test_silence_ends_in_time() -> None:
    async with service(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", hangs=True) as (url, _):
        assert (await failing(url, within=0.3)).reason is Reason.HTTP_TIMEOUT


async def test_an_endless_answer_is_cut_off() -> None:
    async with service(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * (AT_MOST + 1)) as (url, _):
        assert (await failing(url)).reason is Reason.BODY_TOO_LARGE


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"])
async def test_what_is_no_answer_is_one_error(answer: bytes) -> None:
    async with service(answer) as (url, _):
        assert (await failing(url)).reason is Reason.HTTP_PROTOCOL


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/secret-path", "http://", "not one secret-path"])
async def test_what_is_no_address_of_the_web_is_one_error(url: str) -> None:
    await failing(url)


async def test_only_the_host_that_is_named_may_be_on_a_private_address() -> None:
    network = open_network()
    async with service(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as (url, _):
        assert (await failing(url, network)).reason is Reason.BLOCKED_ADDRESS
        named = url.replace("127.0.0.1", "localhost")
        assert (await failing(named, network.allowing("other.test"))).reason is Reason.BLOCKED_ADDRESS
        assert (await fetch(network.allowing("localhost"), named)).status == 200
        assert (await failing(named, network)).reason is Reason.BLOCKED_ADDRESS
    await network.close()


@pytest.mark.parametrize("address", ["169.254.169.254", "[fd00:ec2::254]", "169.254.1.1", "0.0.0.0"])
async def test_cloud_metadata_stays_out_of_reach_even_when_it_is_named(address: str) -> None:
    network = open_network().allowing(address.strip("[]"))
    assert (await failing(f"http://{address}/secret-path", network)).reason is Reason.BLOCKED_ADDRESS


async def test_a_host_that_is_named_is_shared_with_nothing_but_the_guard() -> None:
    network = open_network()
    named = network.allowing("mail.test")
    assert named.resolver is network.resolver
    assert named.tls is network.tls
    assert named.dialer.refusal("169.254.169.254") is not None
    assert network.config.allow_private_channels == ()
