"""What probes ask for and what they deliver, as domain/wire.py has it. The secrets of checks leave here alone."""

import asyncio
import re
from collections.abc import Awaitable
from typing import Any, NamedTuple

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from asura.domain import wire
from asura.domain.bodies import fault_of
from asura.domain.nesting import is_too_deep
from asura.domain.probe import Probe
from asura.domain.screening import BOOT, opened
from asura.domain.wire import NEEDS, WIRE
from asura.engine.allowance import Pace
from asura.engine.assignments import encoded
from asura.errors import Fault, Invalid, NotFound
from asura.web import auth, packed
from asura.web.errors import Refused
from asura.web.route import Call

LONGEST_WAIT_S = 30
# So soon a poll notices that its key was revoked.
LOOK_EVERY_S = 1.0
PACKED_BYTES, UNPACKED_BYTES = 1 << 20, 4 << 20
NEWEST_WIRE = 1_000_000
LONGEST_WORD, LONGEST_NAME, LONGEST_TAG = 64, 200, 200
# Encoding more of them takes a noticeable time, in which the event loop has other things to do.
THREAD_FROM = 200
SECONDS = re.compile(r"\d{1,11}(\.\d{1,12})?", re.ASCII)

_BATCH = msgspec.json.Decoder(wire.SealedBatch)
_ENCODER = msgspec.json.Encoder()


class Versions(msgspec.Struct):
    """What any batch says of itself, however new it is."""

    wire: int = WIRE
    needs: int = NEEDS


class Asking(NamedTuple):
    """Who asks for its monitors, and which of them it knows. `boot` names the process."""

    boot: str
    version: str
    region: str
    name: str
    wait_s: int
    visits: bool
    tag: str


async def monitors(call: Call) -> Response:
    """Answer what a probe is to check, as soon as that is something else than what it knows."""
    asking, wall = _asking(call), _seconds(call.request, wire.WALL_CLOCK)
    engine = call.engine
    probe = await _probe(call, asking.region, asking.name)
    await _pace(call, engine.intake.allowance(probe.id).polls)
    engine.roster.greet(probe.id, asking.boot, asking.version, wall=wall, visits=asking.visits)
    assigned, until = engine.dispatch.assigned(probe, asking.tag), engine.clock.monotonic() + asking.wait_s
    if assigned is None and asking.wait_s:
        assigned = await _change(call, probe, asking)
    if assigned is None:
        # One that gave way to a newer one has nobody who waits for it: its connection makes room too.
        early = {"Connection": "close"} if engine.clock.monotonic() < until else {}
        return Response(status_code=304, headers={"ETag": f'"{asking.tag}"'} | early)
    many = len(assigned.monitors) > THREAD_FROM
    body = await asyncio.to_thread(encoded, assigned) if many else encoded(assigned)
    return Response(body, headers={"ETag": f'"{assigned.tag}"'}, media_type="application/json")


async def results(call: Call) -> Response:
    """Take in what a probe found; answers when it is on disk."""
    received_at = call.engine.clock.now()
    sent_at, wall = _seconds(call.request, wire.SENT_AT), _seconds(call.request, wire.WALL_CLOCK)
    if sent_at is None:
        raise Invalid(Fault(wire.SENT_AT, "is required"))
    intake, pace = call.engine.intake, call.engine.intake.allowance((await _delivering(call)).id).deliveries
    await _pace(call, pace)
    size = UNPACKED_BYTES
    try:
        batch, size = await packed.read(
            call.request, decoded, most=PACKED_BYTES, most_unpacked=UNPACKED_BYTES, turns=intake.reading
        )
    finally:
        # What was refused may have cost as much as anything does.
        pace.charge(size)
    # A body may be slow: whose key has ended meanwhile has nothing to deliver any more.
    call.actor = await call.site.identify(call)
    auth.admit(call.route, call.actor)
    probe = await _delivering(call)
    taken = await intake.take(probe, batch, sent_at=sent_at, wall=wall, received_at=received_at)
    return Response(_ENCODER.encode(taken), media_type="application/json")


def decoded(raw: bytes) -> wire.Batch:
    """Return the batch in a body; raises Refused 426 when it is too new to be understood, or too old."""
    if is_too_deep(raw):
        raise Invalid(Fault("", "is nested too deep"))
    try:
        batch = _BATCH.decode(raw)
    except msgspec.ValidationError as error:
        _check_unread(raw)
        raise Invalid(fault_of(error, "")) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(400, f"The body is not JSON: {error}.") from None
    check_versions(batch.wire, batch.needs)
    return opened(batch)


def _check_unread(raw: bytes) -> None:
    """Raise Refused 426 when what cannot be read was written for another version: to its writer it is no nonsense."""
    try:
        said = msgspec.json.decode(raw, type=Versions)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
    check_versions(said.wire, said.needs)


