"""Bodies that may be compressed: unpacked piece by piece, and never further than their limit."""

import asyncio
import zlib
from collections.abc import Callable
from typing import NoReturn, TypeVar

from starlette.requests import Request

from asura.web import body
from asura.web.errors import Refused

T = TypeVar("T")

GZIP = "gzip"
# A window of 32 KiB, in the frame of gzip.
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
# What is larger may unpack to a megabyte and more: the event loop has other things to do meanwhile.
THREAD_FROM = 2_048


async def read(request: Request, parse: Callable[[bytes], T], *, most: int, most_unpacked: int) -> T:
    """Return what `parse` makes of a body, which may have come as gzip.

    Raises Refused: 413 beyond a limit, 415 for another coding, 400 where the coding is broken.
    """
    check_json(request)
    packed = is_packed(request)
    raw = await body.read(request, most)

    def work() -> T:
        return parse(unpacked(raw, most_unpacked) if packed else raw)

    return await asyncio.to_thread(work) if len(raw) > THREAD_FROM else work()


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
