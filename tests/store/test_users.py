"""Users in the store: kept whole, secrets sealed, names once whatever their case."""

from pathlib import Path

import msgspec
import pytest

from asura.domain.fields import Secret
from asura.domain.user import Origin, Profile, User
from asura.errors import Conflict
from asura.store import users
from asura.store.db import Store
from tests.store.kit import START, after, opened

ANN = User(
    name="Ann",
    email="ann@example.com",
    role="admin",
    tags=("eu", "prod"),
    origin=Origin.OIDC,
    subject="https://id.example|42",
    password="$argon2id$v=19$m=1,t=1,p=1$a$b",
    totp=Secret("GEZDGNBVGY3TQOJQ"),
    totp_step=99,
    recovery=("a" * 64, "b" * 64),
    profile=Profile(zone="Europe/Berlin", theme="dark", language="de"),
    created_at=START,
    updated_at=START,
    last_login_at=after(hours=1),
    disabled_at=after(hours=2),
)


def plain(name: str, **other: object) -> User:
    return User(**({"name": name, "role": "viewer", "created_at": START, "updated_at": START} | other))


async def put(store: Store, user: User) -> User:
    return await store.write(lambda db: users.insert(db, store.vault, user))


async def every(store: Store) -> list[User]:
    return await store.write(lambda db: users.load_all(db, store.vault))


async def test_a_user_comes_back_as_it_was_stored(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        first, second = await put(store, ANN), await put(store, plain("bo"))
        assert (first.id, second.id) == (1, 2)
        assert await every(store) == [first, second]
        assert first == msgspec.structs.replace(ANN, id=1)


async def test_a_second_factor_is_sealed_and_a_user_shows_no_secret(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await put(store, ANN)
        async with store.read() as reader:
            ((sealed,),) = await reader.execute_fetchall("SELECT totp FROM users")
        assert b"$sealed" in sealed and b"GEZDGNBV" not in sealed
        assert repr(ANN) == "User(id=0, name='Ann', role='admin')"


async def test_a_change_reaches_every_column(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        bo = await put(store, plain("bo"))
        changed = msgspec.structs.replace(ANN, id=bo.id)
        await store.write(lambda db: users.update(db, store.vault, changed))
        assert await every(store) == [changed]


@pytest.mark.parametrize("name", ["Ann", "ANN", "ann"])
async def test_a_name_is_taken_once(tmp_path: Path, name: str) -> None:
    async with opened(tmp_path) as store:
        await put(store, ANN)
        with pytest.raises(Conflict):
            await put(store, plain(name))
        bo = await put(store, plain("bo"))
        with pytest.raises(Conflict):
            await store.write(lambda db: users.update(db, store.vault, msgspec.structs.replace(bo, name=name)))


async def test_a_subject_is_one_users(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await put(store, ANN)
        with pytest.raises(Conflict):
            await put(store, plain("bo", subject=ANN.subject))


async def test_admins_who_can_come_in_are_counted(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        assert not await store.write(users.any_user)
        ann = await put(store, plain("ann", role="admin"))
        await put(store, plain("bo", role="editor"))
        await put(store, plain("cy", role="admin", disabled_at=START))
        assert await store.write(users.any_user)
        assert not await store.write(lambda db: users.other_admins(db, ann.id))
        dee = await put(store, plain("dee", role="admin"))
        assert await store.write(lambda db: users.other_admins(db, ann.id))
        assert await store.write(lambda db: users.delete(db, dee.id))
        assert not await store.write(lambda db: users.delete(db, dee.id))
        assert not await store.write(lambda db: users.other_admins(db, ann.id))


async def test_an_id_is_never_given_twice(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        ann = await put(store, plain("ann"))
        await store.write(lambda db: users.delete(db, ann.id))
        assert (await put(store, plain("ann"))).id == ann.id + 1
