"""Fills a data folder for benches: `python -m asura.demo.bulk N [--days D] [--data DIR] [--target URL]`."""

import argparse
import asyncio
import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from asura.clock import SystemClock
from asura.demo import timing
from asura.domain import packing
from asura.domain.instant import at_ms
from asura.domain.monitor import MonitorConfig
from asura.domain.packing import BODY, HOUR_MS
from asura.domain.reason import Reason
from asura.domain.result import PHASE_NAMES
from asura.domain.status import Finding, Status
from asura.store import laying, monitors, spans
from asura.store.db import Store
from asura.store.laying import Laid, Place

EVERY_S = 60
# So many hours are drawn; each monitor takes one after the other, from a place of its own.
DRAWN = 240
PORTION = 20_000
# A result a minute is up and counted.
_UP_COUNTED = int(Finding.UP) | 4
_NOWHERE = "http://127.0.0.1:9/{number}"


class Filled(NamedTuple):
    """How much was stored."""

    monitors: int
    results: int
    rows: int


def fill(folder: Path, count: int, *, days: float = 1.0, target: str = "", now: datetime | None = None) -> Filled:
    """Fill an empty data folder with so many monitors, checked each minute of so many days; the same each time.

    Without a target, which may hold `{number}`, they are paused.
    """
    at = (now or datetime.now(UTC)).replace(microsecond=0)
    return asyncio.run(_fill(folder, count, days, target, at))


async def _fill(folder: Path, count: int, days: float, target: str, now: datetime) -> Filled:
    begin = now - timedelta(days=days)
    first, last = at_ms(begin) // HOUR_MS, at_ms(now) // HOUR_MS
    store = Store.open(folder, clock=SystemClock())
    try:
        await store.write(store.results.load)
        ids = await store.write(lambda db: _monitors(db, store, (count, target), begin))
        region, reason = await store.write(lambda db: store.results.numbers(db, "local", Reason.OK))
        drawn = [_hour(reason, random.Random(number)) for number in range(DRAWN)]
        results = rows = 0
        for portion in _portions(ids, first, last, region):
            found = [(place, drawn[(place[0] * 7 + place[1] * 13) % DRAWN]) for place in portion]
            results += await store.write(partial(laying.hours, found=found))
            rows += 2 * len(found)
        rows += await store.write(lambda db: _ends(db, ids, (first, last, region), drawn))
        return Filled(len(ids), results, rows + 2 * len(ids))
    finally:
        await store.close()


def _portions(ids: list[int], first: int, last: int, region: int) -> Iterator[list[Place]]:
    """Yield the places of all hours in order of time, some at once."""
    portion: list[Place] = []
    for hour in range(first, last):
        for monitor_id in ids:
            portion.append((hour, monitor_id, region))
            if len(portion) == PORTION:
                yield portion
                portion = []
    if portion:
        yield portion


def _monitors(db: sqlite3.Connection, store: Store, wanted: tuple[int, str], at: datetime) -> list[int]:
    (count, target), found = wanted, []
    for number in range(1, count + 1):
        config = MonitorConfig(
            name=f"Node {number}",
            type="http",
            target=(target or _NOWHERE).replace("{number}", str(number)),
            group=f"Rack {number % 40}",
            tags=("rack", f"zone-{number % 4}"),
            enabled=bool(target),
        )
        made = monitors.insert(db, store.vault, slug=f"node-{number}", config=config, now=at)
        spans.switch(db, made.id, "", Status.UP, Reason.OK, at)
        found.append(made.id)
    return found


def _hour(reason: int, chance: random.Random) -> Laid:
    body = bytearray()
    base = chance.uniform(30, 90)
    for offset in range(chance.randrange(EVERY_S) * 1000, HOUR_MS, EVERY_S * 1000):
        found = timing.phases("http", base, chance)
        latency = round(1000 * timing.latency(found, base, chance))
        phases = bytes(packing.phase_byte(getattr(found, name)) for name in PHASE_NAMES)
        body += BODY.pack(offset, latency, 1, 200, reason, _UP_COUNTED, phases)
    return laying.made(bytes(body))


def _ends(db: sqlite3.Connection, ids: list[int], span: tuple[int, int, int], drawn: list[Laid]) -> int:
    """Store the figures of the days, and carry the last results over."""
    first, last, region = span
    whole = laying.total(drawn[:24])
    days = [((day, one, region), whole) for day in range(first // 24, (last - 1) // 24 + 1) for one in ids]
    laying.days(db, days)
    laying.carried(db, [((last - 1, one, region), drawn[((last - 1) * 7 + one * 13) % DRAWN]) for one in ids])
    return len(days) + len(ids)


def main(arguments: list[str]) -> int:
    """Fill a folder and say how much that was."""
    parser = argparse.ArgumentParser(prog="./dev seed", description=__doc__)
    parser.add_argument("count", type=int, help="so many monitors, at most 100000")
    parser.add_argument("--days", type=float, default=1.0, help="so many days of a check a minute (1)")
    parser.add_argument("--data", type=Path, default=Path("asura-seeded"), help="the folder, which must be empty")
    parser.add_argument("--target", default="", help="what they check, maybe with {number} in it; else they are paused")
    wish = parser.parse_args(arguments)
    if not (1 <= wish.count <= 100_000 and 1 / 24 <= wish.days <= 366):
        parser.error("from 1 to 100000 monitors, and from an hour to a year")
    if wish.data.exists() and any(wish.data.iterdir()):
        parser.error(f"{wish.data} is not empty")
    began = time.monotonic()
    made = fill(wish.data, wish.count, days=wish.days, target=wish.target)
    took, size = time.monotonic() - began, (wish.data / "asura.db").stat().st_size
    print(f"{made.monitors} monitors, {made.results} results in {made.rows} rows, {size / 1e6:.0f} MB, {took:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
