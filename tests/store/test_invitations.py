"""Links in the store: used up once, over in time, ended with their user."""

from pathlib import Path

import pytest

from asura.store import invitations, users
from asura.store.db import Store
from asura.store.invitations import Invitation
from tests.store.kit import START, after, opened
from tests.store.test_users import plain, put


async def add(store: Store, digest: str, **other: object) -> Invitation:
    fields = {"role": "viewer", "created_by": "ann", "created_at": START, "expires_at": after(days=7)} | other
    fresh = Invitation(hash=digest, **fields)
    return await store.write(lambda db: invitations.insert(db, fresh))


async def found(store: Store, digest: str, **since: float) -> Invitation | None:
    async with store.read() as reader:
        return await invitations.find(reader, digest, after(**since))


async def test_a_link_comes_back_as_it_was_stored(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        user = await put(store, plain("bo"))
        one = await add(store, "a" * 64, email="a@b.example", tags=("eu",), user_id=user.id, ends_totp=True)
        assert await found(store, "a" * 64) == one
        assert await found(store, "b" * 64) is None
        assert repr(one) == "Invitation(id=1, role='viewer')"


@pytest.mark.parametrize(("days", "good"), [(0, True), (6.99, True), (7, False), (8, False)])
async def test_a_link_is_good_until_it_is_over(tmp_path: Path, days: float, good: bool) -> None:
    async with opened(tmp_path) as store:
        await add(store, "a" * 64)
        assert (await found(store, "a" * 64, days=days) is not None) == good
        taken = await store.write(lambda db: invitations.take(db, "a" * 64, after(days=days)))
        assert (taken is not None) == good


async def test_a_link_is_used_up_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        one = await add(store, "a" * 64)
        assert await store.write(lambda db: invitations.take(db, "a" * 64, START)) == one
        assert await store.write(lambda db: invitations.take(db, "a" * 64, START)) is None


async def test_open_invitations_are_listed_in_pages_without_links_for_passwords(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        user = await put(store, plain("bo"))
        made = [await add(store, f"{n}" * 64, email=f"{n}@x.example") for n in range(4)]
        await add(store, "e" * 64, user_id=user.id)
        await add(store, "f" * 64, expires_at=after(minutes=1))
        async with store.read() as reader:
            first = await invitations.load_open(reader, after(hours=1), after=0, limit=3)
            rest = await invitations.load_open(reader, after(hours=1), after=first[-1].id, limit=3)
        assert first + rest == made


async def test_links_are_withdrawn_swept_counted_and_ended_with_their_user(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        ann, bo = await put(store, plain("ann")), await put(store, plain("bo"))
        one = await add(store, "a" * 64)
        reset = await add(store, "b" * 64, user_id=bo.id)
        await add(store, "c" * 64, user_id=ann.id)
        await add(store, "d" * 64, expires_at=after(minutes=1))
        assert await store.write(invitations.count) == 4
        assert not await store.write(lambda db: invitations.withdraw(db, reset.id)), "it is no invitation"
        assert await store.write(lambda db: invitations.withdraw(db, one.id))
        assert not await store.write(lambda db: invitations.withdraw(db, one.id))
        await store.write(lambda db: invitations.sweep(db, after(hours=1)))
        assert await store.write(invitations.count) == 2
        await store.write(lambda db: invitations.delete_of_user(db, bo.id))
        await store.write(lambda db: users.delete(db, ann.id))
        assert await store.write(invitations.count) == 0
