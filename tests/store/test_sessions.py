"""Sessions in the store: known by a hash, ended one by one, by user, and with the user."""

from pathlib import Path

import msgspec

from asura.store import sessions, users
from asura.store.db import Store
from asura.store.sessions import Session
from tests.store.kit import START, after, opened
from tests.store.test_users import plain, put


async def begin(store: Store, user_id: int, digest: str, **other: object) -> Session:
    fields = {"created_at": START, "last_used_at": START, "expires_at": after(days=30)} | other
    session = Session(user_id=user_id, hash=digest, **fields)
    return await store.write(lambda db: sessions.insert(db, session))


async def test_a_session_comes_back_as_it_was_stored(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        user = await put(store, plain("ann"))
        one = await begin(store, user.id, "a" * 64, address="192.0.2.1", user_agent="Firefox")
        assert await store.write(sessions.load_all) == [one]
        assert repr(one) == "Session(id=1, user_id=1)"


async def test_what_a_browser_says_of_itself_is_stored_whatever_it_is(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        user = await put(store, plain("ann"))
        await begin(store, user.id, "a" * 64, user_agent="x\0y\ud800", address="\0")
        (one,) = await store.write(sessions.load_all)
        assert (one.user_agent, one.address) == ("xy?", "")


async def test_a_use_and_another_cookie_are_noted(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        user = await put(store, plain("ann"))
        one = await begin(store, user.id, "a" * 64)
        await store.write(lambda db: sessions.touch(db, one.id, after(minutes=5), "192.0.2.7"))
        await store.write(lambda db: sessions.rehash(db, one.id, "b" * 64))
        (found,) = await store.write(sessions.load_all)
        assert found == msgspec.structs.replace(one, hash="b" * 64, last_used_at=after(minutes=5), address="192.0.2.7")


async def test_sessions_end_alone_by_user_and_with_the_user(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        ann, bo = await put(store, plain("ann")), await put(store, plain("bo"))
        mine = [await begin(store, ann.id, f"{n}" * 64) for n in range(4)]
        his = await begin(store, bo.id, "f" * 64)
        assert await store.write(lambda db: sessions.delete(db, mine[0].id))
        assert not await store.write(lambda db: sessions.delete(db, mine[0].id))
        assert await store.write(lambda db: sessions.delete_of_user(db, ann.id, but=mine[1].id)) == 2
        assert await store.write(sessions.load_all) == [mine[1], his]
        await store.write(lambda db: users.delete(db, ann.id))
        assert await store.write(sessions.load_all) == [his]
