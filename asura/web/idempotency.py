"""`Idempotency-Key`: a POST that is repeated gets the answer of the first, and happens once."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import NamedTuple

from starlette.responses import Response

from asura.errors import Fault, Invalid

MOST_ENTRIES = 1_000
MOST_BYTES = 8_000_000
KEPT_SECONDS = 24 * 3600.0


class _Entry(NamedTuple):
    fingerprint: bytes
    until: float
    answer: "asyncio.Future[Response]"


class Repeats:
    """Answers of POST requests by (who, key), in memory: bounded in number, bytes and age."""

    def __init__(self) -> None:
        self._entries: OrderedDict[tuple[str, str], _Entry] = OrderedDict()
        self._bytes = 0

    async def once(
        self, name: tuple[str, str], fingerprint: bytes, now: float, make: Callable[[], Awaitable[Response]]
    ) -> Response:
        """Return the answer of `make`, or that of an earlier call with the same name.

        A repeat that arrives while the first is under way waits for it. Raises Invalid when the name was used for
        another request. What failed changed nothing and is not kept, so that it can be tried again.
        """
        self._forget(now)
        known = self._entries.get(name)
        if known is not None:
            if known.fingerprint != fingerprint:
                raise Invalid(Fault("Idempotency-Key", "was used for another request"))
            first = await asyncio.shield(known.answer)
            return _copy(first)
        entry = _Entry(fingerprint, now + KEPT_SECONDS, asyncio.get_running_loop().create_future())
        self._entries[name] = entry
        return await self._make(name, entry, make)

    async def _make(self, name: tuple[str, str], entry: _Entry, make: Callable[[], Awaitable[Response]]) -> Response:
        # On its own task: a client that hangs up must not leave the repeat without an answer.
        task = asyncio.ensure_future(make())
        task.add_done_callback(lambda done: self._settle(name, entry, done))
        return await asyncio.shield(task)

    def _settle(self, name: tuple[str, str], entry: _Entry, done: "asyncio.Future[Response]") -> None:
        error = asyncio.CancelledError() if done.cancelled() else done.exception()
        if error is not None:
            entry.answer.set_exception(error)
            # Read once, so that nobody is warned of an exception that no repeat was there to see.
            entry.answer.exception()
            self._entries.pop(name, None)
            return
        # A copy, because the answer itself is dressed and compressed for the one who asked first.
        response = _copy(done.result())
        entry.answer.set_result(response)
        if response.status_code >= 400:
            self._entries.pop(name, None)
        if self._entries.get(name) is not entry:
            return
        self._bytes += len(response.body)
        while len(self._entries) > MOST_ENTRIES or self._bytes > MOST_BYTES:
            self._drop_oldest()

    def _forget(self, now: float) -> None:
        while self._entries and next(iter(self._entries.values())).until <= now:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        _, entry = self._entries.popitem(last=False)
        if entry.answer.done() and entry.answer.exception() is None:
            self._bytes -= len(entry.answer.result().body)


def fingerprint(method: str, path: str, query: bytes, body: bytes) -> bytes:
    """Return what makes two requests the same request."""
    return sha256(b"\n".join((method.encode(), path.encode("utf-8", "surrogatepass"), query, body))).digest()


def _copy(first: Response) -> Response:
    again = Response(bytes(first.body), first.status_code, media_type=first.media_type)
    again.raw_headers = [*first.raw_headers]
    again.headers["Idempotent-Replayed"] = "true"
    return again
