"""What each region found of a monitor: whole hours from the rollups, the hour in which it begins from its results."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from asura.clock import at_ms
from asura.domain import packing
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
    store: "Store", monitor_id: int, due: Mapping[str, Due | None], from_at: datetime, to_at: datetime
) -> dict[str, Seen]:
    """Return what each region in `due` found in a window, in one snapshot; `due` tells which own gaps count for it."""
    low, high = at_ms(from_at), at_ms(to_at)
    begin, first = low // HOUR_MS, -(-low // HOUR_MS)
    parts = store.results.unpacked(monitor_id, None, from_hour=begin, to_hour=high // HOUR_MS)
    async with store.read() as db:
        key = {"monitor": monitor_id, "first": first, "last": (high - 1) // HOUR_MS}
        found: dict[int, list[Figures]] = {}
        for row in await db.execute_fetchall(series.HOURS, key):
            found.setdefault(row_ids.region_of(row[0]), []).append(rollups.from_row(tuple(row)[1:]))
        for part in await series.still_open(db, [part for part in parts if part.hour >= first]):
            found.setdefault(part.region, []).append(_within((part.hour, part.body), low, high))
        if begin < first:
            bodies = await history.read_bodies(store, db, monitor_id, hours=(begin, begin), region=None, parts=parts)
            for (hour, region), (body, _) in bodies.items():
                found.setdefault(region, []).append(await asyncio.to_thread(_within, (hour, body), low, high))
        states = {
            region: await spans.read(db, monitor_id, from_at, to_at, region=region, due=due[region]) for region in due
        }
    by_name = {store.results.region_name(number): rollups.total(figures) for number, figures in found.items()}
    return {region: Seen(by_name.get(region, rollups.NOTHING), states[region]) for region in due}


def _within(part: tuple[int, bytes], low: int, high: int) -> Figures:
    hour, body = part
    return rollups.of([record for record in packing.figures(hour, body) if low <= record.at_ms < high])
