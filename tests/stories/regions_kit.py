"""A shop that the primary and probes of two regions check, for stories about what they say."""

from datetime import timedelta
from typing import Any

import msgspec

from asura.domain.monitor import Monitor
from asura.domain.region import RegionRule
from asura.domain.result import Evidence, Outcome
from asura.domain.status import Finding
from asura.domain.wire import Batch
from asura.engine.options import EngineOptions, ProbeOptions
from asura.store import spans
from tests.engine.kit import found
from tests.world import DOWN, START, UP, World

REFUSED = msgspec.structs.replace(DOWN, evidence=Evidence(response="nothing here"))
UNKNOWN = Outcome(Finding.UNKNOWN, message="We were busy.")


async def hear(w: World, monitor: Monitor, **said: Outcome) -> None:
    """Let regions report what they found just now."""
    for region, outcome in said.items():
        w.engine.judge.offer(found(monitor, outcome, at=w.clock.now(), region=region))
    await w.settle()


def call(w: World, *regions: str) -> None:
    """Let the probes of these regions (of all, without any) say that they are there."""
    for one in w.engine.probes.list():
        if not regions or one.region in regions:
            w.engine.roster.greet(one.id, f"boot-{one.id}", "1", wall=None)
            w.engine.roster.report(one.id, Batch(boot=f"boot-{one.id}", seq=0), wall=None, refused=0)


async def passes(w: World, seconds: float, *there: str) -> None:
    """Let time pass in which the probes of these regions (of all, without any) are there."""
    while seconds > 0:
        await w.advance(min(seconds, 5))
        call(w, *there)
        await w.settle()
        seconds -= 5


async def watched(w: World, *, regions: tuple[str, ...] = ("eu", "us"), **fields: Any) -> Monitor:
    """Return a shop that `local` and these regions check, and that all of them saw well."""
    for region in regions:
        await w.engine.probes.create(region, region, by="tests")
    call(w)
    await w.settle()
    monitor = await w.monitor(interval=60, retries=0, **fields)
    await hear(w, monitor, **dict.fromkeys(regions, UP))
    return monitor


async def minutes(w: World, monitor: Monitor, count: int, **said: Outcome) -> None:
    """Let minutes pass in which these regions report; `local` checks by itself."""
    for _ in range(count):
        await passes(w, 60)
        await hear(w, monitor, **said)


def view(w: World) -> Any:
    return w.engine.live.find("shop")


async def region_spans(w: World, region: str) -> list[tuple[str, str]]:
    async with w.store.read() as reader:
        rows = await spans.read(reader, w.id(), START, w.clock.now() + timedelta(seconds=1), region=region)
    return [(row.status.value, row.reason) for row in rows]


def elsewhere() -> EngineOptions:
    """Return the options of an asura that checks nothing itself."""
    return EngineOptions(probes=ProbeOptions(rule=RegionRule(local=False)))
