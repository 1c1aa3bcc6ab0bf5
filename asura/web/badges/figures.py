"""Figures of badges that have to be asked of the store: kept for some minutes, and asked for once at a time."""

import asyncio
from collections import OrderedDict
from datetime import timedelta
from typing import TYPE_CHECKING

from asura.domain import uptime
from asura.store import series as stored_series
from asura.store import spans as stored_spans

if TYPE_CHECKING:
    from asura.engine.engine import Engine
    from asura.engine.live import MonitorView

KEPT_S = 300.0
MOST = 10_000
STEPS = {3_600: 60, 86_400: 900, 604_800: 7_200}


class Figures:
    """Uptimes of days and latencies of windows, by monitor; asking often makes the store work no harder."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int, int, str | None], tuple[float, float | None]] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    async def uptime(self, engine: "Engine", view: "MonitorView", days: int, region: str | None = None) -> float | None:
        """Return the uptime ratio of the last days (as one region saw them); None when nothing is known of them."""
        return await self._figure(engine, view, "uptime", days, region)

    async def latency(
        self, engine: "Engine", view: "MonitorView", seconds: int, region: str | None = None
    ) -> float | None:
        """Return the average latency of a window (from one region), in milliseconds."""
        return await self._figure(engine, view, "latency", seconds, region)

    async def _figure(
        self, engine: "Engine", view: "MonitorView", what: str, length: int, region: str | None
    ) -> float | None:
        if region is not None and region not in view.electorate.regions:
            # Not kept: anybody may ask for any word.
            return None
        key = (what, view.monitor.id, length, region)
        found = self._kept.get(key)
        if found is not None and engine.clock.monotonic() - found[0] < KEPT_S:
            return found[1]
        async with self._one_at_a_time:
            found = self._kept.get(key)
            if found is not None and engine.clock.monotonic() - found[0] < KEPT_S:
                return found[1]
            made = await (_uptime if what == "uptime" else _latency)(engine, view, length, region)
            self._kept[key] = (engine.clock.monotonic(), made)
            self._kept.move_to_end(key)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
            return made


async def _uptime(engine: "Engine", view: "MonitorView", days: int, region: str | None) -> float | None:
    now = engine.clock.now()
    from_at = now - timedelta(days=days)
    async with engine.store.read() as reader:
        found = await stored_spans.read(reader, view.monitor.id, from_at, now, region, view.due(now, region))
    return uptime.ratio(uptime.seconds(found, from_at, now))


async def _latency(engine: "Engine", view: "MonitorView", seconds: int, region: str | None) -> float | None:
    now = engine.clock.now()
    points = await stored_series.series(
        engine.store, view.monitor.id, now - timedelta(seconds=seconds), now, STEPS[seconds], region
    )
    answered = [(point["avg_ms"], point["checks"]) for point in points if point["avg_ms"] is not None]
    checks = sum(count for _, count in answered)
    return sum(average * count for average, count in answered) / checks if checks else None
