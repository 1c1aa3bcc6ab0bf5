"""Boards: what visitors see, made from memory when something changes, and kept while nothing can be stored."""

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec

from asura.domain.board import Board
from asura.domain.component import IMPLICIT_FROM
from asura.domain.page import Page
from asura.domain.post import PostKind
from asura.errors import StoreUnavailable
from tests.engine.kit import break_commits, mend_commits
from tests.engine.said import (
    IDENTIFIED,
    MAJOR,
    OPERATIONAL,
    PARTIAL,
    RESOLVED,
    about,
    later,
    page_of,
    say,
    write,
)
from tests.world import DEGRADED, DOWN, UP, World, world


async def board_of(w: World, page: Page) -> Board:
    return await w.engine.boards.board(w.engine.pages.get(page.id))


async def shown(w: World, *ids: int, **more: Any) -> Page:
    return await page_of(w, components=[{"monitor_id": id_} for id_ in ids], **more)


def words(board: Board) -> dict[str, str]:
    return {one.name: one.status.value for one in board.components}


async def test_a_board_tells_how_components_are_under_their_names(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        w.say(DOWN, "api")
        shop, api = await w.monitor("shop"), await w.monitor("api", failure_threshold=1, retries=0)
        page = await page_of(
            w,
            description="How we are.",
            timezone="Europe/Berlin",
            groups=[{"name": "Inside", "description": "x", "collapsed": True}],
            components=[
                {"name": "", "monitor_id": shop.id, "group": "Later"},
                {"name": "Programs", "monitor_id": api.id, "group": "Inside", "description": "for all"},
                {"name": "Alone", "monitor_id": shop.id},
            ],
        )
        board = await board_of(w, page)
        assert words(board) == {"Shop": "operational", "Programs": "major_outage", "Alone": "operational"}
        assert (board.title, board.description, board.timezone) == ("Shop", "How we are.", "Europe/Berlin")
        assert (board.status, board.slug, board.as_of) == ("partial_outage", "shop", w.clock.now())
        ids = {one.name: one.id for one in board.components}
        assert [(one.name, one.description, one.collapsed, one.component_ids) for one in board.groups] == [
            ("", "", False, (ids["Alone"],)),
            ("Inside", "x", True, (ids["Programs"],)),
            ("Later", "", False, (ids["Shop"],)),
        ]
        assert board.components[1].description == "for all"
        assert board.components[0].since == shop.created_at


async def test_the_page_of_everything_public_shows_public_monitors_and_no_others(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor("shop", public=True, group="Web")
        await w.monitor("secret")
        main = w.engine.pages.main
        assert main is not None
        board = await board_of(w, main)
        assert [(one.id, one.name, one.group) for one in board.components] == [(IMPLICIT_FROM + shop.id, "Shop", "Web")]


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


async def test_a_page_that_shows_no_uptimes_has_none(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        page = await shown(w, shop.id, show={"uptime": False, "response_times": True})
        (one,) = (await board_of(w, page)).components
        assert (one.ratio, one.ratio_90d, one.bars) == (None, None, ())
        assert len(one.response_ms) == 90


async def test_posts_are_shown_when_they_are_public_with_what_was_said_and_no_more(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page = await page_of(w)
        post = await write(w, page, components=about(page, PARTIAL), impact="major", text="We **look**.")
        await write(w, page, "Later", publish_at=later(w, hours=1), text="canary-of-the-future")
        await write(w, page, "Note", kind=PostKind.NOTICE, ends_at=later(w, hours=2))
        await w.advance(10)
        await say(w, page, post, IDENTIFIED, text="A disk.", components=about(page, MAJOR))
        await say(w, page, post, RESOLVED, text="canary-to-come", at=later(w, minutes=30))
        board = await board_of(w, page)
        (active,) = board.active
        assert (active.title, active.status, active.impact, active.resolved_at) == (
            "The shop is slow",
            IDENTIFIED,
            "major",
            None,
        )
        assert [update.text for update in active.updates] == ["A disk.", "We **look**."]
        assert active.updates[-1].html == "<p>We <strong>look</strong>.</p>"
        assert active.component_ids == (page.config.components[0].id,)
        assert (active.started_at, active.updated_at) == (post.publish_at, w.clock.now())
        assert board.components[0].status is MAJOR
        assert board.status == "major_outage", "of the other component nothing is known"
        assert [one.title for one in board.notices] == ["Note"]
        assert b"canary" not in msgspec.json.encode(board)
        w.clock.turn(3700)
        board = await board_of(w, page)
        assert [one.title for one in board.active] == ["Later"]
        assert [(one.title, one.resolved_at) for one in board.past] == [("The shop is slow", later(w, seconds=-1900))]
        w.clock.turn(15 * 86_400)
        assert (await board_of(w, page)).past == (), "older than the page shows"


async def test_what_is_said_marks_the_days_of_its_components(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop, api = await w.monitor("shop"), await w.monitor("api")
        page = await shown(w, shop.id, api.id)
        post = await write(w, page, components=about(page, PARTIAL))
        await write(w, page, "Note", kind=PostKind.NOTICE)
        w.clock.turn(86_400)
        await say(w, page, post, RESOLVED)
        w.clock.turn(86_400)
        other = await write(w, page, components=about(page, PARTIAL, PARTIAL))
        one, two = (await board_of(w, page)).components
        assert [bar.post_ids for bar in one.bars[-4:]] == [(), (post.id,), (post.id,), (other.id,)]
        assert [bar.post_ids for bar in two.bars[-3:]] == [(), (), (other.id,)]


async def test_an_incident_that_names_no_component_speaks_for_the_page(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        page = await shown(w, shop.id)
        await write(w, page, impact="major")
        assert (await board_of(w, page)).status == "partial_outage"


async def test_people_cannot_say_that_all_is_well_where_it_is_not(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        w.say(DEGRADED)
        shop = await w.monitor(failure_threshold=1, retries=0)
        page = await shown(w, shop.id)
        await write(w, page, components=about(page, OPERATIONAL))
        assert words(await board_of(w, page)) == {"Shop": "degraded"}


async def test_nothing_of_monitors_but_their_names_is_on_a_board(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        w.say(msgspec.structs.replace(DOWN, message="canary-message"), "canary-target")
        shop = await w.monitor(
            "canary-target",
            name="Shop",
            description="canary-note",
            tags=["canary-tag"],
            failure_threshold=1,
            retries=0,
        )
        page = await shown(w, shop.id)
        await write(w, page, components=about(page, MAJOR))
        assert w.status("canary-target") == "down"
        raw = msgspec.json.encode(await board_of(w, page))
        assert b"canary" not in raw
        assert b"ann" not in raw.replace(b"annual", b"")


async def test_it_was_last_updated_when_something_of_it_changed(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(failure_threshold=1, retries=0)
        page = await shown(w, shop.id)
        began = w.clock.now()
        await w.advance(30)
        assert (await board_of(w, page)).updated_at == began
        w.say(DOWN)
        await w.engine.monitors.check_now(shop.id)
        down_at = w.clock.now()
        await w.advance(2)
        assert (await board_of(w, page)).updated_at == down_at
        await write(w, page)
        assert (await board_of(w, page)).updated_at == w.clock.now()


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
