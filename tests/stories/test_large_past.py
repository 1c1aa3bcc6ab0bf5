"""A start does not read the past: what it costs grows with what is watched, not with what was stored."""

import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from asura.store import migrate
from bench import past
from tests.world import World

MONITORS = 5


async def steps(folder: Path, gigabytes: float) -> int:
    """Return how many steps SQLite's machine takes in a start, on a past of that size."""
    target = "http://127.0.0.1:9/"
    path = past.fill(folder, gigabytes=gigabytes, schema=migrate.newest(), count=MONITORS, target=target)
    world, ticks = World(folder), 0

    def tick() -> int:
        nonlocal ticks
        ticks += 1
        return 0

    def count(db: sqlite3.Connection) -> None:
        db.set_progress_handler(tick, 1)

    world.clock.wall = datetime.fromtimestamp(time.time() + 20, UTC)
    await world.start()
    try:
        # Everything that a start reads in quantity it reads on the connection that writes.
        await world.store.write(count)
        await world.engine.start()
        assert len(list(world.engine.live.states())) == MONITORS
        return ticks
    finally:
        await world.close()
        assert path.stat().st_size > gigabytes * 4e8


@pytest.mark.starts_empty("counts the steps of a start on a past that it makes itself")
async def test_a_start_costs_the_same_whatever_lies_behind(tmp_path: Path) -> None:
    short, long = await steps(tmp_path / "short", 0.001), await steps(tmp_path / "long", 0.01)
    assert 1000 < long < short * 1.2 + 500, (short, long)
