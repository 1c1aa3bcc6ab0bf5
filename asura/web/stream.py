"""Server-Sent Events: what changes, as it changes, to every client that can keep up."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from starlette.responses import StreamingResponse

from asura.engine.events import ServerEvent
from asura.errors import Fault, Invalid
from asura.web.answers import ENCODER
from asura.web.auth import admit
from asura.web.errors import Refused
from asura.web.present import readable
from asura.web.route import Call
from asura.web.sight import Sight

QUIET_SECONDS = 15.0
MOST_STREAMS = 1_000
MOST_PER_CLIENT = 50


class Streams:
    """The open streams of a site: how many there are, and an end to all of them when the process stops."""

    def __init__(self) -> None:
        self._ending = asyncio.Event()
        self._open: dict[str, int] = {}
        self._told: tuple[ServerEvent, bytes] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._ending.set()

    @property
    def ending(self) -> asyncio.Event:
        """Return what is set when the process stops: nobody is to wait any longer."""
        return self._ending

    @property
    def count(self) -> int:
        """Return how many streams are open."""
        return sum(self._open.values())

    def answer(self, call: Call) -> StreamingResponse:
        """Return the stream of events from where the client left off (`Last-Event-ID`)."""
        name = call.who if call.actor is not None else call.address
        if self._ending.is_set() or self.count >= MOST_STREAMS or self._open.get(name, 0) >= MOST_PER_CLIENT:
            raise Refused(503, "There are too many open streams.", headers={"Retry-After": "5"})
        last_id = call.request.headers.get("last-event-id") or None
        if last_id is not None and (len(last_id) > 100 or not last_id.isprintable()):
            raise Invalid(Fault("Last-Event-ID", "is not an id of this stream"))
        headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
        lines = self._lines(call, name, last_id)
        return StreamingResponse(lines, headers=headers, media_type="text/event-stream")

    async def _lines(self, call: Call, name: str, last_id: str | None) -> AsyncIterator[bytes]:
        self._open[name] = self._open.get(name, 0) + 1
        hub, sight = call.engine.events, Sight(call.reach) if call.reach.limited else None
        # What was deleted meanwhile, and whether it was in sight, nobody knows any more.
        anew = sight is not None and last_id not in {None, hub.latest_id}
        events = hub.subscribe(None if sight is not None else last_id)
        ending = asyncio.ensure_future(self._ending.wait())
        coming: asyncio.Future[Any] = _next(events)
        try:
            yield b"retry: 2000\n\n"
            if anew:
                yield frame(ServerEvent(hub.latest_id, "reset", {}))
            known_at = call.engine.clock.monotonic()
            while not ending.done():
                await asyncio.wait({coming, ending}, timeout=QUIET_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if (now := call.engine.clock.monotonic()) - known_at >= QUIET_SECONDS:
                    # A key that was revoked, or has expired, hears nothing more.
                    actor = await call.site.identify(call)
                    admit(call.route, actor)
                    if actor is not None:
                        call.site.note_use(actor, call.address)
                    if sight is not None:
                        if actor is None or actor.tags != call.reach.tags:
                            return
                        # What others hear keeps this loop busy, and says nothing to this listener.
                        yield b": still here\n\n"
                    known_at = now
                if coming.done():
                    event = coming.result()
                    if event is None:
                        return
                    coming = _next(events)
                    heard = event if sight is None else sight.of(event)
                    if heard is not None:
                        yield self._framed(heard)
                elif not ending.done():
                    yield b": still here\n\n"
        except Refused:
            return
        finally:
            self._forget(name)
            ending.cancel()
            coming.cancel()
            # On a task of its own: who hangs up has this one cancelled, again at each await.
            closing = asyncio.ensure_future(_close(coming, events))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    def _framed(self, event: ServerEvent) -> bytes:
        """Return an event's frame, made once for all who listen."""
        if self._told is None or self._told[0] is not event:
            self._told = (event, frame(event))
        return self._told[1]

    def _forget(self, name: str) -> None:
        self._open[name] -= 1
        if not self._open[name]:
            del self._open[name]


def frame(event: ServerEvent) -> bytes:
    """Return one event as the stream carries it; JSON holds no line break, so one data line is enough."""
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (
        event.id.encode(),
        event.kind.encode(),
        ENCODER.encode(readable(event.data)),
    )


def _next(events: AsyncIterator[ServerEvent]) -> "asyncio.Future[ServerEvent | None]":
    async def pull() -> ServerEvent | None:
        return await anext(events, None)

    return asyncio.ensure_future(pull())


async def _close(coming: "asyncio.Future[Any]", events: Any) -> None:
    await asyncio.gather(coming, return_exceptions=True)
    await events.aclose()
