"""Probes that call in as real ones do: every five seconds, each with how it does, while the world goes on."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from asura.domain import wire
from asura.domain.consensus import Silence
from asura.engine.key_desk import hash_token
from asura.engine.options import EngineOptions, ProbeOptions
from asura.engine.roster import REPORT_EVERY
from asura.store import gaps
from tests.engine.probes_kit import Place, place
from tests.world import World

BLIND = wire.State(blind="The gateway does not answer.")
SHARED_KEY = "for all probes"
OPTIONS = EngineOptions(url="https://asura.example", probes=ProbeOptions(shared_hash=hash_token(SHARED_KEY)))


async def settled(w: World, *names: str) -> list[Place]:
    """Return probes that have been there for a while, and were heard just now, by names as eu/hetzner."""
    places = [await place(w, *name.split("/"), boot=f"0000-{number:08x}") for number, name in enumerate(names, 1)]
    await live_on(w, 30, *places)
    for one in places:
        await report(one)
    return places


async def live_on(w: World, seconds: float, *places: Place, state: wire.State | None = None) -> None:
    """Let time pass in which these probes, and no others, call in."""
    step = REPORT_EVERY.total_seconds()
    left = seconds
    while left > 0:
        for one in places:
            await report(one, state=state or wire.State())
        await w.settle()
        await w.advance(min(step, left))
        left -= step


async def report(one: Place, **other: Any) -> wire.Taken:
    """Deliver a batch without results."""
    return await one.deliver(**other)


def again(w: World, places: Sequence[Place], *, boot: str = "") -> list[Place]:
    """Return the same probes for a world that was started again; with another boot they are other processes."""
    found = []
    for old in places:
        fresh = Place(w, w.engine.probes.get(old.probe.id), boot=boot or old.boot)
        fresh.seq = old.seq
        found.append(fresh)
    return found


def texts(w: World) -> list[str]:
    """Return the texts of what was sent since the last look, which is also looked at."""
    found = [message.text for message in w.messages[len(w.messages) - len(w.sent) :]]
    w.take()
    return found


def mute(w: World) -> dict[str, Silence]:
    """Return which regions have no vote."""
    return w.engine.live.mute


async def region_gaps(w: World, region: str) -> list[tuple[str, float, float | None]]:
    """Return the gaps of a region: why, and from when to when, as seconds before now."""
    now = w.clock.now()
    async with w.store.read() as reader:
        found = await gaps.between(reader, now - timedelta(hours=9), now, region=region)
    return [
        (gap.reason, (now - gap.from_at).total_seconds(), (now - gap.to_at).total_seconds() if gap.to_at else None)
        for gap in found
        if gap.reason.startswith("region_")
    ]
