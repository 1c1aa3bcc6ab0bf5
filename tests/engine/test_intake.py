"""What probes deliver: taken once and durably, judged when it is news, and never more than its probe may say."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from asura.domain import wire
from asura.domain.result import Evidence
from asura.errors import Invalid
from tests.engine.kit import count
from tests.engine.probes_kit import place, saw, stored
from tests.world import DOWN, UP, world

QUICK: dict[str, Any] = {"retries": 0, "failure_threshold": 1, "interval": 60}


async def test_news_is_judged_and_stored_before_it_is_answered(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK, regions=["eu"])
        eu = await place(w)
        w.clock.turn(1)
        at = w.clock.now()
        taken = await eu.deliver(saw(shop, at=at, latency_ms=7.25), saw(shop, at=at + timedelta(milliseconds=1)))
        assert (taken.news, taken.history, taken.refused, taken.known) == (2, 0, 0, False)
        assert (taken.tag, taken.now) == (w.engine.dispatch.tag(eu.probe.id), w.clock.now().timestamp())
        assert w.status() == "up"
        first = (await stored(w, shop))[0]
        assert (first.region, first.at, first.latency_ms) == ("eu", at, 7.25)
        assert w.engine.intake._receipts.pending((eu.probe.id, eu.boot, 0)) is None


async def test_a_region_that_fails_with_its_evidence_opens_an_incident(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**QUICK, regions=["eu"])
        eu = await place(w)
        w.clock.turn(1)
        failing = saw(shop, DOWN, at=w.clock.now(), evidence=Evidence(address="192.0.2.7:443"))
        await eu.deliver(failing)
        assert w.status() == "down"
        await w.settle()
        assert [title for _, title in w.take()] == ["DOWN: Shop"]


async def test_times_are_those_of_the_primary_whatever_the_clock_of_the_probe_says(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK, regions=["eu"])
        eu = await place(w)
        w.clock.turn(10)
        hour = timedelta(hours=1)
        now = w.clock.now()
        # It is an hour ahead, and the check began four seconds before it was sent.
        batch = eu.batch(saw(shop, at=now + hour - timedelta(seconds=4)))
        assert (await eu.take(batch, sent_at=(now + hour).timestamp())).news == 1
        assert (await stored(w, shop))[0].at == now - timedelta(seconds=4)


async def test_a_slow_delivery_does_not_make_a_check_late(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK, regions=["eu"])
        eu = await place(w)
        sent = w.clock.now()
        w.clock.turn(0.25)
        await eu.take(eu.batch(), sent_at=sent.timestamp())
        w.clock.turn(5)
        begun = w.clock.now()
        batch = eu.batch(saw(shop, at=begun))
        w.clock.turn(3)
        await eu.take(batch, sent_at=begun.timestamp())
        # The quickest way took a quarter of a second: that much of the three is allowed for.
        assert (await stored(w, shop))[0].at == begun + timedelta(seconds=0.25)


async def test_after_many_deliveries_the_clocks_are_compared_anew_and_a_process_has_its_own(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK, regions=["eu"])
        eu = await place(w)
        now = w.clock.now().timestamp()
        await eu.take(eu.batch(), sent_at=now + 60)
        for _ in range(32):
            await eu.take(eu.batch(), sent_at=now)
        await eu.take(eu.batch(saw(shop, at=w.clock.now())), sent_at=now)
        assert (await stored(w, shop))[-1].at == w.clock.now()


async def test_what_began_in_the_future_is_refused_as_a_whole(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        eu = await place(w)
        now = w.clock.now()
        with pytest.raises(Invalid, match=r"results\[1\]\.at: is in the future"):
            await eu.deliver(saw(shop, at=now), saw(shop, at=now + timedelta(seconds=2.5)))
        assert await stored(w, shop) == []
        # A little ahead is what clocks are; nothing begins after it was received.
        await eu.deliver(saw(shop, at=now + timedelta(seconds=1.5)))
        assert [one.at for one in await stored(w, shop)] == [now]


async def test_what_is_too_old_to_count_is_history_and_after_two_hours_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK, regions=["eu"])
        eu = await place(w)
        w.clock.turn(3 * 3600)
        eu.everything()
        now = w.clock.now()
        view = w.engine.live.find(shop.id)
        assert view is not None
        fresh_s = view.electorate.fresh_s
        ages = (fresh_s - 1, fresh_s + 1, 7199, 7201)
        taken = await eu.deliver(*(saw(shop, DOWN, at=now - timedelta(seconds=age)) for age in ages))
        assert (taken.news, taken.history, taken.refused) == (1, 2, 1)
        assert len(await stored(w, shop)) == 3
        assert w.engine.roster.standing(eu.probe.id).refused == 1


async def test_another_probe_of_the_region_and_another_generation_are_history(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK, regions=["eu"])
        a, b = await place(w, "eu", "a"), await place(w, "eu", "b")
        mine, other = (a, b) if shop.id in w.engine.dispatch.held(a.probe.id) else (b, a)
        taken = await other.deliver(saw(shop, DOWN, at=w.clock.now()))
        assert (taken.news, taken.history, w.status()) == (0, 1, "pending")
        old, ahead = shop.generation - 1, shop.generation + 1
        taken = await mine.deliver(
            saw(shop, DOWN, at=w.clock.now(), generation=old), saw(shop, DOWN, at=w.clock.now(), generation=ahead)
        )
        assert (taken.news, taken.history, taken.refused, w.status()) == (0, 1, 1, "pending")
        assert len(await stored(w, shop)) == 2


async def test_what_is_edited_between_delivery_and_commit_is_history(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK, regions=["eu"])
        eu = await place(w)
        taking = eu.send(eu.batch(saw(shop, DOWN, at=w.clock.now())))
        await asyncio.sleep(0)
        config = w.engine.monitors.prepare({"interval": 30}, old=shop.config, partial=True)
        await w.engine.monitors.replace(shop.id, config)
        await w.engine.judge.judge(w.clock.now())
        assert ((await taking).news, w.status(), len(await stored(w, shop))) == (1, "pending", 1)


async def test_a_backlog_that_comes_last_is_stored_and_changes_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK, regions=["eu"])
        eu = await place(w)
        begun = w.clock.now()
        old = eu.batch(saw(shop, DOWN, at=begun), state=wire.State(blind="It could not see."))
        w.clock.turn(30)
        await eu.deliver(saw(shop, at=w.clock.now()), state=wire.State(checks_per_s=2.0))
        taken = await eu.take(old)
        assert (taken.news, w.status(), len(await stored(w, shop))) == (1, "up", 2)
        standing = w.engine.roster.standing(eu.probe.id)
        assert (standing.blind, standing.checks_per_s) == ("", 2.0)


async def test_a_probe_cannot_touch_what_others_check(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop, blog = await w.monitor("shop", **QUICK, regions=["us"]), await w.monitor("blog", **QUICK)
        eu, us = await place(w), await place(w, "us")
        await us.deliver(saw(shop, at=w.clock.now()))
        await w.heartbeat()
        beat = w.engine.live.find("backup")
        assert beat is not None
        w.clock.turn(1)
        at = w.clock.now()
        taken = await eu.deliver(
            saw(shop, DOWN, at=at),
            saw(beat.monitor, DOWN, at=at),
            saw(blog, DOWN, at=at, monitor_id=999_999),
            saw(blog, DOWN, at=at, monitor_id=(1 << 53) - 1),
            saw(blog, DOWN, at=at, monitor_id=0),
        )
        assert (taken.news, taken.history, taken.refused) == (0, 0, 5)
        assert (w.status("shop"), w.status("blog"), w.status("backup")) == ("up", "up", "pending")
        assert await stored(w, shop, "eu") == [] and await count(w.store, "probe_batches") == 1
        # What it may speak of is its own region's word: it fails there, and nowhere else.
        await eu.deliver(saw(blog, DOWN, at=w.clock.now()))
        assert {one.region for one in await stored(w, blog, "eu")} == {"eu"}
        assert len(await stored(w, blog, "local")) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"latency_ms": float("nan")},
        {"latency_ms": float("inf")},
        {"latency_ms": -1.0},
        {"finding": 7},
        {"at": 1 << 52},
        {"generation": -5},
    ],
    ids=str,
)
async def test_nonsense_is_refused_and_nothing_of_its_batch_counts(tmp_path: Path, fields: dict[str, Any]) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        eu = await place(w)
        good = saw(shop, DOWN, at=w.clock.now())
        with pytest.raises(Invalid):
            await eu.deliver(good, msgspec.structs.replace(good, **fields))
        assert (w.engine.judge.waiting, await stored(w, shop)) == (0, [])


@pytest.mark.parametrize("boot", ["", "short", "A" * 16, "x" * 1000, "0b5e7c1a\0"], ids=repr)
async def test_a_process_without_a_proper_name_is_refused(tmp_path: Path, boot: str) -> None:
    async with world(tmp_path) as w:
        eu = await place(w)
        with pytest.raises(Invalid, match="boot"):
            await eu.take(msgspec.structs.replace(eu.batch(), boot=boot))


async def test_an_empty_batch_says_how_a_probe_does_and_costs_no_commit(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        eu = await place(w)
        before = w.store.stats()["commits"]
        taken = await eu.deliver(state=wire.State(in_flight=3, spooled=2, late_s=float("nan")))
        assert (taken.news, taken.known, w.store.stats()["commits"]) == (0, False, before)
        standing = w.engine.roster.standing(eu.probe.id)
        assert (standing.in_flight, standing.spooled, standing.late_s) == (3, 2, 0)


async def test_the_next_result_is_the_first_that_began_after_it_was_asked_for(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK, regions=["eu"])
        eu = await place(w)
        w.clock.turn(10)
        since = w.clock.now()
        waiting = asyncio.ensure_future(w.engine.intake.next_result(shop.id, since=since, seconds=30))
        await asyncio.sleep(0)
        await eu.deliver(saw(shop, at=since - timedelta(seconds=1)))
        assert not waiting.done()
        w.clock.turn(1)
        await eu.deliver(saw(shop, DOWN, at=w.clock.now()), saw(shop, UP, at=w.clock.now()))
        result = await waiting
        assert result is not None and result.message == DOWN.message
        assert await w.engine.intake.next_result(shop.id, since=w.clock.now(), seconds=0.01) is None
        assert w.engine.intake._waiting == {}


async def test_a_probe_that_has_put_its_clock_right_is_not_taken_for_one_that_began_too_early(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK, regions=["eu"])
        eu = await place(w)
        w.clock.turn(10)
        # Its clock was a fifth of a second ahead, and is right since.
        await eu.take(eu.batch(), sent_at=w.clock.now().timestamp() + 0.2)
        w.clock.turn(1)
        waiting = asyncio.ensure_future(w.engine.intake.next_result(shop.id, since=w.clock.now(), seconds=30))
        await asyncio.sleep(0)
        w.clock.turn(0.01)
        await eu.deliver(saw(shop, at=w.clock.now()))
        result = await asyncio.wait_for(waiting, 1)
        assert result is not None and result.at == w.clock.now() - timedelta(seconds=0.2)
