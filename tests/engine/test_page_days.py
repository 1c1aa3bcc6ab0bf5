"""The days of a page: what was read and what is in memory, together the same as everything read at once."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from asura.domain import component as components
from asura.domain import days
from asura.domain.heartbeat import due_in
from asura.domain.instant import at_ms
from asura.domain.monitor import Monitor
from asura.domain.page import ComponentConfig
from asura.domain.status import Status
from asura.engine import day_reading
from asura.engine.day_reading import Subject, bar_of
from asura.engine.page_days import PageDays, Shown
from asura.store import gaps, spans
from tests.store import kit
from tests.world import World, world

PAGE = 1
UP, DOWN, PAUSED = Status.UP, Status.DOWN, Status.PAUSED
BERLIN, UTC_ZONE, KATHMANDU = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC"), ZoneInfo("Asia/Kathmandu")


async def lived(w: World, monitor: Monitor, *turns: tuple[float, Status]) -> None:
    """Give a monitor a past: from so many hours ago on it was in a state. What memory holds is read anew."""
    await rewrite(w, monitor, *turns)
    await w.restart()


async def rewrite(w: World, monitor: Monitor, *turns: tuple[float, Status]) -> None:
    now = w.clock.now()

    def change(db: sqlite3.Connection) -> None:
        for hours, status in turns:
            spans.switch(db, monitor.id, "", status, "r", now - timedelta(hours=hours))

    await w.store.write(change)


def subject(
    w: World, *ids: int, zone: ZoneInfo = UTC_ZONE, count: int = 90, with_times: bool = False, **component: object
) -> Subject:
    made = ComponentConfig(**({"id": 1, "tag": "t"} | component))
    views = [w.engine.live.find(id_) for id_ in ids]
    known = tuple(view for view in views if view is not None)
    return day_reading.subject(made, known, zone, days=count, with_times=with_times)


async def read(w: World, kept: PageDays, *subjects: Subject) -> bool:
    """Read what is stale; returns whether anything was."""
    task = kept.refresh(PAGE, subjects, w.clock.now())
    if task is not None:
        await task
    return task is not None


async def everything(w: World, one: Subject) -> list[object]:
    """Return the bars of a component from the store alone, read at once."""
    now = w.clock.now()
    wanted = days.last(one.days, now, one.zone)
    async with w.store.read() as reader:
        found = {
            view.monitor.id: await spans.read(reader, view.monitor.id, wanted[0][1], now, due=due_in(view.monitor, now))
            for view in one.views
        }
    return [bar_of(day)[0] for day in components.days_of(one.component, found, wanted, now)]


def told(shown: Shown) -> list[tuple[date, float | None, str]]:
    return [(bar.date, bar.ratio, bar.worst) for bar in shown.bars if bar.worst != "no_data"]


@pytest.mark.parametrize("zone", [UTC_ZONE, BERLIN, KATHMANDU], ids=str)
@pytest.mark.parametrize("hour", [0.2, 1, 7, 19.9, 20.1, 23.8])
async def test_what_was_read_and_what_is_in_memory_make_the_days_that_all_of_it_makes(
    tmp_path: Path, zone: ZoneInfo, hour: float
) -> None:
    async with world(tmp_path) as w:
        w.clock.wall += timedelta(hours=hour - 12)
        shop, api = await w.monitor("shop"), await w.monitor("api")
        turns = [(float(n), (UP, DOWN, UP, PAUSED)[n // 7 % 4]) for n in range(2000, 0, -7)]
        await rewrite(w, api, *((hours - 0.5, status) for hours, status in turns[::3]))
        await lived(w, shop, *turns)
        kept, one = PageDays(w.engine), subject(w, shop.id, zone=zone)
        both = subject(w, shop.id, api.id, zone=zone, id=2)
        weighted = subject(w, shop.id, api.id, zone=zone, id=3, combine="weighted", weights={str(shop.id): 3.0})
        await read(w, kept, one, both, weighted)
        for _ in range(3):
            for each in (one, both, weighted):
                found, expected = kept.shown(PAGE, each, w.clock.now()), await everything(w, each)
                assert [(bar.date, bar.worst) for bar in found.bars] == [(bar.date, bar.worst) for bar in expected]
                assert [bar.ratio for bar in found.bars] == pytest.approx([bar.ratio for bar in expected])
            # Also over midnight, and without reading anything again.
            w.clock.turn(3000)


async def test_bars_begin_with_the_monitor_and_days_without_data_are_grey(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        await lived(w, shop, (50, UP), (30, Status.UNKNOWN), (1, UP))
        kept, one = PageDays(w.engine), subject(w, shop.id)
        await read(w, kept, one)
        found = kept.shown(PAGE, one, w.clock.now())
        assert len(found.bars) == 90
        assert {(bar.ratio, bar.worst) for bar in found.bars[:-3]} == {(None, "no_data")}
        assert told(found) == [
            (date(2026, 2, 28), 1.0, "up"),
            (date(2026, 3, 1), 1.0, "unknown"),
            (date(2026, 3, 2), 1.0, "unknown"),
        ]
        assert found.ratio(90) == 1.0


async def test_the_uptime_of_all_days_is_of_exact_seconds(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        await lived(w, shop, (100, UP), (60, DOWN), (50, UP))
        kept, one = PageDays(w.engine), subject(w, shop.id)
        await read(w, kept, one)
        found = kept.shown(PAGE, one, w.clock.now())
        assert found.ratio(90) == pytest.approx(0.9)
        assert found.ratio(1) == 1.0
        assert sum(bar.bad_s for bar in found.bars) == 36_000.0


async def test_our_own_gaps_are_no_uptime_of_anybody(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        await rewrite(w, shop, (72, UP))
        began = w.clock.now() - timedelta(hours=48)
        await w.store.write(lambda db: gaps.end(db, gaps.begin(db, began, "stalled"), began + timedelta(hours=30)))
        await w.restart()
        kept, one = PageDays(w.engine), subject(w, shop.id)
        await read(w, kept, one)
        assert [(worst, ratio) for _, ratio, worst in told(kept.shown(PAGE, one, w.clock.now()))] == [
            ("up", 1.0),
            ("unknown", 1.0),
            ("unknown", 1.0),
            ("up", 1.0),
        ]


async def test_days_that_were_not_read_yet_have_no_data_but_today_is_known(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        await lived(w, shop, (50, UP), (2, DOWN), (1, UP))
        kept, one = PageDays(w.engine), subject(w, shop.id)
        assert not kept.knows(PAGE, [one], w.clock.now())
        assert [(day, worst) for day, _, worst in told(kept.shown(PAGE, one, w.clock.now()))] == [
            (date(2026, 3, 2), "down")
        ]


async def test_it_is_read_again_when_something_of_the_past_changes_and_not_before(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop, api = await w.monitor("shop"), await w.monitor("api")
        await lived(w, shop, (100, UP))
        kept, one = PageDays(w.engine), subject(w, shop.id)
        assert await read(w, kept, one)
        assert kept.knows(PAGE, [one], w.clock.now())
        assert not await read(w, kept, one)
        w.clock.turn(1800)
        assert not await read(w, kept, one)
        w.clock.turn(1801)
        assert await read(w, kept, one), "an hour is over"
        w.clock.turn(12 * 3600)
        assert await read(w, kept, one), "a new day"
        assert not await read(w, kept, one)
        more = subject(w, shop.id, api.id)
        assert not kept.knows(PAGE, [more], w.clock.now())
        assert await read(w, kept, more), "another monitor has the tag"
        assert await read(w, kept, subject(w, shop.id, zone=BERLIN)), "the page has another zone"
        assert await read(w, kept, subject(w, shop.id, zone=BERLIN, count=30)), "and fewer days"


async def test_a_state_that_is_back_dated_into_what_was_read_has_it_read_again(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        await lived(w, shop, (100, UP))
        kept, one = PageDays(w.engine), subject(w, shop.id)
        await read(w, kept, one)
        w.clock.turn(600)
        await rewrite(w, shop, (1, DOWN))
        state = w.engine.live.state(shop.id)
        assert state is not None
        now = w.clock.now()
        state.switch(went_down(shop.id, now - timedelta(hours=1)), now)
        assert not await read(w, kept, one), "what is in memory anyway"
        await rewrite(w, shop, (20, DOWN))
        state.switch(went_down(shop.id, now - timedelta(hours=20)), now)
        assert await read(w, kept, one)
        assert [worst for _, _, worst in told(kept.shown(PAGE, one, now))][-2:] == ["down", "down"]


def went_down(monitor_id: int, at: datetime) -> spans.Span:
    return spans.Span(monitor_id, "", DOWN, "r", at)


async def test_a_store_that_cannot_be_read_leaves_the_days_as_they_are(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        await lived(w, shop, (100, UP), (60, DOWN), (50, UP))
        kept, one = PageDays(w.engine), subject(w, shop.id)
        await read(w, kept, one)
        before = kept.shown(PAGE, one, w.clock.now())
        await w.store.close()
        w.clock.turn(4000)
        assert await read(w, kept, one)
        after = kept.shown(PAGE, one, w.clock.now())
        assert after.bars[:-1] == before.bars[:-1]
        assert not await read(w, kept, one), "not again and again"
        w.clock.turn(16)
        assert await read(w, kept, one)


async def test_response_times_are_averages_of_the_days_of_the_zone(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        day = datetime(2026, 2, 28, tzinfo=UTC)
        found = [
            kit.up(shop.id, day + timedelta(hours=hours), latency_ms=latency, generation=shop.generation)
            for hours, latency in ((1, 10.0), (20, 30.0), (23.5, 100.0), (30, 50.0))
        ]
        await kit.append(w.store, *found)
        await kit.pack_all(w.store, w.clock.now() + timedelta(hours=2))
        kept, one = PageDays(w.engine), subject(w, shop.id, zone=BERLIN, with_times=True)
        await read(w, kept, one)
        shown = kept.shown(PAGE, one, w.clock.now())
        assert shown.response_ms[-3:-1] == (20.0, 75.0)
        assert set(shown.response_ms[:-3]) == {None}
        assert at_ms(day) == 1_772_236_800_000
        w.clock.turn(4000)
        assert await read(w, kept, one)
        assert kept.shown(PAGE, one, w.clock.now()).response_ms[-3:-1] == (20.0, 75.0), "what was known is kept"


async def test_one_page_is_read_once_at_a_time_and_forgotten_with_its_components(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        kept, one, other = PageDays(w.engine), subject(w, shop.id), subject(w, shop.id, id=2)
        first = kept.refresh(PAGE, [one, other], w.clock.now())
        assert first is not None
        assert kept.refresh(PAGE, [one, other], w.clock.now()) is first
        await first
        w.clock.turn(4000)
        assert await read(w, kept, one)
        assert not kept.knows(PAGE, [other], w.clock.now())
        kept.forget(PAGE)
        assert not kept.knows(PAGE, [one], w.clock.now())
        again = kept.refresh(PAGE, [one], w.clock.now())
        assert again is not None
        await kept.stop()
        assert again.done()
