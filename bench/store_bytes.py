"""What storing a result costs: rows a second of the writer, bytes written, bytes at rest. Prints `name value unit`."""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asura.clock import SystemClock
from asura.domain.monitor import MonitorConfig
from asura.domain.reason import Reason
from asura.domain.result import Phases, Result
from asura.domain.status import Finding
from asura.store import monitors
from asura.store.db import Store

START = datetime(2026, 1, 1, tzinfo=UTC)
MONITORS = 100
HOURS = 24
SIZES = (1, 20, 100, 1000)


def typical(monitor_id: int, at: datetime, chance: random.Random) -> Result:
    """Return what an HTTPS check of a healthy target finds: phases that vary as on the internet, 0.1 % failures."""
    phases = Phases(
        dns=chance.lognormvariate(0.7, 0.3),
        connect=chance.lognormvariate(2.5, 0.15),
        tls=chance.lognormvariate(3.2, 0.12),
        ttfb=chance.lognormvariate(3.6, 0.25),
        transfer=chance.lognormvariate(-0.7, 0.4),
    )
    total = sum(phase for phase in (phases.dns, phases.connect, phases.tls, phases.ttfb, phases.transfer) if phase)
    at += timedelta(milliseconds=chance.lognormvariate(1.0, 0.8))
    if chance.random() < 0.001:
        message = "example.com answered 503 Service Unavailable, expected 200-399"
        return Result(monitor_id, 1, "local", at, Finding.DOWN, Reason.HTTP_STATUS, message, total, 503, phases)
    return Result(monitor_id, 1, "local", at, Finding.UP, Reason.OK, "", total, 200, phases)


def written() -> int:
    """Return the bytes that this process has sent to the disk."""
    for line in Path("/proc/self/io").read_text().splitlines():
        if line.startswith("write_bytes:"):
            return int(line.split()[1])
    raise RuntimeError("no write_bytes in /proc/self/io")


def show(name: str, value: float, unit: str) -> None:
    """Print one figure."""
    sys.stdout.write(f"{name} {value:.4g} {unit}\n")
    sys.stdout.flush()


async def open_with_monitors(folder: Path) -> tuple[Store, list[int]]:
    """Return a new store with monitors in it."""
    store = Store.open(folder, clock=SystemClock())
    config = MonitorConfig(name="shop", type="http", target="https://example.com")

    def fill(db) -> list[int]:
        made = [
            monitors.insert(db, store.vault, slug=f"shop-{n}", config=config, now=START).id for n in range(MONITORS)
        ]
        store.results.load(db)
        return made

    return store, await store.write(fill)


async def throughput(folder: Path) -> None:
    """Print rows a second for each size of append: one commit for each, awaited, as fast as they go."""
    store, ids = await open_with_monitors(folder)
    chance = random.Random(1)
    for size in SIZES:
        batch = [typical(ids[n % MONITORS], START + timedelta(seconds=n % 3600), chance) for n in range(size)]
        began, rounds = time.perf_counter(), 0
        cpu = time.process_time()
        while time.perf_counter() - began < 2:
            await store.write(lambda db, batch=batch: store.results.append(db, batch))
            rounds += 1
        seconds = time.perf_counter() - began
        show(f"store_rows_per_second_{size}", rounds * size / seconds, "rows/s")
        show(f"store_cpu_per_result_{size}", (time.process_time() - cpu) / rounds / size * 1e6, "us")
    await store.close()


def day(ids: Sequence[int]) -> list[list[Result]]:
    """Return a day of results, a minute apart for each monitor, a hundred to a batch."""
    chance = random.Random(2)
    phase = {one: chance.random() * 60 for one in ids}
    return [
        [typical(one, START + timedelta(minutes=minute, seconds=phase[one]), chance) for one in ids]
        for minute in range(HOURS * 60)
    ]


async def footprint(folder: Path) -> None:
    """Print bytes written and at rest per result, after a day at a hundred results a commit, packed each hour."""
    store, ids = await open_with_monitors(folder)
    batches = day(ids)
    before, pack_seconds, packs, longest = written(), 0.0, 0, 0.0
    for minute, batch in enumerate(batches):
        await store.write(lambda db, batch=batch: store.results.append(db, batch))
        now = START + timedelta(minutes=minute + 1)
        if now.minute == 10 or minute == len(batches) - 1:
            now = now + timedelta(hours=2) if minute == len(batches) - 1 else now
            more = True
            while more:
                began = time.perf_counter()
                more = await store.write(lambda db, now=now: store.results.pack(db, now))
                took = time.perf_counter() - began
                pack_seconds, packs, longest = pack_seconds + took, packs + 1, max(longest, took)
    await store.close()
    count = len(batches) * MONITORS
    show("store_written_per_result_100", (written() - before) / count, "B")
    show("store_pack_per_result", pack_seconds / count * 1e6, "us")
    show("store_pack_step_max", longest * 1000, "ms")
    at_rest(folder, count)


def at_rest(folder: Path, count: int) -> None:
    """Print bytes per result of the tables that hold results, in whole pages, and their plain content."""
    import sqlite3

    db = sqlite3.connect(folder / "asura.db")
    free, size = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_count"))
    total = 0
    for table, columns in (
        ("blobs", "packed"),
        ("hours", "histogram || spark"),
        ("days", "histogram"),
        ("carry", "records"),
        ("tail", "records"),
    ):
        rows, length = db.execute(f"SELECT count(*), coalesce(sum(length({columns})), 0) FROM {table}").fetchone()
        show(f"store_{table}_per_result", (length + rows * 12) / count, "B")
        total += length
    show("store_rest_per_result", (size - free) * 4096 / count, "B")
    db.close()


async def replay(folder: Path) -> None:
    """Print how long a start takes that replays 600,000 results, an hour of 10,000 monitors, from the tail."""
    store, ids = await open_with_monitors(folder)
    chance = random.Random(3)
    batch = [typical(one, START + timedelta(seconds=5), chance) for one in ids]
    for _ in range(600):
        await store.write(lambda db: store.results.append(db, batch * 10))
    await store.close()
    store = Store.open(folder, clock=SystemClock())
    began = time.perf_counter()
    last = await store.write(store.results.load)
    show("store_replay_600000", (time.perf_counter() - began) * 1000, "ms")
    assert len(last) == 20 * MONITORS
    await store.close()


def main() -> None:
    """Run all parts, each in a folder of its own on a real disk."""
    place = os.environ.get("ASURA_BENCH_DIR")
    for part in (throughput, footprint, replay):
        with tempfile.TemporaryDirectory(dir=place) as folder:
            asyncio.run(part(Path(folder) / "store"))


if __name__ == "__main__":
    main()
