"""The judge: one commit for what has arrived, and nothing is believed that is not stored."""

import asyncio
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from asura.engine.delivery import Delivery
from asura.errors import StoreUnavailable
from tests.engine.kit import accept, break_commits, count, found, mend_commits, offer, refuse, rows
from tests.world import DOWN, UP, World, world

QUICK = {"retries": 0, "failure_threshold": 1, "interval": 60}


def commits(w: World) -> int:
    return int(w.store.stats()["commits"])


async def test_a_plain_result_waits_a_second_for_company(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        before, judge = commits(w), w.engine.judge
        judge.offer(found(shop, at=w.clock.now()))
        assert await judge.tick(w.clock.now()) == w.clock.now() + timedelta(seconds=1)
        assert (judge.waiting, commits(w)) == (1, before)
        w.clock.turn(1)
        assert await judge.tick(w.clock.now()) is None
        assert (judge.waiting, commits(w)) == (0, before + 1)


async def test_a_transition_is_committed_at_once_and_plain_results_ride_along(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop, blog = await w.monitor("shop", **QUICK), await w.monitor("blog", **QUICK)
        before, judge = commits(w), w.engine.judge
        judge.offer(found(blog, at=w.clock.now()))
        judge.offer(found(shop, DOWN, at=w.clock.now()))
        await judge.tick(w.clock.now())
        assert (judge.waiting, commits(w), w.status()) == (0, before + 1, "down")


async def test_two_thousand_plain_results_wait_for_nobody(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        for _ in range(2000):
            w.engine.judge.offer(found(shop, at=w.clock.now()))
        before = commits(w)
        await w.engine.judge.tick(w.clock.now())
        assert (w.engine.judge.waiting, commits(w)) == (0, before + 1)


async def test_a_clock_that_was_set_back_holds_no_result_up(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        w.engine.judge.offer(found(shop, at=w.clock.now() + timedelta(hours=1)))
        w.clock.turn(1)
        await w.engine.judge.tick(w.clock.now())
        assert w.engine.judge.waiting == 0


async def test_a_thousand_results_are_one_commit(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitors = [await w.monitor(f"m{number}", **QUICK) for number in range(20)]
        before, stored = commits(w), w.store.stats()["rows"]
        for turn in range(50):
            at = w.clock.now() + timedelta(milliseconds=turn)
            for monitor in monitors:
                w.engine.judge.offer(found(monitor, DOWN if monitor.id == 7 else UP, at=at))
        await w.engine.judge.judge(w.clock.now())
        assert (commits(w) - before, w.store.stats()["rows"] - stored) == (1, 1000)
        assert w.engine.live.counts()["down"] == 1


async def test_a_failed_commit_leaves_everything_as_it_was_and_is_judged_again(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**QUICK)
        seen, judge = w.engine.events.latest_id, w.engine.judge
        await break_commits(w.store)
        judge.offer(found(shop, DOWN, at=w.clock.now()))
        with pytest.raises(StoreUnavailable):
            await judge.judge(w.clock.now())
        assert (w.status(), w.engine.live.open_incidents(), judge.waiting) == ("up", [], 1)
        assert (w.engine.events.latest_id, w.engine.health()["store"]["ok"]) == (seen, False)
        judge.offer(found(shop, UP, at=w.clock.now() + timedelta(milliseconds=5)))
        with pytest.raises(StoreUnavailable):
            await judge.tick(w.clock.now())
        await mend_commits(w.store)
        await judge.tick(w.clock.now())
        await w.settle()
        assert [title for _, title in w.take()] == ["DOWN: Shop", "UP: Shop, after 0 s"], "in the order of arrival"
        assert (w.status(), w.engine.health()["store"]["ok"]) == ("up", True)
        assert await rows(w.store, "SELECT status FROM incidents") == [("resolved",)]


async def test_a_result_of_an_older_generation_is_dropped(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        old = await w.monitor(**QUICK)
        desk = w.engine.monitors
        await desk.replace(old.id, desk.prepare({"target": "elsewhere"}, old=old.config, partial=True))
        await w.settle()
        stored = w.store.stats()["rows"]
        await offer(w, (old, DOWN))
        assert (w.status(), w.engine.judge.stale, w.store.stats()["rows"]) == ("up", 1, stored)


async def test_a_result_of_a_deleted_monitor_does_not_fail_the_batch(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop, blog = await w.monitor("shop", **QUICK), await w.monitor("blog", **QUICK)
        await w.engine.monitors.delete(blog.id)
        await offer(w, (blog, DOWN), (shop, DOWN))
        assert (w.status("shop"), w.engine.live.find("blog")) == ("down", None)


async def test_one_monitor_that_cannot_be_stored_holds_up_no_other(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitors = [await w.monitor(f"m{number}", **QUICK) for number in range(1, 10)]
        await refuse(w.store, "spans", when="NEW.monitor_id = 5 AND NEW.status = 'down'")
        await offer(w, *((monitor, DOWN) for monitor in monitors))
        states = {monitor.id: w.status(monitor.slug) for monitor in monitors}
        assert states == {monitor.id: "up" if monitor.id == 5 else "down" for monitor in monitors}
        assert (w.engine.judge.refused, w.engine.judge.waiting) == (1, 0)
        assert len(w.engine.live.open_incidents()) == 8
        await accept(w.store, "spans")
        await offer(w, (monitors[4], DOWN))
        assert w.status("m5") == "down"


async def test_an_outage_that_begins_and_ends_within_one_pass_is_one_incident(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**QUICK)
        await offer(w, (shop, DOWN), (shop, UP), (shop, DOWN), (shop, UP))
        await w.settle()
        stored = await rows(w.store, "SELECT id, status FROM incidents ORDER BY id")
        assert stored == [(1, "resolved"), (2, "resolved")]
        events = await rows(w.store, "SELECT incident_id, type FROM events ORDER BY id")
        assert events == [
            (1, "incident.opened"), (1, "incident.resolved"), (2, "incident.opened"), (2, "incident.resolved"),
        ]  # fmt: skip
        assert len(w.take()) == 4


async def test_a_pass_whose_caller_gave_up_is_still_believed_once_it_is_stored(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        gate = threading.Event()
        slow_disk = asyncio.ensure_future(w.store.write(lambda db: gate.wait(10)))
        w.engine.judge.offer(found(shop, DOWN, at=w.clock.now()))
        waiting = asyncio.ensure_future(w.engine.judge.judge(w.clock.now()))
        await asyncio.sleep(0.02)
        waiting.cancel()
        gate.set()
        await slow_disk
        async with w.engine.judge.lock:
            assert w.status() == "down"
        await offer(w, (shop, DOWN))
        assert await count(w.store, "incidents") == 1


async def test_listeners_hear_of_what_is_stored_and_of_nothing_else(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        listening = w.engine.events.subscribe()
        first = asyncio.ensure_future(anext(listening))
        await asyncio.sleep(0)
        await break_commits(w.store)
        w.engine.judge.offer(found(shop, DOWN, at=w.clock.now()))
        with pytest.raises(StoreUnavailable):
            await w.engine.judge.judge(w.clock.now())
        await asyncio.sleep(0)
        assert not first.done()
        await mend_commits(w.store)
        await w.engine.judge.judge(w.clock.now())
        heard = [await first, await anext(listening)]
        assert [event.kind for event in heard] == ["incident", "monitor"]
        assert heard[1].data["status"] == "down"
        await listening.aclose()


async def test_the_inbox_has_a_bound_and_the_oldest_give_way(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        one = found(shop, at=w.clock.now())
        for _ in range(500_010):
            w.engine.judge.offer(one)
        assert (w.engine.judge.waiting, w.engine.judge.overflowed) == (500_000, 10)


async def test_deliveries_are_refused_when_so_many_results_wait(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        one = found(shop, at=w.clock.now(), region="eu")
        for _ in range(500):
            w.engine.judge.hear(Delivery([one] * 1000, []))
        assert w.engine.judge.waiting == 500_000
        with pytest.raises(StoreUnavailable):
            w.engine.judge.hear(Delivery([one], []))


async def test_a_transition_wakes_the_judge_and_plain_results_only_the_first(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop, judge = await w.monitor(**QUICK), w.engine.judge
        woken = []
        for outcome in (UP, UP, DOWN):
            judge.wake.clear()
            judge.offer(found(shop, outcome, at=w.clock.now()))
            woken.append(judge.wake.is_set())
        assert woken == [True, False, True]
