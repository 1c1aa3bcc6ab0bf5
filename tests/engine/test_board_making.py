"""What is on a board: states, days, what people say and plan, and nothing that visitors may not see."""

from pathlib import Path
from typing import Any

import msgspec

from asura.domain.component import IMPLICIT_FROM
from asura.domain.maintenance import Window, WindowConfig
from asura.domain.post import PostKind
from asura.engine.board_work import MOST_OVER, MOST_TO_COME
from tests.engine.looked import board_of, shown, words
from tests.engine.planning import held
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
from tests.world import DEGRADED, DOWN, World, world


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


async def test_an_incident_is_shown_since_it_began_whenever_it_was_published(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor("shop")
        page = await shown(w, shop.id)
        w.clock.turn(3 * 86_400)
        began = later(w, days=-1)
        post = await write(w, page, components=about(page, PARTIAL), started_at=began)
        board = await board_of(w, page)
        assert (board.active[0].started_at, board.active[0].updated_at) == (began, post.publish_at)
        assert [bar.post_ids for bar in board.components[0].bars[-3:]] == [(), (post.id,), (post.id,)]


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


async def plan(w: World, name: str = "Move", **more: Any) -> Window:
    return await w.engine.maintenance.create(WindowConfig(name=name, **more), by="ann")


async def test_planned_work_is_announced_then_in_progress_then_over(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop, other = await w.monitor("shop"), await w.monitor("other")
        page = await shown(w, shop.id)
        times = {"starts_at": later(w, hours=3), "ends_at": later(w, hours=4)}
        await plan(w, monitor_ids=(shop.id,), description="A *disk*.", announce_s=7_200, **times)
        await plan(w, "Elsewhere", monitor_ids=(other.id,), **times)
        await plan(w, "Secret", monitor_ids=(shop.id,), public=False, **times)
        assert (await board_of(w, page)).maintenance == (), "not announced yet"
        w.clock.turn(3_700)
        (work,) = (await board_of(w, page)).maintenance
        assert (work.title, work.status, work.html) == ("Move", "scheduled", "<p>A <em>disk</em>.</p>")
        assert (work.starts_at, work.ends_at) == (times["starts_at"], times["ends_at"])
        assert work.component_ids == (page.config.components[0].id,)
        w.clock.turn(2 * 3_600)
        await w.engine.publisher.tick(w.clock.now())
        (work,) = (await board_of(w, page)).maintenance
        assert (work.status, work.updated_at) == ("in_progress", work.starts_at)
        w.clock.turn(3_600)
        board = await board_of(w, page)
        assert (board.maintenance, [one.status for one in board.past_maintenance]) == ((), ["completed"])
        assert board.past_maintenance[0].updated_at == work.ends_at
        w.clock.turn(15 * 86_400)
        assert (await board_of(w, page)).past_maintenance == ()


async def test_planned_work_names_every_component_that_it_covers(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop, api = await w.monitor("shop", tags=["eu"], group="Web"), await w.monitor("api")
        page = await page_of(
            w, components=[{"name": "Europe", "tag": "eu"}, {"monitor_id": shop.id}, {"monitor_id": api.id}]
        )
        await plan(w, groups=("Web",), starts_at=later(w, hours=1), ends_at=later(w, hours=2))
        (work,) = (await board_of(w, page)).maintenance
        assert work.component_ids == tuple(one.id for one in page.config.components[:2])


async def test_work_that_comes_again_and_again_does_not_fill_the_page(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        page = await shown(w, shop.id)
        await plan(w, monitor_ids=(shop.id,), cron="0 * * * *", duration_s=600)
        w.clock.turn(100 * 3_600)
        held(w, page)
        board = await board_of(w, page)
        assert len(board.maintenance) == 1 + MOST_TO_COME
        assert [one.status for one in board.maintenance] == ["in_progress"] + ["scheduled"] * MOST_TO_COME
        assert len(board.past_maintenance) == MOST_OVER
        week = 7 * 24
        counted = [(week - place, later(w, hours=week)) for place in range(1, 1 + MOST_TO_COME)]
        assert [(one.more, one.more_until) for one in board.maintenance] == [(0, None), *counted]
        newest_first = [one.starts_at for one in board.past_maintenance]
        assert newest_first == sorted(newest_first, reverse=True)


async def test_a_window_that_comes_again_and_again_has_no_past_before_it_was_planned(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        page = await shown(w, shop.id)
        await plan(w, monitor_ids=(shop.id,), cron="0 3 * * *", duration_s=600, starts_at=later(w, days=-40))
        board = await board_of(w, page)
        assert (len(board.maintenance), board.past_maintenance) == (MOST_TO_COME, ())
        assert {one.announced_at for one in board.maintenance} == {w.clock.now()}, "it was not there before"


async def test_a_component_under_maintenance_says_so_and_so_does_the_page(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop, api = await w.monitor("shop"), await w.monitor("api")
        page = await shown(w, shop.id, api.id)
        await plan(w, monitor_ids=(shop.id,), starts_at=later(w, minutes=-1), ends_at=later(w, hours=2))
        assert w.status() == "maintenance"
        board = await board_of(w, page)
        assert words(board) == {"Shop": "maintenance", "Api": "operational"}
        assert board.status == "maintenance"
