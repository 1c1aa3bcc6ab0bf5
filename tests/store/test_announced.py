"""What was told of planned work is told once."""

from pathlib import Path

from asura.store import announced
from tests.store.kit import START, after, opened, rows
from tests.store.test_posts import filled


async def test_a_thing_is_marked_once_for_each_page_window_time_and_word(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await filled(store)
        one = (1, 5, START, "scheduled")
        others = [(1, 6, START, "scheduled"), (1, 5, after(days=1), "scheduled"), (1, 5, START, "completed")]
        for told in (one, *others):
            assert await store.write(lambda db, told=told: announced.mark(db, told))
            assert not await store.write(lambda db, told=told: announced.mark(db, told))
        assert await store.write(lambda db: announced.load(db, START)) == {one, *others}


async def test_what_is_old_is_forgotten_and_a_page_takes_its_own_along(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await filled(store)
        for at in (START, after(days=9)):
            await store.write(lambda db, at=at: announced.mark(db, (1, 5, at, "scheduled")))
        assert await store.write(lambda db: announced.load(db, after(days=1))) == {(1, 5, after(days=9), "scheduled")}
        assert await rows(store, "SELECT count(*) FROM maintenance_told") == [(1,)]
        await store.write(lambda db: db.execute("DELETE FROM status_pages"))
        assert await rows(store, "SELECT count(*) FROM maintenance_told") == [(0,)]


async def test_what_was_told_of_a_window_can_be_looked_up_and_taken_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await filled(store)
        one, other = (1, 5, START, "scheduled"), (1, 5, START, "cancelled")
        for told in (one, other, (1, 6, START, "scheduled")):
            await store.write(lambda db, told=told: announced.mark(db, told))
        assert await store.write(lambda db: announced.of_window(db, [1, 2], 5)) == {one, other}
        assert await store.write(lambda db: announced.of_window(db, [2], 5)) == set()
        await store.write(lambda db: announced.take_back(db, other))
        assert await store.write(lambda db: announced.of_window(db, [1, 2], 5)) == {one}
