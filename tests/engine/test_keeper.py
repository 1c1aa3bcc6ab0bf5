"""The keeper: when it looks again, how many it switches at once, and what it does when nothing can be stored."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path

from asura.domain.status import Status
from tests.engine.kit import break_commits, count, mend_commits, rows
from tests.engine.planning import QUICK, plan
from tests.world import DOWN, START, World, world


async def many(w: World, number: int) -> None:
    desk = w.engine.monitors
    bodies = [{"name": f"n {n}", "type": "heartbeat", "interval": 3600, "tags": ["all"]} for n in range(number)]
    await desk.create_all([(f"n-{n}", desk.prepare(body)) for n, body in enumerate(bodies)])


def shown(w: World) -> dict[str, int]:
    return {status: number for status, number in w.engine.live.counts().items() if number}


async def test_it_sleeps_until_the_first_window_opens_or_closes(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.monitor(**QUICK)
        keeper = w.engine.keeper
        assert await keeper.tick(w.clock.now()) is None
        await plan(w, starts_at=START + timedelta(hours=2), length=3600)
        await plan(w, starts_at=START + timedelta(hours=1), length=1800, monitor_ids=["shop"], tags=[])
        assert await keeper.tick(w.clock.now()) == START + timedelta(hours=1)
        w.clock.turn(3600)
        assert await keeper.tick(w.clock.now()) == START + timedelta(minutes=90)
        w.clock.turn(1800)
        assert await keeper.tick(w.clock.now()) == START + timedelta(hours=2)
        w.clock.turn(7200)
        assert await keeper.tick(w.clock.now()) is None
        assert w.status() == "up"


async def test_it_is_woken_by_whatever_may_change_who_is_covered(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        wake = w.engine.keeper.wake
        for change in (
            lambda: w.monitor(**QUICK),
            lambda: w.engine.monitors.pause(1),
            lambda: w.engine.monitors.resume(1),
            lambda: w.engine.monitors.delete(1),
        ):
            wake.clear()
            await change()
            assert wake.is_set()


async def test_many_monitors_are_switched_in_steps_and_all_of_them_before_the_answer(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await many(w, 1_000)
        began = time.process_time()
        window = await plan(w, tags=["all"])
        assert shown(w) == {"maintenance": 1_000}
        await w.engine.maintenance.end(window.id)
        assert shown(w) == {"pending": 1_000}
        assert time.process_time() - began < 5


async def test_of_several_windows_the_one_that_ends_last_is_named(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(**QUICK)
        await plan(w, name="Short", length=600)
        await plan(w, name="Long", length=1200)
        view = w.engine.live.find("shop")
        assert view is not None
        assert view.message == "Under maintenance (Long) until 2026-03-02 12:20 UTC."
        w.say(DOWN)
        await w.advance(1199)
        assert w.status() == "maintenance"
        assert await rows(w.store, "SELECT count(*) FROM spans WHERE status = 'maintenance' AND reason = 'maintenance'")
        await w.advance(1)
        assert [title for _, title in w.take()] == ["DOWN: Shop"]


async def test_a_window_that_is_moved_says_its_new_end(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.monitor(**QUICK)
        window = await plan(w)
        spans = await count(w.store, "spans")
        longer = w.engine.maintenance.prepare(
            {"ends_at": START + timedelta(hours=2), "name": "Disks"}, old=window.config, partial=True
        )
        await w.engine.maintenance.replace(window.id, longer)
        view = w.engine.live.find("shop")
        assert view is not None
        assert view.message == "Under maintenance (Disks) until 2026-03-02 14:00 UTC."
        assert await count(w.store, "spans") == spans
        shorter = w.engine.maintenance.prepare({"ends_at": START + timedelta(seconds=1)}, old=longer, partial=True)
        w.clock.turn(60)
        await w.engine.maintenance.replace(window.id, shorter)
        assert (view.status, view.since) == (Status.UP, w.clock.now()), "what was is not written anew"


async def test_what_cannot_be_stored_is_made_up_for(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.monitor(**QUICK)
        await break_commits(w.store, "spans")
        w.engine.keeper.wake.clear()
        await plan(w)
        assert w.status() == "up"
        assert w.engine.keeper.wake.is_set()
        await mend_commits(w.store)
        await w.settle()
        assert w.status() == "maintenance"


async def test_listeners_hear_of_the_beginning_and_the_end(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.monitor(**QUICK)
        listening = w.engine.events.subscribe()
        first = asyncio.ensure_future(anext(listening))
        await asyncio.sleep(0)
        window = await plan(w)
        await w.engine.maintenance.end(window.id)
        heard = [await first, await anext(listening)]
        await listening.aclose()  # type: ignore[attr-defined]
        assert [(event.kind, event.data["status"]) for event in heard] == [
            ("monitor", "maintenance"),
            ("monitor", "up"),
        ]
