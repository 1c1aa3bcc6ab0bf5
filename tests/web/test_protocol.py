"""What comes before a request: heads without end, heads without hurry, and what is no HTTP at all."""

import asyncio
import contextlib
from pathlib import Path

import pytest

from asura.web import body, protocol
from tests.web.harness import V1, asura, served
from tests.web.pings.kit import job

START = b"GET /api/v1/health HTTP/1.1\r\nHost: asura.test\r\n"


async def talk(base: str, *pieces: bytes, pause: float = 0.0) -> bytes:
    """Say something piece by piece and return everything that is answered until the connection ends."""
    host, _, port = base.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
        async with asyncio.timeout(10):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize(
    "pieces",
    [
        [START, *[b"X-Filler-%d: " % number + b"x" * 8_000 + b"\r\n" for number in range(60)]],
        [START, b"X-Endless: ", *[b"x" * 30_000] * 20],
        [b"GET /", *[b"x" * 30_000] * 20],
    ],
    ids=["many headers", "one endless header", "endless address"],
)
async def test_a_head_without_end_is_431(tmp_path: Path, pieces: list[bytes]) -> None:
    async with asura(tmp_path) as site, served(site.app) as base:
        answer = await talk(base, *pieces, pause=0.005)
    # A client that goes on sending may see a reset instead of the answer.
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")


async def test_a_long_but_decent_head_passes(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, served(site.app) as base:
        filler = b"X-Filler: " + b"x" * 30_000 + b"\r\n"
        answer = await talk(base, START, filler, b"Connection: close\r\n\r\n", pause=0.01)
    assert answer.startswith(b"HTTP/1.1 200 ")


async def test_a_head_that_takes_too_long_ends_the_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    async with asura(tmp_path) as site, served(site.app) as base:
        async with asyncio.timeout(5):
            assert await talk(base) == b""
            assert await talk(base, START) == b""
            trickled = await talk(base, *[bytes([one]) for one in START], pause=0.02)
    assert trickled == b""


async def test_a_second_request_on_a_connection_is_held_to_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    async with asura(tmp_path) as site, served(site.app) as base:
        async with asyncio.timeout(5):
            answer = await talk(base, START + b"\r\n", START)
    assert answer.count(b"HTTP/1.1 200 ") == 1


async def test_an_answer_that_takes_longer_than_a_head_may_is_not_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.1)
    async with asura(tmp_path) as site, served(site.app) as base:
        head = f"POST {V1}/keys HTTP/1.1\r\nHost: a\r\nX-API-Key: {site.keys['admin']}\r\n"
        rest = "Content-Type: application/json\r\nContent-Length: 12\r\nConnection: close\r\n\r\n"
        answer = await talk(base, (head + rest).encode(), b'{"name":"x"}', pause=0.3)
    assert answer.startswith(b"HTTP/1.1 422 ")


async def test_a_body_that_trickles_is_408(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "READ_SECONDS", 0.2)
    async with asura(tmp_path) as site, served(site.app) as base:
        head = f"POST {V1}/keys HTTP/1.1\r\nHost: a\r\nX-API-Key: {site.keys['admin']}\r\nContent-Length: 50\r\n\r\n{{"
        answer = await talk(base, head.encode())
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer


@pytest.mark.parametrize("nonsense", [b"\x16\x03\x01\x02\x00", b"HELO there\r\n\r\n", b"GET \xff HTTP/1.1\r\n\r\n"])
async def test_what_is_no_http_is_a_problem_too(tmp_path: Path, nonsense: bytes) -> None:
    async with asura(tmp_path) as site, served(site.app) as base:
        answer = await talk(base, nonsense)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answer
    assert b"X-Request-ID: " in answer


async def test_a_body_that_goes_on_after_its_answer_is_not_listened_to_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    async with asura(tmp_path) as site, served(site.app) as base:
        head = f"POST {V1}/monitors HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        host, _, port = base.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(head)
        assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 401 ")
        ended = asyncio.ensure_future(asyncio.wait_for(reader.read(), 5))
        # Writing to a connection that was just closed may fail; what counts is that it ends.
        with contextlib.suppress(ConnectionError, RuntimeError):
            while not ended.done():
                writer.write(b"1\r\nx\r\n")
                await writer.drain()
                await asyncio.sleep(0.02)
        with contextlib.suppress(ConnectionError):
            await ended
        writer.close()


async def test_a_connection_lives_on_after_a_body_that_was_refused_and_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    async with asura(tmp_path) as site, served(site.app) as base:
        head = f"POST {V1}/monitors HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n".encode()
        answer = await talk(base, head, b"{}", b"", START + b"Connection: close\r\n\r\n", pause=0.2)
    assert answer.count(b"HTTP/1.1 401 ") == 1
    assert answer.count(b"HTTP/1.1 200 ") == 1


async def test_pings_in_one_piece_are_answered_in_their_order_and_the_last_one_ends_the_connection(
    tmp_path: Path,
) -> None:
    async with job(tmp_path) as j, served(j.site.app) as base:
        first = f" {V1}/heartbeat/{j.token}/start HTTP/1.1\r\nHost: a\r\n\r\n"
        wrong = f"GET {V1}/heartbeat/{j.token}/256 HTTP/1.1\r\nHost: a\r\n\r\n"
        last = f"GET {V1}/heartbeat/{j.token} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        answer = await talk(base, f"GET{first}HEAD{first}{wrong}{last}".encode())
        assert await j.kinds() == ["start", "start", "success"]
    good, bare, refused, ended = [part.partition(b"\r\n\r\n") for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert [part[0][:6] for part in (good, bare, refused, ended)] == [b"200 OK", b"200 OK", b"400 Ba", b"200 OK"]
    assert [part[2] for part in (good, bare, refused, ended)] == [b"OK", b"", b"invalid url format", b"OK"]
    names = [{line.partition(b":")[0].lower() for line in part[0].splitlines()[1:]} for part in (good, bare, ended)]
    assert names[0] == names[1] == names[2] - {b"connection"}
    assert {b"date", b"content-type", b"x-request-id", b"ping-body-limit", b"x-content-type-options"} < names[0]


async def test_more_connections_than_there_may_be_are_closed_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "MOST_CONNECTIONS", 3)
    async with asura(tmp_path) as site, served(site.app) as base:
        host, _, port = base.removeprefix("http://").partition(":")
        held = [await asyncio.open_connection(host, int(port)) for _ in range(3)]
        async with asyncio.timeout(5):
            assert await talk(base, START + b"\r\n") == b""
        for _, writer in held:
            writer.close()
        await asyncio.sleep(0.1)
        answer = await talk(base, START + b"Connection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
