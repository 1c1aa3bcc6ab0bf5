"""The janitor: packs, sweeps and notes that we live; what it noted becomes our gap after an absence."""

from datetime import timedelta
from pathlib import Path

from asura.engine.janitor import note_our_absence
from asura.engine.options import EngineOptions
from asura.store import gaps
from asura.store.retention import Retention
from tests.engine.kit import count, offer, rows
from tests.world import DOWN, UP, World, world

QUICK = {"retries": 0, "failure_threshold": 1, "interval": 60}


async def tidy(w: World) -> int:
    """Let the janitor work until it has nothing to do; returns how many ticks that took."""
    for ticks in range(1, 200):
        wake_at = await w.engine.janitor.tick(w.clock.now())
        if wake_at == w.clock.now() + timedelta(seconds=10):
            return ticks
    raise AssertionError("it never comes to rest")


async def test_closed_hours_are_packed_in_steps_and_the_open_one_is_left(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        for number in range(45):
            await w.monitor(f"m{number}", **QUICK)
        assert await tidy(w) == 1
        assert await count(w.store, "blobs") == 0
        w.clock.turn(3 * 3600)
        assert await tidy(w) >= 3, "a few monitors a tick"
        assert (await count(w.store, "blobs"), await count(w.store, "hours")) == (45, 45)
        assert w.store.stats()["open_results"] == 0


async def test_what_is_too_old_goes(tmp_path: Path) -> None:
    keep = Retention(raw_days=1, hourly_days=2, incident_days=3, notification_days=3)
    async with world(tmp_path, EngineOptions(retention=keep)) as w:
        await w.channel()
        shop = await w.monitor(**QUICK)
        await offer(w, (shop, DOWN), (shop, UP))
        await w.settle()
        assert len(w.take()) == 2
        gone = {}
        for days in range(1, 6):
            w.clock.turn(86_400)
            await tidy(w)
            for table in ("blobs", "hours", "incidents", "notifications"):
                if not await count(w.store, table):
                    gone.setdefault(table, days)
        assert gone == {"blobs": 2, "hours": 3, "incidents": 4, "notifications": 4}
        assert await count(w.store, "days") >= 1, "days' figures stay for ever"


async def test_sweeping_is_done_four_times_an_hour(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await tidy(w)
        at = w.engine.janitor._sweep_at
        w.clock.turn(450)
        await tidy(w)
        assert w.engine.janitor._sweep_at == at
        w.clock.turn(451)
        await tidy(w)
        assert w.engine.janitor._sweep_at == w.clock.now() + timedelta(minutes=15)


async def test_a_fresh_store_has_no_absence(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        assert await note_our_absence(w.store, w.clock.now()) is None


async def test_an_absence_is_our_gap_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.restart(after=90.1234567)
        (gap,) = w.engine.live.gaps
        assert (gap.reason, gap.to_at) == ("not_running", gap.from_at + timedelta(seconds=90.123))
        assert await rows(w.store, "SELECT reason, to_at - from_at FROM gaps") == [("not_running", 90_123)]


async def test_a_quick_restart_is_no_gap_however_long_ago_we_last_said_that_we_live(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await tidy(w)
        w.clock.turn(9.9)
        await w.restart(after=8)
        assert w.engine.live.gaps == []
        async with w.store.read() as reader:
            assert await gaps.between(reader, w.clock.now() - timedelta(days=1), w.clock.now()) == []
        # Only heartbeats wait longer for it: a ping may have knocked in vain.
        assert await count(w.store, "gaps") == 1


async def test_a_clock_that_went_back_makes_no_gap(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await tidy(w)
        assert await note_our_absence(w.store, w.clock.now() - timedelta(hours=5)) is None
