"""Bodies that may be compressed: unpacked piece by piece, and never further than their limit."""

import asyncio
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn, TypeVar

from starlette.requests import Request

from asura.web import body
from asura.web.errors import Refused

T = TypeVar("T")

GZIP = "gzip"
# A window of 32 KiB, in the frame of gzip.
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
# What is larger may unpack to half a megabyte and more: the event loop has other things to do meanwhile.
THREAD_FROM = 512
# Threads of their own, and few: each keeps for itself what memory it once needed.
_THREADS = ThreadPoolExecutor(2, thread_name_prefix="unpacking")
# So long a body waits for its turn to be unpacked.
PATIENCE_S = 5.0


async def read(
    request: Request,
    parse: Callable[[bytes], T],
    *,
    most: int,
    most_unpacked: int,
    turns: asyncio.Semaphore,
    patience_s: float = PATIENCE_S,
) -> tuple[T, int]:
    """Return what `parse` makes of a body, which may have come as gzip, and how many bytes it was read from.

    What a body becomes is much larger than itself: only so many are unpacked at a time as there are `turns`.
    Raises Refused: 413 beyond a limit, 415 for another coding, 400 where the coding is broken, 503 without a turn.
    """
    check_json(request)
    packed = is_packed(request)
    raw = await body.read(request, most)

    def work() -> tuple[T, int]:
        plain = unpacked(raw, most_unpacked) if packed else raw
        return parse(plain), len(plain)

    if len(raw) <= THREAD_FROM:
        return work()
    try:
        async with asyncio.timeout(patience_s):
            await turns.acquire()
    except TimeoutError:
        raise Refused(503, "Too much is delivered at the moment.", headers={"Retry-After": "5"}) from None
    return await _in_turn(work, turns)


async def _in_turn(work: Callable[[], T], turns: asyncio.Semaphore) -> T:
    """Return what comes of work in a thread. The turn ends with the work, also where nobody waits for it any more."""
    working = asyncio.get_running_loop().run_in_executor(_THREADS, work)

    def end(done: "asyncio.Future[T]") -> None:
        turns.release()
        if not done.cancelled():
            # Where nobody waits any more, nobody asks what went wrong.
            done.exception()

    working.add_done_callback(end)
    return await asyncio.shield(working)


def check_json(request: Request) -> None:
    """Raise Refused 415 when the body is said to be something else than JSON."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in body.READABLE:
        raise Refused(415, "Send the body as application/json.", headers={"Accept": "application/json"})


def is_packed(request: Request) -> bool:
    """Return whether a body is gzipped; raises Refused 415 for every other coding, and for one inside another."""
    codings = [one.strip().lower() for line in request.headers.getlist("content-encoding") for one in line.split(",")]
    if codings in ([], ["identity"], [""]):
        return False
    if codings != [GZIP]:
        raise Refused(415, "Send the body as gzip, or without compression.", headers={"Accept-Encoding": GZIP})
    return True


def unpacked(raw: bytes, most: int) -> bytes:
    """Return what was gzipped; raises Refused 413 as soon as it is longer than `most`, 400 when it is broken."""
    unpacker = zlib.decompressobj(_GZIP_WINDOW)
    try:
        found = unpacker.decompress(raw, most + 1)
    except zlib.error:
        _broken("is not gzip, though it is said to be")
    if len(found) > most:
        raise Refused(413, f"The body may have at most {most} bytes when it is unpacked.")
    if not unpacker.eof:
        _broken("ends before its compression does")
    if unpacker.unused_data:
        _broken("goes on behind its compression")
    return found


def _broken(what: str) -> NoReturn:
    raise Refused(400, f"The body {what}.")
