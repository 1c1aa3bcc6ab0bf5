"""What becomes public is told once, whatever fails in between; one bad page holds up no other."""

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from asura.domain.page import AutoIncidents, Page, PageConfig
from asura.domain.post import PostKind
from asura.engine.bulletin import Bulletin
from asura.engine.options import MainPage
from asura.errors import StoreUnavailable
from tests.engine.kit import break_commits, mend_commits, rows
from tests.engine.said import IDENTIFIED, MAJOR, RESOLVED, Readers, about, later, page_of, say, write
from tests.world import DOWN, UP, World, world


async def tick(w: World) -> datetime | None:
    return await w.engine.publisher.tick(w.clock.now())


async def test_what_people_write_is_told_once_and_marked(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page, readers = await page_of(w), Readers(w)
        post = await write(w, page, components=about(page, MAJOR), impact="major")
        quiet = await write(w, page, "hush", tell=False)
        await tick(w)
        (bulletin,) = readers.told
        assert (bulletin.page_id, bulletin.subject_id, bulletin.event) == (page.id, post.id, "incident")
        assert (bulletin.key, bulletin.thread) == (f"post-{post.id}-{post.updates[0].id}", f"post-{post.id}")
        assert (bulletin.title, bulletin.status, bulletin.impact) == (post.title, "investigating", "major")
        assert bulletin.components == (page.config.components[0].id,)
        assert readers.take() != []
        told = [one.updates[0].told_at for one in (w.engine.posts.find(page.id, p.id) or p for p in (post, quiet))]
        assert told == [w.clock.now()] * 2
        await w.restart()
        readers = Readers(w)
        await tick(w)
        assert readers.take() == []


async def test_updates_are_told_in_their_order(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page, readers = await page_of(w), Readers(w)
        post = await write(w, page)
        await say(w, page, post, RESOLVED)
        await say(w, page, post, IDENTIFIED, at=later(w, minutes=-5))
        await tick(w)
        assert [status for _, _, status in readers.take()] == ["identified", "investigating", "resolved"]


async def test_it_sleeps_until_something_becomes_public_or_ends(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page, readers = await page_of(w), Readers(w)
        assert await tick(w) is None
        post = await write(w, page, publish_at=later(w, hours=2), kind=PostKind.NOTICE, ends_at=later(w, hours=5))
        assert w.engine.publisher.wake.is_set()
        assert await tick(w) == post.publish_at
        assert readers.take() == []
        w.clock.turn(7200)
        assert await tick(w) == post.ends_at
        assert readers.take() == [("notice", post.title, "monitoring")]


async def test_what_could_not_be_stored_is_told_when_it_can(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page, readers = await page_of(w), Readers(w)
        await write(w, page)

        def fan_out(db: sqlite3.Connection, bulletin: Bulletin, now: datetime) -> int:
            db.execute("INSERT INTO tail (records) VALUES (zeroblob(2000000))")
            return readers.fan_out(db, bulletin, now)

        await break_commits(w.store)
        w.engine.posts.fan_out = fan_out
        with pytest.raises(StoreUnavailable):
            await tick(w)
        assert await rows(w.store, "SELECT told_at FROM post_updates") == [(None,)]
        await mend_commits(w.store)
        readers.told.clear()
        w.engine.posts.fan_out = readers.fan_out
        await tick(w)
        assert len(readers.take()) == 1
        await tick(w)
        assert readers.take() == []


async def test_a_page_that_cannot_be_served_does_not_hold_up_the_others(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        bad, good, readers = await page_of(w, "A bad one"), await page_of(w, "Good"), Readers(w)
        await write(w, bad)
        await write(w, good)

        def fan_out(db: sqlite3.Connection, bulletin: Bulletin, now: datetime) -> int:
            if bulletin.page_id == bad.id:
                raise ValueError("no")
            return readers.fan_out(db, bulletin, now)

        w.engine.posts.fan_out = fan_out
        with pytest.raises(ValueError, match="no"):
            await tick(w)
        assert [one.page_id for one in readers.told] == [good.id]
        w.engine.posts.fan_out = readers.fan_out
        w.clock.turn(1)
        await tick(w)
        assert [one.page_id for one in readers.told] == [good.id, bad.id]


async def test_an_automatic_incident_is_audited_with_its_reason(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await page_of(w, auto_incidents={"when": "at_once"})
        w.say(DOWN)
        await w.monitor("shop", tags=["eu"], retries=0, failure_threshold=1)
        await w.advance(1)
        w.say(UP)
        await w.advance(60)
        query = "SELECT actor, action, after FROM audit WHERE entity = 'post' ORDER BY id"
        (who, action, after), (_, ended, over) = await rows(w.store, query)
        assert (who, action, ended) == ("asura", "create", "update")
        assert '"why":"long_enough"' in str(after)
        assert '"why":"over"' in str(over)


async def test_a_page_of_everything_public_tells_of_its_monitors(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        readers = Readers(w)
        await page_of(w, components=[], everything_public=True, auto_incidents={"when": "at_once"})
        w.say(DOWN, "shop")
        w.say(DOWN, "vault")
        await w.monitor("shop", public=True, retries=0, failure_threshold=1)
        await w.monitor("vault", retries=0, failure_threshold=1)
        await w.advance(1)
        assert readers.take() == [("incident", "Shop is not available", "investigating")]


async def test_the_page_of_the_configuration_says_nothing_while_it_is_switched_off(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        readers = Readers(w)
        config = PageConfig(title="All", everything_public=True, auto_incidents=AutoIncidents(when="at_once"))
        page: Page = await w.engine.pages.keep_main(MainPage(config=config, shown=False))
        w.say(DOWN)
        await w.monitor("shop", public=True, retries=0, failure_threshold=1)
        await w.advance(1)
        assert readers.take() == []
        await w.engine.pages.keep_main(MainPage(config=config, shown=True))
        await w.advance(1)
        assert [one.page_id for one in readers.told] == [page.id]
