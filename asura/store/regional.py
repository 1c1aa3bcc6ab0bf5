"""What each region found of a monitor: whole hours from the rollups, those at the ends from the results."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from asura.domain import packing
from asura.domain.instant import at_ms
from asura.domain.packing import HOUR_MS
from asura.domain.span import Due, Span
from asura.store import history, rollups, row_ids, series, spans
from asura.store.rollups import Figures

if TYPE_CHECKING:
    from asura.store.db import Store


class Seen(msgspec.Struct, frozen=True):
    """Figures of one region, and its spans."""

    figures: Figures
    spans: list[Span]


async def seen(
    store: "Store",
    monitor_id: int,
    regions: Iterable[str],
    from_at: datetime,
    to_at: datetime,
    *,
    due: Mapping[str, Due],
) -> dict[str, Seen]:
    """Return what each region found in a window, in one snapshot; spans of those in `due`, which tells of own gaps."""
    low, high = at_ms(from_at), at_ms(to_at)
    first, end = -(-low // HOUR_MS), high // HOUR_MS
    edges = {low // HOUR_MS, end} - set(range(first, end))
    parts = store.results.unpacked(monitor_id, None, from_hour=low // HOUR_MS, to_hour=end)
    found: dict[int, list[Figures]] = {}
    async with store.read() as db:
        key = {"monitor": monitor_id, "first": first, "last": end - 1}
        for row in await db.execute_fetchall(series.HOURS, key) if first < end else ():
            found.setdefault(row_ids.region_of(row[0]), []).append(rollups.from_row(tuple(row)[1:]))
        for part in await series.still_open(db, [part for part in parts if first <= part.hour < end]):
            found.setdefault(part.region, []).append(_within((part.hour, part.body), low, high))
        for edge in edges:
            bodies = await history.read_bodies(store, db, monitor_id, hours=(edge, edge), region=None, parts=parts)
            for (hour, region), (body, _) in bodies.items():
                found.setdefault(region, []).append(await asyncio.to_thread(_within, (hour, body), low, high))
        states = {
            region: await spans.read(db, monitor_id, from_at, to_at, region=region, due=due[region]) for region in due
        }
    by_name = {store.results.region_name(number): rollups.total(figures) for number, figures in found.items()}
    return {region: Seen(by_name.get(region, rollups.NOTHING), states.get(region, [])) for region in regions}


def _within(part: tuple[int, bytes], low: int, high: int) -> Figures:
    hour, body = part
    return rollups.of([record for record in packing.figures(hour, body) if low <= record.at_ms < high])
