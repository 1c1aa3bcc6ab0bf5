"""What people write on status pages: stored first, then known, every fault named, all of it on record."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from asura.domain import publishing
from asura.domain.post import Affected, PostKind
from asura.domain.posting import Draft, Saying
from asura.engine.acting import Acting, acting
from asura.errors import Conflict, Invalid, NotFound, StoreUnavailable
from tests.engine.kit import break_commits, faults, mend_commits, rows
from tests.engine.said import (
    IDENTIFIED,
    INVESTIGATING,
    MAJOR,
    MONITORING,
    OPERATIONAL,
    PARTIAL,
    RESOLVED,
    Readers,
    about,
    later,
    page_of,
    say,
    write,
)
from tests.world import World, world


async def refused(w: World, page: Any, **draft: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as raised:
        await w.engine.posts.create(page, Draft(**({"title": "x"} | draft)), by="ann")
    return faults(raised.value)


async def test_a_post_is_known_with_what_it_says_and_there_again_after_a_restart(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page = await page_of(w)
        version = w.engine.posts.version
        made = await write(w, page, " Slow ", components=about(page, PARTIAL), impact="major")
        assert (made.title, made.kind, made.impact, made.created_by) == ("Slow", PostKind.INCIDENT, "major", "ann")
        (first,) = made.updates
        assert (first.status, first.at, first.components) == (INVESTIGATING, w.clock.now(), about(page, PARTIAL))
        assert w.engine.posts.version > version
        assert w.engine.posts.changed.is_set()
        assert w.engine.posts.find(page.id, made.id) == made
        assert w.engine.posts.find(page.id + 1, made.id) is None
        await w.restart()
        assert w.engine.posts.of_page(page.id) == [made]


async def test_what_suits_a_notice_is_filled_in(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page = await page_of(w)
        notice = await write(w, page, kind=PostKind.NOTICE, ends_at=later(w, hours=1))
        assert (notice.impact, notice.updates[0].status, notice.updates[0].components) == ("none", MONITORING, ())


async def test_every_fault_is_named(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page, other = await page_of(w), await page_of(w, "Other")
        theirs, twice = about(other, MAJOR), about(page, MAJOR) * 2
        assert set(await refused(w, page, title=" ", text="x" * 20_001, ends_at=later(w, hours=1))) == {
            *("title", "text", "ends_at")
        }
        assert set(await refused(w, page, title="x" * 201, components=theirs)) == {
            *("title", "components[0].component_id")
        }
        assert set(await refused(w, page, components=twice)) == {"components[1].component_id"}
        assert set(await refused(w, page, components=(Affected(1, MAJOR),) * 501)) == {"components"}
        notice = {"kind": PostKind.NOTICE}
        assert set(await refused(w, page, **notice, status=IDENTIFIED, ends_at=w.clock.now())) == {"status", "ends_at"}
        assert w.engine.posts.of_page(page.id) == []


async def test_a_page_of_everything_public_has_a_component_for_each_monitor(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        public, private = await w.monitor("shop", public=True), await w.monitor("vault")
        page = await page_of(w, components=[], everything_public=True)
        (component,) = w.engine.posts.components(page)
        await write(w, page, components=(Affected(component, MAJOR),))
        hidden = Affected(component - public.id + private.id, MAJOR)
        assert set(await refused(w, page, components=(hidden,))) == {"components[0].component_id"}


async def test_what_is_said_resolves_and_opens_again(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page = await page_of(w)
        post = await write(w, page, components=about(page, MAJOR, PARTIAL))
        w.clock.turn(60)
        post = await say(w, page, post, IDENTIFIED)
        assert post.updates[-1].components == about(page, MAJOR, PARTIAL)
        w.clock.turn(60)
        post = await say(w, page, post, RESOLVED)
        assert post.updates[-1].components == about(page, OPERATIONAL, OPERATIONAL)
        assert (post.resolved_at, post.updates[-1].created_by) == (w.clock.now(), "bob")
        post = await say(w, page, post, MONITORING, components=about(page, PARTIAL))
        assert post.resolved_at is None
        assert publishing.claims([post], w.clock.now()) == {page.config.components[0].id: PARTIAL}
        await w.restart()
        assert w.engine.posts.of_page(page.id) == [post]


async def test_updates_may_be_back_dated_or_come_later(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page = await page_of(w)
        post = await write(w, page, publish_at=later(w, hours=-3), components=about(page, MAJOR))
        await say(w, page, post, IDENTIFIED, at=later(w, hours=-2))
        post = await say(w, page, post, RESOLVED, at=later(w, hours=1))
        assert [one.status for one in post.updates] == [INVESTIGATING, IDENTIFIED, RESOLVED]
        assert publishing.resolved_at(post, w.clock.now()) is None
        post = await say(w, page, post, MONITORING, at=later(w, hours=-1))
        assert [one.status for one in post.updates] == [INVESTIGATING, IDENTIFIED, MONITORING, RESOLVED]
        assert post.updates[2].components == about(page, MAJOR)
        await w.restart()
        assert w.engine.posts.of_page(page.id) == [post]


async def test_a_scheduled_post_moves_with_its_first_update_until_it_is_published(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page = await page_of(w)
        post = await write(w, page, publish_at=later(w, hours=2))
        assert w.engine.posts.listed(page.id, status="scheduled") == [post]
        moved = await w.engine.posts.edit(page, post.id, {"publish_at": later(w, hours=1)})
        assert moved.updates[0].at == moved.publish_at == later(w, hours=1)
        early = await say(w, page, moved, IDENTIFIED)
        assert early.updates[-1].at == moved.publish_at
        await w.restart()
        assert w.engine.posts.of_page(page.id) == [early]
        w.clock.turn(3600)
        with pytest.raises(Invalid) as raised:
            await w.engine.posts.edit(page, post.id, {"publish_at": later(w, hours=1)})
        assert set(faults(raised.value)) == {"publish_at"}


async def test_fields_are_edited_and_components_are_those_of_the_last_update(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page = await page_of(w)
        post = await say(w, page, await write(w, page, components=about(page, MAJOR)), IDENTIFIED)
        changes = {"title": "Very slow", "impact": "critical", "components": about(page, PARTIAL, PARTIAL)}
        edited = await w.engine.posts.edit(page, post.id, changes)
        assert (edited.title, edited.impact) == ("Very slow", "critical")
        assert [one.components for one in edited.updates] == [about(page, MAJOR), about(page, PARTIAL, PARTIAL)]
        assert edited.updated_at > post.updated_at
        await w.restart()
        assert w.engine.posts.of_page(page.id) == [edited]


async def test_a_component_that_left_the_page_stays_in_what_was_said(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page = await page_of(w)
        post = await write(w, page, components=about(page, MAJOR))
        bare = await w.engine.pages.replace(page.id, msgspec.structs.replace(page.config, components=()))
        post = await say(w, bare, post, IDENTIFIED)
        assert post.updates[-1].components == about(page, MAJOR)
        assert set(await refused(w, bare, components=about(page, MAJOR))) == {"components[0].component_id"}


async def test_an_update_is_edited_and_taken_back(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page, desk = await page_of(w), w.engine.posts
        post = await say(w, page, await write(w, page), RESOLVED)
        first, last = post.updates
        edited, update = await desk.edit_update(page, post.id, last.id, Saying(status=IDENTIFIED, text="DNS"))
        assert (update.text, update.at, edited.resolved_at) == ("DNS", last.at, None)
        assert edited.updates == (first, update)
        left = await desk.delete_update(page.id, post.id, first.id)
        assert left.updates == (update,)
        with pytest.raises(Conflict, match="all that the post says"):
            await desk.delete_update(page.id, post.id, update.id)
        with pytest.raises(NotFound):
            await desk.edit_update(page, post.id, 99, Saying(status=RESOLVED))
        await w.restart()
        assert w.engine.posts.of_page(page.id) == [left]


async def test_a_postmortem_comes_after_the_end_and_is_told_once_it_is_published(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page, desk, readers = await page_of(w), w.engine.posts, Readers(w)
        post = await write(w, page)
        with pytest.raises(Invalid) as raised:
            await desk.edit(page, post.id, {"postmortem": "It was DNS."})
        assert set(faults(raised.value)) == {"postmortem"}
        await say(w, page, post, RESOLVED)
        await desk.edit(page, post.id, {"postmortem": "It was DNS."})
        assert readers.take() == [("postmortem", post.title, "postmortem")]
        await desk.edit(page, post.id, {"postmortem": "It was DNS, as always."})
        assert readers.take() == []
        with pytest.raises(Invalid):
            await desk.edit(page, post.id, {"postmortem": "x" * 20_001})
        notice = await write(w, page, kind=PostKind.NOTICE)
        with pytest.raises(Invalid):
            await desk.edit(page, notice.id, {"postmortem": "x"})


async def test_lists_are_by_kind_and_by_whether_it_is_over(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page, desk = await page_of(w), w.engine.posts
        over = await say(w, page, await write(w, page, "over"), RESOLVED)
        w.clock.turn(1)
        notice = await write(w, page, "notice", kind=PostKind.NOTICE, ends_at=later(w, hours=1))
        w.clock.turn(1)
        to_come = await write(w, page, "to come", publish_at=later(w, hours=1))
        assert desk.listed(page.id) == [to_come, notice, over]
        assert desk.listed(page.id, kind=PostKind.NOTICE) == [notice]
        assert desk.listed(page.id, status="open") == [notice]
        assert desk.listed(page.id, status="resolved") == [over]
        w.clock.turn(3600)
        assert desk.listed(page.id, status="open") == [to_come]
        assert desk.listed(page.id, status="resolved", kind=PostKind.NOTICE) == [notice]
        await page_of(w, "Other")


async def test_a_deleted_post_is_gone_with_what_it_said(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page, desk = await page_of(w), w.engine.posts
        post = await write(w, page)
        for wrong in ((page.id + 1, post.id), (page.id, 99)):
            with pytest.raises(NotFound):
                await desk.delete(*wrong)
        await desk.delete(page.id, post.id)
        assert desk.of_page(page.id) == []
        assert await rows(w.store, "SELECT count(*) FROM post_updates") == [(0,)]
        with pytest.raises(NotFound):
            await desk.get(page.id, post.id)


async def test_what_is_over_for_long_is_forgotten_and_still_found(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page, desk = await page_of(w), w.engine.posts
        old, other = await say(w, page, await write(w, page, "old"), RESOLVED), await write(w, page, "open")
        w.clock.turn(timedelta(days=401).total_seconds())
        desk.tidy(w.clock.now())
        assert desk.of_page(page.id) == [other]
        assert desk.find(page.id, old.id) is None
        assert await desk.get(page.id, old.id) == old
        await w.engine.pages.delete(page.id)
        desk.tidy(w.clock.now())
        assert desk.of_page(page.id) == []


async def test_nothing_is_known_that_was_not_stored(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page = await page_of(w)
        post = await write(w, page)
        await break_commits(w.store, "audit")
        for change in (write(w, page, "lost"), say(w, page, post, RESOLVED), w.engine.posts.delete(page.id, post.id)):
            with pytest.raises(StoreUnavailable):
                await change
        assert w.engine.posts.of_page(page.id) == [post]
        await mend_commits(w.store)


async def test_what_is_said_at_once_is_all_kept(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page = await page_of(w)
        post = await write(w, page)
        await asyncio.gather(*(say(w, page, post, IDENTIFIED, text=str(n)) for n in range(10)))
        (kept,) = w.engine.posts.of_page(page.id)
        assert {one.text for one in kept.updates[1:]} == {str(n) for n in range(10)}
        await w.restart()
        assert w.engine.posts.of_page(page.id) == [kept]


async def test_each_change_is_on_record(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page, desk = await page_of(w), w.engine.posts
        with acting(Acting("ann", "192.0.2.1")):
            post = await write(w, page, "Slow")
            await desk.edit(page, post.id, {"title": "Very slow"})
            post = await say(w, page, post, RESOLVED, text="Done")
            await desk.edit_update(page, post.id, post.updates[1].id, Saying(status=RESOLVED, text="All done"))
            await desk.delete_update(page.id, post.id, post.updates[1].id)
            await desk.delete(page.id, post.id)
        query = "SELECT action, name, before, after, actor FROM audit WHERE entity = 'post' ORDER BY id"
        found = [(action, name, msgspec.json.decode(before or "null"), msgspec.json.decode(after or "null"), actor)
                 for action, name, before, after, actor in await rows(w.store, query)]  # fmt: skip
        assert [one[0] for one in found] == ["create", "update", "update", "update", "update", "delete"]
        assert {one[4] for one in found} == {"ann"}
        assert found[1][2:4] == ({"title": "Slow"}, {"title": "Very slow"})
        assert found[2][3]["update"]["text"] == "Done"
        assert found[3][2:4] == ({"update": {"text": "Done"}}, {"update": {"text": "All done"}})
        assert found[4][2]["update"]["text"] == "All done"
        assert found[5][1] == "Very slow"
