"""When boards are made: on change, not too often, and not at all while nothing can be stored."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

from asura.errors import StoreUnavailable
from tests.engine.kit import break_commits, mend_commits
from tests.engine.looked import board_of, shown, words
from tests.engine.said import (
    page_of,
    write,
)
from tests.world import DOWN, UP, World, world


async def test_tags_and_groups_stand_for_all_their_monitors_also_for_new_ones(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.monitor("shop", tags=["eu"], group="Web")
        page = await page_of(w, components=[{"name": "Europe", "tag": "eu"}, {"name": "W", "monitor_group": "Web"}])
        assert words(await board_of(w, page)) == {"Europe": "operational", "W": "operational"}
        w.say(DOWN, "more")
        await w.monitor("more", tags=["eu"], failure_threshold=1, retries=0)
        await w.advance(5)
        assert words(await board_of(w, page)) == {"Europe": "major_outage", "W": "operational"}


async def test_a_board_is_kept_for_five_seconds_and_made_when_a_state_changes_but_once_a_second(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(interval=5, failure_threshold=1, retries=0)
        page = await shown(w, shop.id)
        first = await board_of(w, page)
        assert await board_of(w, page) is first
        await w.advance(4)
        assert await board_of(w, page) is first
        w.say(DOWN)
        await w.engine.monitors.check_now(shop.id)
        assert w.status() == "down"
        await w.advance(0.5)
        second = await board_of(w, page)
        assert words(second) == {"Shop": "major_outage"}
        w.say(UP)
        await w.engine.monitors.check_now(shop.id)
        assert await board_of(w, page) is second, "not twice in a second"
        await w.advance(1)
        third = await board_of(w, page)
        assert words(third) == {"Shop": "operational"}
        await w.advance(4.9)
        assert await board_of(w, page) is third
        await w.advance(0.2)
        assert (await board_of(w, page)).as_of > third.as_of


async def test_what_people_change_is_seen_at_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page = await page_of(w)
        assert (await board_of(w, page)).active == ()
        await write(w, page)
        assert [post.title for post in (await board_of(w, page)).active] == ["The shop is slow"]
        await w.engine.pages.replace(page.id, w.engine.pages.prepare({"title": "Renamed"}, old=page, partial=True))
        assert (await board_of(w, page)).title == "Renamed"


async def test_nobody_looks_and_nothing_is_made(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page = await page_of(w)
        await w.advance(20)
        assert w.engine.boards.made == 0
        await asyncio.gather(*(board_of(w, page) for _ in range(20)))
        assert w.engine.boards.made == 1


async def test_days_are_there_with_the_first_board_and_go_on(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(failure_threshold=1, retries=0)
        await w.advance(60)
        page = await shown(w, shop.id, show={"days": 30})
        (one,) = (await board_of(w, page)).components
        assert len(one.bars) == 30
        assert (one.bars[-1].date, one.bars[-1].ratio, one.bars[-1].worst) == (date(2026, 3, 2), 1.0, "up")
        assert {(bar.ratio, bar.worst) for bar in one.bars[:-1]} == {(None, "no_data")}
        assert (one.ratio, one.ratio_90d, one.response_ms) == (1.0, 1.0, ())


async def test_while_nothing_can_be_stored_the_last_board_stays_with_its_time(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(interval=5)
        page = await shown(w, shop.id)
        last = await board_of(w, page)
        await break_commits(w.store)
        await unstored(w, seconds=30)
        assert w.status() == "unknown"
        assert await board_of(w, page) is last
        await mend_commits(w.store)
        await w.advance(5.5)
        after = await board_of(w, page)
        assert (words(after), after.as_of) == ({"Shop": "operational"}, w.clock.now())


async def test_a_page_that_nobody_looked_at_shows_what_was_known_before_the_trouble(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(interval=5)
        page = await shown(w, shop.id)
        other = await shown(w, shop.id, title="Other")
        old = await board_of(w, other)
        await w.advance(60)
        known = w.clock.now()
        await break_commits(w.store)
        await unstored(w, seconds=30)
        board = await board_of(w, page)
        assert words(board) == {"Shop": "operational"}
        assert known <= board.as_of < known + timedelta(seconds=7)
        assert await board_of(w, page) is board
        assert (await board_of(w, other)).as_of == board.as_of > old.as_of, "an hour old, and we knew more"
        await mend_commits(w.store)
        await w.advance(1)


async def unstored(w: World, *, seconds: int) -> None:
    """Let time pass in which checks run and nothing can be stored."""
    for _ in range(seconds):
        w.clock.turn(1)
        w.engine.auditor.observe()
        w.engine.runner.scheduler.tick()
        await w.engine.runner.drain()
        try:
            await w.engine.judge.judge(w.clock.now())
        except StoreUnavailable:
            continue
    assert w.engine.judge.failing_s(w.clock.monotonic()) > 0


async def test_a_store_that_is_gone_leaves_a_page_of_what_memory_knows(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        page = await shown(w, shop.id)
        await w.advance(60)
        await w.store.close()
        board = await board_of(w, page)
        assert words(board) == {"Shop": "operational"}
        assert [bar.worst for bar in board.components[0].bars[-2:]] == ["no_data", "up"]


async def test_a_page_that_is_deleted_is_forgotten(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page, other = await page_of(w), await page_of(w, "Other")
        await board_of(w, page)
        await w.engine.pages.delete(page.id)
        await board_of(w, other)
        assert w.engine.boards.current(page) is None