def check_versions(spoken: int, needs: int) -> None:
    """Raise Refused 426 that says which side has to be upgraded, where they do not understand each other."""
    if needs > wire.WIRE:
        raise Refused(426, f"Upgrade the primary: the probe needs one that speaks version {needs}, not {wire.WIRE}.")
    if spoken < wire.NEEDS:
        raise Refused(426, f"Upgrade the probe: it speaks version {spoken}, and the primary needs {wire.NEEDS}.")


def _asking(call: Call) -> Asking:
    asked = call.asked()
    spoken = asked.integer("wire", wire.WIRE, low=1, high=NEWEST_WIRE)
    needs = asked.integer("needs", wire.NEEDS, low=1, high=NEWEST_WIRE)
    check_versions(spoken, needs)
    boot = asked.text("boot", longest=LONGEST_WORD)
    if boot is None or BOOT.fullmatch(boot) is None:
        asked.wrong("boot", "is what names this process of the probe: 8 to 64 of the characters 0-9, a-f and -")
    known = call.request.headers.get("if-none-match", "").strip().removeprefix("W/").strip('"')
    found = Asking(
        boot=boot or "",
        version=asked.text("version", longest=LONGEST_WORD) or "",
        region=asked.text("region", longest=LONGEST_WORD) or "",
        name=asked.text("name", longest=LONGEST_NAME) or "",
        wait_s=asked.integer("wait", 0, low=0, high=LONGEST_WAIT_S),
        visits=asked.boolean("visits") or False,
        tag=asked.text("since", longest=LONGEST_TAG) or known[:LONGEST_TAG],
    )
    asked.done()
    return found


async def _change(call: Call, probe: Probe, asking: Asking) -> wire.Assigned | None:
    """Return what has changed for a probe, as soon as it has; None when nothing did for as long as it waits."""
    engine, clock = call.engine, call.engine.clock
    until = clock.monotonic() + asking.wait_s
    # It has everything: that is what this tag says, however it wrote it.
    tag = engine.dispatch.tag(probe.id)
    gone = asyncio.ensure_future(_hung_up(call.request))
    stopping = asyncio.ensure_future(call.site.streams.ending.wait())
    engine.roster.polling(probe.id, asking.boot, begins=True)
    over = engine.roster.polls.begin(probe.id)
    try:
        while (left := until - clock.monotonic()) > 0:
            looking = engine.dispatch.wait(probe.id, tag, seconds=min(left, LOOK_EVERY_S))
            await _first(looking, gone, stopping, over)
            auth.admit(call.route, await call.site.identify(call))
            try:
                probe = engine.probes.get(probe.id)
            except NotFound:
                # Who has the key of all comes back under the same name.
                return None
            assigned = engine.dispatch.assigned(probe, tag)
            if assigned is not None or over.done():
                return assigned
        return None
    finally:
        engine.roster.polls.end(probe.id, over)
        engine.roster.polling(probe.id, asking.boot, begins=False)
        gone.cancel()
        stopping.cancel()


async def _first(
    looking: Awaitable[None],
    gone: "asyncio.Future[Any]",
    stopping: "asyncio.Future[Any]",
    over: "asyncio.Future[None]",
) -> None:
    """Wait for a look, or until it is over before; raises ClientDisconnect or Refused 503 where the client goes, or
    the process stops.
    """
    look = asyncio.ensure_future(looking)
    try:
        await asyncio.wait({look, gone, stopping, over}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        look.cancel()
    if gone.done():
        raise ClientDisconnect
    if stopping.done():
        raise Refused(503, "asura is stopping.", headers={"Retry-After": "1"})
    if look.done():
        look.result()


async def _hung_up(request: Request) -> None:
    """Return when the client goes away."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _delivering(call: Call) -> Probe:
    """Return the probe that delivers: that of its key, else the one that the query names."""
    asked = call.asked()
    region, name = asked.text("region", longest=LONGEST_WORD), asked.text("name", longest=LONGEST_NAME)
    asked.done()
    return await _probe(call, region or "", name or "")


async def _probe(call: Call, region: str, name: str) -> Probe:
    """Return the probe that calls."""
    try:
        if call.actor is not None:
            return await call.engine.probes.identify(call.actor, region, name)
    except NotFound:
        # Its key has ended since the request came in.
        pass
    raise Refused(401, "This probe was revoked.", headers={"WWW-Authenticate": "Bearer"})


async def _pace(call: Call, pace: Pace) -> None:
    """Have a probe wait that calls a little too often; raises TooMany where that would be too long."""
    seconds = pace.wait_s(call.engine.clock.monotonic())
    if seconds:
        await asyncio.sleep(seconds)


def _seconds(request: Request, name: str) -> float | None:
    """Return an instant of a header, in seconds since the epoch; None when it is missing."""
    text = request.headers.get(name)
    if text is None:
        return None
    if SECONDS.fullmatch(text) is None:
        raise Invalid(Fault(name, "must be seconds since the epoch, like 1764350000.125"))
    return float(text)
