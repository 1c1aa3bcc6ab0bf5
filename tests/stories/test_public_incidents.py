"""What a status page says of an outage by itself: by its rule, once, in its own words, and what people make of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from asura.domain import publishing
from asura.domain.page import Page
from asura.domain.post import Post, PostKind
from asura.store import incidents
from tests.engine.looked import board_of
from tests.engine.said import (
    IDENTIFIED,
    INVESTIGATING,
    MAJOR,
    MONITORING,
    OPERATIONAL,
    RESOLVED,
    Readers,
    about,
    later,
    page_of,
    say,
    write,
)
from tests.world import DEGRADED, DOWN, UP, World, world

MINUTE = 60.0
SECRET = "Connection refused by 192.0.2.7:443."
TOLD = ("incident", "Europe is not available", "investigating")
OVER = ("incident", "Europe is not available", "resolved")


class Tale:
    """A page that stands for some monitors, and those who read it."""

    def __init__(self, w: World, page: Page) -> None:
        self.w = w
        self.page = page
        self.readers = Readers(w)

    @property
    def posts(self) -> list[Post]:
        return self.w.engine.posts.of_page(self.page.id)

    async def fail(self, minutes: float, target: str = "shop") -> None:
        """Let a target be down for some minutes, and as long as it takes to be believed well again."""
        self.w.say(DOWN, target)
        await self.w.advance(minutes * MINUTE)
        self.w.say(UP, target)
        await self.w.advance(MINUTE)

    async def restart(self, **options: Any) -> None:
        await self.w.restart(**options)
        told, self.readers = self.readers.told, Readers(self.w)
        self.readers.told = told
        await self.w.settle()


@asynccontextmanager
async def tale(folder: Path, *, monitors: tuple[str, ...] = ("shop",), **rule: Any) -> AsyncIterator[Tale]:
    """Lend a page with one component for the tag `eu`, whose rule is by default to tell after five minutes."""
    async with world(folder) as w:
        for target in monitors:
            await w.monitor(target, tags=["eu"], retries=0, failure_threshold=1, interval=30)
        rules = {"auto_incidents": rule} if rule else {}
        yield Tale(w, await page_of(w, components=[{"name": "Europe", "tag": "eu"}], **rules))


async def test_a_short_outage_is_nobodys_business(tmp_path: Path) -> None:
    async with tale(tmp_path) as t:
        await t.fail(3)
        await t.w.advance(10 * MINUTE)
        assert t.posts == []
        assert t.readers.take() == []


async def test_a_longer_one_is_told_after_five_minutes_and_when_it_is_over(tmp_path: Path) -> None:
    async with tale(tmp_path) as t:
        t.w.say(DOWN)
        await t.w.advance(MINUTE)
        (incident,) = t.w.open_incidents()
        due = incident.started_at + timedelta(minutes=5)
        await t.w.advance((due - t.w.clock.now()).total_seconds() - 0.5)
        assert t.posts == []
        await t.w.advance(1)
        (post,) = t.posts
        assert (post.publish_at, post.created_by, post.impact) == (due, "asura", "critical")
        assert post.started_at == incident.started_at
        assert (post.source, post.updates[0].components) == (t.page.config.components[0].id, about(t.page, MAJOR))
        assert t.readers.take() == [TOLD]
        await t.fail(4)
        (post,) = t.posts
        assert [one.status for one in post.updates] == [INVESTIGATING, RESOLVED]
        assert post.updates[-1].text == "Europe works again."
        assert post.updates[-1].components == about(t.page, OPERATIONAL)
        assert post.resolved_at == await ended_at(t.w, incident.id)
        assert t.readers.take() == [OVER]
        assert SECRET not in str(post)
        await t.w.advance(20 * MINUTE)
        assert len(t.posts) == 1
        assert t.readers.take() == []


async def test_an_outage_is_as_long_in_public_as_it_was(tmp_path: Path) -> None:
    async with tale(tmp_path) as t:
        t.w.say(DOWN)
        await t.w.advance(MINUTE)
        (incident,) = t.w.open_incidents()
        await t.w.advance(5 * MINUTE - 10)
        t.w.say(UP)
        await t.w.advance(2 * MINUTE)
        (past,) = (await board_of(t.w, t.page)).past
        assert past.resolved_at == await ended_at(t.w, incident.id)
        assert past.resolved_at - incident.started_at in (timedelta(minutes=5.5), timedelta(minutes=6))
        assert past.started_at == incident.started_at


async def ended_at(w: World, incident_id: int) -> Any:
    async with w.store.read() as reader:
        found = await incidents.get(reader, incident_id)
    assert found is not None
    return found.resolved_at


async def test_at_once_means_as_soon_as_it_is_believed(tmp_path: Path) -> None:
    async with tale(tmp_path, when="at_once", title="${component} of ${page}") as t:
        t.w.say(DOWN)
        await t.w.advance(31)
        assert [post.title for post in t.posts] == ["Europe of Shop"]
        t.w.say(UP)
        await t.w.advance(MINUTE)
        assert len(t.readers.take()) == 2


async def test_never_means_never(tmp_path: Path) -> None:
    async with tale(tmp_path, when="never") as t:
        await t.fail(12)
        assert t.posts == []
        assert t.readers.take() == []


async def test_what_is_only_slow_shows_where_the_rule_says_so(tmp_path: Path) -> None:
    for degraded in (False, True):
        async with tale(tmp_path / str(degraded), when="at_once", degraded=degraded) as t:
            t.w.say(DEGRADED)
            await t.w.advance(2 * MINUTE)
            assert [post.impact for post in t.posts] == (["minor"] if degraded else [])


async def test_several_monitors_of_a_component_are_one_incident_until_the_last_is_well(tmp_path: Path) -> None:
    async with tale(tmp_path, monitors=("shop", "till")) as t:
        t.w.say(DOWN, "shop")
        await t.w.advance(3 * MINUTE)
        t.w.say(DOWN, "till")
        await t.w.advance(4 * MINUTE)
        assert t.readers.take() == [TOLD]
        await t.fail(0, "shop")
        await t.w.advance(5 * MINUTE)
        assert t.readers.take() == []
        await t.fail(0, "till")
        assert t.readers.take() == [OVER]
        assert len(t.posts) == 1


async def test_a_flapping_monitor_says_nothing_and_a_second_outage_is_another_incident(tmp_path: Path) -> None:
    async with tale(tmp_path) as t:
        for _ in range(3):
            await t.fail(4)
        assert t.posts == []
        await t.fail(7)
        await t.fail(7)
        assert t.readers.take() == [TOLD, OVER, TOLD, OVER]
        assert [post.source is None for post in t.posts] == [False, False]


async def test_who_says_something_takes_over_and_no_rule_ends_it(tmp_path: Path) -> None:
    async with tale(tmp_path) as t:
        t.w.say(DOWN)
        await t.w.advance(6 * MINUTE)
        (post,) = t.posts
        post = await say(t.w, t.page, post, IDENTIFIED)
        assert post.source is None
        await t.fail(5)
        assert publishing.is_open(t.posts[0], t.w.clock.now())
        assert t.readers.take() == [TOLD, ("incident", post.title, "identified")]
        await say(t.w, t.page, post, RESOLVED)
        await t.w.settle()
        assert t.readers.take() == [("incident", post.title, "resolved")]
        assert len(t.posts) == 1


async def test_what_a_person_resolves_or_takes_down_is_not_told_again_by_a_rule(tmp_path: Path) -> None:
    async with tale(tmp_path) as t:
        t.w.say(DOWN)
        await t.w.advance(6 * MINUTE)
        await say(t.w, t.page, t.posts[0], RESOLVED, tell=False)
        await t.w.advance(10 * MINUTE)
        assert len(t.posts) == 1
        await t.fail(1)
        t.w.say(DOWN)
        await t.w.advance(6 * MINUTE)
        assert len(t.posts) == 2
        await t.w.engine.posts.delete(t.page.id, t.posts[0].id)
        await t.w.advance(10 * MINUTE)
        await t.restart()
        await t.w.advance(10 * MINUTE)
        assert len(t.posts) == 1
        await t.fail(1)
        await t.fail(7)
        assert t.readers.take() == [TOLD, TOLD, TOLD, OVER]


async def test_a_person_who_was_first_has_said_it(tmp_path: Path) -> None:
    async with tale(tmp_path) as t:
        t.w.say(DOWN)
        await t.w.advance(2 * MINUTE)
        await write(t.w, t.page, "We know", components=about(t.page, MAJOR), tell=False)
        await t.w.advance(8 * MINUTE)
        assert [post.title for post in t.posts] == ["We know"]
        assert t.readers.take() == []


async def test_an_incident_that_somebody_closed_does_not_say_that_all_is_well(tmp_path: Path) -> None:
    async with tale(tmp_path) as t:
        t.w.say(DOWN)
        await t.w.advance(6 * MINUTE)
        (incident,) = t.w.open_incidents()
        await t.w.engine.incidents.resolve(incident.id, "ann")
        await t.w.advance(5 * MINUTE)
        assert t.readers.take() == [TOLD]
        await t.fail(0)
        assert t.readers.take() == [OVER]


async def test_restarts_in_between_change_nothing(tmp_path: Path) -> None:
    async with tale(tmp_path) as t:
        t.w.say(DOWN)
        await t.w.advance(2 * MINUTE)
        await t.restart(after=30)
        await t.w.advance(2 * MINUTE)
        assert t.posts == []
        await t.restart()
        await t.w.advance(MINUTE)
        assert t.readers.take() == [TOLD]
        await t.restart(after=30)
        await t.w.advance(MINUTE)
        assert t.readers.take() == []
        assert len(t.posts) == 1
        t.w.say(UP)
        await t.restart()
        await t.w.advance(MINUTE)
        assert t.readers.take() == [OVER]
        await t.restart()
        assert t.readers.take() == []


async def test_what_is_scheduled_shows_and_is_told_when_its_time_comes_also_after_a_night_off(tmp_path: Path) -> None:
    async with tale(tmp_path) as t:
        notice = await write(
            t.w, t.page, "Maintenance of billing", kind=PostKind.NOTICE, publish_at=later(t.w, minutes=9)
        )
        await t.w.advance(9 * MINUTE - 0.5)
        assert publishing.seen(notice, t.w.clock.now()) is None
        assert t.readers.take() == []
        await t.w.advance(0.5)
        assert t.readers.take() == [("notice", "Maintenance of billing", "monitoring")]
        await say(t.w, t.page, notice, MONITORING, at=later(t.w, hours=2))
        await say(t.w, t.page, notice, RESOLVED, at=later(t.w, hours=3))
        await t.restart(after=9 * 3600)
        assert [one[2] for one in t.readers.take()] == ["monitoring", "resolved"]
        await t.restart()
        assert t.readers.take() == []


async def test_what_outlives_its_maintenance_shows_at_its_end(tmp_path: Path) -> None:
    async with tale(tmp_path) as t:
        desk = t.w.engine.maintenance
        await desk.create(desk.prepare({"name": "Move", "tags": ["eu"], "duration_s": 600, "public": False}), by="ann")
        t.w.say(DOWN)
        await t.w.advance(600 - 0.5)
        assert t.posts == []
        await t.w.advance(6 * MINUTE)
        assert t.readers.take() == [TOLD]
        await t.fail(0)
        assert t.readers.take() == [OVER]


async def test_an_outage_that_shows_is_not_over_because_maintenance_begins(tmp_path: Path) -> None:
    async with tale(tmp_path) as t:
        t.w.say(DOWN)
        await t.w.advance(6 * MINUTE)
        desk = t.w.engine.maintenance
        await desk.create(desk.prepare({"name": "Move", "tags": ["eu"], "duration_s": 120, "public": False}), by="ann")
        await t.w.advance(4 * MINUTE)
        assert t.readers.take() == [TOLD]
        await t.fail(0)
        assert t.readers.take() == [OVER]
