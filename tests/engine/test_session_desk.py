"""Sessions: known by their cookie alone, over in time, few for each user, ended at once."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from asura.engine.key_desk import hash_token
from asura.engine.session_desk import MOST_PER_USER, Visit
from asura.errors import NotFound
from tests.engine.kit import break_commits, mend_commits, rows
from tests.engine.people import HERE, come_in, lasting, person, town
from tests.world import World

BESIDE: set[asyncio.Task[None]] = set()


async def use(w: World, session_id: int) -> None:
    """Use a session without waiting for the commit, which is in no hurry."""
    task = asyncio.ensure_future(w.engine.sessions.used(session_id))
    BESIDE.add(task)
    task.add_done_callback(BESIDE.discard)
    await asyncio.sleep(0)


async def test_a_cookie_is_256_random_bits_and_kept_as_its_hash(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        session, token = await w.engine.sessions.begin(ann.id, HERE)
        assert len(token) == 43
        assert await rows(w.store, "SELECT hash FROM sessions") == [(hash_token(token),)]
        await w.restart()
        assert w.engine.sessions.find(token) == session
        for wrong in ("", token[:-1], token + "x", token.swapcase(), "\ud800", "x" * 100_000):
            assert w.engine.sessions.find(wrong) is None
    assert token.encode() not in (tmp_path / "asura.db").read_bytes()


async def test_a_session_ends_when_it_was_not_used_for_long(tmp_path: Path) -> None:
    async with town(tmp_path, session=lasting(lifetime=100, idle=10)) as w:
        ann = await person(w)
        session, token = await w.engine.sessions.begin(ann.id, HERE)
        for _ in range(9):
            w.clock.turn(9.99 * 3600)
            assert w.engine.sessions.find(token) is not None
            await use(w, session.id)
        w.clock.turn(10 * 3600)
        assert w.engine.sessions.find(token) is None
        assert w.engine.sessions.all(ann.id) == []


async def test_a_session_ends_however_much_it_is_used(tmp_path: Path) -> None:
    async with town(tmp_path, session=lasting(lifetime=24, idle=10)) as w:
        ann = await person(w)
        session, token = await w.engine.sessions.begin(ann.id, HERE)
        for _ in range(23):
            w.clock.turn(3600)
            await use(w, session.id)
        assert w.engine.sessions.find(token) is not None
        w.clock.turn(3600)
        assert w.engine.sessions.find(token) is None


async def test_what_is_over_is_swept_at_the_next_sign_in_and_at_the_start(tmp_path: Path) -> None:
    async with town(tmp_path, session=lasting(lifetime=10, idle=10)) as w:
        ann = await person(w)
        await w.engine.sessions.begin(ann.id, HERE)
        w.clock.turn(11 * 3600)
        second, _ = await w.engine.sessions.begin(ann.id, HERE)
        assert await rows(w.store, "SELECT id FROM sessions") == [(second.id,)]
        await w.restart(after=11 * 3600)
        assert await rows(w.store, "SELECT id FROM sessions") == []


async def test_a_use_is_written_once_a_minute_at_most(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        session, token = await w.engine.sessions.begin(ann.id, HERE)
        w.clock.turn(59)
        await w.engine.sessions.used(session.id, "192.0.2.9")
        assert w.engine.sessions.find(token) == session
        w.clock.turn(1)
        changes = w.store.stats()["changes"]
        for _ in range(5):
            await w.engine.sessions.used(session.id, "192.0.2.9")
        assert w.store.stats()["changes"] == changes + 1
        found = w.engine.sessions.find(token)
        assert found is not None and found.address == "192.0.2.9"
        assert found.last_used_at == session.last_used_at + timedelta(minutes=1)


async def test_the_one_that_was_quiet_for_longest_goes_when_there_are_too_many(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann, bo = await person(w), await person(w, "bo", "viewer")
        his, _ = await w.engine.sessions.begin(bo.id, HERE)
        made = []
        for _ in range(MOST_PER_USER):
            made.append((await w.engine.sessions.begin(ann.id, HERE))[0])
            w.clock.turn(61)
        await w.engine.sessions.used(made[0].id)
        extra, _ = await w.engine.sessions.begin(ann.id, HERE)
        kept = [one.id for one in w.engine.sessions.all(ann.id)]
        assert kept == [made[0].id, *(one.id for one in made[2:]), extra.id]
        assert w.engine.sessions.all(bo.id) == [his]
        assert len(await rows(w.store, "SELECT id FROM sessions")) == MOST_PER_USER + 1


async def test_the_same_browser_has_one_session(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        await person(w)
        first = await come_in(w)
        second = await come_in(w, instead_of=first)
        assert w.engine.sessions.find(first) is None
        assert w.engine.sessions.find(second) is not None
        assert len(w.engine.sessions.all()) == 1


async def test_what_a_browser_says_of_itself_is_cut(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        session, _ = await w.engine.sessions.begin(ann.id, Visit("192.0.2.1", "x" * 10_000))
        assert len(session.user_agent) == 300


async def test_sessions_end_alone_and_all_but_one(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        made = [await w.engine.sessions.begin(ann.id, HERE) for _ in range(4)]
        await w.engine.sessions.end(made[0][0].id)
        with pytest.raises(NotFound):
            await w.engine.sessions.end(made[0][0].id)
        await w.engine.sessions.end_of(ann.id, but=made[2][0].id)
        assert [w.engine.sessions.find(token) is not None for _, token in made] == [False, False, True, False]
        await w.restart()
        assert [w.engine.sessions.find(token) is not None for _, token in made] == [False, False, True, False]


async def test_a_session_that_cannot_be_stored_is_none_and_one_that_cannot_be_ended_stays(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        ann = await person(w)
        await break_commits(w.store, "sessions")
        with pytest.raises(Exception, match="disk"):
            await w.engine.sessions.begin(ann.id, Visit("192.0.2.1", "x"))
        assert w.engine.sessions.all() == []
        await mend_commits(w.store)
        _, token = await w.engine.sessions.begin(ann.id, HERE)
        assert w.engine.sessions.find(token) is not None


async def test_many_at_once_are_each_a_session_of_their_own(tmp_path: Path) -> None:
    async with town(tmp_path) as w:
        await person(w)
        tokens = await asyncio.gather(*(come_in(w) for _ in range(5)))
        assert len(set(tokens)) == 5
        assert all(w.engine.sessions.find(token) is not None for token in tokens)
