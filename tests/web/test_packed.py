"""Compressed bodies: unpacked within bounds, and refused in every other form."""

import asyncio
import gzip
import threading
import time
import tracemalloc
import zlib

import pytest
from starlette.requests import Request

from asura.web import packed
from asura.web.errors import Refused

MIB = 1 << 20


def request(*codings: str, body: bytes = b"", kind: str = "application/json") -> Request:
    """Return a request with a body, as a server hands it over."""
    headers = [(b"content-type", kind.encode()), *((b"content-encoding", one.encode()) for one in codings)]

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)


async def taken(*codings: str, body: bytes, most: int = MIB, most_unpacked: int = 8 * MIB) -> bytes:
    found, size = await packed.read(
        request(*codings, body=body), bytes, most=most, most_unpacked=most_unpacked, turns=asyncio.Semaphore(1)
    )
    assert size == len(found)
    return found


@pytest.mark.parametrize("size", [0, 1, 5_000, MIB])
async def test_gzip_and_plain_bodies_arrive_as_they_were(size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    assert await taken("gzip", body=gzip.compress(body)) == body
    assert await taken("GZIP", body=gzip.compress(body)) == body
    assert await taken(body=body) == await taken("identity", body=body) == body


def refused(error: Refused) -> tuple[int, str]:
    return error.status, error.detail


@pytest.mark.parametrize(
    ("codings", "told"),
    [(["br"], "gzip"), (["gzip, gzip"], "gzip"), (["gzip", "gzip"], "gzip"), (["deflate"], "gzip"), (["zstd"], "gzip")],
    ids=str,
)
async def test_other_codings_and_nested_ones_are_415(codings: list[str], told: str) -> None:
    with pytest.raises(Refused) as caught:
        await taken(*codings, body=gzip.compress(b"{}"))
    assert (caught.value.status, caught.value.headers["Accept-Encoding"]) == (415, told)


async def test_what_is_said_to_be_no_json_is_415() -> None:
    with pytest.raises(Refused) as caught:
        await packed.read(request(kind="text/plain"), bytes, most=10, most_unpacked=10, turns=asyncio.Semaphore(1))
    assert caught.value.status == 415


WHOLE = gzip.compress(b"x" * 5_000)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"",
        WHOLE[:-9],
        WHOLE[:20],
        WHOLE + b"more",
        WHOLE + WHOLE,
        zlib.compress(b"{}"),
        WHOLE[:15] + b"\xff" * 9,
    ],
    ids=["plain", "empty", "cut", "head", "tail", "twice", "zlib", "broken"],
)
async def test_broken_compression_is_400(body: bytes) -> None:
    with pytest.raises(Refused) as caught:
        await taken("gzip", body=body)
    assert caught.value.status == 400


async def test_limits_hold_to_the_byte() -> None:
    body = b"x" * 1_000
    assert await taken("gzip", body=gzip.compress(body), most_unpacked=1_000) == body
    with pytest.raises(Refused) as caught:
        await taken("gzip", body=gzip.compress(body), most_unpacked=999)
    assert refused(caught.value) == (413, "The body may have at most 999 bytes when it is unpacked.")
    with pytest.raises(Refused) as caught:
        await taken("gzip", body=gzip.compress(body), most=10)
    assert caught.value.status == 413


async def test_a_bomb_is_413_and_is_never_unpacked() -> None:
    bomb = gzip.compress(bytes(512 * MIB), 9)
    assert len(bomb) < MIB
    tracemalloc.start()
    try:
        with pytest.raises(Refused) as caught:
            await taken("gzip", body=bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.status == 413
    assert peak < 32 * MIB


async def test_only_so_many_bodies_are_unpacked_at_a_time_and_who_waits_too_long_is_told_to_come_again() -> None:
    turns, gate, at_work, most = asyncio.Semaphore(2), threading.Event(), [0], [0]
    body = bytes(range(256)) * 20

    def parse(raw: bytes) -> int:
        at_work[0] += 1
        most[0] = max(most[0], at_work[0])
        gate.wait(10)
        at_work[0] -= 1
        return len(raw)

    async def deliver(patience_s: float) -> int:
        return (
            await packed.read(
                request(body=body), parse, most=MIB, most_unpacked=MIB, turns=turns, patience_s=patience_s
            )
        )[0]

    first = [asyncio.ensure_future(deliver(10)) for _ in range(5)]
    await asyncio.sleep(0.05)
    with pytest.raises(Refused) as caught:
        await deliver(0.05)
    assert (caught.value.status, caught.value.headers["Retry-After"]) == (503, "5")
    # Whoever goes meanwhile keeps its turn until its body is read.
    first[0].cancel()
    await asyncio.sleep(0.05)
    assert at_work == [2]
    gate.set()
    assert await asyncio.gather(*first[1:]) == [len(body)] * 4
    until = time.monotonic() + 5
    while at_work != [0] and time.monotonic() < until:
        await asyncio.sleep(0.01)
    assert (most, turns._value) == ([2], 2)
