"""Posts are kept with their updates, loaded while they matter, and go when they are too old."""

from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from asura.domain.post import Post, PostKind
from asura.errors import NotFound
from asura.store import posts, retention
from asura.store.db import Store
from asura.store.retention import Retention
from tests.domain.saying import INVESTIGATING, MAJOR, MONITORING, RESOLVED, minute, post, update
from tests.store.kit import START, after, opened, rows

ADD_PAGE = """
    INSERT INTO status_pages (id, slug, config, created_at, updated_at) VALUES (1, 'shop', '{"title": "Shop"}', 0, 0)
"""
KEEP = Retention(incident_days=500)


async def filled(store: Store, *made: Post) -> list[Post]:
    """Store posts of one page, and return them as they were stored."""

    def change(db: posts.sqlite3.Connection) -> list[Post]:
        db.execute(ADD_PAGE)
        return [posts.insert(db, one) for one in made]

    return await store.write(change)


async def load(store: Store, now: datetime = START) -> list[Post]:
    return await store.write(lambda db: posts.load(db, now))


async def test_a_post_comes_back_as_it_was_with_its_updates_in_order(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        whole = post(
            update(5, RESOLVED, (1, MAJOR), text="*Done*"),
            update(0, told_at=minute(1)),
            started_at=minute(-3),
            resolved_at=minute(5),
            postmortem="It was DNS.",
            source=7,
            impact="critical",
        )
        notice = post(update(0, MONITORING), kind=PostKind.NOTICE, ends_at=minute(9))
        stored, other = await filled(store, whole, notice)
        assert (stored.id, other.id) == (1, 2)
        assert [one.id for one in stored.updates] == [1, 2]
        found = await load(store)
        assert found == [msgspec.structs.replace(stored, updates=(stored.updates[1], stored.updates[0])), other]
        async with store.read() as reader:
            assert await posts.get(reader, 1) == found[0]
            assert await posts.get(reader, 9) is None


async def test_a_post_and_its_updates_are_changed(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        (one,) = await filled(store, post(update(0)))
        added = await store.write(
            lambda db: posts.add_update(db, msgspec.structs.replace(update(3, RESOLVED), post_id=one.id))
        )
        changed = msgspec.structs.replace(one, title="New", resolved_at=minute(3), source=None)
        first = msgspec.structs.replace(one.updates[0], text="other", at=minute(1))

        def change(db: posts.sqlite3.Connection) -> None:
            posts.save(db, changed)
            posts.save_update(db, first)

        await store.write(change)
        assert await load(store) == [msgspec.structs.replace(changed, updates=(first, added))]
        await store.write(lambda db: posts.delete_update(db, added.id))
        assert [said.id for said in (await load(store))[0].updates] == [first.id]
        await store.write(lambda db: posts.delete(db, one.id))
        assert await load(store) == []
        assert await rows(store, "SELECT count(*) FROM post_updates") == [(0,)]


async def test_what_is_gone_cannot_be_changed(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await filled(store)
        lost = msgspec.structs.replace(update(0), id=9, post_id=9)
        for change in (
            lambda db: posts.save(db, post(id=9)),
            lambda db: posts.delete(db, 9),
            lambda db: posts.save_update(db, lost),
            lambda db: posts.delete_update(db, 9),
        ):
            with pytest.raises(NotFound):
                await store.write(change)


async def test_an_update_is_marked_as_told_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        (one,) = await filled(store, post(update(0)))
        said = one.updates[0].id
        assert await store.write(lambda db: posts.mark_told(db, said, minute(1)))
        assert not await store.write(lambda db: posts.mark_told(db, said, minute(2)))
        assert (await load(store))[0].updates[0].told_at == minute(1)


async def test_open_posts_are_loaded_and_old_ones_are_not(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        resolved = post(update(0, RESOLVED), resolved_at=START, title="resolved")
        ended = post(update(0, MONITORING), kind=PostKind.NOTICE, ends_at=START, title="ended")
        await filled(store, resolved, ended, post(title="open"), post(kind=PostKind.NOTICE, title="endless"))
        assert [one.title for one in await load(store, after(days=400))] == ["resolved", "ended", "open", "endless"]
        assert [one.title for one in await load(store, after(days=401))] == ["open", "endless"]


async def test_old_posts_go_in_small_steps_and_open_ones_stay(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        over = [post(update(0, RESOLVED), resolved_at=START, title="resolved") for _ in range(3)]
        ended = post(update(0, MONITORING), kind=PostKind.NOTICE, ends_at=START, title="ended")
        await filled(store, *over, ended, post(update(0, INVESTIGATING), title="open"))

        async def sweep(days: float) -> int:
            steps = 1
            while await store.write(lambda db: retention.sweep(db, START + timedelta(days=days), KEEP, limit=2)):
                steps += 1
            return steps

        assert await sweep(500) == 1
        assert await sweep(501) == 4
        assert await rows(store, "SELECT title FROM posts") == [("open",)]
        assert await rows(store, "SELECT count(*) FROM post_updates") == [(1,)]
