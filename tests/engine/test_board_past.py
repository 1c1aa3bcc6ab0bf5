"""What a page told in the past: what was public, in its month, and never what only a rule says."""

import time
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from asura.domain.board import BoardMaintenance, BoardPost
from asura.domain.maintenance import WindowConfig
from asura.domain.page import Page
from asura.engine.board_past import MOST_OF_A_WINDOW
from tests.engine.looked import shown
from tests.engine.planning import held
from tests.engine.said import RESOLVED, later, page_of, say, write
from tests.world import World, world

HOUR = timedelta(hours=1)


def told(w: World, page: Page, *, days: float = 60) -> tuple[list[BoardPost], list[BoardMaintenance]]:
    """Return what a page told in the last days."""
    return w.engine.boards.told(page, later(w, days=-days), later(w, seconds=1))


async def planned(w: World, monitor_id: int, starts_at: datetime | None, **more: object) -> None:
    """Plan work of an hour on a monitor."""
    ends_at = None if starts_at is None or "duration_s" in more else starts_at + HOUR
    made = {"name": "Disks", "monitor_ids": (monitor_id,), "starts_at": starts_at, "ends_at": ends_at, **more}
    await w.engine.maintenance.create(WindowConfig(**made), by="ann")


async def test_posts_are_told_newest_first_however_long_they_are_over(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page = await page_of(w, show={"past_incidents_days": 1})
        old = await write(w, page, "Old", publish_at=later(w, days=-40))
        await say(w, page, old, RESOLVED, at=later(w, days=-39))
        await write(w, page, "New")
        await write(w, page, "To come", publish_at=later(w, days=1))
        assert [post.title for post in told(w, page)[0]] == ["New", "Old"]
        assert [post.title for post in told(w, page, days=10)[0]] == ["New"]
        found = told(w, page)[0][1]
        assert found.resolved_at == later(w, days=-39)
        assert [one.status.value for one in found.updates] == ["resolved", "investigating"]


async def test_one_post_is_shown_from_its_publication_on(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page = await page_of(w)
        post = await write(w, page, "To come", publish_at=later(w, seconds=10))
        assert w.engine.boards.post(page, post) is None
        await w.advance(10)
        shown_post = w.engine.boards.post(page, post)
        assert shown_post is not None
        assert shown_post.title == "To come"


async def test_planned_work_is_told_when_it_has_begun_is_public_and_about_something_on_the_page(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop, other = await w.monitor(), await w.monitor("other")
        page = await shown(w, shop.id)
        await planned(w, shop.id, later(w, hours=-2), name="Written down afterwards")
        await planned(w, shop.id, later(w, hours=1))
        await planned(w, shop.id, later(w, hours=5), name="To come")
        await planned(w, shop.id, later(w, hours=1), name="Hidden", public=False)
        await planned(w, other.id, later(w, hours=1), name="Elsewhere")
        await w.advance(1.5 * 3_600)
        w.clock.turn(1.5 * 3_600)
        assert [(one.title, one.status) for one in told(w, page)[1]] == [("Disks", "completed")]


async def test_what_a_rule_says_of_the_time_before_it_was_written_never_happened(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        page = await shown(w, shop.id)
        await planned(w, shop.id, None, cron="* * * * *", duration_s=30.0)
        assert told(w, page)[1] == []
        await w.advance(60)
        assert len(told(w, page)[1]) == 1


async def test_what_comes_every_hour_does_not_fill_a_month(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        page = await shown(w, shop.id)
        await planned(w, shop.id, None, cron="0 * * * *", duration_s=600.0)
        assert told(w, page)[1] == []
        w.clock.turn(30 * 86_400)
        held(w, page)
        found = told(w, page)[1]
        assert len(found) == MOST_OF_A_WINDOW
        assert {before.starts_at - after.starts_at for before, after in pairwise(found)} == {HOUR}
        assert found[0].starts_at > later(w, hours=-2)


async def test_a_rule_that_names_every_minute_costs_no_more_than_its_last_day(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        page = await shown(w, shop.id)
        await planned(w, shop.id, None, cron="* * * * *", duration_s=30.0)
        w.clock.turn(90 * 86_400)
        held(w, page)
        began = time.process_time()
        assert len(told(w, page)[1]) == MOST_OF_A_WINDOW
        # All of the two months takes two seconds.
        assert time.process_time() - began < 0.5
